//! Types are written as the specification writes them.

use super::{Definitions, Describe, Field, Fields, Serialization, Type, TypeDefinition, TypeShape};
use crate::Address;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

#[track_caller]
fn check<T: Describe>(expected: &str) {
    let ty = T::describe(&mut Definitions::default());
    assert_eq!(serde_json::to_string(&ty).expect("a type is JSON"), expected);
}

#[test]
fn types_are_written_as_specified() {
    check::<u64>(r#""u64""#);
    check::<i128>(r#""i128""#);
    check::<&Address>(r#""pubkey""#);
    check::<&str>(r#""string""#);
    check::<&[u8]>(r#""bytes""#);
    check::<Vec<u8>>(r#""bytes""#);
    check::<Vec<String>>(r#"{"vec":"string"}"#);
    check::<Option<[u16; 3]>>(r#"{"option":{"array":["u16",3]}}"#);
}

#[test]
fn a_type_is_defined_once() {
    let mut definitions = Definitions::default();
    let mut made = 0;
    for _ in 0..2 {
        let reference = definitions.define("Point", |definitions| {
            made += 1;
            let field = Field { name: "x".to_owned(), docs: Vec::new(), ty: u8::describe(definitions) };
            let shape = TypeShape::Struct { fields: Some(Fields::Named(Vec::from([field]))) };
            let serialization = Serialization::Borsh;
            TypeDefinition { name: "Point".to_owned(), docs: Vec::new(), serialization, repr: None, shape }
        });
        assert_eq!(reference, Type::Defined { name: "Point".to_owned() });
    }
    assert_eq!(made, 1);
}
