//! One branch of the state tree: all accounts whose keys begin with the same byte. Branches know nothing of each other,
//! so that the workers change them side by side.
//!
//! Nodes lie in two arrays, one of leaves and one of inner nodes, and name each other by position; places that became free
//! are used again. An account takes 64 bytes as a leaf and, since a tree has one inner node fewer than leaves (few more
//! where keys begin alike), about 40 as an inner node.

use super::{Leaf, LeafChange, sha256};
use sealane_sdk::state_proof::{Digest, EMPTY, ProofEnd, bit, leaf_hash, node_hash};

/// How many bits of the key a branch's accounts have in common.
pub(super) const BRANCH_DEPTH: usize = 8;

/// A part of a branch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Empty,
    /// Position among the leaves.
    Leaf(u32),
    /// Position among the inner nodes.
    Inner(u32),
}

/// Two parts, not both of them empty, nor one empty and the other a leaf.
#[derive(Clone, Copy, Debug)]
struct Inner {
    hash: Digest,
    left: PartRef,
    right: PartRef,
}

/// A [`Part`] in four bytes: 0 is empty, then leaves with even, inner nodes with odd numbers.
#[derive(Clone, Copy, Debug)]
struct PartRef(u32);

impl From<Part> for PartRef {
    fn from(part: Part) -> Self {
        match part {
            Part::Empty => Self(0),
            Part::Leaf(position) => Self(2 * position + 2),
            Part::Inner(position) => Self(2 * position + 3),
        }
    }
}

impl From<PartRef> for Part {
    fn from(PartRef(number): PartRef) -> Self {
        match number {
            0 => Self::Empty,
            number if number % 2 == 0 => Self::Leaf(number / 2 - 1),
            number => Self::Inner(number / 2 - 1),
        }
    }
}

/// Items that are reached by position; places that became free are used again.
#[derive(Clone, Debug)]
struct Arena<T> {
    items: Vec<T>,
    free: Vec<u32>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self { items: Vec::new(), free: Vec::new() }
    }
}

impl<T: Copy> Arena<T> {
    fn put(&mut self, item: T) -> u32 {
        if let Some(position) = self.free.pop() {
            self.items[position as usize] = item;
            return position;
        }
        self.items.push(item);
        // Two positions must fit 32 bits with a bit to spare; so many accounts do not fit any memory.
        u32::try_from(self.items.len() - 1).expect("fewer than two thousand million accounts a branch")
    }

    fn take(&mut self, position: u32) -> T {
        self.free.push(position);
        self.items[position as usize]
    }

    fn get(&self, position: u32) -> &T {
        &self.items[position as usize]
    }
}

/// One of the 256 branches.
#[derive(Clone, Debug, Default)]
pub(super) struct Branch {
    top: Part,
    leaves: Arena<Leaf>,
    inners: Arena<Inner>,
}

/// A branch as the rest of the tree sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Summary {
    /// No account.
    Empty,
    /// One account; its leaf's hash.
    Leaf(Digest),
    /// More.
    Inner(Digest),
}

impl Summary {
    pub(super) const fn hash(self) -> Digest {
        match self {
            Self::Empty => EMPTY,
            Self::Leaf(hash) | Self::Inner(hash) => hash,
        }
    }

    /// The part of the tree that these two make up.
    pub(super) fn join(left: Self, right: Self) -> Self {
        match (left, right) {
            (Self::Empty, Self::Empty) => Self::Empty,
            (alone @ Self::Leaf(_), Self::Empty) | (Self::Empty, alone @ Self::Leaf(_)) => alone,
            _ => Self::Inner(node_hash(&left.hash(), &right.hash(), &sha256)),
        }
    }
}

impl Branch {
    /// Applies changes, in the order of their keys, each key once. What takes them back is added to `undo`.
    pub(super) fn apply(&mut self, changes: &[LeafChange], undo: &mut Vec<LeafChange>) {
        self.top = self.changed(self.top, BRANCH_DEPTH, changes, undo);
    }

    pub(super) fn summary(&self) -> Summary {
        match self.top {
            Part::Empty => Summary::Empty,
            Part::Leaf(_) => Summary::Leaf(self.hash(self.top)),
            Part::Inner(_) => Summary::Inner(self.hash(self.top)),
        }
    }

