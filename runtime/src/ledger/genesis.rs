//! What a ledger begins with: its accounts, its programs, its first time.

mod file;

#[cfg(test)]
mod tests;

use crate::execute::builtins;
use sealane_sdk::ids::{associated_token, bpf_loader, token};
use sealane_sdk::limits::{MAX_BLOCKHASH_AGE_BLOCKS, SLOT_HASHES_COUNT};
use sealane_sdk::{Account, Address};
use serde::{Deserialize, Serialize};

/// What all nodes of a ledger must share, fixed when the ledger begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerRules {
    /// Who gets the fees at the end of each block; `None` burns them. The collector's account may begin empty and then
    /// hold less than the rent-exempt minimum: fees are never refused.
    pub fee_collector: Option<Address>,
    /// Blocks a recent blockhash stays good for, at least 1.
    pub blockhash_age_blocks: usize,
}

impl Default for LedgerRules {
    /// Fees burned, blockhashes good for as long as on Solana.
    fn default() -> Self {
        Self { fee_collector: None, blockhash_age_blocks: MAX_BLOCKHASH_AGE_BLOCKS }
    }
}

impl LedgerRules {
    /// Blocks whose transactions replay protection remembers.
    pub(crate) const fn replayed_block_count(&self) -> u64 {
        if self.blockhash_age_blocks == 0 { 1 } else { self.blockhash_age_blocks as u64 }
    }

    /// Blocks whose headers replay protection and the slot hashes look back to.
    ///
    /// A remembered transaction may name a blockhash that was recent when it ran and is not any more; telling it from one
    /// that advances a durable nonce takes the blockhashes of twice the time.
    pub(crate) const fn recent_header_count(&self) -> u64 {
        let twice = 2 * self.replayed_block_count();
        if twice < SLOT_HASHES_COUNT as u64 { SLOT_HASHES_COUNT as u64 } else { twice }
    }
}

/// The beginning of a ledger. [`Genesis::default`] has the built-in programs and nothing else.
#[derive(Clone, Debug)]
pub struct Genesis {
    /// Unix time of the genesis block in seconds.
    pub unix_time: i64,
    /// What all nodes must share.
    pub rules: LedgerRules,
    /// The accounts. If an address stands twice, the later one counts.
    pub accounts: Vec<(Address, Account)>,
}

impl Default for Genesis {
    fn default() -> Self {
        Self { unix_time: 0, rules: LedgerRules::default(), accounts: builtins::genesis_accounts() }
    }
}

impl Genesis {
    /// Adds an account.
    #[must_use]
    pub fn with_account(mut self, address: Address, account: Account) -> Self {
        self.accounts.push((address, account));
        self
    }

    /// Sets who gets the fees.
    #[must_use]
    pub const fn with_fee_collector(mut self, collector: Address) -> Self {
        self.rules.fee_collector = Some(collector);
        self
    }

    /// Adds a program that nobody can change: an executable account that holds the module itself, owned by the
    /// loader that has no instructions.
    #[must_use]
    pub fn with_program(mut self, address: Address, module: &[u8]) -> Self {
        self.add_program(address, module);
        self
    }

    /// As [`Self::with_program`], in place.
    pub fn add_program(&mut self, address: Address, module: &[u8]) {
        self.accounts.push((address, immutable(module)));
    }

    /// Adds a program that `authority` can upgrade to modules of up to `capacity_bytes`; without an authority, nobody can.
    pub fn add_upgradeable_program(
        &mut self,
        address: Address,
        module: &[u8],
        authority: Option<Address>,
        capacity_bytes: usize,
    ) {
        self.accounts.extend(builtins::deployed(address, module, authority, capacity_bytes));
    }

    /// Adds the two programs that nearly every ledger has, at their addresses: SPL Token and SPL Associated Token Account. The
    /// runtime knows no program's code, so the modules are handed in.
    #[must_use]
    pub fn with_token_programs(self, token_module: &[u8], associated_token_module: &[u8]) -> Self {
        self.with_program(token::ID, token_module).with_program(associated_token::ID, associated_token_module)
    }
}

/// The account of a program that nobody can change.
fn immutable(module: &[u8]) -> Account {
    Account { executable: true, ..Account::with_data(bpf_loader::ID, module.to_vec()) }
}
