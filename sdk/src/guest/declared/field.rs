//! The types that fields of accounts can have, and what each makes sure of.

use super::context::Call;
use super::refusal::{ConstraintError, Fault, refuse_fault};
use super::scope::Place;
use crate::guest::token::TokenProgram;
use crate::guest::{AccountView, address_eq};
use crate::ids;
use crate::{Address, ProgramError};
use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;

/// A type that a field of `#[derive(Accounts)]` can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type for an account",
    label = "no account can be this",
    note = "use `Account<T>` (data of this program, with `#[account]` on `T`), `Signer`, `Program<P>`, `SystemAccount`, \
            `TokenAccount`, `Mint`, `Sysvar<S>`, `UncheckedAccount`, or an `Option` of one of them; a group of accounts (a struct \
            with `#[derive(Accounts)]`) stands in a field without `#[account(…)]`"
)]
pub trait AccountField: Sized {
    /// Whether the account must sign.
    const SIGNER: bool = false;
    /// Whether it lends typed data, so that it must not stand in two writable fields.
    const HOLDS_DATA: bool = false;
    /// The only account it can be, if there is one.
    const ADDRESS: Option<Address> = None;
    /// Size of the data it is made with, if nothing else is declared.
    const SPACE_BYTES: usize = 0;

    /// The account, once it is sure that it is what it should be.
    ///
    /// # Errors
    /// The rule that it breaks.
    fn from_view(view: AccountView, program_id: &Address) -> Result<Self, &'static Fault>;

    /// As [`from_view`](Self::from_view), for an account that has just been made for this program.
    ///
    /// # Errors
    /// The rule that it breaks.
    fn from_new(view: AccountView, program_id: &Address) -> Result<Self, &'static Fault> {
        Self::from_view(view, program_id)
    }

    /// As [`from_view`](Self::from_view), for an account with `zero`: somebody has made it for this program, and nothing
    /// stands in it.
    ///
    /// # Errors
    /// The rule that it breaks.
    fn from_zero(view: AccountView, program_id: &Address) -> Result<Self, &'static Fault> {
        Self::from_new(view, program_id)
    }

    /// The account.
    fn view(&self) -> AccountView;

    /// Adds what clients must know of its data.
    #[cfg(feature = "host")]
    fn describe(_definitions: &mut crate::idl::Definitions) {}
}

/// The account as its field's type, or the refusal.
///
/// # Errors
/// That of [`AccountField::from_view`], logged.
#[inline(always)]
pub fn field<F: AccountField>(call: &Call<'_>, view: AccountView, place: Place) -> Result<F, ProgramError> {
    F::from_view(view, call.program_id).map_err(|fault| refuse_fault(place, fault))
}

/// As [`field`], for an optional account: clients give the program's own address where there is none.
///
/// # Errors
/// As [`field`].
#[inline(always)]
pub fn optional_field<F: AccountField>(
    call: &Call<'_>,
    view: AccountView,
    place: Place,
) -> Result<Option<F>, ProgramError> {
    if address_eq(view.address(), call.program_id) { Ok(None) } else { field(call, view, place).map(Some) }
}

/// As [`field`], for an account with `zero`: it belongs to this program, and nothing stands in it yet.
///
/// # Errors
/// That of [`AccountField::from_zero`], logged.
#[inline(always)]
pub fn zero_field<F: AccountField>(
    call: &Call<'_>,
    view: AccountView,
    place: Place,
) -> Result<F, ProgramError> {
    F::from_zero(view, call.program_id).map_err(|fault| refuse_fault(place, fault))
}

/// The account as it is, before it becomes its field's type: while accounts are made, seeds and authorities may name one that
/// is made later. For a field there is [`UncheckedAccount`].
#[doc(hidden)]
impl AccountField for AccountView {
    #[inline(always)]
    fn from_view(view: AccountView, _program_id: &Address) -> Result<Self, &'static Fault> {
        Ok(view)
    }

    #[inline(always)]
    fn view(&self) -> AccountView {
        *self
    }
}

/// An account of which nothing is known but what its constraints say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UncheckedAccount(AccountView);

