//! One module on our vm and on a second engine. In: bytes that our loader accepts as a program, and a number that all
//! arguments come from. Out: how many calls there were of each kind; or a panic that says where the engines part.

use super::engine;
use super::interpreter::Interpreter;
use sealane_vm::{CallError, Exports, Trap, Value};
use wasmparser::{ExternalKind, Payload};

/// Enough for most calls to come to an end.
pub(crate) const CALL_UNITS: u64 = 300_000;
/// Rounds of calls of every function of a module, with other arguments each time.
const ROUND_COUNT: u64 = 3;

#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) modules: u64,
    pub(crate) returned: u64,
    /// Of those that returned, the calls with a float among the results.
    pub(crate) with_floats: u64,
    pub(crate) trapped: u64,
    /// Modules that ended because ours ran out of units or stack.
    pub(crate) cut_short: u64,
}

/// Calls every function of a module on both engines, some rounds long.
///
/// # Panics
/// If results, traps, memory or globals differ.
pub(crate) fn compare(seed: u64, bytes: &[u8], counts: &mut Counts) {
    // Segments that do not fit are refused here, and trap there.
    let Ok(program) = engine().load(bytes) else { return };
    let mut ours = Exports::new(&program);
    let mut other = Interpreter::new(bytes);
    let (functions, globals) = exports(bytes);
    counts.modules += 1;
    for round in 0..ROUND_COUNT {
        for (index, name) in (0..).zip(&functions) {
            let arguments = other.arguments(name, mix(seed ^ (round << 32) ^ index));
            let found = ours.call(name, &arguments, CALL_UNITS).expect("exported");
            if let Err(CallError::OutOfUnits | CallError::Trap(Trap::StackOverflow)) = found {
                counts.cut_short += 1;
                return;
            }
            let expected = other.call(name, &arguments);
            let place = format!("seed {seed}, round {round}, function {name:?} of {arguments:x?}");
            assert_eq!(found, expected, "{place}");
            assert!(ours.memory() == other.memory(), "{place}: memories differ");
            for global in &globals {
                assert_eq!(ours.global(global), other.global(global), "{place}: global {global:?}");
            }
            match found {
                Ok(values) => {
                    counts.returned += 1;
                    let is_float = |value: &Value| matches!(value, Value::F32(_) | Value::F64(_));
                    counts.with_floats += u64::from(values.iter().any(is_float));
                }
                Err(_) => counts.trapped += 1,
            }
        }
    }
}

/// Names of the exported functions and globals.
fn exports(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let (mut functions, mut globals) = (Vec::new(), Vec::new());
    for payload in wasmparser::Parser::new(0).parse_all(bytes) {
        let Payload::ExportSection(reader) = payload.expect("a valid module") else { continue };
        for export in reader {
            let export = export.expect("a valid module");
            match export.kind {
                ExternalKind::Func => functions.push(export.name.to_owned()),
                ExternalKind::Global => globals.push(export.name.to_owned()),
                _ => {}
            }
        }
    }
    (functions, globals)
}

/// Scatters a number's bits (the finalizer of SplitMix64).
pub(crate) fn mix(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
