//! Random modules on our vm and on a second engine, an interpreter that shares no code with it: the same results, bit
//! for bit, the same traps, and the same memory and globals after every call.
//!
//! In: modules that wasm-smith makes of a seed. The interpreter runs them as they are; ours validates, rewrites,
//! meters and compiles them as it does programs. Where ours runs out of units or stack, which the interpreter does not
//! count, the module ends.

mod common;

use common::adapt::as_program;
use common::engine;
use sealane_vm::{CallError, Exports, Trap, Value};
use std::sync::atomic::{AtomicU64, Ordering};
use wasmi::{CompilationMode, TrapCode, Val};
use wasmparser::{ExternalKind, Payload};

/// Modules that are made.
const SEED_COUNT: u64 = 1_500;
/// Enough for most calls to come to an end.
const CALL_UNITS: u64 = 300_000;
/// Rounds of calls of every function of a module, with other arguments each time.
const ROUND_COUNT: u64 = 3;

#[test]
fn a_second_engine_agrees() {
    let next = AtomicU64::new(0);
    let work = || {
        let mut counts = Counts::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= SEED_COUNT {
                return counts;
            }
            if let Some(bytes) = random_module(seed) {
                compare(seed, &bytes, &mut counts);
            }
        }
    };
    let counts = std::thread::scope(|scope| {
        let threads = [0, 1].map(|_| {
            let thread = std::thread::Builder::new().stack_size(sealane_vm::WORKER_STACK_SIZE_BYTES);
            thread.spawn_scoped(scope, work).expect("a thread")
        });
        threads.map(|thread| thread.join().expect("the engines agree"))
    });
    // Or the test says nothing: the generator may have changed.
    let total = |count: fn(&Counts) -> u64| counts.iter().map(count).sum::<u64>();
    assert!(total(|counts| counts.modules) > SEED_COUNT * 9 / 10, "{counts:?}");
    assert!(total(|counts| counts.returned) > SEED_COUNT * 2, "{counts:?}");
    assert!(total(|counts| counts.trapped) > SEED_COUNT, "{counts:?}");
    assert!(total(|counts| counts.with_floats) > SEED_COUNT / 10, "{counts:?}");
    assert!(total(|counts| counts.cut_short) < SEED_COUNT / 3, "{counts:?}");
}

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
    let mut other = Other::new(&bytes);
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

#[derive(Debug, Default)]
struct Counts {
    modules: u64,
    returned: u64,
    /// Of those that returned, the calls with a float among the results.
    with_floats: u64,
    trapped: u64,
    /// Modules that ended because ours ran out of units or stack.
    cut_short: u64,
}

/// A module with one memory of at most four pages, and everything exported.
fn random_module(seed: u64) -> Option<Vec<u8>> {
    let random: Vec<u8> = (0..400).flat_map(|step| mix(seed * 1_000 + step).to_le_bytes()).collect();
    let config = wasm_smith::Config {
        allow_start_export: false,
        allow_invalid_funcs: false,
        bulk_memory_enabled: true,
        exceptions_enabled: false,
        extended_const_enabled: false,
        gc_enabled: false,
        reference_types_enabled: false,
        simd_enabled: false,
        relaxed_simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        memory64_enabled: false,
        wide_arithmetic_enabled: false,
        custom_page_sizes_enabled: false,
        export_everything: true,
        max_imports: 0,
        min_funcs: 2,
        max_funcs: 8,
        min_globals: 1,
        max_globals: 6,
        max_memories: 1,
        min_memories: 1,
        max_memory32_bytes: 4 * 65_536,
        memory_max_size_required: true,
        max_tables: 1,
        max_table_elements: 100,
        table_max_size_required: true,
        max_data_segments: 3,
        max_element_segments: 3,
        max_elements: 10,
        ..wasm_smith::Config::default()
    };
    let mut source = arbitrary::Unstructured::new(&random);
    let module = wasm_smith::Module::new(config, &mut source).ok()?.to_bytes();
    as_program(&module)
}

