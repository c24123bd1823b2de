//! What clients are told of the user's structs and enums.

use crate::documentation::lines;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, Field, Fields, Ident};

/// Code for the type's definition: an expression of type `idl::Type`. `data` is a struct or an enum.
pub(crate) fn definition(
    ident: &Ident,
    attributes: &[Attribute],
    data: &Data,
    is_laid_out: bool,
) -> TokenStream {
    let name = ident.to_string();
    let docs = lines(attributes);
    let shape = match data {
        Data::Struct(data) => {
            let fields = fields(&data.fields);
            quote!(::sealane_sdk::idl::TypeShape::Struct { fields: #fields })
        }
        Data::Enum(data) => {
            let variants = data.variants.iter().map(|variant| {
                let (name, fields) = (variant.ident.to_string(), fields(&variant.fields));
                quote!(::sealane_sdk::idl::EnumVariant { name: #name.into(), fields: #fields })
            });
            quote!(::sealane_sdk::idl::TypeShape::Enum { variants: [#(#variants),*].into() })
        }
        Data::Union(_) => quote!(),
    };
    let (serialization, repr) = if is_laid_out {
        (quote!(Bytemuck), quote!(::core::option::Option::Some(::sealane_sdk::idl::Repr::C)))
    } else {
        (quote!(Borsh), quote!(::core::option::Option::None))
    };
    quote! {
        definitions.define(#name, |definitions| {
            let _ = &definitions;
            ::sealane_sdk::idl::TypeDefinition {
                name: #name.into(),
                docs: ::sealane_sdk::idl::lines(&[#(#docs),*]),
                serialization: ::sealane_sdk::idl::Serialization::#serialization,
                repr: #repr,
                shape: #shape,
            }
        })
    }
}

/// Code for an `idl::Field`.
pub(crate) fn field(name: &Ident, docs: &[String], ty: &syn::Type) -> TokenStream {
    let name = name.to_string();
    quote! {
        ::sealane_sdk::idl::Field {
            name: #name.into(),
            docs: ::sealane_sdk::idl::lines(&[#(#docs),*]),
            ty: <#ty as ::sealane_sdk::idl::Describe>::describe(definitions),
        }
    }
}

/// Code for an `Option<idl::Fields>`.
fn fields(fields: &Fields) -> TokenStream {
    let types = |field: &Field| {
        let ty = &field.ty;
        quote!(<#ty as ::sealane_sdk::idl::Describe>::describe(definitions))
    };
    match fields {
        Fields::Unit => quote!(::core::option::Option::None),
        Fields::Named(named) => {
            let fields = named.named.iter().filter_map(|entry| {
                entry.ident.as_ref().map(|name| field(name, &lines(&entry.attrs), &entry.ty))
            });
            quote!(::core::option::Option::Some(::sealane_sdk::idl::Fields::Named([#(#fields),*].into())))
        }
        Fields::Unnamed(unnamed) => {
            let types = unnamed.unnamed.iter().map(types);
            quote!(::core::option::Option::Some(::sealane_sdk::idl::Fields::Tuple([#(#types),*].into())))
        }
    }
}
