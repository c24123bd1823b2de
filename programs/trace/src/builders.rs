//! Transactions' instructions as clients build them (feature `host`).

use crate::{Replay, TOUCHING_UNITS};
use alloc::vec;
use alloc::vec::Vec;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::{Address, ids};

/// All instructions of a transaction that replays a recorded one: writes `writes`, reads `reads`, and uses `cost_units`
/// compute units in all, as far as touching the accounts does not need more; at most
/// [`MAX_UNSPENT_UNITS`](crate::MAX_UNSPENT_UNITS) fewer.
///
/// No address may stand twice. `number` keeps transactions that do the same apart. Costs above what a transaction may
/// use, 1,400,000 units, make it fail.
#[must_use]
pub fn replay(
    program_id: &Address,
    writes: &[Address],
    reads: &[Address],
    cost_units: u32,
    number: u64,
) -> Vec<Instruction> {
    vec![set_unit_limit(limit_units(cost_units)), replay_call(program_id, writes, reads, cost_units, number)]
}

/// The call alone, for a transaction that says in its message what it asks for: it must ask for
/// [`limit_units`]`(cost_units)`. The rest as for [`replay`].
#[must_use]
pub fn replay_call(
    program_id: &Address,
    writes: &[Address],
    reads: &[Address],
    cost_units: u32,
    number: u64,
) -> Instruction {
    let written = writes.iter().map(|address| AccountMeta::new(*address, false));
    let read = reads.iter().map(|address| AccountMeta::new_readonly(*address, false));
    Instruction {
        program_id: *program_id,
        accounts: written.chain(read).collect(),
        data: Replay { cost_units, limit_units: limit_units(cost_units), number }.encode().to_vec(),
    }
}

/// The compute units that a transaction must ask for to use `cost_units`.
#[must_use]
pub const fn limit_units(cost_units: u32) -> u32 {
    if cost_units > TOUCHING_UNITS { cost_units } else { TOUCHING_UNITS }
}

/// `SetComputeUnitLimit` of the compute-budget program.
fn set_unit_limit(units: u32) -> Instruction {
    let mut data = vec![2];
    data.extend_from_slice(&units.to_le_bytes());
    Instruction { program_id: ids::compute_budget::ID, accounts: Vec::new(), data }
}
