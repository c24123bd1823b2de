//! Lending: reserves that pay interest, collateral, borrowing, liquidation and flash loans.
//!
//! **How it works.** Depositors pay tokens into a *reserve* and hold *shares* of it, which gain by the interest that
//! borrowers pay. A borrower puts shares up as collateral in an *obligation* and borrows from any reserve of the market,
//! as far as the collateral's value allows. Prices come from *oracles*; once an obligation owes too much, anybody may
//! repay part of it and takes collateral for it, with a bonus. [`state::Reserve`] has the arithmetic of a reserve,
//! [`health`] that of value, [`instruction`] what can be done and which accounts it takes.
//!
//! **Rounding.** Amounts are integers, everything else has 18 decimal places; every division says which way it rounds, and
//! that is always in favour of the depositors: shares and payments out down, debts and payments in up.
//!
//! **Invariants**, which the tests hold it to:
//! - the value of a share never falls;
//! - a reserve's scaled debt is exactly the sum of its obligations';
//! - the token vault holds what the reserve calls available, the collateral vault the shares of all positions;
//! - no round trip earns anything;
//! - a flash loan is repaid, with its fee, in the transaction that takes it.
//!
//! **What runs side by side.** Every instruction that moves tokens of a reserve writes the reserve, because it accrues
//! interest: those of one reserve run one after another. Moving collateral writes the obligation and the collateral vault
//! and only reads reserves. Judging an obligation reads the reserves and oracles of all its positions, accruing in memory.
//! A market is never written.
//!
//! **What it does not have.** Debt that no collateral covers stays on the books: nobody's deposits are written down.
//!
//! The host calls [`process`]. Clients make instructions with `builders` (feature `host`), read accounts with [`state`]
//! and can run its arithmetic on what they read.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(feature = "host")]
extern crate alloc;

pub mod processor;

pub mod health;
pub mod state;

pub mod math;

pub mod error;
pub mod instruction;

#[cfg(feature = "host")]
pub mod builders;

pub use error::LendingError;
pub use processor::process;

use sealane_sdk::Address;

sealane_sdk::declare_id!("Lending111111111111111111111111111111111111");

sealane_sdk::entrypoint!(process);

/// The seeds, but for the bump, of the address that owns a reserve's vaults and mints its shares.
#[must_use]
pub fn authority_seeds(reserve: &Address) -> [&[u8]; 2] {
    [b"authority", reserve.as_ref()]
}
