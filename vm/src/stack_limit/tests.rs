//! The stack limit as programs see it: run on a bare engine, at several optimisation levels, against the same module
//! without it, and with functions written to need as much native stack as they can.

use super::charges::charges;
use super::random_program::random_program;
use super::*;
use crate::config::{operator_cost, program_cost};
use crate::validate::{ModuleInfo, validate};
use proptest::prelude::*;
use wasmtime::{Config, Engine, Extern, Instance, Linker, Module, OperatorCost, OptLevel, Store, Trap, Val};

fn assemble(text: &str) -> (Vec<u8>, ModuleInfo) {
    let bytes = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let info = validate(&bytes).unwrap_or_else(|error| panic!("{error}\n{text}"));
    (bytes, info)
}

/// A program that has `fields`, and `main` as the body of its entrypoint.
fn program(fields: &str, main: &str) -> String {
    format!(
        r#"(module {fields}
            (memory (export "memory") 1)
            (global (export "__heap_base") i32 (i32.const 1024))
            (func $main (export "entrypoint") (param $input i32) (result i64) {main}))"#
    )
}

/// An engine with the prices that rewritten modules run at.
fn engine(opt_level: OptLevel) -> Engine {
    engine_with(opt_level, operator_cost(), MAX_NATIVE_STACK_BYTES)
}

fn engine_with(opt_level: OptLevel, cost: OperatorCost, native_stack_bytes: usize) -> Engine {
    let mut config = Config::new();
    config
        .operator_cost(cost)
        .cranelift_opt_level(opt_level)
        .consume_fuel(true)
        .max_wasm_stack(native_stack_bytes)
        .async_stack_size(native_stack_bytes);
    Engine::new(&config).expect("a plain configuration")
}

struct Run {
    store: Store<()>,
    instance: Instance,
}

impl Run {
    fn new(engine: &Engine, bytes: &[u8]) -> Self {
        let module = Module::new(engine, bytes).expect("a valid module");
        let mut store = Store::new(engine, ());
        store.set_fuel(1_000_000_000).expect("fuel is on");
        let mut linker = Linker::new(engine);
        linker.define_unknown_imports_as_traps(&module).expect("any import can trap");
        let instance = linker.instantiate(&mut store, &module).expect("segments fit");
        Self { store, instance }
    }

    fn call(&mut self, input: i32) -> Result<i64, Trap> {
        let entrypoint =
            self.instance.get_typed_func::<i32, i64>(&mut self.store, "entrypoint").expect("exported");
        entrypoint
            .call(&mut self.store, input)
            .map_err(|error| *error.downcast_ref::<Trap>().expect("a trap"))
    }

    fn global(&mut self, name: &str) -> Val {
        let global = self.instance.get_export(&mut self.store, name).and_then(Extern::into_global);
        global.unwrap_or_else(|| panic!("no global {name}")).get(&mut self.store)
    }

    fn free_slots(&mut self) -> i32 {
        self.global(STACK_EXPORT).unwrap_i32()
    }

    fn fuel_used(&self) -> u64 {
        1_000_000_000 - self.store.get_fuel().expect("fuel is on")
    }
}

/// Runs on a thread whose stack has room for the limit, as a worker's has.
fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(MAX_NATIVE_STACK_BYTES + 4 * 1024 * 1024);
        thread.spawn_scoped(scope, work).expect("a thread").join().expect("no panic")
    })
}

fn instrumented(text: &str) -> Vec<u8> {
    let (bytes, info) = assemble(text);
    instrument(&bytes, &info).expect("a module that was validated")
}