/// An account that signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signer(AccountView);

/// An account that the system program owns: a wallet, or an address that holds nothing yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemAccount(AccountView);

impl AccountField for UncheckedAccount {
    #[inline(always)]
    fn from_view(view: AccountView, _program_id: &Address) -> Result<Self, &'static Fault> {
        Ok(Self(view))
    }

    #[inline(always)]
    fn view(&self) -> AccountView {
        self.0
    }
}

impl AccountField for Signer {
    const SIGNER: bool = true;

    #[inline(always)]
    fn from_view(view: AccountView, _program_id: &Address) -> Result<Self, &'static Fault> {
        if view.is_signer() {
            Ok(Self(view))
        } else {
            const { Err(&Fault::new("must sign", ConstraintError::AccountNotSigner)) }
        }
    }

    #[inline(always)]
    fn view(&self) -> AccountView {
        self.0
    }
}

impl AccountField for SystemAccount {
    #[inline(always)]
    fn from_view(view: AccountView, _program_id: &Address) -> Result<Self, &'static Fault> {
        if view.is_owned_by(&ids::system_program::ID) {
            Ok(Self(view))
        } else {
            const { Err(&Fault::new("must belong to the system program", ConstraintError::AccountNotSystemOwned)) }
        }
    }

    #[inline(always)]
    fn view(&self) -> AccountView {
        self.0
    }
}

/// A program that is known by its address: what the `P` of [`Program<P>`] is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a program with a known address",
    note = "there are `System`, `Token` and `AssociatedToken`; any other is a type of your own with `ProgramAddress`, or an \
            `UncheckedAccount` with `executable` or `address = …`"
)]
pub trait ProgramAddress {
    /// Where it is.
    const ADDRESS: Address;
    /// What is said of an account that is not it.
    const RULE: &'static str;
}

/// The system program.
#[derive(Clone, Copy, Debug)]
pub struct System;

/// The token program.
#[derive(Clone, Copy, Debug)]
pub struct Token;

/// The associated token account program.
#[derive(Clone, Copy, Debug)]
pub struct AssociatedToken;

impl ProgramAddress for System {
    const ADDRESS: Address = ids::system_program::ID;
    const RULE: &'static str = "must be the system program";
}

impl ProgramAddress for Token {
    const ADDRESS: Address = ids::token::ID;
    const RULE: &'static str = "must be the token program";
}

impl ProgramAddress for AssociatedToken {
    const ADDRESS: Address = ids::associated_token::ID;
    const RULE: &'static str = "must be the associated token account program";
}

/// The program `P`. Clients need not name it: its address is known.
pub struct Program<P> {
    view: AccountView,
    program: PhantomData<P>,
}

impl<P: ProgramAddress> AccountField for Program<P> {
    const ADDRESS: Option<Address> = Some(P::ADDRESS);

    #[inline(always)]
    fn from_view(view: AccountView, _program_id: &Address) -> Result<Self, &'static Fault> {
        if address_eq(view.address(), &P::ADDRESS) {
            Ok(Self { view, program: PhantomData })
        } else {
            const { Err(&Fault::new(P::RULE, ConstraintError::InvalidProgramId)) }
        }
    }

    #[inline(always)]
    fn view(&self) -> AccountView {
        self.view
    }
}

impl Program<Token> {
    /// The token program, to be called.
    #[inline]
    #[must_use]
    pub const fn calls(&self) -> TokenProgram<'_> {
        TokenProgram::known(&self.view)
    }
}

impl<P> Clone for Program<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Program<P> {}

impl<P> fmt::Debug for Program<P> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view.fmt(formatter)
    }
}

impl<P> Deref for Program<P> {
    type Target = AccountView;

    #[inline(always)]
    fn deref(&self) -> &AccountView {
        &self.view
    }
}

macro_rules! dereference {
    ($($type:ident)*) => {$(
        impl Deref for $type {
            type Target = AccountView;

            #[inline(always)]
            fn deref(&self) -> &AccountView {
                &self.0
            }
        }
    )*};
}

dereference!(UncheckedAccount Signer SystemAccount);
