//! The lock of a directory: one process at a time. The operating system lets go of it when the process ends, however it
//! ends; the file stays, since taking it away would let two processes lock two files of one name.

use super::LOCK;
use crate::ledger::store::StoreError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

/// The right to the tables of a directory, as long as it lives.
#[derive(Debug)]
pub(crate) struct DirectoryLock {
    file: File,
}

impl DirectoryLock {
    /// # Errors
    /// [`StoreError::Locked`] if another process, or this one, has the directory open.
    pub(super) fn take(directory: &Path) -> Result<Self, StoreError> {
        let path = directory.join(LOCK);
        let io = |error| StoreError::of_io("locking the directory", &path, error);
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => (),
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked { directory: directory.into(), holder: holder(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(io)?;
        Ok(Self { file })
    }
}

impl Drop for DirectoryLock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that another thread is just starting has a copy of it for a moment, and
        // with it the lock. If this fails, closing is what is left.
        let _ = self.file.unlock();
    }
}

/// The process that wrote its id into the file. It may not have come to it yet.
fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim_end().parse().ok()
}
