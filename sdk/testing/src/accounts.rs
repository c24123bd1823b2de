//! Accounts of a test ledger: as they are, as what a program lays out in them, from files; and setting them.

use crate::ledger::TestLedger;
use bytemuck::{bytes_of, pod_read_unaligned};
use sealane_runtime::ledger::{AccountDump, JsonStyle};
use sealane_sdk::guest::codec::encode;
use sealane_sdk::guest::declared::BorshData;
use sealane_sdk::guest::{AccountData, Arguments};
use sealane_sdk::{Account, Address};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

impl TestLedger {
    /// The account at `address`, if there is one.
    ///
    /// # Panics
    /// Never: a store in memory answers.
    #[must_use]
    pub fn account(&self, address: &Address) -> Option<Arc<Account>> {
        self.runtime.account(address).expect("a store in memory answers")
    }

    /// Every account, in address order.
    ///
    /// # Panics
    /// Never: a store in memory can be read through.
    #[must_use]
    pub fn accounts(&self) -> BTreeMap<Address, Arc<Account>> {
        let mut accounts = BTreeMap::new();
        let visited = self.runtime.store().for_each(&mut |address, account| {
            accounts.insert(*address, Arc::clone(account));
        });
        visited.expect("a store in memory can be read through");
        accounts
    }

    /// The lamports at `address`, 0 if there is no account.
    #[must_use]
    pub fn lamports(&self, address: &Address) -> u64 {
        self.account(address).map_or(0, |account| account.lamports)
    }

    /// The data at `address`, nothing if there is no account.
    #[must_use]
    pub fn data(&self, address: &Address) -> Vec<u8> {
        self.account(address).map_or_else(Vec::new, |account| account.data.clone())
    }

    /// The data at `address` as a program's `#[account]` lays it out; of one with a tail, its head.
    ///
    /// # Panics
    /// If there is no account, or it holds something else.
    #[must_use]
    #[track_caller]
    pub fn load<T: AccountData>(&self, address: &Address) -> T {
        let kind = short_name::<T>();
        let account = self.account_of_kind(address, kind, T::DISCRIMINATOR);
        let (size_bytes, data) = (size_of::<T>(), &account.data);
        assert!(
            T::fits(data.len()),
            "{} holds no {kind}: it has {} bytes, a {kind} has {size_bytes}",
            self.names.address_in_full(address),
            data.len()
        );
        pod_read_unaligned(&data[..size_bytes])
    }

    /// The account at `address`, whose data begins with this discriminator.
    #[track_caller]
    fn account_of_kind(&self, address: &Address, kind: &str, discriminator: [u8; 8]) -> Arc<Account> {
        let name = self.names.address_in_full(address);
        let Some(account) = self.account(address) else {
            panic!("{name} is no account, so it holds no {kind}")
        };
        let data = &account.data;
        if !data.starts_with(&discriminator) {
            let owner = self.names.address_in_full(&account.owner);
            let what = match self.names.account_kind(&account.owner, data) {
                Some(other) => format!("it holds a {other}"),
                None if data.is_empty() => "it holds no data".to_owned(),
                None => format!("its data begins with {:?}", &data[..data.len().min(8)]),
            };
            panic!("{name} holds no {kind}: {what}; it belongs to {owner}");
        }
        account
    }

    /// What the account at `address` holds as `#[account(borsh)]` writes it.
    ///
    /// # Panics
    /// If there is no account, or it holds something else.
    #[must_use]
    #[track_caller]
    pub fn load_borsh<T: BorshData>(&self, address: &Address) -> T {
        let account = self.account_of_kind(address, short_name::<T>(), T::DISCRIMINATOR);
        let value = T::decode(&mut Arguments::new(&account.data[T::DISCRIMINATOR.len()..]));
        value.unwrap_or_else(|| panic!("{} holds no {}", self.names.address_in_full(address), T::EXPECTED))
    }

