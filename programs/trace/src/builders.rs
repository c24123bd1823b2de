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
    let limit_units = cost_units.max(TOUCHING_UNITS);
    let written = writes.iter().map(|address| AccountMeta::new(*address, false));
    let read = reads.iter().map(|address| AccountMeta::new_readonly(*address, false));
    vec![
        set_unit_limit(limit_units),
        Instruction {
            program_id: *program_id,
            accounts: written.chain(read).collect(),
            data: Replay { cost_units, limit_units, number }.encode().to_vec(),
        },
    ]
}

/// `SetComputeUnitLimit` of the compute-budget program.
fn set_unit_limit(units: u32) -> Instruction {
    let mut data = vec![2];
    data.extend_from_slice(&units.to_le_bytes());
    Instruction { program_id: ids::compute_budget::ID, accounts: Vec::new(), data }
}
