//! The fast way: instances that stay, and are made exactly as new before each call.
//!
//! What a call can leave behind, and what becomes of it:
//!
//! | what | how it is made new |
//! |---|---|
//! | memory within its initial size | back to the image: what the image holds is copied, all else is zeroed |
//! | memory that grew, a table that grew | the instance is dropped |
//! | mutable globals, exported or not | set to their initial values |
//! | tables, dropped segments | programs that can touch them never have kept instances |
//! | fuel, region, lent context | set by the call itself |
//! | anything after a trap or a host call's error | the instance is dropped |

use super::{Instance, InstancePolicy};
use crate::host::local_failure;
use crate::program::Program;
use sealane_sdk::limits::MAX_STACK_HEIGHT;

/// Most instances a worker keeps, all programs together. Idle ones hold their memory resident.
const MAX_KEPT_COUNT: usize = 16;
/// Largest memory that is worth restoring, in bytes: beyond this the pool makes a new instance as fast.
const MAX_KEPT_MEMORY_BYTES: usize = 256 * 1024;

const _: () = assert!(MAX_STACK_HEIGHT <= MAX_KEPT_COUNT, "a whole stack of calls fits");

/// A worker's kept instances, none of them running, with the number of their program. The one used last stands last.
#[derive(Debug, Default)]
pub(super) struct Keeper {
    policy: InstancePolicy,
    idle: Vec<(u64, Box<Instance>)>,
}

impl Keeper {
    pub(super) fn new(policy: InstancePolicy) -> Self {
        Self { policy, idle: Vec::new() }
    }

    /// An instance of `program`, new or as new.
    pub(super) fn take(&mut self, program: &Program) -> Box<Instance> {
        if let Some(position) = self.idle.iter().rposition(|(id, _)| *id == program.id()) {
            let (_, mut instance) = self.idle.remove(position);
            make_new(&mut instance, program);
            return instance;
        }
        let mut instance = Instance::new(program).unwrap_or_else(|_| {
            // The pool may be full of what is kept.
            self.idle.clear();
            Instance::new(program).unwrap_or_else(|error| local_failure(&error))
        });
        if self.keeps(program) {
            instance.find_globals(program);
        }
        Box::new(instance)
    }

    /// Takes an instance back after a call, if it can be used again.
    pub(super) fn give_back(&mut self, program: &Program, instance: Box<Instance>) {
        if !instance.returned || instance.store.data().limiter.grew || !self.keeps(program) {
            return;
        }
        if self.idle.len() >= MAX_KEPT_COUNT {
            self.idle.remove(0);
        }
        self.idle.push((program.id(), instance));
    }

    fn keeps(&self, program: &Program) -> bool {
        self.policy == InstancePolicy::Kept
            && program.info().resets_by_memory_and_globals()
            && program.image().size_bytes() <= MAX_KEPT_MEMORY_BYTES
    }
}

impl Instance {
    /// Finds the mutable globals, which instances that are kept need.
    fn find_globals(&mut self, program: &Program) {
        let Self { store, instance, globals, .. } = self;
        globals.extend(program.globals().iter().map(|(name, _)| {
            instance
                .get_global(&mut *store, name)
                .expect("every mutable global was exported before compilation")
        }));
    }
}

/// Makes an instance that a call returned from exactly what a new one is.
fn make_new(instance: &mut Instance, program: &Program) {
    let Instance { store, memory, globals, .. } = instance;
    debug_assert_eq!(globals.len(), program.globals().len(), "found when the instance was first taken");
    program.image().restore(memory.data_mut(&mut *store));
    for (global, (_, value)) in globals.iter().zip(program.globals()) {
        if let Err(error) = global.set(&mut *store, *value) {
            local_failure(&error);
        }
    }
}
