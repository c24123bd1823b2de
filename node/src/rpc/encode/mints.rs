//! What is asked of mints while something else is shown: how many decimals their tokens have. A mint never changes them, so it does
//! not matter after which block they are read.

use crate::rpc::error::RpcError;
use sealane_runtime::LedgerReader;
use sealane_runtime::balances::TOKEN_2022_ID;
use sealane_sdk::ids::token;
use sealane_sdk::{Account, Address};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Size of a mint without extensions in bytes.
pub(crate) const MINT_SIZE_BYTES: usize = 82;
/// Size of a token account without extensions in bytes.
pub(crate) const TOKEN_ACCOUNT_SIZE_BYTES: usize = 165;

/// The mint of lamports wrapped as tokens; there need not be such an account.
const NATIVE_MINT: Address = Address::from_str_const("So11111111111111111111111111111111111111112");
/// Its decimals.
const NATIVE_DECIMALS: u8 = 9;

const SUPPLY_OFFSET: usize = 36;
const DECIMALS_OFFSET: usize = 44;
const IS_INITIALIZED_OFFSET: usize = 45;
/// What stands behind a token account's size in mints with extensions.
const MINT_KIND: u8 = 1;

/// Whether accounts of this owner are token accounts and mints.
pub(crate) fn is_token_program(owner: &Address) -> bool {
    *owner == token::ID || *owner == TOKEN_2022_ID
}

/// What is asked of a mint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MintHead {
    /// Digits behind the point.
    pub(crate) decimals: u8,
    /// How many smallest units there are.
    pub(crate) supply: u64,
}

impl MintHead {
    /// What stands in `account`, if it is an initialized mint.
    pub(crate) fn of(account: &Account) -> Option<Self> {
        let data = &account.data;
        let is_mint = is_token_program(&account.owner)
            && match data.get(TOKEN_ACCOUNT_SIZE_BYTES) {
                None => data.len() == MINT_SIZE_BYTES,
                Some(kind) => *kind == MINT_KIND,
            };
        if !is_mint || data.get(IS_INITIALIZED_OFFSET) != Some(&1) {
            return None;
        }
        let supply = u64::from_le_bytes(*data.get(SUPPLY_OFFSET..)?.first_chunk()?);
        Some(Self { decimals: *data.get(DECIMALS_OFFSET)?, supply })
    }
}

/// The decimals of mints, each read once an answer.
#[derive(Debug)]
pub(crate) struct Mints<'r> {
    reader: &'r LedgerReader,
    known: RefCell<BTreeMap<Address, Option<u8>>>,
}

impl<'r> Mints<'r> {
    /// Mints of the ledger that `reader` reads.
    pub(crate) const fn new(reader: &'r LedgerReader) -> Self {
        Self { reader, known: RefCell::new(BTreeMap::new()) }
    }

    /// What `account` at `address` says of itself goes before what the ledger says: it may be of a simulation.
    pub(crate) fn note(&self, address: &Address, account: &Account) {
        if let Some(mint) = MintHead::of(account) {
            self.known.borrow_mut().insert(*address, Some(mint.decimals));
        }
    }

    /// Digits behind the point of amounts of `mint`; `None` if it is no mint.
    ///
    /// # Errors
    /// -32603 if the ledger cannot be read.
    pub(crate) fn decimals(&self, mint: &Address) -> Result<Option<u8>, RpcError> {
        if let Some(known) = self.known.borrow().get(mint) {
            return Ok(*known);
        }
        if *mint == NATIVE_MINT {
            return Ok(Some(NATIVE_DECIMALS));
        }
        let found = self.reader.account(mint)?.and_then(|account| MintHead::of(&account));
        let decimals = found.map(|mint| mint.decimals);
        self.known.borrow_mut().insert(*mint, decimals);
        Ok(decimals)
    }
}
