//! The file `LEDGER`: three lines that say what the directory is. Text, so that an operator can look.
//!
//! ```text
//! sealane ledger
//! format 2
//! engine fjall
//! ```
//!
//! Nothing else may stand in it, so that damage cannot pass for another meaning.

use super::{Engine, LEDGER};
use crate::ledger::store::StoreError;
use std::fmt;
use std::path::Path;

/// The format of directory, tables, keys and values that this program reads and writes.
pub(super) const VERSION: u32 = 2;
const MAGIC: &str = "sealane ledger";
/// More than the file of any version has.
const SIZE_MAX_BYTES: u64 = 4 << 10;

/// What the file says, beside its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) engine: Engine,
}

impl Format {
    pub(super) fn read(directory: &Path) -> Result<Self, StoreError> {
        let file = directory.join(LEDGER);
        let io = |error| StoreError::of_io("reading what the ledger is", &file, error);
        let is_plausible = std::fs::metadata(&file).map_err(io)?.len() <= SIZE_MAX_BYTES;
        let bytes = if is_plausible { std::fs::read(&file).map_err(io)? } else { Vec::new() };
        let text = String::from_utf8(bytes).unwrap_or_default();
        match Self::parse(&text) {
            Ok(format) => Ok(format),
            Err(Some(found)) => {
                Err(StoreError::Version { directory: directory.into(), found, supported: VERSION })
            }
            Err(None) => Err(StoreError::Format { file }),
        }
    }

    /// What `text` says, or the version it has, if it has one and that is not ours.
    fn parse(text: &str) -> Result<Self, Option<u32>> {
        let rest = text.strip_prefix(MAGIC).and_then(|rest| rest.strip_prefix("\nformat ")).ok_or(None)?;
        let (version, rest) = rest.split_once('\n').ok_or(None)?;
        let is_plain = version.bytes().all(|byte| byte.is_ascii_digit()) && !version.starts_with('0');
        let version: u32 = version.parse().ok().filter(|_| is_plain).ok_or(None)?;
        if version != VERSION {
            // The lines of another version are its own affair.
            return Err(Some(version));
        }
        let name = rest.strip_prefix("engine ").and_then(|rest| rest.strip_suffix('\n')).ok_or(None)?;
        Ok(Self { engine: Engine::of_name(name).ok_or(None)? })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{MAGIC}\nformat {VERSION}\nengine {}\n", self.engine.name())
    }
}
