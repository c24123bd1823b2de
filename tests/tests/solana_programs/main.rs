//! Programs that others wrote for Solana, unmodified, from end to end: real WebAssembly modules built from the package
//! registry, through the runtime, as a client uses them, with every balance checked to the last unit.

mod anchor_counter;
mod associated_token;
mod pinocchio_vault;
mod side_by_side;
mod token;
#[path = "../../../programs/token/tests/worlds/mod.rs"]
mod worlds;

use sealane_runtime::ledger::Genesis;
use sealane_sdk::{Account, Address, ids};
use sealane_tests::{Harness, solana_programs};

/// A ledger on which SPL's own programs stand where ours do otherwise, with the funded users and these accounts.
fn harness(accounts: impl IntoIterator<Item = (Address, Account)>) -> Harness {
    let mut genesis = Harness::genesis();
    let ours = [ids::token::ID, ids::associated_token::ID];
    genesis.accounts.retain(|(address, _)| !ours.contains(address));
    genesis.accounts.extend(accounts);
    let genesis: Genesis = genesis
        .with_program(ids::token::ID, solana_programs::token())
        .with_program(ids::associated_token::ID, solana_programs::associated_token());
    Harness::with(Harness::config(), &genesis)
}
