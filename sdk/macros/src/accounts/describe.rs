//! Accounts as the description lists them.

use super::client::{Source, address, derivation, is_known, signs, source};
use super::parse::{AccountsInput, FieldInput};
use super::seeds::Seed;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

/// The field: an account, or a group.
pub(super) fn item(input: &AccountsInput, field: &FieldInput) -> TokenStream {
    if field.is_group {
        let (ty, name) = (&field.ty, field.ident.to_string());
        return quote! {
            ::sealane_sdk::idl::InstructionAccountItem::Composite(::sealane_sdk::idl::InstructionAccountGroup {
                name: #name.into(),
                accounts: <#ty as ::sealane_sdk::guest::declared::ClientAccounts>::describe(definitions),
            })
        };
    }
    let account = account(input, field);
    quote!(::sealane_sdk::idl::InstructionAccountItem::Single(#account))
}

fn account(input: &AccountsInput, field: &FieldInput) -> TokenStream {
    let (name, docs) = (field.ident.to_string(), &field.docs);
    let (is_writable, is_signer, is_optional) = (field.is_writable(), signs(field), field.is_optional);
    let none = quote!(::core::option::Option::None);
    let address = match source(input, field) {
        Source::Given | Source::Derived => none,
        Source::Typed | Source::Declared(_) => {
            let address = address(input, field, &quote!());
            quote!(::core::option::Option::Some((#address).to_string()))
        }
    };
    let pda = pda(input, field);
    let relations = input
        .fields
        .iter()
        .filter(|other| other.constraints.has_one.iter().any(|rule| rule.value == field.ident));
    let relations = relations.map(|other| other.ident.to_string());
    quote! {
        ::sealane_sdk::idl::InstructionAccount {
            name: #name.into(),
            docs: ::sealane_sdk::idl::lines(&[#(#docs),*]),
            writable: #is_writable,
            signer: #is_signer,
            optional: #is_optional,
            address: #address,
            pda: #pda,
            relations: ::sealane_sdk::idl::lines(&[#(#relations),*]),
        }
    }
}

/// What its address is derived from. Not if an expression is among it, which clients cannot evaluate.
fn pda(input: &AccountsInput, field: &FieldInput) -> TokenStream {
    let none = quote!(::core::option::Option::None);
    let Some(derivation) = derivation(field) else { return none };
    let can_be_told = |seed: &Seed| is_known(input, seed) || matches!(seed, Seed::Field { .. });
    if !derivation.all().all(can_be_told) {
        return none;
    }
    let seeds = derivation.seeds.iter().map(|seed| describe_seed(input, seed));
    let program = match &derivation.program {
        None => none,
        Some(program) => {
            let program = describe_seed(input, program);
            quote!(::core::option::Option::Some(#program))
        }
    };
    quote! {
        ::core::option::Option::Some(::sealane_sdk::idl::Pda { seeds: [#(#seeds),*].into(), program: #program })
    }
}

fn describe_seed(input: &AccountsInput, seed: &Seed) -> TokenStream {
    match seed {
        Seed::Constant(value) => quote! {
            ::sealane_sdk::idl::Seed::Const {
                value: ::core::convert::AsRef::<[u8]>::as_ref(
                    &::sealane_sdk::guest::codec::Seed::to_seed(&#value),
                ).into(),
            }
        },
        Seed::Argument(name) => {
            let path = name.to_string();
            quote!(::sealane_sdk::idl::Seed::Arg { path: #path.into() })
        }
        Seed::Account(name) => {
            let path = name.to_string();
            quote! {
                ::sealane_sdk::idl::Seed::Account { path: #path.into(), account: ::core::option::Option::None }
            }
        }
        Seed::Field { account, field } => {
            let path = format!("{account}.{field}");
            let ty = input.field(account).and_then(FieldInput::data_type);
            let ty = ty.and_then(last_name).unwrap_or_default();
            quote! {
                ::sealane_sdk::idl::Seed::Account {
                    path: #path.into(),
                    account: ::core::option::Option::Some(#ty.into()),
                }
            }
        }
    }
}

/// The name of a type, without the way to it.
fn last_name(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}
