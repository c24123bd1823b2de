//! Marks against what was really written: masks against a plain twin, each instruction that writes at the borders of
//! granules, and random modules, which also must cost what they cost unmarked, and be as new when what is marked is.

use super::*;
use crate::config::{operator_cost, program_cost};
use crate::stack_limit::random_program::random_program;
use crate::stack_limit::{global_export_name, instrument};
use crate::validate::validate;
use proptest::prelude::*;
use std::sync::OnceLock;
use wasmtime::{Config, Engine, Global, Instance, Memory, Module, OperatorCost, Store, Val};

const FUEL: u64 = 200_000;

/// An engine that counts with these prices.
fn new_engine(cost: OperatorCost) -> Engine {
    let mut config = Config::new();
    config.consume_fuel(true).operator_cost(cost).cranelift_nan_canonicalization(true);
    Engine::new(&config).expect("a plain configuration")
}

/// The engine for modules with marks.
fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| new_engine(operator_cost()))
}

struct Run {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
}

impl Run {
    fn new(engine: &Engine, bytes: &[u8]) -> Self {
        let module = Module::new(engine, bytes).expect("a valid module");
        let mut store = Store::new(engine, ());
        store.set_fuel(FUEL).expect("fuel is on");
        let instance = Instance::new(&mut store, &module, &[]).expect("segments fit, nothing is imported");
        let memory = instance.get_memory(&mut store, "memory").expect("exported");
        Self { store, instance, memory }
    }

    /// Calls the entrypoint; gives its result, or the trap's words, and the fuel it used.
    fn call(&mut self, input: i32) -> (Result<i64, String>, u64) {
        self.store.set_fuel(FUEL).expect("fuel is on");
        let entrypoint =
            self.instance.get_typed_func::<i32, i64>(&mut self.store, "entrypoint").expect("exported");
        let result = entrypoint.call(&mut self.store, input).map_err(|error| error.root_cause().to_string());
        (result, FUEL - self.store.get_fuel().expect("fuel is on"))
    }

    fn global(&mut self, name: &str) -> Global {
        self.instance.get_global(&mut self.store, name).unwrap_or_else(|| panic!("no global {name}"))
    }

    fn marks(&mut self) -> u64 {
        let marks = self.global(MARKS_EXPORT);
        marks.get(&mut self.store).unwrap_i64().cast_unsigned()
    }

    fn bytes(&self) -> &[u8] {
        self.memory.data(&self.store)
    }
}

/// The first byte that differs between two memories and does not lie in `ranges`.
fn unmarked_change(before: &[u8], after: &[u8], ranges: &[Range<usize>]) -> Option<usize> {
    (0..before.len()).find(|at| before[*at] != after[*at] && !ranges.iter().any(|range| range.contains(at)))
}

fn pages_of(pages: u32) -> Granules {
    let text = format!(
        r#"(module (memory (export "memory") {pages}) (global (export "__heap_base") i32 (i32.const 8))
            (func (export "entrypoint") (param i32) (result i64) (i64.const 0)))"#
    );
    let info = validate(&wat::parse_str(text).expect("a module")).expect("a program");
    Granules::of(&info).unwrap_or_else(|| panic!("{pages} pages are kept"))
}

#[test]
fn granules_cover_the_memory() {
    for (pages, size) in [(0, 1_024), (1, 1_024), (2, 2_048), (3, 4_096)] {
        assert_eq!(1 << pages_of(pages).shift(), size, "{pages} pages");
    }
    for (pages, elements, body) in [(4, 0, ""), (3, 10_000, ""), (1, 0, "(data.drop $d)")] {
        let text = format!(
            r#"(module (table {elements} funcref) (memory (export "memory") {pages}) (global (export "__heap_base") i32 (i32.const 8)) (data $d "x")
                (func (export "entrypoint") (param i32) (result i64) {body} (i64.const 0)))"#
        );
        let info = validate(&wat::parse_str(text).expect("a module")).expect("a program");
        assert_eq!(Granules::of(&info), None, "{pages} pages, {elements} elements, {body}");
    }
}

#[test]
fn ranges_are_runs_with_a_tail() {
    let granules = Granules::default();
    let ranges = |marks| granules.ranges(marks, 65_536).collect::<Vec<_>>();
    assert_eq!(ranges(0), []);
    assert_eq!(ranges(0b1101), [0..1_031, 2_048..4_103]);
    assert_eq!(ranges(1 << 63 | 1), [0..1_031, 64_512..65_536]);
    assert_eq!(ranges(u64::MAX), vec![0..65_536]);
    // Bits behind the end of a smaller memory.
    assert_eq!(granules.ranges(0b11, 1_024).collect::<Vec<_>>(), vec![0..1_024]);
}

