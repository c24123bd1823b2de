//! `--store`: where the ledgers of the two runs are kept, made ready before the long run.

use crate::cli::open::EngineName;
use anyhow::{Context, ensure};
use clap::Args;
use sealane_benches::{OnDisk, Side};
use sealane_runtime::ledger::store::directory::engine_of;
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The options, for every workload.
#[derive(Args, Clone, Debug)]
pub(super) struct StoreOptions {
    /// Where the ledgers are kept: `memory`, or a folder. In a folder each run makes a ledger of its own, and the clock stops
    /// when its last block is durable [default: memory]
    #[arg(long, value_name = "DIR|memory")]
    store: Option<Place>,
    /// What keeps the tables in the folder [default: fjall]
    #[arg(long, value_enum, requires = "store")]
    engine: Option<EngineName>,
    /// Remove the ledgers that an earlier bench left in the folder
    #[arg(long, requires = "store")]
    reset: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Memory,
    Folder(PathBuf),
}

impl FromStr for Place {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text == "memory" { Self::Memory } else { Self::Folder(text.into()) })
    }
}

/// The key `store`: what was asked for, and what is there after the runs.
#[derive(Clone, Debug, Serialize)]
pub(super) struct StoreReport {
    /// `memory`, or the name of the engine.
    pub(super) kind: &'static str,
    pub(super) path: Option<String>,
    /// Size of the parallel run's ledger in bytes; 0 in memory.
    pub(super) bytes: u64,
}

impl StoreOptions {
    /// The folder with room for the ledgers; `None` where they are kept in memory.
    ///
    /// # Errors
    /// If the folder holds something that may not be removed.
    pub(super) fn prepare(&self) -> anyhow::Result<Option<OnDisk>> {
        let Some(Place::Folder(folder)) = &self.store else {
            ensure!(
                self.engine.is_none() && !self.reset,
                "--engine and --reset are for ledgers in a folder; name it with --store"
            );
            return Ok(None);
        };
        let engine = self.engine.map(EngineName::engine).unwrap_or_default();
        let on_disk = OnDisk { folder: folder.clone(), engine };
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let ledgers = left_behind(&on_disk)?;
        ensure!(
            ledgers.is_empty() || self.reset,
            "{} holds the ledgers of an earlier bench: remove them with --reset, or name another folder",
            folder.display()
        );
        for ledger in ledgers {
            fs::remove_dir_all(&ledger).with_context(|| format!("cannot remove {}", ledger.display()))?;
        }
        Ok(Some(on_disk))
    }

    /// What the report says of a run that stored so many bytes; `None` if nothing was asked for.
    pub(super) fn report(&self, on_disk: Option<&OnDisk>, bytes: u64) -> Option<StoreReport> {
        self.store.as_ref()?;
        Some(StoreReport {
            kind: on_disk.map_or("memory", |on_disk| on_disk.engine.name()),
            path: on_disk.map(|on_disk| on_disk.folder.display().to_string()),
            bytes,
        })
    }
}

/// The ledgers in the folder, if it holds nothing else.
fn left_behind(on_disk: &OnDisk) -> anyhow::Result<Vec<PathBuf>> {
    let folder = &on_disk.folder;
    let unreadable = || format!("cannot list the folder {}", folder.display());
    let ours = [Side::Serial, Side::Parallel].map(|side| on_disk.directory(side));
    let mut ledgers = Vec::new();
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        // One whose run was interrupted at once may be empty, or hold a ledger that is half made.
        let is_ours = ours.contains(&path) && (is_half_made(&path)? || engine_of(&path).is_ok());
        ensure!(
            is_ours,
            "{} is not a ledger of an earlier bench, and nothing else is removed: name an empty folder, or one that can \
             be made",
            path.display()
        );
        ledgers.push(path);
    }
    Ok(ledgers)
}

fn is_half_made(directory: &Path) -> anyhow::Result<bool> {
    let is_empty = || anyhow::Ok(fs::read_dir(directory)?.next().is_none());
    Ok(directory.is_dir() && (directory.join("LEDGER.new").exists() || is_empty()?))
}
