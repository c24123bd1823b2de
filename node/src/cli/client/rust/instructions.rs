//! Instructions in Rust: the addresses that each is given, those that follow from them, and the accounts with exactly the
//! rights that the description says.

use super::super::model::{Account, Derivation, Instruction, Origin, Program, Seed};
use super::super::names::{pascal, snake};
use super::super::writer::Writer;
use super::types::{argument_name, literal, parameter, seed, type_name, value_name};
use anchor_lang_idl_spec::IdlType;
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
                write_derivation(out, &name, &account.name, derivation)
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
    let instruction = if is_one { String::new() } else { format!("{}_", snake(&instruction.name)) };
    format!("find_{instruction}{}_address", snake(&account.name))
}

/// The parameters of a derivation: their names, and their types.
fn parameters(derivation: &Derivation) -> anyhow::Result<Vec<(String, String)>> {
    let mut parameters: Vec<(String, String)> = Vec::new();
    for seed in derivation.seeds.iter().chain(&derivation.program) {
        let value = match seed {
            Seed::Bytes(_) => continue,
            Seed::Account(name) => (value_name(name), "&solana_address::Address".to_owned()),
            Seed::Argument { path, ty } => (value_name(&path.join("_")), parameter(ty)?),
            Seed::Data { name, ty } => (value_name(name), parameter(ty)?),
        };
        if !parameters.contains(&value) {
            parameters.push(value);
        }
    }
    Ok(parameters)
}

fn write_derivation(
    out: &mut Writer,
    name: &str,
    account: &str,
    derivation: &Derivation,
) -> anyhow::Result<()> {
    let list = parameters(derivation)?;
    let list: Vec<String> = list.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
    out.line("");
    out.docs(
        "///",
        &[
            format!("The address of the account `{account}`, with its bump."),
            String::new(),
            "# Panics".to_owned(),
            "If a seed has more than 32 bytes.".to_owned(),
        ],
    );
    out.line("#[must_use]");
    out.line(format!("pub fn {name}({}) -> (solana_address::Address, u8) {{", list.join(", ")));
    let mut seeds = Vec::new();
    for each in &derivation.seeds {
        seeds.push(match each {
            Seed::Bytes(constant) => format!("&{}", literal(constant)),
            Seed::Account(name) => format!("{}.as_ref()", value_name(name)),
            Seed::Argument { path, ty } => seed(ty, &value_name(&path.join("_")))?,
            Seed::Data { name, ty } => seed(ty, &value_name(name))?,
        });
    }
    let program = match &derivation.program {
        None => "&ID".to_owned(),
        Some(Seed::Bytes(bytes)) => format!("&solana_address::Address::new_from_array({})", literal(bytes)),
        Some(Seed::Account(name)) => value_name(name),
        Some(Seed::Argument { path, .. }) => value_name(&path.join("_")),
        Some(Seed::Data { name, .. }) => value_name(name),
    };
    out.line(format!("solana_address::Address::find_program_address(&[{}], {program})", seeds.join(", ")));
    out.line("}");
    Ok(())
}

/// An instruction: the struct of its addresses, and the function that makes it.
///
/// # Errors
/// A type that clients cannot have.
pub(super) fn write(out: &mut Writer, program: &Program, instruction: &Instruction) -> anyhow::Result<()> {
    let name = snake(&instruction.name);
    let accounts = format!("{}Accounts", pascal(&instruction.name));
    out.line("");
    out.docs("///", &[format!("The addresses that [`{}`] is given.", value_name(&instruction.name))]);
    out.line("#[derive(Clone, Debug, Default, PartialEq, Eq)]");
    out.line(format!("pub struct {accounts} {{"));
    for account in &instruction.accounts {
        out.docs("///", &account_docs(account));
        let ty = "solana_address::Address";
        let ty = if is_required(account) { ty.to_owned() } else { format!("Option<{ty}>") };
        out.line(format!("pub {}: {ty},", value_name(&account.name)));
    }
    out.line("}");
    out.line("");
    let docs = if instruction.docs.is_empty() {
        vec![format!("The instruction `{name}`.")]
    } else {
        instruction.docs.clone()
    };
    out.docs("///", &docs);
    out.line("#[must_use]");
    let mut list = vec![if instruction.accounts.is_empty() {
        format!("_accounts: &{accounts}")
    } else {
        format!("accounts: &{accounts}")
    }];
    for argument in &instruction.arguments {
        let ty = parameter(&argument.ty)
            .with_context(|| format!("instruction {name}, argument {}", argument.name))?;
        list.push(format!("{}: {ty}", argument_name(&argument.name)));
    }
    out.line(format!(
        "pub fn {}({}) -> solana_instruction::Instruction {{",
        value_name(&instruction.name),
        list.join(", ")
    ));
    for position in &instruction.resolution {
        write_address(out, program, instruction, &instruction.accounts[*position]);
    }
    let is_empty = instruction.arguments.is_empty();
    out.line(format!(
        "let {}data = vec!{};",
        if is_empty { "" } else { "mut " },
        literal(&instruction.discriminator)
    ));
    for argument in &instruction.arguments {
        out.line(format!("{}.write(&mut data);", argument_name(&argument.name)));
    }
    out.line("solana_instruction::Instruction {");
    out.line("program_id: ID,");
    out.line("accounts: vec![");
    for account in &instruction.accounts {
        out.line(format!("{},", meta(account)));
    }
    out.line("],");
    out.line("data,");
    out.line("}");
    out.line("}");
    if let Some(returns) = &instruction.returns {
        write_returns(out, &name, returns)?;
    }
    Ok(())
}

