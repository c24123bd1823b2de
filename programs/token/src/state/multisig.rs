//! A multisig: an authority that takes M of N signatures.

use super::State;
use crate::instruction::MAX_SIGNERS;
use bytemuck::{Pod, Zeroable};
use sealane_sdk::Address;

/// A multisig account's data: 355 bytes.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 1 | M, signatures required |
/// | 1 | 1 | N, signers on record |
/// | 2 | 1 | initialized (0 or 1) |
/// | 3 | 352 | eleven addresses, the first N in use |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Multisig {
    /// Signatures required, 1 to 11.
    pub required_count: u8,
    /// Signers on record, 1 to 11.
    pub signer_count: u8,
    initialized: u8,
    /// The signers; those from [`signer_count`](Self::signer_count) on are not in use.
    pub signers: [Address; MAX_SIGNERS],
}

impl Multisig {
    /// Marks the multisig as initialized.
    #[inline(always)]
    pub const fn set_initialized(&mut self) {
        self.initialized = 1;
    }
}

impl State for Multisig {
    #[inline(always)]
    fn is_valid(&self) -> bool {
        self.initialized <= 1
    }

    #[inline(always)]
    fn is_initialized(&self) -> bool {
        self.initialized != 0
    }
}

const _: () = assert!(Multisig::SIZE_BYTES == 355 && align_of::<Multisig>() == 1);
