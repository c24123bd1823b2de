//! What a block of these transactions would look like: who waits for whom, at which account, and how long the longest chain is.
//!
//! By the runtime's own scheduler, over what the transactions declare.

use crate::access::{Access, Accesses};
use crate::ledger::TestLedger;
use crate::parallel::describe;
use sealane_runtime::schedule::{Access as ScheduledLock, AccessSets, Schedule};
use sealane_sdk::Address;
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

/// The schedule of a block.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// For each transaction in order, those that it waits for, each with the accounts at which they meet.
    pub waits: Vec<Vec<Wait>>,
    /// For each transaction in order, its batch, from 0: transactions of one batch can run side by side.
    pub batches: Vec<u32>,
    /// Transactions on the longest chain.
    pub longest_chain_count: usize,
    accesses: Vec<Access>,
}

/// A transaction that another one waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The one that comes first, by its position in the block.
    pub on: usize,
    /// The accounts at which they meet.
    pub accounts: Vec<Address>,
}

impl TestLedger {
    /// What would wait for what in a block of these transactions, in this order.
    ///
    /// ```
    /// use sealane_testing::{TestLedger, system};
    ///
    /// let mut ledger = TestLedger::new();
    /// let [alice, bob, carol, dave] = ["alice", "bob", "carol", "dave"].map(|name| ledger.user(name).address);
    /// let explained = ledger.explain(&[
    ///     system::transfer(&alice, &bob, 1),
    ///     system::transfer(&carol, &dave, 1),
    ///     system::transfer(&bob, &alice, 1),
    /// ]);
    /// assert_eq!(explained.batches, [0, 0, 1]);
    /// assert_eq!(explained.waits[2][0].on, 0);
    /// assert_eq!(explained.longest_chain_count, 2);
    /// assert!(explained.to_string().contains("transaction 2 waits for transaction 0"));
    /// ```
    #[must_use]
    pub fn explain<A: Accesses>(&self, transactions: &[A]) -> Explanation {
        let accesses: Vec<Access> = transactions.iter().map(|transaction| self.access(transaction)).collect();
        let mut slots = BTreeMap::new();
        let mut sets = AccessSets::new();
        for access in &accesses {
            let locks: Vec<ScheduledLock> = access
                .locks
                .iter()
                .map(|(address, lock)| {
                    let next = u32::try_from(slots.len()).expect("a block names fewer than 2^32 accounts");
                    let slot = *slots.entry(*address).or_insert(next);
                    ScheduledLock::new(slot, lock.is_write())
                })
                .collect();
            sets.push(locks);
        }
        let schedule = Schedule::build(&sets, slots.len());
        let waits = (0..accesses.len()).map(|index| {
            let on = schedule.predecessors(index).iter().map(|on| *on as usize);
            on.map(|on| {
                let conflicts = accesses[on].conflicts(&accesses[index]);
                Wait { on, accounts: conflicts.iter().map(|conflict| conflict.account).collect() }
            })
            .collect()
        });
        Explanation {
            waits: waits.collect(),
            batches: schedule.batches().to_vec(),
            longest_chain_count: schedule.batch_count(),
            accesses,
        }
    }
}

impl Display for Explanation {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let (count, chain) = (self.waits.len(), self.longest_chain_count);
        writeln!(formatter, "{count} transactions, the longest chain has {chain}")?;
        for (index, waits) in self.waits.iter().enumerate() {
            if waits.is_empty() {
                writeln!(formatter, "transaction {index} waits for none")?;
            }
            for Wait { on, .. } in waits {
                writeln!(formatter, "transaction {index} waits for transaction {on}:")?;
                let (one, other) = (&self.accesses[*on], &self.accesses[index]);
                formatter.write_str(&describe(&one.conflicts(other), one, other))?;
            }
        }
        Ok(())
    }
}
