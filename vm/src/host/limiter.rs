//! Bounds what a program's memory and table may grow to, by the ledger's numbers alone, and counts what growth costs.

use crate::host::prices::MEMORY_PAGE_UNITS;
use sealane_sdk::limits::{MAX_MEMORY_PAGES, MAX_TABLE_ELEMENTS, WASM_PAGE_SIZE_BYTES};
use wasmtime::ResourceLimiter;

const MAX_MEMORY_SIZE_BYTES: usize = MAX_MEMORY_PAGES as usize * WASM_PAGE_SIZE_BYTES;

/// Bounds growth and keeps the account of it.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    /// Units for grown pages that are still to be paid. Fuel cannot be taken here, so the next host call or the end
    /// of the call takes it.
    pub(crate) debt_units: u64,
    /// Whether anything grew since this was last set to false.
    pub(crate) grew: bool,
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if desired > MAX_MEMORY_SIZE_BYTES || maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let pages = desired.saturating_sub(current).div_ceil(WASM_PAGE_SIZE_BYTES);
        self.debt_units = self.debt_units.saturating_add(pages as u64 * MEMORY_PAGE_UNITS);
        self.grew |= pages > 0;
        Ok(true)
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        // What the limits allow must succeed; answering -1 here would make the result depend on the machine.
        Err(error)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed =
            desired <= MAX_TABLE_ELEMENTS as usize && maximum.is_none_or(|maximum| desired <= maximum);
        self.grew |= allowed && desired > current;
        Ok(allowed)
    }

    fn table_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(error)
    }
}
