//! Every artifact is a module that the ABI allows: what it exports, imports and starts with. The modules come from the
//! crate's build script; their sizes are printed.

use sealane_artifacts::{PROGRAMS, Program};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use wasmparser::{Parser, Payload, TypeRef, Validator, WasmFeatures};

/// What the ABI asks for.
const REQUIRED_EXPORTS: [&str; 3] = ["__heap_base", "entrypoint", "memory"];
/// What rustc has the linker export from every module for this target, asked or not: a constant.
const TOLERATED_EXPORTS: [&str; 1] = ["__data_end"];
/// Pages of 64 KiB that a program's stack and static data may take.
const MAX_INITIAL_PAGES: u64 = 2;

/// What the tests look at, in the order in which it stands in a module.
#[derive(Default)]
struct Module<'a> {
    import_modules: BTreeSet<&'a str>,
    imports_other_than_functions: Vec<&'a str>,
    initial_pages: Vec<u64>,
    exports: BTreeSet<&'a str>,
    has_start: bool,
}

fn parse(bytes: &[u8]) -> Module<'_> {
    let mut module = Module::default();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.expect("the module parses") {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import.expect("the import parses");
                    module.import_modules.insert(import.module);
                    if !matches!(import.ty, TypeRef::Func(_)) {
                        module.imports_other_than_functions.push(import.name);
                    }
                }
            }
            Payload::MemorySection(memories) => {
                let pages = memories.into_iter().map(|memory| memory.expect("the memory parses").initial);
                module.initial_pages.extend(pages);
            }
            Payload::ExportSection(exports) => {
                let names = exports.into_iter().map(|export| export.expect("the export parses").name);
                module.exports.extend(names);
            }
            Payload::StartSection { .. } => module.has_start = true,
            _ => {}
        }
    }
    module
}

fn check(program: &Program) {
    let Program { name, bytes } = *program;
    assert!(bytes.starts_with(b"\0asm\x01\0\0\0"), "{name}: not a WebAssembly module of version 1");
    let features = WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::FLOATS
        | WasmFeatures::GC_TYPES;
    if let Err(error) = Validator::new_with_features(features).validate_all(bytes) {
        panic!("{name}: {error}");
    }

    let module = parse(bytes);
    let mut exports = module.exports.clone();
    for required in REQUIRED_EXPORTS {
        assert!(exports.remove(required), "{name}: does not export {required}");
    }
    for tolerated in TOLERATED_EXPORTS {
        exports.remove(tolerated);
    }
    assert!(exports.is_empty(), "{name}: exports {exports:?}, which no host asks for");
    assert!(
        module.import_modules.iter().all(|module| *module == "sealane"),
        "{name}: imports from {:?}; the host is the module sealane",
        module.import_modules
    );
    assert!(
        module.imports_other_than_functions.is_empty(),
        "{name}: imports {:?}",
        module.imports_other_than_functions
    );
    assert_eq!(module.initial_pages.len(), 1, "{name}: memories");
    let pages = module.initial_pages[0];
    assert!(pages <= MAX_INITIAL_PAGES, "{name}: starts with {pages} pages, more than {MAX_INITIAL_PAGES}");
    assert!(!module.has_start, "{name}: has a start function");
    println!("{name}: {} bytes, {pages} pages at the start", bytes.len());
}

#[test]
fn every_program_is_a_module_that_the_abi_allows() {
    for program in PROGRAMS {
        check(program);
    }
}

#[test]
fn no_path_of_this_machine_stands_in_a_module() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the workspace");
    let workspace = workspace.to_str().expect("the workspace's path is text").as_bytes();
    for Program { name, bytes } in PROGRAMS {
        assert!(
            !bytes.windows(workspace.len()).any(|window| window == workspace),
            "{name}: holds the path of the folder it was built in, so another folder gives other bytes"
        );
        assert!(
            !bytes.windows(13).any(|window| window == b"registry/src/"),
            "{name}: holds the path of this machine's registry, so another machine gives other bytes"
        );
    }
}

#[test]
fn every_program_folder_is_an_artifact() {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder programs");
    let mut folders: Vec<String> = fs::read_dir(programs)
        .expect("the folder programs is read")
        .map(|entry| entry.expect("the entry is read").path())
        .filter(|folder| {
            fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(|text| text.contains("\"cdylib\""))
        })
        .map(|folder| folder.file_name().expect("a folder has a name").to_string_lossy().into_owned())
        .collect();
    folders.sort();
    let names: Vec<&str> = PROGRAMS.iter().map(|program| program.name).collect();
    assert_eq!(names, folders, "src/lib.rs lists the programs on the left");
}
