//! The critical path: the transactions that had to run one after another, and the accounts that chain them.

use super::observation::BlockObservation;
use crate::schedule::{Access, Schedule};
use sealane_sdk::Address;
use serde::{Serialize, Serializer};

/// The most costly chain of dependencies of a block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CriticalPathReport {
    /// The transactions of the chain, in block order.
    pub links: Vec<Link>,
    /// Compute units along it.
    pub units: u64,
    /// Nanoseconds its transactions took, together.
    pub time_ns: u64,
}

/// One transaction of the critical path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Its index in what the block was made of.
    pub transaction: u32,
    /// Its compute units.
    pub units: u64,
    /// Nanoseconds it took.
    pub time_ns: u64,
    /// The accounts for which it waited for the transaction before it in the chain; none for the first.
    #[serde(serialize_with = "as_texts")]
    pub accounts: Vec<Address>,
    /// The slots of `accounts`.
    #[serde(skip)]
    pub slots: Vec<u32>,
}

/// The speed-up of executing that endless workers would give: all units over those along the critical path, 1 if nothing
/// was executed.
#[must_use]
pub fn bound(units: u64, critical_units: u64) -> f64 {
    if critical_units > 0 { units as f64 / critical_units as f64 } else { 1.0 }
}

fn as_texts<S: Serializer>(addresses: &[Address], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(addresses.iter().map(ToString::to_string))
}

impl CriticalPathReport {
    /// The most costly chain by compute units, so that it is the same on every machine and at every run.
    #[must_use]
    pub fn new(block: &BlockObservation, schedule: &Schedule) -> Self {
        let units = |index: usize| block.transactions[index].units;
        let path = schedule.critical_path(units);
        let mut report =
            Self { links: Vec::with_capacity(path.transactions.len()), units: path.cost, time_ns: 0 };
        let mut before = None;
        for position in path.transactions {
            let transaction = &block.transactions[position as usize];
            let slots = before.map_or_else(Vec::new, |before| shared_slots(block, before, position));
            report.time_ns += transaction.time_ns();
            report.links.push(Link {
                transaction: transaction.index,
                units: transaction.units,
                time_ns: transaction.time_ns(),
                accounts: slots.iter().map(|slot| block.addresses[*slot as usize]).collect(),
                slots,
            });
            before = Some(position);
        }
        report
    }
}

/// The accounts two transactions conflict on.
fn shared_slots(block: &BlockObservation, first: u32, second: u32) -> Vec<u32> {
    let [first, second] = [first, second].map(|position| block.access_sets.get(position as usize));
    let conflicts = |lock: &&Access| first.iter().any(|other| lock.conflicts_with(*other));
    let mut slots: Vec<u32> = second.iter().filter(conflicts).map(|lock| lock.account()).collect();
    slots.sort_unstable();
    slots.dedup();
    slots
}
