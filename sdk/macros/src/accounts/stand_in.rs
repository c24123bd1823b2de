//! What stands in for accounts whose declaration is wrong, so that the compiler says what is wrong and not, at every place where
//! they are used, that these are no accounts.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::DeriveInput;

/// Implementations for the struct that are never run.
pub(super) fn expand(input: &DeriveInput) -> TokenStream {
    let (ident, vis) = (&input.ident, &input.vis);
    let (parameters, generics, conditions) = input.generics.split_for_impl();
    let bumps = format_ident!("{ident}Bumps");
    let fields: Vec<_> = match &input.data {
        syn::Data::Struct(data) => data.fields.iter().filter_map(|field| field.ident.as_ref()).collect(),
        _ => Vec::new(),
    };
    quote! {
        #[derive(Clone, Copy)]
        #[allow(missing_docs, missing_debug_implementations, reason = "it stands in for what does not compile")]
        #vis struct #bumps {
            #(pub #fields: u8),*
        }

        impl #parameters ::sealane_sdk::guest::declared::Accounts for #ident #generics #conditions {
            const COUNT: usize = 0;
            type Bumps = #bumps;
            type Arguments<'r> = ();

            fn validate<'a, S: ::sealane_sdk::guest::declared::InScope>(
                _call: &::sealane_sdk::guest::declared::Call<'a>,
                _arguments: Self::Arguments<'_>,
            ) -> ::core::result::Result<
                (Self, Self::Bumps, &'a [::sealane_sdk::guest::AccountView]),
                ::sealane_sdk::ProgramError,
            > {
                ::core::unreachable!()
            }
        }

        ::sealane_sdk::host_only! {
            impl #parameters ::sealane_sdk::guest::declared::ClientAccounts for #ident #generics #conditions {
                type Addresses = ();

                fn metas(
                    _addresses: &(),
                    _arguments: Self::Arguments<'_>,
                ) -> ::sealane_sdk::idl::List<::sealane_sdk::instruction::AccountMeta> {
                    ::core::unreachable!()
                }

                fn describe(
                    _definitions: &mut ::sealane_sdk::idl::Definitions,
                ) -> ::sealane_sdk::idl::List<::sealane_sdk::idl::InstructionAccountItem> {
                    ::core::unreachable!()
                }
            }
        }
    }
}
