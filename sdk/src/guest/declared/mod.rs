//! What programs are made of that are declared with the macros of `sealane_sdk::macros`: contexts, the
//! types of accounts, constraints and what they refuse with, events.
//!
//! The macros turn declarations into calls of what stands here, and add nothing that could not be written by hand.
//! `#[program]` reads the arguments and makes a [`Context`]; `#[derive(Accounts)]` implements [`Accounts`], field by field
//! through [`AccountField`]; what it refuses is logged by [`refuse`] with the names of instruction, account and rule.

mod context;

mod field;
mod typed_account;

mod init;
mod rules;

mod event;
mod refusal;

#[cfg(feature = "host")]
mod client;

#[cfg(feature = "host")]
pub use client::ClientAccounts;
pub use context::{Accounts, ArgumentReader, Call, Context, Leading, missing_account};
pub use event::{Event, Listed, emit};
pub use field::{
    AccountField, AssociatedToken, Program, ProgramAddress, Signer, System, SystemAccount, Token,
    UncheckedAccount, field, optional_field,
};
pub use init::{Init, init};
pub use refusal::{ConstraintError, Fault, failed, refuse, refuse_fault, unknown_instruction};
pub use rules::{Place, require, require_apart, require_canonical, require_derived, require_or};
pub use typed_account::Account;
