//! Everything that a declared program needs: `use sealane_sdk::prelude::*;`.
//!
//! `Account` here is the type of a field of accounts; the owned account of the host is [`sealane_sdk::Account`](crate::Account).

pub use crate::error::ErrorCode;
pub use crate::guest::declared::{
    Account, Accounts, AssociatedToken, ConstraintError, Context, InstructionsSysvar, Mint, Program, Signer,
    System, SystemAccount, Sysvar, Token, TokenAccount, UncheckedAccount, emit,
};
pub use crate::guest::sysvar::{Clock, Rent};
pub use crate::guest::{AccountData, AccountView, U128};
pub use crate::macros::{Accounts, Argument, account, error_code, event, program};
pub use crate::{Address, ProgramError, ProgramResult, declare_id, log, require};

/// What an instruction's function returns.
pub type Result<T = (), E = ProgramError> = core::result::Result<T, E>;
