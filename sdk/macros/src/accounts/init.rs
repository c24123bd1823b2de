//! `init` and `init_if_needed`: accounts that are made before the other rules are checked; and seeds as bytes.

use super::constraints::{Constraints, MintRules, Rule, TokenRules};
use super::parse::FieldInput;
use super::rules::{require, require_found};
use super::seeds::{AddressValue, Seed};
use super::validate::{Names, bump_name, place};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

/// Makes an account with `init`.
pub(super) fn make(field: &FieldInput, names: &Names) -> TokenStream {
    let Names { call, place: place_name, .. } = names;
    let FieldInput { ident, ty, constraints, .. } = field;
    let place = place(field, names);
    let Some(init) = &constraints.init else { return quote!() };
    let writable =
        require(&quote!(#ident.is_writable()), names, "must be writable", &quote!(ConstraintMut), None);
    let (bind, seeds, bump) = match &constraints.seeds {
        Some(rule) => {
            let (bind, list) = bind_seeds(&rule.value);
            let bump = bump_name(ident);
            let found = quote! {
                ::sealane_sdk::guest::declared::canonical_bump(&#ident, &[#(#list),*], #call.program_id)
            };
            let rule_text = "its address is not the one that its seeds derive";
            let found =
                require_found(&found, names, rule_text, &quote!(ConstraintSeeds), rule.error.as_ref());
            (quote!(#bind let #bump = #found;), quote!(&[#(#list,)* &[#bump]]), Some(bump))
        }
        None => (quote!(), quote!(&[]), None),
    };
    // An account without seeds signs that it shall be made: only then, if it may be there already.
    let signs = if constraints.seeds.is_none() && constraints.associated.is_none() {
        let holds = if init.if_needed {
            quote!(#ident.is_signer() || !::sealane_sdk::guest::declared::is_missing(&#ident))
        } else {
            quote!(#ident.is_signer())
        };
        require(&holds, names, "must sign", &quote!(ConstraintSigner), None)
    } else {
        quote!()
    };
    let made = made(field, names, &seeds);
    let made = if init.if_needed && constraints.is_of_token_program() {
        quote! {
            if ::sealane_sdk::guest::declared::is_missing(&#ident) {
                #made
            } else {
                ::sealane_sdk::guest::declared::field::<#ty>(#call, #ident, #place_name)?
            }
        }
    } else {
        made
    };
    let (pattern, value) = match bump {
        Some(bump) => (quote!((#ident, #bump)), quote!((made, #bump))),
        None => (quote!(#ident), quote!(made)),
    };
    quote! {
        let #pattern = {
            #place
            #writable
            #signs
            #bind
            let made = #made;
            #value
        };
    }
}

/// The call that makes the account.
fn made(field: &FieldInput, names: &Names, seeds: &TokenStream) -> TokenStream {
    let Names { call, place, .. } = names;
    let FieldInput { ident, ty, constraints, .. } = field;
    let Some(payer) = &constraints.payer else { return quote!() };
    let view = quote!(::sealane_sdk::guest::declared::AccountField::view);
    let (space, owner) = space_and_owner(field, names);
    let new = quote! {
        &::sealane_sdk::guest::declared::Init {
            #place,
            program_id: #call.program_id,
            view: #ident,
            payer: #view(&#payer),
            system_program: #view(&system_program),
            space_bytes: #space,
            owner: #owner,
            seeds: #seeds,
        }
    };
    let field_view = |rule: &Option<Rule<AddressValue>>| {
        rule.as_ref().and_then(|rule| rule.value.account()).map(|account| quote!(#view(&#account)))
    };
    let address = |rule: &Option<Rule<AddressValue>>| rule.as_ref().map(|rule| rule.value.code());
    match constraints {
        Constraints { associated: Some(TokenRules { mint, authority }), .. } => {
            let (mint, authority) = (field_view(mint), field_view(authority));
            quote! {
                ::sealane_sdk::guest::declared::init_associated_token_account::<#ty>(
                    #new,
                    #view(&associated_token_program),
                    #view(&token_program),
                    #mint,
                    #authority,
                )?
            }
        }
        Constraints { token: Some(TokenRules { mint, authority }), .. } => {
            let (mint, authority) = (field_view(mint), address(authority));
            quote! {
                ::sealane_sdk::guest::declared::init_token_account::<#ty>(
                    #new, #view(&token_program), #mint, #authority,
                )?
            }
        }
        Constraints { mint: Some(MintRules { decimals, authority, freeze_authority }), .. } => {
            let decimals = decimals.as_ref().map(|rule| &rule.value);
            let (authority, freeze) = (address(authority), address(freeze_authority));
            let freeze = match freeze {
                Some(freeze) => quote!(::core::option::Option::Some(#freeze)),
                None => quote!(::core::option::Option::None),
            };
            quote! {
                ::sealane_sdk::guest::declared::init_mint::<#ty>(
                    #new, #view(&token_program), #decimals, #authority, #freeze,
                )?
            }
        }
        _ => {
            let if_needed = constraints.init.is_some_and(|init| init.if_needed);
            let function = if if_needed { quote!(init_if_needed) } else { quote!(init) };
            quote!(::sealane_sdk::guest::declared::#function::<#ty>(#new)?)
        }
    }
}

/// Size and owner of what is made.
fn space_and_owner(field: &FieldInput, names: &Names) -> (TokenStream, TokenStream) {
    let FieldInput { ty, constraints, .. } = field;
    let call = &names.call;
    if constraints.is_of_token_program() {
        let size = match constraints.mint {
            Some(_) => quote!(::sealane_sdk::guest::token::MINT_SIZE_BYTES),
            None => quote!(::sealane_sdk::guest::token::ACCOUNT_SIZE_BYTES),
        };
        return (size, quote!(&::sealane_sdk::ids::token::ID));
    }
    let space = match (&constraints.space, field.borsh_data_type()) {
        (Some(space), _) => quote!(#space),
        (None, Some(data)) => quote_spanned! {ty.span()=>
            const { ::sealane_sdk::guest::declared::borsh_space::<#data>() }
        },
        (None, None) => quote!(<#ty as ::sealane_sdk::guest::declared::AccountField>::SPACE_BYTES),
    };
    let owner = match &constraints.owner {
        Some(Rule { value, .. }) => {
            quote!(::core::borrow::Borrow::<::sealane_sdk::Address>::borrow(&(#value)))
        }
        None => quote!(#call.program_id),
    };
    (space, owner)
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
