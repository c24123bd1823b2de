//! Reading a ledger while blocks are made: accounts, blocks, transactions, the history of an address.
//!
//! Every answer is of the last durable block, whole. Readers never stop the workers: they share the database and, for the
//! time of copying a pointer, a lock with the thread that writes blocks.

use super::block_bytes::{self, HeaderRecord};
use super::block_index::has_signature;
use super::keys::{self, Place};
use super::layer;
use super::run_index;
use super::shared::{Published, Shared};
use super::snapshot::{LedgerSnapshot, stored_account};
use super::subscribe::Subscription;
use crate::ledger::store::StoreError;
use crate::ledger::store::key_value::{Order, Table};
use crate::ledger::{Block, BlockHeader};
use crate::outcome::Failure;
use crate::receipt::Receipt;
use sealane_sdk::instruction::Hash;
use sealane_sdk::limits::SIGNATURE_SIZE_BYTES;
use sealane_sdk::{Account, Address};
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

/// Attempts to read several accounts between two checkpoints, before a view is taken instead.
const ATTEMPT_COUNT: usize = 3;

/// Attempts to read a history between two prunings, before what is left of it is taken as it is.
const HISTORY_ATTEMPT_COUNT: usize = 16;

/// A handle to read a ledger with, for any thread. Clones are cheap. It keeps the database open.
#[derive(Clone, Debug)]
pub struct LedgerReader {
    shared: Arc<Shared>,
}

/// A block's header and hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The header.
    pub header: BlockHeader,
    /// The block's hash.
    pub hash: Hash,
}

/// What a block is in numbers; kept longer than the block itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockSummary {
    /// The header.
    pub header: BlockHeader,
    /// Transactions in the block.
    pub transaction_count: u32,
    /// Transactions of all blocks up to this one; a restored ledger counts from its snapshot on.
    pub transactions_total: u64,
}

/// Accounts as one block left them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountsAt {
    /// The block.
    pub at: Recorded,
    /// The accounts, in the order asked for; `None` where there is none.
    pub accounts: Vec<Option<Arc<Account>>>,
}

/// A transaction that was executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedTransaction {
    /// Where it stands.
    pub place: Place,
    /// Unix time of its block in seconds.
    pub unix_time: i64,
    /// Its batch.
    pub batch: u32,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its receipt.
    pub receipt: Receipt,
}

/// Which of the transactions that name an address are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureQuery {
    /// Only those before this place; all if `None`.
    pub before: Option<Place>,
    /// Only those after this place; all if `None`.
    pub until: Option<Place>,
    /// At most so many.
    pub limit: usize,
}

impl Default for SignatureQuery {
    /// The last thousand.
    fn default() -> Self {
        Self { before: None, until: None, limit: 1_000 }
    }
}

