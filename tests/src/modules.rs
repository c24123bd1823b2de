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

/// The module without its custom sections: names, and whatever else no program depends on.
///
/// # Panics
/// If it is none.
#[must_use]
pub fn without_custom_sections(module: &[u8]) -> Vec<u8> {
    const HEADER_SIZE_BYTES: usize = 8;
    const CUSTOM: u8 = 0;
    let (header, mut rest) = module.split_at(HEADER_SIZE_BYTES);
    let mut output = header.to_vec();
    while let [number, behind @ ..] = rest {
        // The size is a number in LEB128: seven bits a byte, the last one below 128.
        let digits = behind.iter().position(|byte| *byte < 128).expect("a size ends") + 1;
        let digit = |size: usize, byte: &u8| size << 7 | usize::from(byte & 127);
        let size_bytes = behind[..digits].iter().rev().fold(0, digit);
        let (section, next) = rest.split_at(1 + digits + size_bytes);
        if *number != CUSTOM {
            output.extend_from_slice(section);
        }
        rest = next;
    }
    output
}
