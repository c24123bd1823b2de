//! Collects what a description is made of: starting from the instructions, each type adds itself and what it consists of.

use super::{
    Discriminated, ErrorDescription, Idl, Instruction, Metadata, SPECIFICATION_VERSION, Type, TypeDefinition,
};
use crate::Address;
use crate::error::ErrorCode;
use crate::guest::declared::Event;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A type that can stand in a description.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be described to clients",
    note = "add `#[derive(Argument)]` to it"
)]
pub trait Describe {
    /// The type as the description writes it; its definition is added if it needs one.
    fn describe(definitions: &mut Definitions) -> Type;
}

/// What a program's module says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Where the program is.
    pub address: Address,
    /// Name of the module.
    pub name: &'static str,
    /// Version of the package.
    pub version: &'static str,
    /// Description of the package; may be empty.
    pub description: &'static str,
    /// The module's documentation, line by line.
    pub docs: &'static [&'static str],
}

/// Everything that instructions refer to.
#[derive(Debug, Default)]
pub struct Definitions {
    types: BTreeMap<String, TypeDefinition>,
    accounts: Vec<Discriminated>,
    events: Vec<Discriminated>,
    errors: Vec<ErrorDescription>,
}

impl Definitions {
    /// Adds a type unless it is there, and gives the reference to it. `make` is given the definitions for its fields.
    pub fn define(&mut self, name: &str, make: impl FnOnce(&mut Self) -> TypeDefinition) -> Type {
        if !self.types.contains_key(name) {
            let definition = make(self);
            self.types.insert(name.to_owned(), definition);
        }
        Type::Defined { name: name.to_owned() }
    }

    /// Adds a kind of account; its type is added with [`define`](Self::define).
    pub fn add_account(&mut self, name: &str, discriminator: [u8; 8]) {
        add(&mut self.accounts, name, discriminator);
    }

    /// Adds an event; its type is added with [`define`](Self::define).
    pub fn add_event(&mut self, name: &str, discriminator: [u8; 8]) {
        add(&mut self.events, name, discriminator);
    }

    /// Adds an event and its type.
    pub fn event<E: Event>(&mut self) {
        E::describe(self);
    }

    /// Adds a table of errors.
    pub fn errors<E: ErrorCode>(&mut self) {
        self.errors.extend(E::TABLE.iter().map(|(code, name, text)| ErrorDescription {
            code: *code,
            name: (*name).to_owned(),
            msg: Some((*text).to_owned()),
        }));
    }

    /// The whole description. Lists are in the order of names, errors in that of their numbers, as Anchor has them.
    #[must_use]
    pub fn into_idl(mut self, program: &Program, mut instructions: Vec<Instruction>) -> Idl {
        instructions.sort_by(|one, other| one.name.cmp(&other.name));
        self.accounts.sort();
        self.events.sort();
        self.errors.sort_by_key(|error| error.code);
        let description = (!program.description.is_empty()).then(|| program.description.to_owned());
        Idl {
            address: program.address.to_string(),
            metadata: Metadata {
                name: program.name.to_owned(),
                version: program.version.to_owned(),
                spec: SPECIFICATION_VERSION.to_owned(),
                description,
            },
            docs: lines(program.docs),
            instructions,
            accounts: self.accounts,
            events: self.events,
            errors: self.errors,
            types: self.types.into_values().collect(),
        }
    }
}

/// Lines of documentation, owned.
#[must_use]
pub fn lines(docs: &[&str]) -> Vec<String> {
    docs.iter().map(|line| (*line).to_owned()).collect()
}

fn add(list: &mut Vec<Discriminated>, name: &str, discriminator: [u8; 8]) {
    if list.iter().all(|known| known.name != name) {
        list.push(Discriminated { name: name.to_owned(), discriminator: discriminator.to_vec() });
    }
}

macro_rules! plain {
    ($($rust:ty => $variant:ident,)*) => {$(
        impl Describe for $rust {
            fn describe(_definitions: &mut Definitions) -> Type {
                Type::$variant
            }
        }
    )*};
}

plain! {
    bool => Bool,
    u8 => U8,
    i8 => I8,
    u16 => U16,
    i16 => I16,
    u32 => U32,
    i32 => I32,
    u64 => U64,
    i64 => I64,
    u128 => U128,
    i128 => I128,
    String => String,
    str => String,
    Address => Pubkey,
    [u8] => Bytes,
}

impl<T: Describe + ?Sized> Describe for &T {
    fn describe(definitions: &mut Definitions) -> Type {
        T::describe(definitions)
    }
}

impl<T: Describe> Describe for Option<T> {
    fn describe(definitions: &mut Definitions) -> Type {
        Type::Option(Box::new(T::describe(definitions)))
    }
}

impl<T: Describe> Describe for Vec<T> {
    fn describe(definitions: &mut Definitions) -> Type {
        match T::describe(definitions) {
            // A list of bytes has a name of its own.
            Type::U8 => Type::Bytes,
            element => Type::Vec(Box::new(element)),
        }
    }
}

impl<T: Describe, const COUNT: usize> Describe for [T; COUNT] {
    fn describe(definitions: &mut Definitions) -> Type {
        Type::Array(Box::new(T::describe(definitions)), COUNT)
    }
}
