//! What a client is made of, found in a program's description: names that are free, accounts in one flat list, and for
//! each where its address comes from. In: Anchor's IDL. Out: what both generators write down, each in its language.

use anchor_lang_idl_spec as idl;
use anyhow::{Context, bail, ensure};
use std::collections::BTreeSet;

/// A program as its clients see it.
#[derive(Debug)]
pub(super) struct Program {
    /// Its name, as the description writes it.
    pub(super) name: String,
    /// Its address in base58.
    pub(super) address: String,
    /// What its documentation says, line by line.
    pub(super) docs: Vec<String>,
    /// Its instructions.
    pub(super) instructions: Vec<Instruction>,
    /// Types of accounts, with the bytes that each begins with.
    pub(super) accounts: Vec<Discriminated>,
    /// Events, likewise.
    pub(super) events: Vec<Discriminated>,
    /// Its errors.
    pub(super) errors: Vec<idl::IdlErrorCode>,
    /// All types that are named.
    pub(super) types: Vec<idl::IdlTypeDef>,
}

/// A type behind a discriminator.
#[derive(Debug)]
pub(super) struct Discriminated {
    pub(super) name: String,
    pub(super) discriminator: Vec<u8>,
}

/// An instruction.
#[derive(Debug)]
pub(super) struct Instruction {
    pub(super) name: String,
    pub(super) docs: Vec<String>,
    pub(super) discriminator: Vec<u8>,
    /// Its accounts, in order.
    pub(super) accounts: Vec<Account>,
    /// Positions of the accounts in an order in which every address can be computed from those before it.
    pub(super) resolution: Vec<usize>,
    /// Its arguments, in order.
    pub(super) arguments: Vec<Argument>,
    /// What it returns.
    pub(super) returns: Option<idl::IdlType>,
}

/// An argument.
#[derive(Debug)]
pub(super) struct Argument {
    /// Its name in the client: that of the description, or with `_arg` if an account has that.
    pub(super) name: String,
    pub(super) docs: Vec<String>,
    pub(super) ty: idl::IdlType,
}

/// An account of an instruction.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) docs: Vec<String>,
    pub(super) writable: bool,
    pub(super) signer: bool,
    pub(super) optional: bool,
    pub(super) origin: Origin,
}

/// Where an account's address comes from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Origin {
    /// Whoever calls says it.
    Given,
    /// It is always this one, in base58.
    Fixed(String),
    /// It is derived from what else is known of the call.
    Derived(Derivation),
    /// It is derived, but from data that only the ledger knows: whoever calls says it, and there is a function that derives
    /// it from the data's values.
    GivenDerived(Derivation),
}

impl Origin {
    /// How the address is derived, if it is.
    pub(super) const fn derivation(&self) -> Option<&Derivation> {
        match self {
            Self::Derived(derivation) | Self::GivenDerived(derivation) => Some(derivation),
            Self::Given | Self::Fixed(_) => None,
        }
    }
}

/// What an address is derived from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Derivation {
    pub(super) seeds: Vec<Seed>,
    /// The program it is derived for; `None` for the program itself.
    pub(super) program: Option<Seed>,
}

/// A seed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Seed {
    Bytes(Vec<u8>),
    /// An account's address, by its name.
    Account(String),
    /// An argument, or a field of it: the way to it, and its type.
    Argument {
        path: Vec<String>,
        ty: idl::IdlType,
    },
    /// A field of an account's data; the name that the value gets in a client, and its type.
    Data {
        name: String,
        ty: idl::IdlType,
    },
}

/// Reads a description and finds out what a client of it is made of.
///
/// # Errors
/// What the description lacks, or has that clients cannot be made for.
pub(super) fn read(json: &str) -> anyhow::Result<Program> {
    let value: serde_json::Value = serde_json::from_str(json).context("the description is no JSON")?;
    ensure!(
        value.pointer("/metadata/spec").is_some(),
        "the description says no metadata.spec: it is older than Anchor 0.30; `anchor idl convert` makes it a newer one"
    );
    let idl: idl::Idl =
        serde_json::from_value(value).context("the description is not as Anchor's specification has it")?;
    for definition in &idl.types {
        ensure!(
            definition.generics.is_empty(),
            "type {}: clients for generic types cannot be made",
            definition.name
        );
    }
    let instructions = idl.instructions.iter().map(|instruction| {
        read_instruction(&idl, instruction).with_context(|| format!("instruction {}", instruction.name))
    });
    let instructions = instructions.collect::<anyhow::Result<_>>()?;
    let accounts = idl.accounts.iter().map(|account| (&account.name, &account.discriminator));
    let events = idl.events.iter().map(|event| (&event.name, &event.discriminator));
    let (accounts, events) = (discriminated(&idl, accounts)?, discriminated(&idl, events)?);
    Ok(Program {
        name: idl.metadata.name,
        address: idl.address,
        docs: idl.docs,
        instructions,
        accounts,
        events,
        errors: idl.errors,
        types: idl.types,
    })
}

