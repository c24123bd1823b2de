//! The user's struct, parsed: fields, their types, their constraints; and what can be seen to be wrong from there alone.

use super::seeds::{Bump, Seed};
use crate::documentation::lines;
use crate::text;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Data, DeriveInput, Error, Expr, Fields, GenericArgument, Ident, PathArguments, PathSegment, Result,
    Token, Type, Visibility, bracketed,
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

/// One account.
pub(crate) struct FieldInput {
    pub(crate) ident: Ident,
    pub(crate) docs: Vec<String>,
    /// Its type, without the `Option`.
    pub(crate) ty: Type,
    pub(crate) is_optional: bool,
    pub(crate) constraints: Constraints,
}

/// A constraint's value, what to fail with, and how it reads.
pub(crate) struct Rule<T> {
    pub(crate) value: T,
    pub(crate) error: Option<Expr>,
    pub(crate) text: String,
}

/// What `#[account(…)]` says of a field.
#[derive(Default)]
pub(crate) struct Constraints {
    pub(crate) writable: Option<Rule<Span>>,
    pub(crate) signer: Option<Rule<Span>>,
    pub(crate) executable: Option<Rule<Span>>,
    pub(crate) may_repeat: bool,
    pub(crate) address: Option<Rule<Expr>>,
    pub(crate) owner: Option<Rule<Expr>>,
    pub(crate) seeds: Option<Rule<Vec<Seed>>>,
    pub(crate) bump: Option<Bump>,
    pub(crate) init: Option<Span>,
    pub(crate) payer: Option<Ident>,
    pub(crate) space: Option<Expr>,
    pub(crate) close: Option<Ident>,
    pub(crate) has_one: Vec<Rule<Ident>>,
    pub(crate) conditions: Vec<Rule<Expr>>,
}

