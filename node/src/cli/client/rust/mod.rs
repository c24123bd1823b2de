//! Writes a client in Rust, on the types of `solana-address` and `solana-instruction`. In: what the client is made of. Out:
//! one file for a module of its own.

mod instructions;
mod types;

use super::model::{Discriminated, Program};
use super::names::pascal;
use super::writer::Writer;
use anyhow::Context;
use types::literal;

/// How values stand in bytes: the part that all clients have.
const WIRE: &str = include_str!("wire.txt");

/// The whole file.
///
/// # Errors
/// What the description has that cannot be written.
pub(super) fn generate(program: &Program) -> anyhow::Result<String> {
    let mut out = Writer::new("    ");
    let head = format!(
        "Client of the program `{}`, made by `sealane client rust` from the program's description: change that, and make \
         this again.",
        program.name
    );
    out.docs(
        "//!",
        &[
            head,
            String::new(),
            "It needs `solana-address` (with its feature `curve25519`) and `solana-instruction`.".into(),
        ],
    );
    if !program.docs.is_empty() {
        out.docs("//!", &[String::new()]);
        out.docs("//!", &program.docs);
    }
    out.line(
        "#![allow(dead_code, unreachable_pub, clippy::all, reason = \"a client has all that the program has, used or not\")]",
    );
    out.line("");
    let id = address(&program.address)?;
    out.docs("///", &[format!("Where the program is: `{}`.", program.address)]);
    out.line(format!(
        "pub const ID: solana_address::Address = solana_address::Address::new_from_array({});",
        literal(&id)
    ));
    for definition in &program.types {
        types::write_definition(&mut out, definition)?;
    }
    for account in &program.accounts {
        write_reader(&mut out, account, "account", "the data of an account");
    }
    for event in &program.events {
        write_reader(&mut out, event, "event", "what a line `Program data: …` of the log says");
    }
    instructions::write_derivations(&mut out, program)?;
    for instruction in &program.instructions {
        instructions::write(&mut out, program, instruction)?;
    }
    write_errors(&mut out, program);
    let mut text = out.finish();
    text.push_str(WIRE);
    Ok(text)
}

/// The bytes of an address.
fn address(base58: &str) -> anyhow::Result<[u8; 32]> {
    let bytes = bs58::decode(base58).into_vec().ok().and_then(|bytes| bytes.try_into().ok());
    bytes.with_context(|| format!("{base58} is no address"))
}

fn write_reader(out: &mut Writer, of: &Discriminated, kind: &str, what: &str) {
    let name = pascal(&of.name);
    out.line("");
    out.line(format!("impl {name} {{"));
    out.docs("///", &[format!("What stands before it in bytes, as {kind}.")]);
    out.line(format!(
        "pub const {}_DISCRIMINATOR: &[u8] = &{};",
        kind.to_ascii_uppercase(),
        literal(&of.discriminator)
    ));
    out.line("");
    out.docs("///", &[format!("Reads {what}; `None` if it is no `{name}`. What follows it is ignored.")]);
    out.line("#[must_use]");
    out.line(format!("pub fn from_{kind}(bytes: &[u8]) -> Option<Self> {{"));
    out.line(format!(
        "let mut rest = bytes.strip_prefix(Self::{}_DISCRIMINATOR)?;",
        kind.to_ascii_uppercase()
    ));
    out.line("<Self as Wire>::read(&mut rest)");
    out.line("}");
    out.line("}");
}

fn write_errors(out: &mut Writer, program: &Program) {
    if program.errors.is_empty() {
        return;
    }
    out.line("");
    out.docs("///", &["The program's own errors: number, name, what it says.".to_owned()]);
    out.line("pub const ERRORS: &[(u32, &str, &str)] = &[");
    for error in &program.errors {
        out.line(format!(
            "({}, {:?}, {:?}),",
            error.code,
            error.name,
            error.msg.as_deref().unwrap_or(&error.name)
        ));
    }
    out.line("];");
}
