//! Types of the description in TypeScript: what values look like, and the codecs that make bytes of them. For each named
//! type there are two: `T` as it is read, and `TArgs` as it may be given (a `u64` is read as `bigint`, and may be given
//! as `number`).

use super::super::names::{camel, pascal};
use super::super::writer::Writer;
use anchor_lang_idl_spec::{
    IdlArrayLen, IdlDefinedFields, IdlEnumVariant, IdlField, IdlSerialization, IdlType, IdlTypeDef,
    IdlTypeDefTy,
};
use anyhow::{Context, bail, ensure};

/// Which of a type's two faces.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    /// As it is read.
    Read,
    /// As it may be given.
    Given,
}

/// A text in quotes, which also works in JavaScript.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A type.
pub(super) fn type_name(ty: &IdlType, face: Face) -> anyhow::Result<String> {
    Ok(match ty {
        IdlType::Bool => "boolean".into(),
        IdlType::U8 | IdlType::I8 | IdlType::U16 | IdlType::I16 | IdlType::U32 | IdlType::I32 => {
            "number".into()
        }
        IdlType::F32 | IdlType::F64 => "number".into(),
        IdlType::U64 | IdlType::I64 | IdlType::U128 | IdlType::I128 => match face {
            Face::Read => "bigint".into(),
            Face::Given => "number | bigint".into(),
        },
        IdlType::Bytes => "kit.ReadonlyUint8Array".into(),
        IdlType::String => "string".into(),
        IdlType::Pubkey => "kit.Address".into(),
        IdlType::Option(inner) => format!("{} | null", type_name(inner, face)?),
        IdlType::Array(inner, _) if **inner == IdlType::U8 => "kit.ReadonlyUint8Array".into(),
        IdlType::Vec(inner) | IdlType::Array(inner, _) => format!("Array<{}>", type_name(inner, face)?),
        IdlType::Defined { name, .. } if face == Face::Given => format!("{}Args", pascal(name)),
        IdlType::Defined { name, .. } => pascal(name),
        other => bail!("the type {other:?} has no counterpart in clients"),
    })
}

/// The codec of a type, as an expression.
pub(super) fn codec(ty: &IdlType) -> anyhow::Result<String> {
    let plain = |name: &str| Ok(format!("kit.get{name}Codec()"));
    match ty {
        IdlType::Bool => plain("Boolean"),
        IdlType::U8 => plain("U8"),
        IdlType::I8 => plain("I8"),
        IdlType::U16 => plain("U16"),
        IdlType::I16 => plain("I16"),
        IdlType::U32 => plain("U32"),
        IdlType::I32 => plain("I32"),
        IdlType::F32 => plain("F32"),
        IdlType::U64 => plain("U64"),
        IdlType::I64 => plain("I64"),
        IdlType::F64 => plain("F64"),
        IdlType::U128 => plain("U128"),
        IdlType::I128 => plain("I128"),
        IdlType::Pubkey => plain("Address"),
        IdlType::Bytes => Ok("kit.addCodecSizePrefix(kit.getBytesCodec(), kit.getU32Codec())".into()),
        IdlType::String => Ok("kit.addCodecSizePrefix(kit.getUtf8Codec(), kit.getU32Codec())".into()),
        IdlType::Option(inner) => Ok(format!("kit.getNullableCodec({})", codec(inner)?)),
        IdlType::Vec(inner) => Ok(format!("kit.getArrayCodec({})", codec(inner)?)),
        IdlType::Array(inner, IdlArrayLen::Value(count)) if **inner == IdlType::U8 => {
            Ok(format!("exactBytes({count})"))
        }
        IdlType::Array(inner, IdlArrayLen::Value(count)) => {
            Ok(format!("kit.getArrayCodec({}, {{ size: {count} }})", codec(inner)?))
        }
        IdlType::Defined { name, .. } => Ok(format!("get{}Codec()", pascal(name))),
        other => bail!("the type {other:?} has no counterpart in clients"),
    }
}

/// The bytes that a value is as a seed, as an expression.
pub(super) fn seed(ty: &IdlType, value: &str) -> anyhow::Result<String> {
    let is_bytes = |ty: &IdlType| matches!(ty, IdlType::Array(inner, _) if **inner == IdlType::U8);
    Ok(match ty {
        IdlType::Bytes => value.to_owned(),
        ty if is_bytes(ty) => value.to_owned(),
        IdlType::String => format!("kit.getUtf8Encoder().encode({value})"),
        IdlType::Bool
        | IdlType::Option(_)
        | IdlType::Vec(_)
        | IdlType::Array(..)
        | IdlType::Defined { .. } => {
            bail!("a seed is of the type {ty:?}, which is no address, number, text or bytes")
        }
        ty => format!("{}.encode({value})", codec(ty)?),
    })
}

/// The codec of fields with names, as an expression.
pub(super) fn fields_codec<'a>(
    fields: impl Iterator<Item = (&'a str, &'a IdlType)>,
) -> anyhow::Result<String> {
    let fields = fields.map(|(name, ty)| Ok(format!("[{}, {}]", quoted(&camel(name)), codec(ty)?)));
    let fields = fields.collect::<anyhow::Result<Vec<_>>>()?;
    Ok(list_codec("Struct", &fields))
}

