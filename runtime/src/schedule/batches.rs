//! Batches as a block records them, and the check that a replica makes of recorded ones.
//!
//! Input is a batch number for each transaction: from [`Schedule::batches`](super::Schedule::batches), or from a
//! block that came from elsewhere. Output is the transactions of each batch, or the first thing that is wrong.

use super::access::AccessSets;

/// The transactions of each batch, in block order within a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batches {
    transactions: Vec<u32>,
    /// For each batch, where its transactions end in `transactions`.
    ends: Vec<u32>,
}

/// Why recorded batches are not a valid schedule of their block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// There must be one batch number for each transaction.
    #[error("{found} batch numbers are recorded for {expected} transactions")]
    Count {
        /// The number of transactions in the block.
        expected: usize,
        /// The number of batch numbers recorded.
        found: usize,
    },
    /// Batches are numbered from 0 without gaps.
    #[error("batch {batch} is empty though a later batch is not")]
    Gap {
        /// The first batch without a transaction.
        batch: u32,
    },
    /// Two transactions share an account that one of them writes, and the later one in block order is not in a
    /// later batch.
    #[error(
        "transactions {first} and {second} conflict on account slot {account}, but batch {batch} is not later"
    )]
    Conflict {
        /// The one that comes first in block order.
        first: usize,
        /// The one that comes second in block order.
        second: usize,
        /// The slot of the account they share.
        account: u32,
        /// The recorded batch of `second`.
        batch: u32,
    },
}

impl Batches {
    /// Lists the transactions of each batch.
    ///
    /// # Errors
    /// [`BatchError::Gap`] if the numbers leave out a batch.
    pub fn from_numbers(numbers: &[u32]) -> Result<Self, BatchError> {
        let counts = transaction_counts(numbers)?;
        let mut start = 0;
        // While the lists are filled, `ends` says where each goes on; in the end, that is where each ends.
        let mut ends: Vec<u32> = counts
            .iter()
            .map(|count| {
                let here = start;
                start += count;
                here
            })
            .collect();
        let mut transactions = vec![0; numbers.len()];
        for (transaction, batch) in (0..=u32::MAX).zip(numbers) {
            let end = &mut ends[*batch as usize];
            transactions[*end as usize] = transaction;
            *end += 1;
        }
        Ok(Self { transactions, ends })
    }

    /// The number of batches.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no batch, which is so for an empty block only.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The transactions of one batch, in block order; never none.
    ///
    /// # Panics
    /// If `batch` is not below [`Batches::len`].
    pub fn get(&self, batch: usize) -> &[u32] {
        let start = if batch == 0 { 0 } else { self.ends[batch - 1] as usize };
        &self.transactions[start..self.ends[batch] as usize]
    }

    /// The transactions of each batch.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.len()).map(|batch| self.get(batch))
    }
}

/// Checks that executing `batches` one after the other, the transactions of each side by side in any order, gives
/// what serial execution gives: of two transactions that conflict, the later one is in a later batch.
///
/// This is the plain twin of the graph: it looks at accounts only and knows no edges. It accepts every valid
/// assignment, not only the one [`Schedule::batches`](super::Schedule::batches) makes.
///
/// # Errors
/// - [`BatchError::Count`] if there is not one number for each transaction;
/// - [`BatchError::Gap`] if a batch below the last one is empty;
/// - [`BatchError::Conflict`] for the first transaction that is not in a later batch than one it conflicts with.
///
/// # Panics
/// If an access names a slot that is not below `account_count`.
pub fn verify_batches(sets: &AccessSets, account_count: usize, batches: &[u32]) -> Result<(), BatchError> {
    if batches.len() != sets.len() {
        return Err(BatchError::Count { expected: sets.len(), found: batches.len() });
    }
    transaction_counts(batches)?;
    let mut accounts = vec![LatestUse::default(); account_count];
    for (second, (accesses, batch)) in sets.iter().zip(batches).enumerate() {
        for access in accesses {
            let latest = &accounts[access.account() as usize];
            let readers = latest.read.filter(|_| access.is_write());
            for (first, first_batch) in latest.write.into_iter().chain(readers) {
                if first_batch >= *batch {
                    return Err(BatchError::Conflict {
                        first,
                        second,
                        account: access.account(),
                        batch: *batch,
                    });
                }
            }
        }
        // Recorded only now: a set that names an account twice must not hide earlier users behind itself.
        for access in accesses {
            let latest = &mut accounts[access.account() as usize];
            let own = if access.is_write() { &mut latest.write } else { &mut latest.read };
            if own.is_none_or(|(_, own_batch)| *batch >= own_batch) {
                *own = Some((second, *batch));
            }
        }
    }
    Ok(())
}

/// Of those who used an account so far, the one in the highest batch with that batch, by kind of lock.
#[derive(Clone, Copy, Debug, Default)]
struct LatestUse {
    write: Option<(usize, u32)>,
    read: Option<(usize, u32)>,
}

/// The number of transactions in each batch. Numbers may come from a stranger's block: what is allocated depends
/// on how many there are, never on how large they are.
fn transaction_counts(numbers: &[u32]) -> Result<Vec<u32>, BatchError> {
    let batch_count = numbers.iter().max().map_or(0, |last| *last as usize + 1);
    let mut counts = vec![0u32; batch_count.min(numbers.len())];
    for batch in numbers {
        if let Some(count) = counts.get_mut(*batch as usize) {
            *count += 1;
        }
    }
    // With more batches than transactions, one below the number of transactions is empty or they all are full and
    // then there is no transaction left for the last batch.
    match (0..=u32::MAX).zip(&counts).find(|(_, count)| **count == 0) {
        Some((batch, _)) => Err(BatchError::Gap { batch }),
        None => Ok(counts),
    }
}
