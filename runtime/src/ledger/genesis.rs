//! What a ledger begins with: its accounts, its programs, its first time.

use crate::execute::builtins;
use sealane_sdk::ids::bpf_loader;
use sealane_sdk::{Account, Address};

/// The beginning of a ledger. [`Genesis::default`] has the built-in programs and nothing else.
#[derive(Clone, Debug)]
pub struct Genesis {
    /// Unix time of the genesis block in seconds.
    pub unix_time: i64,
    /// The accounts. If an address stands twice, the later one counts.
    pub accounts: Vec<(Address, Account)>,
}

impl Default for Genesis {
    fn default() -> Self {
        Self { unix_time: 0, accounts: builtins::genesis_accounts() }
    }
}

impl Genesis {
    /// Adds an account.
    #[must_use]
    pub fn with_account(mut self, address: Address, account: Account) -> Self {
        self.accounts.push((address, account));
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
        let account = Account { executable: true, ..Account::with_data(bpf_loader::ID, module.to_vec()) };
        self.accounts.push((address, account));
    }
}
