//! What a refusal tells the person who deploys: one real module for every feature that wasmparser knows and programs
//! may not use, imports as toolchains leave them behind, and names.

use super::diagnose::BY_DEPENDENCE;
use super::features::{FEATURES, name};
use super::tests::{assemble, program};
use super::*;
use wasmparser::WasmFeatures;

/// A module that uses the feature, and the function it does so in.
const USES: &[(Feature, &str, Option<u32>)] = &[
    (Feature::Simd, "(func (drop (v128.const i64x2 0 0)))", Some(0)),
    (Feature::Simd, "(func (param v128))", None),
    (Feature::Simd, "(func (local v128))", Some(0)),
    (Feature::Simd, "(func (param i32) (drop (i8x16.splat (local.get 0))))", Some(0)),
    (Feature::RelaxedSimd, "(func (drop (i8x16.relaxed_swizzle (unreachable) (unreachable))))", Some(0)),
    (Feature::Threads, "(func (drop (i32.atomic.load (i32.const 0))))", Some(0)),
    (Feature::Threads, "(func (drop (i64.atomic.rmw.add (i32.const 0) (i64.const 1))))", Some(0)),
    (Feature::Threads, "(func (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))", Some(0)),
    (Feature::Threads, "(func (atomic.fence))", Some(0)),
    (Feature::SharedEverythingThreads, "(type (shared (func)))", None),
    (Feature::SharedEverythingThreads, "(global (shared i32) (i32.const 0))", None),
    (Feature::TailCalls, "(func $f (return_call $f))", Some(0)),
    (Feature::TailCalls, "(table 1 funcref) (func (return_call_indirect (i32.const 0)))", Some(0)),
    (Feature::Exceptions, "(tag)", None),
    (Feature::Exceptions, "(func (block (try_table (catch_all 0))))", Some(0)),
    (Feature::Exceptions, "(func (local exnref) (throw_ref (local.get 0)))", Some(0)),
    (Feature::LegacyExceptions, "(func try nop catch_all nop end)", Some(0)),
    (Feature::LegacyExceptions, "(func try nop delegate 0)", Some(0)),
    (Feature::ReferenceTypes, "(table 1 externref)", None),
    (Feature::ReferenceTypes, "(func (param externref))", None),
    (Feature::ReferenceTypes, "(func (local funcref))", Some(0)),
    (Feature::ReferenceTypes, "(table 1 funcref) (func (drop (table.size)))", Some(0)),
    (Feature::ReferenceTypes, "(table 1 funcref) (func (drop (table.get (i32.const 0))))", Some(0)),
    (Feature::ReferenceTypes, "(elem funcref (ref.null func))", None),
    (Feature::ReferenceTypes, "(table 0 funcref) (func (drop (ref.null func)))", Some(0)),
    (Feature::ReferenceTypes, "(func $f (drop (ref.func $f))) (elem declare func $f)", Some(0)),
    (
        Feature::ReferenceTypes,
        "(func (drop (select (result i32) (i32.const 0) (i32.const 1) (i32.const 2))))",
        Some(0),
    ),
    (Feature::FunctionReferences, "(type $f (func)) (func (param (ref $f)))", None),
    (Feature::FunctionReferences, "(type $f (func)) (func (local (ref null $f)))", Some(0)),
    (Feature::FunctionReferences, "(type $f (func)) (func (call_ref $f (unreachable)))", Some(0)),
    (Feature::FunctionReferences, "(func (drop (ref.as_non_null (unreachable))))", Some(0)),
    (Feature::GarbageCollection, "(type (struct))", None),
    (Feature::GarbageCollection, "(type (array i8))", None),
    (Feature::GarbageCollection, "(rec (type (func)) (type (func)))", None),
    (Feature::GarbageCollection, "(type (sub (func)))", None),
    (Feature::GarbageCollection, "(func (local anyref))", Some(0)),
    (Feature::GarbageCollection, "(func (drop (ref.i31 (i32.const 0))))", Some(0)),
    (Feature::GarbageCollection, "(global i32 (i32.const 0)) (global i32 (global.get 0))", None),
    (Feature::ExtendedConst, "(global i32 (i32.add (i32.const 1) (i32.const 2)))", None),
    (Feature::ExtendedConst, "(data (i32.sub (i32.const 9) (i32.const 2)) \"x\")", None),
    (
        Feature::WideArithmetic,
        "(func (result i64 i64) (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)))",
        Some(0),
    ),
    (
        Feature::WideArithmetic,
        "(func (result i64 i64) (i64.mul_wide_u (i64.const 0) (i64.const 0)))",
        Some(0),
    ),
    (Feature::Memory64, "(table i64 1 funcref)", None),
    (Feature::MemoryControl, "(func (memory.discard (i32.const 0) (i32.const 0)))", Some(0)),
    (
        Feature::CustomDescriptors,
        "(rec (type $a (descriptor $b) (struct)) (type $b (describes $a) (struct)))",
        None,
    ),
    (Feature::StackSwitching, "(type $f (func)) (type (cont $f))", None),
    (Feature::StackSwitching, "(type $f (func)) (type $c (cont $f)) (func (resume $c (unreachable)))", None),
    (Feature::CustomDescriptors, "(type $f (func)) (func (param (ref (exact $f))))", None),
];

