//! The program's side: takes the accounts, makes what is to be made, checks every rule, closes what is to be closed.
//!
//! First every account becomes its type; then those with `init` are made; then the other constraints are checked, field by
//! field: so each of them sees all accounts.

use super::parse::{AccountsInput, FieldInput, Rule};
use super::rules::{error, require, rules};
use super::seeds::Seed;
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

/// Names of the generated code's own, which the user's expressions cannot see.
pub(super) struct Names {
    pub(super) call: Ident,
    pub(super) arguments: Ident,
    pub(super) remaining: Ident,
    pub(super) place: Ident,
}

impl Names {
    fn new() -> Self {
        let name = |text: &str| Ident::new(text, Span::mixed_site());
        Self {
            call: name("call"),
            arguments: name("arguments"),
            remaining: name("remaining"),
            place: name("place"),
        }
    }
}

pub(crate) fn expand(input: &AccountsInput) -> TokenStream {
    let names = Names::new();
    let Names { call, arguments, remaining, .. } = &names;
    let ident = &input.ident;
    let (bumps_struct, bumps_type) = bumps(input);
    let types = input.arguments.iter().map(|argument| referenced(&argument.ty));
    let argument_names: Vec<_> = input.arguments.iter().map(|argument| &argument.ident).collect();
    let copied =
        input.arguments.iter().filter(|argument| is_copied(&argument.ty)).map(|argument| &argument.ident);
    let copied: Vec<_> = copied.collect();
    let take = take(input, &names);
    let new = input.fields.iter().filter(|field| field.constraints.init.is_some());
    let make = new.map(|field| make(field, &names));
    let rules = input.fields.iter().map(|field| rules(input, field, &names));
    let fields: Vec<_> = input.fields.iter().map(|field| &field.ident).collect();
    let bumps = bumps_value(input);
    let finish = finish(input, &names);
    quote! {
        #bumps_struct

        #[automatically_derived]
        impl ::sealane_sdk::guest::declared::Accounts for #ident {
            type Bumps = #bumps_type;
            type Arguments<'r> = (#(#types,)*);

            #[inline(always)]
            #[allow(unused_variables, reason = "an argument may be there for those behind it")]
            fn validate<'a>(
                #call: &::sealane_sdk::guest::declared::Call<'a>,
                #arguments: Self::Arguments<'_>,
            ) -> ::core::result::Result<
                (Self, Self::Bumps, &'a [::sealane_sdk::guest::AccountView]),
                ::sealane_sdk::ProgramError,
            > {
                let (#(#argument_names,)*) = #arguments;
                #(let #copied = *#copied;)*
                #take
                #(#make)*
                #(#rules)*
                ::core::result::Result::Ok((Self { #(#fields),* }, #bumps, #remaining))
            }

            #finish
        }
    }
}

/// `&'r T`, with the lifetimes in `T` made `'r` too.
fn referenced(ty: &syn::Type) -> TokenStream {
    let mut ty = ty.clone();
    if let syn::Type::Reference(reference) = &mut ty {
        reference.lifetime = Some(syn::Lifetime::new("'r", Span::call_site()));
    }
    quote!(&'r #ty)
}

/// Whether constraints see the argument by value: where that is surely a copy. They see others by reference.
fn is_copied(ty: &syn::Type) -> bool {
    const COPIED: [&str; 12] =
        ["u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128", "bool", "Address"];
    match ty {
        syn::Type::Reference(_) => true,
        syn::Type::Array(array) => is_copied(&array.elem),
        syn::Type::Path(path) => {
            path.path.segments.last().is_some_and(|last| COPIED.iter().any(|name| last.ident == name))
        }
        _ => false,
    }
}

/// Takes the accounts from the front of the list, each as its type.
fn take(input: &AccountsInput, names: &Names) -> TokenStream {
    let Names { call, remaining, .. } = names;
    let fields: Vec<_> = input.fields.iter().map(|field| &field.ident).collect();
    let texts = fields.iter().map(ToString::to_string);
    let typed = input.fields.iter().map(|field| {
        let FieldInput { ident, ty, .. } = field;
        let name = ident.to_string();
        let function = if field.is_optional { quote!(optional_field) } else { quote!(field) };
        if field.constraints.init.is_some() {
            return quote!(let #ident = *#ident;);
        }
        quote!(let #ident = ::sealane_sdk::guest::declared::#function::<#ty>(#call, *#ident, #name)?;)
    });
    quote! {
        let [#(#fields,)* #remaining @ ..] = #call.accounts else {
            return ::core::result::Result::Err(::sealane_sdk::guest::declared::missing_account(
                #call.instruction,
                &[#(#texts),*],
                #call.accounts.len(),
            ));
        };
        #(#typed)*
    }
}

pub(super) fn place(field: &FieldInput, names: &Names) -> TokenStream {
    let Names { call, place, .. } = names;
    let name = field.ident.to_string();
    quote! {
        let #place = ::sealane_sdk::guest::declared::Place { instruction: #call.instruction, account: #name };
    }
}

/// Makes an account with `init`.
fn make(field: &FieldInput, names: &Names) -> TokenStream {
    let Names { call, place: place_name, .. } = names;
    let FieldInput { ident, ty, constraints, .. } = field;
    let place = place(field, names);
    let Some(payer) = &constraints.payer else { return quote!() };
    let space = match &constraints.space {
        Some(space) => quote!(#space),
        None => quote!(<#ty as ::sealane_sdk::guest::declared::AccountField>::SPACE_BYTES),
    };
    let owner = match &constraints.owner {
        Some(Rule { value, .. }) => {
            quote!(::core::borrow::Borrow::<::sealane_sdk::Address>::borrow(&(#value)))
        }
        None => quote!(#call.program_id),
    };
    let writable =
        require(&quote!(#ident.is_writable()), names, "must be writable", &quote!(ConstraintMut), None);
    let (bind, seeds, bump) = match &constraints.seeds {
        Some(rule) => {
            let (bind, list) = bind_seeds(&rule.value);
            let bump = bump_name(ident);
            let error = error(&quote!(ConstraintSeeds), rule.error.as_ref());
            let bind = quote! {
                #bind
                let #bump = ::sealane_sdk::guest::declared::require_canonical(
                    &#ident, &[#(#list),*], #call.program_id, #place_name, #error,
                )?;
            };
            (bind, quote!(&[#(#list,)* &[#bump]]), Some(bump))
        }
        None => {
            let signs =
                require(&quote!(#ident.is_signer()), names, "must sign", &quote!(ConstraintSigner), None);
            (signs, quote!(&[]), None)
        }
    };
    let (pattern, value) = match bump {
        Some(bump) => (quote!((#ident, #bump)), quote!((made, #bump))),
        None => (quote!(#ident), quote!(made)),
    };
    quote! {
        let #pattern = {
            #place
            #writable
            #bind
            let made = ::sealane_sdk::guest::declared::init::<#ty>(&::sealane_sdk::guest::declared::Init {
                place: #place_name,
                program_id: #call.program_id,
                view: #ident,
                payer: ::sealane_sdk::guest::declared::AccountField::view(&#payer),
                system_program: ::sealane_sdk::guest::declared::AccountField::view(&system_program),
                space_bytes: #space,
                owner: #owner,
                seeds: #seeds,
            })?;
            #value
        };
    }
}

/// Statements that bind the seeds' bytes, and expressions for them.
pub(super) fn bind_seeds(seeds: &[Seed]) -> (TokenStream, Vec<TokenStream>) {
    let name = |index: usize| format_ident!("seed_{index}", span = Span::mixed_site());
    let bind = seeds.iter().enumerate().map(|(index, seed)| seed.bind(&name(index)));
    let list = (0..seeds.len()).map(|index| {
        let name = name(index);
        quote!(::core::convert::AsRef::<[u8]>::as_ref(&#name))
    });
    (quote!(#(#bind)*), list.collect())
}

pub(super) fn bump_name(field: &Ident) -> Ident {
    format_ident!("{field}_bump", span = Span::mixed_site())
}

fn has_bump(field: &&FieldInput) -> bool {
    field.constraints.seeds.is_some()
}

/// The struct of the bumps, if there are any, and its type.
fn bumps(input: &AccountsInput) -> (TokenStream, TokenStream) {
    if !input.fields.iter().any(|field| has_bump(&field)) {
        return (quote!(), quote!(()));
    }
    let (vis, name) = (&input.vis, format_ident!("{}Bumps", input.ident));
    let fields = input.fields.iter().filter(has_bump).map(|field| {
        let ident = &field.ident;
        let ty = if field.is_optional { quote!(::core::option::Option<u8>) } else { quote!(u8) };
        let doc = format!(" The bump of `{ident}`.");
        quote!(#[doc = #doc] pub #ident: #ty)
    });
    let doc = format!(" The bumps of the derived accounts of [`{}`].", input.ident);
    let definition = quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #vis struct #name {
            #(#fields),*
        }
    };
    (definition, quote!(#name))
}

fn bumps_value(input: &AccountsInput) -> TokenStream {
    let name = format_ident!("{}Bumps", input.ident);
    let fields: Vec<_> = input
        .fields
        .iter()
        .filter(has_bump)
        .map(|field| {
            let (ident, bump) = (&field.ident, bump_name(&field.ident));
            quote!(#ident: #bump)
        })
        .collect();
    if fields.is_empty() { quote!(()) } else { quote!(#name { #(#fields),* }) }
}

/// Closes accounts after the function has run.
fn finish(input: &AccountsInput, names: &Names) -> TokenStream {
    let call = &names.call;
    let closed: Vec<_> =
        input.fields.iter().filter_map(|field| Some((field, field.constraints.close.as_ref()?))).collect();
    if closed.is_empty() {
        return quote!();
    }
    let slots = input.fields.iter().map(|field| {
        let ident = &field.ident;
        let is_used = closed.iter().any(|(closed, to)| closed.ident == *ident || *to == ident);
        if is_used { quote!(#ident) } else { quote!(_) }
    });
    let close = closed.iter().map(|(field, destination)| {
        let ident = &field.ident;
        let close = quote!(#ident.close_to(#destination)?;);
        if field.is_optional {
            quote! {
                if !::sealane_sdk::guest::address_eq(#ident.address(), #call.program_id) {
                    #close
                }
            }
        } else {
            close
        }
    });
    quote! {
        #[inline(always)]
        fn finish(#call: &::sealane_sdk::guest::declared::Call<'_>) -> ::sealane_sdk::ProgramResult {
            if let [#(#slots,)* ..] = #call.accounts {
                #(#close)*
            }
            ::core::result::Result::Ok(())
        }
    }
}
