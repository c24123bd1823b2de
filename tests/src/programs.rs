//! The programs of the tests' ledgers, and instructions for those whose own crates build none.

use sealane_probe::Script;
use sealane_runtime::ledger::Genesis;
use sealane_sdk::ids::{bpf_loader_upgradeable, compute_budget};
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::{Account, Address};
use solana_loader_v3_interface::state::UpgradeableLoaderState as LoaderState;

/// Where the probe is.
pub const PROBE: Address = Address::from_str_const("Probe11111111111111111111111111111111111111");
/// Where the same program is a second time: for calls between programs.
pub const TWIN: Address = Address::from_str_const("Twin111111111111111111111111111111111111111");

/// The built-in programs, the token programs, the probe and its twin.
#[must_use]
pub fn genesis() -> Genesis {
    Genesis::default()
        .with_token_programs(sealane_artifacts::TOKEN, sealane_artifacts::ASSOCIATED_TOKEN)
        .with_program(PROBE, sealane_artifacts::PROBE)
        .with_program(TWIN, sealane_artifacts::PROBE)
}

/// A call of the probe.
#[must_use]
pub fn probe(accounts: Vec<AccountMeta>, script: Script) -> Instruction {
    Instruction { program_id: PROBE, accounts, data: script.into_bytes() }
}

/// An account of the probe's that holds `data`.
#[must_use]
pub fn probe_account(data: &[u8]) -> Account {
    Account::with_data(PROBE, data.to_vec())
}

/// The instruction with another account at a position.
#[must_use]
pub fn replaced(mut instruction: Instruction, position: usize, address: Address) -> Instruction {
    instruction.accounts[position].pubkey = address;
    instruction
}

/// Asks for `units` compute units.
#[must_use]
pub fn unit_limit(units: u32) -> Instruction {
    compute_budget_instruction(2, &units.to_le_bytes())
}

/// Offers a price a compute unit.
#[must_use]
pub fn unit_price(micro_lamports: u64) -> Instruction {
    compute_budget_instruction(3, &micro_lamports.to_le_bytes())
}

/// Limits the bytes of account data the transaction may load.
#[must_use]
pub fn loaded_data_limit(size_bytes: u32) -> Instruction {
    compute_budget_instruction(4, &size_bytes.to_le_bytes())
}

fn compute_budget_instruction(tag: u8, operand: &[u8]) -> Instruction {
    Instruction { program_id: compute_budget::ID, accounts: Vec::new(), data: [&[tag], operand].concat() }
}

/// A program as the upgradeable loader keeps it, deployed in block 0: the program's account and its data account, with
/// room for `capacity_bytes` of module.
///
/// # Panics
/// If the module is larger than the room.
#[must_use]
pub fn deployed(
    program: Address,
    module: &[u8],
    authority: Option<Address>,
    capacity_bytes: usize,
) -> [(Address, Account); 2] {
    assert!(module.len() <= capacity_bytes, "the module fits");
    sealane_runtime::execute::builtins::deployed(program, module, authority, capacity_bytes)
}

/// Address of the account that holds the module of an upgradeable program.
#[must_use]
pub fn program_data_address(program: &Address) -> Address {
    Address::find_program_address(&[program.as_ref()], &bpf_loader_upgradeable::ID).0
}

/// The loader's head of an account, as Solana encodes it.
///
/// # Panics
/// Never: every state encodes.
#[must_use]
pub fn loader_state(state: &LoaderState) -> Vec<u8> {
    bincode::serde::encode_to_vec(state, bincode::config::legacy()).expect("a state encodes")
}

/// Size of the account that holds a buffer for `module_size_bytes`, in bytes.
#[must_use]
pub const fn buffer_size_bytes(module_size_bytes: usize) -> usize {
    LoaderState::size_of_buffer(module_size_bytes)
}
