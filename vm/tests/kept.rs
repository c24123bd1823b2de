//! Nothing leaks from one call to the next: programs that leave something behind wherever they can and look for it
//! when they begin. What a kept instance tells them must be what a new one does.

mod common;

use common::{PROGRAM, UNITS, address, call, callee, program, program_with_memory, simple, writable};
use sealane_vm::{CallError, Context, InstancePolicy, Instances, Trap};

/// `Call::run` runs every call on a new instance and three times on kept ones and compares the reports; the programs
/// here fail if they find anything.
fn smuggler(declarations: &str, find: &str, leave: &str) {
    let text =
        format!("{declarations} {}", common::entrypoint(&format!("(if {find} (then unreachable)) {leave}")));
    call(&program(&text), vec![], &[]).succeed();
}

#[test]
fn memory() {
    // Everything from the region's end to the last byte is zero, then overwritten, region and data segments too.
    let scan = "(local $at i32) (local $found i32)
        (local.set $at (i32.add (i32.const 4096) (i32.load (i32.const 4116))))
        (loop $l
            (local.set $found (i32.or (local.get $found) (i32.load8_u (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br_if $l (i32.lt_u (local.get $at) (i32.const 65536))))
        (if (local.get $found) (then unreachable))
        (if (i32.ne (i32.load (i32.const 64)) (i32.const 0x64636261)) (then unreachable))
        (if (i64.ne (i64.load (i32.const 4000)) (i64.const 0x7a)) (then unreachable))
        (if (i32.load (i32.const 0)) (then unreachable))
        (memory.fill (i32.const 0) (i32.const 0xff) (i32.const 65536))";
    let text =
        format!(r#"(data (i32.const 64) "abcd") (data (i32.const 4000) "z") {}"#, common::entrypoint(scan));
    call(&program(&text), vec![writable(1, address(9), 1, b"data")], b"instruction").run();
}

/// The text of a loop that traps if a byte of `from..to` is not zero.
fn scan(from: &str, to: &str) -> String {
    format!(
        "(local.set $at {from})
        (loop $l
            (if (i32.load8_u (local.get $at)) (then unreachable))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br_if $l (i32.lt_u (local.get $at) {to})))"
    )
}

/// Each host call that writes into the program's memory, far from all else it has there.
#[test]
fn what_the_host_writes() {
    let end = "(i32.add (i32.const 4096) (i32.load (i32.const 4116)))";
    for work in [
        "(call $sha256 (i32.const 0) (i32.const 0) (i32.const 30710))",
        "(call $blake3 (i32.const 0) (i32.const 0) (i32.const 30710))",
        "(drop (call $create_address (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 30710)))",
        "(drop (call $find_address (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 30710) (i32.const 50000)))",
        "(drop (call $sysvar_read (i32.const 0) (i32.const 0) (i32.const 30710) (i32.const 40)))",
        "(call $account_read (i32.const 0) (i32.const 0) (i32.const 30719) (i32.const 8))",
        "(call $account_read (i32.const 1) (i32.const 90000) (i32.const 30719) (i32.const 8))",
        "(call $account_write (i32.const 0) (i32.const 0) (i32.const 64) (i32.const 8))",
        "(call $account_resize (i32.const 0) (i32.const 3000))",
        "(call $set_return_data (i32.const 64) (i32.const 100))
         (drop (call $get_return_data (i32.const 30710) (i32.const 100) (i32.const 50000)))",
        "(call $account_resize (i32.const 0) (i32.const 2000))
         (call $call (i32.const 2) (i32.const 1) (i32.const 0))
         (call $account_resize (i32.const 0) (i32.const 0))",
    ] {
        let text = format!(
            r#"(data (i32.const 64) "abcdefgh")
            (func (export "entrypoint") (param $input i32) (result i64) (local $at i32) {} {} {work} (i64.const 0))"#,
            scan("(i32.const 2048)", "(i32.const 4096)"),
            scan(end, "(i32.const 65536)"),
        );
        let specs = vec![
            writable(1, address(PROGRAM), 1, b"abcdefgh"),
            writable(2, address(PROGRAM), 1, &[7; 100_000]),
            callee(201, &simple("")),
        ];
        call(&program(&text), specs, &[]).succeed();
    }
}

/// Values of each size that lie across the border of two parts of the memory, and at its end.
#[test]
fn stores_across_borders() {
    for pages in 1..=4_u32 {
        let size = pages * 65_536;
        for border in [8_192, 16_384, size / 2, size - 1_024, size] {
            for (store, length) in
                [("i32.store16", 2), ("i32.store", 4), ("i64.store", 8), ("i64.store32", 4)]
            {
                for back in 1..=length {
                    if border == size && back < length {
                        continue;
                    }
                    let at = border - back;
                    let value = if store.starts_with("i32") { "(i32.const -1)" } else { "(i64.const -1)" };
                    let body = format!(
                        "(if (i32.load8_u (i32.const {at})) (then unreachable))
                         (if (i32.load8_u (i32.const {})) (then unreachable))
                         ({store} offset={at} align=1 (i32.const 0) {value})",
                        at + length - 1,
                    );
                    let memory = format!(r#"(memory (export "memory") {pages})"#);
                    let program = program_with_memory(&memory, &common::entrypoint(&body));
                    call(&program, vec![], &[]).succeed();
                }
            }
        }
    }
}

#[test]
fn memory_that_grew() {
    smuggler(
        "",
        "(i32.ne (memory.size) (i32.const 1))",
        "(drop (memory.grow (i32.const 1))) (i32.store (i32.const 70000) (i32.const 1))",
    );
    // The host grows it too.
    let body = "(if (i32.ne (memory.size) (i32.const 1)) (then unreachable)) (call $account_resize (i32.const 0) (i32.const 10240))
        (if (i32.eq (memory.size) (i32.const 1)) (then unreachable))";
    call(&simple(body), vec![writable(1, address(PROGRAM), 1, b"")], &[]).succeed();
}

#[test]
fn a_large_memory() {
    let body = "(if (i32.load (i32.const 1000000)) (then unreachable)) (i32.store (i32.const 1000000) (i32.const 1))";
    let program = program_with_memory("(memory (export \"memory\") 16)", &common::entrypoint(body));
    call(&program, vec![], &[]).succeed();
}

#[test]
fn globals() {
    smuggler(
        "(global $a (mut i32) (i32.const 5)) (global $b (mut i64) (i64.const -6))
         (global $c (mut f32) (f32.const 1.5)) (global $d (export \"d\") (mut f64) (f64.const -0.0))",
        "(i32.or (i32.or (i32.ne (global.get $a) (i32.const 5)) (i64.ne (global.get $b) (i64.const -6)))
            (i32.or (f32.ne (global.get $c) (f32.const 1.5))
                (i64.ne (i64.reinterpret_f64 (global.get $d)) (i64.const 0x8000000000000000))))",
        "(global.set $a (i32.const 0)) (global.set $b (i64.const 0))
         (global.set $c (f32.const nan)) (global.set $d (f64.const nan))",
    );
}

#[test]
fn tables_and_segments() {
    smuggler(
        "(type $t (func (result i32))) (table 2 2 funcref) (elem (i32.const 0) $zero $zero) (elem $passive func $one)
         (func $zero (result i32) (i32.const 0)) (func $one (result i32) (i32.const 1))",
        "(call_indirect (type $t) (i32.const 1))",
        "(table.init $passive (i32.const 1) (i32.const 0) (i32.const 1)) (elem.drop $passive)",
    );
    smuggler(
        "(data $passive \"x\")",
        "(i32.const 0) (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 1))",
        "(data.drop $passive)",
    );
}

#[test]
fn return_data_and_units() {
    smuggler(
        "",
        "(i32.or (call $get_return_data (i32.const 0) (i32.const 8) (i32.const 32))
            (i64.lt_u (call $remaining_units) (i64.const 999000)))",
        "(call $set_return_data (i32.const 0) (i32.const 8))",
    );
}

/// A stack in memory, as compilers make it: what a call left below its pointer, and the pointer itself.
#[test]
fn stack_leftovers() {
    let find = format!(
        "(block (result i32) {} (i32.ne (global.get $stack_pointer) (i32.const 4096)))",
        scan("(i32.const 2048)", "(i32.const 4096)")
    );
    let text = format!(
        r#"(global $stack_pointer (mut i32) (i32.const 4096))
        (func $deep (param $depth i32)
            (global.set $stack_pointer (i32.sub (global.get $stack_pointer) (i32.const 64)))
            (i64.store (global.get $stack_pointer) (i64.const -1))
            (if (local.get $depth) (then (call $deep (i32.sub (local.get $depth) (i32.const 1))))))
        (func (export "entrypoint") (param $input i32) (result i64) (local $at i32)
            (if {find} (then unreachable)) (call $deep (i32.const 30)) (i64.const 0))"#
    );
    call(&program(&text), vec![], &[]).succeed();
}

/// A heap that only grows: what was allocated, and how far it has come.
#[test]
fn heap() {
    let text = format!(
        r#"(global $next (mut i32) (i32.const 0))
        (func $allocate (param $size i32) (result i32)
            (if (i32.eqz (global.get $next))
                (then (global.set $next (i32.add (i32.const 4096) (i32.load (i32.const 4116))))))
            (global.get $next)
            (global.set $next (i32.add (global.get $next) (local.get $size))))
        (func (export "entrypoint") (param $input i32) (result i64) (local $at i32) (local $first i32)
            (local.set $first (call $allocate (i32.const 1000)))
            (if (i32.ne (local.get $first) (i32.add (i32.const 4096) (i32.load (i32.const 4116)))) (then unreachable))
            {}
            (memory.fill (local.get $first) (i32.const 255) (i32.const 1000))
            (memory.fill (call $allocate (i32.const 30000)) (i32.const 255) (i32.const 30000)) (i64.const 0))"#,
        scan("(local.get $first)", "(i32.const 65536)")
    );
    call(&program(&text), vec![], &[]).succeed();
}

/// What the host remembers of an earlier call's accounts is nothing that a later call can name.
#[test]
fn accounts_of_an_earlier_call() {
    let body = "(if (i32.load offset=4 (local.get $input))
            (then (call $account_resize (i32.const 0) (i32.const 3000)))
            (else (call $account_read (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 1))))";
    let program = simple(body);
    let specs = [1, 2, 3].map(|number| writable(number, address(PROGRAM), 1, &[number; 100]));
    let (with, without) = (call(&program, specs.to_vec(), &[]), call(&program, vec![], &[]));
    let sysvars = common::sysvars();
    let mut context = Context::new(Instances::new(InstancePolicy::Kept), &sysvars);
    for _ in 0..3 {
        assert_eq!(with.run_in(&mut context).result, Ok(()));
        assert_eq!(without.run_in(&mut context).result, Err(CallError::NoSuchAccount(2)));
        // A failed call's instance is gone: this one has seen accounts too.
        assert_eq!(with.run_in(&mut context).result, Ok(()));
        assert_eq!(without.run(), without.run_in(&mut context));
    }
}

#[test]
fn an_instance_that_failed_is_not_used_again() {
    for (body, expected) in [
        ("(global.set $g (i32.const 1)) unreachable", CallError::from(Trap::Unreachable)),
        ("(global.set $g (i32.const 1)) (return (i64.const 9))", CallError::Returned(9)),
        ("(global.set $g (i32.const 1)) (loop $l (br $l))", CallError::OutOfUnits),
        (
            "(global.set $g (i32.const 1)) (call $log (i32.const -1) (i32.const 1))",
            CallError::BadPointer { call: sealane_vm::HostCall::Log, offset: u32::MAX, size: 1 },
        ),
    ] {
        let text = format!(
            "(global $g (mut i32) (i32.const 0)) {}",
            common::entrypoint(&format!("(if (global.get $g) (then (return (i64.const 77)))) {body}"))
        );
        let report = call(&program(&text), vec![], &[]).run();
        assert_eq!(report.result, Err(expected));
    }
}

/// A program that is on the stack several times has an instance for each time.
#[test]
fn recursion_has_memories_of_its_own() {
    let body = "(if (i32.load (i32.const 0)) (then unreachable)) (i32.store (i32.const 0) (i32.const 1))
        (if (i32.lt_u (i32.load offset=24 (local.get $input)) (i32.const 5))
            (then (i32.store (i32.const 2048) (i32.const 0)) (call $call (i32.const 0) (i32.const 1) (i32.const 0))))
        (if (i32.ne (i32.load (i32.const 0)) (i32.const 1)) (then unreachable))";
    let mut call = call(&simple(body), vec![], &[]);
    call.passed = vec![0];
    assert_eq!(call.succeed().trace.len(), 5);
}

/// More programs than a worker keeps instances of, in turns, each with its own state.
#[test]
fn many_programs_in_turns() {
    let sysvars = common::sysvars();
    let calls: Vec<_> = (0..40)
        .map(|number| {
            let text = format!(
                "(global $g (mut i32) (i32.const {number})) {}",
                common::entrypoint(&format!(
                    "(if (i32.ne (global.get $g) (i32.const {number})) (then unreachable)) (global.set $g (i32.const 99))"
                ))
            );
            call(&program(&text), vec![], &[])
        })
        .collect();
    let mut context = Context::new(Instances::new(InstancePolicy::Kept), &sysvars);
    for _ in 0..3 {
        for call in &calls {
            assert_eq!(call.run_in(&mut context).result, Ok(()));
        }
    }
}

/// Two programs that call each other keep what is theirs.
#[test]
fn nested_programs_do_not_mix() {
    let inner =
        simple("(if (i32.load (i32.const 0)) (then unreachable)) (i32.store (i32.const 0) (i32.const 2))");
    let outer = simple(
        "(if (i32.load (i32.const 0)) (then unreachable)) (i32.store (i32.const 0) (i32.const 1))
         (call $call (i32.const 0) (i32.const 0) (i32.const 0)) (call $call (i32.const 0) (i32.const 0) (i32.const 0))
         (if (i32.ne (i32.load (i32.const 0)) (i32.const 1)) (then unreachable))",
    );
    call(&outer, vec![callee(201, &inner)], &[]).succeed();
}

/// Stack slots are counted in a global of the module: it is full again at each call.
#[test]
fn the_stack_count_is_full_again() {
    let run = || {
        // Deep enough that a second call on what the first left would trap.
        let text = r#"(func $down (param i32) (if (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1))))))
            (func (export "entrypoint") (param i32) (result i64) (call $down (i32.const 4000)) (i64.const 0))"#;
        call(&program(text), vec![], &[]).succeed();
    };
    common::on_worker_stack(run);
}

/// Programs that the cache handed out twice are one program; evicted and compiled anew they behave the same.
#[test]
fn the_cache_is_bounded_and_changes_nothing() {
    let cache = sealane_vm::ProgramCache::new(common::engine().clone(), 2);
    let bytes = |number: u32| {
        wat::parse_str(format!(
            r#"(module (memory (export "memory") 1) (global (export "__heap_base") i32 (i32.const 1024))
                (func (export "entrypoint") (param i32) (result i64) (i64.const {number})))"#
        ))
        .expect("a module")
    };
    let first = cache.load(&bytes(1)).expect("loads");
    assert_eq!(cache.load(&bytes(1)).expect("loads").code_hash(), first.code_hash());
    for number in 2..5 {
        cache.load(&bytes(number)).expect("loads");
        assert!(cache.len() <= 2);
    }
    let again = cache.load(&bytes(1)).expect("loads");
    assert_eq!(again.code_hash(), first.code_hash());
    assert_eq!(call(&again, vec![], &[]).fail(), CallError::Returned(1));
    assert!(cache.load(b"not a module").is_err());
    let report = call(&first, vec![], &[]).run();
    assert!(report.units < UNITS);
}