/// The codec of several parts, each on a line of its own.
fn list_codec(kind: &str, parts: &[String]) -> String {
    let parts: Vec<String> = parts.iter().map(|part| format!("{part},\n")).collect();
    if parts.is_empty() {
        "kit.getUnitCodec()".into()
    } else {
        format!("kit.get{kind}Codec([\n{}])", parts.concat())
    }
}

/// A named type: its two faces and its codec.
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
    for (face, suffix) in [(Face::Read, ""), (Face::Given, "Args")] {
        out.line("");
        let docs = if face == Face::Read {
            definition.docs.clone()
        } else {
            vec![format!("`{name}` as it may be given.")]
        };
        write_docs(out, &docs);
        if let IdlTypeDefTy::Struct { fields: Some(IdlDefinedFields::Named(fields)) } = &definition.ty
            && !fields.is_empty()
        {
            out.line(format!("export type {name}{suffix} = {{"));
            for field in fields {
                write_docs(out, &field.docs);
                out.line(format!("{}: {};", camel(&field.name), type_name(&field.ty, face)?));
            }
            out.line("};");
        } else {
            out.line(format!("export type {name}{suffix} = {};", shape(&definition.ty, face)?));
        }
    }
    out.line("");
    write_docs(out, &[format!("How `{name}` stands in bytes.")]);
    out.line(format!("export function get{name}Codec(): kit.Codec<{name}Args, {name}> {{"));
    out.line(format!("return {};", shape_codec(&definition.ty)?));
    out.line("}");
    Ok(())
}

/// Documentation as a comment.
pub(super) fn write_docs(out: &mut Writer, docs: &[String]) {
    match docs {
        [] => {}
        [line] if !line.contains(['\n', '\r', '\u{2028}', '\u{2029}']) => {
            out.push(&format!("/** {} */", line.replace("*/", "* /")));
        }
        lines => {
            out.push("/**");
            out.docs(" *", lines);
            out.push(" */");
        }
    }
}

fn shape(ty: &IdlTypeDefTy, face: Face) -> anyhow::Result<String> {
    Ok(match ty {
        IdlTypeDefTy::Struct { fields: None } => "void".into(),
        IdlTypeDefTy::Struct { fields: Some(IdlDefinedFields::Named(fields)) } => {
            if fields.is_empty() {
                "void".into()
            } else {
                format!("{{ {} }}", named(fields, face)?)
            }
        }
        IdlTypeDefTy::Struct { fields: Some(IdlDefinedFields::Tuple(types)) } => tuple(types, face)?,
        IdlTypeDefTy::Enum { variants } => {
            let variants = variants
                .iter()
                .map(|variant| variant_type(variant, face))
                .collect::<anyhow::Result<Vec<_>>>()?;
            variants.iter().map(|variant| format!("\n  | {variant}")).collect()
        }
        IdlTypeDefTy::Type { alias } => type_name(alias, face)?,
    })
}

fn variant_type(variant: &IdlEnumVariant, face: Face) -> anyhow::Result<String> {
    let kind = format!("__kind: {}", quoted(&variant.name));
    Ok(match &variant.fields {
        None => format!("{{ {kind} }}"),
        Some(IdlDefinedFields::Named(fields)) => format!("{{ {kind}; {} }}", named(fields, face)?),
        Some(IdlDefinedFields::Tuple(types)) => format!("{{ {kind}; fields: {} }}", tuple(types, face)?),
    })
}

fn named(fields: &[IdlField], face: Face) -> anyhow::Result<String> {
    let fields =
        fields.iter().map(|field| Ok(format!("{}: {}", camel(&field.name), type_name(&field.ty, face)?)));
    Ok(fields.collect::<anyhow::Result<Vec<_>>>()?.join("; "))
}

fn tuple(types: &[IdlType], face: Face) -> anyhow::Result<String> {
    let types = types.iter().map(|ty| type_name(ty, face)).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(format!("readonly [{}]", types.join(", ")))
}

fn shape_codec(ty: &IdlTypeDefTy) -> anyhow::Result<String> {
    match ty {
        IdlTypeDefTy::Struct { fields } => optional_fields_codec(fields.as_ref()),
        IdlTypeDefTy::Enum { variants } => {
            let variants = variants.iter().map(|variant| {
                let fields = match &variant.fields {
                    Some(IdlDefinedFields::Tuple(types)) => {
                        format!("kit.getStructCodec([['fields', {}]])", tuple_codec(types)?)
                    }
                    fields => optional_fields_codec(fields.as_ref())?,
                };
                Ok(format!("[{}, {fields}]", quoted(&variant.name)))
            });
            let variants = variants.collect::<anyhow::Result<Vec<_>>>()?;
            Ok(list_codec("DiscriminatedUnion", &variants))
        }
        IdlTypeDefTy::Type { alias } => codec(alias),
    }
}

fn optional_fields_codec(fields: Option<&IdlDefinedFields>) -> anyhow::Result<String> {
    match fields {
        None => fields_codec(std::iter::empty()),
        Some(IdlDefinedFields::Named(fields)) => {
            fields_codec(fields.iter().map(|field| (field.name.as_str(), &field.ty)))
        }
        Some(IdlDefinedFields::Tuple(types)) => tuple_codec(types),
    }
}

fn tuple_codec(types: &[IdlType]) -> anyhow::Result<String> {
    let types = types.iter().map(codec).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(format!("kit.getTupleCodec([{}])", types.join(", ")))
}
