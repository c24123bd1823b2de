//! What the constraints of one field say of others: it is refused here, with the words of what to do, where it does not fit
//! together.

use super::constraints::{Init, MintRules, Rule, TokenRules};
use super::parse::{AccountsInput, FieldInput};
use super::seeds::{AddressValue, Seed};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Error, Ident, Result};

impl AccountsInput {
    /// What one field says of others.
    pub(super) fn check(&self) -> Result<()> {
        super::all(self.fields.iter().map(|field| self.check_field(field))).map(|_| ())
    }

    fn check_field(&self, field: &FieldInput) -> Result<()> {
        let constraints = &field.constraints;
        if let Some(init) = constraints.init {
            self.check_init(field, init)?;
        }
        if let Some(zero) = constraints.zero
            && (field.plain_data_type().is_none() || field.is_optional)
        {
            return Err(Error::new(zero, "`zero` is for fields of the type `Account<T>`"));
        }
        self.check_realloc(field)?;
        for rule in &constraints.conditions {
            self.check_reads(rule.value.to_token_stream())?;
        }
        if let Some(destination) = &constraints.close {
            self.check_close(field, destination)?;
        }
        for rule in &constraints.has_one {
            self.plain(&rule.value, "`has_one` compares with the account of that name")?;
            if field.data_type().is_none() {
                return Err(Error::new_spanned(
                    &rule.value,
                    "`has_one` reads the account's data: give the field the type `Account<T>` or `BorshAccount<T>`",
                ));
            }
        }
        self.check_seeds(field)?;
        self.check_token(field)
    }

