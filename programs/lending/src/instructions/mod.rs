//! What the instructions need and do: one file a group of them, each with the accounts, what must hold of them, and the
//! function that carries it out.
//!
//! Accounts are checked as declared before a function runs; it lets [`state`](crate::state) compute, and moves tokens by nested
//! calls. Token accounts of users and vaults are *unchecked* here where the token program, which is called with them, checks
//! them anyway. Two things are checked by hand, since no declaration can say them: the positions, as many as the obligation's
//! data tells (`checks`), and what comes later in the transaction ([`flash`]). A failed instruction takes all its changes with it, so what was written before a failed check does not
//! matter.

pub mod market;
pub mod oracle;
pub mod reserve;

pub mod liquidity;

pub mod collateral;
pub mod loan;

pub mod liquidate;

pub mod flash;

mod checks;

pub use collateral::{DepositCollateral, WithdrawCollateral};
pub use flash::{FlashBorrow, FlashRepay};
pub use liquidate::Liquidate;
pub use liquidity::Exchange;
pub use loan::{Borrow, Repay};
pub use market::{InitMarket, InitObligation};
pub use oracle::{InitOracle, UpdatePrice};
pub use reserve::{Accrue, CollectFees, ConfigureReserve, InitReserve};
