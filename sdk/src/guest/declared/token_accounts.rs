//! `TokenAccount` and `Mint`: accounts of the token program, read where they lie.

use super::field::AccountField;
use super::refusal::{ConstraintError, Fault};
use crate::guest::account::InMemory;
use crate::guest::token::{ACCOUNT_SIZE_BYTES, MINT_SIZE_BYTES};
use crate::guest::{AccountView, address_eq, token, try_find_program_address};
use crate::ids::{associated_token, token as token_program};
use crate::{Address, ProgramError};
use core::ops::Deref;

/// A token account: the token program owns it, and it is initialized.
///
/// Nothing is copied but what is asked for. What it says is what it says now: a nested call may have changed it.
#[derive(Clone, Copy)]
pub struct TokenAccount(InMemory);

/// A mint: the token program owns it, and it is initialized.
///
/// Nothing is copied but what is asked for. What it says is what it says now: a nested call may have changed it.
#[derive(Clone, Copy)]
pub struct Mint(InMemory);

// Where fields stand in a token account.
const MINT_AT: usize = 0;
const OWNER_AT: usize = 32;
const AMOUNT_AT: usize = 64;
const DELEGATE_AT: usize = 72;
const STATE_AT: usize = 108;
const DELEGATED_AMOUNT_AT: usize = 121;
const CLOSE_AUTHORITY_AT: usize = 129;
const FROZEN: u8 = 2;

// Where fields stand in a mint.
const MINT_AUTHORITY_AT: usize = 0;
const SUPPLY_AT: usize = 36;
const DECIMALS_AT: usize = 44;
const IS_INITIALIZED_AT: usize = 45;
const FREEZE_AUTHORITY_AT: usize = 46;

/// What stands at `offset`.
///
/// # Errors
/// [`ProgramError::InvalidAccountData`] if nothing does: the account was closed since.
#[inline(always)]
fn read<const SIZE: usize>(memory: &InMemory, offset: usize) -> Result<[u8; SIZE], ProgramError> {
    memory.copy(offset).ok_or(ProgramError::InvalidAccountData)
}

/// An address that is there or not, behind a number that says so.
fn read_option(memory: &InMemory, offset: usize) -> Result<Option<Address>, ProgramError> {
    if read::<4>(memory, offset)? == [0; 4] {
        return Ok(None);
    }
    read(memory, offset.saturating_add(4)).map(|bytes| Some(Address::new_from_array(bytes)))
}

#[inline(always)]
fn is_at(memory: &InMemory, offset: usize, address: &Address) -> bool {
    memory.copy(offset).is_some_and(|found| address_eq(&Address::new_from_array(found), address))
}

impl TokenAccount {
    /// The mint whose tokens it holds.
    ///
    /// # Errors
    /// [`ProgramError::InvalidAccountData`] if the account was closed since it was checked. So with all that follow.
    pub fn mint(&self) -> Result<Address, ProgramError> {
        read(&self.0, MINT_AT).map(Address::new_from_array)
    }

    /// Who may move the tokens. ([`owner`](AccountView::owner) is the token program.)
    ///
    /// # Errors
    /// As [`Self::mint`].
    pub fn authority(&self) -> Result<Address, ProgramError> {
        read(&self.0, OWNER_AT).map(Address::new_from_array)
    }

    /// Tokens held, in the smallest unit.
    ///
    /// # Errors
    /// As [`Self::mint`].
    #[inline]
    pub fn amount(&self) -> Result<u64, ProgramError> {
        read(&self.0, AMOUNT_AT).map(u64::from_le_bytes)
    }

    /// Who else may move some of them, and how many.
    ///
    /// # Errors
    /// As [`Self::mint`].
    pub fn delegate(&self) -> Result<Option<(Address, u64)>, ProgramError> {
        let Some(delegate) = read_option(&self.0, DELEGATE_AT)? else { return Ok(None) };
        let amount = read(&self.0, DELEGATED_AMOUNT_AT).map(u64::from_le_bytes)?;
        Ok(Some((delegate, amount)))
    }

    /// Who may close the account beside its authority.
    ///
    /// # Errors
    /// As [`Self::mint`].
    pub fn close_authority(&self) -> Result<Option<Address>, ProgramError> {
        read_option(&self.0, CLOSE_AUTHORITY_AT)
    }

    /// Whether no tokens can be moved.
    ///
    /// # Errors
    /// As [`Self::mint`].
    pub fn is_frozen(&self) -> Result<bool, ProgramError> {
        read(&self.0, STATE_AT).map(|[state]| state == FROZEN)
    }

    /// All of it, copied.
    ///
    /// # Errors
    /// As [`token::TokenAccount::read`].
    pub fn get(&self) -> Result<token::TokenAccount, ProgramError> {
        token::TokenAccount::read(self)
    }

    /// Whether it holds tokens of this mint: what `token::mint` asks.
    #[inline]
    #[must_use]
    pub fn has_mint(&self, mint: &Address) -> bool {
        is_at(&self.0, MINT_AT, mint)
    }

