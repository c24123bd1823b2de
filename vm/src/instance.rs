//! One call of a WebAssembly program, read from top to bottom; and the instances one worker has for that.
//!
//! In: the context's running call. Out: the program's changes in the context, or why it failed. An instance is either
//! new (`fresh.rs`) or kept and made as new (`kept.rs`); nothing a program does can tell which.

mod exports;
mod fresh;
mod kept;
mod trap;

use crate::host::account::grow_memory;
use crate::host::{CurveMemo, HostState, host_parts, lend, prices, set_units, units};
use crate::program::Program;
use crate::{CallError, Context};
pub use exports::{Exports, Value};
use kept::Keeper;
use sealane_sdk::limits::WASM_PAGE_SIZE_BYTES;
use wasmtime::{AsContextMut, Global, Memory, Store, TypedFunc};

/// Whether a worker keeps instances between calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InstancePolicy {
    /// Instances are kept and made exactly as new before each call: the fast way.
    #[default]
    Kept,
    /// Every call gets a new instance: the plain way, the oracle.
    Fresh,
}

/// The instances of one worker, and what it remembers of addresses. Any worker may have them, one at a time.
#[derive(Debug, Default)]
pub struct Instances {
    keeper: Keeper,
    pub(crate) curve_memo: CurveMemo,
}

impl Instances {
    /// A worker's instances: none yet.
    #[must_use]
    pub fn new(policy: InstancePolicy) -> Self {
        Self { keeper: Keeper::new(policy), curve_memo: CurveMemo::default() }
    }
}

/// A program with memory and globals of its own, and nothing else of this call.
pub(crate) struct Instance {
    store: Store<HostState>,
    instance: wasmtime::Instance,
    memory: Memory,
    entrypoint: TypedFunc<u32, i64>,
    /// Free stack slots, counted by the program itself; there if it needs counting.
    stack: Option<Global>,
    /// What the program has marked as written; it marks only if instances of it can be kept.
    marks: Global,
    /// The mutable globals, in the program's order; only known for instances that are kept.
    globals: Vec<Global>,
    /// Whether the last call came back from the program, rather than stopping somewhere in it.
    returned: bool,
}

impl Instance {
    /// The whole memory.
    pub(crate) fn memory(&self) -> &[u8] {
        self.memory.data(&self.store)
    }
}

/// Runs the context's current call on an instance of `program`.
pub(crate) fn run(context: &mut Context<'_>, program: &Program) -> Result<(), CallError> {
    let mut instance = context.instances.keeper.take(program);
    let result = call(&mut instance, context, program);
    context.instances.keeper.give_back(program, instance);
    result
}

/// Input, program, output.
fn call(instance: &mut Instance, context: &mut Context<'_>, program: &Program) -> Result<(), CallError> {
    instance.returned = false;
    let start = write_input(instance, context, program).inspect_err(|_| context.meter.settle(0))?;
    set_units(&mut instance.store.as_context_mut(), context.meter.remaining());
    let entrypoint = &instance.entrypoint;
    let result = lend(&mut instance.store, context, |store| entrypoint.call(store, start));
    let left = units(&mut instance.store.as_context_mut());
    instance.returned = result.is_ok();
    let result = match (result, left) {
        // wasmtime looks at the fuel now and then: the program may be back before it saw that nothing is left.
        (Ok(_), None) => Err(CallError::OutOfUnits),
        (Ok(0), Some(_)) => Ok(()),
        (Ok(code), Some(_)) => Err(CallError::Returned(code.cast_unsigned())),
        (Err(error), _) => Err(trap::classify(instance, context, &error)),
    };
    // What fuel says after a trap is only close to the truth, so a trap costs all there is.
    let exact = !matches!(result, Err(CallError::Trap(_) | CallError::OutOfUnits));
    context.meter.settle(if exact { left.unwrap_or(0) } else { 0 });
    result?;
    let memory = instance.memory.data(&instance.store);
    instance.store.data().region.copy_back(memory, context)
}

/// Lays the input region out and writes it; gives its address.
fn write_input(
    instance: &mut Instance,
    context: &mut Context<'_>,
    program: &Program,
) -> Result<u32, CallError> {
    let Instance { store, memory, .. } = instance;
    let region = &mut store.data_mut().region;
    let info = program.info();
    region.plan(context, info)?;
    let price = prices::call_units(info.instance_memory_pages(), info.table_elements, region.written_bytes());
    context.meter.consume(price)?;
    let end = region.end() as usize;
    let size_bytes = memory.data_size(&*store);
    if end > size_bytes {
        let pages = (end - size_bytes).div_ceil(WASM_PAGE_SIZE_BYTES);
        grow_memory(&mut store.as_context_mut(), pages as u64)?;
    }
    let (mut memory, region, _) = host_parts(store);
    region.write(&mut memory, context);
    Ok(region.start())
}

impl std::fmt::Debug for Instance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Instance").finish_non_exhaustive()
    }
}
