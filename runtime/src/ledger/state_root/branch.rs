//! One branch of the state tree: all accounts whose keys begin with the same byte. Branches know nothing of each other,
//! so that the workers change them side by side.
//!
//! Nodes lie in two arenas, one of leaves and one of inner nodes, and name each other by position. An account takes 32 bytes as a
//! leaf and 72 as an inner node, of which there are about 1.44 (1 / ln 2) an account: one fewer than leaves, and those above
//! accounts whose keys begin alike. A leaf is an address: its key follows from it, its hash stands above it, and what the account
//! is, the store knows.

use super::arena::Arena;
use super::{Leaf, LeafChange, sha256};
use sealane_sdk::Address;
use sealane_sdk::state_proof::{Digest, EMPTY, bit, key, node_hash};

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

/// Two parts, not both of them empty, nor one empty and the other a leaf. Their hashes stand here and not with them: a change
/// needs the hash of what stands beside its way, and would have to fetch it from a place of memory of its own.
#[derive(Clone, Copy, Debug)]
struct Inner {
    hashes: [Digest; 2],
    parts: [PartRef; 2],
}

/// A part and its hash.
#[derive(Clone, Copy, Debug)]
struct Hashed {
    part: Part,
    hash: Digest,
}

impl Hashed {
    const EMPTY: Self = Self { part: Part::Empty, hash: EMPTY };
}

