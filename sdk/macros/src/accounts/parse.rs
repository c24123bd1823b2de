//! The user's struct, parsed: its fields, what `#[account(…)]` says of each, and the arguments that it uses.

use super::constraints::Constraints;
use crate::documentation::lines;
use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{
    Data, DeriveInput, Error, Fields, GenericArgument, Ident, PathArguments, PathSegment, Result, Token,
    Type, Visibility,
};

/// The accounts of an instruction.
pub(crate) struct AccountsInput {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// The arguments that constraints use.
    pub(crate) arguments: Vec<ArgumentInput>,
    pub(crate) fields: Vec<FieldInput>,
}

/// An argument of `#[instruction(…)]`.
pub(crate) struct ArgumentInput {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
}

/// One account, or a group of them.
pub(crate) struct FieldInput {
    pub(crate) ident: Ident,
    pub(crate) docs: Vec<String>,
    /// Its type, without the `Option`.
    pub(crate) ty: Type,
    pub(crate) is_optional: bool,
    /// Whether the type is a struct with `#[derive(Accounts)]` of its own.
    pub(crate) is_group: bool,
    pub(crate) constraints: Constraints,
}

impl AccountsInput {
    pub(crate) fn from_item(input: DeriveInput) -> Result<Self> {
        if !input.generics.params.is_empty() {
            return Err(Error::new_spanned(
                &input.generics,
                format!(
                    "accounts have no lifetimes and no parameters here: write `pub struct {} {{ … }}`",
                    input.ident
                ),
            ));
        }
        let arguments = instruction_arguments(&input)?;
        let Data::Struct(data) = input.data else {
            return Err(Error::new_spanned(input.ident, "accounts are a struct: its fields are their order"));
        };
        if matches!(data.fields, Fields::Unnamed(_)) {
            return Err(Error::new_spanned(
                data.fields,
                "accounts have names: `pub struct Name { pub field: Type }`",
            ));
        }
        let names: Vec<Ident> = data.fields.iter().filter_map(|field| field.ident.clone()).collect();
        let scope = Scope { fields: &names, arguments: &arguments };
        let fields = super::all(data.fields.into_iter().map(|field| field_input(field, &scope)))?;
        let parsed = Self { ident: input.ident, vis: input.vis, arguments, fields };
        parsed.check()?;
        Ok(parsed)
    }

    /// The field of this name.
    pub(crate) fn field(&self, name: &Ident) -> Option<&FieldInput> {
        self.fields.iter().find(|field| field.ident == *name)
    }

    /// Whether there are groups of accounts among the fields.
    pub(crate) fn has_groups(&self) -> bool {
        self.fields.iter().any(|field| field.is_group)
    }
}

impl FieldInput {
    /// The `T` of an `Account<T>` or a `BorshAccount<T>`.
    pub(crate) fn data_type(&self) -> Option<&Type> {
        self.plain_data_type().or_else(|| self.borsh_data_type())
    }

    /// The `T` of an `Account<T>`.
    pub(crate) fn plain_data_type(&self) -> Option<&Type> {
        argument_of(&self.ty, "Account")
    }

    /// The `T` of a `BorshAccount<T>`.
    pub(crate) fn borsh_data_type(&self) -> Option<&Type> {
        argument_of(&self.ty, "BorshAccount")
    }

    /// Whether the type is one of those that never lend data.
    pub(crate) fn lends_nothing(&self) -> bool {
        self.is_called("Account").is_none() && self.is_called("BorshAccount").is_none() && is_known(&self.ty)
    }

    /// The type's last segment, if it has this name.
    pub(crate) fn is_called(&self, name: &str) -> Option<&Ident> {
        last_segment(&self.ty).filter(|ident| *ident == name)
    }

    /// Whether the program declares to write it.
    pub(crate) fn is_writable(&self) -> bool {
        let Constraints { writable, init, zero, .. } = &self.constraints;
        writable.is_some() || init.is_some() || zero.is_some()
    }

