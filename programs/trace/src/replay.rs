//! The instruction's data.

use sealane_sdk::ProgramError;

/// The program's only instruction, 16 bytes: cost (4), limit (4), number (8), all little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replay {
    /// Compute units that the whole transaction shall use.
    pub cost_units: u32,
    /// Compute units that the transaction asked the compute-budget program for: what is used so far is what is missing
    /// of these.
    pub limit_units: u32,
    /// Anything; keeps transactions that do the same apart.
    pub number: u64,
}

impl Replay {
    /// Size of the encoding in bytes.
    pub const SIZE_BYTES: usize = 16;

    /// Decodes instruction data.
    ///
    /// # Errors
    /// [`ProgramError::InvalidInstructionData`] if it does not have exactly 16 bytes.
    pub fn decode(data: &[u8]) -> Result<Self, ProgramError> {
        let data: &[u8; Self::SIZE_BYTES] =
            data.try_into().map_err(|_| ProgramError::InvalidInstructionData)?;
        let word = |at: usize| core::array::from_fn(|index| data[at + index]);
        Ok(Self {
            cost_units: u32::from_le_bytes(word(0)),
            limit_units: u32::from_le_bytes(word(4)),
            number: u64::from_le_bytes(core::array::from_fn(|index| data[8 + index])),
        })
    }

    /// The instruction data.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::SIZE_BYTES] {
        let mut data = [0; Self::SIZE_BYTES];
        data[..4].copy_from_slice(&self.cost_units.to_le_bytes());
        data[4..8].copy_from_slice(&self.limit_units.to_le_bytes());
        data[8..].copy_from_slice(&self.number.to_le_bytes());
        data
    }
}
