//! `Sysvar<S>`: the account of a sysvar.

use super::field::AccountField;
use super::refusal::{ConstraintError, Fault};
use crate::guest::sysvar::{Clock, Rent, clock, rent};
use crate::guest::{AccountView, Instructions, address_eq};
use crate::{Address, ids};
use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;

/// A sysvar that has an account: what the `S` of [`Sysvar<S>`] is.
pub trait SysvarAccount {
    /// Where it is.
    const ADDRESS: Address;
    /// What is said of an account that is not it.
    const RULE: &'static str;
}

/// A sysvar that tells without its account, by a host call.
pub trait SysvarValue: SysvarAccount {
    /// What it says.
    #[must_use]
    fn value() -> Self;
}

/// The account of the sysvar `S`. Clients need not name it: its address is known.
///
/// Clock and rent are told without an account, by `sealane_sdk::guest::sysvar::clock()` and `rent()`: a field for them is for
/// programs whose clients give the account anyway. The transaction's instructions are read from their account alone.
pub struct Sysvar<S> {
    view: AccountView,
    sysvar: PhantomData<S>,
}

/// The sysvar of the transaction's own instructions.
#[derive(Clone, Copy, Debug)]
pub struct InstructionsSysvar;

impl SysvarAccount for Clock {
    const ADDRESS: Address = ids::clock::ID;
    const RULE: &'static str = "must be the sysvar clock";
}

impl SysvarAccount for Rent {
    const ADDRESS: Address = ids::rent::ID;
    const RULE: &'static str = "must be the sysvar rent";
}

impl SysvarAccount for InstructionsSysvar {
    const ADDRESS: Address = ids::instructions::ID;
    const RULE: &'static str = "must be the sysvar instructions";
}

impl SysvarValue for Clock {
    #[inline]
    fn value() -> Self {
        clock()
    }
}

impl SysvarValue for Rent {
    #[inline]
    fn value() -> Self {
        rent()
    }
}

impl<S: SysvarValue> Sysvar<S> {
    /// What the sysvar says.
    #[inline]
    #[must_use]
    pub fn get(&self) -> S {
        S::value()
    }
}

impl Sysvar<InstructionsSysvar> {
    /// The transaction's own instructions.
    ///
    /// # Errors
    /// As [`Instructions::new`].
    pub fn instructions(&self) -> Result<Instructions<'_>, crate::ProgramError> {
        Instructions::new(&self.view)
    }
}

impl<S: SysvarAccount> AccountField for Sysvar<S> {
    const ADDRESS: Option<Address> = Some(S::ADDRESS);

    #[inline(always)]
    fn from_view(view: AccountView, _program_id: &Address) -> Result<Self, &'static Fault> {
        if address_eq(view.address(), &S::ADDRESS) {
            Ok(Self { view, sysvar: PhantomData })
        } else {
            const { Err(&Fault::new(S::RULE, ConstraintError::AccountSysvarMismatch)) }
        }
    }

    #[inline(always)]
    fn view(&self) -> AccountView {
        self.view
    }
}

impl<S> Clone for Sysvar<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Sysvar<S> {}

impl<S> fmt::Debug for Sysvar<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view.fmt(formatter)
    }
}

impl<S> Deref for Sysvar<S> {
    type Target = AccountView;

    #[inline(always)]
    fn deref(&self) -> &AccountView {
        &self.view
    }
}
