//! The clients' side: the addresses that must be given, the metas with the exact read and write sets, and the description.

use super::constraints::TokenRules;
use super::describe;
use super::parse::{AccountsInput, FieldInput};
use super::seeds::{Bump, Seed};
use crate::documentation;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{Ident, Type};

/// Where a client gets an account's address from.
pub(super) enum Source {
    /// It gives it.
    Given,
    /// The account's type knows it.
    Typed,
    /// The constraint `address` says it.
    Declared(TokenStream),
    /// It follows from the seeds.
    Derived,
}

pub(crate) fn expand(input: &AccountsInput) -> TokenStream {
    let (ident, vis) = (&input.ident, &input.vis);
    let addresses = format_ident!("{ident}Addresses");
    let doc =
        format!(" The addresses that a client gives for [`{ident}`]: those that are not known or derived.");
    let given =
        input.fields.iter().filter(|field| field.is_group || matches!(source(input, field), Source::Given));
    let given = given.map(given_field);
    let derived = input.fields.iter().filter(|field| matches!(source(input, field), Source::Derived));
    let finders = derived.map(|field| finder(input, field));
    let names: Vec<_> = input.arguments.iter().map(|argument| &argument.ident).collect();
    let metas = metas(input);
    let accounts = input.fields.iter().map(|field| describe::item(input, field));
    let definitions = input.fields.iter().filter(|field| !field.is_group).map(|field| {
        let ty = &field.ty;
        quote!(<#ty as ::sealane_sdk::guest::declared::AccountField>::describe(definitions);)
    });
    quote! {
        ::sealane_sdk::host_only! {
            #[doc = #doc]
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            #vis struct #addresses {
                #(#given),*
            }

            impl #addresses {
                #(#finders)*
            }

            #[automatically_derived]
            impl ::sealane_sdk::guest::declared::ClientAccounts for #ident {
                type Addresses = #addresses;

                #[allow(unused_variables, reason = "not all accounts use addresses and arguments")]
                fn metas(
                    addresses: &#addresses,
                    arguments: Self::Arguments<'_>,
                ) -> ::sealane_sdk::idl::List<::sealane_sdk::instruction::AccountMeta> {
                    let (#(#names,)*) = arguments;
                    #metas
                }

                fn describe(
                    definitions: &mut ::sealane_sdk::idl::Definitions,
                ) -> ::sealane_sdk::idl::List<::sealane_sdk::idl::InstructionAccountItem> {
                    let _ = &definitions;
                    #(#definitions)*
                    [#(#accounts),*].into()
                }
            }
        }
    }
}

