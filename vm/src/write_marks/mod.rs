//! Which parts of its memory a call wrote, kept by the module itself, so that only these are made new before the next
//! call. The rewriter of `stack_limit/` asks what to write around each instruction; what comes out is a mask.
//!
//! # What is marked
//! The initial memory is divided into [`GRANULE_COUNT`] granules at most, and a mutable i64 global has a bit for each.
//! Before an instruction writes memory, it sets the bits of where it will write:
//! ```text
//! t.store offset=o      marks |= 1 << ((address + o) >> shift)
//! memory.fill and such  marks |= (-1 << (to >> shift)) & (-1 >> (63 - ((to + size - 1) >> shift)))
//! ```
//! These are all the instructions that write memory ([`Write::of`]); what the host writes, it marks itself
//! (`host/memory.rs`).
//!
//! # Why that is exact
//! A store is marked where it begins and is 8 bytes long at most, so what is made new reaches
//! [`STORE_TAIL_SIZE_BYTES`] beyond a marked granule. The shifts take their distance modulo 64, as WebAssembly has it,
//! so an address beyond the initial memory sets some bit that need not have been set; such an address traps or lies in
//! grown memory, and in both cases the instance is not used again. The same holds for an address that overflows. A
//! range of no bytes may mark anything or nothing.
//!
//! # What it costs
//! No units: see `free.rs`. About a nanosecond a store.

mod free;
mod insert;

pub(crate) use free::{free_operators, is_free};
pub(crate) use insert::{Scratch, Write};

use crate::validate::ModuleInfo;
use sealane_sdk::limits::WASM_PAGE_SIZE_BYTES;
use std::ops::Range;

/// The mutable i64 global that holds the marks: 0 when a call begins.
pub(crate) const MARKS_EXPORT: &str = "__sealane_marks";

/// Most that an idle instance may hold resident to be kept, in bytes: three pages of memory and a small table. How many
/// instances are kept, `instance/kept.rs` says.
pub(crate) const MAX_KEPT_SIZE_BYTES: usize = 256 * 1024;
/// What an instance takes beside memory and table, at most, in bytes. Measured: 10 KiB, the worker's own buffers included.
const INSTANCE_SIZE_BYTES: usize = 16 * 1024;
/// What wasmtime takes for an element of a table, in bytes.
const TABLE_ELEMENT_SIZE_BYTES: usize = 8;
/// What wasmtime takes for a function that an element may refer to, in bytes, rounded up.
const FUNCTION_REFERENCE_SIZE_BYTES: usize = 48;

/// Granules there can be: bits of a mask.
pub(crate) const GRANULE_COUNT: u32 = u64::BITS;

/// Bytes that a store reaches beyond the one it is marked at.
const STORE_TAIL_SIZE_BYTES: usize = size_of::<u64>() - 1;

/// How a program's initial memory is divided. All granules are of one size, a power of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Granules {
    shift: u32,
}

impl Default for Granules {
    /// Those of a memory of one page.
    fn default() -> Self {
        Self { shift: WASM_PAGE_SIZE_BYTES.ilog2() - GRANULE_COUNT.ilog2() }
    }
}

impl Granules {
    /// The granules of the module's memory, if instances of it can be kept.
    pub(crate) fn of(info: &ModuleInfo) -> Option<Self> {
        let size_bytes = INSTANCE_SIZE_BYTES
            + info.instance_memory_pages() as usize * WASM_PAGE_SIZE_BYTES
            + info.table_elements as usize * TABLE_ELEMENT_SIZE_BYTES
            + info.address_taken.len() * FUNCTION_REFERENCE_SIZE_BYTES;
        let pages = info.instance_memory_pages().max(1);
        // Of the pages for the region little is ever touched.
        let limit_bytes = MAX_KEPT_SIZE_BYTES + info.abi.region_pages() as usize * WASM_PAGE_SIZE_BYTES;
        (info.resets_by_memory_and_globals() && size_bytes <= limit_bytes)
            .then(|| Self { shift: Self::default().shift + pages.next_power_of_two().ilog2() })
    }

    /// How far an address is shifted to the right to become the index of its granule.
    pub(crate) const fn shift(self) -> u32 {
        self.shift
    }

    /// The bits of the granules that `size_bytes` from `start` on lie in.
    pub(crate) fn mask(self, start: usize, size_bytes: usize) -> u64 {
        let Some(last) = start.saturating_add(size_bytes).checked_sub(1) else { return 0 };
        let bit = |address: usize| (address >> self.shift).min(GRANULE_COUNT as usize - 1);
        if size_bytes == 0 {
            return 0;
        }
        (u64::MAX << bit(start)) & (u64::MAX >> (GRANULE_COUNT as usize - 1 - bit(last)))
    }

    /// The runs of marked granules in a memory of `size_bytes`, as the ranges that writes so marked lie in.
    pub(crate) fn ranges(self, marks: u64, size_bytes: usize) -> impl Iterator<Item = Range<usize>> {
        let mut left = marks;
        std::iter::from_fn(move || {
            if left == 0 {
                return None;
            }
            let first = left.trailing_zeros();
            let end = first + (left >> first).trailing_ones();
            left &= u64::MAX.checked_shl(end).unwrap_or(0);
            let address = |granule: u32| (granule as usize) << self.shift;
            Some(address(first).min(size_bytes)..(address(end) + STORE_TAIL_SIZE_BYTES).min(size_bytes))
        })
    }
}

#[cfg(test)]
mod tests;
