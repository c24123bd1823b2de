//! Groups of accounts: fields whose type is a struct with `#[derive(Accounts)]` of its own.
//!
//! What is logged of the accounts in a group has the group's name before theirs. Scopes are types, so every group gets one
//! that stands for its name.

use super::parse::{AccountsInput, FieldInput};
use super::rules::fault;
use super::validate::{Names, bump_name};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

/// The type that stands for a group's name.
fn name_type(field: &FieldInput) -> Ident {
    format_ident!("Name_{}", field.ident, span = Span::mixed_site())
}

/// The implementation, with the types of the groups' names beside it.
pub(super) fn with_names(input: &AccountsInput, implementation: TokenStream) -> TokenStream {
    if !input.has_groups() {
        return implementation;
    }
    let names = input.fields.iter().filter(|field| field.is_group).map(|field| {
        let (ty, name) = (name_type(field), field.ident.to_string());
        quote! {
            #[allow(non_camel_case_types, reason = "it is named as the field")]
            struct #ty;

            impl ::sealane_sdk::guest::declared::GroupName for #ty {
                const NAME: &'static str = #name;
            }
        }
    });
    quote! {
        const _: () = {
            #(#names)*

            #implementation
        };
    }
}

/// The group's scope, as a type.
fn scope(field: &FieldInput, names: &Names) -> TokenStream {
    let (scope, name) = (&names.scope, name_type(field));
    quote!(::sealane_sdk::guest::declared::Group<#scope, #name>)
}

/// Takes a group from the front of the list.
pub(super) fn take(field: &FieldInput, source: &TokenStream, names: &Names) -> TokenStream {
    let Names { call, arguments, remaining, .. } = names;
    let FieldInput { ident, ty, .. } = field;
    let (bump, scope) = (bump_name(ident), scope(field, names));
    let validate = quote_spanned! {ty.span()=>
        <#ty as ::sealane_sdk::guest::declared::Accounts>::validate::<#scope>(
            &::sealane_sdk::guest::declared::Call { accounts: #source, ..*#call },
            ::sealane_sdk::guest::declared::LeadingReferences::leading(#arguments),
        )?
    };
    quote!(let (#ident, #bump, #remaining) = #validate;)
}

/// What is left to do for groups after the function has run; takes the accounts that `slots` names, too.
pub(super) fn finish(input: &AccountsInput, slots: &[TokenStream], names: &Names) -> TokenStream {
    let Names { call, remaining, .. } = names;
    let mut code = quote!(let #remaining = #call.accounts;);
    for (field, slot) in input.fields.iter().zip(slots) {
        let ty = &field.ty;
        code.extend(if field.is_group {
            quote_spanned! {ty.span()=>
                <#ty as ::sealane_sdk::guest::declared::Accounts>::finish(
                    &::sealane_sdk::guest::declared::Call { accounts: #remaining, ..*#call },
                )?;
                let #remaining = #remaining
                    .get(<#ty as ::sealane_sdk::guest::declared::Accounts>::COUNT..)
                    .unwrap_or_default();
            }
        } else {
            quote! {
                let [#slot, #remaining @ ..] = #remaining else { return ::core::result::Result::Ok(()) };
            }
        });
    }
    code
}

/// Shows the accounts that lend data to be written.
pub(super) fn each_written(input: &AccountsInput, names: &Names) -> TokenStream {
    let (show, scope_type) = (Ident::new("show", Span::mixed_site()), &names.scope);
    let shown: Vec<_> = input
        .fields
        .iter()
        .filter_map(|field| {
            let FieldInput { ident, ty, .. } = field;
            if field.is_group {
                let scope = scope(field, names);
                return Some(quote_spanned! {ty.span()=>
                    <#ty as ::sealane_sdk::guest::declared::Accounts>::each_written::<#scope>(&self.#ident, #show)?;
                });
            }
            if !field.lends() {
                return None;
            }
            let name = ident.to_string();
            let show = quote! {
                #show(
                    ::sealane_sdk::guest::declared::AccountField::view(account),
                    ::sealane_sdk::guest::declared::place::<#scope_type>(#name),
                )?;
            };
            let show = if field.is_optional {
                quote!(if let ::core::option::Option::Some(account) = &self.#ident { #show })
            } else {
                quote!({ let account = &self.#ident; #show })
            };
            Some(if_it_lends(field, ty, show))
        })
        .collect();
    if shown.is_empty() {
        return quote!();
    }
    quote! {
        #[inline(always)]
        fn each_written<#scope_type: ::sealane_sdk::guest::declared::InScope>(
            &self,
            #show: &mut impl FnMut(
                ::sealane_sdk::guest::AccountView,
                ::sealane_sdk::guest::declared::Place,
            ) -> ::sealane_sdk::ProgramResult,
        ) -> ::sealane_sdk::ProgramResult {
            #(#shown)*
            ::core::result::Result::Ok(())
        }
    }
}

/// What a type of the user's own lends, its implementation says.
fn if_it_lends(field: &FieldInput, ty: &syn::Type, code: TokenStream) -> TokenStream {
    if field.data_type().is_some() {
        return code;
    }
    quote!(if <#ty as ::sealane_sdk::guest::declared::AccountField>::HOLDS_DATA { #code })
}

/// Refuses an account that is to be written in a group and elsewhere.
pub(super) fn apart(input: &AccountsInput, names: &Names) -> TokenStream {
    let place = &names.place;
    let rule = "is the same account as another one: two are to be written (`dup` allows one)";
    let fault = fault(rule, &quote!(ConstraintDuplicateMutableAccount));
    let require = |other: &TokenStream| {
        quote! {
            ::sealane_sdk::guest::declared::require_apart(
                ::core::option::Option::Some(view), #other, #place, #fault,
            )?;
        }
    };
    let mut code = TokenStream::new();
    for (index, group) in input.fields.iter().enumerate().filter(|(_, field)| field.is_group) {
        let mut checks = TokenStream::new();
        for (other_index, other) in input.fields.iter().enumerate() {
            let ident = &other.ident;
            if other.is_group && other_index < index {
                let (scope, check) =
                    (scope(other, names), require(&quote!(::core::option::Option::Some(other))));
                checks.extend(quote! {
                    ::sealane_sdk::guest::declared::Accounts::each_written::<#scope>(&#ident, &mut |other, _| {
                        #check
                        ::core::result::Result::Ok(())
                    })?;
                });
            } else if other.lends() {
                let view = quote!(::sealane_sdk::guest::declared::AccountField::view);
                let other_view = if other.is_optional {
                    quote!(#ident.as_ref().map(#view))
                } else {
                    quote!(::core::option::Option::Some(#view(&#ident)))
                };
                checks.extend(if_it_lends(other, &other.ty, require(&other_view)));
            }
        }
        if !checks.is_empty() {
            let (ident, scope) = (&group.ident, scope(group, names));
            code.extend(quote! {
                ::sealane_sdk::guest::declared::Accounts::each_written::<#scope>(&#ident, &mut |view, #place| {
                    #checks
                    ::core::result::Result::Ok(())
                })?;
            });
        }
    }
    code
}
