//! Tokens, for programs that move them: what token accounts and mints say, and nested calls to the token program.
//!
//! The layouts and instruction numbers are SPL Token's. What is read here is believed only of accounts that the token
//! program owns.

use super::account::AccountView;
use super::invoke::{Invocation, InvokeMeta, invoke, invoke_signed};
use crate::ids::token;
use crate::{Address, ProgramError, ProgramResult};

/// Size of a token account's data in bytes.
pub const ACCOUNT_SIZE_BYTES: usize = 165;
/// Size of a mint's data in bytes.
pub const MINT_SIZE_BYTES: usize = 82;

const TRANSFER: u8 = 3;
const MINT_TO: u8 = 7;
const BURN: u8 = 8;
const CLOSE_ACCOUNT: u8 = 9;
const INITIALIZE_ACCOUNT3: u8 = 18;
const INITIALIZE_MINT2: u8 = 20;

/// What a token account says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenAccount {
    /// The mint whose tokens it holds.
    pub mint: Address,
    /// Who may move them.
    pub owner: Address,
    /// Tokens held, in the smallest unit.
    pub amount: u64,
    /// Whether somebody beside the owner may move tokens or close the account.
    pub shared: bool,
}

impl TokenAccount {
    /// Reads an initialized token account.
    ///
    /// # Errors
    /// [`ProgramError::InvalidAccountOwner`] if the token program does not own it, [`ProgramError::InvalidAccountData`]
    /// for another size, [`ProgramError::UninitializedAccount`]; else as [`AccountView::borrow_data`].
    pub fn read(view: &AccountView) -> Result<Self, ProgramError> {
        let data = token_data(view)?;
        let data: &[u8; ACCOUNT_SIZE_BYTES] = exactly(&data)?;
        if data[108] == 0 {
            return Err(ProgramError::UninitializedAccount);
        }
        Ok(Self {
            mint: Address::new_from_array(field(data, 0)),
            owner: Address::new_from_array(field(data, 32)),
            amount: u64::from_le_bytes(field(data, 64)),
            shared: data[72] != 0 || data[129] != 0,
        })
    }

    /// Tokens held by an initialized token account.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn amount_of(view: &AccountView) -> Result<u64, ProgramError> {
        let data = token_data(view)?;
        let data: &[u8; ACCOUNT_SIZE_BYTES] = exactly(&data)?;
        if data[108] == 0 {
            return Err(ProgramError::UninitializedAccount);
        }
        Ok(u64::from_le_bytes(field(data, 64)))
    }
}

/// What a mint says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mint {
    /// Who may mint; none means that the supply only ever falls.
    pub mint_authority: Option<Address>,
    /// Tokens in existence, in the smallest unit.
    pub supply: u64,
    /// Digits right of the decimal point.
    pub decimals: u8,
    /// Who may freeze accounts of this mint.
    pub freeze_authority: Option<Address>,
}

impl Mint {
    /// Reads an initialized mint.
    ///
    /// # Errors
    /// As [`TokenAccount::read`].
    pub fn read(view: &AccountView) -> Result<Self, ProgramError> {
        let data = token_data(view)?;
        let data: &[u8; MINT_SIZE_BYTES] = exactly(&data)?;
        if data[45] == 0 {
            return Err(ProgramError::UninitializedAccount);
        }
        let authority = |tag: usize| (data[tag] != 0).then(|| Address::new_from_array(field(data, tag + 4)));
        Ok(Self {
            mint_authority: authority(0),
            supply: u64::from_le_bytes(field(data, 36)),
            decimals: data[44],
            freeze_authority: authority(46),
        })
    }
}