/// Which functions count, by position, and what they take.
#[test]
fn charges_follow_the_call_graph() {
    // Own slots are 8 for the frame, then locals, operands, and one for up to 8 computed values.
    let with_locals = |count: usize| format!("(local {})", "i32 ".repeat(count));
    for (fields, main, expected) in [
        ("", "(i64.const 0)", vec![None]),
        ("(func $f)", "(call $f) (i64.const 0)", vec![None, None]),
        // A leaf that recursion passes by costs nothing; recursion itself 8 + 1 operand + 1.
        (
            "(func $f (call $leaf) (call $f)) (func $leaf (local i64 i64))",
            "(call $f) (i64.const 0)",
            vec![Some(9), None, None],
        ),
        // What stands between two counted functions is paid by the first.
        (
            "(func $f (call $between) (call $f)) (func $between (local i64 i64) (call $g)) (func $g (call $g))",
            "(i64.const 0)",
            vec![Some(9 + 11), None, Some(9), None],
        ),
        // Mutual recursion.
        (
            "(func $a (call $b)) (func $b (local i32) (call $a))",
            "(i64.const 0)",
            vec![Some(9), Some(10), None],
        ),
        // An indirect call reaches what stands in a table with an equal type, under any index.
        (
            "(type $t (func (param i32))) (table 2 funcref) (elem (i32.const 0) $f $other)
            (func $f (type $t) (call_indirect (type $t) (local.get 0) (i32.const 0)))
            (func $other (param i64)) (func $not_in_table (param i32))",
            "(i64.const 0)",
            vec![Some(8 + 1 + 2 + 1), None, None, None],
        ),
        // Large frames count for themselves, and their callers go free of them.
        (&format!("(func $f {})", with_locals(4089)), "(call $f) (i64.const 0)", vec![Some(4097), None]),
        (&format!("(func $f {})", with_locals(4088)), "(call $f) (i64.const 0)", vec![None, Some(11)]),
    ] {
        let (_, info) = assemble(&program(fields, main));
        assert_eq!(charges(&info), expected, "{fields}");
    }
}

#[test]
fn recursion_ends_at_the_same_depth_everywhere() {
    // Counts its depth in memory, where it can be read after the trap.
    let text = program(
        "(func $f (param i32)
            (i32.store (i32.const 0) (local.get 0))
            (call $f (i32.add (local.get 0) (i32.const 1))))",
        "(call $f (i32.const 1)) (i64.const 0)",
    );
    let (bytes, info) = assemble(&text);
    let charge = charges(&info)[0].expect("it is recursive");
    assert_eq!(charge, 8 + 1 + 2 + 1);
    let bytes = instrument(&bytes, &info).expect("a module that was validated");
    for level in [OptLevel::None, OptLevel::Speed, OptLevel::SpeedAndSize] {
        let (outcome, depth, free) = on_large_stack(|| {
            let mut run = Run::new(&engine(level), &bytes);
            let outcome = run.call(0);
            let memory = run.instance.get_memory(&mut run.store, "memory").expect("exported");
            let mut depth = [0; 4];
            memory.read(&run.store, 0, &mut depth).expect("in bounds");
            (outcome, u32::from_le_bytes(depth), run.free_slots())
        });
        assert_eq!(outcome, Err(Trap::UnreachableCodeReached));
        assert_eq!((depth, free), (MAX_STACK_SLOTS / charge, -1));
    }
}

#[test]
fn a_trap_of_the_program_is_not_taken_for_the_limit() {
    let text = program(
        "(func $f (if (i32.eqz (memory.size)) (then (call $f))) unreachable)",
        "(call $f) (i64.const 0)",
    );
    let mut run = Run::new(&engine(OptLevel::Speed), &instrumented(&text));
    assert_eq!(run.call(0), Err(Trap::UnreachableCodeReached));
    assert!(run.free_slots() > 0);
}

#[test]
fn globals_are_exported_under_reserved_names() {
    let text = program(
        r#"(global (export "own") (mut i64) (i64.const 7)) (global i32 (i32.const 1)) (global (mut f32) (f32.const 2))"#,
        "(i64.const 0)",
    );
    let mut run = Run::new(&engine(OptLevel::Speed), &instrumented(&text));
    assert_eq!(run.global(&global_export_name(0)).unwrap_i64(), 7);
    assert_eq!(run.global(&global_export_name(2)).f32(), Some(2.0));
    assert_eq!(run.free_slots(), MAX_STACK_SLOTS.cast_signed());
    assert!(run.instance.get_export(&mut run.store, &global_export_name(1)).is_none());
}

#[test]
fn names_stay_and_other_custom_sections_go() {
    let (mut bytes, _) = assemble(&program("(func $the_name (call $the_name))", "(i64.const 0)"));
    bytes.extend(b"\0\x06\x05stale");
    let info = validate(&bytes).expect("custom sections are free");
    let output = instrument(&bytes, &info).expect("a module that was validated");
    let contains =
        |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(contains(&output, "the_name") && contains(&bytes, "stale") && !contains(&output, "stale"));
}

#[test]
fn information_of_another_module_is_refused() {
    let (bytes, _) = assemble(&program("(func $f (call $f))", "(i64.const 0)"));
    let (_, other) = assemble(&program("", "(i64.const 0)"));
    assert_eq!(instrument(&bytes, &other), Err(NotTheModule));
    assert_eq!(instrument(b"\0asm", &other), Err(NotTheModule));
}

