//! Programs that others wrote for Solana, unmodified, from end to end: real WebAssembly modules built from the package
//! registry, through the runtime, as a client uses them, with every balance checked to the last unit.

mod anchor_counter;
mod anchor_vault;
mod associated_token;
mod both_abis;
mod governance;
mod memo_and_record;
mod parallel;
mod pinocchio_escrow;
mod pinocchio_vault;
mod side_by_side;
mod stake_pool;
mod stake_pool_validators;
mod token;
mod token_2022;
mod token_lending;
mod token_swap;
mod workloads;
#[path = "../../../programs/token/tests/worlds/mod.rs"]
mod worlds;

use sealane_sdk::{Account, Address, ids};
use sealane_tests::{Harness, solana_programs};

/// An account of a program's that holds nothing yet, and may exist.
fn blank(owner: Address, size_bytes: usize) -> Account {
    Account::with_data(owner, vec![0; size_bytes])
}

/// A token account's or a mint's data in an account of the token program's.
fn held(data: Vec<u8>) -> Account {
    Account::with_data(ids::token::ID, data)
}

/// The ledger of [`harness`] with one more program.
fn harness_with(
    program: Address,
    module: &[u8],
    accounts: impl IntoIterator<Item = (Address, Account)>,
) -> Harness {
    let mut genesis = Harness::genesis();
    solana_programs::replace_ours(&mut genesis);
    genesis.add_program(program, module);
    genesis.accounts.extend(accounts);
    Harness::with(Harness::config(), &genesis)
}

/// A ledger on which SPL's own programs stand where ours do otherwise, with the funded users and these accounts.
fn harness(accounts: impl IntoIterator<Item = (Address, Account)>) -> Harness {
    let mut genesis = Harness::genesis();
    solana_programs::replace_ours(&mut genesis);
    genesis.accounts.extend(accounts);
    Harness::with(Harness::config(), &genesis)
}
