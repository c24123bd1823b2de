//! The rules of one account: each constraint as a check that refuses.

use super::constraints::Rule;
use super::init::bind_seeds;
use super::parse::{AccountsInput, FieldInput};
use super::seeds::Bump;
use super::token;
use super::validate::{Names, bump_name, place};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Expr, Ident};

/// Checks a field's other constraints.
pub(super) fn rules(input: &AccountsInput, field: &FieldInput, names: &Names) -> TokenStream {
    let FieldInput { ident, constraints, .. } = field;
    let mut checks = TokenStream::new();
    if field.is_writable() && constraints.init.is_none() {
        let error = constraints.writable.as_ref().and_then(|rule| rule.error.as_ref());
        let kind = quote!(ConstraintMut);
        checks.extend(require(&quote!(#ident.is_writable()), names, "must be writable", &kind, error));
    }
    if let Some(rule) = &constraints.signer {
        let kind = quote!(ConstraintSigner);
        checks.extend(require(&quote!(#ident.is_signer()), names, "must sign", &kind, rule.error.as_ref()));
    }
    if let Some(rule) = &constraints.executable {
        let holds = quote!(#ident.is_executable());
        checks.extend(require(
            &holds,
            names,
            "must be a program",
            &quote!(ConstraintExecutable),
            rule.error.as_ref(),
        ));
    }
    if let Some(rule) = &constraints.rent_exempt {
        let holds = quote!(::sealane_sdk::guest::declared::is_rent_exempt(&#ident));
        checks.extend(require_rule(&holds, names, rule, &quote!(ConstraintRentExempt)));
    }
    if let Some(rule) = &constraints.address {
        let value = &rule.value;
        let holds = quote! {
            ::sealane_sdk::guest::address_eq(#ident.address(), ::core::borrow::Borrow::borrow(&(#value)))
        };
        checks.extend(require_rule(&holds, names, rule, &quote!(ConstraintAddress)));
    }
    if let (Some(rule), None) = (&constraints.owner, constraints.init) {
        let value = &rule.value;
        let holds = quote!(#ident.is_owned_by(::core::borrow::Borrow::borrow(&(#value))));
        checks.extend(require_rule(&holds, names, rule, &quote!(ConstraintOwner)));
    }
    for rule in &constraints.has_one {
        let (Some(data), other) = (field.data_type(), &rule.value) else { continue };
        let holds = if field.borsh_data_type().is_some() {
            quote_spanned!(other.span()=> #ident.names(|data| &data.#other, #other.address())?)
        } else {
            quote_spanned! {other.span()=>
                #ident.names(::core::mem::offset_of!(#data, #other), |data| &data.#other, #other.address())
            }
        };
        checks.extend(require_rule(&holds, names, rule, &quote!(ConstraintHasOne)));
    }
    checks.extend(token::rules(field, names));
    for rule in &constraints.conditions {
        let value = &rule.value;
        let holds = quote! {
            (|| -> ::core::result::Result<bool, ::sealane_sdk::ProgramError> {
                ::core::result::Result::Ok(#value)
            })()?
        };
        checks.extend(require_rule(&holds, names, rule, &quote!(ConstraintRaw)));
    }
    checks.extend(resize(field, names));
    wrap(input, field, names, &checks)
}

/// Gives the account's data another size, when all rules have been kept.
fn resize(field: &FieldInput, names: &Names) -> TokenStream {
    let Names { call, place, .. } = names;
    let FieldInput { ident, constraints, .. } = field;
    let (Some(realloc), Some(payer)) = (&constraints.realloc, &constraints.realloc_payer) else {
        return quote!();
    };
    let size = &realloc.size;
    let view = quote!(::sealane_sdk::guest::declared::AccountField::view);
    // Whether the data may have another size than its type, the type alone knows.
    let has_tail = field.data_type().map(|data| {
        quote_spanned! {realloc.span=>
            const _: () = ::core::assert!(
                <#data as ::sealane_sdk::guest::AccountData>::HAS_TAIL,
                "an `Account<T>` has the size of its `T`, but for a `T` with `#[account(tail)]`: bring it to another layout with \
                 `Account::migrate`, or make the field an `UncheckedAccount` with `owner = ID`",
            );
        }
    });
    quote! {
        #has_tail
        ::sealane_sdk::guest::declared::resize(&::sealane_sdk::guest::declared::Resize {
            #place,
            program_id: #call.program_id,
            view: #view(&#ident),
            payer: #view(&#payer),
            system_program: #view(&system_program),
            size_bytes: #size,
        })?;
    }
}

/// The checks where the account is there, and those that compare it with others.
fn wrap(input: &AccountsInput, field: &FieldInput, names: &Names, checks: &TokenStream) -> TokenStream {
    let ident = &field.ident;
    let seeds = check_seeds(field, names);
    let apart = apart(input, field, names);
    if checks.is_empty() && seeds.is_none() && apart.is_empty() {
        return quote!();
    }
    let place = place(field, names);
    let (bump, seeds) = match seeds {
        Some((bump, check)) => (Some(bump), check),
        None => (None, quote!()),
    };
    if !field.is_optional {
        // Blocks of their own keep the names of one field out of the others.
        return match bump {
            Some(bump) => quote!(let #bump = { #place #apart #seeds #checks #bump };),
            None => quote!({ #place #apart #checks }),
        };
    }
    match bump {
        Some(bump) => quote! {
            let #bump = match &#ident {
                ::core::option::Option::Some(#ident) => {
                    #place #apart #seeds #checks
                    ::core::option::Option::Some(#bump)
                }
                ::core::option::Option::None => ::core::option::Option::None,
            };
        },
        None => quote!(if let ::core::option::Option::Some(#ident) = &#ident { #place #apart #checks }),
    }
}

/// The bump's name, and code that finds or checks it.
fn check_seeds(field: &FieldInput, names: &Names) -> Option<(Ident, TokenStream)> {
    let call = &names.call;
    let constraints = &field.constraints;
    let (Some(rule), Some(bump_source), None) = (&constraints.seeds, &constraints.bump, constraints.init)
    else {
        return None;
    };
    let (ident, bump) = (&field.ident, bump_name(&field.ident));
    let (bind, list) = bind_seeds(&rule.value);
    let error = rule.error.as_ref();
    let program = match &constraints.seeds_program {
        Some(program) => program.value.code(),
        None => quote!(#call.program_id),
    };
    let given = match bump_source {
        Bump::Canonical(_) => {
            let found = quote! {
                ::sealane_sdk::guest::declared::canonical_bump(#ident, &[#(#list),*], #program)
            };
            let text = "its address is not the one that its seeds derive";
            let found = require_found(&found, names, text, &quote!(ConstraintSeeds), error);
            return Some((bump.clone(), with_view(field, &bump, &quote!(#bind let #bump = #found;))));
        }
        Bump::Given { stored: Some((account, field)), .. } => quote!(#account.load()?.#field),
        Bump::Given { expression, .. } => quote!(#expression),
    };
    let holds = quote! {
        ::sealane_sdk::guest::declared::is_derived(#ident, &[#(#list,)* &[#bump]], #program)
    };
    let text = "its address is not the one that its seeds and bump derive";
    let require = require(&holds, names, text, &quote!(ConstraintSeeds), error);
    Some((bump.clone(), with_view(field, &bump, &quote!(#bind let #bump: u8 = #given; #require))))
}

/// The check with the field's name as a reference, which in an optional field's block it is already.
fn with_view(field: &FieldInput, bump: &Ident, check: &TokenStream) -> TokenStream {
    let ident = &field.ident;
    if field.is_optional {
        check.clone()
    } else {
        quote!(let #bump = { let #ident = &#ident; #check #bump };)
    }
}

/// Refuses the account in an earlier writable field.
fn apart(input: &AccountsInput, field: &FieldInput, names: &Names) -> TokenStream {
    if !field.lends() {
        return quote!();
    }
    let place = &names.place;
    let view = |field: &FieldInput, is_unwrapped: bool| {
        let ident = &field.ident;
        let view = quote!(::sealane_sdk::guest::declared::AccountField::view);
        if field.is_optional && !is_unwrapped {
            quote!(#ident.as_ref().map(#view))
        } else if field.is_optional {
            quote!(::core::option::Option::Some(#view(#ident)))
        } else {
            quote!(::core::option::Option::Some(#view(&#ident)))
        }
    };
    let earlier =
        input.fields.iter().take_while(|other| other.ident != field.ident).filter(|other| other.lends());
    let checks = earlier.map(|other| {
        let (ty, other_ty) = (&field.ty, &other.ty);
        let (one, two) = (view(other, false), view(field, true));
        let rule =
            format!("is the same account as {}: two are to be written (`dup` allows one)", other.ident);
        let fault = fault(&rule, &quote!(ConstraintDuplicateMutableAccount));
        let check = quote! {
            ::sealane_sdk::guest::declared::require_apart(#one, #two, #place, #fault)?;
        };
        if field.data_type().is_some() && other.data_type().is_some() {
            return check;
        }
        // What a type of the user's own lends, its implementation says.
        quote! {
            if <#ty as ::sealane_sdk::guest::declared::AccountField>::HOLDS_DATA
                && <#other_ty as ::sealane_sdk::guest::declared::AccountField>::HOLDS_DATA
            {
                #check
            }
        }
    });
    quote!(#(#checks)*)
}

pub(super) fn require(
    holds: &TokenStream,
    names: &Names,
    rule: &str,
    kind: &TokenStream,
    custom: Option<&Expr>,
) -> TokenStream {
    let place = &names.place;
    match custom {
        Some(custom) => quote! {
            ::sealane_sdk::guest::declared::require_or(#holds, #place, #rule, #custom)?;
        },
        None => {
            let fault = fault(rule, kind);
            quote!(::sealane_sdk::guest::declared::require(#holds, #place, #fault)?;)
        }
    }
}

/// As `require`, for what is found or not.
pub(super) fn require_found(
    found: &TokenStream,
    names: &Names,
    rule: &str,
    kind: &TokenStream,
    custom: Option<&Expr>,
) -> TokenStream {
    let place = &names.place;
    match custom {
        Some(custom) => quote! {
            ::sealane_sdk::guest::declared::require_some_or(#found, #place, #rule, #custom)?
        },
        None => {
            let fault = fault(rule, kind);
            quote!(::sealane_sdk::guest::declared::require_some(#found, #place, #fault)?)
        }
    }
}

/// A fault, as a constant.
pub(super) fn fault(rule: &str, kind: &TokenStream) -> TokenStream {
    quote! {
        const {
            &::sealane_sdk::guest::declared::Fault::new(
                #rule,
                ::sealane_sdk::guest::declared::ConstraintError::#kind,
            )
        }
    }
}

/// As `require`, for a rule that reads as the user wrote it.
pub(super) fn require_rule<T>(
    holds: &TokenStream,
    names: &Names,
    rule: &Rule<T>,
    kind: &TokenStream,
) -> TokenStream {
    let text = format!("{} does not hold", rule.text);
    require(holds, names, &text, kind, rule.error.as_ref())
}
