//! `#[error_code]`: a program's errors, with numbers and texts.

use crate::documentation::{lines, split};
use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{
    Attribute, Error, Expr, ExprLit, Fields, Ident, ItemEnum, Lit, LitInt, LitStr, Result, Token, Variant,
    Visibility,
};

/// Anchor's: below it are the numbers of the macros' own checks.
const DEFAULT_OFFSET: u32 = 6000;

/// What stands in the attribute's brackets.
struct Offset(u32);

impl Parse for Offset {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.is_empty() {
            return Ok(Self(DEFAULT_OFFSET));
        }
        let name: Ident = input.parse()?;
        if name != "offset" {
            return Err(Error::new_spanned(name, "write `#[error_code]` or `#[error_code(offset = 100)]`"));
        }
        input.parse::<Token![=]>()?;
        let offset: LitInt = input.parse()?;
        Ok(Self(offset.base10_parse()?))
    }
}

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let Offset(offset) = syn::parse2(arguments)?;
    let input: ItemEnum = syn::parse2(item)?;
    if !matches!(input.vis, Visibility::Public(_)) {
        return Err(Error::new_spanned(
            &input.ident,
            "clients are told a program's errors: make the enum `pub`",
        ));
    }
    let mut next = offset;
    let mut errors = Vec::new();
    for variant in &input.variants {
        let number = number(variant, offset)?.unwrap_or(next);
        next = number.checked_add(1).ok_or_else(|| Error::new_spanned(variant, "the number is too large"))?;
        let (name, text) = (&variant.ident, text(variant)?);
        let number = LitInt::new(&format!("{number}"), name.span());
        errors.push(quote!(#name = #number, #text;));
    }
    let (ident, attributes) = (&input.ident, documented(input.attrs.clone(), &input.ident));
    Ok(quote! {
        ::sealane_sdk::program_errors! {
            #(#attributes)*
            #ident:
            #(#errors)*
        }

        #[automatically_derived]
        impl ::core::fmt::Display for #ident {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                formatter.write_str(self.log_line())
            }
        }

        #[automatically_derived]
        impl ::core::error::Error for #ident {}
    })
}

/// The variant's number, if it is written there.
fn number(variant: &Variant, offset: u32) -> Result<Option<u32>> {
    if !matches!(variant.fields, Fields::Unit) {
        return Err(Error::new_spanned(
            &variant.fields,
            "an error is only a number for clients: remove the fields, and log what they would say",
        ));
    }
    let Some((_, value)) = &variant.discriminant else { return Ok(None) };
    let Expr::Lit(ExprLit { lit: Lit::Int(value), .. }) = value else {
        return Err(Error::new_spanned(
            value,
            "write the number as a literal: it counts from the offset (6000)",
        ));
    };
    let number = value.base10_parse::<u32>()?.checked_add(offset);
    number.map(Some).ok_or_else(|| Error::new_spanned(value, "the number is too large"))
}

/// The text that people read: that of `#[msg]`, or the documentation.
fn text(variant: &Variant) -> Result<LitStr> {
    if let Some(message) = variant.attrs.iter().find(|attribute| attribute.path().is_ident("msg")) {
        return message.parse_args().map_err(|error| {
            Error::new(error.span(), "write the text as a literal: `#[msg(\"What went wrong.\")]`")
        });
    }
    let lines = lines(&variant.attrs);
    if lines.is_empty() {
        return Err(Error::new_spanned(
            &variant.ident,
            "say what went wrong, for people: put `#[msg(\"…\")]` above the error",
        ));
    }
    Ok(LitStr::new(&lines.join(" "), variant.ident.span()))
}

/// The enum's attributes, with a line of documentation if it has none.
fn documented(attributes: Vec<Attribute>, ident: &Ident) -> Vec<TokenStream> {
    let (docs, rest) = split(attributes, "doc");
    let default = docs.is_empty().then(|| {
        let line = format!(" Errors of the program: {ident}.");
        quote!(#[doc = #line])
    });
    default.into_iter().chain(docs.iter().chain(&rest).map(|attribute| quote!(#attribute))).collect()
}