/// Every way to leave a function, in functions that count because they can call themselves.
const LEAVING: &str = "
    (func $return (param i32) (result i64)
        (if (i32.gt_s (local.get 0) (i32.const 5)) (then (return (call $return (i32.sub (local.get 0) (i32.const 1))))))
        (loop $again
            (local.set 0 (i32.add (local.get 0) (i32.const 3)))
            (if (i32.gt_s (local.get 0) (i32.const 20)) (then (return (i64.const 77))))
            (br $again))
        unreachable)
    (func $branch (param i32) (result i64)
        (if (i32.gt_s (local.get 0) (i32.const 9)) (then (drop (call $branch (i32.const 1)))))
        (i64.const 4)
        (br_if 0 (i32.and (local.get 0) (i32.const 1)))
        drop
        (block (result i64)
            (i64.const 5) (br_table 0 1 0 (i32.rem_u (local.get 0) (i32.const 3))))
        (i64.add (i64.const 100)))
    (func $several (param i32) (result i32 i64)
        (if (i32.eqz (local.get 0)) (then (return (i32.const 1) (i64.const 2))))
        (call $several (i32.sub (local.get 0) (i32.const 1)))
        (i64.mul (i64.const 3))
        (block (br_if 1 (i32.const 1) (i64.const 9) (i32.eq (local.get 0) (i32.const 4))) drop drop))
    (func $even (param i32) (result i64)
        (if (result i64) (local.get 0)
            (then (call $odd (i32.sub (local.get 0) (i32.const 1)))) (else (i64.const 1))))
    (func $odd (param i32) (result i64)
        (if (result i64) (local.get 0)
            (then (call $even (i32.sub (local.get 0) (i32.const 1)))) (else (i64.const 0))))";

#[test]
fn results_are_unchanged() {
    let main = "(local i32 i64)
        (local.set $input (i32.and (local.get $input) (i32.const 31)))
        (call $several (local.get $input)) (local.set 2) (local.set 1)
        (i64.add (local.get 2) (i64.extend_i32_s (local.get 1)))
        (i64.add (i64.mul (call $return (local.get $input)) (i64.const 1000)))
        (i64.add (i64.mul (call $branch (local.get $input)) (i64.const 7)))
        (i64.add (call $even (local.get $input)))";
    let (bytes, info) = assemble(&program(LEAVING, main));
    assert_eq!(charges(&info).iter().flatten().count(), 5);
    let engine = engine(OptLevel::Speed);
    let output = instrument(&bytes, &info).expect("a module that was validated");
    let (mut plain, mut counted) = (Run::new(&engine, &bytes), Run::new(&engine, &output));
    for input in 0..32 {
        assert_eq!(counted.call(input), plain.call(input), "input {input}");
        assert_eq!(counted.free_slots(), MAX_STACK_SLOTS.cast_signed(), "slots come back");
    }
}

/// What counting costs in fuel: 11 instructions a call of a counted function, none of the others.
#[test]
fn fuel_of_counting() {
    let main = "(call $even (local.get $input))";
    let (bytes, info) = assemble(&program(LEAVING, main));
    let output = instrument(&bytes, &info).expect("a module that was validated");
    let plain = engine_with(OptLevel::Speed, program_cost(), MAX_NATIVE_STACK_BYTES);
    let counted = engine(OptLevel::Speed);
    let used = |engine: &Engine, bytes: &[u8], input| {
        let mut run = Run::new(engine, bytes);
        run.call(input).expect("it returns");
        run.fuel_used()
    };
    for calls in [1, 2, 100] {
        let input = i32::try_from(calls).expect("small") - 1;
        assert_eq!(used(&counted, &output, input) - used(&plain, &bytes, input), 11 * calls);
    }
}

