//! Where a wallet's token account stands: derived from wallet, token program and mint.

use sealane_sdk::Address;
use sealane_sdk::guest::find_program_address;

/// An associated account's address and what proves it: the seeds, so that the program can sign for it.
#[derive(Clone, Copy)]
pub(crate) struct Derivation<'a> {
    /// The address.
    pub(crate) address: Address,
    wallet: &'a Address,
    token_program: &'a Address,
    mint: &'a Address,
    bump: [u8; 1],
}

impl<'a> Derivation<'a> {
    /// Derives the address of `wallet`'s account for `mint`.
    pub(crate) fn find(
        program_id: &Address,
        wallet: &'a Address,
        token_program: &'a Address,
        mint: &'a Address,
    ) -> Self {
        let seeds: [&[u8]; 3] = [wallet.as_ref(), token_program.as_ref(), mint.as_ref()];
        let (address, bump) = find_program_address(&seeds, program_id);
        Self { address, wallet, token_program, mint, bump: [bump] }
    }

    /// The seeds, bump included.
    pub(crate) fn seeds(&self) -> [&[u8]; 4] {
        [self.wallet.as_ref(), self.token_program.as_ref(), self.mint.as_ref(), &self.bump]
    }
}
