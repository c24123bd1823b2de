//! A market: reserves that one admin configures, and obligations that may use them together.

use sealane_sdk::prelude::*;

/// A market's data: 40 bytes. Never written after its initialization, so all its users only read it.
#[account]
pub struct Market {
    /// Who makes and configures reserves, and collects the protocol's fees.
    pub admin: Address,
}

const _: () = assert!(Market::SIZE_BYTES == 40);
