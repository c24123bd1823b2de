//! What `#[account(…)]` says of a field, read from the attribute: each constraint by its name.

use super::parse::Scope;
use super::seeds::{AddressValue, Bump, Seed};
use crate::text;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Ident, LitBool, Result, Token, bracketed};

/// A constraint's value, what to fail with, and how it reads.
pub(crate) struct Rule<T> {
    pub(crate) value: T,
    pub(crate) error: Option<Expr>,
    pub(crate) text: String,
}

/// `init`, or `init_if_needed`.
#[derive(Clone, Copy)]
pub(crate) struct Init {
    pub(crate) span: Span,
    /// Whether the account may be there already.
    pub(crate) if_needed: bool,
}

/// What is said of a token account, by `token::…` or `associated_token::…`.
#[derive(Default)]
pub(crate) struct TokenRules {
    pub(crate) mint: Option<Rule<AddressValue>>,
    pub(crate) authority: Option<Rule<AddressValue>>,
}

/// What `mint::…` says of a mint.
#[derive(Default)]
pub(crate) struct MintRules {
    pub(crate) decimals: Option<Rule<Expr>>,
    pub(crate) authority: Option<Rule<AddressValue>>,
    pub(crate) freeze_authority: Option<Rule<AddressValue>>,
}

/// What `realloc` says.
pub(crate) struct Realloc {
    pub(crate) span: Span,
    pub(crate) size: Expr,
}

/// What `#[account(…)]` says of a field.
#[derive(Default)]
pub(crate) struct Constraints {
    pub(crate) writable: Option<Rule<Span>>,
    pub(crate) signer: Option<Rule<Span>>,
    pub(crate) executable: Option<Rule<Span>>,
    pub(crate) rent_exempt: Option<Rule<Span>>,
    pub(crate) may_repeat: bool,
    pub(crate) address: Option<Rule<Expr>>,
    pub(crate) owner: Option<Rule<Expr>>,
    pub(crate) seeds: Option<Rule<Vec<Seed>>>,
    pub(crate) seeds_program: Option<Rule<AddressValue>>,
    pub(crate) bump: Option<Bump>,
    pub(crate) init: Option<Init>,
    pub(crate) zero: Option<Span>,
    pub(crate) payer: Option<Ident>,
    pub(crate) space: Option<Expr>,
    pub(crate) realloc: Option<Realloc>,
    pub(crate) realloc_payer: Option<Ident>,
    pub(crate) realloc_zero: Option<Span>,
    pub(crate) close: Option<Ident>,
    pub(crate) has_one: Vec<Rule<Ident>>,
    pub(crate) conditions: Vec<Rule<Expr>>,
    pub(crate) token: Option<TokenRules>,
    pub(crate) associated: Option<TokenRules>,
    pub(crate) mint: Option<MintRules>,
}

const KNOWN: &[&str] = &[
    "mut",
    "signer",
    "address",
    "owner",
    "executable",
    "rent_exempt",
    "seeds",
    "seeds::program",
    "bump",
    "init",
    "init_if_needed",
    "zero",
    "payer",
    "space",
    "realloc",
    "realloc::payer",
    "realloc::zero",
    "close",
    "has_one",
    "constraint",
    "dup",
    "token::mint",
    "token::authority",
    "associated_token::mint",
    "associated_token::authority",
    "mint::decimals",
    "mint::authority",
    "mint::freeze_authority",
];