    /// Changes what the account at `address` holds as `#[account(borsh)]` writes it; lamports and owner stay, and so does the size,
    /// unless the new value needs more.
    ///
    /// # Panics
    /// As [`Self::load_borsh`].
    #[track_caller]
    pub fn change_borsh<T: BorshData>(&mut self, address: &Address, change: impl FnOnce(&mut T)) {
        let mut value = self.load_borsh::<T>(address);
        change(&mut value);
        let account = self.account(address).expect("it was there just now");
        let mut data = encode(&T::DISCRIMINATOR, &value);
        data.resize(data.len().max(account.data.len()), 0);
        self.set_account(*address, Account { data, ..Account::clone(&account) });
    }

    /// Puts an account at `address`, whatever was there; with 0 lamports, there is none afterwards.
    ///
    /// ```
    /// use sealane_sdk::{Account, Address};
    ///
    /// let mut ledger = sealane_testing::TestLedger::new();
    /// let address = Address::new_unique();
    /// ledger.set_account(address, Account::system(5_000_000));
    /// assert_eq!(ledger.lamports(&address), 5_000_000);
    /// ```
    pub fn set_account(&mut self, address: Address, account: Account) {
        let account = (account.lamports > 0).then(|| Arc::new(account));
        self.apply([(address, account)]);
    }

    /// Puts a rent-exempt account at `address` that belongs to `owner` and is laid out by the program's `#[account]`: all zero but for
    /// its discriminator and what `fill` sets.
    ///
    /// ```
    /// use sealane_counter::{Counter, ID};
    /// use sealane_sdk::Address;
    ///
    /// let mut ledger = sealane_testing::TestLedger::new();
    /// let address = Address::new_unique();
    /// ledger.set::<Counter>(address, ID, |counter| counter.count = 7);
    /// assert_eq!(ledger.load::<Counter>(&address).count, 7);
    /// ```
    pub fn set<T: AccountData>(&mut self, address: Address, owner: Address, fill: impl FnOnce(&mut T)) {
        let mut value = T::zeroed();
        fill(&mut value);
        let data = bytes_of(&value.with_discriminator()).to_vec();
        self.set_account(address, Account::with_data(owner, data));
    }

    /// Changes what the account at `address` holds; lamports and owner stay.
    ///
    /// # Panics
    /// As [`Self::load`].
    #[track_caller]
    pub fn change<T: AccountData>(&mut self, address: &Address, change: impl FnOnce(&mut T)) {
        let mut value = self.load::<T>(address);
        change(&mut value);
        let account = self.account(address).expect("it was there just now");
        let mut account = Account::clone(&account);
        account.data[..size_of::<T>()].copy_from_slice(bytes_of(&value));
        self.set_account(*address, account);
    }

    /// Takes the account at `address` away.
    pub fn remove_account(&mut self, address: &Address) {
        self.apply([(*address, None)]);
    }

    /// Reads an account dump (`solana account --output json`), or all of a folder whose names end in `.json`; gives the addresses, in
    /// the order of the files' names.
    ///
    /// # Panics
    /// If a file cannot be read, or is none; the text says where.
    #[track_caller]
    pub fn load_dumps(&mut self, path: impl AsRef<Path>) -> Vec<Address> {
        let dumps = AccountDump::read_all(path.as_ref()).unwrap_or_else(|error| panic!("{error}"));
        let addresses = dumps.iter().map(|(_, dump)| dump.address).collect();
        for (_, AccountDump { address, account }) in dumps {
            self.set_account(address, account);
        }
        addresses
    }

    /// The account at `address` as a dump, in JSON, to be kept and loaded again.
    ///
    /// # Panics
    /// If there is no account.
    #[must_use]
    #[track_caller]
    pub fn dump(&self, address: &Address) -> String {
        let Some(account) = self.account(address) else {
            panic!("{} is no account", self.names.address_in_full(address))
        };
        AccountDump { address: *address, account: Account::clone(&account) }.to_json(JsonStyle::Pretty)
    }
}

fn short_name<T>() -> &'static str {
    std::any::type_name::<T>().rsplit("::").next().unwrap_or_default()
}
