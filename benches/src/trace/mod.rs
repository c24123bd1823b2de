//! The `trace` workload: access sets and costs that were recorded elsewhere, replayed, so that the conflict patterns of
//! real chains can be run.
//!
//! A trace is a file of JSON Lines, UTF-8, one transaction a line, in the order of execution:
//!
//! ```text
//! {"block": 1}
//! {"id": "swap 1", "writes": ["pool", "tokens of Ann"], "reads": ["oracle"], "cost": 74200}
//! {"id": "swap 2", "writes": ["pool", "tokens of Bob"], "reads": ["oracle"], "cost": 61800}
//! {"block": 2}
//! {"id": "payment", "writes": ["tokens of Ann", "tokens of Bob"], "reads": [], "cost": 4300}
//! ```
//!
//! - `id`, `writes`, `reads` and `cost` must all be there, in any order. Other keys are ignored: recorders may add what
//!   they like. None of the four may stand twice.
//! - An `id` is any string, and need not be unique: reports call the transaction by it.
//! - Accounts are any strings: Solana addresses, Ethereum addresses with a storage slot, names. Equal strings are the same
//!   account. One that is listed twice counts once, and as written if one of the lists is `writes`.
//! - `cost` is a whole number of compute units, 0 to 1,400,000, which is all that a transaction may use. Chains that
//!   allow more must be scaled when they are recorded. Costs below what touching the accounts takes (about 500 units, 170
//!   an account read, 230 an account written) become what it takes.
//! - `{"block": number}` begins a block. Transactions before the first such line are a block of their own. The numbers
//!   may be any; blocks without transactions are left out, since there is nothing in them to execute.
//! - Blank lines, `\r\n` and a byte order mark are tolerated; a line may have 4 MiB.
//!
//! Each transaction becomes one call of `programs/trace` that touches exactly the accounts listed, and uses `cost` units
//! in all or at most [`MAX_UNSPENT_UNITS`](sealane_trace::MAX_UNSPENT_UNITS) fewer. Up to [`MAX_LEGACY_ACCOUNTS`] accounts
//! fit into the 1,232 bytes of a legacy transaction; those that list more become version-1 transactions, which have
//! 4,096 bytes. None may list more than [`MAX_ACCOUNTS`], because a transaction names at most 64 keys.
//! Who paid is not in a trace, so payers must not add conflicts: no two transactions of a block have the same.

mod line;
mod recording;

#[cfg(test)]
mod tests;

pub use recording::{MAX_LINE_SIZE_BYTES, RecordedBlock, RecordedTransaction, Recording};

use crate::sign::{User, sign, sign_v1};
use crate::tokens::{self, INITIAL_LAMPORTS};
use crate::traffic::Progress;
use crate::workload::{Labels, Workload, genesis_blockhash};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use sealane_runtime::RuntimeConfig;
use sealane_runtime::ledger::Genesis;
use sealane_sdk::limits::{
    ADDRESS_SIZE_BYTES, MAX_ACCOUNT_KEYS, MAX_TRANSACTION_SIZE_BYTES, SIGNATURE_SIZE_BYTES,
};
use sealane_sdk::{Account, Address};
use sealane_trace::{Footprint, Replay, builders};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;

/// Bytes of a replaying legacy transaction without its recorded accounts: signature with its count; header, key count, payer,
/// both programs, blockhash, instruction count; the unit limit (program, no accounts, 5 bytes of data); the replay
/// (program, account count, size and data).
const ENVELOPE_SIZE_BYTES: usize = 1
    + SIGNATURE_SIZE_BYTES
    + (3 + 1 + 3 * ADDRESS_SIZE_BYTES + 32 + 1)
    + (1 + 1 + 1 + 5)
    + (1 + 1 + 1 + Replay::SIZE_BYTES);

/// Most accounts that fit into a legacy transaction: each takes an address and an index.
pub const MAX_LEGACY_ACCOUNTS: usize =
    (MAX_TRANSACTION_SIZE_BYTES - ENVELOPE_SIZE_BYTES) / (ADDRESS_SIZE_BYTES + 1);
/// Most accounts a recorded transaction may list: a key each, beside those of the payer and of the program.
pub const MAX_ACCOUNTS: usize = MAX_ACCOUNT_KEYS - 2;

