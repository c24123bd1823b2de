//! Solana's ABI: what its programs may import, what every syscall does and refuses, nested calls in both layouts, and that
//! nothing leaks from one call to the next. Programs are written as text; real ones stand in `tests/`.

#[path = "../common/mod.rs"]
mod common;

mod altered;
mod big_mod_exp;
mod bn128;
mod deployment;
mod described;
mod invoke;
mod leaks;
mod poseidon;
mod syscalls;

use sealane_vm::validate::{Import, SOLANA_IMPORTS, ValueType};
use sealane_vm::{CallError, Program};
use std::fmt::Write;
use std::sync::Arc;

/// Where the input region of every program here starts: behind the one page that it asks for.
const REGION: u32 = 65_536;
/// Bytes of an account before its data, and what it may grow by.
const HEADER_SIZE_BYTES: u32 = 88;
const GROWTH_BYTES: u32 = 10 * 1024;

/// Address of the header of each account, given the sizes of their data, if none of them stands there twice.
fn headers(sizes: &[u32]) -> Vec<u32> {
    let mut next = REGION + 8;
    sizes
        .iter()
        .map(|size| {
            let header = next;
            next += HEADER_SIZE_BYTES + (size + GROWTH_BYTES).next_multiple_of(8) + 8;
            header
        })
        .collect()
}

/// A program whose entrypoint runs `body` and answers with 0, with every syscall imported under its own name.
fn simple(body: &str) -> Arc<Program> {
    program(&common::entrypoint(body))
}

/// A program of functions written as text, with every syscall and one page of memory.
fn program(body: &str) -> Arc<Program> {
    common::load(&format!(r#"(module {} (memory (export "memory") 1) {body})"#, imports()))
}

/// Where programs of [`computed`] have what a syscall writes.
const OUT: u32 = 32_768;

/// Makes one syscall, whose text is `call`, in a program that has `bytes` at address 0: what it answers, and the `size` bytes
/// that are then at [`OUT`].
fn computed(bytes: &[u8], call: &str, size: usize) -> Result<(i64, Vec<u8>), CallError> {
    let body = format!(
        "(i64.store (i32.const {}) {call}) (call $sol_set_return_data (i32.const {}) (i64.const {}))",
        OUT - 8,
        OUT - 8,
        size + 8
    );
    let program = program(&format!("{} {}", data(0, bytes), common::entrypoint(&body)));
    let mut call = common::call(&program, vec![], &[]);
    call.units = 10 * common::UNITS;
    let report = call.run();
    report.result?;
    let (code, written) = report.return_data.data.split_at(8);
    Ok((i64::from_le_bytes(code.try_into().expect("eight bytes")), written.to_vec()))
}

/// The bytes that are written as hexadecimal digits.
fn hex(digits: &str) -> Vec<u8> {
    let digit = |byte: &u8| u8::try_from(char::from(*byte).to_digit(16).expect("a digit")).expect("small");
    digits.as_bytes().as_chunks::<2>().0.iter().map(|[high, low]| digit(high) << 4 | digit(low)).collect()
}

/// The declarations of all syscalls, as the list says.
fn imports() -> String {
    SOLANA_IMPORTS.iter().fold(String::new(), |mut text, import| {
        let Import { name, parameters, results, .. } = import;
        let (parameters, results) = (types("param", parameters), types("result", results));
        writeln!(text, r#"(import "env" "{name}" (func ${name} {parameters} {results}))"#)
            .expect("a string takes everything");
        text
    })
}

fn types(keyword: &str, list: &[ValueType]) -> String {
    let list: Vec<String> = list.iter().map(ToString::to_string).collect();
    format!("({keyword} {})", list.join(" "))
}

/// A data segment at `address`.
fn data(address: u32, bytes: &[u8]) -> String {
    let bytes = bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "\\{byte:02x}").expect("a string takes everything");
        text
    });
    format!(r#"(data (i32.const {address}) "{bytes}")"#)
}
