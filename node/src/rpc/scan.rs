//! Going through all accounts, as one block left them: what answers the few questions that no index answers. It never stops the
//! workers, but it takes time and reads the disk, so only a few go on at once.

use super::Rpc;
use super::error::RpcError;
use sealane_sdk::{Account, Address};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Scans at once.
const MAX_SCANS_COUNT: usize = 2;

/// Scans that go on.
#[derive(Debug, Default)]
pub(crate) struct Scans(AtomicUsize);

/// Leave to scan, given back when dropped.
struct Permit<'s>(&'s Scans);

impl Scans {
    fn begin(&self) -> Result<Permit<'_>, RpcError> {
        // The permit is made first: it takes back what was added, whatever comes of it.
        let permit = Permit(self);
        if self.0.fetch_add(1, Ordering::Relaxed) >= MAX_SCANS_COUNT {
            return Err(RpcError::server("Too many scans of all accounts at once: try again later"));
        }
        Ok(permit)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Shows `visit` every account until it breaks; gives the number of the block.
///
/// # Errors
/// -32000 if too many go on already, -32603 if the ledger cannot be read.
pub(crate) fn all(
    rpc: &Rpc,
    visit: &mut dyn FnMut(&Address, &Arc<Account>) -> ControlFlow<()>,
) -> Result<u64, RpcError> {
    let _permit = rpc.scans().begin()?;
    let snapshot = rpc.reader().snapshot()?;
    snapshot.for_each_account(None, visit)?;
    Ok(snapshot.header().number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leave_is_given_back_even_by_those_who_did_not_get_it() {
        let scans = Scans::default();
        let permits = (scans.begin(), scans.begin());
        assert!(permits.0.is_ok() && permits.1.is_ok());
        for _ in 0..3 {
            assert!(scans.begin().is_err());
        }
        drop(permits);
        assert_eq!(scans.0.load(Ordering::Relaxed), 0);
        assert!(scans.begin().is_ok());
    }
}