/// Where the instructions that write are tried: around the borders of granules, the image and the memory.
fn addresses() -> impl Iterator<Item = u32> {
    [0, 1_024, 2_048, 32_768, 64_512, 65_536]
        .into_iter()
        .flat_map(|border: u32| (border.saturating_sub(9)..=border + 1).filter(|address| *address < 65_536))
}

/// Runs `body` and checks that what it changed is marked, and that not much more is.
fn check(body: &str, address: u32, most_granules: u32) {
    let text = format!(
        r#"(module (memory (export "memory") 1) (global (export "__heap_base") i32 (i32.const 8))
            (data (i32.const 1000) "text around the border of a granule") (data $passive "0123456789abcdef")
            (func (export "entrypoint") (param $at i32) (result i64) {body} (i64.const 0)))"#
    );
    let bytes = wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let info = validate(&bytes).expect("a program");
    let mut run = Run::new(engine(), &instrument(&bytes, &info).expect("a module that was validated"));
    let before = run.bytes().to_vec();
    if run.call(address.cast_signed()).0.is_err() {
        assert_eq!(run.bytes(), before, "{body} traps at {address} before it writes");
        return;
    }
    let marks = run.marks();
    let ranges: Vec<_> = pages_of(1).ranges(marks, before.len()).collect();
    assert_eq!(unmarked_change(&before, run.bytes(), &ranges), None, "{body} at {address}: {ranges:?}");
    assert!(marks.count_ones() <= most_granules, "{body} at {address} marks {marks:064b}");
}

#[test]
fn every_store_is_marked() {
    let stores = [
        ("i32.store", "(i32.const -1)"),
        ("i32.store8", "(i32.const -1)"),
        ("i32.store16", "(i32.const -1)"),
        ("i64.store", "(i64.const -1)"),
        ("i64.store8", "(i64.const -1)"),
        ("i64.store16", "(i64.const -1)"),
        ("i64.store32", "(i64.const -1)"),
        ("f32.store", "(f32.const nan:0x7fffff)"),
        ("f64.store", "(f64.const nan:0xfffffffffffff)"),
    ];
    for (store, value) in stores {
        for address in addresses() {
            check(&format!("({store} align=1 (local.get $at) {value})"), address, 1);
            // The same place by way of the offset, and an address that is negative or overflows.
            check(&format!("({store} offset={address} align=1 (i32.const 0) {value})"), 0, 1);
            check(&format!("({store} offset=1000 align=1 (local.get $at) {value})"), address, 1);
        }
        for offset in [65_535_u32, 65_536, 1 << 31, u32::MAX] {
            check(&format!("({store} offset={offset} align=1 (local.get $at) {value})"), u32::MAX, 1);
            check(&format!("({store} offset={offset} align=1 (local.get $at) {value})"), 1, 1);
        }
    }
}

#[test]
fn every_range_is_marked() {
    for address in addresses() {
        for size in [0, 1, 7, 8, 9, 1_024, 3_000, 65_535, 65_536] {
            let most = size / 1_024 + 2;
            check(
                &format!("(memory.fill (local.get $at) (i32.const 255) (i32.const {size}))"),
                address,
                if size == 0 { 64 } else { most },
            );
            check(
                &format!("(memory.copy (local.get $at) (i32.const 1000) (i32.const {size}))"),
                address,
                if size == 0 { 64 } else { most },
            );
        }
        for size in [1, 16] {
            check(
                &format!("(memory.init $passive (local.get $at) (i32.const 0) (i32.const {size}))"),
                address,
                2,
            );
        }
    }
    check("(memory.fill (i32.const -1) (i32.const 255) (i32.const 2))", 0, 64);
    check("(memory.fill (i32.const 5) (i32.const 255) (i32.const -1))", 0, 64);
}

/// The largest function there can be, and as many stores in it as there can be, stays within the compiler's own limit.
#[test]
fn a_function_full_of_stores_is_compiled() {
    // After a branch, operands may be left out: three bytes a store.
    let stores = "i64.store ".repeat(65_000);
    let text = format!(
        r#"(module (memory (export "memory") 1) (global (export "__heap_base") i32 (i32.const 8))
            (func (export "entrypoint") (param i32) (result i64) (return (i64.const 5)) {stores} unreachable))"#
    );
    let bytes = wat::parse_str(text).expect("a module");
    let info = validate(&bytes).expect("a program");
    let mut run = Run::new(engine(), &instrument(&bytes, &info).expect("a module that was validated"));
    assert_eq!(run.call(0).0, Ok(5));
}