/// Runs one module on both engines.
fn compare(seed: u64, bytes: &[u8], counts: &mut Counts) {
    // Segments that do not fit are refused here, and trap there.
    let Ok(program) = engine().load(bytes) else { return };
    let mut ours = Exports::new(&program);
    let mut other = Other::new(bytes);
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

/// The second engine: an interpreter, without fuel, with a deeper stack than ours.
struct Other {
    store: wasmi::Store<()>,
    instance: wasmi::Instance,
}

impl Other {
    fn new(bytes: &[u8]) -> Self {
        let mut config = wasmi::Config::default();
        config
            .consume_fuel(false)
            .compilation_mode(CompilationMode::Eager)
            .set_max_recursion_depth(1_000_000)
            .set_max_stack_height(256 * 1024 * 1024);
        let engine = wasmi::Engine::new(&config);
        let module = wasmi::Module::new(&engine, bytes).expect("the loader accepted it");
        let mut store = wasmi::Store::new(&engine, ());
        let linker = wasmi::Linker::new(&engine);
        let instance = linker.instantiate_and_start(&mut store, &module).expect("segments fit");
        Self { store, instance }
    }

    /// Arguments for a function: small numbers, borders and arbitrary bits, NaNs among them.
    #[expect(clippy::cast_possible_truncation, reason = "any bits will do")]
    fn arguments(&self, name: &str, seed: u64) -> Vec<Value> {
        let function = self.instance.get_func(&self.store, name).expect("exported");
        let parameters = function.ty(&self.store).params().to_vec();
        let borders = [0, 1, u64::MAX, 1 << 31, 1 << 63, i64::MAX as u64, 65_535, 0x7ff4_0000_7fa0_0000];
        (0..)
            .zip(parameters)
            .map(|(index, parameter)| {
                let random = mix(seed ^ (index << 48));
                let bits = match random % 4 {
                    0 => random >> 2,
                    1 => (random >> 2) % 100,
                    _ => borders[(random >> 2) as usize % borders.len()],
                };
                match parameter {
                    wasmi::ValType::I32 => Value::I32(bits as u32 as i32),
                    wasmi::ValType::I64 => Value::I64(bits as i64),
                    wasmi::ValType::F32 => Value::F32(bits as u32),
                    wasmi::ValType::F64 => Value::F64(bits),
                    other => panic!("no program has a parameter {other:?}"),
                }
            })
            .collect()
    }

    fn call(&mut self, name: &str, arguments: &[Value]) -> Result<Vec<Value>, CallError> {
        let function = self.instance.get_func(&self.store, name).expect("exported");
        let arguments: Vec<Val> = arguments.iter().map(|value| to_wasmi(*value)).collect();
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        match function.call(&mut self.store, &arguments, &mut results) {
            Ok(()) => Ok(results.iter().map(from_wasmi).collect()),
            Err(error) => Err(trap(error.as_trap_code().unwrap_or_else(|| panic!("{error}"))).into()),
        }
    }

    fn memory(&self) -> &[u8] {
        self.instance.get_memory(&self.store, "memory").expect("exported").data(&self.store)
    }

    fn global(&self, name: &str) -> Option<Value> {
        Some(from_wasmi(&self.instance.get_global(&self.store, name)?.get(&self.store)))
    }
}

fn to_wasmi(value: Value) -> Val {
    match value {
        Value::I32(value) => Val::I32(value),
        Value::I64(value) => Val::I64(value),
        Value::F32(bits) => Val::F32(wasmi::F32::from_bits(bits)),
        Value::F64(bits) => Val::F64(wasmi::F64::from_bits(bits)),
    }
}

fn from_wasmi(value: &Val) -> Value {
    match value {
        Val::I32(value) => Value::I32(*value),
        Val::I64(value) => Value::I64(*value),
        Val::F32(value) => Value::F32(value.to_bits()),
        Val::F64(value) => Value::F64(value.to_bits()),
        other => panic!("no program has a value {other:?}"),
    }
}

fn trap(code: TrapCode) -> Trap {
    match code {
        TrapCode::UnreachableCodeReached => Trap::Unreachable,
        TrapCode::MemoryOutOfBounds => Trap::MemoryOutOfBounds,
        TrapCode::TableOutOfBounds => Trap::TableOutOfBounds,
        TrapCode::IndirectCallToNull => Trap::IndirectCallToNull,
        TrapCode::BadSignature => Trap::BadSignature,
        TrapCode::IntegerOverflow => Trap::IntegerOverflow,
        TrapCode::IntegerDivisionByZero => Trap::IntegerDivisionByZero,
        TrapCode::BadConversionToInteger => Trap::BadConversionToInteger,
        other => panic!("ours returned or trapped, the interpreter says {other:?}"),
    }
}

/// Scatters a number's bits (the finalizer of SplitMix64).
fn mix(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
