//! The programs that are part of the node: the system program, the compute-budget program and the loaders.
//!
//! They work on the vm's context under the same rules as WebAssembly programs; what they add is Solana's instruction
//! encodings, account layouts and error codes. The table below is the only list of them.

pub mod nonce;

mod call;
mod loader;
mod system;

pub use loader::{deployed, module_of, program_bytes, program_data_address};

use sealane_sdk::ids::{bpf_loader, bpf_loader_upgradeable, compute_budget, native_loader, system_program};
use sealane_sdk::{Account, Address};
use sealane_vm::{Builtin, CallError, Context};

/// Compute units of one call of the system program or the compute-budget program. Source: Solana.
const SIMPLE_UNITS: u64 = 150;
/// Compute units of one call of the upgradeable loader, before what a deployment costs by size. Source: Solana.
const UPGRADEABLE_LOADER_UNITS: u64 = 2_370;
/// Compute units of one (always refused) call of the loader of immutable programs. Source: Solana.
const LOADER_UNITS: u64 = 570;

/// Every built-in program with its address.
#[must_use]
pub const fn builtins() -> [(Address, Builtin); 4] {
    [
        (system_program::ID, Builtin { name: "system_program", units: SIMPLE_UNITS, entry: system::run }),
        (
            compute_budget::ID,
            Builtin { name: "compute_budget_program", units: SIMPLE_UNITS, entry: run_compute_budget },
        ),
        (
            bpf_loader_upgradeable::ID,
            Builtin {
                name: "solana_bpf_loader_upgradeable_program",
                units: UPGRADEABLE_LOADER_UNITS,
                entry: loader::run,
            },
        ),
        (
            bpf_loader::ID,
            Builtin { name: "solana_bpf_loader_program", units: LOADER_UNITS, entry: refuse_management },
        ),
    ]
}

/// The accounts that stand for the built-in programs: executable, owned by the native loader, one lamport, their name
/// as data.
#[must_use]
pub fn genesis_accounts() -> Vec<(Address, Account)> {
    builtins().map(|(address, builtin)| (address, genesis_account(&builtin))).to_vec()
}

fn genesis_account(builtin: &Builtin) -> Account {
    Account {
        lamports: 1,
        owner: native_loader::ID,
        executable: true,
        data: builtin.name.as_bytes().to_vec(),
    }
}

/// The compute-budget program: its instructions were read when the transaction was admitted.
#[expect(clippy::unnecessary_wraps, reason = "the signature of every built-in program")]
fn run_compute_budget(_context: &mut Context<'_>) -> Result<(), CallError> {
    Ok(())
}

/// The loader of immutable programs owns them and does nothing: there is no instruction that changes one.
fn refuse_management(context: &mut Context<'_>) -> Result<(), CallError> {
    call::log(context, format_args!("BPF loader management instructions are no longer supported"));
    Err(CallError::NotCallable(*context.program_address()))
}

#[cfg(test)]
mod tests;
