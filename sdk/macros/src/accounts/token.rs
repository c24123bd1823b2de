//! What `token::…`, `associated_token::…` and `mint::…` say, as checks of an account that is there.

use super::constraints::{MintRules, Rule, TokenRules};
use super::parse::FieldInput;
use super::rules::require_rule;
use super::seeds::AddressValue;
use super::validate::Names;
use proc_macro2::TokenStream;
use quote::quote;

pub(super) fn rules(field: &FieldInput, names: &Names) -> TokenStream {
    let FieldInput { ident, constraints, .. } = field;
    if constraints.init.is_some_and(|init| !init.if_needed) {
        return quote!();
    }
    let mut checks = TokenStream::new();
    if let Some(TokenRules { mint, authority }) = &constraints.token {
        checks.extend(compare(mint.as_ref(), names, &quote!(#ident.has_mint), &quote!(ConstraintTokenMint)));
        checks.extend(compare(
            authority.as_ref(),
            names,
            &quote!(#ident.has_authority),
            &quote!(ConstraintTokenOwner),
        ));
    }
    if let Some(TokenRules { mint: Some(mint), authority: Some(authority) }) = &constraints.associated {
        let (mint_address, authority_address) = (mint.value.code(), authority.value.code());
        let holds = quote! {
            ::sealane_sdk::guest::declared::is_associated_token_account(
                &::sealane_sdk::guest::declared::AccountField::view(&*#ident),
                #authority_address,
                #mint_address,
            )
        };
        let holds = if field.is_optional { holds } else { quote!({ let #ident = &#ident; #holds }) };
        checks.extend(require_rule(&holds, names, mint, &quote!(ConstraintAssociated)));
        let holds = quote!(#ident.has_authority);
        checks.extend(compare(Some(authority), names, &holds, &quote!(ConstraintTokenOwner)));
    }
    if let Some(MintRules { decimals, authority, freeze_authority }) = &constraints.mint {
        if let Some(rule) = decimals {
            let value = &rule.value;
            let holds = quote!(#ident.has_decimals(#value));
            checks.extend(require_rule(&holds, names, rule, &quote!(ConstraintMintDecimals)));
        }
        let holds = quote!(#ident.has_authority);
        checks.extend(compare(authority.as_ref(), names, &holds, &quote!(ConstraintMintMintAuthority)));
        let holds = quote!(#ident.has_freeze_authority);
        let kind = quote!(ConstraintMintFreezeAuthority);
        checks.extend(compare(freeze_authority.as_ref(), names, &holds, &kind));
    }
    checks
}

fn compare(
    rule: Option<&Rule<AddressValue>>,
    names: &Names,
    holds: &TokenStream,
    kind: &TokenStream,
) -> TokenStream {
    let Some(rule) = rule else { return quote!() };
    let address = rule.value.code();
    require_rule(&quote!(#holds(#address)), names, rule, kind)
}
