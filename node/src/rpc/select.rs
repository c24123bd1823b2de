//! The accounts of a program, of a token's owner, of a mint: by an index where there is one, by a scan otherwise. Both give the
//! same; the scan is the plain twin.

use super::Rpc;
use super::error::RpcError;
use super::index::Key;
use super::scan;
use sealane_runtime::face::AccountsAt;
use sealane_sdk::{Account, Address};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Most accounts one answer has.
pub(crate) const MAX_ACCOUNTS_COUNT: usize = 250_000;
/// Most bytes of data the accounts of one answer have, together.
pub(crate) const MAX_DATA_SIZE_BYTES: usize = 128 << 20;

/// Accounts as one block left them, by ascending addresses.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Selected {
    /// Number of the block.
    pub(crate) slot: u64,
    /// The accounts.
    pub(crate) accounts: Vec<(Address, Arc<Account>)>,
}

/// The accounts under `key` in the index that pass `is_asked`, which must be false for all that belong under no such key.
///
/// # Errors
/// -32000 if there are too many, or too much goes on; -32603 if the ledger cannot be read.
pub(crate) fn select(rpc: &Rpc, key: Key, is_asked: &dyn Fn(&Account) -> bool) -> Result<Selected, RpcError> {
    match rpc.index().candidates(rpc.slot(), key) {
        Some(candidates) => by_index(rpc, &candidates, is_asked),
        None => by_scan(rpc, is_asked),
    }
}

fn by_index(
    rpc: &Rpc,
    candidates: &[Address],
    is_asked: &dyn Fn(&Account) -> bool,
) -> Result<Selected, RpcError> {
    let AccountsAt { at, accounts } = rpc.reader().accounts(candidates)?;
    let mut selection = Selection::default();
    for (address, account) in candidates.iter().zip(accounts) {
        if let Some(account) = account.filter(|account| is_asked(account)) {
            selection.push(address, &account)?;
        }
    }
    Ok(Selected { slot: at.header.number, accounts: selection.accounts })
}

/// As [`select`], by looking at all accounts.
///
/// # Errors
/// As there.
pub(crate) fn by_scan(rpc: &Rpc, is_asked: &dyn Fn(&Account) -> bool) -> Result<Selected, RpcError> {
    let mut selection = Selection::default();
    let mut result = Ok(());
    let slot = scan::all(rpc, &mut |address, account| {
        if is_asked(account) {
            result = selection.push(address, account);
        }
        if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    result?;
    Ok(Selected { slot, accounts: selection.accounts })
}

#[derive(Default)]
struct Selection {
    accounts: Vec<(Address, Arc<Account>)>,
    size_bytes: usize,
}

impl Selection {
    fn push(&mut self, address: &Address, account: &Arc<Account>) -> Result<(), RpcError> {
        self.size_bytes = self.size_bytes.saturating_add(account.data.len());
        self.accounts.push((*address, Arc::clone(account)));
        if self.accounts.len() > MAX_ACCOUNTS_COUNT || self.size_bytes > MAX_DATA_SIZE_BYTES {
            return Err(RpcError::server(format!(
                "More than {MAX_ACCOUNTS_COUNT} accounts or {MAX_DATA_SIZE_BYTES} bytes of data: ask for fewer, with filters"
            )));
        }
        Ok(())
    }
}
