//! What was paid for priority in the last blocks: the least price of a compute unit, in the block and by account.

use super::BlockEvent;
use parking_lot::Mutex;
use sealane_runtime::ingest::{SanitizedTransaction, budget, sanitize, write_locks};
use sealane_sdk::Address;
use sealane_sdk::limits::MICRO_LAMPORTS_PER_LAMPORT;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Accounts whose least price is kept, a block; those beyond count as free.
const MAX_PRICED_COUNT: usize = 4_096;

/// The prices of recent blocks, each computed when it is first asked for.
#[derive(Debug, Default)]
pub(crate) struct Prices(Mutex<BTreeMap<u64, Arc<BlockPrices>>>);

/// The prices of one block, in micro-lamports a compute unit.
#[derive(Debug, Default, PartialEq, Eq)]
struct BlockPrices {
    /// The least that a transaction paid.
    least: u64,
    /// The least that a transaction paid which may write the account, where that is not 0; by the address.
    by_account: Vec<(Address, u64)>,
}

impl Prices {
    /// Number and price of each of `blocks`: what would have been enough to write all of `addresses`, by what others paid.
    pub(crate) fn of_recent(&self, blocks: &[Arc<BlockEvent>], addresses: &[Address]) -> Vec<(u64, u64)> {
        let mut known = self.0.lock();
        if let Some(oldest) = blocks.first() {
            *known = known.split_off(&oldest.number);
        }
        let price = |event: &Arc<BlockEvent>| {
            let prices = known
                .entry(event.number)
                .or_insert_with(|| Arc::new(BlockPrices::of(event.block.transactions.iter())));
            (event.number, prices.of_all(addresses))
        };
        blocks.iter().map(price).collect()
    }
}

impl BlockPrices {
    fn of<'b>(transactions: impl Iterator<Item = &'b [u8]>) -> Self {
        let mut least = None::<u64>;
        let mut by_account: BTreeMap<Address, u64> = BTreeMap::new();
        for transaction in transactions.filter_map(|bytes| sanitize(bytes).ok()) {
            let price = price(&transaction);
            least = Some(least.map_or(price, |least| least.min(price)));
            let locks = write_locks(&transaction);
            for (index, key) in transaction.keys().iter().enumerate() {
                if locks >> index & 1 == 1 {
                    by_account.entry(*key).and_modify(|least| *least = price.min(*least)).or_insert(price);
                }
            }
        }
        let mut by_account: Vec<_> = by_account.into_iter().filter(|(_, price)| *price > 0).collect();
        if by_account.len() > MAX_PRICED_COUNT {
            by_account.sort_unstable_by_key(|(_, price)| std::cmp::Reverse(*price));
            by_account.truncate(MAX_PRICED_COUNT);
            by_account.sort_unstable();
        }
        Self { least: least.unwrap_or(0), by_account }
    }

    fn of_all(&self, addresses: &[Address]) -> u64 {
        let of_one = |address: &Address| {
            let found = self.by_account.binary_search_by_key(address, |(address, _)| *address);
            found.ok().and_then(|index| self.by_account.get(index)).map_or(0, |(_, price)| *price)
        };
        addresses.iter().map(of_one).max().unwrap_or(0).max(self.least)
    }
}

/// Micro-lamports a compute unit, rounded down.
fn price(transaction: &SanitizedTransaction<'_>) -> u64 {
    let Ok(budget) = budget(transaction) else { return 0 };
    let paid =
        u128::from(budget.priority_fee_lamports).saturating_mul(u128::from(MICRO_LAMPORTS_PER_LAMPORT));
    u64::try_from(paid / u128::from(budget.units.max(1))).unwrap_or(u64::MAX)
}
