//! Operations on the machine itself: its units, its stack, its memory.

use core::hint::black_box;
use core::sync::atomic::{AtomicU32, Ordering};
use pinocchio::cpi::set_return_data;
use pinocchio::syscalls;

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Adds 1 to a static variable; its new value becomes the return data: always 1 if memory is as new at each call.
pub(crate) fn count() {
    let count = COUNT.load(Ordering::Relaxed).wrapping_add(1);
    COUNT.store(count, Ordering::Relaxed);
    set_return_data(&count.to_le_bytes());
}

pub(crate) fn log(text: &[u8]) {
    // SAFETY: the text is there.
    unsafe { syscalls::sol_log_(text.as_ptr(), text.len() as u64) };
}

pub(crate) fn remaining_units() -> u64 {
    // SAFETY: nothing is touched.
    unsafe { syscalls::sol_remaining_compute_units() }
}

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

/// Bytes of the program's own memory become the return data, 1,024 at most.
pub(crate) fn peek(address: u32, size: usize) {
    let mut bytes = [0; 1024];
    let size = size.min(bytes.len());
    for (index, byte) in bytes[..size].iter_mut().enumerate() {
        // SAFETY: none is claimed: what is there, or a trap, is what the script asked for.
        *byte = unsafe { place(address, index).read_volatile() };
    }
    set_return_data(&bytes[..size]);
}

/// Writes to the program's own memory, whatever is there.
pub(crate) fn poke(address: u32, bytes: &[u8]) {
    for (index, byte) in bytes.iter().enumerate() {
        // SAFETY: none is claimed, as for reading.
        unsafe { place(address, index).write_volatile(*byte) }
    }
}

fn place(address: u32, index: usize) -> *mut u8 {
    core::ptr::with_exposed_provenance_mut(black_box(address as usize).wrapping_add(index))
}

#[cfg(target_arch = "wasm32")]
pub(crate) fn grow_memory(pages: u32) {
    let before = core::arch::wasm32::memory_grow::<0>(pages as usize);
    set_return_data(&(before as u32).to_le_bytes());
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn grow_memory(_pages: u32) {}

#[cfg(target_arch = "wasm32")]
pub(crate) fn unreachable() -> ! {
    core::arch::wasm32::unreachable()
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn unreachable() -> ! {
    panic!()
}
