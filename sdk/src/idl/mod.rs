//! What clients of other languages are told of a program: Anchor's IDL, version 0.1.0 of its specification.
//!
//! `#[program]` makes the function `idl` of a program, which gives an [`Idl`]; [`Idl::to_json`] is the file that client
//! generators read. Names stay as they are in Rust (`snake_case` for instructions, accounts, arguments and fields,
//! `PascalCase` for types, events and errors). What is empty, false or unknown is left out, as Anchor leaves it out.

mod definitions;
mod types;

#[cfg(test)]
mod tests;

pub use definitions::{Definitions, Describe, Program, lines};
pub use types::{EnumVariant, Field, Fields, Repr, Serialization, Type, TypeDefinition, TypeShape};

use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// A list; generated code names it here, so that programs need no `extern crate alloc`.
pub type List<T> = Vec<T>;

/// Version of the specification.
pub const SPECIFICATION_VERSION: &str = "0.1.0";

/// A program's description.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Idl {
    /// The program's address, in base58.
    pub address: String,
    /// What program it is.
    pub metadata: Metadata,
    /// What the documentation of the program's module says, line by line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub docs: Vec<String>,
    /// Its instructions, by name.
    pub instructions: Vec<Instruction>,
    /// The kinds of its accounts, by name; `types` has their layouts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<Discriminated>,
    /// Its events, by name; `types` has their layouts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Discriminated>,
    /// Its errors, by number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ErrorDescription>,
    /// The types that accounts, events and arguments consist of, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<TypeDefinition>,
}

impl Idl {
    /// The description as a JSON text, for people and client generators.
    ///
    /// # Panics
    /// Never: everything in it is text, numbers and lists.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a description has nothing that JSON lacks")
    }
}

/// What program it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Metadata {
    /// Its name: that of its module.
    pub name: String,
    /// Its version: that of its package.
    pub version: String,
    /// [`SPECIFICATION_VERSION`].
    pub spec: String,
    /// What its package says it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// An instruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Instruction {
    /// Its function's name.
    pub name: String,
    /// Its documentation, line by line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub docs: Vec<String>,
    /// The first bytes of its data.
    pub discriminator: Vec<u8>,
    /// Its accounts, in order.
    pub accounts: Vec<InstructionAccountItem>,
    /// Its arguments, in order.
    pub args: Vec<Field>,
    /// What it returns, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returns: Option<Type>,
}

impl Instruction {
    /// The names of its accounts in order, those in groups as `group.name`.
    #[must_use]
    pub fn account_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        add_names(&self.accounts, "", &mut names);
        names
    }
}

fn add_names(items: &[InstructionAccountItem], groups: &str, names: &mut Vec<String>) {
    for item in items {
        match item {
            InstructionAccountItem::Single(account) => names.push([groups, &account.name].concat()),
            InstructionAccountItem::Composite(group) => {
                add_names(&group.accounts, &[groups, &group.name, "."].concat(), names);
            }
        }
    }
}

/// An account of an instruction, or a group of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum InstructionAccountItem {
    /// One account.
    Single(InstructionAccount),
    /// A group of accounts.
    Composite(InstructionAccountGroup),
}

/// A group of accounts of an instruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InstructionAccountGroup {
    /// Its field's name.
    pub name: String,
    /// Its accounts, in order.
    pub accounts: Vec<InstructionAccountItem>,
}

/// An account of an instruction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct InstructionAccount {
    /// Its field's name.
    pub name: String,
    /// Its documentation, line by line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub docs: Vec<String>,
    /// Whether the instruction may write it.
    #[serde(skip_serializing_if = "is_false")]
    pub writable: bool,
    /// Whether it must sign.
    #[serde(skip_serializing_if = "is_false")]
    pub signer: bool,
    /// Whether it may be left out: the program's own address stands in its place then.
    #[serde(skip_serializing_if = "is_false")]
    pub optional: bool,
    /// The only address it can have, in base58.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What its address is derived from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pda: Option<Pda>,
    /// Accounts whose data name this one (`has_one`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<String>,
}

/// What an address is derived from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pda {
    /// The seeds, without the bump.
    pub seeds: Vec<Seed>,
    /// The program it is derived for, if that is not the program itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<Seed>,
}

/// A seed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Seed {
    /// These bytes.
    Const {
        /// The bytes.
        value: Vec<u8>,
    },
    /// An argument's bytes.
    Arg {
        /// The argument's name.
        path: String,
    },
    /// An account's address, or a field of its data.
    Account {
        /// `account`, or `account.field`.
        path: String,
        /// The account's type, if the seed is a field.
        #[serde(skip_serializing_if = "Option::is_none")]
        account: Option<String>,
    },
}

/// A kind of account, or an event: the type of this name, behind these bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Discriminated {
    /// The type's name.
    pub name: String,
    /// The first bytes.
    pub discriminator: Vec<u8>,
}

/// An error of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErrorDescription {
    /// Its number.
    pub code: u32,
    /// Its name.
    pub name: String,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub msg: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}
