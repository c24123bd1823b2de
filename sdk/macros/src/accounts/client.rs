//! The clients' side: the addresses that must be given, the metas with the exact read and write sets, and the description.

use super::parse::{AccountsInput, FieldInput};
use super::seeds::{Bump, Seed};
use crate::documentation;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{Ident, Type};

/// Where a client gets an account's address from.
enum Source {
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
        input.fields.iter().filter(|field| matches!(source(input, field), Source::Given)).map(|field| {
            let name = &field.ident;
            let default = vec![format!("Address of `{name}`.")];
            let docs = documentation::attributes(if field.docs.is_empty() { &default } else { &field.docs });
            let ty = quote!(::sealane_sdk::Address);
            let ty = if field.is_optional { quote!(::core::option::Option<#ty>) } else { ty };
            quote!(#docs pub #name: #ty)
        });
    let derived = input.fields.iter().filter(|field| matches!(source(input, field), Source::Derived));
    let finders = derived.map(|field| finder(input, field));
    let names: Vec<_> = input.arguments.iter().map(|argument| &argument.ident).collect();
    let metas = input.fields.iter().map(|field| meta(input, field));
    let accounts = input.fields.iter().map(|field| describe(input, field));
    let definitions = input.fields.iter().map(|field| {
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
                    [#(#metas),*].into()
                }

                fn describe(
                    definitions: &mut ::sealane_sdk::idl::Definitions,
                ) -> ::sealane_sdk::idl::List<::sealane_sdk::idl::InstructionAccount> {
                    let _ = &definitions;
                    #(#definitions)*
                    [#(#accounts),*].into()
                }
            }
        }
    }
}

/// Where the address comes from, as far as the declarations say.
fn source(input: &AccountsInput, field: &FieldInput) -> Source {
    if field.is_optional {
        return Source::Given;
    }
    if let Some(rule) = &field.constraints.address
        && !mentions_any(input, rule.value.to_token_stream())
    {
        return Source::Declared(rule.value.to_token_stream());
    }
    let Type::Path(path) = &field.ty else { return Source::Given };
    if path.path.segments.last().is_some_and(|segment| segment.ident == "Program") {
        return Source::Typed;
    }
    if is_derivable(input, field) { Source::Derived } else { Source::Given }
}

/// Whether the address follows from what a client has: constants, arguments, other addresses. Not if the bump is one that
/// was chosen, if a seed is somewhere in an account's data, or if the seeds lead in a circle.
fn is_derivable(input: &AccountsInput, field: &FieldInput) -> bool {
    let Some(seeds) = &field.constraints.seeds else { return false };
    let is_chosen = matches!(&field.constraints.bump, Some(Bump::Given { stored: None, .. }));
    let is_known = seeds.value.iter().all(|seed| !matches!(seed, Seed::Field { .. }));
    !is_chosen && is_known && !leads_in_circle(input, field, &mut Vec::new())
}

/// Whether an address is, over any number of others, derived from one that is derived from itself.
fn leads_in_circle<'a>(input: &'a AccountsInput, field: &'a FieldInput, above: &mut Vec<&'a Ident>) -> bool {
    if above.contains(&&field.ident) {
        return true;
    }
    above.push(&field.ident);
    let seeds = field.constraints.seeds.iter().flat_map(|rule| &rule.value);
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
fn address(input: &AccountsInput, field: &FieldInput, addresses: &TokenStream) -> TokenStream {
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
    let mut used = Vec::new();
    for seed in field.constraints.seeds.iter().flat_map(|rule| &rule.value) {
        match seed {
            Seed::Argument(argument) => used.push(argument),
            Seed::Account(account) => {
                if let Some(other) = input.field(account)
                    && matches!(source(input, other), Source::Derived)
                {
                    used.extend(used_arguments(input, other));
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
    let used = used_arguments(input, field);
    let parameters =
        input.arguments.iter().filter(|argument| used.contains(&&argument.ident)).map(|argument| {
            let (name, ty) = (&argument.ident, &argument.ty);
            quote!(#name: &#ty)
        });
    let seeds = field.constraints.seeds.iter().flat_map(|rule| &rule.value);
    let mut bind = TokenStream::new();
    let mut list = Vec::new();
    for (index, seed) in seeds.enumerate() {
        let name = format_ident!("seed_{index}", span = Span::mixed_site());
        let value = match seed {
            Seed::Constant(value) => quote!(#value),
            Seed::Argument(argument) => quote!(#argument),
            Seed::Account(account) => match input.field(account) {
                Some(other) => address(input, other, &quote!(self)),
                None => continue,
            },
            Seed::Field { .. } => continue,
        };
        bind.extend(quote!(let #name = #value;));
        list.push(quote! {
            ::core::convert::AsRef::<[u8]>::as_ref(&::sealane_sdk::guest::codec::Seed::to_seed(&#name))
        });
    }
    let doc = format!(" Address of `{ident}`.");
    quote! {
        #[doc = #doc]
        ///
        /// # Panics
        /// If a seed has more than 32 bytes.
        #[must_use]
        pub fn #ident(&self, #(#parameters),*) -> ::sealane_sdk::Address {
            #bind
            ::sealane_sdk::guest::find_program_address(&[#(#list),*], &crate::ID).0
        }
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

fn signs(field: &FieldInput) -> TokenStream {
    let ty = &field.ty;
    if field.must_sign() {
        quote!(true)
    } else {
        quote!(<#ty as ::sealane_sdk::guest::declared::AccountField>::SIGNER)
    }
}

/// The account as the description lists it.
fn describe(input: &AccountsInput, field: &FieldInput) -> TokenStream {
    let (name, docs) = (field.ident.to_string(), &field.docs);
    let (is_writable, is_signer, is_optional) = (field.is_writable(), signs(field), field.is_optional);
    let none = quote!(::core::option::Option::None);
    let address = match source(input, field) {
        Source::Given | Source::Derived => none.clone(),
        Source::Typed | Source::Declared(_) => {
            let address = address(input, field, &quote!());
            quote!(::core::option::Option::Some((#address).to_string()))
        }
    };
    let pda = match &field.constraints.seeds {
        None => none,
        Some(rule) => {
            let seeds = rule.value.iter().map(|seed| describe_seed(input, seed));
            quote! {
                ::core::option::Option::Some(::sealane_sdk::idl::Pda { seeds: [#(#seeds),*].into() })
            }
        }
    };
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
