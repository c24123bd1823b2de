//! Declarations that were wider than needed: accounts declared writable and never written, or declared and never
//! touched. They cost parallelism and buy nothing.

use super::observation::BlockObservation;
use super::waits::as_text;
use sealane_sdk::Address;
use serde::Serialize;
use std::collections::BTreeMap;

/// What the transactions of a block declared, and how much of it they used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Declarations {
    /// Accounts declared writable, counted once a transaction.
    pub writes: u64,
    /// Those among them that were never written.
    pub unwritten: u64,
    /// Accounts declared at all, counted once a transaction.
    pub accounts: u64,
    /// Those among them that were never touched.
    pub untouched: u64,
    /// Which were declared writable and not written, those of most transactions first.
    pub never_written: Vec<UnusedDeclaration>,
    /// Which were declared and not touched, those of most transactions first.
    pub never_touched: Vec<UnusedDeclaration>,
}

/// An account that transactions declared without need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnusedDeclaration {
    /// The account.
    #[serde(serialize_with = "as_text")]
    pub account: Address,
    /// The transactions that did, by their index in what the block was made of, ascending.
    pub transactions: Vec<u32>,
}

impl Declarations {
    /// Compares what the block's transactions declared with what they did.
    #[must_use]
    pub fn new(block: &BlockObservation) -> Self {
        let mut declarations = Self::default();
        let (mut unwritten, mut untouched) = (BTreeMap::new(), BTreeMap::new());
        for (accesses, transaction) in block.access_sets.iter().zip(&block.transactions) {
            for (key_index, lock) in accesses.iter().enumerate() {
                let is_set = |mask: u64| mask >> key_index & 1 == 1;
                declarations.accounts += 1;
                declarations.writes += u64::from(lock.is_write());
                if lock.is_write() && !is_set(transaction.written) {
                    declarations.unwritten += 1;
                    note(&mut unwritten, lock.account(), transaction.index);
                }
                if !is_set(transaction.touched) {
                    declarations.untouched += 1;
                    note(&mut untouched, lock.account(), transaction.index);
                }
            }
        }
        declarations.never_written = by_count(block, unwritten);
        declarations.never_touched = by_count(block, untouched);
        declarations
    }
}

fn note(unused: &mut BTreeMap<u32, Vec<u32>>, slot: u32, transaction: u32) {
    unused.entry(slot).or_default().push(transaction);
}

fn by_count(block: &BlockObservation, unused: BTreeMap<u32, Vec<u32>>) -> Vec<UnusedDeclaration> {
    let named = unused.into_iter().map(|(slot, transactions)| UnusedDeclaration {
        account: block.addresses[slot as usize],
        transactions,
    });
    let mut unused: Vec<UnusedDeclaration> = named.collect();
    unused.sort_by_key(|declaration| std::cmp::Reverse(declaration.transactions.len()));
    unused
}
