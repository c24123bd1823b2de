//! Types as the description writes them.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is the type of its name")]
pub enum Type {
    Bool,
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    U128,
    I128,
    /// A list of bytes.
    Bytes,
    String,
    /// An address.
    Pubkey,
    Option(Box<Self>),
    Vec(Box<Self>),
    /// So many of a type.
    Array(Box<Self>, usize),
    /// A type that the description's `types` has.
    Defined {
        name: String,
    },
}

/// A named value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its documentation, line by line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub docs: Vec<String>,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: Type,
}

/// A type of the program's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TypeDefinition {
    /// Its name.
    pub name: String,
    /// Its documentation, line by line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub docs: Vec<String>,
    /// How it stands in bytes.
    #[serde(skip_serializing_if = "Serialization::is_borsh")]
    pub serialization: Serialization,
    /// How it is laid out in memory, where that matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repr: Option<Repr>,
    /// What it consists of.
    #[serde(rename = "type")]
    pub shape: TypeShape,
}

/// How a type stands in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Serialization {
    /// Its fields one after another.
    #[default]
    Borsh,
    /// As it lies in memory.
    Bytemuck,
}

impl Serialization {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
    const fn is_borsh(&self) -> bool {
        matches!(self, Self::Borsh)
    }
}

/// How a type is laid out in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Repr {
    /// `#[repr(C)]`.
    C,
}

/// What a type consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum TypeShape {
    /// Fields.
    Struct {
        /// The fields; none for a unit struct.
        #[serde(skip_serializing_if = "Option::is_none")]
        fields: Option<Fields>,
    },
    /// One of several variants.
    Enum {
        /// The variants; the number of each is its position.
        variants: Vec<EnumVariant>,
    },
}

/// A variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EnumVariant {
    /// Its name.
    pub name: String,
    /// Its fields, if it has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Fields>,
}

/// Fields, with names or without.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Fields {
    /// With names.
    Named(Vec<Field>),
    /// In order.
    Tuple(Vec<Type>),
}
