//! The other structure that was tried for the state root: buckets of accounts by the first bits of their keys, and a full
//! tree of hashes above them. Only to compare figures; nothing of a ledger uses it.
//!
//! A bucket's hash is the SHA-256 of its accounts' keys and hashes, in the order of the keys. How many bits lead to a bucket is
//! fixed when the tree is made: that is what makes its upper levels plain arrays, and what a ledger that grows would have
//! to change some day, together with every proof.

use sealane_sdk::state_proof::Digest;
use sha2::Digest as _;

/// A key and the hash of its account.
pub(crate) type Leaf = (Digest, Digest);

/// How large buckets are, and how many children a node has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Accounts a bucket holds on average, about.
    pub(crate) bucket_accounts: u64,
    /// Bits of the key that choose a child: 1 for two children, 4 for sixteen.
    pub(crate) arity_bits: u32,
}

/// The buckets and the hashes above them.
#[derive(Debug)]
pub(crate) struct BucketTree {
    bucket_bits: u32,
    arity_bits: u32,
    buckets: Vec<Vec<Leaf>>,
    /// The buckets' hashes first, the root last.
    levels: Vec<Vec<Digest>>,
}

/// What shows that an account is there, or that it is not: its bucket whole, and the hashes beside the way up.
#[derive(Debug)]
pub(crate) struct BucketProof {
    /// All of the bucket.
    pub(crate) bucket: Vec<Leaf>,
    /// For each level, the children of the node on the way, but the one on the way.
    pub(crate) siblings: Vec<Vec<Digest>>,
}

impl BucketTree {
    /// A tree for about `account_count` accounts.
    pub(crate) fn new(shape: Shape, account_count: u64) -> Self {
        let wanted_bits = (account_count / shape.bucket_accounts).max(2).next_power_of_two().ilog2();
        let level_count = wanted_bits.div_ceil(shape.arity_bits);
        let bucket_bits = level_count * shape.arity_bits;
        let widths = (0..=level_count).rev().map(|level| 1_usize << (level * shape.arity_bits));
        let levels = widths.map(|width| vec![Digest::default(); width]).collect();
        Self {
            bucket_bits,
            arity_bits: shape.arity_bits,
            buckets: vec![Vec::new(); 1 << bucket_bits],
            levels,
        }
    }

    /// The hash of everything.
    pub(crate) fn root(&self) -> Digest {
        self.levels.last().map_or_else(Digest::default, |level| level[0])
    }

    /// Sets accounts, which are in the order of their keys.
    pub(crate) fn apply(&mut self, changes: &[Leaf]) {
        let mut touched: Vec<usize> = Vec::with_capacity(changes.len());
        for change in changes {
            let number = self.bucket_number(&change.0);
            let bucket = &mut self.buckets[number];
            match bucket.binary_search_by_key(&change.0, |leaf| leaf.0) {
                Ok(position) => bucket[position].1 = change.1,
                Err(position) => bucket.insert(position, *change),
            }
            touched.push(number);
        }
        touched.dedup();
        for number in &touched {
            self.levels[0][*number] = bucket_hash(&self.buckets[*number]);
        }
        for level in 1..self.levels.len() {
            touched.iter_mut().for_each(|position| *position >>= self.arity_bits);
            touched.dedup();
            for position in &touched {
                let first = position << self.arity_bits;
                let children = &self.levels[level - 1][first..first + (1 << self.arity_bits)];
                self.levels[level][*position] = children_hash(children);
            }
        }
    }

    /// Proves what stands at `key`.
    pub(crate) fn prove(&self, key: &Digest) -> BucketProof {
        let mut position = self.bucket_number(key);
        let bucket = self.buckets[position].clone();
        let mut siblings = Vec::new();
        for level in &self.levels[..self.levels.len() - 1] {
            let first = position >> self.arity_bits << self.arity_bits;
            let others = (first..first + (1 << self.arity_bits)).filter(|other| *other != position);
            siblings.push(others.map(|other| level[other]).collect());
            position >>= self.arity_bits;
        }
        BucketProof { bucket, siblings }
    }

    /// Whether a proof leads to the root, with the account's hash in its bucket.
    pub(crate) fn check(&self, proof: &BucketProof, leaf: &Leaf) -> bool {
        let mut position = self.bucket_number(&leaf.0);
        let mut hash = bucket_hash(&proof.bucket);
        for siblings in &proof.siblings {
            let own = position & ((1 << self.arity_bits) - 1);
            let mut children = siblings.clone();
            children.insert(own, hash);
            hash = children_hash(&children);
            position >>= self.arity_bits;
        }
        hash == self.root() && proof.bucket.contains(leaf)
    }

    fn bucket_number(&self, key: &Digest) -> usize {
        let first = u64::from_be_bytes([key[0], key[1], key[2], key[3], key[4], key[5], key[6], key[7]]);
        usize::try_from(first >> (64 - self.bucket_bits)).expect("fewer buckets than addresses of memory")
    }
}

impl BucketProof {
    /// Bytes of keys and hashes in it.
    pub(crate) fn size_bytes(&self) -> usize {
        self.bucket.len() * size_of::<Leaf>()
            + self.siblings.iter().map(|siblings| siblings.len() * size_of::<Digest>()).sum::<usize>()
    }
}

fn bucket_hash(bucket: &[Leaf]) -> Digest {
    if bucket.is_empty() {
        return Digest::default();
    }
    let mut hasher = sha2::Sha256::new();
    for (key, account_hash) in bucket {
        hasher.update(key);
        hasher.update(account_hash);
    }
    hasher.finalize().into()
}

fn children_hash(children: &[Digest]) -> Digest {
    let mut hasher = sha2::Sha256::new();
    children.iter().for_each(|child| hasher.update(child));
    hasher.finalize().into()
}
