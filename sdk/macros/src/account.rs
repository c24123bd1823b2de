//! `#[account]`: the layout of a kind of account.

use crate::{borsh_account, describe, discriminator, documentation};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{
    Data, DeriveInput, Error, Field, Fields, FieldsNamed, Ident, LitInt, LitStr, Path, Result, Token, Type,
    Visibility,
};

/// What stands in the attribute's brackets.
#[derive(Default)]
pub(crate) struct Options {
    /// Whether the data stands as Borsh writes it.
    is_borsh: bool,
    /// The name that discriminators are made of, if it is not the struct's.
    name: Option<String>,
    version: Option<u32>,
    /// The layout before.
    pub(crate) replaces: Option<Path>,
    /// Whether more bytes may follow.
    has_tail: bool,
}

impl Options {
    /// The first bytes of every account of this kind.
    pub(crate) fn discriminator(&self, type_name: &str) -> [u8; 8] {
        let name = self.name.as_deref().unwrap_or(type_name);
        match self.version.unwrap_or(1) {
            1 => discriminator::of("account", name),
            later => discriminator::of("account", &format!("{name}:{later}")),
        }
    }
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut options = Self::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            let is_known = ["name", "version", "replaces"].iter().any(|known| key == known);
            if is_known {
                input.parse::<Token![=]>()?;
            }
            match key.to_string().as_str() {
                "name" => options.name = Some(input.parse::<LitStr>()?.value()),
                "version" => options.version = Some(version(&input.parse()?)?),
                "replaces" => options.replaces = Some(input.parse()?),
                "tail" if input.is_empty() || input.peek(Token![,]) => options.has_tail = true,
                "tail" => {
                    return Err(input.error(
                        "write `tail` alone: what follows the struct, `split::<T>` is told where it is read",
                    ));
                }
                "borsh" => options.is_borsh = true,
                "zero_copy" => {
                    return Err(Error::new_spanned(
                        key,
                        "all data with `#[account]` is read where it lies: remove `zero_copy`",
                    ));
                }
                _ => {
                    return Err(Error::new_spanned(
                        key,
                        "an account has `borsh`, `name = \"…\"`, `version = 2`, `replaces = OldType` and `tail`; constraints belong \
                         to the fields of `#[derive(Accounts)]`",
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if options.is_borsh && options.has_tail {
            return Err(Error::new(
                Span::call_site(),
                "what Borsh writes is the whole of the data: write `borsh`, or `tail`, not both",
            ));
        }
        Ok(options)
    }
}

fn version(literal: &LitInt) -> Result<u32> {
    match literal.base10_parse()? {
        0 => Err(Error::new_spanned(literal, "versions count from 1: the first needs no `version`")),
        version => Ok(version),
    }
}

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let options: Options = syn::parse2(arguments)?;
    let mut input: DeriveInput = syn::parse2(item)?;
    let fields = fields(&input)?.clone();
    if options.is_borsh {
        return borsh_account::expand(options, input);
    }
    check_fields(&input, &fields)?;

    let ident = input.ident.clone();
    let discriminator = options.discriminator(&ident.to_string());
    let previous = options.replaces.map(|path| {
        quote! {
            const PREVIOUS: ::core::option::Option<[u8; 8]> = ::core::option::Option::Some(
                <#path as ::sealane_sdk::guest::AccountData>::DISCRIMINATOR,
            );
        }
    });
    let has_tail = options.has_tail.then(|| {
        quote!(
            const HAS_TAIL: bool = true;
        )
    });
    let split = options.has_tail.then(|| split(&input.vis));
    let size_doc = match options.has_tail {
        true => " Size of the head of the account's data in bytes, its discriminator included.",
        false => " Size of the account's data in bytes, its discriminator included.",
    };
    let definition = describe::definition(&ident, &input.attrs, &input.data, true);
    let derives = ["Clone", "Copy", "Debug", "PartialEq", "Eq"].map(|name| {
        let path = format_ident!("{name}");
        (!documentation::derives(&input.attrs, name)).then(|| quote!(#[derive(#path)]))
    });
    let checks = layout_checks(&ident, &fields);
    put_discriminator_first(&mut input);
    let type_name = ident.to_string();
    Ok(quote! {
        #(#derives)*
        #[repr(C)]
        #input

        #checks

        #[automatically_derived]
        impl ::sealane_sdk::guest::AccountData for #ident {
            const DISCRIMINATOR: [u8; 8] = [#(#discriminator),*];
            #has_tail
            #previous

            ::sealane_sdk::host_only! {
                fn describe(definitions: &mut ::sealane_sdk::idl::Definitions) {
                    definitions.add_account(#type_name, Self::DISCRIMINATOR);
                    #definition;
                }
            }
        }

        impl #ident {
            #[doc = #size_doc]
            pub const SIZE_BYTES: usize = ::core::mem::size_of::<Self>();

            /// Data that is all zero but for the discriminator.
            #[must_use]
            pub fn zeroed() -> Self {
                ::sealane_sdk::guest::AccountData::with_discriminator(
                    <Self as ::sealane_sdk::bytemuck::Zeroable>::zeroed(),
                )
            }

            #split
        }
    })
}

/// The functions that take an account's data apart into the struct and what follows it.
fn split(vis: &Visibility) -> TokenStream {
    quote! {
        /// What lies in an account's data, which must be 8-aligned as all account data is: this, and as many `E` as follow
        /// it. `E` is plain data, `u8` for the bytes as they are.
        ///
        /// # Errors
        /// `InvalidAccountData` if the data is no such account, or what follows is no whole number of `E`;
        /// `UninitializedAccount` if the discriminator is zero.
        #[allow(dead_code, reason = "not every program needs both")]
        #vis fn split<E: ::sealane_sdk::bytemuck::Pod>(
            data: &[u8],
        ) -> ::core::result::Result<(&Self, &[E]), ::sealane_sdk::ProgramError> {
            ::sealane_sdk::guest::typed::split(data)
        }

        /// As `split`, to be written.
        ///
        /// # Errors
        /// As `split`.
        #[allow(dead_code, reason = "not every program needs both")]
        #vis fn split_mut<E: ::sealane_sdk::bytemuck::Pod>(
            data: &mut [u8],
        ) -> ::core::result::Result<(&mut Self, &mut [E]), ::sealane_sdk::ProgramError> {
            ::sealane_sdk::guest::typed::split_mut(data)
        }
    }
}

fn fields(input: &DeriveInput) -> Result<&FieldsNamed> {
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(
            &input.generics,
            "an account has one layout: write the types out instead of parameters",
        ));
    }
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(fields),
            _ => Err(no_struct(&input.ident)),
        },
        _ => Err(no_struct(&input.ident)),
    }
}