/// What a client gives for a field: its address, or those of the group.
fn given_field(field: &FieldInput) -> TokenStream {
    let FieldInput { ident, ty, .. } = field;
    let default =
        vec![if field.is_group { format!("The group `{ident}`.") } else { format!("Address of `{ident}`.") }];
    let docs = documentation::attributes(if field.docs.is_empty() { &default } else { &field.docs });
    let address = quote!(::sealane_sdk::Address);
    let ty = if field.is_group {
        quote!(<#ty as ::sealane_sdk::guest::declared::ClientAccounts>::Addresses)
    } else if field.is_optional {
        quote!(::core::option::Option<#address>)
    } else {
        address
    };
    quote!(#docs pub #ident: #ty)
}

/// The accounts as the instruction lists them.
fn metas(input: &AccountsInput) -> TokenStream {
    if !input.has_groups() {
        let metas = input.fields.iter().map(|field| meta(input, field));
        return quote!([#(#metas),*].into());
    }
    let extend = input.fields.iter().map(|field| {
        let FieldInput { ident, ty, .. } = field;
        if field.is_group {
            return quote! {
                metas.extend(<#ty as ::sealane_sdk::guest::declared::ClientAccounts>::metas(
                    &addresses.#ident,
                    ::sealane_sdk::guest::declared::LeadingReferences::leading(arguments),
                ));
            };
        }
        let meta = meta(input, field);
        quote!(metas.push(#meta);)
    });
    quote! {
        let mut metas = ::sealane_sdk::idl::List::new();
        #(#extend)*
        metas
    }
}

/// Where the address comes from, as far as the declarations say.
pub(super) fn source(input: &AccountsInput, field: &FieldInput) -> Source {
    if field.is_optional || field.is_group {
        return Source::Given;
    }
    if let Some(rule) = &field.constraints.address
        && !mentions_any(input, rule.value.to_token_stream())
    {
        return Source::Declared(rule.value.to_token_stream());
    }
    let Type::Path(path) = &field.ty else { return Source::Given };
    if path
        .path
        .segments
        .last()
        .is_some_and(|segment| segment.ident == "Program" || segment.ident == "Sysvar")
    {
        return Source::Typed;
    }
    if is_derivable(input, field) { Source::Derived } else { Source::Given }
}

/// What an address is derived from.
pub(super) struct Derivation {
    pub(super) seeds: Vec<Seed>,
    /// The program, if it is another one.
    pub(super) program: Option<Seed>,
}

/// What the field's address is derived from, if it is: its seeds, or wallet and mint of an associated token account.
pub(super) fn derivation(field: &FieldInput) -> Option<Derivation> {
    let constraints = &field.constraints;
    if let Some(seeds) = &constraints.seeds {
        let program = constraints.seeds_program.as_ref().map(|rule| rule.value.as_seed());
        return Some(Derivation { seeds: seeds.value.clone(), program });
    }
    let TokenRules { mint: Some(mint), authority: Some(authority) } = constraints.associated.as_ref()? else {
        return None;
    };
    let token = Seed::Constant(syn::parse_quote!(::sealane_sdk::ids::token::ID));
    let program = Seed::Constant(syn::parse_quote!(::sealane_sdk::ids::associated_token::ID));
    let seeds = [authority.value.as_seed(), token, mint.value.as_seed()];
    Some(Derivation { seeds: seeds.into(), program: Some(program) })
}

impl Derivation {
    /// The seeds, and the program.
    pub(super) fn all(&self) -> impl Iterator<Item = &Seed> {
        self.seeds.iter().chain(&self.program)
    }
}

/// Whether the address follows from what a client has: constants, arguments, other addresses. Not if the bump is one that
/// was chosen, if a seed is somewhere in an account's data, or if the seeds lead in a circle.
fn is_derivable(input: &AccountsInput, field: &FieldInput) -> bool {
    known_derivation(input, field).is_some() && !leads_in_circle(input, field, &mut Vec::new())
}

/// What the field's address is derived from, if a client has all of that.
fn known_derivation(input: &AccountsInput, field: &FieldInput) -> Option<Derivation> {
    let is_chosen = matches!(&field.constraints.bump, Some(Bump::Given { stored: None, .. }));
    derivation(field).filter(|derivation| !is_chosen && derivation.all().all(|seed| is_known(input, seed)))
}

/// Whether a client has the seed.
pub(super) fn is_known(input: &AccountsInput, seed: &Seed) -> bool {
    match seed {
        Seed::Field { .. } => false,
        Seed::Constant(value) => !mentions_any(input, value.to_token_stream()),
        Seed::Account(_) | Seed::Argument(_) => true,
    }
}

/// Whether an address is, over any number of others, derived from one that is derived from itself.
fn leads_in_circle<'a>(input: &'a AccountsInput, field: &'a FieldInput, above: &mut Vec<&'a Ident>) -> bool {
    if above.contains(&&field.ident) {
        return true;
    }
    above.push(&field.ident);
    // Who gives an address that cannot be derived needs to derive nothing for it.
    let derivation = known_derivation(input, field);
    let seeds = derivation.iter().flat_map(Derivation::all);
    let mut others = seeds.filter_map(Seed::account).filter_map(|account| input.field(account));
    let found = others.any(|other| leads_in_circle(input, other, above));
    above.pop();
    found
}

/// Whether an expression uses an account or an argument.
fn mentions_any(input: &AccountsInput, tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions_any(input, group.stream()),
        TokenTree::Ident(ident) => {
            input.field(&ident).is_some() || input.arguments.iter().any(|argument| argument.ident == ident)
        }
        _ => false,
    })
}

/// The address of a field: code of type `Address`. `addresses` is the struct of those that are given.
pub(super) fn address(input: &AccountsInput, field: &FieldInput, addresses: &TokenStream) -> TokenStream {
    let FieldInput { ident, ty, .. } = field;
    match source(input, field) {
        Source::Given => quote!(#addresses.#ident),
        Source::Typed => fixed(ty),
        Source::Declared(value) => quote! {
            *::core::borrow::Borrow::<::sealane_sdk::Address>::borrow(&(#value))
        },
        Source::Derived => {
            let names = used_arguments(input, field);
            quote!(#addresses.#ident(#(#names),*))
        }
    }
}

/// The address that a type knows.
fn fixed(ty: &Type) -> TokenStream {
    quote! {
        <#ty as ::sealane_sdk::guest::declared::AccountField>::ADDRESS.unwrap_or_default()
    }
}

/// The arguments that a derived address depends on, those of the seeds' own seeds included.
fn used_arguments<'a>(input: &'a AccountsInput, field: &'a FieldInput) -> Vec<&'a Ident> {
    let mut used: Vec<Ident> = Vec::new();
    let derivation = derivation(field);
    for seed in derivation.iter().flat_map(Derivation::all) {
        match seed {
            Seed::Argument(argument) => used.push(argument.clone()),
            Seed::Account(account) => {
                if let Some(other) = input.field(account)
                    && matches!(source(input, other), Source::Derived)
                {
                    used.extend(used_arguments(input, other).into_iter().cloned());
                }
            }
            Seed::Constant(_) | Seed::Field { .. } => {}
        }
    }
    input.arguments.iter().map(|argument| &argument.ident).filter(|name| used.contains(name)).collect()
}

/// The function that tells where a derived account is.
fn finder(input: &AccountsInput, field: &FieldInput) -> TokenStream {
    let ident = &field.ident;
    let Some(derivation) = derivation(field) else { return quote!() };
    let used = used_arguments(input, field);
    let parameters =
        input.arguments.iter().filter(|argument| used.contains(&&argument.ident)).map(|argument| {
            let (name, ty) = (&argument.ident, &argument.ty);
            quote!(#name: &#ty)
        });
    let mut bind = TokenStream::new();
    let mut list = Vec::new();
    for (index, seed) in derivation.seeds.iter().enumerate() {
        let name = format_ident!("seed_{index}", span = Span::mixed_site());
        let Some(value) = seed_value(input, seed) else { continue };
        bind.extend(quote!(let #name = #value;));
        list.push(quote! {
            ::core::convert::AsRef::<[u8]>::as_ref(&::sealane_sdk::guest::codec::Seed::to_seed(&#name))
        });
    }
    let program = match derivation.program.as_ref().and_then(|program| seed_value(input, program)) {
        Some(program) => quote!(::core::borrow::Borrow::<::sealane_sdk::Address>::borrow(&(#program))),
        None => quote!(&crate::ID),
    };
    let doc = format!(" Address of `{ident}`.");
    quote! {
        #[doc = #doc]
        ///
        /// # Panics
        /// If a seed has more than 32 bytes.
        #[must_use]
        pub fn #ident(&self, #(#parameters),*) -> ::sealane_sdk::Address {
            #bind
            ::sealane_sdk::guest::find_program_address(&[#(#list),*], #program).0
        }
    }
}

/// A seed as clients have it.
fn seed_value(input: &AccountsInput, seed: &Seed) -> Option<TokenStream> {
    match seed {
        Seed::Constant(value) => Some(quote!(#value)),
        Seed::Argument(argument) => Some(quote!(#argument)),
        Seed::Account(account) => input.field(account).map(|other| address(input, other, &quote!(self))),
        Seed::Field { .. } => None,
    }
}

/// The account as the instruction lists it.
fn meta(input: &AccountsInput, field: &FieldInput) -> TokenStream {
    let is_writable = field.is_writable();
    let is_signer = signs(field);
    let meta = |address: TokenStream| {
        quote! {
            ::sealane_sdk::instruction::AccountMeta {
                pubkey: #address,
                is_signer: #is_signer,
                is_writable: #is_writable,
            }
        }
    };
    if !field.is_optional {
        return meta(address(input, field, &quote!(addresses)));
    }
    let ident = &field.ident;
    let present = meta(quote!(address));
    quote! {
        match addresses.#ident {
            ::core::option::Option::Some(address) => #present,
            ::core::option::Option::None => ::sealane_sdk::instruction::readonly(&crate::ID),
        }
    }
}

pub(super) fn signs(field: &FieldInput) -> TokenStream {
    let ty = &field.ty;
    if field.must_sign() {
        quote!(true)
    } else {
        quote!(<#ty as ::sealane_sdk::guest::declared::AccountField>::SIGNER)
    }
}
