//! `#[derive(Accounts)]`: from a struct's declarations to the checks, and to what clients need.

mod check;
mod constraints;
mod parse;
mod seeds;

mod groups;
mod init;
mod rules;
mod token;
mod validate;

mod client;
mod describe;

use parse::AccountsInput;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Result;

pub(crate) fn expand(item: TokenStream) -> Result<TokenStream> {
    let input = AccountsInput::from_item(syn::parse2(item)?)?;
    let validate = validate::expand(&input);
    let client = client::expand(&input);
    Ok(quote!(#validate #client))
}
