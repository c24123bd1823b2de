//! What a transaction may write, read with Solana's own types.

use crate::user::from_bytes;
use sealane_runtime::ingest::is_reserved;
use sealane_sdk::Address;
use std::collections::BTreeSet;

/// The accounts a transaction names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locks {
    /// Those it may write.
    pub writes: BTreeSet<Address>,
    /// The others.
    pub reads: BTreeSet<Address>,
}

/// The locks of the transaction in `bytes`: what its header declares, without reserved keys and called programs.
///
/// # Panics
/// If the bytes are no transaction.
#[must_use]
pub fn locks(bytes: &[u8]) -> Locks {
    let transaction = from_bytes(bytes);
    let message = &transaction.message;
    let (keys, header) = (message.static_account_keys(), message.header());
    let signed = usize::from(header.num_required_signatures);
    let called: BTreeSet<usize> =
        message.instructions().iter().map(|instruction| usize::from(instruction.program_id_index)).collect();
    let mut locks = Locks::default();
    for (index, key) in keys.iter().enumerate() {
        let declared = if index < signed {
            index < signed - usize::from(header.num_readonly_signed_accounts)
        } else {
            index < keys.len() - usize::from(header.num_readonly_unsigned_accounts)
        };
        let writes = declared && !called.contains(&index) && !is_reserved(key);
        let set = if writes { &mut locks.writes } else { &mut locks.reads };
        set.insert(*key);
    }
    locks
}

/// Whether two transactions share an account that one of them writes.
#[must_use]
pub fn conflicts(one: &Locks, other: &Locks) -> bool {
    let meets = |writes: &BTreeSet<Address>, locks: &Locks| {
        !writes.is_disjoint(&locks.writes) || !writes.is_disjoint(&locks.reads)
    };
    meets(&one.writes, other) || meets(&other.writes, one)
}
