//! From outcomes to a block: receipts in order, rejected ones left out, the changes of all accounts.

use crate::bug;
use crate::error::{Fatal, Rejection};
use crate::ledger::{AccountChange, AccountStore, Block, BlockHeader, TransactionList};
use crate::outcome::Outcomes;
use crate::prepare::PreparedBlock;
use crate::receipt::Receipt;
use crate::schedule::{AccessSets, Schedule};
use sealane_sdk::{Account, Address};
use std::sync::Arc;

/// An executed block without its header.
#[derive(Debug)]
pub struct Sealed {
    /// The transactions that ran.
    pub transactions: TransactionList,
    /// The batch of each.
    pub batches: Vec<u32>,
    /// The receipt of each.
    pub receipts: Vec<Receipt>,
    /// Positions of the admitted transactions that were rejected when it was their turn, ascending.
    pub left_out: Vec<usize>,
    /// Transactions on the longest chain of dependencies.
    pub critical_path_count: usize,
}

impl Sealed {
    /// Sorts the outcomes of a block's `transactions`; those that were rejected while the block ran go to `rejected` with
    /// their index in the input.
    #[must_use]
    pub fn new(
        prepared: &PreparedBlock<'_>,
        transactions: TransactionList,
        outcomes: Outcomes,
        rejected: &mut Vec<(usize, Rejection)>,
    ) -> Self {
        let (receipts, rejections) = outcomes.into_parts();
        let left_out: Vec<usize> = rejections.iter().map(|(position, _)| *position).collect();
        let with_index = rejections.into_iter().map(|(position, why)| (prepared.indices[position], why));
        rejected.extend(with_index);
        if left_out.is_empty() {
            let schedule = &prepared.schedule;
            return Self {
                transactions,
                batches: schedule.batches().to_vec(),
                receipts,
                left_out,
                critical_path_count: schedule.batch_count(),
            };
        }
        Self { receipts, ..Self::of_what_is_left(prepared, left_out) }
    }

    /// A payer that runs dry while the block executes is rare; transactions and batches are then those of what is left.
    fn of_what_is_left(prepared: &PreparedBlock<'_>, left_out: Vec<usize>) -> Self {
        let PreparedBlock { transactions: all, interned, .. } = prepared;
        let mut transactions = TransactionList::default();
        let mut access_sets = AccessSets::new();
        let mut left_out_yet = left_out.iter().copied().peekable();
        for (position, transaction) in all.iter().enumerate() {
            if left_out_yet.next_if_eq(&position).is_none() {
                transactions.push(transaction.bytes);
                access_sets.push(interned.access_sets.get(position).iter().copied());
            }
        }
        let schedule = Schedule::build(&access_sets, interned.account_count());
        let (batches, critical_path_count) = (schedule.batches().to_vec(), schedule.batch_count());
        Self { transactions, batches, receipts: Vec::new(), left_out, critical_path_count }
    }

    /// The block, with its header.
    #[must_use]
    pub fn into_block(self, header: BlockHeader) -> Block {
        Block { header, transactions: self.transactions, batches: self.batches, receipts: self.receipts }
    }
}

/// Adds the block's fees to the collector's account, in `changes`; without a collector they are burned.
///
/// # Errors
/// [`Fatal::Store`] if the collector's account cannot be read.
pub fn credit_fees(
    changes: &mut Vec<AccountChange>,
    collector: Option<&Address>,
    lamports: u64,
    store: &dyn AccountStore,
) -> Result<(), Fatal> {
    let (Some(collector), 1..) = (collector, lamports) else { return Ok(()) };
    let position = match changes.iter().position(|(address, _)| address == collector) {
        Some(position) => position,
        None => {
            changes.push((*collector, store.account(collector)?));
            changes.len() - 1
        }
    };
    let account: &mut Account = Arc::make_mut(changes[position].1.get_or_insert_default());
    let sum = account.lamports.checked_add(lamports);
    account.lamports = sum.unwrap_or_else(|| bug!("the lamports of the ledger exceed 2^64"));
    Ok(())
}
