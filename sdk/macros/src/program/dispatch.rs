//! The program's side: from the instruction data to the user's function.

use super::parse::{InstructionInput, ProgramInput};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, LitInt};

pub(crate) fn expand(input: &ProgramInput) -> TokenStream {
    let constants = input.instructions.iter().map(|instruction| {
        let name = constant(instruction);
        let doc = format!(" The first bytes of `{}`.", instruction.ident);
        let (bytes, size) = (&instruction.discriminator, instruction.discriminator.len());
        quote!(#[doc = #doc] pub const #name: [u8; #size] = [#(#bytes),*];)
    });
    let mut sizes: Vec<usize> = input.instructions.iter().map(|each| each.discriminator.len()).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let shortest = sizes.first().copied().unwrap_or_default();
    let tests = sizes.iter().rev().map(|size| by_discriminator(input, *size));
    let functions = input.instructions.iter().map(|instruction| function(input, instruction));
    let listed = input.options.events.iter().map(|event| {
        quote! {
            #[automatically_derived]
            impl ::sealane_sdk::guest::declared::Listed for #event {}
        }
    });
    quote! {
        /// The first bytes of each instruction's data.
        pub mod discriminators {
            #(#constants)*
        }

        /// Carries out one instruction.
        ///
        /// # Errors
        /// What the instruction fails with, or what a declared rule refuses with; the log says which.
        #[inline]
        pub fn process(
            program_id: &::sealane_sdk::Address,
            accounts: &[::sealane_sdk::guest::AccountView],
            data: &[u8],
        ) -> ::sealane_sdk::ProgramResult {
            #(#tests)*
            ::sealane_sdk::guest::declared::unknown_instruction(data, #shortest)
        }

        #(#functions)*

        #(#listed)*
    }
}

fn constant(instruction: &InstructionInput) -> Ident {
    format_ident!("{}", instruction.ident.to_string().to_uppercase(), span = instruction.ident.span())
}

/// Goes to the instructions whose discriminators have this size.
fn by_discriminator(input: &ProgramInput, size: usize) -> TokenStream {
    let integer = format_ident!("u{}", size * 8);
    let arms = input.instructions.iter().filter(|each| each.discriminator.len() == size).map(|instruction| {
        let mut bytes = [0; 8];
        bytes[..size].copy_from_slice(&instruction.discriminator);
        let number = u64::from_le_bytes(bytes);
        // Hexadecimal, as it is a pattern of bytes and not a count.
        let number = LitInt::new(&format!("{number:#0width$x}", width = 2 + 2 * size), Span::call_site());
        let name = &instruction.ident;
        quote!(#number => return #name(program_id, accounts, arguments),)
    });
    quote! {
        if let ::core::option::Option::Some((discriminator, arguments)) = data.split_first_chunk::<#size>() {
            match #integer::from_le_bytes(*discriminator) {
                #(#arms)*
                _ => {}
            }
        }
    }
}

/// Reads the arguments, checks the accounts, calls the user's function, and does what is left.
fn function(input: &ProgramInput, instruction: &InstructionInput) -> TokenStream {
    let InstructionInput { ident, accounts, arguments, .. } = instruction;
    let name = ident.to_string();
    let read = arguments.iter().map(|(name, ty)| {
        let text = name.to_string();
        quote!(arguments.take::<#ty>(#text)?)
    });
    let reader = if arguments.is_empty() { quote!(let arguments) } else { quote!(let mut arguments) };
    let hand_on = (0..arguments.len()).map(|index| {
        let index = syn::Index::from(index);
        quote!(values.#index)
    });
    let errors = match &input.options.errors {
        Some(errors) => quote!(#errors),
        None => quote!(()),
    };
    let call = quote! {
        super::#ident(context, #(#hand_on),*)
            .map_err(|error| ::sealane_sdk::guest::declared::failed::<#errors>(call.instruction, error))?
    };
    // What does not fit together is pointed at where the function names its accounts.
    let validate = quote_spanned! {accounts.span()=>
        <#accounts as ::sealane_sdk::guest::declared::Accounts>::validate::<Scope>(
            &call,
            ::sealane_sdk::guest::declared::Leading::leading(&values),
        )?
    };
    let run = match &instruction.returns {
        None => quote!(#call;),
        Some(ty) => quote! {
            let returned: #ty = #call;
            ::sealane_sdk::guest::set_return_data(&::sealane_sdk::guest::codec::encode(&[], &returned));
        },
    };
    quote! {
        fn #ident(
            program_id: &::sealane_sdk::Address,
            accounts: &[::sealane_sdk::guest::AccountView],
            arguments: &[u8],
        ) -> ::sealane_sdk::ProgramResult {
            struct Scope;
            impl ::sealane_sdk::guest::declared::InScope for Scope {
                const SCOPE: &'static ::sealane_sdk::guest::declared::Scope =
                    &::sealane_sdk::guest::declared::Scope::instruction(#name);
            }
            let call = ::sealane_sdk::guest::declared::Call { program_id, accounts, instruction: #name };
            #reader = ::sealane_sdk::guest::declared::ArgumentReader::new(call.instruction, arguments);
            let values = (#(#read,)*);
            arguments.end()?;
            let (accounts, bumps, remaining_accounts) = #validate;
            let context =
                ::sealane_sdk::guest::declared::Context { program_id, accounts, remaining_accounts, bumps };
            #run
            <#accounts as ::sealane_sdk::guest::declared::Accounts>::finish(&call)
        }
    }
}
