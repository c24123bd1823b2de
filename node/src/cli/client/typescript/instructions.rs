//! Instructions in TypeScript: what each is given, the addresses that follow from it, and the accounts with exactly the
//! rights that the description says.

use super::super::model::{Account, Derivation, Instruction, Origin, Program, Seed};
use super::super::names::{camel, pascal};
use super::super::writer::Writer;
use super::types::{Face, codec, fields_codec, seed, type_name, write_docs};
use super::{address_constant, bytes, discriminated};
use anyhow::Context;

/// A function for each way in which an address is derived.
///
/// # Errors
/// A seed of a type that is none.
pub(super) fn write_derivations(out: &mut Writer, program: &Program) -> anyhow::Result<()> {
    let mut written: Vec<String> = Vec::new();
    for instruction in &program.instructions {
        for account in &instruction.accounts {
            let Some(derivation) = account.origin.derivation() else { continue };
            let name = function_name(program, instruction, account, derivation);
            if !written.contains(&name) {
                write_derivation(out, program, &name, &account.name, derivation)
                    .with_context(|| format!("instruction {}, account {}", instruction.name, account.name))?;
                written.push(name);
            }
        }
    }
    Ok(())
}

/// The function's name: the account's, and the instruction's too where accounts of one name are derived in different ways.
fn function_name(
    program: &Program,
    instruction: &Instruction,
    account: &Account,
    derivation: &Derivation,
) -> String {
    let same_name = program
        .instructions
        .iter()
        .flat_map(|other| &other.accounts)
        .filter(|other| other.name == account.name);
    let mut derivations = same_name.filter_map(|other| other.origin.derivation());
    let is_one = derivations.all(|other| other == derivation);
    let instruction = if is_one { String::new() } else { pascal(&instruction.name) };
    format!("find{instruction}{}Address", pascal(&account.name))
}

