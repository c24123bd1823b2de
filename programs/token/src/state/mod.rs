//! The accounts of the token program, byte for byte as SPL Token lays them out, read and written in place.
//!
//! The bytes come from account data. The processor works on them in place; clients read them with [`load`].

mod account;
mod mint;
mod multisig;
mod optional;

pub use account::{AccountState, TokenAccount};
pub use mint::Mint;
pub use multisig::Multisig;
pub use optional::{OptionalAddress, OptionalU64};

use bytemuck::Pod;
use sealane_sdk::ProgramError;

/// A kind of account: a layout without padding and alignment, and which of its byte patterns are valid.
pub trait State: Pod {
    /// Size of the account's data in bytes; every kind has its own, and the size tells the kind.
    const SIZE_BYTES: usize = size_of::<Self>();

    /// Whether every tag, flag and state byte holds a value it can have.
    fn is_valid(&self) -> bool;

    /// Whether the account has been initialized.
    fn is_initialized(&self) -> bool;
}

/// The initialized account in `data`.
///
/// # Errors
/// `InvalidAccountData` for a wrong size or an invalid byte, then `UninitializedAccount`.
#[inline(always)]
pub fn load<T: State>(data: &[u8]) -> Result<&T, ProgramError> {
    let state = load_any::<T>(data)?;
    if state.is_initialized() { Ok(state) } else { Err(ProgramError::UninitializedAccount) }
}

/// The account in `data`, initialized or not.
///
/// # Errors
/// `InvalidAccountData` for a wrong size or an invalid byte.
#[inline(always)]
pub fn load_any<T: State>(data: &[u8]) -> Result<&T, ProgramError> {
    match bytemuck::try_from_bytes::<T>(data) {
        Ok(state) if state.is_valid() => Ok(state),
        _ => Err(ProgramError::InvalidAccountData),
    }
}
