//! A token account: how much of one mint one owner holds.

use super::{OptionalAddress, OptionalU64, State};
use bytemuck::{Pod, Zeroable};
use sealane_sdk::guest::address_eq;
use sealane_sdk::{Address, ids};

/// A token account's state byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum AccountState {
    /// Not initialized yet.
    Uninitialized = 0,
    /// In use.
    Initialized = 1,
    /// Frozen by the mint's freeze authority: neither owner nor delegate can move its tokens.
    Frozen = 2,
}

/// A token account's data: 165 bytes.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 32 | mint |
/// | 32 | 32 | owner |
/// | 64 | 8 | amount |
/// | 72 | 36 | delegate |
/// | 108 | 1 | state |
/// | 109 | 12 | rent-exempt reserve, there if the account is native |
/// | 121 | 8 | delegated amount |
/// | 129 | 36 | close authority |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct TokenAccount {
    /// The mint whose tokens the account holds.
    pub mint: Address,
    /// Who may move the tokens: a wallet, a program's address or a multisig.
    pub owner: Address,
    amount: [u8; 8],
    /// Who else may move up to [`delegated_amount`](Self::delegated_amount) of them.
    pub delegate: OptionalAddress,
    state: u8,
    /// For a native account, the lamports of it that are no tokens; none for any other account.
    pub native_reserve: OptionalU64,
    delegated_amount: [u8; 8],
    /// Who may close the account instead of its owner.
    pub close_authority: OptionalAddress,
}

impl TokenAccount {
    /// Tokens held, in the smallest unit.
    #[must_use]
    #[inline(always)]
    pub const fn amount(&self) -> u64 {
        u64::from_le_bytes(self.amount)
    }

    /// Sets the tokens held.
    #[inline(always)]
    pub const fn set_amount(&mut self, amount: u64) {
        self.amount = amount.to_le_bytes();
    }

    /// Tokens the delegate may still move.
    #[must_use]
    #[inline(always)]
    pub const fn delegated_amount(&self) -> u64 {
        u64::from_le_bytes(self.delegated_amount)
    }

    /// Sets the tokens the delegate may move.
    #[inline(always)]
    pub const fn set_delegated_amount(&mut self, amount: u64) {
        self.delegated_amount = amount.to_le_bytes();
    }

    /// Sets the state byte.
    #[inline(always)]
    pub const fn set_state(&mut self, state: AccountState) {
        self.state = state as u8;
    }

    /// Whether the account is frozen.
    #[must_use]
    #[inline(always)]
    pub const fn is_frozen(&self) -> bool {
        self.state == AccountState::Frozen as u8
    }

    /// Whether the account's tokens are its own lamports.
    #[must_use]
    #[inline(always)]
    pub const fn is_native(&self) -> bool {
        self.native_reserve.tag() != 0
    }

    /// Whether nobody can sign for the account's owner, so that anyone may burn its tokens.
    #[must_use]
    pub fn is_owned_by_system_program_or_incinerator(&self) -> bool {
        address_eq(&self.owner, &ids::system_program::ID) || address_eq(&self.owner, &ids::incinerator::ID)
    }
}

impl State for TokenAccount {
    #[inline(always)]
    fn is_valid(&self) -> bool {
        // A tag is 0 or 1, so any other bit in any of them shows in their union.
        self.delegate.tag() | self.native_reserve.tag() | self.close_authority.tag() <= 1
            && self.state <= AccountState::Frozen as u8
    }

    #[inline(always)]
    fn is_initialized(&self) -> bool {
        self.state != AccountState::Uninitialized as u8
    }
}

const _: () = assert!(TokenAccount::SIZE_BYTES == 165 && align_of::<TokenAccount>() == 1);
