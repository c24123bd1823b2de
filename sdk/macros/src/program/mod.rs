//! `#[program]`: from a module of functions to a program and its clients.

mod client;
mod dispatch;
mod parse;

use parse::ProgramInput;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Result;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let options = syn::parse2(arguments)?;
    let input = ProgramInput::from_module(options, syn::parse2(item)?)?;
    let ProgramInput { attributes, vis, ident, items, .. } = &input;
    let dispatch = dispatch::expand(&input);
    let client = client::expand(&input);
    Ok(quote! {
        #(#attributes)*
        #vis mod #ident {
            #(#items)*

            #[doc(hidden)]
            pub mod generated {
                #[allow(unused_imports, reason = "types of arguments come from the module around")]
                use super::*;

                #dispatch
                #client
            }
        }

        pub use #ident::generated::{discriminators, process};
        ::sealane_sdk::host_only! {
            pub use #ident::generated::{builders, idl};
        }
        ::sealane_sdk::entrypoint!(#ident::generated::process);
    })
}
