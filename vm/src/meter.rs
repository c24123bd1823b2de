//! The compute units of one transaction: counted down by wasmtime's fuel, by host calls and by built-in programs.

use crate::CallError;

/// What is left of a transaction's compute units.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meter {
    limit: u64,
    remaining: u64,
}

impl Meter {
    /// A full meter of `limit` compute units.
    #[must_use]
    pub const fn new(limit: u64) -> Self {
        Self { limit, remaining: limit }
    }

    /// Units left.
    #[must_use]
    pub const fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Units used since the meter was full.
    #[must_use]
    pub const fn consumed(&self) -> u64 {
        self.limit - self.remaining
    }

    /// Takes `units`.
    ///
    /// # Errors
    /// [`CallError::OutOfUnits`] if fewer are left; the meter is then empty.
    pub const fn consume(&mut self, units: u64) -> Result<(), CallError> {
        match self.remaining.checked_sub(units) {
            Some(remaining) => {
                self.remaining = remaining;
                Ok(())
            }
            None => {
                self.remaining = 0;
                Err(CallError::OutOfUnits)
            }
        }
    }

    /// Takes what a WebAssembly call has used, told as what it left over of what was remaining.
    ///
    /// # Panics
    /// If more is left than there was: a program cannot make units.
    pub fn settle(&mut self, remaining: u64) {
        assert!(remaining <= self.remaining, "a call gave back more units than it was given");
        self.remaining = remaining;
    }
}
