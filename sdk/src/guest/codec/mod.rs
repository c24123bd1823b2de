//! How arguments, events and returned values stand in bytes: the part of Borsh that they need, decoded where it lies.
//!
//! Integers are little-endian. A `bool` is 0 or 1. An option is a byte, 0 or 1, and the value if 1. Text, byte strings and
//! lists are their length as a `u32`, then what they hold. An array is its elements, a struct its fields, an enum its
//! variant's number in one byte and that variant's fields. So clients of Anchor programs encode them as they always do.
//!
//! `&str`, `&[u8]`, `&Address` and `&[u8; N]` point into the instruction data and copy nothing.

mod decode;
mod encode;
mod seed;
#[doc(hidden)]
pub mod size;

#[cfg(test)]
mod tests;

pub use decode::Decode;
pub use encode::{Encode, Writer, encode};
pub use seed::Seed;
