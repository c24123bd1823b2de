//! The program's side: takes the accounts, makes what is to be made, checks every rule, closes what is to be closed.
//!
//! First every account becomes its type; then those with `init` are made; then the other constraints are checked, field by
//! field: so each of them sees all accounts. A group of accounts is checked as a whole where it is taken.

use super::groups;
use super::init::make;
use super::parse::{AccountsInput, FieldInput};
use super::rules::rules;
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

/// Names of the generated code's own, which the user's expressions cannot see.
pub(super) struct Names {
    pub(super) call: Ident,
    pub(super) arguments: Ident,
    pub(super) remaining: Ident,
    pub(super) place: Ident,
    /// The type of the scope.
    pub(super) scope: Ident,
}

impl Names {
    fn new() -> Self {
        let name = |text: &str| Ident::new(text, Span::mixed_site());
        Self {
            call: name("call"),
            arguments: name("arguments"),
            remaining: name("remaining"),
            place: name("place"),
            scope: name("S"),
        }
    }
}

pub(crate) fn expand(input: &AccountsInput) -> TokenStream {
    let names = Names::new();
    let Names { call, arguments, remaining, scope, .. } = &names;
    let ident = &input.ident;
    let (bumps_struct, bumps_type) = bumps(input);
    let count = count(input);
    let types = input.arguments.iter().map(|argument| referenced(&argument.ty));
    let argument_names: Vec<_> = input.arguments.iter().map(|argument| &argument.ident).collect();
    let copied =
        input.arguments.iter().filter(|argument| is_copied(&argument.ty)).map(|argument| &argument.ident);
    let copied: Vec<_> = copied.collect();
    let take = take(input, &names);
    let new = input.fields.iter().filter(|field| field.constraints.init.is_some());
    let make = new.map(|field| make(field, &names));
    let rules = input.fields.iter().map(|field| rules(input, field, &names));
    let apart = groups::apart(input, &names);
    let fields: Vec<_> = input.fields.iter().map(|field| &field.ident).collect();
    let bumps = bumps_value(input);
    let finish = finish(input, &names);
    let each_written = groups::each_written(input, &names);
    let implementation = quote! {
        #[automatically_derived]
        impl ::sealane_sdk::guest::declared::Accounts for #ident {
            const COUNT: usize = #count;

            type Bumps = #bumps_type;
            type Arguments<'r> = (#(#types,)*);

            #[inline(always)]
            #[allow(unused_variables, reason = "an argument may be there for those behind it")]
            fn validate<'a, #scope: ::sealane_sdk::guest::declared::InScope>(
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
                #apart
                ::core::result::Result::Ok((Self { #(#fields),* }, #bumps, #remaining))
            }

            #finish

            #each_written
        }
    };
    let implementation = groups::with_names(input, implementation);
    quote!(#bumps_struct #implementation)
}

/// How many accounts there are.
fn count(input: &AccountsInput) -> TokenStream {
    let single = input.fields.iter().filter(|field| !field.is_group).count();
    let single = proc_macro2::Literal::usize_unsuffixed(single);
    let groups = input.fields.iter().filter(|field| field.is_group).map(|field| {
        let ty = &field.ty;
        quote_spanned!(ty.span()=> <#ty as ::sealane_sdk::guest::declared::Accounts>::COUNT)
    });
    quote!(#single #(+ #groups)*)
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

/// Takes the accounts from the front of the list, each as its type, and groups as a whole.
fn take(input: &AccountsInput, names: &Names) -> TokenStream {
    let Names { call, remaining, .. } = names;
    let mut source = quote!(#call.accounts);
    let mut code = TokenStream::new();
    let mut fields = input.fields.as_slice();
    loop {
        let singles = fields.iter().take_while(|field| !field.is_group).count();
        let (run, rest) = fields.split_at(singles);
        if !run.is_empty() || (rest.is_empty() && !input.has_groups()) {
            code.extend(take_run(run, &source, names));
            source = quote!(#remaining);
        }
        let Some((group, behind)) = rest.split_first() else { return code };
        code.extend(groups::take(group, &source, names));
        source = quote!(#remaining);
        fields = behind;
    }
}

/// Takes accounts that stand one behind another.
fn take_run(run: &[FieldInput], source: &TokenStream, names: &Names) -> TokenStream {
    let Names { call, remaining, scope, .. } = names;
    let fields: Vec<_> = run.iter().map(|field| &field.ident).collect();
    let texts = fields.iter().map(ToString::to_string);
    let typed = run.iter().map(|field| {
        let FieldInput { ident, ty, .. } = field;
        let name = ident.to_string();
        let function = if field.is_optional {
            quote!(optional_field)
        } else if field.constraints.zero.is_some() {
            quote!(zero_field)
        } else {
            quote!(field)
        };
        if field.constraints.init.is_some() {
            return quote!(let #ident = *#ident;);
        }
        quote! {
            let #ident = ::sealane_sdk::guest::declared::#function::<#ty>(
                #call,
                *#ident,
                ::sealane_sdk::guest::declared::place::<#scope>(#name),
            )?;
        }
    });
    quote! {
        let [#(#fields,)* #remaining @ ..] = #source else {
            return ::core::result::Result::Err(::sealane_sdk::guest::declared::missing_account(
                #scope::SCOPE,
                &[#(#texts),*],
                #source.len(),
            ));
        };
        #(#typed)*
    }
}

pub(super) fn place(field: &FieldInput, names: &Names) -> TokenStream {
    let Names { scope, place, .. } = names;
    let name = field.ident.to_string();
    quote! {
        let #place = ::sealane_sdk::guest::declared::place::<#scope>(#name);
    }
}

pub(super) fn bump_name(field: &Ident) -> Ident {
    format_ident!("{field}_bump", span = Span::mixed_site())
}

fn has_bump(field: &&FieldInput) -> bool {
    field.constraints.seeds.is_some() || field.is_group
}

/// The struct of the bumps, if there are any, and its type.
fn bumps(input: &AccountsInput) -> (TokenStream, TokenStream) {
    if !input.fields.iter().any(|field| has_bump(&field)) {
        return (quote!(), quote!(()));
    }
    let (vis, name) = (&input.vis, format_ident!("{}Bumps", input.ident));
    let fields = input.fields.iter().filter(has_bump).map(|field| {
        let FieldInput { ident, ty, .. } = field;
        if field.is_group {
            let doc = format!(" The bumps of the accounts in `{ident}`.");
            let bumps = quote_spanned!(ty.span()=> <#ty as ::sealane_sdk::guest::declared::Accounts>::Bumps);
            return quote!(#[doc = #doc] pub #ident: #bumps);
        }
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
    let Names { call, remaining, .. } = names;
    let closed: Vec<_> =
        input.fields.iter().filter_map(|field| Some((field, field.constraints.close.as_ref()?))).collect();
    if closed.is_empty() && !input.has_groups() {
        return quote!();
    }
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
    let slots: Vec<_> = input
        .fields
        .iter()
        .map(|field| {
            let ident = &field.ident;
            let is_used = closed.iter().any(|(closed, to)| closed.ident == *ident || *to == ident);
            if is_used { quote!(#ident) } else { quote!(_) }
        })
        .collect();
    let body = if input.has_groups() {
        let groups = groups::finish(input, &slots, names);
        quote!(#groups #(#close)* let _ = #remaining;)
    } else {
        quote! {
            if let [#(#slots,)* ..] = #call.accounts {
                #(#close)*
            }
        }
    };
    quote! {
        #[inline(always)]
        fn finish(#call: &::sealane_sdk::guest::declared::Call<'_>) -> ::sealane_sdk::ProgramResult {
            #body
            ::core::result::Result::Ok(())
        }
    }
}
