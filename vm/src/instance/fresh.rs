//! The plain way: a store and an instance for one call, from the engine's pool.

use super::Instance;
use crate::host::{HostState, set_units};
use crate::program::Program;
use crate::stack_limit::STACK_EXPORT;
use crate::write_marks::MARKS_EXPORT;
use sealane_sdk::abi::{ENTRYPOINT_EXPORT, MEMORY_EXPORT};
use wasmtime::{AsContextMut, Store};

impl Instance {
    /// A new instance.
    ///
    /// # Errors
    /// Only the machine's: no room in the pool, no memory.
    pub(crate) fn new(program: &Program) -> wasmtime::Result<Self> {
        let mut store = Store::new(program.pre().module().engine(), HostState::default());
        store.limiter(|state| &mut state.limiter);
        // wasmtime may fill tables by code of the module's own, which takes fuel; what a call may use is set later.
        set_units(&mut store.as_context_mut(), u64::from(u32::MAX));
        let instance = program.pre().instantiate(&mut store)?;
        let entrypoint = instance.get_typed_func::<u32, i64>(&mut store, ENTRYPOINT_EXPORT)?;
        let memory = instance
            .get_memory(&mut store, MEMORY_EXPORT)
            .ok_or_else(|| wasmtime::Error::msg("the checks found a memory, wasmtime finds none"))?;
        let stack = instance.get_global(&mut store, STACK_EXPORT);
        let marks = instance
            .get_global(&mut store, MARKS_EXPORT)
            .ok_or_else(|| wasmtime::Error::msg("the rewriter adds the marks, wasmtime finds none"))?;
        let state = store.data_mut();
        state.marks.granules = program.granules().unwrap_or_default();
        state.memory = Some(memory);
        // The initial size costs nothing: only what the program adds does.
        state.limiter = crate::host::Limiter::default();
        Ok(Self { store, instance, memory, entrypoint, stack, marks, globals: Vec::new(), returned: false })
    }
}
