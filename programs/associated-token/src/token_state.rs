//! The few fields of token accounts and mints that this program reads, at SPL Token's offsets.
//!
//! Token-2022 keeps the same fields and puts a type byte and extensions behind byte 165, so that is read as well.

use sealane_sdk::guest::AccountView;
use sealane_sdk::{Address, ProgramError};

const MINT_SIZE_BYTES: usize = 82;
const ACCOUNT_SIZE_BYTES: usize = 165;
const MULTISIG_SIZE_BYTES: usize = 355;

/// Token-2022's type byte of a mint.
const TYPE_MINT: u8 = 1;
/// Token-2022's type byte of a token account.
const TYPE_ACCOUNT: u8 = 2;

/// What a token account says about whose tokens it holds.
pub(crate) struct TokenAccount {
    pub(crate) mint: Address,
    pub(crate) owner: Address,
    pub(crate) amount: u64,
}

impl TokenAccount {
    /// Reads an initialized token account.
    ///
    /// # Errors
    /// `InvalidAccountData`, `UninitializedAccount`.
    pub(crate) fn read(view: &AccountView) -> Result<Self, ProgramError> {
        let data = view.borrow_data().map_err(|_| ProgramError::InvalidAccountData)?;
        let base = base::<ACCOUNT_SIZE_BYTES>(&data)?;
        let state = base[108];
        if (tag(base, 72) | tag(base, 109) | tag(base, 129)) > 1 || state > 2 {
            return Err(ProgramError::InvalidAccountData);
        }
        if state == 0 {
            return Err(ProgramError::UninitializedAccount);
        }
        check_extensions::<ACCOUNT_SIZE_BYTES>(&data, TYPE_ACCOUNT)?;
        Ok(Self {
            mint: Address::new_from_array(field(base, 0)),
            owner: Address::new_from_array(field(base, 32)),
            amount: u64::from_le_bytes(field(base, 64)),
        })
    }
}

/// Reads an initialized mint's decimals.
///
/// # Errors
/// `InvalidAccountData`, `UninitializedAccount`.
pub(crate) fn mint_decimals(view: &AccountView) -> Result<u8, ProgramError> {
    let data = view.borrow_data().map_err(|_| ProgramError::InvalidAccountData)?;
    let base = base::<MINT_SIZE_BYTES>(&data)?;
    let initialized = base[45];
    if (tag(base, 0) | tag(base, 46)) > 1 || initialized > 1 {
        return Err(ProgramError::InvalidAccountData);
    }
    if initialized == 0 {
        return Err(ProgramError::UninitializedAccount);
    }
    check_extensions::<MINT_SIZE_BYTES>(&data, TYPE_MINT)?;
    Ok(base[44])
}

/// The fields before any extension. Data of a multisig's size is a multisig.
fn base<const SIZE: usize>(data: &[u8]) -> Result<&[u8; SIZE], ProgramError> {
    data.first_chunk().filter(|_| data.len() != MULTISIG_SIZE_BYTES).ok_or(ProgramError::InvalidAccountData)
}

/// Checks that nothing stands behind the fields, or Token-2022's padding and type byte.
fn check_extensions<const SIZE: usize>(data: &[u8], type_byte: u8) -> Result<(), ProgramError> {
    let rest = &data[SIZE..];
    if rest.is_empty() {
        return Ok(());
    }
    let padding_size = ACCOUNT_SIZE_BYTES - SIZE;
    match rest.split_at_checked(padding_size) {
        Some((padding, [found, ..])) if padding.iter().all(|byte| *byte == 0) && *found == type_byte => {
            Ok(())
        }
        _ => Err(ProgramError::InvalidAccountData),
    }
}

/// The tag of an optional field: four bytes, 0 or 1 if valid.
fn tag<const SIZE: usize>(base: &[u8; SIZE], offset: usize) -> u32 {
    u32::from_le_bytes(field(base, offset))
}

fn field<const FIELD_SIZE: usize, const SIZE: usize>(base: &[u8; SIZE], offset: usize) -> [u8; FIELD_SIZE] {
    core::array::from_fn(|index| base[offset + index])
}
