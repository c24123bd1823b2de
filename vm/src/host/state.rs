//! What a store holds for the host: the lent context, the memory, the region's table; and how host calls get at it.

use crate::abi::Region;
use crate::host::guest::Guest;
use crate::host::lend::Lent;
use crate::host::{GuestMemory, HostMarks, Limiter, prices};
use crate::{CallError, Context, HostCall, NestedAccount};
use wasmtime::{AsContextMut, Caller, Memory, StoreContextMut};

/// A running program, as a host call sees it.
pub(crate) type Host<'a> = Caller<'a, HostState>;

/// The host's part of an instance's store.
#[derive(Debug, Default)]
pub(crate) struct HostState {
    /// The context, while a call runs.
    pub(crate) lent: Lent,
    /// The instance's memory.
    pub(crate) memory: Option<Memory>,
    /// Where everything lies in the present call's input region.
    pub(crate) region: Region,
    /// What the host wrote into the memory since it was new.
    pub(crate) marks: HostMarks,
    /// Bounds growth.
    pub(crate) limiter: Limiter,
    /// Room for the account list of a nested call.
    pub(crate) nested: Vec<NestedAccount>,
}

impl HostState {
    /// The instance's memory.
    ///
    /// # Panics
    /// Before the instance exists; nothing runs then.
    pub(crate) fn memory(&self) -> Memory {
        self.memory.expect("set when the instance was made")
    }
}

/// Ends the process's work on this block: the machine failed, which says nothing about the program.
pub(crate) fn local_failure(error: &wasmtime::Error) -> ! {
    panic!("the vm failed on this machine, not the program: {error:#}")
}

/// The fuel in a store stands for one unit more than the program has: so an empty tank, which is out of units, is
/// told apart from one used to the last unit, which is not. wasmtime only looks at the tank now and then.
pub(crate) fn set_units(store: &mut StoreContextMut<'_, HostState>, units: u64) {
    if let Err(error) = store.set_fuel(units.saturating_add(1)) {
        local_failure(&error);
    }
}

/// Units the program has left, grown memory paid; `None` if it has overdrawn them.
pub(crate) fn units(store: &mut StoreContextMut<'_, HostState>) -> Option<u64> {
    let fuel = match store.get_fuel() {
        Ok(fuel) => fuel,
        Err(error) => local_failure(&error),
    };
    let debt = store.data().limiter.debt_units;
    fuel.checked_sub(1)?.checked_sub(debt)
}

/// Takes `units` from the running program, and what it owes for grown memory.
pub(crate) fn pay(host: &mut Host<'_>, price_units: u64) -> Result<(), CallError> {
    let mut store = host.as_context_mut();
    let left = units(&mut store).and_then(|left| left.checked_sub(price_units));
    store.data_mut().limiter.debt_units = 0;
    set_units(&mut store, left.unwrap_or(0));
    left.map(drop).ok_or(CallError::OutOfUnits)
}

/// Pays for `call` on `size_bytes`, then lets `work` do it on the program's memory and the context.
pub(crate) fn serve<R>(
    host: &mut Host<'_>,
    call: HostCall,
    size_bytes: u32,
    work: impl for<'c> FnOnce(&mut Guest<'_>, &mut Context<'c>) -> Result<R, CallError>,
) -> Result<R, CallError> {
    pay(host, prices::price(call).units(u64::from(size_bytes)))?;
    with_guest(host, call, work)
}

/// Lets `work`, which is paid for, work on the program's memory and the context.
pub(crate) fn with_guest<R>(
    host: &mut Host<'_>,
    call: HostCall,
    work: impl for<'c> FnOnce(&mut Guest<'_>, &mut Context<'c>) -> Result<R, CallError>,
) -> Result<R, CallError> {
    let (memory, region, lent) = host_parts(host);
    lent.with(|context| work(&mut Guest { call, memory, region }, context))
}

/// What of a store the host works with while it serves a program: memory, region and lent context.
pub(crate) fn host_parts(
    store: &mut impl AsContextMut<Data = HostState>,
) -> (GuestMemory<'_>, &mut Region, &mut Lent) {
    let memory = store.as_context_mut().data().memory();
    let (bytes, state) = memory.data_and_store_mut(store);
    (GuestMemory::new(bytes, &mut state.marks), &mut state.region, &mut state.lent)
}
