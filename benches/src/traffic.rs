//! Traffic: an endless stream of transactions over a world of their own, from which a workload takes blocks.
//!
//! Each kind of workload is one [`Traffic`], which knows its own accounts alone; [`generate`] draws from it, signs, and
//! cuts blocks.

use crate::sign::{User, sign};
use crate::workload::{Labels, Workload, WorkloadOptions, genesis_blockhash};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use sealane_runtime::RuntimeConfig;
use sealane_runtime::ledger::Genesis;
use sealane_sdk::ids;
use sealane_sdk::instruction::Instruction;
use std::sync::Arc;

/// The compute-budget program's number of that instruction.
const SET_LOADED_ACCOUNTS_DATA_SIZE_LIMIT: u8 = 4;

/// A stream of transactions over a world of their own.
pub trait Traffic {
    /// Adds the accounts and programs its transactions need to `genesis`, and what people call them to `labels`.
    /// Programs may be there already.
    fn furnish(&self, genesis: &mut Genesis, labels: &mut Labels);

    /// Plans the next transaction. All its random choices are drawn from `random`.
    fn next(&mut self, turn: Turn, random: &mut ChaCha8Rng) -> Plan;
}

/// Told after each signed transaction.
pub type Progress<'a> = &'a (dyn Fn() + Sync);

/// Makes a workload: what each kind of generated workload has a function for.
pub type Generator = fn(&WorkloadOptions, &RuntimeConfig, Progress<'_>) -> anyhow::Result<Workload>;

/// When a planned transaction will run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Its number among all transactions of the workload, from 0. No transaction runs twice, so something in each must
    /// depend on it.
    pub number: u64,
    /// The number of its block, which is the slot that programs see, from 1.
    pub slot: u64,
}

impl Turn {
    /// An instruction that does nothing but make a transaction different from all others: it limits the account data that
    /// may be loaded, in bytes, to more than any transaction loads.
    #[must_use]
    pub fn mark(&self) -> Instruction {
        const LEAST_LIMIT_BYTES: u64 = 32 << 20;
        let limit_bytes = u32::try_from(LEAST_LIMIT_BYTES + self.number).unwrap_or(u32::MAX);
        let data = [&[SET_LOADED_ACCOUNTS_DATA_SIZE_LIMIT][..], &limit_bytes.to_le_bytes()].concat();
        Instruction { program_id: ids::compute_budget::ID, accounts: Vec::new(), data }
    }
}

/// A transaction to be signed.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Who pays for it, and alone signs it.
    pub payer: Arc<User>,
    /// What it does.
    pub instructions: Vec<Instruction>,
}

/// Makes a workload of `options.transactions` transactions of `traffic`; `progress` is told after each.
///
/// # Errors
/// If a block would be empty, or the genesis cannot be loaded.
pub fn generate(
    name: &'static str,
    traffic: &mut dyn Traffic,
    options: &WorkloadOptions,
    config: &RuntimeConfig,
    progress: Progress<'_>,
) -> anyhow::Result<Workload> {
    anyhow::ensure!(options.block_size >= 1, "--block-size must be at least 1");
    let (mut genesis, mut labels) = (Genesis::default(), Labels::default());
    traffic.furnish(&mut genesis, &mut labels);
    let blockhash = genesis_blockhash(&genesis, config)?;
    let mut random = ChaCha8Rng::seed_from_u64(options.seed);
    let sign_one = |plan: &Plan| {
        let bytes = sign(&plan.payer, &plan.instructions, blockhash);
        progress();
        bytes
    };
    let mut blocks = Vec::with_capacity(options.transactions.div_ceil(options.block_size));
    let mut plans = Vec::with_capacity(options.block_size.min(options.transactions));
    for number in 0..options.transactions {
        let slot = blocks.len() as u64 + 1;
        plans.push(traffic.next(Turn { number: number as u64, slot }, &mut random));
        if plans.len() == options.block_size || number + 1 == options.transactions {
            blocks.push(plans.par_iter().with_min_len(64).map(sign_one).collect());
            plans.clear();
        }
    }
    Ok(Workload::new(name, genesis, blocks, labels))
}
