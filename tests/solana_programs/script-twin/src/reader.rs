//! Reads operands from a script; anything missing is invalid data.

use pinocchio::AccountView;
use pinocchio::error::ProgramError;

/// What is left of a script.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(script: &'a [u8]) -> Self {
        Self { rest: script }
    }

    /// The number of the next operation, or `None` at the end of the script.
    pub(crate) fn operation(&mut self) -> Option<u8> {
        let (operation, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*operation)
    }

    pub(crate) fn take(&mut self, size: usize) -> Result<&'a [u8], ProgramError> {
        let (head, rest) = self.rest.split_at_checked(size).ok_or(ProgramError::InvalidInstructionData)?;
        self.rest = rest;
        Ok(head)
    }

    pub(crate) fn array<const SIZE: usize>(&mut self) -> Result<&'a [u8; SIZE], ProgramError> {
        let (head, rest) = self.rest.split_first_chunk().ok_or(ProgramError::InvalidInstructionData)?;
        self.rest = rest;
        Ok(head)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, ProgramError> {
        self.array().map(|[byte]| *byte)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, ProgramError> {
        self.array().map(|bytes| u32::from_le_bytes(*bytes))
    }

    pub(crate) fn u64(&mut self) -> Result<u64, ProgramError> {
        self.array().map(|bytes| u64::from_le_bytes(*bytes))
    }

    pub(crate) fn offset(&mut self) -> Result<usize, ProgramError> {
        Ok(self.u32()? as usize)
    }

    pub(crate) fn size(&mut self) -> Result<usize, ProgramError> {
        self.array().map(|bytes| usize::from(u16::from_le_bytes(*bytes)))
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], ProgramError> {
        let size = self.size()?;
        self.take(size)
    }

    /// A position in the account list.
    pub(crate) fn position(&mut self, accounts: &[AccountView]) -> Result<usize, ProgramError> {
        let position = usize::from(self.u8()?);
        if position < accounts.len() { Ok(position) } else { Err(ProgramError::NotEnoughAccountKeys) }
    }
}
