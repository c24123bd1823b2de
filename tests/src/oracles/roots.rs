//! The roots, reckoned by hand in one loop each.

use crate::harness::Accounts;
use sealane_runtime::ledger::TransactionList;
use sealane_runtime::receipt::Receipt;
use sealane_sdk::instruction::Hash;
use sha2::{Digest, Sha256};

/// SHA-256 over the number of accounts and, in address order, the SHA-256 of each: address, lamports, owner, one byte
/// for executable, size, data.
#[must_use]
pub fn naive_state_root(accounts: &Accounts) -> Hash {
    root(accounts.iter().map(|(address, account)| {
        let mut bytes = address.to_bytes().to_vec();
        bytes.extend_from_slice(&account.lamports.to_le_bytes());
        bytes.extend_from_slice(&account.owner.to_bytes());
        bytes.push(if account.executable { 1 } else { 0 });
        bytes.extend_from_slice(&(account.data.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&account.data);
        bytes
    }))
}

/// SHA-256 over the number of receipts and the SHA-256 of each body in bincode; the logs do not count.
///
/// # Panics
/// Never: every body encodes.
#[must_use]
pub fn naive_receipts_root(receipts: &[Receipt]) -> Hash {
    root(receipts.iter().map(|receipt| {
        bincode::serde::encode_to_vec(&receipt.body, bincode::config::standard()).expect("a body encodes")
    }))
}

/// SHA-256 over the number of transactions and, for each, the SHA-256 of its batch and bytes.
#[must_use]
pub fn naive_transactions_root(transactions: &TransactionList, batches: &[u32]) -> Hash {
    let leaves = transactions.iter().zip(batches);
    root(leaves.map(|(bytes, batch)| [&batch.to_le_bytes(), bytes].concat()).collect::<Vec<_>>().into_iter())
}

fn root(leaves: impl ExactSizeIterator<Item = Vec<u8>>) -> Hash {
    let mut bytes = (leaves.len() as u64).to_le_bytes().to_vec();
    for leaf in leaves {
        bytes.extend_from_slice(&Sha256::digest(leaf));
    }
    Hash::new_from_array(Sha256::digest(bytes).into())
}