/// Memories that no program may have.
const MEMORIES: &[(Feature, &str)] = &[
    (Feature::Memory64, "i64 1"),
    (Feature::Threads, "1 2 shared"),
    (Feature::CustomPageSizes, "1 (pagesize 1)"),
];

#[test]
fn every_feature_is_named_with_its_place_and_what_turns_it_off() {
    let mut unexpected = Vec::new();
    let programs = USES.iter().map(|(feature, fields, function)| (*feature, program(fields), *function));
    let memories =
        MEMORIES.iter().map(|(feature, memory)| (*feature, format!("(module (memory {memory}))"), None));
    for (expected, text, expected_function) in programs.chain(memories) {
        let bytes = assemble(&text);
        let error = validate(&bytes).expect_err("a feature that is refused");
        match error {
            ModuleError::Feature { feature, offset, function }
                if (feature, function) == (expected, expected_function) =>
            {
                let said = error.to_string();
                assert!(said.contains(feature.advice()) && said.contains(&feature.to_string()), "{said}");
                assert!((8..bytes.len()).contains(&(offset as usize)), "{said}");
            }
            error => {
                unexpected.push(format!("{expected:?} expected: {error} ({:?})\n{text}", explain(&bytes)))
            }
        }
    }
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
}

/// A second memory is told by its number, and one that only an instruction speaks of is a fault: there is none.
#[test]
fn several_memories() {
    let two = assemble("(module (memory 1) (memory 1))");
    assert_eq!(validate(&two), Err(ModuleError::Memories { count: 2 }));
    let one = assemble(&program("(func (drop (i32.load 1 (i32.const 0))))"));
    assert!(matches!(validate(&one), Err(ModuleError::Malformed { function: Some(0), .. })));
    let tables = assemble(&program("(table 1 funcref) (table 1 funcref)"));
    assert!(matches!(validate(&tables), Err(ModuleError::Bound { bound: Bound::Tables, value: 2, .. })));
}

/// A new version of wasmparser may know more: each feature is either allowed, or refused by name.
#[test]
fn no_feature_is_forgotten() {
    let refused = BY_DEPENDENCE.iter().copied().fold(FEATURES, WasmFeatures::union);
    for (text, feature) in WasmFeatures::all().iter_names() {
        let of_components = text.starts_with("CM") || text == "COMPONENT_MODEL";
        assert!(of_components || refused.contains(feature), "{text} is neither allowed nor refused");
        if !of_components && !FEATURES.contains(feature) {
            assert_ne!(name(feature), Feature::Other, "{text}");
        }
    }
}

/// What is broken with every feature on is not a feature's fault.
#[test]
fn a_fault_stays_a_fault() {
    let bytes = assemble(&program("(func) (func (result i32) i64.const 0)"));
    assert!(matches!(validate(&bytes), Err(ModuleError::Invalid { function: Some(1), .. })));
    // An opcode that no proposal has.
    let mut bytes = assemble(&program("(func nop nop)"));
    let position = bytes.windows(3).position(|bytes| bytes == [1, 1, 0x0b]).expect("the body");
    bytes[position] = 0x27;
    let offset = u32::try_from(position).expect("a small module");
    assert_eq!(validate(&bytes), Err(ModuleError::Malformed { offset, function: Some(0) }));
}

#[test]
fn compact_imports_are_named() {
    // Types: (i32, i32) -> (); imports: the module's name once, an empty name, 0x7f, then a list of names.
    let bytes = b"\0asm\x01\0\0\0\x01\x06\x01\x60\x02\x7f\x7f\0\x02\x12\x01\x07sealane\0\x7f\x01\x03log\0\0";
    let error = validate(bytes).expect_err("compact imports are refused");
    assert!(matches!(error, ModuleError::Feature { feature: Feature::CompactImports, .. }), "{error}");
}

