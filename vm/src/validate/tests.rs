//! One module for every refusal, one accepted program for every part of the information, and random bytes.

use super::*;
use crate::HostCall;
use proptest::prelude::*;
use sealane_sdk::limits;

/// A minimal program with `fields` before its own.
pub(super) fn program(fields: &str) -> String {
    format!(
        r#"(module {fields}
            (memory (export "memory") 1)
            (global (export "__heap_base") i32 (i32.const 1024))
            (func (export "entrypoint") (param i32) (result i64) i64.const 0))"#
    )
}

pub(super) fn assemble(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[track_caller]
fn refuse(text: &str, expected: &ModuleError) {
    let bytes = assemble(text);
    assert_eq!(validate(&bytes).as_ref(), Err(expected), "{text}");
    assert!(!expected.to_string().is_empty());
}

#[track_caller]
fn accept(text: &str) -> ModuleInfo {
    validate(&assemble(text)).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The bound that a module breaks, its value, and the function it breaks it in (`None`: a place in the file).
#[track_caller]
fn exceed(text: &str, expected: Bound, expected_value: u64, expected_function: Option<u32>) {
    let error = validate(&assemble(text)).expect_err("the module exceeds a bound");
    let ModuleError::Bound { bound, value, limit, place } = error else { panic!("{error}") };
    assert_eq!((bound, value, limit), (expected, expected_value, expected.limit()));
    match (place, expected_function) {
        (Place::Function(function), Some(expected)) => assert_eq!(function, expected),
        (Place::Offset(_), None) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_minimal_program() {
    let info = accept(&program(""));
    assert_eq!((info.initial_memory_pages, info.maximum_memory_pages, info.heap_base), (1, None, 1024));
    assert_eq!((info.type_count, info.global_count, info.functions.len()), (1, 1, 1));
    assert!(info.mutable_globals.is_empty() && info.data_ranges.is_empty() && info.imports.is_empty());
    assert!(info.resets_by_memory_and_globals() && !info.grows_memory && !info.has_names);
}

#[test]
fn information() {
    let info = accept(
        r#"(module
            (import "sealane" "log" (func $log (param i32 i32)))
            (import "sealane" "remaining_units" (func (result i64)))
            (memory (export "memory") 2 16)
            (table 4 funcref)
            (global $stack_pointer (export "__stack_pointer") (mut i32) (i32.const -16))
            (global i64 (i64.const 7))
            (global (mut f64) (f64.const 1))
            (global (export "__heap_base") i32 (i32.const 1032))
            (func $main (export "entrypoint") (param i32) (result i64) (local i32 f64)
                (call $log (i32.const 0) (i32.const 5))
                (call_indirect (i32.const 0))
                (i64.extend_i32_u (memory.grow (i32.add (local.get 0) (i32.const 1)))))
            (func $helper)
            (elem (i32.const 1) $helper $log)
            (data (i32.const 8) "hello")
            (data (i32.const 100) "!!")
            (data "passive"))"#,
    );
    assert_eq!(info.imports, [HostCall::Log, HostCall::RemainingUnits]);
    assert_eq!((info.initial_memory_pages, info.maximum_memory_pages, info.heap_base), (2, Some(16), 1032));
    assert_eq!(
        info.mutable_globals,
        [
            MutableGlobal { index: 0, value_type: ValueType::I32, initial_bits: 0xffff_fff0, exported: true },
            MutableGlobal {
                index: 2,
                value_type: ValueType::F64,
                initial_bits: 1f64.to_bits(),
                exported: false
            },
        ]
    );
    assert_eq!(info.data_ranges, [DataRange { offset: 8, size: 5 }, DataRange { offset: 100, size: 2 }]);
    assert_eq!((info.data_end(), info.table_elements, info.global_count), (102, 4, 4));
    assert_eq!(info.address_taken, [3, 0]);
    assert!(info.grows_memory && info.has_names && info.resets_by_memory_and_globals());
    let main = &info.functions[0];
    assert_eq!((main.parameter_count, main.local_count, main.operand_height), (1, 3, 2));
    assert_eq!((main.calls.as_slice(), main.indirect_calls.as_slice()), (&[0][..], &[3][..]));
    assert_eq!(main.computed_count, 5, "two calls, an addition, memory.grow and an extension");
}

#[test]
fn what_a_call_leaves_behind() {
    for (body, mutates_tables, uses_passive_data, drops_data) in [
        ("", false, false, false),
        ("(table.init 0 0 (i32.const 0) (i32.const 0) (i32.const 0))", true, false, false),
        ("(table.copy (i32.const 0) (i32.const 0) (i32.const 0))", true, false, false),
        ("(elem.drop 0)", true, false, false),
        ("(memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0))", false, true, false),
        ("(data.drop 0)", false, false, true),
        ("(memory.copy (i32.const 0) (i32.const 0) (i32.const 0))", false, false, false),
    ] {
        let info =
            accept(&program(&format!(r#"(table 1 funcref) (elem func $f) (data "x") (func $f {body})"#)));
        assert_eq!(
            (info.mutates_tables, info.uses_passive_data, info.drops_data),
            (mutates_tables, uses_passive_data, drops_data),
            "{body}"
        );
        assert_eq!(info.resets_by_memory_and_globals(), !mutates_tables && !drops_data);
    }
}

#[test]
fn allowed_features() {
    for fields in [
        "(func (result i32) (i32.extend8_s (i32.const 0)))",
        "(func (param f64) (result i64) (i64.trunc_sat_f64_s (local.get 0)))",
        "(func (result i32 i64) (i32.const 0) (i64.const 0))",
        "(func (param f32) (result f32) (f32.sqrt (local.get 0)))",
        "(func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
        r#"(global (export "g") (mut i64) (i64.const 0))"#,
        "(table 1 1 funcref) (func (call_indirect (i32.const 0)))",
    ] {
        accept(&program(fields));
    }
}

/// LLVM leaves room for the linker: the table index of `call_indirect` is five bytes long.
#[test]
fn overlong_table_index() {
    let mut bytes = assemble(&program("(table 1 funcref) (func (call_indirect (i32.const 0)))"));
    // i32.const 0, call_indirect; then come the type and the table.
    let position = bytes.windows(3).position(|bytes| bytes == [0x41, 0, 0x11]).expect("the call") + 4;
    bytes.splice(position..=position, [0x80, 0x80, 0x80, 0x80, 0]);
    let body_size = position - 6;
    bytes[body_size] += 4;
    bytes[body_size - 2] += 4;
    assert!(validate(&bytes).is_ok(), "{:?}", explain(&bytes));
}

#[test]
fn bytes_that_are_no_module() {
    for (bytes, expected) in [
        (&b""[..], ModuleError::NotAModule),
        (b"\x7fELF", ModuleError::NotAModule),
        (b"\0asm\x01", ModuleError::NotAModule),
        (b"\0asm\x0d\0\x01\0", ModuleError::Version { version: 0x1000d }),
        (b"\0asm\x01\0\0\0", ModuleError::Memories { count: 0 }),
        (b"\0asm\x01\0\0\0\x01\x05", ModuleError::Malformed { offset: 10, function: None }),
    ] {
        assert_eq!(validate(bytes), Err(expected), "{bytes:?}");
    }
    let bytes = vec![0; limits::MAX_MODULE_SIZE_BYTES + 1];
    let (bound, value) = (Bound::ModuleSize, bytes.len() as u64);
    let expected = ModuleError::Bound { bound, value, limit: value - 1, place: Place::Offset(0) };
    assert_eq!(validate(&bytes), Err(expected));
}

#[test]
fn invalid_code_says_where() {
    let text = program("(func) (func (result i32) i64.const 0)");
    let error = validate(&assemble(&text)).expect_err("the types differ");
    assert!(matches!(error, ModuleError::Invalid { function: Some(1), .. }), "{error}");
    assert!(explain(&assemble(&text)).is_some_and(|words| words.contains("type mismatch")));
    assert_eq!(explain(&assemble(&program(""))), None);
}

#[test]
fn bounds_of_sections() {
    let repeat = |field: &str, count: u32| program(&field.repeat(count as usize));
    let many = |values: &str, count: u32| format!("{values} ").repeat(count as usize);
    let beyond = |limit: u32| u64::from(limit) + 1;
    let types: String =
        (0..1000).map(|index| format!("(type (func {}))", many("(param i32)", index % 60))).collect();
    exceed(&program(&types), Bound::Types, 1001, None);
    exceed(&program(&format!("(func (param {}))", many("i32", 65))), Bound::Parameters, 65, None);
    exceed(&program(&format!("(type (func (result {})))", many("i32", 17))), Bound::Results, 17, None);
    exceed(
        &repeat(r#"(import "sealane" "log" (func (param i32 i32)))"#, limits::MAX_MODULE_IMPORTS + 1),
        Bound::Imports,
        beyond(limits::MAX_MODULE_IMPORTS),
        None,
    );
    exceed(
        &program(&format!(r#"(import "sealane" "{}" (func))"#, "n".repeat(257))),
        Bound::NameSize,
        257,
        None,
    );
    exceed(&program(&format!(r#"(import "{}" "log" (func))"#, "n".repeat(300))), Bound::NameSize, 300, None);
    exceed(&program(&format!(r#"(func (export "{}"))"#, "n".repeat(257))), Bound::NameSize, 257, None);
    exceed(&repeat("(func)", limits::MAX_MODULE_FUNCTIONS), Bound::Functions, 10_001, None);
    exceed(&repeat("(table 0 funcref)", 2), Bound::Tables, 2, None);
    exceed(&program("(table 10001 funcref)"), Bound::TableElements, 10_001, None);
    exceed(
        &program(&format!("(func $f) (elem func {})", many("$f", 10_001))),
        Bound::SegmentElements,
        10_001,
        None,
    );
    exceed("(module (memory 257))", Bound::InitialMemory, 257, None);
    exceed("(module (memory 0 65536))", Bound::MaximumMemory, 65_536, None);
    exceed(&repeat("(global i32 (i32.const 0))", 256), Bound::Globals, 257, None);
    let exports: String = (0..254).map(|index| format!(r#"(func (export "f{index}"))"#)).collect();
    exceed(&program(&exports), Bound::Exports, 257, None);
    exceed(&repeat("(elem func)", 257), Bound::ElementSegments, 257, None);
    exceed(&repeat(r#"(data "")"#, 1025), Bound::DataSegments, 1025, None);
    exceed(
        r#"(module (memory (export "memory") 1) (global (export "__heap_base") i32 (i32.const -1)))"#,
        Bound::HeapBase,
        u64::from(u32::MAX),
        None,
    );
}

#[test]
fn bounds_of_functions() {
    let nested = |count: usize| format!("(func) (func {} {})", "block ".repeat(count), "end ".repeat(count));
    accept(&program(&nested(512)));
    exceed(&program(&nested(513)), Bound::BlockDepth, 513, Some(1));
    let flat = |count: usize| format!("(func {})", "block end ".repeat(count));
    accept(&program(&flat(5000)));
    exceed(&program(&flat(5001)), Bound::Blocks, 5001, Some(0));
    let locals = |count: usize| format!("(func (param i32 i32) (local {}))", "i64 ".repeat(count));
    accept(&program(&locals(4998)));
    exceed(&program(&locals(4999)), Bound::Locals, 5001, Some(0));
    let targets = |count: usize| format!("(func (br_table {}0 (i32.const 0)))", "0 ".repeat(count));
    accept(&program(&targets(1024)));
    exceed(&program(&targets(1025)), Bound::BranchTargets, 1025, Some(0));
    // The number of locals, `nop` instructions and an end.
    let body = |size: usize| format!("(func) (func {})", "nop ".repeat(size - 2));
    accept(&program(&body(limits::MAX_FUNCTION_BODY_SIZE_BYTES)));
    let size = limits::MAX_FUNCTION_BODY_SIZE_BYTES + 1;
    exceed(&program(&body(size)), Bound::BodySize, size as u64, Some(1));
}

/// Locals are written as a count, so a few bytes can ask for four thousand million of them.
#[test]
fn locals_by_the_million() {
    let mut bytes = assemble(&program("(func (local i32))"));
    // One group of one i32 (7f), end.
    let position = bytes.windows(4).position(|bytes| bytes == [1, 1, 0x7f, 0x0b]).unwrap() + 1;
    bytes.splice(position..=position, [0xff, 0xff, 0xff, 0xff, 0x0f]);
    bytes[position - 2] += 4;
    bytes[position - 4] += 4;
    let (value, limit) = (u64::from(u32::MAX), 5000);
    let expected = ModuleError::Bound { bound: Bound::Locals, value, limit, place: Place::Function(0) };
    assert_eq!(validate(&bytes), Err(expected));
}

#[test]
fn refused_imports() {
    let (module, name) = ("wasi".to_owned(), "log".to_owned());
    refuse(
        &program(r#"(import "wasi" "log" (func (param i32 i32)))"#),
        &ModuleError::ImportModule { module, name },
    );
    for (item, kind) in [
        ("(memory 1)", ItemKind::Memory),
        ("(table 1 funcref)", ItemKind::Table),
        ("(global i32)", ItemKind::Global),
    ] {
        let (module, name) = ("sealane".to_owned(), "x".to_owned());
        refuse(
            &format!(r#"(module (import "sealane" "x" {item}))"#),
            &ModuleError::ImportKind { module, name, kind },
        );
    }
    refuse(
        r#"(module (import "sealane" "a" (memory 1)) (import "sealane" "b" (memory 1)))"#,
        &ModuleError::Memories { count: 2 },
    );
    let tables =
        r#"(module (import "sealane" "a" (table 1 funcref)) (import "sealane" "b" (table 1 funcref)))"#;
    exceed(tables, Bound::Tables, 2, None);
    for (name, nearest) in [("sha265", Some(HostCall::Sha256)), ("fd_write", None)] {
        let expected = ModuleError::UnknownImport { name: name.to_owned(), nearest };
        refuse(&program(&format!(r#"(import "sealane" "{name}" (func))"#)), &expected);
    }
    refuse(
        &program(r#"(import "sealane" "log" (func (param i64)))"#),
        &ModuleError::ImportType {
            call: HostCall::Log,
            expected: Signature { parameters: vec![ValueType::I32; 2], results: vec![] },
            found: Signature { parameters: vec![ValueType::I64], results: vec![] },
        },
    );
}

#[test]
fn every_host_call_can_be_imported() {
    let list = |keyword: &str, types: &[ValueType]| {
        types.iter().map(|value_type| format!("({keyword} {value_type})")).collect::<String>()
    };
    let fields: String = NATIVE_IMPORTS
        .iter()
        .map(|import| {
            let (parameters, results) = (list("param", import.parameters), list("result", import.results));
            format!(r#"(import "sealane" "{}" (func {parameters} {results}))"#, import.name)
        })
        .collect();
    let info = accept(&program(&fields));
    assert!(info.imports.iter().eq(NATIVE_IMPORTS.iter().map(|import| &import.call)));
}

#[test]
fn required_exports() {
    let memory = r#"(memory (export "memory") 1)"#;
    let heap_base = r#"(global (export "__heap_base") i32 (i32.const 0))"#;
    let entrypoint = r#"(func (export "entrypoint") (param i32) (result i64) i64.const 0)"#;
    let missing = |export| ModuleError::MissingExport { export };
    let kind = |export, found| ModuleError::ExportKind { export, found };
    for (fields, expected) in [
        ([heap_base, entrypoint, ""], ModuleError::Memories { count: 0 }),
        ([heap_base, entrypoint, "(memory 1)"], missing(RequiredExport::Memory)),
        ([memory, entrypoint, ""], missing(RequiredExport::HeapBase)),
        ([memory, heap_base, ""], missing(RequiredExport::Entrypoint)),
        ([r#"(func (export "memory"))"#, "(memory 1)", ""], kind(RequiredExport::Memory, ItemKind::Function)),
        (
            [memory, r#"(func (export "__heap_base"))"#, ""],
            kind(RequiredExport::HeapBase, ItemKind::Function),
        ),
        (
            [memory, r#"(table (export "entrypoint") 0 funcref)"#, ""],
            kind(RequiredExport::Entrypoint, ItemKind::Table),
        ),
        (
            [memory, r#"(global (export "__heap_base") (mut i32) (i32.const 0))"#, ""],
            ModuleError::HeapBaseType { global: 0 },
        ),
        (
            [memory, "(global i32 (i32.const 0))", r#"(global (export "__heap_base") i64 (i64.const 0))"#],
            ModuleError::HeapBaseType { global: 1 },
        ),
        (
            [memory, heap_base, r#"(func (export "entrypoint") (param i32) (result i32) i32.const 0)"#],
            ModuleError::EntrypointType {
                found: Signature { parameters: vec![ValueType::I32], results: vec![ValueType::I32] },
            },
        ),
        (["(memory 1)", "(memory 1)", ""], ModuleError::Memories { count: 2 }),
    ] {
        refuse(&format!("(module {})", fields.concat()), &expected);
    }
}

#[test]
fn refusals_of_the_vm() {
    refuse(&program("(func) (func $s) (start $s)"), &ModuleError::StartFunction { function: 1 });
    let name = "__sealane_stack".to_owned();
    refuse(
        &program(r#"(global (export "__sealane_stack") i32 (i32.const 0))"#),
        &ModuleError::ReservedExport { name },
    );
    accept(&program(r#"(data (i32.const 65534) "ab")"#));
    refuse(
        &program(r#"(data "passive") (data (i32.const 65535) "ab")"#),
        &ModuleError::DataOutOfBounds { segment: 1, offset: 65_535, size: 2, memory_size: 65_536 },
    );
    refuse(
        &program("(func $f) (table 1 funcref) (elem (i32.const -1) $f)"),
        &ModuleError::ElementsOutOfBounds { segment: 0, offset: u32::MAX, count: 1, table_size: 1 },
    );
}

/// A program that has a bit of everything, to be mutated.
fn rich_program() -> Vec<u8> {
    assemble(&program(
        r#"(import "sealane" "sha256" (func $sha256 (param i32 i32 i32)))
        (type $pair (func (param i32) (result i32 i64)))
        (table 3 funcref)
        (elem (i32.const 0) $pair $recurse)
        (global $g (mut i64) (i64.const 5))
        (data (i32.const 16) "some bytes")
        (data $passive "others")
        (func $pair (type $pair) (local f64 i32)
            (block (loop (br_if 0 (i32.eqz (local.get 0))) (br_table 0 1 (local.get 0))))
            (if (result i32) (local.get 0) (then (i32.const 1)) (else (return (i32.const 2) (i64.const 3))))
            (global.get $g))
        (func $recurse (param i32)
            (call $sha256 (i32.const 0) (i32.const 1) (i32.const 32))
            (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 6))
            (call_indirect (type $pair) (local.get 0) (i32.const 0))
            drop drop
            (call $recurse (i32.const 0)))"#,
    ))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn random_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..200), with_header in any::<bool>()) {
        let mut bytes = if with_header { b"\0asm\x01\0\0\0".to_vec() } else { Vec::new() };
        bytes.extend(body);
        prop_assert!(validate(&bytes).is_err());
    }

    #[test]
    fn mutated_programs_never_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = rich_program();
        for (position, value) in changes {
            let position = position.index(bytes.len());
            bytes[position] = value;
        }
        if let Ok(info) = validate(&bytes) {
            let instrumented = crate::stack_limit::instrument(&bytes, &info).expect("a module that was validated");
            let checked = wasmparser::Validator::new_with_features(FEATURES).validate_all(&instrumented);
            prop_assert!(checked.is_ok(), "{:?}", checked.err());
        }
    }

    #[test]
    fn cut_programs_never_panic(cut in any::<prop::sample::Index>()) {
        let mut bytes = rich_program();
        bytes.truncate(cut.index(bytes.len()));
        // The names come last, and a module without them is complete.
        prop_assert!(validate(&bytes).map_or(true, |info| !info.has_names));
    }
}
