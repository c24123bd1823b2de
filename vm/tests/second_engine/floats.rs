//! Every operator on floats, on both engines, with the operands that floats are known for. In: tables of operators and
//! values. Out: results that agree bit for bit, and one NaN for all that arithmetic makes.

use crate::common::adapt::as_program;
use crate::common::engine;
use crate::common::engines::CALL_UNITS;
use crate::common::interpreter::Interpreter;
use sealane_vm::{Exports, Value};

/// Floats that operators treat in ways of their own, NaNs with signs and payloads above all.
const FLOATS_32: [u32; 14] = [
    0,
    0x8000_0000,
    1,
    0x3f80_0000,
    0xbfc0_0000,
    0x4f00_0000,
    0xcf00_0001,
    0x7f7f_ffff,
    0x7f80_0000,
    0xff80_0000,
    0x7fc0_0000,
    0xffc0_0000,
    0x7fa0_0001,
    0xffd5_5555,
];
/// The same for 64 bits.
const FLOATS_64: [u64; 14] = [
    0,
    1 << 63,
    1,
    0x3ff0_0000_0000_0000,
    0xbff8_0000_0000_0000,
    0x43e0_0000_0000_0000,
    0xc1e0_0000_0020_0000,
    0x7fef_ffff_ffff_ffff,
    0x7ff0_0000_0000_0000,
    0xfff0_0000_0000_0000,
    0x7ff8_0000_0000_0000,
    0xfff8_0000_0000_0000,
    0x7ff4_0000_0000_0001,
    0xfffa_aaaa_aaaa_aaaa,
];

/// Every operator on floats, with operands that are only known when it runs, and with constants, which a compiler may
/// compute beforehand. NaNs that come of arithmetic are one NaN on every machine.
#[test]
fn float_operators_agree_bit_for_bit() {
    let operators = float_operators();
    let functions: String = operators.iter().map(float_functions).collect();
    let text = format!("(module (memory (export \"memory\") 1) {functions})");
    let bytes = as_program(&wat::parse_str(&text).expect("text that assembles")).expect("a module");
    let mut ours = Exports::new(&engine().load(&bytes).expect("a program"));
    let mut other = Interpreter::new(&bytes);
    for (operator, parameters, _) in &operators {
        for arguments in operands(parameters) {
            let found = ours.call(operator, &arguments, CALL_UNITS).expect("exported");
            assert_eq!(found, other.call(operator, &arguments), "{operator} {arguments:x?}");
            if let Ok(values) = found
                && computes_floats(operator)
            {
                assert!(!values.iter().any(is_other_nan), "{operator} {arguments:x?}: {values:x?}");
            }
        }
        if traps(operator) {
            continue;
        }
        let constant = format!("constant {operator}");
        let found = ours.call(&constant, &[], CALL_UNITS).expect("exported");
        assert_eq!((found.clone(), found), (Ok(vec![]), other.call(&constant, &[])), "{constant}");
        assert!(ours.memory() == other.memory(), "{constant}: results differ");
    }
}

/// Names, types of the operands, type of the result.
fn float_operators() -> Vec<(String, Vec<&'static str>, &'static str)> {
    let mut operators = Vec::new();
    for (float, other) in [("f32", "f64"), ("f64", "f32")] {
        for name in ["abs", "neg", "ceil", "floor", "trunc", "nearest", "sqrt"] {
            operators.push((format!("{float}.{name}"), vec![float], float));
        }
        for name in ["add", "sub", "mul", "div", "min", "max", "copysign"] {
            operators.push((format!("{float}.{name}"), vec![float, float], float));
        }
        for name in ["eq", "ne", "lt", "gt", "le", "ge"] {
            operators.push((format!("{float}.{name}"), vec![float, float], "i32"));
        }
        for integer in ["i32", "i64"] {
            for sign in ["s", "u"] {
                operators.push((format!("{integer}.trunc_{float}_{sign}"), vec![float], integer));
                operators.push((format!("{integer}.trunc_sat_{float}_{sign}"), vec![float], integer));
                operators.push((format!("{float}.convert_{integer}_{sign}"), vec![integer], float));
            }
        }
        let change = if float == "f32" { "demote" } else { "promote" };
        operators.push((format!("{float}.{change}_{other}"), vec![other], float));
        let integer = if float == "f32" { "i32" } else { "i64" };
        operators.push((format!("{float}.reinterpret_{integer}"), vec![integer], float));
        operators.push((format!("{integer}.reinterpret_{float}"), vec![float], integer));
    }
    operators
}

/// Operators that only move or change bits keep the NaN that they are given.
fn computes_floats(operator: &str) -> bool {
    !["abs", "neg", "copysign", "reinterpret"].iter().any(|name| operator.contains(name))
}

/// A NaN that is not the one that arithmetic makes.
fn is_other_nan(value: &Value) -> bool {
    match value {
        Value::F32(bits) => f32::from_bits(*bits).is_nan() && *bits != 0x7fc0_0000,
        Value::F64(bits) => f64::from_bits(*bits).is_nan() && *bits != 0x7ff8_0000_0000_0000,
        Value::I32(_) | Value::I64(_) => false,
    }
}

fn traps(operator: &str) -> bool {
    operator.contains(".trunc_f")
}

/// A function that applies an operator to its parameters, and one that stores what comes of all constants.
fn float_functions((operator, parameters, result): &(String, Vec<&'static str>, &'static str)) -> String {
    let gets: String = (0..parameters.len()).map(|index| format!("(local.get {index})")).collect();
    let types = parameters.join(" ");
    let apply =
        format!("(func (export \"{operator}\") (param {types}) (result {result}) ({operator} {gets}))");
    if traps(operator) {
        return apply;
    }
    let stores: String = (0..)
        .zip(operands(parameters))
        .map(|(index, arguments)| {
            let constants: String = arguments.iter().map(constant).collect();
            format!("({result}.store offset={} (i32.const 0) ({operator} {constants}))", index * 8)
        })
        .collect();
    format!("{apply} (func (export \"constant {operator}\") {stores})")
}

/// Floats as text that keeps every bit: as integers, reinterpreted.
fn constant(value: &Value) -> String {
    match value {
        Value::I32(value) => format!("(i32.const {value})"),
        Value::I64(value) => format!("(i64.const {value})"),
        Value::F32(bits) => format!("(f32.reinterpret_i32 (i32.const {bits}))"),
        Value::F64(bits) => format!("(f64.reinterpret_i64 (i64.const {bits}))"),
    }
}

/// All combinations of values for one or two operands.
fn operands(parameters: &[&str]) -> Vec<Vec<Value>> {
    let values = |parameter: &str| -> Vec<Value> {
        match parameter {
            "f32" => FLOATS_32.iter().map(|bits| Value::F32(*bits)).collect(),
            "f64" => FLOATS_64.iter().map(|bits| Value::F64(*bits)).collect(),
            "i32" => FLOATS_32.iter().map(|bits| Value::I32(bits.cast_signed())).collect(),
            _ => FLOATS_64.iter().map(|bits| Value::I64(bits.cast_signed())).collect(),
        }
    };
    match parameters {
        [one] => values(one).into_iter().map(|value| vec![value]).collect(),
        [one, two] => {
            let (first, second) = (values(one), values(two));
            first.iter().flat_map(|a| second.iter().map(|b| vec![*a, *b])).collect()
        }
        _ => unreachable!("operators have one or two operands"),
    }
}