    /// Follows a key down; adds the hashes beside the way to `siblings`.
    pub(super) fn prove(&self, key: &Digest, siblings: &mut Vec<Digest>) -> ProofEnd {
        let (mut part, mut depth) = (self.top, BRANCH_DEPTH);
        loop {
            match part {
                Part::Empty => return ProofEnd::Empty,
                Part::Leaf(position) => {
                    let (key, account_hash) = *self.leaves.get(position);
                    return ProofEnd::Leaf { key, account_hash };
                }
                Part::Inner(position) => {
                    let Inner { left, right, .. } = *self.inners.get(position);
                    let (next, sibling) = if bit(key, depth) { (right, left) } else { (left, right) };
                    siblings.push(self.hash(sibling.into()));
                    (part, depth) = (next.into(), depth + 1);
                }
            }
        }
    }

    fn hash(&self, part: Part) -> Digest {
        match part {
            Part::Empty => EMPTY,
            Part::Leaf(position) => {
                let (key, account_hash) = self.leaves.get(position);
                leaf_hash(key, account_hash, &sha256)
            }
            Part::Inner(position) => self.inners.get(position).hash,
        }
    }

    /// The part after the changes, all of which lie in it.
    fn changed(
        &mut self,
        part: Part,
        depth: usize,
        changes: &[LeafChange],
        undo: &mut Vec<LeafChange>,
    ) -> Part {
        if changes.is_empty() {
            return part;
        }
        match part {
            Part::Empty => {
                let new: Vec<Leaf> = changes.iter().filter_map(|(key, new)| Some((*key, (*new)?))).collect();
                undo.extend(new.iter().map(|(key, _)| (*key, None)));
                self.build(depth, &new)
            }
            Part::Leaf(position) => self.changed_leaf(position, depth, changes, undo),
            Part::Inner(position) => {
                let Inner { left, right, .. } = *self.inners.get(position);
                let middle = changes.partition_point(|(key, _)| !bit(key, depth));
                let (to_the_left, to_the_right) = changes.split_at(middle);
                let left = self.changed(left.into(), depth + 1, to_the_left, undo);
                let right = self.changed(right.into(), depth + 1, to_the_right, undo);
                self.inners.take(position);
                self.join(left, right)
            }
        }
    }

    fn changed_leaf(
        &mut self,
        position: u32,
        depth: usize,
        changes: &[LeafChange],
        undo: &mut Vec<LeafChange>,
    ) -> Part {
        let (key, account_hash) = *self.leaves.get(position);
        let mut new = Vec::with_capacity(changes.len() + 1);
        let mut is_changed = false;
        for (changed_key, changed_hash) in changes {
            if *changed_key == key {
                is_changed = true;
                undo.push((key, Some(account_hash)));
            } else if changed_hash.is_some() {
                undo.push((*changed_key, None));
            }
            new.extend(changed_hash.map(|hash| (*changed_key, hash)));
        }
        if !is_changed {
            let place = new.partition_point(|(other, _)| *other < key);
            new.insert(place, (key, account_hash));
        }
        self.leaves.take(position);
        self.build(depth, &new)
    }

    /// A new part of these accounts, which are in the order of their keys.
    fn build(&mut self, depth: usize, leaves: &[Leaf]) -> Part {
        match leaves {
            [] => Part::Empty,
            [leaf] => Part::Leaf(self.leaves.put(*leaf)),
            _ => {
                let (left, right) = leaves.split_at(leaves.partition_point(|(key, _)| !bit(key, depth)));
                let left = self.build(depth + 1, left);
                let right = self.build(depth + 1, right);
                self.join(left, right)
            }
        }
    }

    /// The part that these two make up: an account that is alone stands as high up as it is alone.
    fn join(&mut self, left: Part, right: Part) -> Part {
        match (left, right) {
            (Part::Empty, Part::Empty) => Part::Empty,
            (alone @ Part::Leaf(_), Part::Empty) | (Part::Empty, alone @ Part::Leaf(_)) => alone,
            _ => {
                let hash = node_hash(&self.hash(left), &self.hash(right), &sha256);
                Part::Inner(self.inners.put(Inner { hash, left: left.into(), right: right.into() }))
            }
        }
    }
}

const _: () = assert!(size_of::<Inner>() == 40 && size_of::<Leaf>() == 64);