impl Constraints {
    pub(super) fn parse(&mut self, input: ParseStream<'_>, scope: &Scope<'_>) -> Result<()> {
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
        let name = Name::parse(input)?;
        let span = name.span();
        match name.text.as_str() {
            "mut" => self.writable = Some(Rule::parse(input, span, &quote!(mut))?),
            "signer" => self.signer = Some(Rule::parse(input, span, &quote!(signer))?),
            "executable" => self.executable = Some(Rule::parse(input, span, &quote!(executable))?),
            "rent_exempt" => self.rent_exempt = rent_exempt(input, &name)?,
            "dup" => self.may_repeat = true,
            "address" => self.address = Some(value(input, &name)?),
            "owner" => self.owner = Some(value(input, &name)?),
            "seeds" => self.seeds = Some(seeds(input, scope)?),
            "seeds::program" => self.seeds_program = Some(address(input, &name, scope)?),
            "bump" => self.bump = Some(Bump::parse(input, span, scope)?),
            "init" => self.init = Some(Init { span, if_needed: false }),
            "init_if_needed" => self.init = Some(Init { span, if_needed: true }),
            "zero" => self.zero = Some(span),
            "payer" => self.payer = Some(field_name(input, &name)?.value),
            "space" => self.space = Some(value(input, &name)?.value),
            "realloc" => self.realloc = Some(Realloc { span, size: value(input, &name)?.value }),
            "realloc::payer" => self.realloc_payer = Some(field_name(input, &name)?.value),
            // New bytes are zero in any case.
            "realloc::zero" => self.realloc_zero = value::<LitBool>(input, &name).map(|_| Some(span))?,
            "close" => self.close = Some(field_name(input, &name)?.value),
            "has_one" => self.has_one.push(field_name(input, &name)?),
            "constraint" => self.conditions.push(value(input, &name)?),
            _ => return self.parse_token(input, &name, scope),
        }
        Ok(())
    }

    fn parse_token(&mut self, input: ParseStream<'_>, name: &Name, scope: &Scope<'_>) -> Result<()> {
        let rule = || address(input, name, scope).map(Some);
        match name.text.as_str() {
            "token::mint" => self.token.get_or_insert_default().mint = rule()?,
            "token::authority" => self.token.get_or_insert_default().authority = rule()?,
            "associated_token::mint" => self.associated.get_or_insert_default().mint = rule()?,
            "associated_token::authority" => self.associated.get_or_insert_default().authority = rule()?,
            "mint::authority" => self.mint.get_or_insert_default().authority = rule()?,
            "mint::freeze_authority" => self.mint.get_or_insert_default().freeze_authority = rule()?,
            "mint::decimals" => self.mint.get_or_insert_default().decimals = Some(value(input, name)?),
            "token::token_program" | "associated_token::token_program" | "mint::token_program" => {
                return Err(Error::new(name.span(), "there is one token program: remove this"));
            }
            unknown => return Err(Error::new(name.span(), text::unknown_name(unknown, KNOWN))),
        }
        Ok(())
    }

    /// Whether the account is made for the token program.
    pub(super) fn is_of_token_program(&self) -> bool {
        self.token.is_some() || self.associated.is_some() || self.mint.is_some()
    }

    /// What one constraint says of others.
    pub(super) fn check(&self) -> Result<()> {
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
        if let (None, Some(program)) = (&self.seeds, &self.seeds_program) {
            return Err(Error::new(
                program.value.span(),
                "this is the program of seeds: add `seeds = […]` and `bump`",
            ));
        }
        self.check_init()?;
        self.check_realloc()
    }

    fn check_init(&self) -> Result<()> {
        let Some(init) = self.init else {
            let spans = [self.payer.as_ref().map(Ident::span), self.space.as_ref().map(spanned)];
            return match spans.into_iter().flatten().next() {
                Some(span) => Err(Error::new(span, "this belongs to `init`: add `init`, or remove it")),
                None => Ok(()),
            };
        };
        if let Some(Bump::Given { expression, .. }) = &self.bump {
            return Err(Error::new_spanned(
                expression,
                "an account that is made gets the canonical bump: write `bump` alone, and store `context.bumps`",
            ));
        }
        if let Some(program) = &self.seeds_program {
            return Err(Error::new(
                program.value.span(),
                "this program can sign for its own addresses alone: remove `seeds::program`, or `init`",
            ));
        }
        if let Some(zero) = self.zero {
            return Err(Error::new(
                zero,
                "`init` makes the account, `zero` fills one that is there: remove one of them",
            ));
        }
        if let Some(space) = self.space.as_ref().filter(|_| self.is_of_token_program()) {
            return Err(Error::new_spanned(space, "the token program knows the size: remove `space`"));
        }
        if self.associated.is_some() && self.seeds.is_some() {
            return Err(Error::new(
                init.span,
                "an associated token account has an address of its own: remove `seeds` and `bump`",
            ));
        }
        Ok(())
    }

