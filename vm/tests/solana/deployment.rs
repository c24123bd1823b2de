//! Which ABI a module speaks, and what is refused by name before it can run.

use crate::{common, imports};
use sealane_vm::validate::{Abi, ModuleError, Unsupported, validate};

const MEMORY: &str = r#"(memory (export "memory") 1)"#;
const ENTRYPOINT: &str = r#"(func (export "entrypoint") (param i32) (result i64) (i64.const 0))"#;

fn check(text: &str) -> Result<Abi, ModuleError> {
    let bytes = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    validate(&bytes).map(|info| info.abi)
}

fn importing(list: &str) -> Result<Abi, ModuleError> {
    check(&format!("(module {list} {MEMORY} {ENTRYPOINT})"))
}

#[test]
fn imports_decide() {
    // No `__heap_base`: the region does not lie there.
    assert_eq!(importing(&imports()), Ok(Abi::Solana));
    let native = r#"(import "sealane" "log" (func (param i32 i32)))
        (global (export "__heap_base") i32 (i32.const 1024))"#;
    assert_eq!(
        check(&format!("(module {native} {MEMORY} {ENTRYPOINT})")),
        Ok(Abi::Native),
        "the global comes after the imports"
    );
    let none = r#"(global (export "__heap_base") i32 (i32.const 1024))"#;
    assert_eq!(check(&format!("(module {MEMORY} {none} {ENTRYPOINT})")), Ok(Abi::Native));
}

#[test]
fn two_abis_are_refused() {
    let both =
        r#"(import "env" "sol_log_" (func (param i32 i64))) (import "sealane" "log" (func (param i32 i32)))"#;
    let refused = ModuleError::TwoAbis { module: "sealane".to_owned(), name: "log".to_owned() };
    assert_eq!(importing(both), Err(refused));
}

#[test]
fn what_is_not_offered_is_refused_by_name() {
    let import = |name: &str| importing(&format!(r#"(import "env" "{name}" (func))"#));
    for (name, reason) in [
        ("sol_curve_pairing_map", Unsupported::NotImplemented),
        ("sol_keccak_p1600", Unsupported::NotInForce),
        ("sol_alloc_free_", Unsupported::Retired),
        ("sol_get_epoch_stake", Unsupported::NoStake),
        ("sol_get_leader", Unsupported::NoStake),
    ] {
        let error = import(name).expect_err(name);
        assert_eq!(error, ModuleError::UnsupportedSyscall { name: name.to_owned(), reason });
        assert!(error.to_string().contains(name), "{error}");
    }
    let error = import("sol_logs_").expect_err("there is none");
    assert_eq!(error.to_string(), "the host has no function \"sol_logs_\"; did you mean sol_log_?");
    assert!(matches!(import("sol_log_"), Err(ModuleError::ImportType { .. })));
    // What is native is not offered under Solana's roof.
    assert!(matches!(import("remaining_units"), Err(ModuleError::ImportModule { .. })));
}

/// The region's pages come on top of what the module asks for, so it cannot ask for all there is.
#[test]
fn there_is_room_for_the_region() {
    let asking = |pages: &str| {
        check(&format!(
            r#"(module (import "env" "abort" (func)) (memory (export "memory") {pages}) {ENTRYPOINT})"#
        ))
    };
    assert_eq!(asking("254"), Ok(Abi::Solana));
    assert!(matches!(asking("255"), Err(ModuleError::Bound { value: 257, .. })));
    assert_eq!(asking("1 1"), Ok(Abi::Solana));
    let closed =
        format!(r#"(module (import "env" "abort" (func)) (memory (export "memory") 1 1) {ENTRYPOINT})"#);
    common::call(&common::load(&closed), vec![], &[]).succeed();
}

/// A build without the flags imports nothing, and its calls of the host do nothing and succeed.
#[test]
fn a_plain_build_is_refused_by_name() {
    let holding = |import: &str, text: &str| {
        let heap = r#"(global (export "__heap_base") i32 (i32.const 1024))"#;
        check(&format!(r#"(module {import} {MEMORY} {heap} (data (i32.const 16) "{text}") {ENTRYPOINT})"#))
    };
    let place = "/registry/src/index/solana-program-entrypoint-3.1.1/src/lib.rs";
    let error = holding("", place).expect_err("it is no program");
    assert_eq!(error, ModuleError::PlainSolanaBuild { name: "solana-program-entrypoint".to_owned() });
    assert!(error.to_string().contains("sealane build"), "{error}");
    // Who calls a host means what it does, and other crates of Solana's may be of use to anybody.
    let native = r#"(import "sealane" "log" (func (param i32 i32)))"#;
    let solanas = r#"(import "env" "sol_log_" (func (param i32 i64)))"#;
    assert_eq!(holding(native, place), Ok(Abi::Native));
    assert_eq!(holding(solanas, place), Ok(Abi::Solana));
    assert_eq!(holding("", "/registry/src/index/solana-address-2.9.0/src/lib.rs"), Ok(Abi::Native));
}