/// Functions written to make native frames large come to our limit, not to the engine's, on half the native stack there
/// is. Their frames are the same whatever compiled the host: the engine's compiler alone makes them.
#[test]
fn half_the_native_stack_suffices() {
    let many_locals = {
        let set: String = (1..4_990)
            .map(|local| format!("(local.set {local} (i64.load offset={} (i32.const 0)))", local * 8))
            .collect();
        let get: String = (1..4_990).map(|local| format!("(i64.add (local.get {local}))")).collect();
        format!(
            "(func $f (param i32) (result i64) (local {}) {set} (call $f (i32.const 0)) {get})",
            "i64 ".repeat(4_990)
        )
    };
    // Powers that are needed one by one before and after the call, so that the optimiser keeps all of them.
    let powers = |value: &str, convert: &str| {
        let power = format!("(local.tee 2 ({value}.mul (local.get 2) (local.get 1)))");
        let pass =
            format!("(local.set 2 (local.get 1)) {}", format!("{} (call $use)", power.repeat(64)).repeat(50));
        format!(
            "(func $f (param i32) (result i64) (local {value} {value})
                (local.set 1 ({value}.{convert} (local.get 0)))
                {pass} (i64.store (i32.const 0) (call $f (local.get 0))) {pass} (i64.const 0))
            (func $use (param {}))",
            format!("{value} ").repeat(64)
        )
    };
    let addresses = {
        let sum: String = (0..2_000)
            .map(|index| {
                format!("(f64.add (f64.load offset=1 (i32.mul (local.get 0) (i32.const {}))))", index + 3)
            })
            .collect();
        format!(
            "(func $f (param i32) (result i64) (f64.const 0) {sum} drop (call $f (i32.const 0)) drop (f64.const 0) {sum} drop (i64.const 0))"
        )
    };
    let operands = format!(
        "(func $f (param i32) (result i64) {} (call $f (i32.const 0)) drop {} (i64.const 0))",
        "(f64.load (local.get 0)) ".repeat(2_000),
        "drop ".repeat(2_000),
    );
    let tiny = "(func $f (param i32) (result i64) (call $f (local.get 0)))".to_owned();
    for (name, function) in [
        ("many locals", many_locals),
        ("integer powers", powers("i64", "extend_i32_s")),
        ("float powers", powers("f64", "convert_i32_s")),
        ("addresses", addresses),
        ("operands", operands),
        ("tiny", tiny),
    ] {
        let output = instrumented(&program(&function, "(call $f (local.get $input))"));
        for level in [OptLevel::None, OptLevel::Speed] {
            let (outcome, free) = on_large_stack(|| {
                let engine = engine_with(level, operator_cost(), MAX_NATIVE_STACK_BYTES / 2);
                let mut run = Run::new(&engine, &output);
                (run.call(0), run.free_slots())
            });
            assert_eq!((outcome, free), (Err(Trap::UnreachableCodeReached), -1), "{name}");
        }
    }
}

/// What is left of an instance after a call: the memory and the mutable globals.
fn leave(engine: &Engine, bytes: &[u8], globals: &[String]) -> (Result<i64, Trap>, Vec<u8>, Vec<String>) {
    let mut run = Run::new(engine, bytes);
    run.store.set_fuel(200_000).expect("fuel is on");
    let outcome = run.call(0);
    let memory =
        run.instance.get_memory(&mut run.store, "memory").expect("exported").data(&run.store).to_vec();
    let values = globals.iter().map(|name| format!("{:?}", run.global(name))).collect();
    (outcome, memory, values)
}

/// The generator's modules are programs often enough, and some of them count, or the next test would say nothing.
#[test]
fn random_modules_are_programs() {
    let seed = |first: u32| -> Vec<u8> {
        (0..500u32).flat_map(|step| (first * 500 + step).wrapping_mul(0x9e37_79b9).to_be_bytes()).collect()
    };
    let programs: Vec<_> = (0..50).filter_map(|first| random_program(&seed(first))).collect();
    let counting = programs.iter().filter(|(_, info)| charges(info).iter().any(Option::is_some)).count();
    assert!(programs.len() >= 10 && counting >= 5, "{} programs, {counting} count", programs.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// A random module does the same with and without the stack limit, unless it runs out of fuel or stack.
    #[test]
    fn random_modules_do_the_same(seed in proptest::collection::vec(any::<u8>(), 500..3_000)) {
        let Some((bytes, info)) = random_program(&seed) else { return Ok(()) };
        let output = instrument(&bytes, &info).expect("a module that was validated");
        let globals: Vec<_> = info.mutable_globals.iter().map(|global| global_export_name(global.index)).collect();
        // The plain module with the same exports, and no function that counts.
        let mut uncounted = info;
        uncounted.functions.iter_mut().for_each(|function| {
            function.calls.clear();
            function.indirect_calls.clear();
        });
        let plain = instrument(&bytes, &uncounted).expect("a module that was validated");
        let engine = engine(OptLevel::Speed);
        let (expected, found) = on_large_stack(|| (leave(&engine, &plain, &globals), leave(&engine, &output, &globals)));
        let early = |outcome: &Result<i64, Trap>| matches!(outcome, Err(Trap::OutOfFuel | Trap::UnreachableCodeReached | Trap::StackOverflow));
        if !early(&expected.0) && !early(&found.0) {
            prop_assert_eq!(expected, found);
        }
    }
}