    fn check_realloc(&self) -> Result<()> {
        let Some(realloc) = &self.realloc else {
            let spans = [self.realloc_payer.as_ref().map(Ident::span), self.realloc_zero];
            return match spans.into_iter().flatten().next() {
                Some(span) => Err(Error::new(span, "this belongs to `realloc`: add `realloc = bytes`")),
                None => Ok(()),
            };
        };
        if self.init.is_some() || self.zero.is_some() {
            return Err(Error::new(
                realloc.span,
                "a new account gets its size from `space`: remove `realloc`, or resize in another instruction",
            ));
        }
        if self.writable.is_none() {
            return Err(Error::new(realloc.span, "what is resized is written: add `mut` to this account"));
        }
        if self.realloc_payer.is_none() {
            return Err(Error::new(
                realloc.span,
                "who pays for growth, and gets what shrinking frees? Add `realloc::payer = field`, with a field that is a `mut` \
                 signer",
            ));
        }
        Ok(())
    }
}

fn spanned(expression: &Expr) -> Span {
    syn::spanned::Spanned::span(expression)
}

/// A constraint's name: `mut`, or `seeds::program`.
struct Name {
    text: String,
    tokens: TokenStream,
    span: Span,
}

impl Name {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let first = input.call(Ident::parse_any)?;
        if !input.peek(Token![::]) {
            return Ok(Self { text: first.to_string(), span: first.span(), tokens: first.to_token_stream() });
        }
        input.parse::<Token![::]>()?;
        let second = input.call(Ident::parse_any)?;
        Ok(Self { text: format!("{first}::{second}"), span: first.span(), tokens: quote!(#first::#second) })
    }

    const fn span(&self) -> Span {
        self.span
    }
}

impl Rule<Span> {
    fn parse(input: ParseStream<'_>, span: Span, name: &TokenStream) -> Result<Self> {
        Ok(Self { value: span, error: error(input)?, text: text::of(name) })
    }
}

/// `= value`, and `@ error`.
fn value<T: Parse + ToTokens>(input: ParseStream<'_>, name: &Name) -> Result<Rule<T>> {
    let Name { text, tokens, .. } = name;
    input
        .parse::<Token![=]>()
        .map_err(|error| Error::new(error.span(), format!("`{text}` needs a value: `{text} = …`")))?;
    let value: T = input.parse()?;
    let text = text::of(&quote!(#tokens = #value));
    Ok(Rule { value, error: error(input)?, text })
}

/// As `value`, for another field's name.
fn field_name(input: ParseStream<'_>, name: &Name) -> Result<Rule<Ident>> {
    let Name { text, .. } = name;
    let ahead = input.fork();
    if ahead.parse::<Token![=]>().is_ok()
        && (ahead.parse::<Ident>().is_err() || ahead.peek(Token![.]) || ahead.peek(Token![::]))
    {
        return Err(Error::new(
            input.span(),
            format!("`{text}` takes the name of a field of this struct: `{text} = field`"),
        ));
    }
    value(input, name)
}

/// As `value`, for what has an address.
fn address(input: ParseStream<'_>, name: &Name, scope: &Scope<'_>) -> Result<Rule<AddressValue>> {
    let Rule { value, error, text } = value::<Expr>(input, name)?;
    Ok(Rule { value: AddressValue::new(value, scope), error, text })
}

fn rent_exempt(input: ParseStream<'_>, name: &Name) -> Result<Option<Rule<Span>>> {
    let Rule { value, error, text } = value::<Ident>(input, name)?;
    match value.to_string().as_str() {
        "enforce" => Ok(Some(Rule { value: value.span(), error, text })),
        "skip" => Ok(None),
        _ => Err(Error::new_spanned(value, "write `rent_exempt = enforce`, or `rent_exempt = skip`")),
    }
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
