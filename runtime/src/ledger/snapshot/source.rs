//! Where a snapshot's contents come from.

use crate::ingest::RecentBlockRecord;
use crate::ledger::{LedgerHead, StoreError};
use crate::runtime::Runtime;
use sealane_sdk::{Account, Address};
use std::ops::ControlFlow;

/// Is shown accounts, until it breaks.
pub type AccountVisitor<'v> = dyn FnMut(&Address, &Account) -> ControlFlow<()> + 'v;
/// Is shown recent blocks, until it breaks.
pub type RecentBlockVisitor<'v> = dyn FnMut(RecentBlockRecord) -> ControlFlow<()> + 'v;

/// A ledger at one block, whatever is committed meanwhile.
pub trait SnapshotSource {
    /// Where the ledger stands.
    fn head(&self) -> LedgerHead;

    /// Shows every account, in strictly ascending order of the addresses.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot be read through.
    fn for_each_account(&self, visit: &mut AccountVisitor<'_>) -> Result<(), StoreError>;

    /// Shows what replay protection remembers, oldest block first.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    fn for_each_recent_block(&self, visit: &mut RecentBlockVisitor<'_>) -> Result<(), StoreError>;
}

/// A runtime between two blocks. Its store knows no order: all addresses are held in memory for the time.
impl SnapshotSource for Runtime {
    fn head(&self) -> LedgerHead {
        Self::head(self)
    }

    fn for_each_account(&self, visit: &mut AccountVisitor<'_>) -> Result<(), StoreError> {
        let store = self.store();
        let mut addresses = Vec::new();
        store.for_each(&mut |address, _| addresses.push(*address))?;
        addresses.sort_unstable();
        for address in &addresses {
            let Some(account) = store.account(address)? else { continue };
            if visit(address, &account).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn for_each_recent_block(&self, visit: &mut RecentBlockVisitor<'_>) -> Result<(), StoreError> {
        let _ = self.replay().records().try_for_each(visit);
        Ok(())
    }
}
