//! Bytes as text, by the types of a program's description: `Incremented { by: 2, count: 5 }`.
//!
//! Reads what Borsh writes, and account data, which lies in memory with the same bytes (a layout has no gaps and is little-endian).

use sealane_sdk::Address;
use sealane_sdk::guest::Arguments;
use sealane_sdk::guest::codec::Decode;
use sealane_sdk::idl::{Fields, Type, TypeDefinition, TypeShape};

/// The value of the type with this name in `data`, and nothing behind it; none if that is not what the bytes are.
pub(crate) fn value(types: &[TypeDefinition], name: &str, data: &[u8]) -> Option<String> {
    let mut reader = Reader { types, data: Arguments::new(data) };
    let text = reader.defined(name)?;
    (reader.data.remaining_size() == 0).then_some(text)
}

struct Reader<'d> {
    types: &'d [TypeDefinition],
    data: Arguments<'d>,
}

impl Reader<'_> {
    fn defined(&mut self, name: &str) -> Option<String> {
        let types = self.types;
        match &types.iter().find(|known| known.name == name)?.shape {
            TypeShape::Struct { fields } => self.fields(name, fields.as_ref()),
            TypeShape::Enum { variants } => {
                let variant = variants.get(usize::from(u8::decode(&mut self.data)?))?;
                self.fields(&variant.name, variant.fields.as_ref())
            }
        }
    }

    fn fields(&mut self, name: &str, fields: Option<&Fields>) -> Option<String> {
        Some(match fields {
            None => name.to_owned(),
            Some(Fields::Tuple(types)) => format!("{name}({})", self.list(types.iter())?),
            Some(Fields::Named(fields)) => {
                let mut texts = Vec::with_capacity(fields.len());
                for field in fields {
                    texts.push(format!("{}: {}", field.name, self.plain(&field.ty)?));
                }
                format!("{name} {{ {} }}", texts.join(", "))
            }
        })
    }

    fn list<'t>(&mut self, types: impl Iterator<Item = &'t Type>) -> Option<String> {
        let texts: Option<Vec<String>> = types.map(|ty| self.plain(ty)).collect();
        texts.map(|texts| texts.join(", "))
    }

    fn plain(&mut self, ty: &Type) -> Option<String> {
        let data = &mut self.data;
        Some(match ty {
            Type::Bool => bool::decode(data)?.to_string(),
            Type::U8 => u8::decode(data)?.to_string(),
            Type::I8 => i8::decode(data)?.to_string(),
            Type::U16 => u16::decode(data)?.to_string(),
            Type::I16 => i16::decode(data)?.to_string(),
            Type::U32 => u32::decode(data)?.to_string(),
            Type::I32 => i32::decode(data)?.to_string(),
            Type::U64 => u64::decode(data)?.to_string(),
            Type::I64 => i64::decode(data)?.to_string(),
            Type::U128 => u128::decode(data)?.to_string(),
            Type::I128 => i128::decode(data)?.to_string(),
            Type::Bytes => format!("{:?}", <&[u8]>::decode(data)?),
            Type::String => format!("{:?}", <&str>::decode(data)?),
            Type::Pubkey => Address::decode(data)?.to_string(),
            Type::Option(inner) => match bool::decode(data)? {
                true => format!("Some({})", self.plain(inner)?),
                false => "None".to_owned(),
            },
            Type::Vec(inner) => {
                let count = u32::decode(data)? as usize;
                // A count that the data cannot hold is no list; what takes no bytes is in no list either.
                let count = Some(count).filter(|count| *count <= data.remaining_size())?;
                format!("[{}]", self.list(std::iter::repeat_n(&**inner, count))?)
            }
            Type::Array(inner, count) => format!("[{}]", self.list(std::iter::repeat_n(&**inner, *count))?),
            Type::Defined { name } => self.defined(name)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_sdk::idl::{EnumVariant, Field, Serialization};

    fn definition(name: &str, shape: TypeShape) -> TypeDefinition {
        let name = name.to_owned();
        TypeDefinition { name, docs: Vec::new(), serialization: Serialization::Borsh, repr: None, shape }
    }

    fn field(name: &str, ty: Type) -> Field {
        Field { name: name.to_owned(), docs: Vec::new(), ty }
    }

    /// One value of every type, as Borsh writes it.
    #[test]
    fn every_type_is_shown() {
        let variants = vec![
            EnumVariant { name: "Cancel".to_owned(), fields: None },
            EnumVariant {
                name: "Limit".to_owned(),
                fields: Some(Fields::Tuple(vec![Type::U16, Type::Bool])),
            },
        ];
        let fields = vec![
            field("amount", Type::I64),
            field("note", Type::String),
            field("tag", Type::Bytes),
            field("who", Type::Pubkey),
            field("maybe", Type::Option(Box::new(Type::U8))),
            field("none", Type::Option(Box::new(Type::U8))),
            field("list", Type::Vec(Box::new(Type::U32))),
            field("pair", Type::Array(Box::new(Type::I8), 2)),
            field("order", Type::Defined { name: "Order".to_owned() }),
        ];
        let types = [
            definition("Order", TypeShape::Enum { variants }),
            definition("Sent", TypeShape::Struct { fields: Some(Fields::Named(fields)) }),
        ];
        let pieces: [&[u8]; 11] = [
            &(-5_i64).to_le_bytes(),
            &[2, 0, 0, 0, b'h', b'i'],
            &[1, 0, 0, 0, 9],
            &[0; 32],
            &[1, 7],
            &[0],
            &[2, 0, 0, 0],
            &[1, 0, 0, 0, 2, 0, 0, 0],
            &[0xff, 1],
            &[1],
            &[3, 0, 1],
        ];
        let data = pieces.concat();
        let expected = "Sent { amount: -5, note: \"hi\", tag: [9], who: 11111111111111111111111111111111, maybe: Some(7), \
                        none: None, list: [1, 2], pair: [-1, 1], order: Limit(3, true) }";
        assert_eq!(value(&types, "Sent", &data).as_deref(), Some(expected));
        assert_eq!(value(&types, "Order", &[0]).as_deref(), Some("Cancel"));
        for cut in 0..data.len() {
            assert_eq!(value(&types, "Sent", &data[..cut]), None, "{cut} bytes");
        }
        assert_eq!(value(&types, "Sent", &[&data[..], &[0]].concat()), None, "a byte too many");
        assert_eq!(value(&types, "Order", &[2]), None, "no such variant");
    }
}
