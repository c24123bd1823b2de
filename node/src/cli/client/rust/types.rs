//! Types of the description in Rust, with their way into bytes and back.

use super::super::names::{pascal, snake};
use super::super::writer::Writer;
use anchor_lang_idl_spec::{
    IdlArrayLen, IdlDefinedFields, IdlEnumVariant, IdlSerialization, IdlType, IdlTypeDef, IdlTypeDefTy,
};
use anyhow::{Context, bail, ensure};

/// Words that no field can have as its name.
const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// A name of a value.
pub(super) fn value_name(name: &str) -> String {
    let name = snake(name);
    if KEYWORDS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// The name of an instruction's argument: as [`value_name`], but for what its function calls its own.
pub(super) fn argument_name(name: &str) -> String {
    let name = value_name(name);
    if matches!(name.as_str(), "accounts" | "data") { format!("{name}_") } else { name }
}

/// Bytes as an array.
pub(super) fn literal(bytes: &[u8]) -> String {
    let list: Vec<String> = bytes.iter().map(u8::to_string).collect();
    format!("[{}]", list.join(", "))
}

/// A type.
pub(super) fn type_name(ty: &IdlType) -> anyhow::Result<String> {
    Ok(match ty {
        IdlType::Bool => "bool".into(),
        IdlType::U8 => "u8".into(),
        IdlType::I8 => "i8".into(),
        IdlType::U16 => "u16".into(),
        IdlType::I16 => "i16".into(),
        IdlType::U32 => "u32".into(),
        IdlType::I32 => "i32".into(),
        IdlType::F32 => "f32".into(),
        IdlType::U64 => "u64".into(),
        IdlType::I64 => "i64".into(),
        IdlType::F64 => "f64".into(),
        IdlType::U128 => "u128".into(),
        IdlType::I128 => "i128".into(),
        IdlType::Bytes => "Vec<u8>".into(),
        IdlType::String => "String".into(),
        IdlType::Pubkey => "solana_address::Address".into(),
        IdlType::Option(inner) => format!("Option<{}>", type_name(inner)?),
        IdlType::Vec(inner) => format!("Vec<{}>", type_name(inner)?),
        IdlType::Array(inner, IdlArrayLen::Value(count)) => format!("[{}; {count}]", type_name(inner)?),
        IdlType::Defined { name, .. } => pascal(name),
        other => bail!("the type {other:?} has no counterpart in clients"),
    })
}

/// A type as an argument is given: what holds others is lent.
pub(super) fn parameter(ty: &IdlType) -> anyhow::Result<String> {
    let is_copied = !matches!(
        ty,
        IdlType::Bytes
            | IdlType::String
            | IdlType::Vec(_)
            | IdlType::Array(..)
            | IdlType::Defined { .. }
            | IdlType::Option(_)
            | IdlType::Pubkey
    );
    Ok(if is_copied { type_name(ty)? } else { format!("&{}", type_name(ty)?) })
}

/// The bytes that a value is as a seed, as an expression of type `&[u8]`.
pub(super) fn seed(ty: &IdlType, value: &str) -> anyhow::Result<String> {
    Ok(match ty {
        IdlType::Bytes => format!("{value}.as_slice()"),
        IdlType::String => format!("{value}.as_bytes()"),
        IdlType::Pubkey => format!("{value}.as_ref()"),
        IdlType::Array(inner, _) if **inner == IdlType::U8 => format!("{value}.as_slice()"),
        IdlType::Bool
        | IdlType::Option(_)
        | IdlType::Vec(_)
        | IdlType::Array(..)
        | IdlType::Defined { .. } => {
            bail!("a seed is of the type {ty:?}, which is no address, number, text or bytes")
        }
        _ => format!("&{value}.to_le_bytes()"),
    })
}

/// A named type with its way into bytes.
pub(super) fn write_definition(out: &mut Writer, definition: &IdlTypeDef) -> anyhow::Result<()> {
    write_shape(out, definition).with_context(|| format!("type {}", definition.name))
}

fn write_shape(out: &mut Writer, definition: &IdlTypeDef) -> anyhow::Result<()> {
    ensure!(
        matches!(
            definition.serialization,
            IdlSerialization::Borsh | IdlSerialization::Bytemuck | IdlSerialization::BytemuckUnsafe
        ),
        "it is written in a way of its own, which only the program knows"
    );
    let name = pascal(&definition.name);
    out.line("");
    out.docs("///", &definition.docs);
    if definition.docs.is_empty() {
        out.docs("///", &[format!("The program's type `{name}`.")]);
    }
    if let IdlTypeDefTy::Type { alias } = &definition.ty {
        out.line(format!("pub type {name} = {};", type_name(alias)?));
        return Ok(());
    }
    out.line("#[derive(Clone, Debug, PartialEq)]");
    match &definition.ty {
        IdlTypeDefTy::Struct { fields } => write_struct(out, &name, fields.as_ref()),
        IdlTypeDefTy::Enum { variants } => write_enum(out, &name, variants),
        IdlTypeDefTy::Type { .. } => Ok(()),
    }
}

/// Fields by their names: those of a tuple are numbered.
fn fields_of(fields: Option<&IdlDefinedFields>) -> Vec<(String, Vec<String>, &IdlType)> {
    match fields {
        None => Vec::new(),
        Some(IdlDefinedFields::Named(fields)) => {
            fields.iter().map(|field| (value_name(&field.name), field.docs.clone(), &field.ty)).collect()
        }
        Some(IdlDefinedFields::Tuple(types)) => {
            types.iter().enumerate().map(|(index, ty)| (format!("field_{index}"), Vec::new(), ty)).collect()
        }
    }
}

fn write_struct(out: &mut Writer, name: &str, fields: Option<&IdlDefinedFields>) -> anyhow::Result<()> {
    let fields = fields_of(fields);
    out.line(format!("pub struct {name} {{"));
    for (field, docs, ty) in &fields {
        write_field(out, "pub ", field, docs, ty)?;
    }
    out.line("}");
    out.line("");
    out.line(format!("impl Wire for {name} {{"));
    out.line(format!("fn write(&self, {}: &mut Vec<u8>) {{", if fields.is_empty() { "_out" } else { "out" }));
    for (field, ..) in &fields {
        out.line(format!("self.{field}.write(out);"));
    }
    out.line("}");
    out.line("");
    out.line(format!(
        "fn read({}: &mut &[u8]) -> Option<Self> {{",
        if fields.is_empty() { "_rest" } else { "rest" }
    ));
    out.line("Some(Self {");
    for (field, ..) in &fields {
        out.line(format!("{field}: Wire::read(rest)?,"));
    }
    out.line("})");
    out.line("}");
    out.line("}");
    Ok(())
}

fn write_field(
    out: &mut Writer,
    visibility: &str,
    field: &str,
    docs: &[String],
    ty: &IdlType,
) -> anyhow::Result<()> {
    out.docs("///", docs);
    if docs.is_empty() {
        out.docs("///", &[format!("`{field}`.")]);
    }
    out.line(format!("{visibility}{field}: {},", type_name(ty)?));
    Ok(())
}

fn write_enum(out: &mut Writer, name: &str, variants: &[IdlEnumVariant]) -> anyhow::Result<()> {
    out.line(format!("pub enum {name} {{"));
    for variant in variants {
        let fields = fields_of(variant.fields.as_ref());
        let variant = pascal(&variant.name);
        out.docs("///", &[format!("`{variant}`.")]);
        if fields.is_empty() {
            out.line(format!("{variant},"));
            continue;
        }
        out.line(format!("{variant} {{"));
        for (field, docs, ty) in &fields {
            write_field(out, "", field, docs, ty)?;
        }
        out.line("},");
    }
    out.line("}");
    out.line("");
    out.line(format!("impl Wire for {name} {{"));
    out.line("fn write(&self, out: &mut Vec<u8>) {");
    out.line("match self {");
    for (index, variant) in variants.iter().enumerate() {
        let fields: Vec<String> =
            fields_of(variant.fields.as_ref()).into_iter().map(|(field, ..)| field).collect();
        // What is written to is called `out`: a field of that name gets another one while it is written.
        let is_taken = |field: &str| field == "out";
        let bound: Vec<String> = fields
            .iter()
            .map(|field| if is_taken(field) { format!("{field}: {field}_value") } else { field.clone() })
            .collect();
        let pattern = if fields.is_empty() { String::new() } else { format!(" {{ {} }}", bound.join(", ")) };
        out.line(format!("Self::{}{pattern} => {{", pascal(&variant.name)));
        out.line(format!("out.push({});", u8::try_from(index).context("it has more than 256 variants")?));
        for field in &fields {
            let value = if is_taken(field) { "_value" } else { "" };
            out.line(format!("{field}{value}.write(out);"));
        }
        out.line("}");
    }
    out.line("}");
    out.line("}");
    out.line("");
    out.line("fn read(rest: &mut &[u8]) -> Option<Self> {");
    out.line("Some(match u8::read(rest)? {");
    for (index, variant) in variants.iter().enumerate() {
        let fields = fields_of(variant.fields.as_ref());
        let fields: Vec<String> =
            fields.iter().map(|(field, ..)| format!("{field}: Wire::read(rest)?")).collect();
        let fields = if fields.is_empty() { String::new() } else { format!(" {{ {} }}", fields.join(", ")) };
        out.line(format!("{index} => Self::{}{fields},", pascal(&variant.name)));
    }
    out.line("_ => return None,");
    out.line("})");
    out.line("}");
    out.line("}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use anchor_lang_idl_spec::IdlField;

    /// A client did not compile whose instruction had an argument `data`, as a multisig's has.
    #[test]
    fn arguments_may_be_called_as_the_functions_own_names() {
        let names = ["data", "accounts", "type", "amount"].map(argument_name);
        assert_eq!(names, ["data_", "accounts_", "type_", "amount"]);
    }

    /// A client did not compile whose enum had a field with the name of what it is written to.
    #[test]
    fn a_field_may_be_called_out() {
        let field = IdlField { name: "out".to_owned(), docs: Vec::new(), ty: IdlType::U8 };
        let variant =
            IdlEnumVariant { name: "Swapped".to_owned(), fields: Some(IdlDefinedFields::Named(vec![field])) };
        let mut out = Writer::new("");
        assert!(write_enum(&mut out, "Kind", &[variant]).is_ok());
        let text = out.finish();
        assert!(
            text.contains("Self::Swapped { out: out_value } => {\nout.push(0);\nout_value.write(out);"),
            "{text}"
        );
    }
}