/// A transaction that names an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressSignature {
    /// Its first signature.
    pub signature: [u8; SIGNATURE_SIZE_BYTES],
    /// Where it stands.
    pub place: Place,
    /// Unix time of its block in seconds.
    pub unix_time: i64,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl LedgerReader {
    pub(super) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// The last durable block.
    #[must_use]
    pub fn last(&self) -> Recorded {
        self.shared.published().recorded()
    }

    /// Waits until block `number` is durable.
    ///
    /// # Errors
    /// [`StoreError::Halted`] if it never will be.
    pub fn wait_for(&self, number: u64) -> Result<(), StoreError> {
        self.shared.wait_durable(number)
    }

    /// Waits until the tables have everything up to block `number`, so that opening has no log to read.
    ///
    /// # Errors
    /// [`StoreError::Halted`] if they never will.
    pub fn wait_for_tables(&self, number: u64) -> Result<(), StoreError> {
        self.shared.wait_durable(number)?;
        self.shared.wait_applied(number)
    }

    /// Waits until the threads behind the ledger have nothing to do: no checkpoint is due and nothing to be pruned.
    ///
    /// # Errors
    /// [`StoreError::Halted`] if something could not be written.
    pub fn wait_until_idle(&self) -> Result<(), StoreError> {
        self.shared.wait_idle()
    }

    /// The oldest block that can be read whole.
    #[must_use]
    pub fn first_available_block(&self) -> u64 {
        self.shared.published().first_available
    }

    /// The account at `address`, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails or is damaged, here and in all below.
    pub fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError> {
        Ok(self.accounts(std::slice::from_ref(address))?.accounts.pop().flatten())
    }

    /// These accounts, all as the same block left them.
    pub fn accounts(&self, addresses: &[Address]) -> Result<AccountsAt, StoreError> {
        for _ in 0..ATTEMPT_COUNT {
            let published = self.shared.published();
            let find = |address: &Address| match layer::find(&published.layers, address) {
                Some(account) => Ok(account.clone()),
                None => stored_account(&*self.shared.store, address),
            };
            let accounts = addresses.iter().map(find).collect::<Result<_, _>>()?;
            // Meanwhile the tables may have been given something newer; then some of it may have been read.
            if !self.shared.is_past(published.header.number) {
                return Ok(AccountsAt { at: published.recorded(), accounts });
            }
        }
        let snapshot = self.snapshot()?;
        let accounts = addresses.iter().map(|address| snapshot.account(address)).collect::<Result<_, _>>()?;
        Ok(AccountsAt { at: Recorded { header: *snapshot.header(), hash: snapshot.hash() }, accounts })
    }

    /// The header of a block; `None` if there is no such block, or no more.
    pub fn header(&self, number: u64) -> Result<Option<BlockHeader>, StoreError> {
        Ok(self.record(&self.shared.published(), number)?.map(|record| record.header))
    }

    /// The numbers of a block; `None` if there is no such block, or not even its header is kept.
    pub fn summary(&self, number: u64) -> Result<Option<BlockSummary>, StoreError> {
        let record = self.record(&self.shared.published(), number)?;
        Ok(record.map(|HeaderRecord { header, transaction_count, transactions_total, .. }| BlockSummary {
            header,
            transaction_count,
            transactions_total,
        }))
    }

    /// A block; `None` if there is no such block, or no more.
    pub fn block(&self, number: u64) -> Result<Option<Arc<Block>>, StoreError> {
        let published = self.shared.published();
        if let Some(layer) = published.layer(number) {
            return Ok(Some(Arc::clone(&layer.block)));
        }
        let Some(record) = self.whole(&published, number)? else { return Ok(None) };
        let block = block_bytes::block(&*self.shared.store, &record);
        self.unless_pruned(number, block.map(|block| Some(Arc::new(block))))
    }

    /// Where the transaction with this signature stands; `None` if there is none, or no more.
    pub fn place(&self, signature: &[u8; SIGNATURE_SIZE_BYTES]) -> Result<Option<Place>, StoreError> {
        Ok(self.transaction(signature)?.map(|transaction| transaction.place))
    }

    /// The transaction with this signature; `None` if there is none, or no more.
    pub fn transaction(
        &self,
        signature: &[u8; SIGNATURE_SIZE_BYTES],
    ) -> Result<Option<RecordedTransaction>, StoreError> {
        let published = self.shared.published();
        for layer in published.layers.iter().rev() {
            if let Some(index) = layer.index.find(signature, &layer.block.transactions) {
                let place = Place { block_number: layer.number(), index };
                return self.transaction_in(&published, place);
            }
        }
        for place in self.places_of_prefix(keys::signature_prefix(signature))? {
            if place.block_number > published.header.number {
                continue;
            }
            let found = self.transaction_in(&published, place)?;
            if let Some(found) = found.filter(|found| has_signature(&found.bytes, signature)) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The transaction at this place; `None` if there is none, or no more.
    pub fn transaction_at(&self, place: Place) -> Result<Option<RecordedTransaction>, StoreError> {
        self.transaction_in(&self.shared.published(), place)
    }

    /// The transactions that name `address`, newest first.
    pub fn signatures_for_address(
        &self,
        address: &Address,
        query: &SignatureQuery,
    ) -> Result<Vec<AddressSignature>, StoreError> {
        for _ in 0..HISTORY_ATTEMPT_COUNT {
            let published = self.shared.published();
            let signatures = self.signatures_in(&published, address, query)?;
            // Meanwhile blocks may have been pruned, as many as to leave nothing of what was to be seen; then it is seen anew.
            if self.first_available_block() == published.first_available {
                return Ok(signatures);
            }
        }
        // Blocks come and go faster than this reads: of what is left, the newest part without a gap.
        self.signatures_in(&self.shared.published(), address, query)
    }

    fn signatures_in(
        &self,
        published: &Published,
        address: &Address,
        query: &SignatureQuery,
    ) -> Result<Vec<AddressSignature>, StoreError> {
        let before = query.before.map_or(u64::MAX, Place::packed);
        let until = query.until.map(Place::packed);
        let mut places = Vec::new();
        let is_asked = |place: &u64| *place < before && until.is_none_or(|until| *place > until);
        for layer in published.layers.iter().rev() {
            let mentions = layer.index.mentions(address, &layer.block.transactions);
            places.extend(layer.index.places(mentions).filter(is_asked));
        }
        if places.len() < query.limit {
            // The tables may meanwhile have been given blocks that are among the layers, or are not to be seen yet.
            let end = Place { block_number: published.applied + 1, index: 0 }.packed();
            self.stored_places(address, before.min(end), until, query.limit, &mut places)?;
        }
        places.truncate(query.limit);
        let mut signatures = Vec::with_capacity(places.len());
        for place in places {
            match self.transaction_in(published, Place::unpacked(place))? {
                Some(transaction) => signatures.push(AddressSignature::of(transaction)),
                // All that follow are older, and pruned as well.
                None => break,
            }
        }
        Ok(signatures)
    }

    /// The ledger as the last durable block left it, while other blocks follow.
    pub fn snapshot(&self) -> Result<LedgerSnapshot, StoreError> {
        LedgerSnapshot::new(&self.shared)
    }

    /// All blocks from the next one on, with room for so many that were not fetched yet, at least 1.
    #[must_use]
    pub fn subscribe(&self, room_count: usize) -> Subscription {
        self.shared.lock().subscribers.add(room_count)
    }

    /// Bytes the ledger takes on disk, as far as the database knows; 0 in memory.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.shared.store.size_bytes()
    }

    /// The record of a block that readers may see.
    fn record(&self, published: &Published, number: u64) -> Result<Option<HeaderRecord>, StoreError> {
        if number > published.header.number {
            return Ok(None);
        }
        block_bytes::header(&*self.shared.store, number)
    }

    /// The record of a block that is there with all its parts.
    fn whole(&self, published: &Published, number: u64) -> Result<Option<HeaderRecord>, StoreError> {
        if number < published.first_available { Ok(None) } else { self.record(published, number) }
    }

    fn transaction_in(
        &self,
        published: &Published,
        place: Place,
    ) -> Result<Option<RecordedTransaction>, StoreError> {
        let (number, index) = (place.block_number, place.index as usize);
        if let Some(layer) = published.layer(number) {
            let block = &layer.block;
            let found =
                block.transactions.get(index).zip(block.receipts.get(index)).zip(block.batches.get(index));
            return Ok(found.map(|((bytes, receipt), batch)| RecordedTransaction {
                place,
                unix_time: block.header.unix_time,
                batch: *batch,
                bytes: bytes.to_vec(),
                receipt: receipt.clone(),
            }));
        }
        let Some(record) = self.whole(published, number)? else { return Ok(None) };
        let found =
            self.unless_pruned(number, block_bytes::transaction(&*self.shared.store, &record, place.index))?;
        Ok(found.map(|(stored, receipt)| RecordedTransaction {
            place,
            unix_time: record.header.unix_time,
            batch: stored.batch,
            bytes: stored.bytes,
            receipt,
        }))
    }

    /// What was read of a block, or nothing if the block was pruned while it was read.
    fn unless_pruned<T>(
        &self,
        number: u64,
        read: Result<Option<T>, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match read {
            Err(StoreError::Corrupt { .. }) if number < self.shared.lock().progress.first_available => {
                Ok(None)
            }
            read => read,
        }
    }

    /// Places of transactions whose signatures begin so, newest first.
    fn places_of_prefix(&self, prefix: u64) -> Result<Vec<Place>, StoreError> {
        let (first, last) = (keys::signature_key(prefix, 0), keys::signature_key(prefix, u64::MAX));
        let range = (Bound::Included(&first[..]), Bound::Included(&last[..]));
        let mut places = Vec::new();
        self.shared.store.scan(Table::Signatures, range, Order::Descending, &mut |key, _| {
            places.extend(keys::place_of_signature_key(key).map(Place::unpacked));
            ControlFlow::Continue(())
        })?;
        Ok(places)
    }

    /// Adds the places in the tables that name `address`, newest first, until there are `limit` in all: before the packed
    /// place `before`, after `until`.
    fn stored_places(
        &self,
        address: &Address,
        before: u64,
        until: Option<u64>,
        limit: usize,
        places: &mut Vec<u64>,
    ) -> Result<(), StoreError> {
        let (newest, oldest) = (keys::address_key(address, u64::MAX), keys::address_key(address, 0));
        let mut start = keys::address_key(address, before);
        // The entry that holds the last place before `before` may begin with a newer one.
        let range = (Bound::Included(&newest[..]), Bound::Excluded(&start[..]));
        let mut holder = None;
        self.shared.store.scan(Table::Addresses, range, Order::Descending, &mut |key, _| {
            holder = keys::newest_of_address_key(key);
            ControlFlow::Break(())
        })?;
        if let Some(newest) = holder {
            start = keys::address_key(address, newest);
        }
        let mut failure = None;
        let range = (Bound::Included(&start[..]), Bound::Included(&oldest[..]));
        self.shared.store.scan(Table::Addresses, range, Order::Ascending, &mut |key, value| {
            let entry = match run_index::places(key, value) {
                Ok(entry) => entry,
                Err(error) => {
                    failure = Some(error);
                    return ControlFlow::Break(());
                }
            };
            let is_last = until.is_some_and(|until| entry.last().is_some_and(|oldest| *oldest <= until));
            places.extend(
                entry.into_iter().filter(|place| *place < before && until.is_none_or(|until| *place > until)),
            );
            if is_last || places.len() >= limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        failure.map_or(Ok(()), Err)
    }
}

impl Published {
    fn recorded(&self) -> Recorded {
        Recorded { header: self.header, hash: self.hash }
    }

    fn layer(&self, number: u64) -> Option<&Arc<layer::Layer>> {
        let first = self.layers.first()?.number();
        self.layers.get(usize::try_from(number.checked_sub(first)?).ok()?)
    }
}

impl AddressSignature {
    fn of(transaction: RecordedTransaction) -> Self {
        // The signature follows the count of signatures, or stands at the end; the transaction ran, so it is one.
        let signature = crate::ingest::sanitize(&transaction.bytes).map_or([0; _], |view| *view.signature());
        let RecordedTransaction { place, unix_time, receipt, bytes, .. } = transaction;
        Self { signature, place, unix_time, failure: receipt.body.failure, bytes }
    }
}
