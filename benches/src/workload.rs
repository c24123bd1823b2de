//! A workload: what the ledger begins with, and blocks of signed transactions.

use sealane_runtime::ledger::Genesis;
use sealane_runtime::{Runtime, RuntimeConfig};
use sealane_sdk::instruction::Hash;

/// Blocks of signed transactions and the ledger they start from.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name, as the command line knows it.
    pub name: &'static str,
    /// What the ledger begins with.
    pub genesis: Genesis,
    /// The transactions' bytes, block by block.
    pub blocks: Vec<Vec<Vec<u8>>>,
}

impl Workload {
    /// How many transactions there are in all blocks.
    #[must_use]
    pub fn transaction_count(&self) -> usize {
        self.blocks.iter().map(Vec::len).sum()
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
