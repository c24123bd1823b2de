//! Tests of programs in the test's own process, in milliseconds and without a node.
//!
//! A [`TestLedger`] takes instructions and gives [`TransactionResult`]s: calls as a tree, units, logs, and the reason of a failure by
//! the names in the program's source. A test that does not find what it demands prints all of it.
//!
//! ```
//! use sealane_testing::{TestLedger, assert_parallel, system};
//!
//! let mut ledger = TestLedger::new();
//! let [alice, bob, carol, dave] = ["alice", "bob", "carol", "dave"].map(|name| ledger.user(name));
//!
//! // Everything there is to know about a transaction.
//! let payment = system::transfer(&alice.address, &bob.address, 5);
//! let sent = ledger.send(&[payment.clone()], &[&alice]).expect_success();
//! assert_eq!(sent.units, 150);
//!
//! // What would run side by side with what.
//! assert_parallel!(ledger, payment, system::transfer(&carol.address, &dave.address, 5));
//!
//! // A failure in the words of the program.
//! let too_much = system::transfer(&alice.address, &bob.address, u64::MAX);
//! let failed = ledger.fail(&[too_much], &[&alice]);
//! assert!(failed.cause().is_some_and(|cause| cause.to_string().starts_with("system_program::transfer: ")));
//! ```
//!
//! A program's own crate is built and deployed with [`deploy_crate!`]; `programs/counter/tests/` is an example to copy.

mod ledger;
mod store;
pub mod user;

mod accounts;
pub mod build;
mod deploy;
mod draft;
pub mod system;
pub mod token;

mod calls;
mod cause;
mod decode;
mod names;
mod profiles;
mod result;
mod show;
mod units_file;

mod access;
mod explain;
pub mod parallel;

pub mod orders;

pub use access::{Access, Accesses, Conflict, Lock};
pub use calls::{Call, CallEnd, CallEvent};
pub use cause::{Cause, CauseAccount};
pub use draft::Draft;
pub use explain::{Explanation, Wait};
pub use ledger::{START_UNIX_TIME, Snapshot, TestLedger, USER_LAMPORTS};
pub use names::ErrorName;
pub use proptest;
pub use result::{TransactionResult, Verdict};
pub use user::User;