    /// Whether this is who may move the tokens: what `token::authority` asks.
    #[inline]
    #[must_use]
    pub fn has_authority(&self, authority: &Address) -> bool {
        is_at(&self.0, OWNER_AT, authority)
    }
}

impl Mint {
    /// Tokens in existence, in the smallest unit.
    ///
    /// # Errors
    /// [`ProgramError::InvalidAccountData`] if the account was closed since it was checked. So with all that follow.
    pub fn supply(&self) -> Result<u64, ProgramError> {
        read(&self.0, SUPPLY_AT).map(u64::from_le_bytes)
    }

    /// Digits right of the decimal point.
    ///
    /// # Errors
    /// As [`Self::supply`].
    pub fn decimals(&self) -> Result<u8, ProgramError> {
        read(&self.0, DECIMALS_AT).map(|[decimals]| decimals)
    }

    /// Who may mint; none means that the supply only ever falls.
    ///
    /// # Errors
    /// As [`Self::supply`].
    pub fn authority(&self) -> Result<Option<Address>, ProgramError> {
        read_option(&self.0, MINT_AUTHORITY_AT)
    }

    /// Who may freeze accounts of this mint.
    ///
    /// # Errors
    /// As [`Self::supply`].
    pub fn freeze_authority(&self) -> Result<Option<Address>, ProgramError> {
        read_option(&self.0, FREEZE_AUTHORITY_AT)
    }

    /// Whether it has so many decimals: what `mint::decimals` asks.
    #[must_use]
    pub fn has_decimals(&self, decimals: u8) -> bool {
        self.decimals() == Ok(decimals)
    }

    /// Whether this is who may mint: what `mint::authority` asks.
    #[must_use]
    pub fn has_authority(&self, authority: &Address) -> bool {
        self.authority() == Ok(Some(*authority))
    }

    /// Whether this is who may freeze: what `mint::freeze_authority` asks.
    #[must_use]
    pub fn has_freeze_authority(&self, authority: &Address) -> bool {
        self.freeze_authority() == Ok(Some(*authority))
    }
}

/// Whether the account is the associated token account of a wallet and a mint. The bump is searched, which costs some
/// 1,500 units a try.
#[must_use]
pub fn is_associated_token_account(view: &AccountView, wallet: &Address, mint: &Address) -> bool {
    let seeds = [wallet.as_ref(), token_program::ID.as_ref(), mint.as_ref()];
    try_find_program_address(&seeds, &associated_token::ID)
        .is_some_and(|(address, _)| address_eq(&address, view.address()))
}

impl AccountField for TokenAccount {
    const SPACE_BYTES: usize = ACCOUNT_SIZE_BYTES;

    #[inline(always)]
    fn from_view(view: AccountView, _program_id: &Address) -> Result<Self, &'static Fault> {
        match InMemory::new(view) {
            Some(memory)
                if view.is_owned_by(&token_program::ID)
                    && view.data_size() == ACCOUNT_SIZE_BYTES
                    && memory.copy(STATE_AT).is_some_and(|[state]| state != 0) =>
            {
                Ok(Self(memory))
            }
            _ => Err(fault(
                view,
                ACCOUNT_SIZE_BYTES,
                const { &Fault::new("is no token account", ConstraintError::AccountDidNotDeserialize) },
            )),
        }
    }

    #[inline(always)]
    fn view(&self) -> AccountView {
        *self.0.view()
    }
}

impl AccountField for Mint {
    const SPACE_BYTES: usize = MINT_SIZE_BYTES;

    #[inline(always)]
    fn from_view(view: AccountView, _program_id: &Address) -> Result<Self, &'static Fault> {
        match InMemory::new(view) {
            Some(memory)
                if view.is_owned_by(&token_program::ID)
                    && view.data_size() == MINT_SIZE_BYTES
                    && memory.copy(IS_INITIALIZED_AT).is_some_and(|[flag]| flag != 0) =>
            {
                Ok(Self(memory))
            }
            _ => Err(fault(
                view,
                MINT_SIZE_BYTES,
                const { &Fault::new("is no mint", ConstraintError::AccountDidNotDeserialize) },
            )),
        }
    }

    #[inline(always)]
    fn view(&self) -> AccountView {
        *self.0.view()
    }
}

/// Which of the checks an account failed.
#[cold]
#[inline(never)]
fn fault(view: AccountView, size_bytes: usize, other: &'static Fault) -> &'static Fault {
    use ConstraintError as E;
    if view.data_is_empty() {
        return const { &Fault::new("is not made yet", E::AccountNotInitialized) };
    }
    if !view.is_owned_by(&token_program::ID) {
        return const { &Fault::new("must belong to the token program", E::AccountOwnedByWrongProgram) };
    }
    if view.data_size() != size_bytes {
        return other;
    }
    const { &Fault::new("is not initialized by the token program", E::AccountNotInitialized) }
}

macro_rules! dereference {
    ($($type:ident)*) => {$(
        impl Deref for $type {
            type Target = AccountView;

            #[inline(always)]
            fn deref(&self) -> &AccountView {
                self.0.view()
            }
        }

        impl core::fmt::Debug for $type {
            fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.view().fmt(formatter)
            }
        }
    )*};
}

dereference!(TokenAccount Mint);