fn discriminated<'a>(
    idl: &idl::Idl,
    list: impl Iterator<Item = (&'a String, &'a Vec<u8>)>,
) -> anyhow::Result<Vec<Discriminated>> {
    list.map(|(name, discriminator)| {
        ensure!(
            idl.types.iter().any(|ty| ty.name == *name),
            "there is no type {name} among the description's types"
        );
        Ok(Discriminated { name: name.clone(), discriminator: discriminator.clone() })
    })
    .collect()
}

fn read_instruction(idl: &idl::Idl, instruction: &idl::IdlInstruction) -> anyhow::Result<Instruction> {
    let mut flat = Vec::new();
    flatten(&instruction.accounts, &[], &mut flat);
    let names: BTreeSet<String> = flat.iter().map(|(name, ..)| name.clone()).collect();
    ensure!(names.len() == flat.len(), "two of its accounts have the same name");
    let arguments: Vec<Argument> =
        instruction.args.iter().map(|argument| read_argument(argument, &names)).collect();
    let mut accounts = Vec::new();
    for (name, scope, account) in flat {
        let finder = Finder { idl, instruction, scope: &scope, names: &names };
        let origin = finder.origin(&name, account).with_context(|| format!("account {name}"))?;
        let (writable, signer, optional) = (account.writable, account.signer, account.optional);
        accounts.push(Account { name, docs: account.docs.clone(), writable, signer, optional, origin });
    }
    let resolution = resolve(&mut accounts);
    Ok(Instruction {
        name: instruction.name.clone(),
        docs: instruction.docs.clone(),
        discriminator: instruction.discriminator.clone(),
        accounts,
        resolution,
        arguments,
        returns: instruction.returns.clone(),
    })
}

fn read_argument(argument: &idl::IdlField, accounts: &BTreeSet<String>) -> Argument {
    let plain = argument.name.trim_start_matches('_');
    let name = if accounts.contains(plain) { format!("{plain}_arg") } else { plain.to_owned() };
    Argument { name, docs: argument.docs.clone(), ty: argument.ty.clone() }
}

/// The accounts with the names of the groups they stand in before theirs, in order; and these groups.
fn flatten<'a>(
    items: &'a [idl::IdlInstructionAccountItem],
    scope: &[String],
    flat: &mut Vec<(String, Vec<String>, &'a idl::IdlInstructionAccount)>,
) {
    for item in items {
        match item {
            idl::IdlInstructionAccountItem::Single(account) => {
                flat.push((scoped(scope, &account.name), scope.to_vec(), account));
            }
            idl::IdlInstructionAccountItem::Composite(group) => {
                let scope: Vec<String> = scope.iter().chain([&group.name]).cloned().collect();
                flatten(&group.accounts, &scope, flat);
            }
        }
    }
}

fn scoped(scope: &[String], name: &str) -> String {
    scope.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join("_")
}

/// Finds out where addresses come from.
struct Finder<'a> {
    idl: &'a idl::Idl,
    instruction: &'a idl::IdlInstruction,
    scope: &'a [String],
    names: &'a BTreeSet<String>,
}

