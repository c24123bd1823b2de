//! The native stack of a worker is far larger than what programs can make of it: a chain of calls as high as it may be,
//! each deep in recursion with the largest frames we could write, measured by the pages of the stack that were touched.
//!
//! Programs' frames are made by the engine's compiler, the same in debug and release builds; the host's frames between
//! them are largest in debug builds, which is what tests run in. So where this holds, the stack that programs count
//! themselves is what ends them in every build, at the depth that `determinism.rs` has as numbers.

mod common;

#[cfg(target_os = "linux")]
mod measured {
    use super::common::{Report, call, program, sysvars};
    use sealane_sdk::limits::MAX_STACK_HEIGHT;
    use sealane_vm::{CallError, Context, InstancePolicy, Instances, Program, Trap, WORKER_STACK_SIZE_BYTES};
    use std::sync::Arc;

    /// Bytes of this thread's stack that have been touched.
    fn touched_bytes() -> usize {
        let local = std::hint::black_box([0_u8; 8]);
        let here = std::hint::black_box(local.as_ptr()).addr();
        let text = std::fs::read_to_string("/proc/self/smaps").expect("Linux tells");
        let mut inside = false;
        for line in text.lines() {
            let first = line.split(' ').next().unwrap_or_default();
            let range = first.split_once('-').and_then(|(start, end)| {
                Some(usize::from_str_radix(start, 16).ok()?..usize::from_str_radix(end, 16).ok()?)
            });
            if let Some(range) = range {
                inside = range.contains(&here);
            } else if let (true, Some(size)) = (inside, line.strip_prefix("Rss:")) {
                return size.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") * 1024;
            }
        }
        panic!("the stack is mapped somewhere")
    }

    /// A program that recurses as often as its data says and then calls itself, until it may not any more. Each frame
    /// keeps numbers that are needed before and after the call below it.
    fn greedy() -> Arc<Program> {
        let power = "(local.tee 2 (i64.mul (local.get 2) (local.get 1)))";
        let pass =
            format!("(local.set 2 (local.get 1)) {}", format!("{} (call $use)", power.repeat(64)).repeat(50));
        program(&format!(
            r#"(func $use (param {}))
            (func $down (param $left i32) (result i64) (local i64 i64)
                (local.set 1 (i64.extend_i32_s (local.get $left)))
                {pass} (i64.store (i32.const 0) (call $next (local.get $left))) {pass} (i64.const 0))
            (func $next (param $left i32) (result i64)
                (if (i32.eqz (local.get $left))
                    (then (call $call (i32.const 0) (i32.const 1) (i32.const 4)) (return (i64.const 0))))
                (call $down (i32.sub (local.get $left) (i32.const 1))))
            (func (export "entrypoint") (param $input i32) (result i64)
                (i32.store (i32.const 2048) (i32.const 0))
                (i32.store (i32.const 3072) (i32.load (call $instruction)))
                (call $down (i32.load (call $instruction))))"#,
            "i64 ".repeat(64),
        ))
    }

    /// Calls it with more units than it needs; gives what came of it, and what of the stack was touched.
    fn measure(program: &Arc<Program>, depth: u32) -> (Report, usize) {
        super::common::on_worker_stack(|| {
            let mut call = call(program, vec![], &depth.to_le_bytes());
            call.passed = vec![0];
            call.units = 1_000_000_000;
            let sysvars = sysvars();
            let report = call.run_in(&mut Context::new(Instances::new(InstancePolicy::Kept), &sysvars));
            (report, touched_bytes())
        })
    }

    #[test]
    fn a_workers_stack_is_four_times_what_programs_take() {
        // As deep as one call can be: one more, and it is the program's own count that ends it.
        let program = greedy();
        let (mut fits, mut too_deep) = (0, 10_000);
        while too_deep - fits > 1 {
            let depth = u32::midpoint(fits, too_deep);
            match measure(&program, depth).0.result {
                Err(CallError::Trap(Trap::StackOverflow)) => too_deep = depth,
                other => {
                    assert_eq!(other, Err(CallError::StackHeightExceeded));
                    fits = depth;
                }
            }
        }
        assert!(fits > 50, "{fits}");
        let (report, touched) = measure(&program, fits);
        assert_eq!(report.trace.len(), MAX_STACK_HEIGHT);
        assert!(touched > 5 * 1024 * 1024, "the frames are large: {touched}");
        assert!(touched * 4 <= WORKER_STACK_SIZE_BYTES, "{touched} of {WORKER_STACK_SIZE_BYTES}");
        // The host's own frames, five calls high, in a build without optimisation.
        let (_, host) = measure(&program, 0);
        assert!(host * 16 <= 8 * 1024 * 1024, "{host}");
    }
}
