//! Reads operands from a script; anything missing is `InvalidInstructionData`.

use crate::operation::Operation;
use sealane_sdk::guest::AccountView;
use sealane_sdk::{Address, ProgramError};

/// What is left of a script.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(script: &'a [u8]) -> Self {
        Self { rest: script }
    }

    /// The next operation, or `None` at the end of the script.
    pub(crate) fn operation(&mut self) -> Result<Option<Operation>, ProgramError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let number = self.u8()?;
        Operation::from_number(number).map(Some).ok_or(ProgramError::InvalidInstructionData)
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
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn u16(&mut self) -> Result<u16, ProgramError> {
        Ok(u16::from_le_bytes(*self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, ProgramError> {
        Ok(u32::from_le_bytes(*self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64, ProgramError> {
        Ok(u64::from_le_bytes(*self.array()?))
    }

    pub(crate) fn offset(&mut self) -> Result<usize, ProgramError> {
        Ok(self.u32()? as usize)
    }

    pub(crate) fn size(&mut self) -> Result<usize, ProgramError> {
        Ok(usize::from(self.u16()?))
    }

    pub(crate) fn address(&mut self) -> Result<Address, ProgramError> {
        Ok(Address::new_from_array(*self.array()?))
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], ProgramError> {
        let size = self.size()?;
        self.take(size)
    }

    /// Reads `seeds` into `places`; how many there were.
    pub(crate) fn seeds(&mut self, places: &mut [&'a [u8]]) -> Result<usize, ProgramError> {
        let count = usize::from(self.u8()?);
        for place in places.get_mut(..count).ok_or(ProgramError::InvalidInstructionData)? {
            let size = usize::from(self.u8()?);
            *place = self.take(size)?;
        }
        Ok(count)
    }

    /// The account at the position that follows.
    pub(crate) fn account<'b>(
        &mut self,
        accounts: &'b [AccountView],
    ) -> Result<&'b AccountView, ProgramError> {
        let position = usize::from(self.u8()?);
        accounts.get(position).ok_or(ProgramError::NotEnoughAccountKeys)
    }
}
