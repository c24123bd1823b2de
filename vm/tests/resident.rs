//! What an idle kept instance holds resident, measured: programs of the largest size that instances are kept of, after a
//! call that touched all they have. One test, so that the process does nothing else meanwhile.

mod common;

#[cfg(target_os = "linux")]
mod measured {
    use super::common::{Call, address, call, entrypoint, load, sysvars, writable};
    use sealane_vm::{Context, InstancePolicy, Instances, Program};
    use std::sync::Arc;

    /// What an idle instance may hold, and all that a worker keeps.
    const MOST_BYTES: usize = 256 * 1024;
    const MOST_OF_A_WORKER_BYTES: usize = 16 * MOST_BYTES;
    const INSTANCE_COUNT: usize = 96;
    /// With three pages, as many as instances are kept with.
    const ELEMENT_COUNT: usize = 800;

    /// A program with three pages and a table, all of which a call touches.
    fn greedy(number: usize) -> Arc<Program> {
        let body = format!(
            "(local $at i32)
            (loop $bytes
                (i32.store (local.get $at) (i32.const {number}))
                (br_if $bytes (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 512))) (i32.const 196608))))
            (local.set $at (i32.const 0))
            (loop $elements
                (call_indirect (local.get $at))
                (br_if $elements (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const {ELEMENT_COUNT}))))"
        );
        load(&format!(
            r#"(module (memory (export "memory") 3) (global (export "__heap_base") i32 (i32.const 1024))
                (table {ELEMENT_COUNT} funcref) (elem (i32.const 0) {}) (func $f) {})"#,
            "$f ".repeat(ELEMENT_COUNT),
            entrypoint(&body)
        ))
    }

    fn run<'a>(context: &mut Context<'a>, call: &'a Call) {
        assert_eq!(call.run_in(context).result, Ok(()));
    }

    fn resident_bytes() -> usize {
        let text = std::fs::read_to_string("/proc/self/smaps_rollup").expect("Linux tells");
        let line = text.lines().find_map(|line| line.strip_prefix("Rss:")).expect("a line for all");
        let kibibytes: usize = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kibibytes * 1024
    }

    fn a_call(program: &Arc<Program>) -> Call {
        call(program, vec![writable(1, address(9), 1, &[1; 165])], &[1; 100])
    }

    #[test]
    fn an_idle_instance_holds_little() {
        let sysvars = sysvars();
        let program = greedy(1);
        let call = a_call(&program);
        // What the first call of a process needs is not the instance's.
        let new_context = || Context::new(Instances::new(InstancePolicy::Kept), &sysvars);
        let mut contexts: Vec<_> = (0..=INSTANCE_COUNT).map(|_| new_context()).collect();
        run(&mut contexts[0], &call);
        let before = resident_bytes();
        for context in &mut contexts[1..] {
            run(context, &call);
            run(context, &call);
        }
        let each = (resident_bytes() - before) / INSTANCE_COUNT;
        // Less would say that nothing was kept, or touched.
        assert!((192 * 1024..MOST_BYTES).contains(&each), "{each} bytes an instance");

        // One worker, more programs than it keeps instances of. Their code is there before.
        drop(contexts);
        let programs: Vec<_> = (2..52).map(greedy).collect();
        let calls: Vec<_> = programs.iter().map(a_call).collect();
        let mut context = new_context();
        let before = resident_bytes();
        for call in calls.iter().chain(&calls) {
            run(&mut context, call);
        }
        let all = resident_bytes().saturating_sub(before);
        assert!(all < MOST_OF_A_WORKER_BYTES + 4 * 1024 * 1024, "{all} bytes for all instances of a worker");
    }
}
