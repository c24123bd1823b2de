//! Operations on the machine itself: its units, its stack, its memory.
#![cfg_attr(
    target_arch = "wasm32",
    expect(unsafe_code, reason = "peek and poke exist to touch any memory there is")
)]

use core::hint::black_box;
use core::sync::atomic::{AtomicU32, Ordering};
use sealane_sdk::guest::set_return_data;

static COUNT: AtomicU32 = AtomicU32::new(0);

pub(crate) fn burn(count: u64) {
    let mut state = count;
    for _ in 0..count {
        state = (state ^ (state >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    }
    black_box(state);
}

pub(crate) fn recurse_to(depth: u32) {
    black_box(recurse(depth));
}

/// Not a tail call, and no operation that could be turned into a loop.
#[inline(never)]
fn recurse(depth: u32) -> u32 {
    if depth == 0 { 1 } else { (recurse(depth - 1) ^ depth).rotate_left(5).wrapping_mul(0x9E37_79B9) }
}

pub(crate) fn count() {
    let count = COUNT.load(Ordering::Relaxed).wrapping_add(1);
    COUNT.store(count, Ordering::Relaxed);
    set_return_data(&count.to_le_bytes());
}

pub(crate) fn allocate(size: usize) {
    let bytes = alloc::vec![0xA5_u8; size];
    let address = low_word(bytes.as_ptr().expose_provenance());
    // Kept to the end of the call, as a program would that builds something on its heap.
    core::mem::forget(black_box(bytes));
    set_return_data(&address.to_le_bytes());
}

/// An address or a size as wasm32 has it.
#[expect(clippy::cast_possible_truncation, reason = "a word has 32 bits where programs run")]
pub(crate) const fn low_word(number: usize) -> u32 {
    number as u32
}

#[cfg(target_arch = "wasm32")]
pub(crate) use wasm::{grow_memory, peek, poke, unreachable};

#[cfg(target_arch = "wasm32")]
mod wasm {
    use super::{black_box, low_word, set_return_data};
    use alloc::vec::Vec;

    pub(crate) fn peek(address: u32, size: usize) {
        // SAFETY: none is claimed: volatile reads of whatever is there, or a trap, are what the script asked
        // for.
        let bytes =
            (0..size).map(|index| unsafe { pointer(address, index).read_volatile() }).collect::<Vec<_>>();
        set_return_data(&bytes);
    }

    pub(crate) fn poke(address: u32, bytes: &[u8]) {
        for (index, byte) in bytes.iter().enumerate() {
            // SAFETY: none is claimed, as for reading.
            unsafe { pointer(address, index).write_volatile(*byte) }
        }
    }

    fn pointer(address: u32, index: usize) -> *mut u8 {
        core::ptr::with_exposed_provenance_mut(black_box(address as usize).wrapping_add(index))
    }

    pub(crate) fn grow_memory(pages: u32) {
        let before = core::arch::wasm32::memory_grow::<0>(pages as usize);
        set_return_data(&low_word(before).to_le_bytes());
    }

    pub(crate) fn unreachable() -> ! {
        core::arch::wasm32::unreachable()
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use elsewhere::{grow_memory, peek, poke, unreachable};

/// Where there is no vm there is no memory to touch.
#[cfg(not(target_arch = "wasm32"))]
mod elsewhere {
    pub(crate) fn peek(_address: u32, _size: usize) {
        panic!("peek: only in a vm")
    }

    pub(crate) fn poke(_address: u32, _bytes: &[u8]) {
        panic!("poke: only in a vm")
    }

    pub(crate) fn grow_memory(_pages: u32) {
        panic!("grow memory: only in a vm")
    }

    pub(crate) fn unreachable() -> ! {
        panic!("unreachable: only in a vm")
    }
}
