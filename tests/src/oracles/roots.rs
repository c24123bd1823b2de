//! The roots, reckoned by hand in one loop each.

use crate::harness::Accounts;
use sealane_runtime::ledger::TransactionList;
use sealane_runtime::receipt::Receipt;
use sealane_sdk::instruction::Hash;
use sealane_sdk::{Account, Address};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The top of a binary tree in which every account stands where the bits of the SHA-256 of its address lead, as high up as
/// it is alone. Nothing is 32 zero bytes; one account the SHA-256 of a zero byte, its key and its hash; more the SHA-256 of
/// both halves. An account's hash is the SHA-256 of address, lamports, owner, one byte for executable, size, data.
#[must_use]
pub fn naive_state_root(accounts: &Accounts) -> Hash {
    let leaf = |(address, account): (&Address, &Arc<Account>)| {
        let key = Sha256::digest(address.to_bytes());
        let mut bytes = address.to_bytes().to_vec();
        bytes.extend_from_slice(&account.lamports.to_le_bytes());
        bytes.extend_from_slice(&account.owner.to_bytes());
        bytes.push(if account.executable { 1 } else { 0 });
        bytes.extend_from_slice(&(account.data.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&account.data);
        let path: String = key.iter().map(|byte| format!("{byte:08b}")).collect();
        (path, Sha256::digest([&[0][..], &key, &Sha256::digest(bytes)].concat()).to_vec())
    };
    let root = subtree(&accounts.iter().map(leaf).collect::<Vec<_>>(), 0);
    Hash::new_from_array(root.try_into().expect("a SHA-256"))
}

fn subtree(leaves: &[(String, Vec<u8>)], depth: usize) -> Vec<u8> {
    match leaves {
        [] => vec![0; 32],
        [(_, hash)] => hash.clone(),
        _ => {
            let side = |digit: &str| -> Vec<(String, Vec<u8>)> {
                leaves.iter().filter(|(path, _)| path[depth..].starts_with(digit)).cloned().collect()
            };
            let halves = [subtree(&side("0"), depth + 1), subtree(&side("1"), depth + 1)];
            Sha256::digest(halves.concat()).to_vec()
        }
    }
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