/// The seeds that are values: their names in the client, and their types.
fn values(derivation: &Derivation) -> anyhow::Result<Vec<(String, String)>> {
    let mut values: Vec<(String, String)> = Vec::new();
    for seed in derivation.seeds.iter().chain(&derivation.program) {
        let value = match seed {
            Seed::Bytes(_) => continue,
            Seed::Account(name) => (camel(name), "kit.Address".to_owned()),
            Seed::Argument { path, ty } => (camel(&path.join("_")), type_name(ty, Face::Given)?),
            Seed::Data { name, ty } => (camel(name), type_name(ty, Face::Given)?),
        };
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(values)
}

fn write_derivation(
    out: &mut Writer,
    program: &Program,
    name: &str,
    account: &str,
    derivation: &Derivation,
) -> anyhow::Result<()> {
    let values = values(derivation)?;
    out.line("");
    write_docs(out, &[format!("The address of the account `{}`, with its bump.", camel(account))]);
    if values.is_empty() {
        out.line(format!("export async function {name}(): Promise<kit.ProgramDerivedAddress> {{"));
    } else {
        let fields: Vec<String> = values.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
        out.line(format!(
            "export async function {name}(from: {{ {} }}): Promise<kit.ProgramDerivedAddress> {{",
            fields.join("; ")
        ));
    }
    let programs = match &derivation.program {
        None => address_constant(program),
        Some(Seed::Bytes(bytes)) => format!("kit.address('{}')", bs58::encode(bytes).into_string()),
        Some(Seed::Account(name)) => format!("from.{}", camel(name)),
        Some(Seed::Argument { path, .. }) => format!("from.{}", camel(&path.join("_"))),
        Some(Seed::Data { name, .. }) => format!("from.{}", camel(name)),
    };
    out.line("return await kit.getProgramDerivedAddress({");
    out.line(format!("programAddress: {programs},"));
    out.line("seeds: [");
    for each in &derivation.seeds {
        let bytes = match each {
            Seed::Bytes(constant) => constant_seed(constant),
            Seed::Account(name) => format!("kit.getAddressEncoder().encode(from.{})", camel(name)),
            Seed::Argument { path, ty } => seed(ty, &format!("from.{}", camel(&path.join("_"))))?,
            Seed::Data { name, ty } => seed(ty, &format!("from.{}", camel(name)))?,
        };
        out.line(format!("{bytes},"));
    }
    out.line("],");
    out.line("});");
    out.line("}");
    Ok(())
}

/// A constant seed: as text where it is some.
fn constant_seed(constant: &[u8]) -> String {
    let is_text = !constant.is_empty()
        && constant.iter().all(|byte| byte.is_ascii_alphanumeric() || b" _-.:/".contains(byte));
    if is_text { format!("'{}'", String::from_utf8_lossy(constant)) } else { bytes(constant) }
}

/// An instruction: its data, what it is given, and the function that makes it.
pub(super) fn write(out: &mut Writer, program: &Program, instruction: &Instruction) -> anyhow::Result<()> {
    write_instruction(out, program, instruction).with_context(|| format!("instruction {}", instruction.name))
}

fn write_instruction(out: &mut Writer, program: &Program, instruction: &Instruction) -> anyhow::Result<()> {
    let name = pascal(&instruction.name);
    write_data(out, instruction)?;
    out.line("");
    write_docs(out, &[format!("What `get{name}Instruction` is given.")]);
    let inputs: Vec<&Account> = instruction.accounts.iter().collect();
    out.line(format!("export type {name}Input = {{"));
    for account in inputs {
        write_docs(out, &account_docs(account));
        let mark = if is_required(account) { "" } else { "?" };
        let ty = if account.signer { "kit.TransactionSigner" } else { "kit.Address" };
        out.line(format!("{}{mark}: {ty};", camel(&account.name)));
    }
    for argument in &instruction.arguments {
        write_docs(out, &argument.docs);
        out.line(format!("{}: {};", camel(&argument.name), type_name(&argument.ty, Face::Given)?));
    }
    out.line("};");
    out.line("");
    write_docs(out, &instruction.docs);
    // Without accounts and arguments there is nothing to be given.
    let is_empty = instruction.accounts.is_empty() && instruction.arguments.is_empty();
    let parameter = if is_empty { String::new() } else { format!("input: {name}Input") };
    out.line(format!("export async function get{name}Instruction({parameter}): Promise<kit.Instruction> {{"));
    for position in &instruction.resolution {
        write_address(out, program, instruction, &instruction.accounts[*position]);
    }
    out.line("const accounts: (kit.AccountMeta | kit.AccountSignerMeta)[] = [");
    for account in &instruction.accounts {
        out.line(format!("{},", meta(program, account)));
    }
    out.line("];");
    let arguments: Vec<String> = instruction
        .arguments
        .iter()
        .map(|argument| format!("{0}: input.{0}", camel(&argument.name)))
        .collect();
    let value = if arguments.is_empty() { String::new() } else { format!("{{ {} }}", arguments.join(", ")) };
    out.line(format!("const data = get{name}DataCodec().encode({value});"));
    out.line(format!("return {{ programAddress: {}, accounts, data }};", address_constant(program)));
    out.line("}");
    if let Some(returns) = &instruction.returns {
        out.line("");
        write_docs(
            out,
            &[format!("What `{}` returns, from the bytes of a transaction's return data.", instruction.name)],
        );
        let ty = type_name(returns, Face::Read)?;
        out.line(format!("export function decode{name}Return(data: kit.ReadonlyUint8Array): {ty} {{"));
        out.line(format!("return {}.decode(data);", codec(returns)?));
        out.line("}");
    }
    Ok(())
}

fn write_data(out: &mut Writer, instruction: &Instruction) -> anyhow::Result<()> {
    let name = pascal(&instruction.name);
    let arguments = || instruction.arguments.iter().map(|argument| (argument.name.as_str(), &argument.ty));
    let face = |face: Face| -> anyhow::Result<String> {
        let fields = arguments().map(|(name, ty)| Ok(format!("{}: {}", camel(name), type_name(ty, face)?)));
        let fields = fields.collect::<anyhow::Result<Vec<_>>>()?;
        Ok(if fields.is_empty() { "void".into() } else { format!("{{ {} }}", fields.join("; ")) })
    };
    out.line("");
    write_docs(out, &[format!("The arguments of `{}`.", instruction.name)]);
    out.line(format!("export type {name}Data = {};", face(Face::Read)?));
    out.line("");
    write_docs(
        out,
        &[format!("How the data of `{}` stands in bytes, its discriminator included.", instruction.name)],
    );
    out.line(format!(
        "export function get{name}DataCodec(): kit.Codec<{}, {name}Data> {{",
        face(Face::Given)?
    ));
    out.line(format!("return {};", discriminated(&fields_codec(arguments())?, &instruction.discriminator)));
    out.line("}");
    Ok(())
}

/// Whether whoever calls must say which account it is.
fn is_required(account: &Account) -> bool {
    let is_said = account.signer || matches!(account.origin, Origin::Given | Origin::GivenDerived(_));
    is_said && !account.optional
}

fn account_docs(account: &Account) -> Vec<String> {
    let mut docs = account.docs.clone();
    match &account.origin {
        Origin::Fixed(address) => docs.push(format!("It is {address} unless it is given.")),
        Origin::Derived(_) => docs.push("Derived unless it is given.".to_owned()),
        Origin::Given | Origin::GivenDerived(_) if account.optional => {
            docs.push("It may be left out.".to_owned())
        }
        Origin::Given | Origin::GivenDerived(_) => {}
    }
    docs
}

/// The address of an account as a constant of the function.
fn write_address(out: &mut Writer, program: &Program, instruction: &Instruction, account: &Account) {
    let name = camel(&account.name);
    let access = if account.signer { if account.optional { "?.address" } else { ".address" } } else { "" };
    let given = format!("input.{name}{access}");
    let address = match &account.origin {
        _ if is_required(account) => given,
        Origin::Fixed(address) => format!("{given} ?? kit.address('{address}')"),
        Origin::Derived(derivation) => {
            let function = function_name(program, instruction, account, derivation);
            format!("{given} ?? (await {function}({}))[0]", derivation_arguments(derivation))
        }
        // An account that is left out is the program.
        Origin::Given | Origin::GivenDerived(_) => format!("{given} ?? {}", address_constant(program)),
    };
    out.line(format!("const {name}Address = {address};"));
}

fn derivation_arguments(derivation: &Derivation) -> String {
    let mut fields: Vec<String> = Vec::new();
    for seed in derivation.seeds.iter().chain(&derivation.program) {
        let field = match seed {
            Seed::Bytes(_) | Seed::Data { .. } => continue,
            Seed::Account(name) => format!("{0}: {0}Address", camel(name)),
            Seed::Argument { path, .. } => {
                let way: Vec<String> = path.iter().map(|part| camel(part)).collect();
                format!("{}: input.{}", camel(&path.join("_")), way.join("."))
            }
        };
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    if fields.is_empty() { String::new() } else { format!("{{ {} }}", fields.join(", ")) }
}

/// An account as the instruction lists it.
fn meta(program: &Program, account: &Account) -> String {
    let name = camel(&account.name);
    let role = match (account.writable, account.signer) {
        (true, true) => "WRITABLE_SIGNER",
        (true, false) => "WRITABLE",
        (false, true) => "READONLY_SIGNER",
        (false, false) => "READONLY",
    };
    let signer = if account.signer { format!(", signer: input.{name}") } else { String::new() };
    let present = format!("{{ address: {name}Address, role: kit.AccountRole.{role}{signer} }}");
    if account.optional
        && (account.signer || account.writable)
        && !matches!(account.origin, Origin::Derived(_) | Origin::Fixed(_))
    {
        let absent = format!("{{ address: {}, role: kit.AccountRole.READONLY }}", address_constant(program));
        return format!("input.{name} ? {present} : {absent}");
    }
    present
}