fn no_struct(ident: &Ident) -> Error {
    Error::new_spanned(
        ident,
        "an account is a struct with named fields: `pub struct Name { pub field: Type }`",
    )
}

/// Refuses what cannot be read in place, with the type to use instead.
fn check_fields(input: &DeriveInput, fields: &FieldsNamed) -> Result<()> {
    for attribute in &input.attrs {
        if attribute.path().is_ident("repr") {
            return Err(Error::new_spanned(attribute, "`#[account]` lays the struct out: remove the `repr`"));
        }
    }
    for field in &fields.named {
        if let Some(limit) = field.attrs.iter().find(|attribute| attribute.path().is_ident("max_len")) {
            return Err(Error::new_spanned(
                limit,
                "`max_len` is for the `String` and `Vec` of an `#[account(borsh)]`",
            ));
        }
        if field.ident.as_ref().is_some_and(|ident| ident == "discriminator") {
            return Err(Error::new_spanned(
                field,
                "`#[account]` puts the discriminator there: remove the field",
            ));
        }
        let mut ty = &field.ty;
        while let Type::Array(array) = ty {
            ty = &array.elem;
        }
        let Type::Path(path) = ty else { continue };
        let Some(segment) = path.path.segments.last() else { continue };
        let name = segment.ident.to_string();
        if matches!(name.as_str(), "u128" | "i128") {
            let instead = name.to_uppercase();
            return Err(Error::new_spanned(
                &field.ty,
                format!(
                    "an account's data is aligned to 8 bytes: instead of `{name}` use `{instead}`, which has `get()` and `into()`"
                ),
            ));
        }
        let instead = match name.as_str() {
            "bool" => "`u8`, 0 or 1",
            "char" => "`u32`",
            "Option" => "a value that stands for none: a zero address, or a `u8` beside it",
            "String" | "Vec" => "an array of fixed size, and its length beside it",
            "usize" | "isize" => "`u32` or `u64`: they are of another size on clients' machines",
            _ => continue,
        };
        return Err(Error::new_spanned(
            &field.ty,
            format!(
                "an account's data is read where it lies, and any bytes may lie there: instead of `{}` use {instead}; or write \
                 `#[account(borsh)]`, and `BorshAccount<{}>` for the accounts",
                segment.ident, input.ident
            ),
        ));
    }
    Ok(())
}

fn put_discriminator_first(input: &mut DeriveInput) {
    if let Data::Struct(data) = &mut input.data
        && let Fields::Named(fields) = &mut data.fields
    {
        let field: Field = syn::parse_quote!(discriminator: [u8; 8]);
        fields.named.insert(0, field);
    }
}

/// Every field is plain data, and there is nothing between them: then so is the struct.
fn layout_checks(ident: &Ident, fields: &FieldsNamed) -> TokenStream {
    let types = || fields.named.iter().map(|field| &field.ty);
    let plain =
        types().map(|ty| quote_spanned!(ty.span()=> ::sealane_sdk::guest::typed::assert_plain::<#ty>();));
    let sizes = types().map(|ty| quote!(::core::mem::size_of::<#ty>()));
    let padding = quote_spanned! {ident.span()=>
        ::sealane_sdk::guest::typed::assert_no_padding(::core::mem::size_of::<#ident>(), 8 #(+ #sizes)*);
    };
    let reason = LitStr::new("every field is plain data, and there is no padding", Span::call_site());
    quote! {
        const _: () = {
            #(#plain)*
            #padding
        };

        #[allow(unsafe_code, reason = #reason)]
        // SAFETY: every field is plain data, and there is no padding, as was just checked.
        unsafe impl ::sealane_sdk::bytemuck::Zeroable for #ident {}
        #[allow(unsafe_code, reason = #reason)]
        // SAFETY: as above.
        unsafe impl ::sealane_sdk::bytemuck::Pod for #ident {}
    }
}