impl Finder<'_> {
    fn origin(&self, name: &str, account: &idl::IdlInstructionAccount) -> anyhow::Result<Origin> {
        if let Some(address) = &account.address {
            return Ok(Origin::Fixed(address.clone()));
        }
        let Some(pda) = &account.pda else { return Ok(Origin::Given) };
        let seeds = pda.seeds.iter().map(|seed| self.seed(seed)).collect::<anyhow::Result<Vec<_>>>()?;
        let program = pda.program.as_ref().map(|program| self.seed(program)).transpose()?;
        let is_given = seeds.iter().chain(&program).any(|seed| {
            matches!(seed, Seed::Data { .. }) || matches!(seed, Seed::Account(other) if other == name)
        });
        let derivation = Derivation { seeds, program };
        Ok(if is_given { Origin::GivenDerived(derivation) } else { Origin::Derived(derivation) })
    }

    fn seed(&self, seed: &idl::IdlSeed) -> anyhow::Result<Seed> {
        Ok(match seed {
            idl::IdlSeed::Const(bytes) => Seed::Bytes(bytes.value.clone()),
            idl::IdlSeed::Arg(argument) => self.argument(&argument.path)?,
            idl::IdlSeed::Account(account) => match account.path.split_once('.') {
                None => Seed::Account(self.account(&account.path)?),
                Some((_, path)) => {
                    let of = account
                        .account
                        .as_deref()
                        .context("a seed is a field of an account of unknown type")?;
                    let path: Vec<&str> = path.split('.').collect();
                    let ty = self
                        .field(&idl::IdlType::Defined { name: of.to_owned(), generics: Vec::new() }, &path)?;
                    Seed::Data { name: account.path.replace('.', "_"), ty }
                }
            },
        })
    }

    /// The account's name in the flat list: that of the same group, or else a name from the top.
    fn account(&self, name: &str) -> anyhow::Result<String> {
        let candidates = (0..=self.scope.len()).rev().map(|depth| scoped(&self.scope[..depth], name));
        let mut known = candidates.filter(|candidate| self.names.contains(candidate));
        known.next().with_context(|| format!("a seed names the account {name}, which there is not"))
    }

    fn argument(&self, path: &str) -> anyhow::Result<Seed> {
        let parts: Vec<&str> = path.split('.').collect();
        let (first, fields) = parts.split_first().context("a seed names no argument")?;
        let argument = self.instruction.args.iter().find(|argument| argument.name == **first);
        let argument =
            argument.with_context(|| format!("a seed names the argument {first}, which there is not"))?;
        let ty = self.field(&argument.ty, fields)?;
        let name = read_argument(argument, self.names).name;
        let path = std::iter::once(name).chain(fields.iter().map(|field| (*field).to_owned())).collect();
        Ok(Seed::Argument { path, ty })
    }

    /// The type of a field within a type.
    fn field(&self, ty: &idl::IdlType, path: &[&str]) -> anyhow::Result<idl::IdlType> {
        let Some((first, rest)) = path.split_first() else { return Ok(ty.clone()) };
        let idl::IdlType::Defined { name, .. } = ty else {
            bail!("a seed is the field {first} of what has no fields")
        };
        let definition = self.idl.types.iter().find(|definition| definition.name == *name);
        let fields = definition.and_then(|definition| match &definition.ty {
            idl::IdlTypeDefTy::Struct { fields: Some(idl::IdlDefinedFields::Named(fields)) } => Some(fields),
            _ => None,
        });
        let field = fields.and_then(|fields| fields.iter().find(|field| field.name == **first));
        let field = field
            .with_context(|| format!("a seed is the field {first} of {name}, which has none of that name"))?;
        self.field(&field.ty, rest)
    }
}

/// An order in which every derived address only needs those before it. What needs itself, round a circle, is given.
fn resolve(accounts: &mut [Account]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    loop {
        let known: BTreeSet<&str> = order.iter().map(|position| accounts[*position].name.as_str()).collect();
        let next = (0..accounts.len()).find(|position| {
            !order.contains(position)
                && accounts[*position].origin.derivation().is_none_or(|derivation| {
                    matches!(accounts[*position].origin, Origin::GivenDerived(_))
                        || needs(derivation).all(|name| known.contains(name))
                })
        });
        match next.or_else(|| (0..accounts.len()).find(|position| !order.contains(position))) {
            None => return order,
            Some(position) => {
                if next.is_none()
                    && let Origin::Derived(derivation) = &accounts[position].origin
                {
                    accounts[position].origin = Origin::GivenDerived(derivation.clone());
                }
                order.push(position);
            }
        }
    }
}

/// The accounts whose addresses a derivation needs.
fn needs(derivation: &Derivation) -> impl Iterator<Item = &str> {
    derivation.seeds.iter().chain(&derivation.program).filter_map(|seed| match seed {
        Seed::Account(name) => Some(name.as_str()),
        _ => None,
    })
}
