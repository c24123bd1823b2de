//! The tree beside its plain twin: over random changes the same roots, changes taken back leave no trace, and proofs prove
//! what is there and what is not, and nothing else.

use super::{StateTree, plain_sha256, plain_state_root, sha256};
use crate::ledger::store::{AccountChange, AccountStore, MemoryStore};
use crate::schedule::Workers;
use proptest::prelude::*;
use sealane_sdk::state_proof::{ProofEnd, Proven, StateProof, account_hash, key};
use sealane_sdk::{Account, Address};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

fn workers() -> Workers {
    Workers::new(2).expect("two workers")
}

fn address(number: u16) -> Address {
    let mut bytes = [0; 32];
    bytes[..2].copy_from_slice(&number.to_le_bytes());
    Address::new_from_array(bytes)
}

fn changes(block: &BTreeMap<u16, Option<u64>>) -> Vec<AccountChange> {
    let change = |(number, lamports): (&u16, &Option<u64>)| {
        (address(*number), lamports.map(|lamports| Arc::new(Account::system(lamports))))
    };
    block.iter().map(change).collect()
}

fn tree_and_store(changes: &[AccountChange]) -> (StateTree, MemoryStore) {
    let (mut tree, mut store) = (StateTree::default(), MemoryStore::default());
    let _ = tree.apply(changes, &workers(), &mut Duration::default());
    store.apply(changes.iter().cloned());
    (tree, store)
}

fn prove(tree: &StateTree, store: &MemoryStore, address: &Address) -> StateProof {
    tree.prove(address, store).expect("memory does not fail")
}

/// Blocks over so many accounts that branches hold several, or over so few that whole levels are empty.
fn blocks() -> impl Strategy<Value = Vec<BTreeMap<u16, Option<u64>>>> {
    let size = prop_oneof![Just(3_u16), Just(40), Just(2_000)];
    size.prop_flat_map(|size| {
        let change = prop_oneof![3 => (1..u64::MAX).prop_map(Some), 2 => Just(None)];
        let most = usize::from(size.min(400));
        prop::collection::vec(prop::collection::btree_map(0..size, change, 0..most), 1..8)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_tree_is_its_plain_twin(blocks in blocks()) {
        let (workers, mut cpu) = (workers(), Duration::default());
        let (mut store, mut tree) = (MemoryStore::default(), StateTree::default());
        for block in &blocks {
            let before = tree.root();
            let changes = changes(block);
            let undo = tree.apply(&changes, &workers, &mut cpu);
            tree.revert(undo, &workers);
            prop_assert_eq!(tree.root(), before);
            let _ = tree.apply(&changes, &workers, &mut cpu);
            store.apply(changes);
            prop_assert_eq!(tree.root(), plain_state_root(&store).expect("memory does not fail"));
        }
        prop_assert_eq!(tree.root(), StateTree::of_store(&store, &workers).expect("as before").root());
        let root = tree.root().to_bytes();
        for number in 0..60 {
            let address = address(number);
            let account = store.account(&address).expect("as before");
            let expected = match account {
                None => Proven::Absent,
                Some(account) => Proven::Present(account_hash(&address, &account, &sha256)),
            };
            prop_assert_eq!(prove(&tree, &store, &address).check(&root, &address, &sha256), Some(expected));
        }
    }

    /// Whatever is altered in a proof, it proves nothing else.
    #[test]
    fn altered_proofs_prove_nothing_else(
        lamports in prop::collection::btree_map(0_u16..60, (1..u64::MAX).prop_map(Some), 1..40),
        asked in 0_u16..60,
        other in 0_u16..60,
        place in any::<prop::sample::Index>(),
        flip in 0_u8..8,
    ) {
        let (tree, store) = tree_and_store(&changes(&lamports));
        let (root, asked, other) = (tree.root().to_bytes(), address(asked), address(other));
        let proof = prove(&tree, &store, &asked);
        let honest = proof.check(&root, &asked, &sha256);
        prop_assert!(honest.is_some());
        let of_another = prove(&tree, &store, &other).check(&root, &asked, &sha256);
        prop_assert!(of_another.is_none() || of_another == honest);
        let mut altered: Vec<StateProof> = Vec::new();
        if !proof.siblings.is_empty() {
            let index = place.index(proof.siblings.len());
            let mut flipped = proof.clone();
            flipped.siblings[index][0] ^= 1 << flip;
            let mut shorter = proof.clone();
            shorter.siblings.remove(index);
            altered.extend([flipped, shorter]);
        }
        let mut longer = proof.clone();
        longer.siblings.push([0; 32]);
        altered.extend([
            longer,
            StateProof { end: ProofEnd::Empty, ..proof.clone() },
            StateProof {
                end: ProofEnd::Leaf { key: key(&asked, &sha256), account_hash: [flip; 32] },
                ..proof.clone()
            },
        ]);
        for altered in altered.into_iter().filter(|altered| *altered != proof) {
            let proven = altered.check(&root, &asked, &sha256);
            prop_assert!(proven.is_none() || proven == honest, "{altered:?}");
        }
    }
}

#[test]
fn known_roots() {
    let mut tree = StateTree::default();
    assert_eq!(tree.root().to_bytes(), [0; 32]);
    let one = changes(&BTreeMap::from([(7, Some(5))]));
    let _ = tree.apply(&one, &workers(), &mut Duration::default());
    // One account is a leaf at the top: SHA-256 of 0, the key and the account's hash.
    let account = [&address(7).to_bytes()[..], &5_u64.to_le_bytes(), &[0; 32], &[0], &[0; 8]].concat();
    let leaf = [&[0][..], &sha256(&[address(7).as_array()]), &sha256(&[&account])].concat();
    assert_eq!(tree.root().to_bytes(), sha256(&[&leaf]));
    let mut store = MemoryStore::default();
    store.apply(one);
    let proof = prove(&tree, &store, &address(8));
    assert!(proof.siblings.is_empty());
    assert_eq!(proof.check(&tree.root().to_bytes(), &address(8), &sha256), Some(Proven::Absent));
}

/// An address of another tree, a root of another state: no.
#[test]
fn another_root_is_refused() {
    let (mut tree, store) = tree_and_store(&changes(&BTreeMap::from([(1, Some(1)), (2, Some(2))])));
    let (before, proof) = (tree.root().to_bytes(), prove(&tree, &store, &address(1)));
    let _ = tree.apply(&changes(&BTreeMap::from([(1, Some(3))])), &workers(), &mut Duration::default());
    assert!(proof.check(&before, &address(1), &sha256).is_some());
    assert_eq!(proof.check(&tree.root().to_bytes(), &address(1), &sha256), None);
}

/// Around the borders of blocks above all, and whatever the pieces.
#[test]
fn sha256_is_its_plain_twin() {
    let bytes: Vec<u8> = (0..=255).collect();
    for size_bytes in 0..=200 {
        let bytes = &bytes[..size_bytes];
        for middle in [0, size_bytes / 3, size_bytes] {
            let (one, other) = bytes.split_at(middle);
            assert_eq!(sha256(&[one, other]), plain_sha256(&[bytes]), "{size_bytes} bytes");
        }
    }
}
