//! How transactions choose accounts: each its own, or all the same.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// How much the transactions of a block get in each other's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contention {
    /// Each transaction of a block has accounts of its own, as far as they last.
    None,
    /// So many of a hundred choices fall on the first account of its kind, the others anywhere.
    Hot {
        /// 0 to 100.
        percent: u8,
    },
}

impl Contention {
    /// From none to all, as the tests step through it.
    pub const STEPS: [Self; 5] = [
        Self::None,
        Self::Hot { percent: 0 },
        Self::Hot { percent: 30 },
        Self::Hot { percent: 80 },
        Self::Hot { percent: 100 },
    ];
}

/// Chooses for one transaction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chooser {
    contention: Contention,
    /// Position of the transaction in its block.
    position: usize,
    /// Choices made so far.
    count: usize,
}

/// Accounts of a kind that a transaction has for itself without contention.
const OWN_COUNT: usize = 2;

impl Chooser {
    pub(super) const fn new(contention: Contention, position: usize) -> Self {
        Self { contention, position, count: 0 }
    }

    /// One of `len` things.
    pub(super) fn choose(&mut self, random: &mut ChaCha8Rng, len: usize) -> usize {
        self.count += 1;
        match self.contention {
            Contention::None => (self.position * OWN_COUNT + self.count % OWN_COUNT) % len,
            Contention::Hot { percent } if random.random_range(0..100) < percent => 0,
            Contention::Hot { .. } => random.random_range(0..len),
        }
    }
}
