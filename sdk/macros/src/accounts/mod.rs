//! `#[derive(Accounts)]`: from a struct's declarations to the checks, and to what clients need.

mod anchor;
mod check;
mod constraints;
mod parse;
mod seeds;
mod stand_in;

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
use syn::{DeriveInput, Error, Result};

pub(crate) fn expand(item: TokenStream) -> Result<TokenStream> {
    let item: DeriveInput = syn::parse2(item)?;
    let stand_in = stand_in::expand(&item);
    let input = match AccountsInput::from_item(item) {
        Ok(input) => input,
        Err(error) => {
            let error = error.into_compile_error();
            return Ok(quote!(#error #stand_in));
        }
    };
    let validate = validate::expand(&input);
    let client = client::expand(&input);
    Ok(quote!(#validate #client))
}

/// All values, or all errors together: who reads them mends more than one mistake at a time.
fn all<T>(results: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
    let (mut values, mut errors) = (Vec::new(), None::<Error>);
    for result in results {
        match (result, &mut errors) {
            (Ok(value), _) => values.push(value),
            (Err(error), Some(errors)) => errors.combine(error),
            (Err(error), none) => *none = Some(error),
        }
    }
    errors.map_or(Ok(values), Err)
}
