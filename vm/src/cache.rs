//! Programs that have been compiled, by what they were compiled from.
//!
//! In: a program's bytes. Out: the program, compiled once. Bounded: the program that was used longest ago goes first.

use crate::engine::Engine;
use crate::program::{LoadError, Program};
use hashbrown::HashMap;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// What stands for compiled code: two programs with the same key are the same program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CacheKey {
    /// SHA-256 of the program's bytes.
    pub code_hash: [u8; 32],
    /// [`Engine::key`]: price table, engine settings and our own version.
    pub engine_key: [u8; 32],
}

/// Compiled programs, shared by all workers.
#[derive(Debug)]
pub struct ProgramCache {
    engine: Engine,
    capacity_count: usize,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    programs: HashMap<CacheKey, (Arc<Program>, u64)>,
    clock: u64,
}

impl ProgramCache {
    /// A cache of at most `capacity_count` programs, one at least.
    #[must_use]
    pub fn new(engine: Engine, capacity_count: usize) -> Self {
        Self { engine, capacity_count: capacity_count.max(1), entries: Mutex::default() }
    }

    /// The engine that compiles.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The program in `bytes`, compiled now or before.
    ///
    /// # Errors
    /// As [`Engine::load`]. Refusals are not kept.
    pub fn load(&self, bytes: &[u8]) -> Result<Arc<Program>, LoadError> {
        self.load_hashed(Sha256::digest(bytes).into(), bytes)
    }

    /// As [`Self::load`], for bytes whose SHA-256 is known.
    ///
    /// # Errors
    /// As [`Engine::load`].
    pub fn load_hashed(&self, code_hash: [u8; 32], bytes: &[u8]) -> Result<Arc<Program>, LoadError> {
        let key = CacheKey { code_hash, engine_key: *self.engine.key() };
        if let Some(program) = self.get(&key) {
            return Ok(program);
        }
        // Compiled outside the lock: others go on meanwhile. Two workers may compile the same program; the first wins.
        let program = self.engine.load(bytes)?;
        debug_assert_eq!(*program.code_hash(), code_hash, "the caller's hash is that of the bytes");
        Ok(self.insert(key, program))
    }

    /// How many programs the cache holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.lock().programs.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn get(&self, key: &CacheKey) -> Option<Arc<Program>> {
        let mut entries = self.entries.lock();
        entries.clock += 1;
        let now = entries.clock;
        let (program, used) = entries.programs.get_mut(key)?;
        *used = now;
        Some(Arc::clone(program))
    }

    fn insert(&self, key: CacheKey, program: Arc<Program>) -> Arc<Program> {
        let mut entries = self.entries.lock();
        entries.clock += 1;
        let now = entries.clock;
        let kept = Arc::clone(&entries.programs.entry(key).or_insert((program, now)).0);
        if entries.programs.len() > self.capacity_count {
            // Time of last use is unique, so the choice does not depend on the map's order.
            let oldest = entries.programs.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| *key);
            if let Some(oldest) = oldest {
                entries.programs.remove(&oldest);
            }
        }
        kept
    }
}