fn write_returns(out: &mut Writer, name: &str, returns: &IdlType) -> anyhow::Result<()> {
    out.line("");
    out.docs("///", &[format!("What `{name}` returns, from the bytes of a transaction's return data; `None` if they are not that.")]);
    out.line("#[must_use]");
    out.line(format!("pub fn read_{name}_return(mut data: &[u8]) -> Option<{}> {{", type_name(returns)?));
    out.line("Wire::read(&mut data)");
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
        Origin::Fixed(address) => docs.push(format!("It is `{address}` unless it is given.")),
        Origin::Derived(_) => docs.push("Derived unless it is given.".to_owned()),
        Origin::Given | Origin::GivenDerived(_) if account.optional => {
            docs.push("It may be left out.".to_owned())
        }
        Origin::Given | Origin::GivenDerived(_) if docs.is_empty() => {
            docs.push(format!("Address of `{}`.", account.name))
        }
        Origin::Given | Origin::GivenDerived(_) => {}
    }
    docs
}

/// The address of an account as a variable of the function.
fn write_address(out: &mut Writer, program: &Program, instruction: &Instruction, account: &Account) {
    let name = value_name(&account.name);
    let given = format!("accounts.{name}");
    let address = match &account.origin {
        _ if is_required(account) => given,
        Origin::Fixed(address) => match super::address(address) {
            Ok(bytes) => {
                format!("{given}.unwrap_or(solana_address::Address::new_from_array({}))", literal(&bytes))
            }
            Err(_) => format!("{given}.unwrap_or_default()"),
        },
        Origin::Derived(derivation) => {
            let function = function_name(program, instruction, account, derivation);
            format!("{given}.unwrap_or_else(|| {function}({}).0)", derivation_arguments(derivation))
        }
        // An account that is left out is the program.
        Origin::Given | Origin::GivenDerived(_) => format!("{given}.unwrap_or(ID)"),
    };
    out.line(format!("let {name}_address = {address};"));
}

fn derivation_arguments(derivation: &Derivation) -> String {
    let mut arguments: Vec<String> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for seed in derivation.seeds.iter().chain(&derivation.program) {
        let (name, argument) = match seed {
            Seed::Bytes(_) | Seed::Data { .. } => continue,
            Seed::Account(name) => (name.clone(), format!("&{}_address", value_name(name))),
            Seed::Argument { path, ty } => {
                let mut way: Vec<String> = path.iter().map(|part| value_name(part)).collect();
                if let (Some(first), Some(name)) = (way.first_mut(), path.first()) {
                    *first = argument_name(name);
                }
                // An argument that is lent already is lent on, a field of one is not yet.
                let is_lent = parameter(ty).is_ok_and(|parameter| parameter.starts_with('&'));
                let lend = if is_lent && path.len() > 1 { "&" } else { "" };
                (path.join("_"), format!("{lend}{}", way.join(".")))
            }
        };
        if !names.contains(&name) {
            names.push(name);
            arguments.push(argument);
        }
    }
    arguments.join(", ")
}

/// An account as the instruction lists it.
fn meta(account: &Account) -> String {
    let name = value_name(&account.name);
    let make = if account.writable { "new" } else { "new_readonly" };
    let present = format!("solana_instruction::AccountMeta::{make}({name}_address, {})", account.signer);
    let can_miss = account.optional && !matches!(account.origin, Origin::Derived(_) | Origin::Fixed(_));
    if can_miss && (account.signer || account.writable) {
        return format!(
            "if accounts.{name}.is_some() {{ {present} }} else {{ solana_instruction::AccountMeta::new_readonly({name}_address, false) }}"
        );
    }
    present
}
