//! `#[event]`: a struct that is logged for clients.

use crate::{argument, describe, discriminator, documentation};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, Result};

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    if !arguments.is_empty() {
        return Err(Error::new_spanned(
            arguments,
            "`#[event]` takes nothing: remove what stands in brackets",
        ));
    }
    let input: DeriveInput = syn::parse2(item)?;
    match &input.data {
        Data::Struct(data) if matches!(data.fields, Fields::Named(_)) => {}
        _ => {
            return Err(Error::new_spanned(
                &input.ident,
                "an event is a struct with named fields: `pub struct Name { pub field: Type }`",
            ));
        }
    }
    let ident = &input.ident;
    let name = ident.to_string();
    let discriminator = discriminator::of("event", &name);
    let (parameters, generics, _) = input.generics.split_for_impl();
    let encode = argument::encode(&input, &TokenStream::new())?;
    let debug = (!documentation::derives(&input.attrs, "Debug")).then(|| quote!(#[derive(Debug)]));
    let definition = describe::definition(ident, &input.attrs, &input.data, false);
    Ok(quote! {
        #debug
        #input

        #[automatically_derived]
        impl #parameters ::sealane_sdk::guest::declared::Event for #ident #generics {
            const DISCRIMINATOR: [u8; 8] = [#(#discriminator),*];

            ::sealane_sdk::host_only! {
                fn describe(definitions: &mut ::sealane_sdk::idl::Definitions) {
                    definitions.add_event(#name, Self::DISCRIMINATOR);
                    #definition;
                }
            }
        }

        #encode
    })
}
