//! The clients' side: a builder an instruction, and the program's description.

use super::parse::{InstructionInput, ProgramInput};
use crate::{describe, documentation};
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

pub(crate) fn expand(input: &ProgramInput) -> TokenStream {
    let builders = input.instructions.iter().map(builder);
    let idl = idl(input);
    quote! {
        ::sealane_sdk::host_only! {
            /// Instructions as clients build them.
            pub mod builders {
                #[allow(unused_imports, reason = "types of arguments come from the module around")]
                use super::*;

                #(#builders)*
            }

            #idl
        }
    }
}

fn builder(instruction: &InstructionInput) -> TokenStream {
    let InstructionInput { ident, docs, accounts, arguments, .. } = instruction;
    let default = vec![format!("The instruction `{ident}`.")];
    let docs = documentation::attributes(if docs.is_empty() { &default } else { docs });
    let names: Vec<_> = arguments.iter().map(|(name, _)| name).collect();
    let types = arguments.iter().map(|(_, ty)| ty);
    let constant = format_ident!("{}", ident.to_string().to_uppercase());
    let metas = quote_spanned! {accounts.span()=>
        <#accounts as ::sealane_sdk::guest::declared::ClientAccounts>::metas(
            accounts,
            ::sealane_sdk::guest::declared::Leading::leading(&arguments),
        )
    };
    quote! {
        #docs
        #[must_use]
        pub fn #ident(
            accounts: &<#accounts as ::sealane_sdk::guest::declared::ClientAccounts>::Addresses,
            #(#names: #types),*
        ) -> ::sealane_sdk::instruction::Instruction {
            let arguments = (#(#names,)*);
            ::sealane_sdk::instruction::Instruction {
                program_id: crate::ID,
                accounts: #metas,
                data: ::sealane_sdk::guest::codec::encode(&discriminators::#constant, &arguments),
            }
        }
    }
}

fn idl(input: &ProgramInput) -> TokenStream {
    let ProgramInput { ident, docs, options, .. } = input;
    let name = ident.to_string();
    let events = options.events.iter().map(|event| quote!(definitions.event::<#event>();));
    let errors = options.errors.iter().map(|errors| quote!(definitions.errors::<#errors>();));
    let instructions = input.instructions.iter().map(|instruction| {
        let InstructionInput { ident, docs, accounts, arguments, returns, .. } = instruction;
        let (name, constant) = (ident.to_string(), format_ident!("{}", ident.to_string().to_uppercase()));
        let arguments = arguments.iter().map(|(name, ty)| describe::field(name, &[], ty));
        let returns = match returns {
            None => quote!(::core::option::Option::None),
            Some(ty) => quote! {
                ::core::option::Option::Some(<#ty as ::sealane_sdk::idl::Describe>::describe(definitions))
            },
        };
        quote! {
            ::sealane_sdk::idl::Instruction {
                name: #name.into(),
                docs: ::sealane_sdk::idl::lines(&[#(#docs),*]),
                discriminator: discriminators::#constant.into(),
                accounts: <#accounts as ::sealane_sdk::guest::declared::ClientAccounts>::describe(definitions),
                args: [#(#arguments),*].into(),
                returns: #returns,
            }
        }
    });
    quote! {
        /// What client generators are told of the program.
        #[must_use]
        pub fn idl() -> ::sealane_sdk::idl::Idl {
            let mut all = ::sealane_sdk::idl::Definitions::default();
            let definitions = &mut all;
            #(#events)*
            #(#errors)*
            let instructions = [#(#instructions),*];
            all.into_idl(
                &::sealane_sdk::idl::Program {
                    address: crate::ID,
                    name: #name,
                    version: env!("CARGO_PKG_VERSION"),
                    description: env!("CARGO_PKG_DESCRIPTION"),
                    docs: &[#(#docs),*],
                },
                instructions.into(),
            )
        }
    }
}
