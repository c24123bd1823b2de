//! A ledger of a snapshot: the same as the one it was written of, but for the blocks before it.

use super::{Ledger, LedgerConfig, LedgerError};
use crate::error::Fatal;
use crate::ledger::snapshot::{
    Expected, LoadedSnapshot, SnapshotError, SnapshotReader, SnapshotTotals, load_snapshot,
};
use crate::ledger::store::directory::{self, Missing};
use crate::ledger::store::disk::Restoration;
use crate::ledger::store::key_value::KeyValueStore;
use crate::schedule::Workers;
use std::io::{Read, Seek};
use std::path::Path;
use std::sync::Arc;

impl Ledger {
    /// Makes a ledger in `directory`, which must be empty or not exist, of a snapshot; or goes on with one of the same
    /// snapshot that was interrupted. `progress` is told after each chunk. Nothing counts before all of it is checked.
    ///
    /// # Errors
    /// [`LedgerError::Exists`] if there is a ledger; [`LedgerError::Snapshot`] if the snapshot is refused;
    /// [`LedgerError::Store`] and [`LedgerError::Fatal`].
    pub fn restore(
        directory: &Path,
        config: LedgerConfig,
        snapshot: impl Read + Seek,
        expected: &Expected,
        progress: &mut dyn FnMut(&SnapshotTotals),
    ) -> Result<Self, LedgerError> {
        let opened = directory::open(directory, &config.directory(Missing::Create))?;
        Self::restore_in(opened.tables.into(), config, snapshot, expected, progress)
    }

    /// As [`Self::restore`], in `store`.
    ///
    /// # Errors
    /// As [`Self::restore`].
    pub fn restore_in(
        store: Arc<dyn KeyValueStore>,
        config: LedgerConfig,
        mut snapshot: impl Read + Seek,
        expected: &Expected,
        progress: &mut dyn FnMut(&SnapshotTotals),
    ) -> Result<Self, LedgerError> {
        let mut reader = SnapshotReader::new(&mut snapshot)?;
        let hash = reader.head().hash();
        let Some(mut restoration) = Restoration::begin(Arc::clone(&store), hash)? else {
            return Err(LedgerError::Exists);
        };
        if let Some(checkpoint) = restoration.checkpoint() {
            // The head was read already, to know which snapshot it is.
            snapshot.rewind().map_err(|error| SnapshotError::Read { offset_bytes: 0, error })?;
            reader = SnapshotReader::resume(&mut snapshot, checkpoint)?;
        }
        let workers = Workers::new(config.runtime.workers);
        let workers = workers.map_err(|error| Fatal::Worker(error.to_string()))?;
        let state = restoration.state(&workers)?;
        let loaded = load_snapshot(reader, state, expected, &mut restoration, &workers, progress);
        drop(workers);
        if loaded.as_ref().is_err_and(|error| !error.is_interruption()) {
            restoration.forget()?;
        }
        let LoadedSnapshot { head, replay, .. } = loaded?;
        restoration.finish(&head, &replay)?;
        Self::open_in(store, config)
    }
}
