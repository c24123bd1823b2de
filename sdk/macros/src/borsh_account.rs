//! `#[account(borsh)]`: a kind of account whose data stands as Borsh writes it.

use crate::account::Options;
use crate::{argument, describe, documentation, sizes};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{DeriveInput, Result};

/// The struct, how it is read and written, and what clients are told. The data has been checked to be a struct with names.
pub(crate) fn expand(options: Options, mut input: DeriveInput) -> Result<TokenStream> {
    let ident = input.ident.clone();
    let type_name = ident.to_string();
    let discriminator = options.discriminator(&type_name);
    let previous = options.replaces.map(|path| {
        quote! {
            const PREVIOUS: ::core::option::Option<[u8; 8]> = ::core::option::Option::Some(
                <#path as ::sealane_sdk::guest::declared::BorshData>::DISCRIMINATOR,
            );
        }
    });
    let codec = argument::codec(&input)?;
    let definition = describe::definition(&ident, &input.attrs, &input.data, false);
    let derives = ["Clone", "Debug", "PartialEq", "Eq"].map(|name| {
        let path = format_ident!("{name}");
        (!documentation::derives(&input.attrs, name)).then(|| quote!(#[derive(#path)]))
    });
    sizes::remove_limits(&mut input.data);
    Ok(quote! {
        #(#derives)*
        #input

        #codec

        #[automatically_derived]
        impl ::sealane_sdk::guest::declared::BorshData for #ident {
            const DISCRIMINATOR: [u8; 8] = [#(#discriminator),*];
            #previous

            ::sealane_sdk::host_only! {
                fn describe(definitions: &mut ::sealane_sdk::idl::Definitions) {
                    definitions.add_account(#type_name, Self::DISCRIMINATOR);
                    #definition;
                }
            }
        }
    })
}
