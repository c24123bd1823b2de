//! A workload: what the ledger begins with, blocks of signed transactions, and what people call both.

use crate::contention::Contention;
use sealane_runtime::ledger::Genesis;
use sealane_runtime::{Runtime, RuntimeConfig};
use sealane_sdk::Address;
use sealane_sdk::instruction::Hash;
use std::collections::BTreeMap;

/// What shapes a generated workload.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorkloadOptions {
    /// Transactions in all.
    pub transactions: usize,
    /// How large the world is: each workload says what it counts.
    pub accounts: usize,
    /// Transactions a block.
    pub block_size: usize,
    /// What all random choices derive from.
    pub seed: u64,
    /// How the accounts that transactions meet on are drawn.
    pub contention: Contention,
}

/// Blocks of signed transactions and the ledger they start from.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name, as the command line knows it.
    pub name: &'static str,
    /// What the ledger begins with.
    pub genesis: Genesis,
    /// The transactions' bytes, block by block.
    pub blocks: Vec<Vec<Vec<u8>>>,
    /// What reports call its accounts and transactions.
    pub labels: Labels,
}

impl Workload {
    /// A workload whose transactions are signed with the genesis blockhash: it stays good until the last block.
    #[must_use]
    pub fn new(name: &'static str, mut genesis: Genesis, blocks: Vec<Vec<Vec<u8>>>, labels: Labels) -> Self {
        let age_blocks = &mut genesis.rules.blockhash_age_blocks;
        *age_blocks = (*age_blocks).max(blocks.len() + 1);
        Self { name, genesis, blocks, labels }
    }

    /// How many transactions there are in all blocks.
    #[must_use]
    pub fn transaction_count(&self) -> usize {
        self.blocks.iter().map(Vec::len).sum()
    }
}

/// What reports call accounts and transactions.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    /// Names of accounts; the others go by their address.
    pub accounts: BTreeMap<Address, String>,
    /// Names of transactions, block by block; where there are none, they go by their index.
    pub transactions: Vec<Vec<String>>,
}

impl Labels {
    /// What the account is called.
    #[must_use]
    pub fn account(&self, address: &Address) -> String {
        self.accounts.get(address).cloned().unwrap_or_else(|| address.to_string())
    }

    /// What the transaction at `index` of the block at `block_index`, both from 0, is called.
    #[must_use]
    pub fn transaction(&self, block_index: usize, index: usize) -> String {
        let name = self.transactions.get(block_index).and_then(|names| names.get(index));
        name.cloned().unwrap_or_else(|| index.to_string())
    }
}

/// The blockhash that transactions on a fresh ledger of this genesis are signed with.
///
/// # Errors
/// If a runtime cannot be made.
pub fn genesis_blockhash(genesis: &Genesis, config: &RuntimeConfig) -> anyhow::Result<Hash> {
    let config = RuntimeConfig { workers: 1, ..config.clone() };
    Ok(Runtime::new(config, genesis)?.last_hash())
}
