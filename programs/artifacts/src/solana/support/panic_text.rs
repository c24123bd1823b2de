//! Writes what a panic says to the log. Solana's own standard library does that by itself; that of `wasm32-unknown-unknown`
//! says nothing.
//!
//! The linker calls whatever stands in `.init_array` before an exported function, so the program need not be changed.

use std::panic::{self, PanicHookInfo};

unsafe extern "C" {
    fn sol_log_(text: *const u8, size: u64);
}

#[used]
#[unsafe(link_section = ".init_array")]
static INSTALL: extern "C" fn() = install;

extern "C" fn install() {
    panic::set_hook(Box::new(log));
}

fn log(info: &PanicHookInfo<'_>) {
    let text = info.to_string();
    // SAFETY: the bytes are there, and the host only reads them.
    unsafe { sol_log_(text.as_ptr(), text.len() as u64) };
}
