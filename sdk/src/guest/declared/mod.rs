//! What programs are made of that are declared with the macros of `sealane_sdk::macros`: contexts, the
//! types of accounts, constraints and what they refuse with, events.
//!
//! The macros turn declarations into calls of what stands here, and add nothing that could not be written by hand.
//! `#[program]` reads the arguments and makes a [`Context`]; `#[derive(Accounts)]` implements [`Accounts`], field by field
//! through [`AccountField`]; what it refuses is logged by [`refuse()`] with the names of instruction, account and rule.

mod context;
mod scope;

mod borsh_account;
mod field;
mod sysvar_field;
mod token_accounts;
mod typed_account;

mod init;
mod resize;
mod rules;
mod token_init;

mod event;
mod refusal;

#[cfg(feature = "host")]
mod client;

pub use borsh_account::{BorshAccount, BorshData, borsh_space};
#[cfg(feature = "host")]
pub use client::ClientAccounts;
pub use context::{Accounts, ArgumentReader, Call, Context, Leading, LeadingReferences, missing_account};
pub use event::{Event, Listed, emit};
pub use field::{
    AccountField, AssociatedToken, Program, ProgramAddress, Signer, System, SystemAccount, Token,
    UncheckedAccount, field, optional_field, zero_field,
};
pub use init::{Init, init, init_if_needed, is_missing, make};
pub use refusal::{ConstraintError, Fault, Refusal, failed, refuse, refuse_fault, unknown_instruction};
pub use resize::{Resize, resize};
pub use rules::{
    canonical_bump, is_derived, is_rent_exempt, require, require_apart, require_or, require_some,
    require_some_or,
};
pub use scope::{Group, GroupName, InScope, Place, Scope, place};
pub use sysvar_field::{InstructionsSysvar, Sysvar, SysvarAccount, SysvarValue};
pub use token_accounts::{Mint, TokenAccount, is_associated_token_account};
pub use token_init::{init_associated_token_account, init_mint, init_token_account};
pub use typed_account::Account;
