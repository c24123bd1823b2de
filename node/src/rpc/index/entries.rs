//! The lists of the index.

use crate::rpc::encode::mints::is_token_program;
use sealane_runtime::balances::HeldToken;
use sealane_sdk::ids::system_program;
use sealane_sdk::{Account, Address};
use std::collections::BTreeSet;
use std::ops::Bound;

/// What accounts are looked up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// The program that owns them. There is no list of the system program's.
    Program(Address),
    /// Who may spend the tokens of token accounts.
    TokenOwner(Address),
    /// Who was allowed to spend tokens of token accounts.
    TokenDelegate(Address),
    /// Whose tokens token accounts hold.
    Mint(Address),
}

/// Entries of accounts that are gone, below which nothing is done about them.
const FEW_GONE_COUNT: usize = 100_000;

const DELEGATE_TAG_OFFSET: usize = 72;

/// All lists, in one ordered set: the list, the first bytes of what it is looked up by, the account. What is looked up by may share its
/// first bytes with another: then there are more candidates.
#[derive(Debug, Default)]
pub(super) struct Entries {
    set: BTreeSet<(List, [u8; 8], Address)>,
    gone_count: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum List {
    Program,
    TokenOwner,
    TokenDelegate,
    Mint,
}

impl Key {
    fn place(self) -> (List, [u8; 8]) {
        let (list, address) = match self {
            Self::Program(address) => (List::Program, address),
            Self::TokenOwner(address) => (List::TokenOwner, address),
            Self::TokenDelegate(address) => (List::TokenDelegate, address),
            Self::Mint(address) => (List::Mint, address),
        };
        let [a, b, c, d, e, f, g, h, ..] = *address.as_array();
        (list, [a, b, c, d, e, f, g, h])
    }
}

impl Entries {
    /// Adds the account wherever it belongs.
    pub(super) fn add(&mut self, address: &Address, account: &Account) {
        if account.owner == system_program::ID {
            return;
        }
        self.put(Key::Program(account.owner), address);
        if !is_token_program(&account.owner) {
            return;
        }
        if let Some(held) = HeldToken::of_data(&account.data) {
            self.put(Key::TokenOwner(held.owner), address);
            self.put(Key::Mint(held.mint), address);
        }
        if let Some(delegate) = delegate(&account.data) {
            self.put(Key::TokenDelegate(delegate), address);
        }
    }

    /// An account is gone; its entries stay.
    pub(super) fn note_gone(&mut self) {
        self.gone_count = self.gone_count.saturating_add(1);
    }

    /// Whether so many entries may be of accounts that are gone that the lists had better be made anew.
    pub(super) fn is_stale(&self) -> bool {
        self.gone_count > FEW_GONE_COUNT.max(self.set.len() / 2)
    }

    /// All that was ever under the key, ascending.
    pub(super) fn find(&self, key: Key) -> Vec<Address> {
        let (list, first_bytes) = key.place();
        let start = Bound::Included((list, first_bytes, Address::new_from_array([0; 32])));
        let end = Bound::Included((list, first_bytes, Address::new_from_array([u8::MAX; 32])));
        self.set.range((start, end)).map(|(_, _, address)| *address).collect()
    }

    fn put(&mut self, key: Key, address: &Address) {
        let (list, first_bytes) = key.place();
        self.set.insert((list, first_bytes, *address));
    }
}

/// Who was allowed to spend tokens of the token account with this data.
pub(crate) fn delegate(data: &[u8]) -> Option<Address> {
    HeldToken::of_data(data)?;
    let (tag, rest) = data.get(DELEGATE_TAG_OFFSET..)?.split_first_chunk::<4>()?;
    (u32::from_le_bytes(*tag) == 1).then_some(())?;
    rest.first_chunk::<32>().map(|delegate| Address::new_from_array(*delegate))
}
