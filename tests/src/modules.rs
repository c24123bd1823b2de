//! Small WebAssembly modules for the loader: each fits one transaction.

/// A program that returns `text` as return data and succeeds.
///
/// # Panics
/// If `text` cannot stand in a WebAssembly text literal as it is.
#[must_use]
pub fn saying(text: &str) -> Vec<u8> {
    let size_bytes = text.len();
    assemble(&format!(
        r#"(module
            (import "sealane" "set_return_data" (func $return (param i32 i32)))
            (memory (export "memory") 1)
            (global (export "__heap_base") i32 (i32.const 1024))
            (data (i32.const 16) "{text}")
            (func (export "entrypoint") (param i32) (result i64)
                (call $return (i32.const 16) (i32.const {size_bytes}))
                (i64.const 0)))"#
    ))
}

/// A program that fails with `code`.
#[must_use]
pub fn failing(code: u32) -> Vec<u8> {
    assemble(&format!(
        r#"(module
            (memory (export "memory") 1)
            (global (export "__heap_base") i32 (i32.const 1024))
            (func (export "entrypoint") (param i32) (result i64) (i64.const {code})))"#
    ))
}

/// A well-formed module that no program may be: it lacks the entrypoint.
#[must_use]
pub fn without_entrypoint() -> Vec<u8> {
    assemble(
        r#"(module
            (memory (export "memory") 1)
            (global (export "__heap_base") i32 (i32.const 1024)))"#,
    )
}

/// A module that imports something the host does not offer.
#[must_use]
pub fn importing_the_unknown() -> Vec<u8> {
    assemble(
        r#"(module
            (import "sealane" "open_the_door" (func))
            (memory (export "memory") 1)
            (global (export "__heap_base") i32 (i32.const 1024))
            (func (export "entrypoint") (param i32) (result i64) (i64.const 0)))"#,
    )
}

/// The module in WebAssembly's text format.
///
/// # Panics
/// If it is none.
#[must_use]
pub fn assemble(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the text of a module")
}
