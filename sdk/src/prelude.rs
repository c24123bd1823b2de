//! Everything that a declared program needs: `use sealane_sdk::prelude::*;`.
//!
//! `Account` here is the type of a field of accounts; the owned account of the host is [`sealane_sdk::Account`](crate::Account).
//! Programs have no standard library: `String`, `Vec`, `Box`, `format!` and `vec!` come from here.

pub use crate::error::ErrorCode;
pub use crate::guest::declared::{
    Account, Accounts, AssociatedToken, BorshAccount, BorshData, ConstraintError, Context,
    InstructionsSysvar, Mint, Program, Signer, System, SystemAccount, Sysvar, Token, TokenAccount,
    UncheckedAccount, emit,
};
pub use crate::guest::sysvar::{Clock, Rent};
pub use crate::guest::{AccountData, AccountView, I128, U128};
pub use crate::macros::{Accounts, Argument, account, error_code, event, program};
pub use crate::{Address, ProgramError, ProgramResult, declare_id};
pub use crate::{emit, err, error, log, msg};
pub use crate::{
    require, require_eq, require_gt, require_gte, require_keys_eq, require_keys_neq, require_neq,
};
pub use alloc::borrow::ToOwned;
pub use alloc::boxed::Box;
pub use alloc::string::{String, ToString};
pub use alloc::vec::Vec;
pub use alloc::{format, vec};

/// What an instruction's function returns.
pub type Result<T = (), E = ProgramError> = core::result::Result<T, E>;
