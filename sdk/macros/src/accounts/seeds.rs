//! Seeds and bumps: what each is, in the user's words and in code.

use super::parse::Scope;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprField, ExprLit, ExprPath, Ident, Lit, Member, Result, Token};

/// One seed.
#[derive(Clone)]
pub(crate) enum Seed {
    /// A literal or a constant.
    Constant(Expr),
    /// An account's address.
    Account(Ident),
    /// An argument's bytes.
    Argument(Ident),
    /// A field of an account's data.
    Field { account: Ident, field: Ident },
}

impl Seed {
    pub(crate) fn new(expression: Expr, scope: &Scope<'_>) -> Result<Self> {
        let expression = plain(expression);
        match &expression {
            Expr::Lit(ExprLit { lit: Lit::ByteStr(_) | Lit::Str(_), .. }) => Ok(Self::Constant(expression)),
            Expr::Field(field) => Self::field(field, scope).ok_or_else(|| Self::unknown(&expression)),
            Expr::Path(path) => Self::path(path, scope),
            _ => Err(Self::unknown(&expression)),
        }
    }

    fn path(path: &ExprPath, scope: &Scope<'_>) -> Result<Self> {
        let Some(name) = path.path.get_ident() else {
            return Ok(Self::Constant(Expr::Path(path.clone())));
        };
        if scope.fields.contains(name) {
            return Ok(Self::Account(name.clone()));
        }
        if scope.arguments.iter().any(|argument| argument.ident == *name) {
            return Ok(Self::Argument(name.clone()));
        }
        if name.to_string().chars().any(char::is_lowercase) {
            return Err(Error::new_spanned(
                name,
                format!(
                    "`{name}` is no account here: if it is an argument, declare it on the struct: \
                     `#[instruction({name}: Type)]`"
                ),
            ));
        }
        Ok(Self::Constant(Expr::Path(path.clone())))
    }

    fn field(expression: &ExprField, scope: &Scope<'_>) -> Option<Self> {
        let (Expr::Path(base), Member::Named(field)) = (&*expression.base, &expression.member) else {
            return None;
        };
        let account = base.path.get_ident()?;
        scope.fields.contains(account).then(|| Self::Field { account: account.clone(), field: field.clone() })
    }

    fn unknown(expression: &Expr) -> Error {
        Error::new_spanned(
            expression,
            "a seed is a literal (`b\"name\"`), a constant, an account (its address), an argument (its bytes), or a field of \
             an account's data (`account.field`): name one of them, without calling anything",
        )
    }

    /// The account that it is taken from.
    pub(crate) fn account(&self) -> Option<&Ident> {
        match self {
            Self::Account(account) | Self::Field { account, .. } => Some(account),
            Self::Constant(_) | Self::Argument(_) => None,
        }
    }

    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Constant(expression) => expression.span(),
            Self::Account(name) | Self::Argument(name) | Self::Field { account: name, .. } => name.span(),
        }
    }

    /// Statements that make `name` hold the seed's bytes, in the program.
    pub(crate) fn bind(&self, name: &Ident) -> TokenStream {
        match self {
            Self::Constant(value) => quote! {
                let #name = ::sealane_sdk::guest::codec::Seed::to_seed(&#value);
            },
            Self::Account(account) => quote! {
                let #name = ::sealane_sdk::guest::declared::AccountField::view(&#account);
                let #name = ::sealane_sdk::guest::codec::Seed::to_seed(#name.address());
            },
            Self::Argument(argument) => quote! {
                let #name = ::sealane_sdk::guest::codec::Seed::to_seed(&#argument);
            },
            Self::Field { account, field } => quote! {
                let #name = #account.load()?.#field;
                let #name = ::sealane_sdk::guest::codec::Seed::to_seed(&#name);
            },
        }
    }
}

/// The seed without the calls that would make bytes of it: `owner.key().as_ref()` is `owner`, as programs on Anchor write it.
/// How many bytes a value is, and in which order, its type says.
fn plain(expression: Expr) -> Expr {
    const SAME: [&str; 6] = ["as_ref", "as_bytes", "as_slice", "key", "address", "to_le_bytes"];
    match expression {
        Expr::MethodCall(call) if call.args.is_empty() && SAME.iter().any(|name| call.method == name) => {
            plain(*call.receiver)
        }
        Expr::Reference(reference) if reference.mutability.is_none() => plain(*reference.expr),
        other => other,
    }
}

/// A value that is an address: an account's, or an expression.
pub(crate) enum AddressValue {
    /// The address of this field.
    Account(Ident),
    /// An expression of type `Address`, or a reference to one.
    Expression(Expr),
}

impl AddressValue {
    pub(super) fn new(expression: Expr, scope: &Scope<'_>) -> Self {
        match plain(expression.clone()) {
            Expr::Path(path) if path.path.get_ident().is_some_and(|name| scope.fields.contains(name)) => {
                path.path.get_ident().cloned().map_or(Self::Expression(expression), Self::Account)
            }
            _ => Self::Expression(expression),
        }
    }

    /// The field, if it is one.
    pub(crate) const fn account(&self) -> Option<&Ident> {
        match self {
            Self::Account(account) => Some(account),
            Self::Expression(_) => None,
        }
    }

    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Account(account) => account.span(),
            Self::Expression(expression) => expression.span(),
        }
    }

    /// Code for a reference to the address, in the program.
    pub(crate) fn code(&self) -> TokenStream {
        match self {
            Self::Account(account) => {
                quote!(::sealane_sdk::guest::declared::AccountField::view(&#account).address())
            }
            Self::Expression(value) => {
                quote!(::core::borrow::Borrow::<::sealane_sdk::Address>::borrow(&(#value)))
            }
        }
    }

    /// The address as a seed.
    pub(crate) fn as_seed(&self) -> Seed {
        match self {
            Self::Account(account) => Seed::Account(account.clone()),
            Self::Expression(value) => Seed::Constant(value.clone()),
        }
    }
}

/// Where the bump comes from.
pub(crate) enum Bump {
    /// It is searched.
    Canonical(Span),
    /// It is this.
    Given {
        /// What the user wrote.
        expression: Expr,
        /// What it reads, if it is a field of an account's data.
        stored: Option<(Ident, Ident)>,
    },
}

impl Bump {
    pub(crate) fn parse(input: ParseStream<'_>, span: Span, scope: &Scope<'_>) -> Result<Self> {
        if !input.peek(Token![=]) {
            return Ok(Self::Canonical(span));
        }
        input.parse::<Token![=]>()?;
        let expression: Expr = input.parse()?;
        let stored = match &expression {
            Expr::Field(field) => match Seed::field(field, scope) {
                Some(Seed::Field { account, field }) => Some((account, field)),
                _ => None,
            },
            _ => None,
        };
        Ok(Self::Given { expression, stored })
    }

    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Canonical(span) => *span,
            Self::Given { expression, .. } => expression.span(),
        }
    }
}
