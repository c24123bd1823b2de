//! The lending program from end to end: the real WebAssembly module, through the runtime, with the real token program.
//! What it should do, what it must refuse, and its invariants over random sequences.

mod acts;
mod bank;

mod accounts;
mod costs;
mod flash;
mod paths;
mod random;
mod refusals;
