//! Programs that others wrote for Solana, unmodified, from end to end: real WebAssembly modules built from the package
//! registry, through the runtime, as a client uses them, with every balance checked to the last unit.

mod anchor_counter;
mod associated_token;
mod parallel;
mod pinocchio_vault;
mod side_by_side;
mod token;
#[path = "../../../programs/token/tests/worlds/mod.rs"]
mod worlds;

use sealane_sdk::{Account, Address};
use sealane_tests::{Harness, solana_programs};

/// A ledger on which SPL's own programs stand where ours do otherwise, with the funded users and these accounts.
fn harness(accounts: impl IntoIterator<Item = (Address, Account)>) -> Harness {
    let mut genesis = Harness::genesis();
    solana_programs::replace_ours(&mut genesis);
    genesis.accounts.extend(accounts);
    Harness::with(Harness::config(), &genesis)
}
