//! Compute units by function: a separate way to run programs, for authors alone. Nothing of a ledger comes from here, and the
//! plain way, which knows nothing of it, is its twin: a profile's sum is what the plain run consumed.
//!
//! # How it is measured
//! A program that was instrumented as any other (`stack_limit/`) is rewritten once more: its functions tell when they begin and
//! end, and so do its calls of host functions (`rewrite.rs`). What is told goes to a [`Recorder`], which reads how many units
//! are left at that moment: the engine writes its count down before every call, so they are exact.
//!
//! # Why it changes nothing
//! Telling costs no units. In the profiling engine a `call` is free, and a `nop` before each of the program's own pays for
//! it, as `write_marks/free.rs` does it for other kinds. Blocks and ends, which the rewriter adds too, are free anyway. So
//! a program runs out of units at the same instruction as without.
//!
//! # What the parts are
//! A function has the units of its instructions, one for being entered included. What is paid for a call of a program before
//! it runs (its memory, its input) stands as a frame of its own, and so does what a call was charged beyond its last sign of
//! life when it was stopped: after a trap the whole rest of the limit is taken.

mod recorder;
mod rewrite;
mod tree;

pub use tree::{DataHead, FrameKind, FunctionUnits, Profile, ProfileFrame};

use crate::config;
use crate::engine::{Engine, EngineError};
use crate::host::{self, HostState};
use crate::{ProgramCache, TraceEntry};
use parking_lot::Mutex;
pub(crate) use recorder::Recorder;
pub(crate) use rewrite::rewrite;
use sealane_sdk::Address;
use std::sync::Arc;
use wasmtime::{InstanceAllocationStrategy, Linker, OperatorCost};

/// The module that the rewritten program imports from.
pub(crate) const PROFILE_MODULE: &str = "__sealane_profile";
/// Called with a function's index and the program's number when the function begins.
pub(crate) const ENTER: &str = "enter";
/// The same, when it ends.
pub(crate) const EXIT: &str = "exit";

/// Programs whose units are told apart that are kept compiled.
const COMPILED_PROGRAMS_COUNT: usize = 64;

/// Compiles programs so that they tell where their units go, and gathers what one transaction's programs tell.
#[derive(Debug)]
pub struct Profiler {
    programs: Arc<ProgramCache>,
    recorder: Arc<Mutex<Recorder>>,
}

/// What was recorded is not what was charged: a bug of the profiler's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "call {trace_index} of the transaction was charged {charged_units} units, and {recorded_units} were recorded"
)]
pub struct ProfileMismatch {
    /// Index of the call in the transaction's trace.
    pub trace_index: usize,
    /// Units that the call was charged, with the calls below it.
    pub charged_units: u64,
    /// Units that the profile found.
    pub recorded_units: u64,
}

impl Profiler {
    /// A profiler with an engine of its own.
    ///
    /// # Errors
    /// [`EngineError`] if this machine cannot run compiled code.
    pub fn new() -> Result<Self, EngineError> {
        let recorder = Arc::new(Mutex::new(Recorder::default()));
        let mut config = config::engine_config();
        config
            .operator_cost(operator_cost())
            // The pool's addresses belong to the engine that runs the ledger.
            .allocation_strategy(InstanceAllocationStrategy::OnDemand);
        let unsupported = |error: wasmtime::Error| EngineError::Unsupported(format!("{error:#}"));
        let engine = wasmtime::Engine::new(&config).map_err(unsupported)?;
        let mut linker = host::link(&engine).map_err(unsupported)?;
        link(&mut linker, &recorder).map_err(unsupported)?;
        let engine = Engine::with_recorder(engine, linker, Arc::clone(&recorder));
        Ok(Self { programs: Arc::new(ProgramCache::new(engine, COMPILED_PROGRAMS_COUNT)), recorder })
    }

    /// The programs it has compiled; a transaction must run on these for its units to be told.
    #[must_use]
    pub fn programs(&self) -> Arc<ProgramCache> {
        Arc::clone(&self.programs)
    }

    /// Forgets what has been recorded: a transaction begins.
    pub fn begin(&self) {
        self.recorder.lock().begin();
    }

    /// What the transaction that has run since [`Self::begin`] used its units for. `trace` has all its calls, and `address`
    /// says what a call's `program_index` means.
    ///
    /// # Errors
    /// [`ProfileMismatch`]: never, unless there is a bug here.
    pub fn finish(
        &self,
        trace: &[TraceEntry],
        address: impl Fn(&TraceEntry) -> Address,
    ) -> Result<Profile, ProfileMismatch> {
        self.recorder.lock().finish(trace, address)
    }
}

/// What instructions cost in rewritten programs: calls are paid by the `nop` before them.
fn operator_cost() -> OperatorCost {
    OperatorCost { Call: 0, ..config::operator_cost() }
}

/// Adds the two functions that rewritten programs call.
fn link(linker: &mut Linker<HostState>, recorder: &Arc<Mutex<Recorder>>) -> wasmtime::Result<()> {
    for (name, is_entry) in [(ENTER, true), (EXIT, false)] {
        let recorder = Arc::clone(recorder);
        linker.func_wrap(
            PROFILE_MODULE,
            name,
            move |mut host: host::Host<'_>, function: u32, program: u32| {
                let moment = recorder::Moment::of(&mut host);
                let mut recorder = recorder.lock();
                if is_entry { recorder.enter(&moment, program, function) } else { recorder.exit(&moment) }
            },
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
