//! The fields of a transaction, taken from the front of its bytes one after another.
//!
//! The bytes come from [`sanitize`](super::sanitize::sanitize), or a second time from
//! [`Instructions`](super::sanitize::Instructions); a field that is not there, or not in its one form, is an error that
//! says where. What the fields mean is not looked at.
#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use super::sanitize::{InstructionHeader, InstructionView, SanitizeError};

/// What is left to read, and how much there was.
pub(super) struct Reader<'b> {
    rest: &'b [u8],
    size_bytes: usize,
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes, size_bytes: bytes.len() }
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'b [u8] {
        self.rest
    }

    /// Where what is left begins, in bytes from the start.
    pub(super) fn offset(&self) -> usize {
        self.size_bytes.saturating_sub(self.rest.len())
    }

    fn truncated(&self, needed_bytes: usize) -> SanitizeError {
        SanitizeError::Truncated { offset: self.offset(), needed_bytes }
    }

    pub(super) fn byte(&mut self) -> Result<u8, SanitizeError> {
        let (&first, rest) = self.rest.split_first().ok_or_else(|| self.truncated(1))?;
        self.rest = rest;
        Ok(first)
    }

    pub(super) fn take(&mut self, size_bytes: usize) -> Result<&'b [u8], SanitizeError> {
        let (taken, rest) =
            self.rest.split_at_checked(size_bytes).ok_or_else(|| self.truncated(size_bytes))?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn array<const SIZE: usize>(&mut self) -> Result<&'b [u8; SIZE], SanitizeError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or_else(|| self.truncated(SIZE))?;
        self.rest = rest;
        Ok(taken)
    }

    /// A compact-u16: seven bits a byte, lowest first, the top bit set on all but the last of one to three bytes.
    pub(super) fn length(&mut self) -> Result<usize, SanitizeError> {
        let offset = self.offset();
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(usize::from(first));
        }
        let second = self.byte()?;
        let low = usize::from(first & 0x7f) | usize::from(second & 0x7f) << 7;
        if second < 0x80 {
            return if second == 0 { Err(SanitizeError::AliasedLength { offset }) } else { Ok(low) };
        }
        match self.byte()? {
            0 => Err(SanitizeError::AliasedLength { offset }),
            third @ 1..=3 => Ok(low | usize::from(third) << 14),
            _ => Err(SanitizeError::LengthOverflow { offset }),
        }
    }

    /// One instruction, of which nothing is known but that its fields are there.
    pub(super) fn instruction(&mut self) -> Result<InstructionView<'b>, SanitizeError> {
        let program_index = self.byte()?;
        let account_count = self.length()?;
        let accounts = self.take(account_count)?;
        let data_size_bytes = self.length()?;
        let data = self.take(data_size_bytes)?;
        Ok(InstructionView { program_index, accounts, data })
    }

    /// Accounts and data of a version-1 instruction, whose sizes its header tells.
    pub(super) fn payload(
        &mut self,
        header: &InstructionHeader,
    ) -> Result<InstructionView<'b>, SanitizeError> {
        let [program_index, account_count, low, high] = *header;
        let accounts = self.take(usize::from(account_count))?;
        let data = self.take(usize::from(u16::from_le_bytes([low, high])))?;
        Ok(InstructionView { program_index, accounts, data })
    }
}