    /// In an expression, data of an account is lent before it is read: `counter.load()?.count`.
    fn check_reads(&self, tokens: TokenStream) -> Result<()> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            if let TokenTree::Group(group) = token {
                self.check_reads(group.stream())?;
            }
            let follows = |offset: usize, sign: char| {
                matches!(
                    tokens.get(index + offset), Some(TokenTree::Punct(punct)) if punct.as_char() == sign
                )
            };
            let is_called = matches!(
                tokens.get(index + 3), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis
            );
            let is_member = index.checked_sub(1).is_some_and(
                |before| matches!(&tokens[before], TokenTree::Punct(punct) if punct.as_char() == '.'),
            );
            if let (TokenTree::Ident(account), Some(TokenTree::Ident(member))) =
                (token, tokens.get(index + 2))
                && follows(1, '.')
                && !is_called
                && !is_member
                && self.field(account).is_some_and(|field| !field.is_optional && field.data_type().is_some())
            {
                return Err(Error::new_spanned(
                    member,
                    format!(
                        "an account's data is lent before it is read: write `{account}.load()?.{member}`"
                    ),
                ));
            }
        }
        Ok(())
    }

    fn check_seeds(&self, field: &FieldInput) -> Result<()> {
        for seed in field.constraints.seeds.iter().flat_map(|rule| &rule.value) {
            if let Some(account) = seed.account() {
                self.plain(account, "a seed is taken from it")?;
            }
            if let Seed::Field { account, .. } = seed
                && self.field(account).and_then(FieldInput::data_type).is_none()
            {
                return Err(Error::new_spanned(
                    account,
                    "this account has no fields: its type is no `Account<T>` or `BorshAccount<T>`",
                ));
            }
        }
        self.check_value(field.constraints.seeds_program.as_ref(), "the address is derived from it")
    }

    fn check_value(&self, rule: Option<&Rule<AddressValue>>, why: &str) -> Result<()> {
        match rule.and_then(|rule| rule.value.account()) {
            Some(account) => self.plain(account, why).map(|_| ()),
            None => Ok(()),
        }
    }

    fn check_init(&self, field: &FieldInput, init: Init) -> Result<()> {
        let name = if init.if_needed { "init_if_needed" } else { "init" };
        let Some(payer) = &field.constraints.payer else {
            return Err(Error::new(
                init.span,
                "who pays for the account? Add `payer = field`, with a field that is a `mut` signer",
            ));
        };
        if field.is_optional {
            return Err(Error::new(
                init.span,
                "an account that is made cannot be optional: remove the `Option`",
            ));
        }
        self.check_payer(payer)?;
        self.check_program(
            init.span,
            "system_program",
            "System",
            &format!("`{name}` calls the system program"),
        )
    }

    fn check_payer(&self, payer: &Ident) -> Result<()> {
        if self.plain(payer, "it pays for the account")?.constraints.writable.is_none() {
            return Err(Error::new_spanned(
                payer,
                "who pays loses lamports: add `#[account(mut)]` to that field",
            ));
        }
        Ok(())
    }

    /// Makes sure that there is a field for a program that is called.
    fn check_program(&self, span: Span, name: &str, program: &str, why: &str) -> Result<()> {
        let ident = Ident::new(name, span);
        let is_program = |field: &FieldInput| !field.is_optional && field.is_called("Program").is_some();
        if !self.field(&ident).is_some_and(is_program) {
            return Err(Error::new(span, format!("{why}: add a field `pub {name}: Program<{program}>`")));
        }
        Ok(())
    }

    fn check_realloc(&self, field: &FieldInput) -> Result<()> {
        let constraints = &field.constraints;
        let (Some(realloc), Some(payer)) = (&constraints.realloc, &constraints.realloc_payer) else {
            return Ok(());
        };
        if field.is_optional {
            return Err(Error::new(
                realloc.span,
                "an account that is resized cannot be optional: remove the `Option`",
            ));
        }
        self.check_payer(payer)?;
        self.check_program(realloc.span, "system_program", "System", "`realloc` calls the system program")
    }

    /// What is said of tokens fits the field's type, and is enough to make the account.
    fn check_token(&self, field: &FieldInput) -> Result<()> {
        let constraints = &field.constraints;
        for (rules, name) in [(&constraints.token, "token"), (&constraints.associated, "associated_token")] {
            let Some(TokenRules { mint, authority }) = rules else { continue };
            self.check_value(mint.as_ref(), "it is the mint")?;
            self.check_value(authority.as_ref(), "it owns the tokens")?;
            let span = mint.iter().chain(authority).map(|rule| rule.value.span()).next();
            let span = span.unwrap_or_else(|| field.ident.span());
            if field.is_called("TokenAccount").is_none() {
                return Err(Error::new(
                    span,
                    format!("`{name}::…` is for token accounts: give the field the type `TokenAccount`"),
                ));
            }
            if (constraints.init.is_some() || name == "associated_token")
                && (mint.is_none() || authority.is_none())
            {
                return Err(Error::new(
                    span,
                    format!(
                        "a token account has a mint and an owner: write `{name}::mint` and `{name}::authority`"
                    ),
                ));
            }
            if let Some(init) = constraints.init {
                self.check_token_init(init, name, mint.as_ref(), authority.as_ref())?;
            }
        }
        if let Some(MintRules { decimals, authority, freeze_authority }) = &constraints.mint {
            self.check_value(authority.as_ref(), "it may mint")?;
            self.check_value(freeze_authority.as_ref(), "it may freeze")?;
            if field.is_called("Mint").is_none() {
                return Err(Error::new(
                    field.ident.span(),
                    "`mint::…` is for mints: give the field the type `Mint`",
                ));
            }
            if let Some(init) = constraints.init {
                if decimals.is_none() || authority.is_none() {
                    return Err(Error::new(
                        init.span,
                        "a mint has decimals and somebody who may mint: write `mint::decimals` and `mint::authority`",
                    ));
                }
                self.check_program(init.span, "token_program", "Token", "`init` calls the token program")?;
            }
        }
        self.check_made_type(field)
    }

    fn check_token_init(
        &self,
        init: Init,
        name: &str,
        mint: Option<&Rule<AddressValue>>,
        authority: Option<&Rule<AddressValue>>,
    ) -> Result<()> {
        let is_associated = name == "associated_token";
        for (rule, is_needed) in [(mint, true), (authority, is_associated)] {
            if let Some(rule) = rule
                && is_needed
                && rule.value.account().is_none()
            {
                return Err(Error::new(
                    rule.value.span(),
                    "the token program is given this account: name its field here",
                ));
            }
        }
        self.check_program(init.span, "token_program", "Token", "`init` calls the token program")?;
        if is_associated {
            self.check_program(
                init.span,
                "associated_token_program",
                "AssociatedToken",
                "`init` calls the program of associated token accounts",
            )?;
        }
        Ok(())
    }

    /// What is made for the token program says what it is.
    fn check_made_type(&self, field: &FieldInput) -> Result<()> {
        let Some(init) = field.constraints.init.filter(|_| !field.constraints.is_of_token_program()) else {
            return Ok(());
        };
        if field.is_called("TokenAccount").is_some() {
            return Err(Error::new(
                init.span,
                "which tokens, and whose? Add `token::mint` and `token::authority`, or `associated_token::…`",
            ));
        }
        if field.is_called("Mint").is_some() {
            return Err(Error::new(
                init.span,
                "which mint shall it be? Add `mint::decimals` and `mint::authority`",
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
        if field.is_called("TokenAccount").is_some() {
            return Err(Error::new_spanned(
                destination,
                "token accounts are the token program's to close: call `TokenProgram::close_account` in the function",
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

    /// The field of this name, which must be there, a single account and not optional.
    fn plain(&self, name: &Ident, why: &str) -> Result<&FieldInput> {
        match self.field(name) {
            None => Err(Error::new_spanned(name, format!("there is no field `{name}`: {why}"))),
            Some(field) if field.is_group => Err(Error::new_spanned(
                name,
                format!("`{name}` is a group of accounts: {why}; name a single account beside it"),
            )),
            Some(field) if field.is_optional => {
                Err(Error::new_spanned(name, format!("`{name}` is optional, and may be missing here: {why}")))
            }
            Some(field) => Ok(field),
        }
    }
}
