//! Writes a client in TypeScript, on the types of `@solana/kit`. In: what the client is made of. Out: one module, without
//! any state, that needs nothing but that package.

mod instructions;
mod types;

use super::model::{Discriminated, Program};
use super::names::{pascal, screaming};
use super::writer::Writer;
use types::quoted;

/// The whole module.
///
/// # Errors
/// What the description has that cannot be written.
pub(super) fn generate(program: &Program) -> anyhow::Result<String> {
    let mut out = Writer::new("  ");
    out.docs("//", &[format!(
        "Client of the program `{}`, made by `sealane client ts` from the program's description: change that, and make this again.",
        program.name
    )]);
    out.docs("//", &program.docs);
    out.line("");
    out.line("import * as kit from '@solana/kit';");
    out.line("");
    let address = address_constant(program);
    out.line("/** Where the program is. */");
    out.line(format!("export const {address} = kit.address({});", quoted(&program.address)));
    for definition in &program.types {
        types::write_definition(&mut out, definition)?;
    }
    for account in &program.accounts {
        write_account(&mut out, account);
    }
    instructions::write_derivations(&mut out, program)?;
    for instruction in &program.instructions {
        instructions::write(&mut out, program, instruction)?;
    }
    write_events(&mut out, program);
    write_errors(&mut out, program);
    let mut text = out.finish();
    if text.contains("exactBytes(") {
        text.push_str(EXACT_BYTES);
    }
    Ok(text)
}

/// The name of the constant with the program's address.
fn address_constant(program: &Program) -> String {
    format!("{}_PROGRAM_ADDRESS", screaming(&program.name))
}

/// Bytes as an array.
fn bytes(bytes: &[u8]) -> String {
    let list: Vec<String> = bytes.iter().map(u8::to_string).collect();
    format!("new Uint8Array([{}])", list.join(", "))
}

/// The codec of a type behind its discriminator, which reading checks.
fn discriminated(inner: &str, discriminator: &[u8]) -> String {
    format!("kit.getHiddenPrefixCodec({inner}, [kit.getConstantCodec({})])", bytes(discriminator))
}

fn write_account(out: &mut Writer, account: &Discriminated) {
    let name = pascal(&account.name);
    let inner = format!("get{name}Codec()");
    out.line("");
    out.line(format!("/** The data of an account of type `{name}`, its discriminator included. */"));
    out.line(format!("export function get{name}AccountCodec(): kit.Codec<{name}Args, {name}> {{"));
    out.line(format!("return {};", discriminated(&inner, &account.discriminator)));
    out.line("}");
    out.line("");
    out.line(format!(
        "/** Reads an account of type `{name}`; throws if there is none at the address, or another one. */"
    ));
    out.line(format!("export async function fetch{name}("));
    out.line("rpc: kit.Rpc<kit.GetAccountInfoApi>,");
    out.line("address: kit.Address,");
    out.line("config?: kit.FetchAccountConfig,");
    out.line(format!("): Promise<kit.Account<{name}>> {{"));
    out.line("const account = await kit.fetchEncodedAccount(rpc, address, config);");
    out.line("kit.assertAccountExists(account);");
    out.line(format!("return kit.decodeAccount(account, get{name}AccountCodec());"));
    out.line("}");
}

fn write_events(out: &mut Writer, program: &Program) {
    if program.events.is_empty() {
        return;
    }
    let event = format!("{}Event", pascal(&program.name));
    out.line("");
    out.line("/** What the program can tell about a transaction. */");
    let variants: Vec<String> = program
        .events
        .iter()
        .map(|event| format!("{{ name: {}; data: {} }}", quoted(&event.name), pascal(&event.name)))
        .collect();
    out.line(format!("export type {event} = {};", variants.join(" | ")));
    out.line("");
    out.line("/** The program's events among the lines of a transaction's log, in order. */");
    out.line(format!("export function parse{event}s(logs: readonly string[]): {event}[] {{"));
    out.line(format!("const events: {event}[] = [];"));
    for line in include_str!("events_head.txt").lines() {
        out.line(line.trim_start().replace("PROGRAM_ADDRESS", &address_constant(program)));
    }
    for event in &program.events {
        let name = pascal(&event.name);
        out.line(format!("if (startsWith({})) {{", bytes(&event.discriminator)));
        out.line(format!(
            "events.push({{ name: {}, data: get{name}Codec().decode(bytes, {}) }});",
            quoted(&event.name),
            event.discriminator.len()
        ));
        out.line("}");
    }
    out.line("}");
    out.line("return events;");
    out.line("}");
}

fn write_errors(out: &mut Writer, program: &Program) {
    if program.errors.is_empty() {
        return;
    }
    let constant = format!("{}_ERRORS", screaming(&program.name));
    out.line("");
    out.line("/** The program's own errors, by the number that `Custom` holds. */");
    out.line(format!(
        "export const {constant}: Readonly<Record<number, {{ name: string; message: string }}>> = {{"
    ));
    for error in &program.errors {
        let message = quoted(error.msg.as_deref().unwrap_or(&error.name));
        out.line(format!("{}: {{ name: {}, message: {message} }},", error.code, quoted(&error.name)));
    }
    out.line("};");
}

/// Bytes of a fixed number: the package would pad or cut what has another length.
const EXACT_BYTES: &str = "
function exactBytes(size: number): kit.Codec<kit.ReadonlyUint8Array> {
  return kit.transformCodec(kit.fixCodecSize(kit.getBytesCodec(), size), (value: kit.ReadonlyUint8Array) => {
    if (value.length !== size) {
      throw new RangeError(`${size} bytes are needed, and ${value.length} given`);
    }
    return value;
  });
}
";