/// Reads a trace and makes its workload: [`Recording::read`], then [`Recording::workload`].
///
/// # Errors
/// [`FileError`](crate::FileError) if the file cannot be read or is no trace; else if the genesis cannot be loaded.
pub fn trace(
    path: &Path,
    seed: u64,
    config: &RuntimeConfig,
    progress: Progress<'_>,
) -> anyhow::Result<Workload> {
    Recording::read(path)?.workload(seed, config, progress)
}

impl Recording {
    /// Makes the workload that replays it. The seed decides on addresses and payers; `progress` is told after each signed
    /// transaction.
    ///
    /// # Errors
    /// If the genesis cannot be loaded.
    pub fn workload(
        self,
        seed: u64,
        config: &RuntimeConfig,
        progress: Progress<'_>,
    ) -> anyhow::Result<Workload> {
        let program = program(seed);
        let addresses: Vec<Address> = self.accounts.par_iter().map(|name| account(seed, name)).collect();
        let payer_count = self.blocks.iter().map(|block| block.transactions.len()).max().unwrap_or(0);
        let payers = User::crowd(seed, payer_count);
        let genesis = genesis(&program, &addresses, &payers);
        let blockhash = genesis_blockhash(&genesis, config)?;
        let sign_one = |payer: &Arc<User>, number: u64, recorded: &RecordedTransaction| {
            let find = |accounts: &[u32]| -> Vec<Address> {
                accounts.iter().map(|account| addresses[*account as usize]).collect()
            };
            let (writes, reads) = (find(&recorded.writes), find(&recorded.reads));
            let cost_units = recorded.cost_units;
            progress();
            if writes.len() + reads.len() <= MAX_LEGACY_ACCOUNTS {
                let instructions = builders::replay(&program, &writes, &reads, cost_units, number);
                sign(payer, &instructions, blockhash)
            } else {
                let call = builders::replay_call(&program, &writes, &reads, cost_units, number);
                sign_v1(payer, &[call], blockhash, builders::limit_units(cost_units))
            }
        };
        let mut first_number = 0;
        let mut blocks = Vec::with_capacity(self.blocks.len());
        for block in &self.blocks {
            let transactions = block.transactions.par_iter().with_min_len(16).enumerate();
            blocks.push(
                transactions
                    .map(|(index, recorded)| sign_one(&payers[index], first_number + index as u64, recorded))
                    .collect(),
            );
            first_number += block.transactions.len() as u64;
        }
        let labels = self.into_labels(program, &addresses, &payers);
        Ok(Workload::new("trace", genesis, blocks, labels))
    }

    fn into_labels(self, program: Address, addresses: &[Address], payers: &[Arc<User>]) -> Labels {
        let mut labels = Labels::default();
        labels.accounts.insert(program, "trace program".to_owned());
        let payers = payers.iter().enumerate();
        labels.accounts.extend(payers.map(|(number, payer)| (payer.address, format!("payer {number}"))));
        labels.accounts.extend(addresses.iter().copied().zip(self.accounts));
        let blocks = self.blocks.into_iter();
        labels.transactions = blocks
            .map(|block| block.transactions.into_iter().map(|transaction| transaction.id).collect())
            .collect();
        labels
    }
}

/// Where the trace program is in the world of this seed.
#[must_use]
pub fn program(seed: u64) -> Address {
    tokens::address(seed, "trace program", 0)
}

/// The address that stands for a recorded account in the world of this seed.
#[must_use]
pub fn account(seed: u64, name: &str) -> Address {
    let hash = Sha256::new().chain_update(b"sealane trace account").chain_update(seed.to_le_bytes());
    Address::new_from_array(hash.chain_update(name).finalize().into())
}

fn genesis(program: &Address, addresses: &[Address], payers: &[Arc<User>]) -> Genesis {
    let mut genesis = Genesis::default();
    genesis.add_program(*program, sealane_artifacts::TRACE);
    let fresh = Account::with_data(*program, vec![0; size_of::<Footprint>()]);
    genesis.accounts.extend(addresses.iter().map(|address| (*address, fresh.clone())));
    let payers = payers.iter().map(|payer| (payer.address, Account::system(INITIAL_LAMPORTS)));
    genesis.accounts.extend(payers);
    genesis
}
