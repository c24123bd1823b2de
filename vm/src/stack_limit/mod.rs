//! The stack limit, counted in the module itself: a validated module comes in from the loader, and the module that is
//! compiled goes out. A call beyond the limit traps at the same instruction on every machine, whatever the compiler
//! does with native frames.
//!
//! # What is counted
//! A *slot* is a parameter, a local or an operand. A function's frame has
//! `FRAME_SLOTS + parameters + locals + most operands at once + computed values / COMPUTED_VALUES_PER_SLOT` of them;
//! the last part is there because an optimiser may keep results alive for a second use, beyond what WebAssembly's own
//! stack holds (without it, a function of two locals could be given a native frame of a hundred kilobytes).
//!
//! # Where it is counted
//! Counting costs about 11 instructions a call, so it is done only where it must be. The call graph (an indirect call
//! may reach every function of its type that stands in an element segment) says where: every function on a cycle
//! counts, and so does every function below which uncounted frames could add up to more than
//! [`UNCOUNTED_CHAIN_SLOTS`]. Programs without recursion usually count nowhere. See `charges.rs`.
//!
//! # How it is counted
//! ```text
//! (global $stack (export "__sealane_stack") (mut i32) (i32.const MAX_STACK_SLOTS))
//! prologue:  global.get $stack  local.tee $saved  i32.const charge  i32.lt_s
//!            if  i32.const -1  global.set $stack  unreachable  end
//!            local.get $saved  i32.const charge  i32.sub  global.set $stack
//! body:      block (result ...)  ...the body, with `return` as a branch to this block...  end
//! epilogue:  local.get $saved  global.set $stack
//! ```
//! After a call that returned the global is what it was; after a trap, −1 says that it was the stack's.
//! Function indices stay as they are, so backtraces tell the program's own, and names of functions stay true
//! (`names.rs`). Other custom sections are left out: they speak of positions that have moved. All mutable globals are exported under reserved names, for the host to reset.
//!
//! The same pass puts marks before instructions that write memory, and `nop`s that pay for instructions which the
//! engine counts nothing for: see `write_marks/`. The listing above is without these `nop`s.

mod charges;
mod rewrite;

pub use rewrite::instrument;

use sealane_sdk::limits::MAX_STACK_SLOTS;

/// Version of this transformation. It decides where programs trap and what they pay, so compiled code that is cached
/// must be keyed by it, and two nodes of one ledger must have the same.
pub const INSTRUMENTATION_VERSION: u32 = 2;

/// The mutable i32 global that holds the free slots: [`MAX_STACK_SLOTS`] outside of calls, and negative after a trap
/// because of the stack limit.
pub const STACK_EXPORT: &str = "__sealane_stack";

/// The name under which the mutable global with this index is exported, whether the program exports it or not.
#[must_use]
pub fn global_export_name(index: u32) -> String {
    format!("__sealane_global_{index}")
}

/// Slots charged for every frame beside what the function itself declares: return address, saved registers, the
/// vm's context. Source: our own; it bounds the depth of functions without locals.
pub const FRAME_SLOTS: u32 = 8;

/// How many computed values weigh as much as one slot.
/// Source: our own; Rust functions get a tenth to a half more slots by it.
pub const COMPUTED_VALUES_PER_SLOT: u32 = 8;

/// Most slots of frames that follow each other without being counted. Source: our own; non-recursive Rust programs
/// stay below it.
pub const UNCOUNTED_CHAIN_SLOTS: u32 = 4 * 1024;

/// Most slots of active frames in one program call: what is counted, and two uncounted chains, one before the first
/// counted frame and one behind the last.
pub const MAX_ACTIVE_SLOTS: u32 = MAX_STACK_SLOTS + 2 * UNCOUNTED_CHAIN_SLOTS;

/// Native stack that one slot may need at most, in bytes: twice what the worst functions we could write need.
/// Measured on x86-64: 5,000 locals 6; many operands 4; integers that the optimiser keeps for a second use 32; floats
/// likewise 64, because it spills them in 16 bytes. The tests run all of these to the limit on half the stack.
pub const NATIVE_BYTES_PER_SLOT: usize = 128;

/// Native stack that the WebAssembly frames of one program call may need at most, in bytes. The engine's own stack
/// limit must be at least this, and a worker's stack as much for each height of nested calls, besides the host's own
/// frames. Should the engine's limit be reached all the same, that is a fault of the node, not of the program.
pub const MAX_NATIVE_STACK_BYTES: usize = MAX_ACTIVE_SLOTS as usize * NATIVE_BYTES_PER_SLOT;

/// The bytes are not the module that the information was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not the module that was validated")]
pub struct NotTheModule;

#[cfg(test)]
pub(crate) mod random_program;
#[cfg(test)]
mod tests;
