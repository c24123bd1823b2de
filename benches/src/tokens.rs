//! Mints and token accounts as a genesis holds them, for the workloads.

use sealane_sdk::Address;
use sealane_sdk::bytemuck::{Zeroable, bytes_of};
use sealane_token::state::{AccountState, Mint, TokenAccount};

/// Tokens an account of a workload begins with: more than it can ever send.
pub const INITIAL_TOKENS: u64 = 1 << 40;
/// Lamports a user of a workload begins with: a thousand SOL, for fees.
pub const INITIAL_LAMPORTS: u64 = 1_000_000_000_000;

/// An address that nobody holds a key of: made of the seed, a label and a number.
///
/// # Panics
/// If the label is longer than 16 bytes.
#[must_use]
pub fn address(seed: u64, label: &str, number: u64) -> Address {
    let mut bytes = [b'.'; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    bytes[16..16 + label.len()].copy_from_slice(label.as_bytes());
    Address::new_from_array(bytes)
}

/// A mint's data, six decimals; without an authority nobody can mint more.
#[must_use]
pub fn mint_data(supply: u64, authority: Option<&Address>) -> Vec<u8> {
    let mut mint = Mint::zeroed();
    mint.decimals = 6;
    mint.set_supply(supply);
    mint.set_initialized();
    mint.mint_authority.set(authority);
    bytes_of(&mint).to_vec()
}

/// A token account's data.
#[must_use]
pub fn account_data(mint: &Address, owner: &Address, amount: u64) -> Vec<u8> {
    let mut account = TokenAccount::zeroed();
    (account.mint, account.owner) = (*mint, *owner);
    account.set_amount(amount);
    account.set_state(AccountState::Initialized);
    bytes_of(&account).to_vec()
}
