//! A pool's account.

use super::curve::Fees;
use crate::DexError;
use sealane_sdk::guest::address_eq;
use sealane_sdk::prelude::*;

/// What the address of a pool is derived from, before its mints and its trade fee.
pub const POOL_SEED: &[u8] = b"pool";
/// What the address of a pool's liquidity mint is derived from, before the pool.
pub const LP_SEED: &[u8] = b"lp";
/// Highest trade fee: 10 %, in hundredths of a per cent.
pub const MAX_TRADE_FEE: u16 = 1_000;
/// The whole, in hundredths of a per cent.
pub const WHOLE: u64 = 10_000;
/// Liquidity that belongs to nobody, so that no share of a pool ever becomes too dear to buy (Uniswap v2's number).
pub const LOCKED_LIQUIDITY: u64 = 1_000;

/// A pool: 240 bytes, derived from `"pool"`, both mints and the trade fee.
///
/// What the vaults hold is the reserves, the fees that the protocol has not collected, and whatever somebody sent there
/// without being asked, which belongs to nobody.
#[account]
pub struct Pool {
    /// The mint with the smaller address.
    pub mint_a: Address,
    /// The mint with the larger address.
    pub mint_b: Address,
    /// Holds tokens of `mint_a`.
    pub vault_a: Address,
    /// Holds tokens of `mint_b`.
    pub vault_b: Address,
    /// The mint of the liquidity tokens.
    pub lp_mint: Address,
    /// Who may collect the protocol's fees.
    pub fee_authority: Address,
    /// Tokens of `mint_a` that are traded against.
    pub reserve_a: u64,
    /// Tokens of `mint_b` that are traded against.
    pub reserve_b: u64,
    /// The protocol's part of the fees in tokens of `mint_a`, still in the vault.
    pub protocol_fees_a: u64,
    /// The protocol's part of the fees in tokens of `mint_b`, still in the vault.
    pub protocol_fees_b: u64,
    /// Part of the input that a trade costs, in hundredths of a per cent.
    pub trade_fee: u16,
    /// Part of the trade fee that is the protocol's and not the reserves', in hundredths of a per cent.
    pub protocol_share: u16,
    /// What makes the pool's address one that nobody has a key of.
    pub bump: u8,
    padding: [u8; 3],
}

/// Which way a trade goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Tokens of mint a go in, tokens of mint b come out.
    AForB,
    /// The other way round.
    BForA,
}

impl Pool {
    /// A pool's account as creating it leaves it, but with these reserves.
    #[cfg(feature = "host")]
    pub(super) fn founded(
        addresses: &super::builders::PoolAddresses,
        fee_authority: &Address,
        protocol_share: u16,
        [reserve_a, reserve_b]: [u64; 2],
    ) -> Self {
        Self {
            mint_a: addresses.mints[0],
            mint_b: addresses.mints[1],
            vault_a: addresses.vaults[0],
            vault_b: addresses.vaults[1],
            lp_mint: addresses.lp_mint,
            fee_authority: *fee_authority,
            reserve_a,
            reserve_b,
            trade_fee: addresses.trade_fee,
            protocol_share,
            bump: addresses.bump,
            ..Self::zeroed()
        }
    }

    /// Its fees.
    #[must_use]
    pub fn fees(&self) -> Fees {
        Fees { trade: u64::from(self.trade_fee), protocol_share: u64::from(self.protocol_share) }
    }

    /// The way that leads from the first vault to the second.
    ///
    /// # Errors
    /// [`DexError::WrongAccount`] if they are not this pool's two vaults.
    pub fn direction(&self, from: &AccountView, to: &AccountView) -> Result<Direction, DexError> {
        let are = |first, second| address_eq(from.address(), first) && address_eq(to.address(), second);
        if are(&self.vault_a, &self.vault_b) {
            Ok(Direction::AForB)
        } else if are(&self.vault_b, &self.vault_a) {
            Ok(Direction::BForA)
        } else {
            Err(DexError::WrongAccount)
        }
    }
}

/// What a pool signs with for its vaults and its liquidity mint.
pub(super) struct PoolSigner {
    mint_a: Address,
    mint_b: Address,
    trade_fee: [u8; 2],
    bump: [u8; 1],
}

impl PoolSigner {
    pub(super) fn new(pool: &Pool) -> Self {
        let Pool { mint_a, mint_b, trade_fee, bump, .. } = *pool;
        Self { mint_a, mint_b, trade_fee: trade_fee.to_le_bytes(), bump: [bump] }
    }

    pub(super) fn seeds(&self) -> [&[u8]; 5] {
        [POOL_SEED, self.mint_a.as_ref(), self.mint_b.as_ref(), &self.trade_fee, &self.bump]
    }
}

const _: () = assert!(size_of::<Pool>() == 240);