    /// Whether it lends data to be written, so that it must not stand in two fields.
    pub(crate) fn lends(&self) -> bool {
        !self.is_group && self.is_writable() && !self.constraints.may_repeat && !self.lends_nothing()
    }

    /// Whether the account signs, as far as the attribute says.
    pub(crate) fn must_sign(&self) -> bool {
        let Constraints { signer, init, seeds, associated, .. } = &self.constraints;
        let signs_for_itself = init.is_some() && seeds.is_none() && associated.is_none();
        signer.is_some() || signs_for_itself
    }
}

/// The names that expressions may use.
pub(crate) struct Scope<'a> {
    pub(crate) fields: &'a [Ident],
    pub(crate) arguments: &'a [ArgumentInput],
}

fn instruction_arguments(input: &DeriveInput) -> Result<Vec<ArgumentInput>> {
    let mut arguments = Vec::new();
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("instruction")) {
        let list = attribute.parse_args_with(Punctuated::<ArgumentInput, Token![,]>::parse_terminated)?;
        arguments.extend(list);
    }
    Ok(arguments)
}

impl Parse for ArgumentInput {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let ident = input.parse().map_err(|error| {
            Error::new(error.span(), "repeat the function's first arguments: `#[instruction(name: Type, …)]`")
        })?;
        input.parse::<Token![:]>()?;
        Ok(Self { ident, ty: input.parse()? })
    }
}

fn field_input(field: syn::Field, scope: &Scope<'_>) -> Result<FieldInput> {
    let Some(ident) = field.ident else {
        return Err(Error::new(Span::call_site(), "accounts have names"));
    };
    super::anchor::check_type(&field.ty)?;
    let mut constraints = Constraints::default();
    let mut attributes =
        field.attrs.iter().filter(|attribute| attribute.path().is_ident("account")).peekable();
    let has_attributes = attributes.peek().is_some();
    for attribute in attributes {
        attribute.parse_args_with(|input: ParseStream<'_>| constraints.parse(input, scope))?;
    }
    constraints.check()?;
    let (ty, is_optional) = match argument_of(&field.ty, "Option") {
        Some(inner) => (inner.clone(), true),
        None => (field.ty, false),
    };
    // Nothing but its name tells the macro what a type is. One of the user's own, that is no group, has constraints.
    let is_group = !has_attributes && is_capitalized(&ty) && !is_known(&ty);
    if is_group && is_optional {
        return Err(Error::new_spanned(
            ty,
            "a group of accounts cannot be left out as a whole: make the accounts in it optional",
        ));
    }
    Ok(FieldInput { docs: lines(&field.attrs), ident, ty, is_optional, is_group, constraints })
}

/// Whether the type is one of the SDK's for an account.
fn is_known(ty: &Type) -> bool {
    const KNOWN: [&str; 9] = [
        "Account",
        "BorshAccount",
        "Signer",
        "Program",
        "SystemAccount",
        "UncheckedAccount",
        "TokenAccount",
        "Mint",
        "Sysvar",
    ];
    last_segment(ty).is_some_and(|ident| KNOWN.iter().any(|known| ident == known))
}

/// Whether the type is named as structs are, and not as numbers.
fn is_capitalized(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|ident| ident.to_string().starts_with(char::is_uppercase))
}

fn last_segment(ty: &Type) -> Option<&Ident> {
    let Type::Path(path) = ty else { return None };
    path.path.segments.last().map(|segment| &segment.ident)
}

/// The `T` of a `Name<T>`.
fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    match path.path.segments.last()? {
        PathSegment { ident, arguments: PathArguments::AngleBracketed(arguments) } if ident == name => {
            match arguments.args.first()? {
                GenericArgument::Type(inner) => Some(inner),
                _ => None,
            }
        }
        _ => None,
    }
}
