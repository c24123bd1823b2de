//! Largest sizes of values as Borsh writes them: a constant that is computed from the types of fields and their `#[max_len(…)]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Data, DeriveInput, Error, Expr, Field, Fields, GenericArgument, PathArguments, Result, Token, Type,
};

/// Code for `Encode::MAX_SIZE_BYTES`.
pub(crate) fn constant(input: &DeriveInput) -> Result<TokenStream> {
    let of_fields = |fields: &Fields| -> Result<Vec<TokenStream>> { fields.iter().map(of_field).collect() };
    let size = match &input.data {
        Data::Struct(data) => {
            let sizes = of_fields(&data.fields)?;
            quote!(of_all(&[#(#sizes),*]))
        }
        Data::Enum(data) => {
            let variants = data.variants.iter().map(|variant| {
                let sizes = of_fields(&variant.fields)?;
                Ok(quote! {
                    ::sealane_sdk::guest::codec::size::of_all(&[::core::option::Option::Some(1), #(#sizes),*])
                })
            });
            let variants = variants.collect::<Result<Vec<_>>>()?;
            quote!(of_largest(&[#(#variants),*]))
        }
        Data::Union(_) => return Ok(quote!()),
    };
    Ok(quote! {
        const MAX_SIZE_BYTES: ::core::option::Option<usize> = ::sealane_sdk::guest::codec::size::#size;
    })
}

/// Takes `#[max_len(…)]` off the fields: the compiler does not know it.
pub(crate) fn remove_limits(data: &mut Data) {
    if let Data::Struct(data) = data {
        for field in &mut data.fields {
            field.attrs.retain(|attribute| !attribute.path().is_ident("max_len"));
        }
    }
}

fn of_field(field: &Field) -> Result<TokenStream> {
    let Some(attribute) = field.attrs.iter().find(|attribute| attribute.path().is_ident("max_len")) else {
        return Ok(of_type(&field.ty));
    };
    let limits =
        attribute.parse_args_with(Punctuated::<Expr, Token![,]>::parse_terminated).map_err(|error| {
            Error::new(
                error.span(),
                "write how many elements there may be, or bytes of text: `#[max_len(32)]`",
            )
        })?;
    let mut limits = limits.iter();
    let size = limited(&field.ty, &mut limits)?;
    match limits.next() {
        Some(limit) => Err(Error::new_spanned(limit, "there is no further `String` or `Vec` for this limit")),
        None => Ok(size),
    }
}

fn of_type(ty: &Type) -> TokenStream {
    quote_spanned!(ty.span()=> <#ty as ::sealane_sdk::guest::codec::Encode>::MAX_SIZE_BYTES)
}

/// The size of text and lists with their limits, from the outermost one on.
fn limited<'a>(ty: &Type, limits: &mut impl Iterator<Item = &'a Expr>) -> Result<TokenStream> {
    let misplaced = || {
        Error::new_spanned(
            ty,
            "`max_len` limits a `String` or a `Vec`: one number for each in the type, the outermost first",
        )
    };
    let Type::Path(path) = ty else { return Err(misplaced()) };
    let segment = path.path.segments.last().ok_or_else(misplaced)?;
    let inner = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(GenericArgument::Type(inner)) => Some(inner),
            _ => None,
        },
        _ => None,
    };
    match (segment.ident.to_string().as_str(), inner) {
        ("String", None) => {
            let limit = limits.next().ok_or_else(misplaced)?;
            Ok(quote!(::sealane_sdk::guest::codec::size::of_list(#limit, ::core::option::Option::Some(1))))
        }
        ("Vec", Some(inner)) => {
            let limit = limits.next().ok_or_else(misplaced)?;
            let element = if holds_list(inner) { limited(inner, limits)? } else { of_type(inner) };
            Ok(quote!(::sealane_sdk::guest::codec::size::of_list(#limit, #element)))
        }
        ("Option", Some(inner)) => {
            let value = limited(inner, limits)?;
            Ok(quote! {
                ::sealane_sdk::guest::codec::size::of_all(&[::core::option::Option::Some(1), #value])
            })
        }
        _ => Err(misplaced()),
    }
}

/// Whether the type is text or a list, or an option of one.
fn holds_list(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(segment) = path.path.segments.last() else { return false };
    match (segment.ident.to_string().as_str(), &segment.arguments) {
        ("String" | "Vec", _) => true,
        ("Option", PathArguments::AngleBracketed(arguments)) => arguments
            .args
            .iter()
            .any(|argument| matches!(argument, GenericArgument::Type(ty) if holds_list(ty))),
        _ => false,
    }
}
