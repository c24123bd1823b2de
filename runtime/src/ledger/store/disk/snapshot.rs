//! The ledger as one block left it, while other blocks follow: a view of the tables, and over it the blocks that were not
//! in them yet.

use super::keys;
use super::layer;
use super::recover::{self, LastBlock};
use super::shared::{Published, Shared};
use super::{account_bytes, record};
use crate::ledger::snapshot::{AccountVisitor, RecentBlockVisitor, SnapshotSource};
use crate::ledger::store::StoreError;
use crate::ledger::store::key_value::{KeyValueRead, Order, Table};
use crate::ledger::{AccountChange, BlockHeader, LedgerHead, LedgerRules};
use sealane_sdk::instruction::Hash;
use sealane_sdk::{Account, Address};
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

/// The ledger as one block left it.
#[derive(Debug)]
pub struct LedgerSnapshot {
    view: Box<dyn KeyValueRead>,
    published: Arc<Published>,
    rules: LedgerRules,
}

/// A range of addresses.
type Range<'r> = (Bound<&'r [u8]>, Bound<&'r [u8]>);

impl LedgerSnapshot {
    pub(super) fn new(shared: &Shared) -> Result<Self, StoreError> {
        // Both under the lock: no checkpoint that began by now can hold a block that is not published.
        let state = shared.lock();
        let published = Arc::clone(&state.published);
        Ok(Self { view: shared.store.view()?, published, rules: shared.rules })
    }

    /// Header of the block.
    #[must_use]
    pub fn header(&self) -> &BlockHeader {
        &self.published.header
    }

    /// Hash of the block.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.published.hash
    }

    /// What all who go on from here must agree on.
    #[must_use]
    pub const fn rules(&self) -> &LedgerRules {
        &self.rules
    }

    /// The account at `address`, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails or is damaged, here and in all below.
    pub fn account(&self, address: &Address) -> Result<Option<Arc<Account>>, StoreError> {
        match layer::find(&self.published.layers, address) {
            Some(account) => Ok(account.clone()),
            None => stored_account(&*self.view, address),
        }
    }

    /// Shows `visit` every account behind `after`, or all, in the order of their addresses, until it breaks.
    pub fn for_each_account(
        &self,
        after: Option<&Address>,
        visit: &mut dyn FnMut(&Address, &Arc<Account>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let start = after.map_or(Bound::Unbounded, |address| Bound::Excluded(address.as_ref()));
        self.for_each_within((start, Bound::Unbounded), visit)
    }

    /// Shows `visit` every account whose address begins with this byte, in order.
    pub(super) fn for_each_in_part(
        &self,
        first_byte: u8,
        visit: &mut dyn FnMut(&Address, &Arc<Account>),
    ) -> Result<(), StoreError> {
        let (start, end) = ([first_byte], [first_byte.saturating_add(1)]);
        let end = if first_byte == u8::MAX { Bound::Unbounded } else { Bound::Excluded(&end[..]) };
        self.for_each_within((Bound::Included(&start), end), &mut |address, account| {
            visit(address, account);
            ControlFlow::Continue(())
        })
    }

    /// The block, and what the next one must know of those before it. This reads the blocks that replay protection
    /// remembers.
    pub fn last_block(&self) -> Result<LastBlock, StoreError> {
        recover::last_block(&*self.view, self.rules, self.published.header)
    }

    /// All that a snapshot file holds, to be written with
    /// [`write_snapshot`](crate::ledger::snapshot::write_snapshot) while other blocks follow.
    pub fn into_source(self) -> Result<SnapshotView, StoreError> {
        let last = self.last_block()?;
        Ok(SnapshotView { snapshot: self, last })
    }

    fn for_each_within(
        &self,
        range: Range<'_>,
        visit: &mut dyn FnMut(&Address, &Arc<Account>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let newest_first = self.published.layers.iter().rev();
        let changes = layer::merged(newest_first.map(|layer| within(&layer.changes, range)));
        let mut changes = changes.into_iter().peekable();
        let mut has_ended = false;
        let mut failure = None;
        self.view.scan(Table::Accounts, range, Order::Ascending, &mut |key, value| {
            let Some(address) = keys::address_of_key(key) else {
                failure = Some(record::corrupt(Table::Accounts, key, "the key is no address"));
                return ControlFlow::Break(());
            };
            while let Some((changed, account)) = changes.next_if(|(changed, _)| *changed < address) {
                show(changed, account.as_ref(), visit, &mut has_ended)?;
            }
            if let Some((_, account)) = changes.next_if(|(changed, _)| *changed == address) {
                return show(&address, account.as_ref(), visit, &mut has_ended);
            }
            match account_bytes::account(key, value) {
                Ok(account) => show(&address, Some(&Arc::new(account)), visit, &mut has_ended),
                Err(error) => {
                    failure = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        if let Some(error) = failure {
            return Err(error);
        }
        if !has_ended {
            let _ = changes
                .try_for_each(|(address, account)| show(address, account.as_ref(), visit, &mut has_ended));
        }
        Ok(())
    }
}

/// The ledger as one block left it, with what the next block must know: the source of a snapshot file.
#[derive(Debug)]
pub struct SnapshotView {
    snapshot: LedgerSnapshot,
    last: LastBlock,
}

impl SnapshotSource for SnapshotView {
    fn head(&self) -> LedgerHead {
        self.last.head.clone()
    }

    fn for_each_account(&self, visit: &mut AccountVisitor<'_>) -> Result<(), StoreError> {
        self.snapshot.for_each_account(None, &mut |address, account| visit(address, account))
    }

    fn for_each_recent_block(&self, visit: &mut RecentBlockVisitor<'_>) -> Result<(), StoreError> {
        let _ = self.last.replay.records().try_for_each(visit);
        Ok(())
    }
}

/// The account that the table has at `address`.
pub(super) fn stored_account(
    store: &(impl KeyValueRead + ?Sized),
    address: &Address,
) -> Result<Option<Arc<Account>>, StoreError> {
    let value = store.get(Table::Accounts, address.as_ref())?;
    value.map(|value| account_bytes::account(address.as_ref(), &value).map(Arc::new)).transpose()
}

/// Shows an account that is there; notes if the visitor has seen enough.
fn show(
    address: &Address,
    account: Option<&Arc<Account>>,
    visit: &mut dyn FnMut(&Address, &Arc<Account>) -> ControlFlow<()>,
    has_ended: &mut bool,
) -> ControlFlow<()> {
    let Some(account) = account else { return ControlFlow::Continue(()) };
    let flow = visit(address, account);
    *has_ended = flow.is_break();
    flow
}

/// The changes within a range; they are sorted.
fn within<'c>(changes: &'c [AccountChange], (start, end): Range<'_>) -> &'c [AccountChange] {
    let first = changes.partition_point(|(address, _)| match start {
        Bound::Included(start) => address.as_ref() < start,
        Bound::Excluded(start) => address.as_ref() <= start,
        Bound::Unbounded => false,
    });
    let count = changes[first..].partition_point(|(address, _)| match end {
        Bound::Included(end) => address.as_ref() <= end,
        Bound::Excluded(end) => address.as_ref() < end,
        Bound::Unbounded => true,
    });
    &changes[first..first + count]
}
