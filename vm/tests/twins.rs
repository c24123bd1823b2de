//! New and kept instances are twins: random programs, called in random turns by one worker, tell no difference. Each
//! begins by returning a hash of all it can see, so that whatever an earlier call left would show.

mod common;

use common::{Call, PROGRAM, address, call, callee, entrypoint, program_with_memory, writable};
use proptest::prelude::*;
use sealane_vm::{Context, InstancePolicy, Instances, Program};
use std::sync::Arc;

/// Hashes memory, memory size and globals into the return data.
const LOOK: &str = "(i32.store (i32.const 8) (i32.const 0)) (i32.store (i32.const 12) (i32.mul (memory.size) (i32.const 65536)))
    (i32.store (i32.const 16) (memory.size)) (i32.store (i32.const 20) (global.get $g))
    (i64.store (i32.const 24) (global.get $h))
    (call $sha256 (i32.const 8) (i32.const 1) (i32.const 32))
    (call $set_return_data (i32.const 32) (i32.const 32))";

/// One thing a random program does.
fn step() -> impl Strategy<Value = String> {
    let address = || prop_oneof![0_u32..65_536, 16_384_u32..17_000, Just(65_535), 65_536_u32..70_000];
    let border = (1_u32..300, 0_u32..16).prop_map(|(granule, back)| granule * 1_024 - back);
    let store = prop::sample::select(vec!["store8", "store16", "store32", "store"]);
    let far = 8_192_u32..60_000;
    prop_oneof![
        6 => (address(), any::<u8>()).prop_map(|(at, value)| {
            format!("(i32.store8 (i32.const {at}) (i32.const {value}))")
        }),
        6 => (border, 0_u32..70_000, store).prop_map(|(at, offset, store)| {
            let base = at.saturating_sub(offset);
            format!("(i64.{store} offset={} align=1 (i32.const {base}) (i64.const -1))", at - base)
        }),
        2 => (far.clone(), far.clone(), 0_u32..3_000).prop_map(|(to, from, size)| {
            format!("(memory.copy (i32.const {to}) (i32.const {from}) (i32.const {size}))")
        }),
        1 => far.clone().prop_map(|out| format!("(call $sha256 (i32.const 8) (i32.const 1) (i32.const {out}))")),
        1 => far.clone().prop_map(|out| {
            format!("(call $account_read (i32.const 0) (i32.const 0) (i32.const {out}) (i32.const 7))")
        }),
        1 => far.prop_map(|out| {
            format!("(drop (call $get_return_data (i32.const {out}) (i32.const 32) (i32.const {})))", out + 2_000)
        }),
        2 => (8_192_u32..60_000, 1_u32..5_000).prop_map(|(at, size)| {
            format!("(memory.fill (i32.const {at}) (i32.const 170) (i32.const {size}))")
        }),
        2 => any::<i32>().prop_map(|value| format!("(global.set $g (i32.const {value}))")),
        1 => any::<i64>().prop_map(|value| format!("(global.set $h (i64.const {value}))")),
        1 => (0_u32..3).prop_map(|pages| format!("(drop (memory.grow (i32.const {pages})))")),
        1 => (0_u32..6_000).prop_map(|size| format!("(call $account_resize (i32.const 0) (i32.const {size}))")),
        1 => (0_u32..100).prop_map(|size| format!("(call $log (i32.const 0) (i32.const {size}))")),
        1 => Just("(call $call (i32.const 1) (i32.const 0) (i32.const 0))".to_owned()),
        1 => (0_i64..3).prop_map(|code| format!("(if (i32.load8_u (i32.const 100)) (then (return (i64.const {code}))))")),
        1 => Just("(if (i32.load8_u (i32.const 16500)) (then unreachable))".to_owned()),
    ]
}

/// A program that looks around and then does random things.
fn random_program() -> impl Strategy<Value = Arc<Program>> {
    (prop::collection::vec(step(), 0..12), any::<i32>(), 1_u32..6).prop_map(|(steps, initial, pages)| {
        let memory = format!(r#"(memory (export "memory") {pages})"#);
        let body = format!(
            r#"(global $g (mut i32) (i32.const {initial})) (global $h (mut i64) (i64.const 3))
               (data (i32.const 100) "\00abc") (data (i32.const 50000) "some text far away") {}"#,
            entrypoint(&format!("{LOOK} {}", steps.concat()))
        );
        program_with_memory(&memory, &body)
    })
}

fn a_call(program: &Arc<Program>, nested: &Arc<Program>) -> Call {
    call(program, vec![writable(1, address(PROGRAM), 5, b"account"), callee(201, nested)], b"instruction")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn random_programs_tell_no_difference(
        programs in prop::collection::vec(random_program(), 1..5),
        turns in prop::collection::vec((0_usize..5, 0_usize..5), 1..24),
    ) {
        let pick = |index: usize| &programs[index % programs.len()];
        let calls: Vec<_> = turns.iter().map(|(outer, inner)| a_call(pick(*outer), pick(*inner))).collect();
        let sysvars = common::sysvars();
        let mut plain = Context::new(Instances::new(InstancePolicy::Fresh), &sysvars);
        let mut kept = Context::new(Instances::new(InstancePolicy::Kept), &sysvars);
        for call in &calls {
            prop_assert_eq!(call.run_in(&mut plain), call.run_in(&mut kept));
        }
    }
}