impl Default for Hashed {
    fn default() -> Self {
        Self::EMPTY
    }
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

/// One of the 256 branches.
#[derive(Clone, Debug, Default)]
pub(super) struct Branch {
    top: Hashed,
    leaves: Arena<Address>,
    inners: Arena<Inner>,
}

/// What stands where a key leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing.
    Empty,
    /// One account, which may be another one.
    Leaf(Address),
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
        self.fetch(changes);
        self.top = self.changed(self.top, BRANCH_DEPTH, changes, undo);
    }

    pub(super) const fn summary(&self) -> Summary {
        match self.top.part {
            Part::Empty => Summary::Empty,
            Part::Leaf(_) => Summary::Leaf(self.top.hash),
            Part::Inner(_) => Summary::Inner(self.top.hash),
        }
    }

    /// Follows a key down; adds the hashes beside the way to `siblings`.
    pub(super) fn way_to(&self, key: &Digest, siblings: &mut Vec<Digest>) -> End {
        let (mut part, mut depth) = (self.top.part, BRANCH_DEPTH);
        loop {
            match part {
                Part::Empty => return End::Empty,
                Part::Leaf(position) => return End::Leaf(*self.leaves.get(position)),
                Part::Inner(position) => {
                    let Inner { hashes, parts } = *self.inners.get(position);
                    let side = usize::from(bit(key, depth));
                    siblings.push(hashes[1 - side]);
                    (part, depth) = (parts[side].into(), depth + 1);
                }
            }
        }
    }

    /// Goes all ways of the changes down side by side and changes nothing, so that memory is waited for once for many of them
    /// and not for each node of each way by itself.
    fn fetch(&self, changes: &[LeafChange]) {
        let mut ways: Vec<(Part, &Digest)> =
            changes.iter().map(|change| (self.top.part, &change.key)).collect();
        let mut depth = BRANCH_DEPTH;
        let mut seen = 0;
        while !ways.is_empty() {
            ways.retain_mut(|(part, key)| match *part {
                Part::Empty => false,
                Part::Leaf(position) => {
                    seen ^= self.leaves.get(position).as_array()[0];
                    false
                }
                Part::Inner(position) => {
                    let Inner { hashes, parts } = self.inners.get(position);
                    let side = usize::from(bit(key, depth));
                    seen ^= hashes[0][0] ^ hashes[1][31];
                    *part = parts[side].into();
                    true
                }
            });
            depth += 1;
        }
        std::hint::black_box(seen);
    }

    /// The part after the changes, all of which lie in it.
    fn changed(
        &mut self,
        old: Hashed,
        depth: usize,
        changes: &[LeafChange],
        undo: &mut Vec<LeafChange>,
    ) -> Hashed {
        if changes.is_empty() {
            return old;
        }
        match old.part {
            Part::Empty => {
                let new: Vec<Leaf> = changes.iter().filter_map(LeafChange::leaf).collect();
                undo.extend(new.iter().map(Leaf::gone));
                self.build(depth, &new)
            }
            Part::Leaf(position) => self.changed_leaf(position, old.hash, depth, changes, undo),
            Part::Inner(position) => {
                let Inner { hashes, parts } = *self.inners.get(position);
                let [left, right] =
                    [0, 1].map(|side| Hashed { part: parts[side].into(), hash: hashes[side] });
                let middle = changes.partition_point(|change| !bit(&change.key, depth));
                let (to_the_left, to_the_right) = changes.split_at(middle);
                let left = self.changed(left, depth + 1, to_the_left, undo);
                let right = self.changed(right, depth + 1, to_the_right, undo);
                self.join(left, right, Some(position))
            }
        }
    }

    fn changed_leaf(
        &mut self,
        position: u32,
        old_hash: Digest,
        depth: usize,
        changes: &[LeafChange],
        undo: &mut Vec<LeafChange>,
    ) -> Hashed {
        let address = *self.leaves.get(position);
        // Nearly always it is this one account that changed, and it alone.
        if let [change @ LeafChange { hash: Some(hash), .. }] = changes
            && change.address == address
        {
            undo.push(LeafChange { hash: Some(old_hash), ..*change });
            return Hashed { part: Part::Leaf(position), hash: *hash };
        }
        let mut new = Vec::with_capacity(changes.len() + 1);
        let mut is_changed = false;
        for change in changes {
            let leaf = change.leaf();
            if change.address == address {
                is_changed = true;
                undo.push(LeafChange { hash: Some(old_hash), ..*change });
            } else if let Some(leaf) = &leaf {
                undo.push(leaf.gone());
            }
            new.extend(leaf);
        }
        if !is_changed {
            let key = key(&address, &sha256);
            let place = new.partition_point(|other| other.key < key);
            new.insert(place, Leaf { key, address, hash: old_hash });
        }
        self.leaves.free(position);
        self.build(depth, &new)
    }

    /// A new part of these accounts, which are in the order of their keys.
    fn build(&mut self, depth: usize, leaves: &[Leaf]) -> Hashed {
        match leaves {
            [] => Hashed::EMPTY,
            [Leaf { address, hash, .. }] => {
                Hashed { part: Part::Leaf(self.leaves.put(*address)), hash: *hash }
            }
            _ => {
                let (left, right) = leaves.split_at(leaves.partition_point(|leaf| !bit(&leaf.key, depth)));
                let left = self.build(depth + 1, left);
                let right = self.build(depth + 1, right);
                self.join(left, right, None)
            }
        }
    }

    /// The part that these two make up: an account that is alone stands as high up as it is alone. `place` is where their inner
    /// node stood before, if there was one.
    fn join(&mut self, left: Hashed, right: Hashed, place: Option<u32>) -> Hashed {
        let alone = match (left.part, right.part) {
            (Part::Empty, Part::Empty) => Some(Hashed::EMPTY),
            (Part::Leaf(_), Part::Empty) => Some(left),
            (Part::Empty, Part::Leaf(_)) => Some(right),
            _ => None,
        };
        if let Some(alone) = alone {
            place.into_iter().for_each(|place| self.inners.free(place));
            return alone;
        }
        let inner = Inner { hashes: [left.hash, right.hash], parts: [left.part.into(), right.part.into()] };
        let position = match place {
            Some(place) => {
                self.inners.set(place, inner);
                place
            }
            None => self.inners.put(inner),
        };
        Hashed { part: Part::Inner(position), hash: node_hash(&left.hash, &right.hash, &sha256) }
    }
}

const _: () = assert!(size_of::<Inner>() == 72 && size_of::<Address>() == 32);
