//! Collect: the protocol's part of the fees leaves the vaults.

use super::state::{Pool, PoolSigner};
use crate::DexError;
use sealane_sdk::guest::token::Authority;
use sealane_sdk::prelude::*;

/// The accounts of [`collect_protocol_fees`](crate::dex::collect_protocol_fees).
#[derive(Accounts, Debug)]
pub struct CollectProtocolFees {
    /// The pool.
    #[account(
        mut,
        has_one = vault_a @ DexError::WrongAccount,
        has_one = vault_b @ DexError::WrongAccount,
        has_one = fee_authority @ DexError::WrongAuthority,
    )]
    pub pool: Account<Pool>,
    /// Its vault for tokens of its first mint.
    #[account(mut)]
    pub vault_a: UncheckedAccount,
    /// Its vault for tokens of its second mint.
    #[account(mut)]
    pub vault_b: UncheckedAccount,
    /// Where tokens of the first mint go.
    #[account(mut)]
    pub tokens_a: UncheckedAccount,
    /// Where tokens of the second mint go.
    #[account(mut)]
    pub tokens_b: UncheckedAccount,
    /// Who may collect the fees.
    pub fee_authority: Signer,
    /// The token program.
    pub token_program: Program<Token>,
}

impl CollectProtocolFees {
    pub(crate) fn collect(&self) -> Result {
        let mut pool = self.pool.load_mut()?;
        let fees = [pool.protocol_fees_a, pool.protocol_fees_b];
        [pool.protocol_fees_a, pool.protocol_fees_b] = [0, 0];
        let signer = PoolSigner::new(&pool);
        drop(pool);
        let (token, seeds) = (self.token_program.calls(), signer.seeds());
        let authority = Authority::Derived(&self.pool, &seeds);
        token.transfer(&self.vault_a, &self.tokens_a, fees[0], authority)?;
        token.transfer(&self.vault_b, &self.tokens_b, fees[1], authority)
    }
}
