//! How hot each account is: the waiting it causes, if there were endless workers.
//!
//! A transaction begins when the last of its accounts is free. That account, or those if several become free at the
//! same time, caused the wait: the time from the begin of the block. One pass over the access sets finds it all.

use super::observation::BlockObservation;
use sealane_sdk::Address;
use serde::{Serialize, Serializer};

/// What one account did to its block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountHeat {
    /// The account.
    #[serde(serialize_with = "as_text")]
    pub account: Address,
    /// Transactions that declared it writable.
    pub writers: u32,
    /// Transactions that declared it, but not writable.
    pub readers: u32,
    /// Transactions for which it became free last, or among the last.
    pub waiters: u32,
    /// How long those waited, together, on endless workers, in compute units.
    pub waiting_units: u64,
    /// Links of the critical path that it makes.
    pub critical_links: u32,
    /// Compute units of the transactions at whose begin those links end.
    pub critical_units: u64,
}

/// Serializes an address as base58.
pub(super) fn as_text<S: Serializer>(address: &Address, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(address)
}

/// When an account is free again.
#[derive(Clone, Copy, Debug, Default)]
struct Free {
    for_readers: u64,
    for_writers: u64,
}

/// The heat of every account somebody declared, by slot; critical links are left 0. `costs` has one figure a
/// transaction. Sums saturate.
///
/// # Panics
/// If there is not one cost for each transaction.
#[must_use]
pub fn account_heat(block: &BlockObservation, costs: &[u64]) -> Vec<AccountHeat> {
    assert_eq!(costs.len(), block.access_sets.len(), "there is one cost for each transaction");
    let mut free = vec![Free::default(); block.addresses.len()];
    let mut heat: Vec<AccountHeat> =
        block.addresses.iter().map(|address| AccountHeat::cold(*address)).collect();
    for (accesses, cost) in block.access_sets.iter().zip(costs) {
        let free_at = |free: &[Free], account: u32, write: bool| {
            let account = free[account as usize];
            if write { account.for_writers } else { account.for_readers }
        };
        let start =
            accesses.iter().map(|lock| free_at(&free, lock.account(), lock.is_write())).max().unwrap_or(0);
        for lock in accesses {
            let account = &mut heat[lock.account() as usize];
            *(if lock.is_write() { &mut account.writers } else { &mut account.readers }) += 1;
            if start > 0 && free_at(&free, lock.account(), lock.is_write()) == start {
                account.waiters += 1;
                account.waiting_units = account.waiting_units.saturating_add(start);
            }
        }
        let end = start.saturating_add(*cost);
        for lock in accesses {
            let account = &mut free[lock.account() as usize];
            account.for_writers = account.for_writers.max(end);
            if lock.is_write() {
                account.for_readers = account.for_readers.max(end);
            }
        }
    }
    heat
}

/// Puts the accounts that caused most waiting first.
pub fn sort_hottest_first(heat: &mut [AccountHeat]) {
    heat.sort_by_key(|account| std::cmp::Reverse((account.waiting_units, account.critical_units)));
}

impl AccountHeat {
    /// Adds what the same account did to another block.
    pub fn add(&mut self, other: &Self) {
        self.writers += other.writers;
        self.readers += other.readers;
        self.waiters += other.waiters;
        self.waiting_units = self.waiting_units.saturating_add(other.waiting_units);
        self.critical_links += other.critical_links;
        self.critical_units = self.critical_units.saturating_add(other.critical_units);
    }

    const fn cold(account: Address) -> Self {
        Self {
            account,
            writers: 0,
            readers: 0,
            waiters: 0,
            waiting_units: 0,
            critical_links: 0,
            critical_units: 0,
        }
    }
}