impl AccountsInput {
    pub(crate) fn from_item(input: DeriveInput) -> Result<Self> {
        if !input.generics.params.is_empty() {
            return Err(Error::new_spanned(
                &input.generics,
                "accounts have no lifetimes and no parameters here: write `pub struct Name { … }`",
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
        let fields =
            data.fields.into_iter().map(|field| field_input(field, &scope)).collect::<Result<Vec<_>>>()?;
        let parsed = Self { ident: input.ident, vis: input.vis, arguments, fields };
        parsed.check()?;
        Ok(parsed)
    }

    /// The field of this name.
    pub(crate) fn field(&self, name: &Ident) -> Option<&FieldInput> {
        self.fields.iter().find(|field| field.ident == *name)
    }

    /// What one field says of others.
    fn check(&self) -> Result<()> {
        for field in &self.fields {
            let constraints = &field.constraints;
            if let Some(init) = constraints.init {
                self.check_init(field, init)?;
            }
            if let Some(destination) = &constraints.close {
                self.check_close(field, destination)?;
            }
            for rule in &constraints.has_one {
                self.plain(&rule.value, "`has_one` compares with the account of that name")?;
                if field.data_type().is_none() {
                    return Err(Error::new_spanned(
                        &rule.value,
                        "`has_one` reads the account's data: give the field the type `Account<T>`",
                    ));
                }
            }
            for seed in constraints.seeds.iter().flat_map(|rule| &rule.value) {
                if let Some(account) = seed.account() {
                    self.plain(account, "a seed is taken from it")?;
                }
                if let Seed::Field { account, .. } = seed
                    && self.field(account).and_then(FieldInput::data_type).is_none()
                {
                    return Err(Error::new_spanned(
                        account,
                        "this account has no fields: its type is no `Account<T>`",
                    ));
                }
            }
        }
        Ok(())
    }

    fn check_init(&self, field: &FieldInput, init: Span) -> Result<()> {
        let Some(payer) = &field.constraints.payer else {
            return Err(Error::new(
                init,
                "who pays for the account? Add `payer = field`, with a field that is a `mut` signer",
            ));
        };
        if field.is_optional {
            return Err(Error::new(init, "an account that is made cannot be optional: remove the `Option`"));
        }
        if self.plain(payer, "it pays for the account")?.constraints.writable.is_none() {
            return Err(Error::new_spanned(
                payer,
                "who pays loses lamports: add `#[account(mut)]` to that field",
            ));
        }
        let name = Ident::new("system_program", init);
        if self.field(&name).is_none_or(|program| program.is_optional) {
            return Err(Error::new(
                init,
                "`init` calls the system program: add a field `pub system_program: Program<System>`",
            ));
        }
        Ok(())
    }

    fn check_close(&self, field: &FieldInput, destination: &Ident) -> Result<()> {
        if field.ident == *destination {
            return Err(Error::new_spanned(
                destination,
                "an account cannot get its own lamports: name another field",
            ));
        }
        if field.constraints.writable.is_none() || field.constraints.init.is_some() {
            return Err(Error::new_spanned(
                destination,
                "what is closed is written: add `mut` to this account (and not `init`)",
            ));
        }
        if self.plain(destination, "it gets the lamports")?.constraints.writable.is_none() {
            return Err(Error::new_spanned(
                destination,
                "who gets the lamports is written: add `#[account(mut)]` to that field",
            ));
        }
        Ok(())
    }

    /// The field of this name, which must be there and not optional.
    fn plain(&self, name: &Ident, why: &str) -> Result<&FieldInput> {
        match self.field(name) {
            None => Err(Error::new_spanned(name, format!("there is no field `{name}`: {why}"))),
            Some(field) if field.is_optional => {
                Err(Error::new_spanned(name, format!("`{name}` is optional, and may be missing here: {why}")))
            }
            Some(field) => Ok(field),
        }
    }
}

impl FieldInput {
    /// The `T` of an `Account<T>`.
    pub(crate) fn data_type(&self) -> Option<&Type> {
        argument_of(&self.ty, "Account")
    }

    /// Whether the type is one of those that never lend data.
    pub(crate) fn lends_nothing(&self) -> bool {
        let Type::Path(path) = &self.ty else { return false };
        path.path.segments.last().is_some_and(|segment| {
            ["Signer", "Program", "SystemAccount", "UncheckedAccount"]
                .iter()
                .any(|name| segment.ident == name)
        })
    }

    /// Whether the program declares to write it.
    pub(crate) fn is_writable(&self) -> bool {
        self.constraints.writable.is_some() || self.constraints.init.is_some()
    }

    /// Whether the account signs, as far as the attribute says.
    pub(crate) fn must_sign(&self) -> bool {
        let Constraints { signer, init, seeds, .. } = &self.constraints;
        signer.is_some() || (init.is_some() && seeds.is_none())
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
    let mut constraints = Constraints::default();
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("account")) {
        attribute.parse_args_with(|input: ParseStream<'_>| constraints.parse(input, scope))?;
    }
    constraints.check()?;
    let (ty, is_optional) = match argument_of(&field.ty, "Option") {
        Some(inner) => (inner.clone(), true),
        None => (field.ty, false),
    };
    Ok(FieldInput { docs: lines(&field.attrs), ident, ty, is_optional, constraints })
}

impl Constraints {
    fn parse(&mut self, input: ParseStream<'_>, scope: &Scope<'_>) -> Result<()> {
        while !input.is_empty() {
            self.parse_one(input, scope)?;
            if !input.is_empty() {
                input.parse::<Token![,]>().map_err(|error| {
                    Error::new(
                        error.span(),
                        "put a comma between constraints; an error goes behind its own: `rule @ error`",
                    )
                })?;
            }
        }
        Ok(())
    }

    fn parse_one(&mut self, input: ParseStream<'_>, scope: &Scope<'_>) -> Result<()> {
        let name = input.call(Ident::parse_any)?;
        let span = name.span();
        match name.to_string().as_str() {
            "mut" => self.writable = Some(Rule::parse(input, span, &quote!(mut))?),
            "signer" => self.signer = Some(Rule::parse(input, span, &quote!(signer))?),
            "executable" => self.executable = Some(Rule::parse(input, span, &quote!(executable))?),
            "dup" => self.may_repeat = true,
            "address" => self.address = Some(value(input, &name)?),
            "owner" => self.owner = Some(value(input, &name)?),
            "seeds" => self.seeds = Some(seeds(input, scope)?),
            "bump" => self.bump = Some(Bump::parse(input, span, scope)?),
            "init" => self.init = Some(span),
            "payer" => self.payer = Some(value(input, &name)?.value),
            "space" => self.space = Some(value(input, &name)?.value),
            "close" => self.close = Some(value(input, &name)?.value),
            "has_one" => self.has_one.push(value(input, &name)?),
            "constraint" => self.conditions.push(value(input, &name)?),
            unknown => {
                return Err(Error::new(
                    span,
                    format!(
                        "`{unknown}` is no constraint: there are mut, signer, address, owner, executable, seeds, bump, init, \
                         payer, space, close, has_one, constraint and dup"
                    ),
                ));
            }
        }
        Ok(())
    }

    /// What one constraint says of others.
    fn check(&self) -> Result<()> {
        if let (Some(seeds), None) = (&self.seeds, &self.bump) {
            let span = seeds.value.first().map_or_else(Span::call_site, Seed::span);
            return Err(Error::new(
                span,
                "seeds need a bump: add `bump`, or `bump = account.bump` if it is stored",
            ));
        }
        if let (None, Some(bump)) = (&self.seeds, &self.bump) {
            return Err(Error::new(bump.span(), "a bump belongs to seeds: add `seeds = […]`"));
        }
        if self.init.is_some() {
            if let Some(Bump::Given { expression, .. }) = &self.bump {
                return Err(Error::new_spanned(
                    expression,
                    "an account that is made gets the canonical bump: write `bump` alone, and store `context.bumps`",
                ));
            }
            return Ok(());
        }
        let without =
            [self.payer.as_ref().map(|payer| payer.span()), self.space.as_ref().map(|space| space.span())];
        match without.into_iter().flatten().next() {
            Some(span) => Err(Error::new(span, "this belongs to `init`: add `init`, or remove it")),
            None => Ok(()),
        }
    }
}

impl Rule<Span> {
    fn parse(input: ParseStream<'_>, span: Span, name: &TokenStream) -> Result<Self> {
        Ok(Self { value: span, error: error(input)?, text: text::of(name) })
    }
}

/// `= value`, and `@ error`.
fn value<T: Parse + ToTokens>(input: ParseStream<'_>, name: &Ident) -> Result<Rule<T>> {
    input
        .parse::<Token![=]>()
        .map_err(|error| Error::new(error.span(), format!("`{name}` needs a value: `{name} = …`")))?;
    let value: T = input.parse()?;
    let text = text::of(&quote!(#name = #value));
    Ok(Rule { value, error: error(input)?, text })
}

fn seeds(input: ParseStream<'_>, scope: &Scope<'_>) -> Result<Rule<Vec<Seed>>> {
    input.parse::<Token![=]>()?;
    let list;
    bracketed!(list in input);
    let expressions = Punctuated::<Expr, Token![,]>::parse_terminated(&list)?;
    let text = text::of(&quote!(seeds = [#expressions]));
    let value = expressions.into_iter().map(|seed| Seed::new(seed, scope)).collect::<Result<Vec<_>>>()?;
    if value.len() > 15 {
        return Err(Error::new(list.span(), "an address has at most 15 seeds, and its bump"));
    }
    Ok(Rule { value, error: error(input)?, text })
}

fn error(input: ParseStream<'_>) -> Result<Option<Expr>> {
    if input.peek(Token![@]) {
        input.parse::<Token![@]>()?;
        return input.parse().map(Some);
    }
    Ok(None)
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