#[test]
fn a_function_is_named_if_it_has_a_name() {
    let text = program("(func) (func $spl_math::mul_wide (drop (v128.const i64x2 0 0)))");
    let bytes = assemble(&text);
    let error = validate(&bytes).expect_err("SIMD is refused");
    let said = describe(&bytes, &error);
    assert!(
        said.contains("in function 1 ") && said.ends_with(r#"(function "spl_math::mul_wide")"#),
        "{said}"
    );
    // No names, and names that break off.
    let without = assemble(&text.replace("$spl_math::mul_wide", ""));
    assert_eq!(describe(&without, &validate(&without).expect_err("SIMD")), error.to_string());
    for cut in 1..30 {
        assert!(describe(&bytes[..bytes.len() - cut], &error).starts_with(&error.to_string()));
    }
}

#[test]
fn imports_as_toolchains_leave_them() {
    for (import, expected) in [
        (
            r#""wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32))"#,
            "wasm32-unknown-unknown",
        ),
        (r#""wasi_unstable" "proc_exit" (func (param i32))"#, "no operating system"),
        (r#""__wbindgen_placeholder__" "__wbindgen_throw" (func (param i32 i32))"#, "no JavaScript"),
        (r#""./app_bg.js" "__wbg_now" (func (result f64))"#, "cargo tree -i wasm-bindgen"),
        (r#""env" "abort" (func (param i32 i32 i32 i32))"#, "--use abort="),
        (r#""env" "memset" (func (param i32 i32 i32) (result i32))"#, "no definition"),
        (r#""GOT.mem" "x" (func)"#, "-fPIC"),
        (r#""env" "sha256" (func (param i32 i32 i32))"#, r#"did you mean "sealane" "sha256"?"#),
        (r#""sealan" "sha265" (func (param i32 i32 i32))"#, r#"did you mean "sealane" "sha256"?"#),
        (r#""sealane" "sha265" (func (param i32 i32 i32))"#, "did you mean sha256?"),
        (r#""env" "memory" (memory 1)"#, "--import-memory"),
        (r#""env" "table" (table 1 funcref)"#, "--import-table"),
        (r#""env" "__memory_base" (global i32)"#, "-fPIC"),
    ] {
        // Only the import: with a memory of its own beside an imported one, a program has two.
        let error = validate(&assemble(&format!("(module (import {import}))"))).expect_err("not the host's");
        let said = error.to_string();
        assert!(said.contains(expected), "{import}: {said}");
    }
}

/// A function of about `units` work: arithmetic with floats, and instructions that do nothing for the rest.
fn working_function(units: u64) -> String {
    const FLOAT_UNITS: u64 = 10;
    const FLOAT_COUNT: u64 = 90_000;
    let floats = "f32.ceil ".repeat(usize::try_from(FLOAT_COUNT).expect("small"));
    let idle = "nop ".repeat(usize::try_from(units - FLOAT_COUNT * FLOAT_UNITS).expect("small"));
    format!("(func (drop (f32.const 1) {floats} {idle}))")
}

#[test]
fn the_bound_on_work_is_exact() {
    let work = |fields: &str| -> Result<Vec<u64>, ModuleError> {
        let info = validate(&assemble(&program(fields)))?;
        Ok(info.functions.iter().map(|function| function.work_units).collect())
    };
    let (one, all) = (Bound::FunctionWork.limit(), Bound::ModuleWork.limit());
    // What a function has beside the instructions it was asked for.
    let given = work(&working_function(950_000)).expect("below the bound");
    let own = given[0] - 950_000;
    let largest = working_function(one - own);
    assert_eq!(work(&largest).expect("at the bound")[0], one);
    let beyond = |bound: Bound, function| ModuleError::Bound {
        bound,
        value: bound.limit() + 1,
        limit: bound.limit(),
        place: Place::Function(function),
    };
    assert_eq!(work(&working_function(one - own + 1)), Err(beyond(Bound::FunctionWork, 0)));

    // Four functions, the last of which leaves room for the entrypoint.
    let entrypoint = given[1];
    assert_eq!(all, 4 * one);
    let last = one - entrypoint - own;
    let program_of = |last: u64| format!("{}{}", largest.repeat(3), working_function(last));
    let sum: u64 = work(&program_of(last)).expect("at the bound").iter().sum();
    assert_eq!(sum, all);
    assert_eq!(work(&program_of(last + 1)), Err(beyond(Bound::ModuleWork, 4)));
}

/// The estimate as figures, so that a change of the rule shows: weight, values that travel, and products.
#[test]
fn what_instructions_weigh() {
    let work = |fields: &str| {
        let info = validate(&assemble(&program(fields))).unwrap_or_else(|error| panic!("{error}\n{fields}"));
        info.functions[0].work_units
    };
    let empty = work("(func)");
    for (fields, expected) in [
        ("(func (param i32) (drop (i32.add (local.get 0) (i32.const 1))))", 4),
        ("(func (param f64) (drop (f64.sqrt (local.get 0))))", 12),
        // Two values in and two out travel, with six units each and for the call; two constants, two drops.
        (
            "(type $pair (func (param i64 i64) (result i64 i64))) (func (call 1 (i64.const 0) (i64.const 0)) drop drop)
            (func (type $pair) (local.get 0) (local.get 1))",
            6 * 5 + 4,
        ),
        ("(func (block))", 16),
        ("(func (loop))", 16),
    ] {
        assert_eq!(work(fields) - empty, expected, "{fields}");
    }
}
