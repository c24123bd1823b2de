//! Which of the transactions that wait become the next block, and in which order: those that pay most, as long as the block, each
//! account and the longest chain of dependencies stay within their compute units.
//!
//! A pure function of what waits. An account that everybody writes cannot hold up the block: its transactions run one after
//! another, so what they may take together is bounded, and so is any chain that leads over several accounts.

use super::mempool::{Rank, Waiting};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use sealane_runtime::CheckedTransaction;
use sealane_sdk::Address;
use sealane_sdk::ids::{compute_budget, system_program};

/// Compute units that are counted for an instruction of the system or the compute-budget program: they use 150, and call nobody.
const BUILT_IN_INSTRUCTION_UNITS: u64 = 3_000;

/// Transactions passed over one after another before the search ends: a block that is all but full is not worth more time.
const PASSED_OVER_COUNT: usize = 2_000;

/// Transactions of a block: those that ask for no units at all count for something too.
const TRANSACTION_COUNT: usize = 100_000;

/// How much a block may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BlockLimits {
    /// Compute units of all its transactions.
    pub(crate) units: u64,
    /// Compute units of those that write one account; also of those along one chain of dependencies.
    pub(crate) account_units: u64,
}

impl Default for BlockLimits {
    /// 60 and 24 million compute units, as on Solana.
    fn default() -> Self {
        Self { units: 60_000_000, account_units: 24_000_000 }
    }
}

impl BlockLimits {
    /// Whether a transaction of so many units fits an empty block.
    pub(crate) const fn can_hold(&self, units: u64) -> bool {
        units <= self.units && units <= self.account_units
    }
}

/// What the transactions chosen so far do with an account.
#[derive(Clone, Copy, Debug, Default)]
struct Lane {
    /// Units of those that write it.
    written_units: u64,
    /// Units along the longest chain that ends with one that writes it.
    writer_ends: u64,
    /// The same for one that reads it.
    reader_ends: u64,
}

/// Compute units that a transaction takes of a block's: those it asks for, but no more than its instructions can use where all of
/// them are the built-in programs'.
pub(crate) fn units(transaction: &CheckedTransaction) -> u64 {
    let view = transaction.view();
    let is_built_in = |index: u8| {
        let program = view.keys().get(usize::from(index));
        program.is_some_and(|program| *program == system_program::ID || *program == compute_budget::ID)
    };
    let asked_for = u64::from(transaction.budget().units);
    if view.instructions().all(|instruction| is_built_in(instruction.program_index)) {
        asked_for.min(BUILT_IN_INSTRUCTION_UNITS * view.instruction_count() as u64)
    } else {
        asked_for
    }
}

/// Chooses the next block of `waiting`, which come highest rank first.
pub(crate) fn choose<'w>(
    waiting: impl Iterator<Item = (Rank, &'w Waiting)>,
    limits: &BlockLimits,
) -> Vec<Rank> {
    let mut lanes: HashMap<Address, Lane, RandomState> = HashMap::default();
    let mut chosen = Vec::new();
    let (mut units_left, mut passed_over_count) = (limits.units, 0);
    for (rank, candidate) in waiting {
        if chosen.len() == TRANSACTION_COUNT || passed_over_count == PASSED_OVER_COUNT {
            break;
        }
        let fits = candidate.units <= units_left && enter(&mut lanes, candidate, limits.account_units);
        if fits {
            units_left -= candidate.units;
            chosen.push(rank);
            passed_over_count = 0;
        } else {
            passed_over_count += 1;
        }
    }
    chosen
}

/// Notes the transaction in the lanes of its accounts, if it fits them.
fn enter(lanes: &mut HashMap<Address, Lane, RandomState>, candidate: &Waiting, limit_units: u64) -> bool {
    let view = candidate.transaction.view();
    let (keys, write_locks) = (view.keys(), candidate.transaction.write_locks());
    let writes = |index: usize| write_locks >> index & 1 == 1;
    let mut before = 0;
    for (index, key) in keys.iter().enumerate() {
        let lane = lanes.get(key).copied().unwrap_or_default();
        before = before.max(lane.writer_ends);
        if writes(index) {
            before = before.max(lane.reader_ends);
            if lane.written_units + candidate.units > limit_units {
                return false;
            }
        }
    }
    let end = before + candidate.units;
    if end > limit_units {
        return false;
    }
    for (index, key) in keys.iter().enumerate() {
        let lane = lanes.entry(*key).or_default();
        if writes(index) {
            lane.written_units += candidate.units;
            lane.writer_ends = end;
        } else {
            lane.reader_ends = lane.reader_ends.max(end);
        }
    }
    true
}
