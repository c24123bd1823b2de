//! `#[derive(Argument)]`: structs and enums as arguments.

use crate::{describe, sizes};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Error, Fields, Ident, Lifetime, Result};

pub(crate) fn expand(item: TokenStream) -> Result<TokenStream> {
    let input: DeriveInput = syn::parse2(item)?;
    let codec = codec(&input)?;
    let describe = describe_impl(&input);
    Ok(quote!(#codec #describe))
}

/// The implementations of `Decode` and `Encode`.
pub(crate) fn codec(input: &DeriveInput) -> Result<TokenStream> {
    let lifetime = lifetime(input)?;
    let decoded = decoded(input)?;
    let encode = encode(input, &sizes::constant(input)?)?;
    let ident = &input.ident;
    let (_, generics, _) = input.generics.split_for_impl();
    let expected = format!("a `{ident}`");
    Ok(quote! {
        #[automatically_derived]
        impl<#lifetime> ::sealane_sdk::guest::codec::Decode<#lifetime> for #ident #generics {
            const EXPECTED: &'static str = #expected;

            #[inline]
            fn decode(data: &mut ::sealane_sdk::guest::Arguments<#lifetime>) -> ::core::option::Option<Self> {
                #decoded
            }
        }

        #encode
    })
}

/// The code that describes the type to clients.
pub(crate) fn describe_impl(input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    let (parameters, generics, _) = input.generics.split_for_impl();
    let definition = describe::definition(ident, &input.attrs, &input.data, false);
    quote! {
        ::sealane_sdk::host_only! {
            #[automatically_derived]
            impl #parameters ::sealane_sdk::idl::Describe for #ident #generics {
                fn describe(definitions: &mut ::sealane_sdk::idl::Definitions) -> ::sealane_sdk::idl::Type {
                    #definition
                }
            }
        }
    }
}

/// The implementation of `Encode`, with its largest size if that is of interest.
pub(crate) fn encode(input: &DeriveInput, max_size: &TokenStream) -> Result<TokenStream> {
    let ident = &input.ident;
    let (parameters, generics, _) = input.generics.split_for_impl();
    // A field may have this name, too.
    let out = Ident::new("out", Span::mixed_site());
    let (size, write) = match &input.data {
        Data::Struct(data) => {
            let names = names(&data.fields);
            let pattern = pattern(&data.fields, &names);
            (
                quote! { let Self #pattern = self; 0 #(+ ::sealane_sdk::guest::codec::Encode::size_bytes(#names))* },
                quote! { let Self #pattern = self; #(::sealane_sdk::guest::codec::Encode::write(#names, #out);)* },
            )
        }
        Data::Enum(data) => {
            let mut sizes = Vec::new();
            let mut writes = Vec::new();
            for (number, variant) in (0_u8..=u8::MAX).zip(&data.variants) {
                let (variant, names) = (&variant.ident, &names(&variant.fields));
                let pattern = pattern(&data.variants[usize::from(number)].fields, names);
                sizes.push(quote! {
                    Self::#variant #pattern => 1 #(+ ::sealane_sdk::guest::codec::Encode::size_bytes(#names))*,
                });
                writes.push(quote! {
                    Self::#variant #pattern => {
                        #out.put(&[#number]);
                        #(::sealane_sdk::guest::codec::Encode::write(#names, #out);)*
                    }
                });
            }
            (quote!(match self { #(#sizes)* }), quote!(match self { #(#writes)* }))
        }
        Data::Union(_) => return Err(unsuitable(input)),
    };
    Ok(quote! {
        #[automatically_derived]
        impl #parameters ::sealane_sdk::guest::codec::Encode for #ident #generics {
            #max_size

            #[inline]
            fn size_bytes(&self) -> usize {
                #size
            }

            #[inline]
            fn write(&self, #out: &mut ::sealane_sdk::guest::codec::Writer<'_>) {
                let _ = &#out;
                #write
            }
        }
    })
}

/// The body of `decode`.
fn decoded(input: &DeriveInput) -> Result<TokenStream> {
    match &input.data {
        Data::Struct(data) => {
            let value = value(&data.fields);
            Ok(quote!(let _ = &data; ::core::option::Option::Some(Self #value)))
        }
        Data::Enum(data) if data.variants.is_empty() || data.variants.len() > 256 => Err(Error::new_spanned(
            &input.ident,
            "an enum needs 1 to 256 variants: the number of one is a byte",
        )),
        Data::Enum(data) => {
            let arms = (0_u8..=u8::MAX).zip(&data.variants).map(|(number, variant)| {
                let (ident, value) = (&variant.ident, value(&variant.fields));
                quote!([#number] => Self::#ident #value,)
            });
            Ok(quote! {
                ::core::option::Option::Some(match data.array()? {
                    #(#arms)*
                    _ => return ::core::option::Option::None,
                })
            })
        }
        Data::Union(_) => Err(unsuitable(input)),
    }
}

/// The lifetime of what the value points to: that of the type, if it has one.
fn lifetime(input: &DeriveInput) -> Result<Lifetime> {
    let mut lifetimes = input.generics.lifetimes();
    let lifetime = match lifetimes.next() {
        Some(parameter) => parameter.lifetime.clone(),
        None => Lifetime::new("'a", Span::call_site()),
    };
    if lifetimes.next().is_some() || input.generics.type_params().next().is_some() {
        return Err(Error::new_spanned(
            &input.generics,
            "an argument has no type parameters and at most one lifetime, that of the instruction data: write the types out",
        ));
    }
    Ok(lifetime)
}

fn unsuitable(input: &DeriveInput) -> Error {
    Error::new_spanned(
        &input.ident,
        "an argument is a struct or an enum: use one of them instead of the union",
    )
}

/// A name for each field.
fn names(fields: &Fields) -> Vec<Ident> {
    let name = |(index, field): (usize, &syn::Field)| {
        field.ident.clone().unwrap_or_else(|| format_ident!("field_{index}"))
    };
    fields.iter().enumerate().map(name).collect()
}

/// A pattern that binds them.
fn pattern(fields: &Fields, names: &[Ident]) -> TokenStream {
    match fields {
        Fields::Unit => quote!(),
        Fields::Named(_) => quote!({ #(#names),* }),
        Fields::Unnamed(_) => quote!((#(#names),*)),
    }
}

/// The fields, decoded.
fn value(fields: &Fields) -> TokenStream {
    let names = names(fields);
    let decode = quote!(::sealane_sdk::guest::codec::Decode::decode(data)?);
    match fields {
        Fields::Unit => quote!(),
        Fields::Named(_) => quote!({ #(#names: #decode),* }),
        Fields::Unnamed(_) => {
            let values = names.iter().map(|_| &decode);
            quote!((#(#values),*))
        }
    }
}
