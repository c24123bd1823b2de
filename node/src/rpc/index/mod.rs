//! Which accounts belong to a program, to a token's owner or delegate, to a mint: kept in memory, made of all accounts when the node
//! starts, and brought up to date with every block by a thread of its own.
//!
//! What it gives are candidates: all that belong under a key as of a block are among them, and some that no longer do. Whoever asks reads
//! them and looks. So nothing has to be known of what an account was before; the entries of what is gone are dropped by making the index
//! anew once they may be many. An entry takes about 60 bytes: an account of a program has one, a token account three or four.
//! System accounts have none.

mod entries;

use entries::Entries;
pub(crate) use entries::{Key, delegate};
use parking_lot::{Condvar, Mutex};
use sealane_runtime::LedgerReader;
use sealane_runtime::face::Delivery;
use sealane_runtime::ledger::StoreError;
use sealane_sdk::Address;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

/// Blocks that may wait for the thread; if it falls further behind, it makes the index anew.
const ROOM_BLOCKS: usize = 256;
/// How long a caller waits for the thread to take the last blocks in.
const PATIENCE: Duration = Duration::from_secs(2);

/// The index. It serves no one until it is made.
#[derive(Debug, Default)]
pub(crate) struct Index {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    entries: Entries,
    /// The last block that is in it; `None` while it is being made.
    number: Option<u64>,
}

impl Index {
    /// An index that a thread makes of what `reader` reads, and keeps until the ledger is closed.
    ///
    /// # Errors
    /// If there can be no thread.
    pub(crate) fn start(reader: LedgerReader) -> std::io::Result<Arc<Self>> {
        let index = Arc::new(Self::default());
        let weak = Arc::downgrade(&index);
        std::thread::Builder::new().name("rpc-index".to_owned()).spawn(move || {
            let subscription = reader.subscribe(ROOM_BLOCKS);
            while let Some(index) = weak.upgrade() {
                if index.make_if_missing(&reader).is_err() {
                    // Whoever asks scans, and is told what is wrong.
                    return;
                }
                drop(index);
                // Nothing comes once the ledger is closed.
                let (Some(delivery), Some(index)) = (subscription.next(), weak.upgrade()) else { return };
                index.take_in(&delivery);
            }
        })?;
        Ok(index)
    }

    /// Addresses under `key`, ascending: all that belong there after block `number`, among others. `None` if the index is not made
    /// or does not catch up with that block.
    pub(crate) fn candidates(&self, number: u64, key: Key) -> Option<Vec<Address>> {
        let mut state = self.state.lock();
        let is_behind = |state: &mut State| state.number.is_some_and(|reached| reached < number);
        let timeout = self.changed.wait_while_for(&mut state, is_behind, PATIENCE);
        let is_made = state.number.is_some() && !timeout.timed_out();
        is_made.then(|| state.entries.find(key))
    }

    /// Makes the index of all accounts. Blocks that come meanwhile wait in the subscription.
    fn make_if_missing(&self, reader: &LedgerReader) -> Result<(), StoreError> {
        if self.state.lock().number.is_some() {
            return Ok(());
        }
        let mut entries = Entries::default();
        let snapshot = reader.snapshot()?;
        snapshot.for_each_account(None, &mut |address, account| {
            entries.add(address, account);
            ControlFlow::Continue(())
        })?;
        let number = Some(snapshot.header().number);
        *self.state.lock() = State { entries, number };
        self.changed.notify_all();
        Ok(())
    }

    fn take_in(&self, delivery: &Delivery) {
        let Delivery { committed, missed_count } = delivery;
        let number = committed.block.header.number;
        let mut state = self.state.lock();
        let Some(reached) = state.number else { return };
        if number <= reached {
            return;
        }
        let has_gap = *missed_count > 0 && number > reached.saturating_add(1);
        for (address, account) in committed.changes.iter() {
            match account {
                Some(account) => state.entries.add(address, account),
                None => state.entries.note_gone(),
            }
        }
        state.number = (!has_gap && !state.entries.is_stale()).then_some(number);
        drop(state);
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests;
