//! Two runs of the same block, held against each other in everything there is.

use crate::harness::{Accounts, accounts, explain};
use sealane_runtime::{ExecutedBlock, Runtime};
use sealane_sdk::Account;
use std::fmt::Write;
use std::sync::Arc;

/// A block and the ledger after it.
#[derive(Debug)]
pub struct Step {
    /// What executing the block gave.
    pub executed: ExecutedBlock,
    /// Every account after it.
    pub accounts: Accounts,
}

impl Step {
    /// The block `runtime` has just committed.
    #[must_use]
    pub fn new(executed: ExecutedBlock, runtime: &Runtime) -> Self {
        Self { executed, accounts: accounts(runtime) }
    }
}

/// What differs between two runs of a block, in words; nothing if they are the same.
#[must_use]
pub fn compare(expected: &Step, found: &Step) -> Option<String> {
    let mut text = String::new();
    compare_receipts(expected, found, &mut text);
    compare_accounts(&expected.accounts, &found.accounts, &mut text);
    let (one, other) = (&expected.executed, &found.executed);
    let same = [
        ("rejections", one.rejected == other.rejected),
        ("transactions", one.block.transactions == other.block.transactions),
        ("batches", one.block.batches == other.block.batches),
        ("critical path", one.critical_path_count == other.critical_path_count),
        ("roots", one.block.header.roots == other.block.header.roots),
        ("header", one.block.header == other.block.header),
        ("hash", one.hash == other.hash),
    ];
    for (what, _) in same.iter().filter(|(_, same)| !same) {
        let _ = writeln!(text, "{what} differ");
    }
    if one.rejected != other.rejected {
        let _ = writeln!(text, "rejected: {:?}\n     and: {:?}", one.rejected, other.rejected);
    }
    (!text.is_empty()).then_some(text)
}

fn compare_receipts(expected: &Step, found: &Step, text: &mut String) {
    let (one, other) = (&expected.executed.block.receipts, &found.executed.block.receipts);
    if one.len() != other.len() {
        let _ = writeln!(text, "{} receipts and {}", one.len(), other.len());
    }
    for (index, (one, other)) in one.iter().zip(other).enumerate() {
        if one != other {
            let _ = writeln!(text, "receipt {index}: {}\nand: {}", explain(one), explain(other));
            let _ = writeln!(text, "that is: {one:?}\nand: {other:?}");
        }
    }
}

fn compare_accounts(expected: &Accounts, found: &Accounts, text: &mut String) {
    let describe = |account: Option<&Arc<Account>>| match account {
        None => "nothing".to_owned(),
        Some(account) => format!("{account:?}"),
    };
    let addresses: std::collections::BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    for address in addresses {
        let (one, other) = (expected.get(address), found.get(address));
        if one != other {
            let _ = writeln!(text, "account {address}: {}\nand: {}", describe(one), describe(other));
        }
    }
}
