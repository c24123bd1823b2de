//! A mint: a token's supply and who may change it.

use super::{OptionalAddress, State};
use bytemuck::{Pod, Zeroable};

/// A mint account's data: 82 bytes.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 36 | mint authority |
/// | 36 | 8 | supply |
/// | 44 | 1 | decimals |
/// | 45 | 1 | initialized (0 or 1) |
/// | 46 | 36 | freeze authority |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Mint {
    /// Who may mint; none means that the supply is fixed for good.
    pub mint_authority: OptionalAddress,
    supply: [u8; 8],
    /// Digits right of the decimal point, 0 to 255.
    pub decimals: u8,
    initialized: u8,
    /// Who may freeze and thaw accounts of this mint; none means nobody, for good.
    pub freeze_authority: OptionalAddress,
}

impl Mint {
    /// Tokens in existence, in the smallest unit.
    #[must_use]
    #[inline(always)]
    pub const fn supply(&self) -> u64 {
        u64::from_le_bytes(self.supply)
    }

    /// Sets the supply.
    #[inline(always)]
    pub const fn set_supply(&mut self, supply: u64) {
        self.supply = supply.to_le_bytes();
    }

    /// Marks the mint as initialized.
    #[inline(always)]
    pub const fn set_initialized(&mut self) {
        self.initialized = 1;
    }
}

impl State for Mint {
    #[inline(always)]
    fn is_valid(&self) -> bool {
        // A tag is 0 or 1, so any other bit in any of them shows in their union.
        self.mint_authority.tag() | self.freeze_authority.tag() | u32::from(self.initialized) <= 1
    }

    #[inline(always)]
    fn is_initialized(&self) -> bool {
        self.initialized != 0
    }
}

const _: () = assert!(Mint::SIZE_BYTES == 82 && align_of::<Mint>() == 1);
