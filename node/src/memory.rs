//! The allocator of the command, and how long it keeps what nobody uses.
//!
//! Accounts and receipts are made on the workers and dropped on another thread, block after block: the system's allocator took a
//! sixth of the workers' time. What one block gives back the next one needs, but not within the 10 ms after which
//! mimalloc hands memory to the operating system, to be cleared when it comes again: that took a tenth of the workers' time.
#![expect(unsafe_code, reason = "mimalloc's settings are a function of C")]

use libmimalloc_sys::{mi_option_set_default, mi_option_t};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of `mimalloc.h`, which the bindings do not name.
const PURGE_DELAY: mi_option_t = 15;

/// How long memory is kept, in milliseconds, times ten for whole arenas (`mi_option_arena_purge_mult`): so what a burst has
/// needed is the system's again some ten seconds later.
const KEPT_MS: i32 = 1_000;

/// Has the allocator keep memory for the next block. The environment variable `MIMALLOC_PURGE_DELAY` overrules it. Called
/// first of all, while there is one thread.
pub(crate) fn keep() {
    // SAFETY: the function sets a number in the allocator's table of options and asks only that no other thread does so now.
    unsafe { mi_option_set_default(PURGE_DELAY, KEPT_MS.into()) };
}
