//! The fast way: instances that stay, and are made exactly as new before each call.
//!
//! What a call can leave behind, and what becomes of it:
//!
//! | what | how it is made new |
//! |---|---|
//! | memory within its initial size | what is marked as written, by the program (`write_marks/`) or by the host (`host/memory.rs`): what the image holds there is copied, all else is zeroed |
//! | memory that grew, a table that grew | the instance is dropped |
//! | mutable globals, exported or not | set to their initial values |
//! | tables, dropped segments | programs that can touch them never have kept instances |
//! | fuel, region, lent context | set by the call itself |
//! | anything after a trap or a host call's error | the instance is dropped |

use super::{Instance, InstancePolicy};
use crate::host::{HostState, local_failure};
use crate::program::Program;
use crate::write_marks::MAX_KEPT_SIZE_BYTES;
use sealane_sdk::limits::MAX_STACK_HEIGHT;
use wasmtime::{Global, Store, Val};

/// Most instances a worker keeps, all programs together. Idle ones hold their memory resident, each less than
/// [`MAX_KEPT_SIZE_BYTES`], so a worker's hold 4 MiB at most.
const MAX_KEPT_COUNT: usize = 16;

const _: () = assert!(MAX_STACK_HEIGHT <= MAX_KEPT_COUNT, "a whole stack of calls fits");
const _: () = assert!(MAX_KEPT_COUNT * MAX_KEPT_SIZE_BYTES <= 4 * 1024 * 1024);

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
        self.policy == InstancePolicy::Kept && program.granules().is_some()
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
    let Instance { store, memory, marks, globals, .. } = instance;
    debug_assert_eq!(globals.len(), program.globals().len(), "found when the instance was first taken");
    let written = marks.get(&mut *store).unwrap_i64().cast_unsigned();
    let (bytes, state) = memory.data_and_store_mut(&mut *store);
    let written = written | std::mem::take(&mut state.marks.mask);
    program.image().restore(bytes, state.marks.granules, written);
    set(marks, store, Val::I64(0));
    for (global, (_, value)) in globals.iter().zip(program.globals()) {
        set(global, store, *value);
    }
}

fn set(global: &Global, store: &mut Store<HostState>, value: Val) {
    if let Err(error) = global.set(store, value) {
        local_failure(&error);
    }
}