/// Who allows a nested call.
#[derive(Clone, Copy, Debug)]
pub enum Authority<'a> {
    /// An account that signed the running call.
    Signer(&'a AccountView),
    /// An account whose address the running program derives from these seeds, bump included.
    Derived(&'a AccountView, &'a [&'a [u8]]),
}

/// The token program, to be called.
#[derive(Clone, Copy, Debug)]
pub struct TokenProgram<'a>(&'a AccountView);

impl<'a> TokenProgram<'a> {
    /// Makes sure that the account is the token program.
    ///
    /// # Errors
    /// [`ProgramError::IncorrectProgramId`].
    pub fn new(view: &'a AccountView) -> Result<Self, ProgramError> {
        if *view.address() == token::ID { Ok(Self(view)) } else { Err(ProgramError::IncorrectProgramId) }
    }

    /// The account, of which it is known that it is the token program.
    pub(super) const fn known(view: &'a AccountView) -> Self {
        Self(view)
    }

    /// Moves `amount` tokens; nothing is called for none.
    ///
    /// # Errors
    /// As [`invoke_signed`]; a refusal of the token program ends the running program as well. So with all that follow.
    pub fn transfer(
        &self,
        source: &AccountView,
        destination: &AccountView,
        amount: u64,
        authority: Authority<'_>,
    ) -> ProgramResult {
        self.call_for_amount(TRANSFER, source, destination, amount, authority)
    }

    /// Makes `amount` new tokens; nothing is called for none.
    ///
    /// # Errors
    /// As [`Self::transfer`].
    pub fn mint_to(
        &self,
        mint: &AccountView,
        destination: &AccountView,
        amount: u64,
        authority: Authority<'_>,
    ) -> ProgramResult {
        self.call_for_amount(MINT_TO, mint, destination, amount, authority)
    }

    /// Destroys `amount` tokens; nothing is called for none.
    ///
    /// # Errors
    /// As [`Self::transfer`].
    pub fn burn(
        &self,
        source: &AccountView,
        mint: &AccountView,
        amount: u64,
        authority: Authority<'_>,
    ) -> ProgramResult {
        self.call_for_amount(BURN, source, mint, amount, authority)
    }

    /// Makes a fresh account of the token program a token account of `owner`.
    ///
    /// # Errors
    /// As [`Self::transfer`].
    pub fn initialize_account(
        &self,
        account: &AccountView,
        mint: &AccountView,
        owner: &Address,
    ) -> ProgramResult {
        let mut data = [INITIALIZE_ACCOUNT3; 33];
        data[1..].copy_from_slice(owner.as_ref());
        let accounts = [InvokeMeta::writable(account), InvokeMeta::readonly(mint)];
        invoke(&Invocation { program: self.0, accounts: &accounts, data: &data })
    }

    /// Makes a fresh account of the token program a mint of `authority`, which nobody can freeze.
    ///
    /// # Errors
    /// As [`Self::transfer`].
    pub fn initialize_mint(&self, mint: &AccountView, decimals: u8, authority: &Address) -> ProgramResult {
        self.initialize_mint_with_freeze(mint, decimals, authority, None)
    }

    /// As [`Self::initialize_mint`], with somebody who may freeze its accounts.
    ///
    /// # Errors
    /// As [`Self::transfer`].
    pub fn initialize_mint_with_freeze(
        &self,
        mint: &AccountView,
        decimals: u8,
        authority: &Address,
        freeze_authority: Option<&Address>,
    ) -> ProgramResult {
        let mut data = [0; 67];
        (data[0], data[1]) = (INITIALIZE_MINT2, decimals);
        data[2..34].copy_from_slice(authority.as_ref());
        let data = match freeze_authority {
            Some(freeze_authority) => {
                data[34] = 1;
                data[35..].copy_from_slice(freeze_authority.as_ref());
                &data[..]
            }
            None => &data[..35],
        };
        invoke(&Invocation { program: self.0, accounts: &[InvokeMeta::writable(mint)], data })
    }

    /// Closes a token account that holds no tokens; its lamports go to `destination`.
    ///
    /// # Errors
    /// As [`Self::transfer`].
    pub fn close_account(
        &self,
        account: &AccountView,
        destination: &AccountView,
        authority: Authority<'_>,
    ) -> ProgramResult {
        self.call(&[CLOSE_ACCOUNT], account, destination, authority)
    }

    /// The instructions on two writable accounts, an authority and an amount.
    fn call_for_amount(
        &self,
        instruction: u8,
        first: &AccountView,
        second: &AccountView,
        amount: u64,
        authority: Authority<'_>,
    ) -> ProgramResult {
        if amount == 0 {
            return Ok(());
        }
        let mut data = [instruction; 9];
        data[1..].copy_from_slice(&amount.to_le_bytes());
        self.call(&data, first, second, authority)
    }

    /// The instructions on two writable accounts and an authority.
    fn call(
        &self,
        data: &[u8],
        first: &AccountView,
        second: &AccountView,
        authority: Authority<'_>,
    ) -> ProgramResult {
        let (Authority::Signer(view) | Authority::Derived(view, _)) = authority;
        let accounts =
            [InvokeMeta::writable(first), InvokeMeta::writable(second), InvokeMeta::readonly_signer(view)];
        let invocation = Invocation { program: self.0, accounts: &accounts, data };
        match authority {
            Authority::Signer(_) => invoke(&invocation),
            Authority::Derived(_, seeds) => invoke_signed(&invocation, &[seeds]),
        }
    }
}

fn token_data(view: &AccountView) -> Result<super::DataRef<'_, [u8]>, ProgramError> {
    if view.is_owned_by(&token::ID) { view.borrow_data() } else { Err(ProgramError::InvalidAccountOwner) }
}

fn exactly<const SIZE: usize>(data: &[u8]) -> Result<&[u8; SIZE], ProgramError> {
    data.try_into().map_err(|_| ProgramError::InvalidAccountData)
}

fn field<const FIELD_SIZE: usize>(data: &[u8], offset: usize) -> [u8; FIELD_SIZE] {
    core::array::from_fn(|index| data[offset + index])
}
