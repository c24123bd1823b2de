//! Instruction arguments as they stand in the data: fixed fields, little-endian, with nothing behind them.

use sealane_sdk::ProgramError;

/// Reads fields from the front of instruction data.
#[derive(Debug)]
pub(crate) struct Arguments<'a>(&'a [u8]);

impl<'a> Arguments<'a> {
    pub(crate) const fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    /// The next `SIZE` bytes.
    ///
    /// # Errors
    /// `InvalidInstructionData` if there are fewer.
    pub(crate) fn bytes<const SIZE: usize>(&mut self) -> Result<[u8; SIZE], ProgramError> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(ProgramError::InvalidInstructionData)?;
        self.0 = rest;
        Ok(*bytes)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, ProgramError> {
        self.bytes().map(u8::from_le_bytes)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, ProgramError> {
        self.bytes().map(u16::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, ProgramError> {
        self.bytes().map(u64::from_le_bytes)
    }

    /// Makes sure that nothing is left.
    ///
    /// # Errors
    /// `InvalidInstructionData` if something is.
    pub(crate) fn end(&self) -> Result<(), ProgramError> {
        if self.0.is_empty() { Ok(()) } else { Err(ProgramError::InvalidInstructionData) }
    }
}
