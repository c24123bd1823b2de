//! A market: reserves that one admin configures, and obligations that may use them together.

use bytemuck::{Pod, Zeroable};
use sealane_sdk::Address;
use sealane_sdk::guest::AccountData;

/// A market's data: 40 bytes. Never written after its initialization, so all its users only read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Market {
    discriminator: [u8; 8],
    /// Who makes and configures reserves, and collects the protocol's fees.
    pub admin: Address,
}

impl AccountData for Market {
    const DISCRIMINATOR: [u8; 8] = *b"lendmark";
}

const _: () = assert!(size_of::<Market>() == 40);
