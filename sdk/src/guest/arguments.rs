//! Instruction arguments as they stand in the data: fixed fields, little-endian, with nothing behind them.

use crate::ProgramError;

/// Reads fields from the front of instruction data.
#[derive(Debug)]
pub struct Arguments<'a>(&'a [u8]);

impl<'a> Arguments<'a> {
    /// The fields of `data`.
    #[must_use]
    pub const fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    /// The next `SIZE` bytes, where they stand; none if there are fewer.
    #[inline(always)]
    pub fn array<const SIZE: usize>(&mut self) -> Option<&'a [u8; SIZE]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(bytes)
    }

    /// The next `size` bytes, where they stand; none if there are fewer.
    #[inline]
    pub fn slice(&mut self, size: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(size)?;
        self.0 = rest;
        Some(bytes)
    }

    /// How many bytes are left.
    #[must_use]
    pub const fn remaining_size(&self) -> usize {
        self.0.len()
    }

    /// The next `SIZE` bytes.
    ///
    /// # Errors
    /// [`ProgramError::InvalidInstructionData`] if there are fewer.
    pub fn bytes<const SIZE: usize>(&mut self) -> Result<[u8; SIZE], ProgramError> {
        self.array().copied().ok_or(ProgramError::InvalidInstructionData)
    }

    /// The next field, a u8.
    ///
    /// # Errors
    /// As [`Self::bytes`].
    pub fn u8(&mut self) -> Result<u8, ProgramError> {
        self.bytes().map(u8::from_le_bytes)
    }

    /// The next field, a u16.
    ///
    /// # Errors
    /// As [`Self::bytes`].
    pub fn u16(&mut self) -> Result<u16, ProgramError> {
        self.bytes().map(u16::from_le_bytes)
    }

    /// The next field, a u64.
    ///
    /// # Errors
    /// As [`Self::bytes`].
    pub fn u64(&mut self) -> Result<u64, ProgramError> {
        self.bytes().map(u64::from_le_bytes)
    }

    /// Makes sure that nothing is left.
    ///
    /// # Errors
    /// [`ProgramError::InvalidInstructionData`] if something is.
    pub fn end(&self) -> Result<(), ProgramError> {
        if self.0.is_empty() { Ok(()) } else { Err(ProgramError::InvalidInstructionData) }
    }
}