/// The generator's modules write often enough, or the next test would say nothing.
#[test]
fn random_modules_write() {
    let seed = |first: u32| -> Vec<u8> {
        (0..500).flat_map(|step| (first * 500 + step).wrapping_mul(0x9e37_79b9).to_be_bytes()).collect()
    };
    let writing = (0..100).filter_map(|first| random_program(&seed(first))).filter(|(bytes, info)| {
        let mut run = Run::new(engine(), &instrument(bytes, info).expect("a module that was validated"));
        run.call(0).0.is_ok() && run.marks() != 0
    });
    let writing = writing.count();
    assert!(writing >= 5, "{writing} modules write");
}

/// Makes an instance as new, as `instance/kept.rs` does.
fn make_new(run: &mut Run, before: &[u8], granules: Granules, globals: &[(String, Val)]) {
    let ranges: Vec<_> = granules.ranges(run.marks(), before.len()).collect();
    for range in ranges {
        run.memory.data_mut(&mut run.store)[range.clone()].copy_from_slice(&before[range]);
    }
    let marks = (MARKS_EXPORT.to_owned(), Val::I64(0));
    for (name, value) in globals.iter().chain([&marks]) {
        run.global(name).set(&mut run.store, *value).expect("a mutable global");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    /// The mask of a range has the bit of each granule that a byte of it lies in, and no other.
    #[test]
    fn masks_are_those_of_the_bytes(pages in 1_u32..4, start in 0_usize..300_000, size in 0_usize..9_000) {
        let granules = pages_of(pages);
        let plain = (start..start + size)
            .map(|address| 1_u64 << (address >> granules.shift()).min(63))
            .fold(0, |mask, bit| mask | bit);
        prop_assert_eq!(granules.mask(start, size), plain);
    }

    /// A random module does and costs the same with marks, changes nothing that is not marked, and does the same once
    /// more when what is marked is made new.
    #[test]
    fn random_modules_are_as_new(seed in proptest::collection::vec(any::<u8>(), 500..3_000)) {
        let Some((bytes, mut info)) = random_program(&seed) else { return Ok(()) };
        let Some(granules) = Granules::of(&info) else { return Ok(()) };
        // No function counts its stack, so that fuel is comparable.
        for function in &mut info.functions {
            function.calls.clear();
            function.indirect_calls.clear();
        }
        static PLAIN: OnceLock<Engine> = OnceLock::new();
        let mut plain = Run::new(PLAIN.get_or_init(|| new_engine(program_cost())), &bytes);
        let mut marked = Run::new(engine(), &instrument(&bytes, &info).expect("a module that was validated"));
        let before = marked.bytes().to_vec();
        prop_assert_eq!(plain.bytes(), before.as_slice());
        let globals: Vec<_> = info.mutable_globals.iter().map(|global| {
            let name = global_export_name(global.index);
            let value = marked.global(&name).get(&mut marked.store);
            (name, value)
        }).collect();

        let expected = plain.call(0);
        let found = marked.call(0);
        if let (Err(found), Err(expected)) = (&found.0, &expected.0) {
            // Whose recursion has no end meets that of the native stack or that of the fuel, whichever its frames let it
            // meet first: here no function counts its stack, which otherwise ends long before the native one.
            let is_without_end = |trap: &str| trap.contains("call stack exhausted") || trap.contains("all fuel consumed");
            prop_assert!(found == expected || is_without_end(found) && is_without_end(expected), "{} {}", found, expected);
            return Ok(());
        }
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(marked.bytes(), plain.bytes());
        if marked.bytes().len() != before.len() {
            return Ok(());
        }
        let ranges: Vec<_> = granules.ranges(marked.marks(), before.len()).collect();
        prop_assert_eq!(unmarked_change(&before, marked.bytes(), &ranges), None);
        make_new(&mut marked, &before, granules, &globals);
        prop_assert_eq!(marked.bytes(), before.as_slice());
        prop_assert_eq!(marked.call(0), expected);
        prop_assert_eq!(marked.bytes(), plain.bytes());
    }
}

/// The pages that the vm adds for the input region do not count against what an idle instance may hold.
#[test]
fn instances_of_both_abis_are_kept_up_to_the_same_size() {
    for import in ["", r#"(import "env" "abort" (func))"#] {
        let is_kept = |pages: u32| {
            let text = format!(
                r#"(module {import} (memory (export "memory") {pages}) (global (export "__heap_base") i32 (i32.const 8))
                    (func (export "entrypoint") (param i32) (result i64) (i64.const 0)))"#
            );
            let bytes = wat::parse_str(text).expect("the text of a module");
            Granules::of(&validate(&bytes).expect("a good module")).is_some()
        };
        assert_eq!([1, 3, 4].map(is_kept), [true, true, false], "{import}");
    }
}
