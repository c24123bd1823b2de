//! What the loader's accounts say of themselves.

use anyhow::{Context, bail};
use sealane_runtime::execute::builtins::module_of;
use sealane_sdk::ids::bpf_loader_upgradeable;
use sealane_sdk::{Account, Address};
use solana_loader_v3_interface::get_program_data_address;
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;

use crate::client::Client;

/// An account of the loader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum LoaderAccount {
    /// Where a module is gathered.
    Buffer {
        /// Who may write to it and close it.
        authority: Option<Address>,
    },
    /// What is called; its module is elsewhere.
    Program {
        /// Where.
        data_address: Address,
    },
    /// A program's module.
    ProgramData {
        /// The block in which it last changed.
        slot: u64,
        /// Who may upgrade and close it.
        authority: Option<Address>,
    },
}

impl LoaderAccount {
    /// What an account is; `None` if it is none of the loader's, or not in use.
    pub(in crate::cli) fn of(account: &Account) -> Option<Self> {
        if account.owner != bpf_loader_upgradeable::ID {
            return None;
        }
        let decoded = bincode::serde::decode_from_slice(&account.data, bincode::config::legacy());
        match decoded.ok()?.0 {
            State::Uninitialized => None,
            State::Buffer { authority_address } => Some(Self::Buffer { authority: authority_address }),
            State::Program { programdata_address } => {
                Some(Self::Program { data_address: programdata_address })
            }
            State::ProgramData { slot, upgrade_authority_address } => {
                Some(Self::ProgramData { slot, authority: upgrade_authority_address })
            }
        }
    }

    /// Room for a module in a program's data account of so many bytes.
    pub(in crate::cli) fn module_size(data_size_bytes: usize) -> usize {
        data_size_bytes.saturating_sub(State::size_of_programdata_metadata())
    }

    /// Where the module stands in the account's data.
    const fn module_offset(self) -> usize {
        match self {
            Self::Buffer { .. } => State::size_of_buffer_metadata(),
            Self::ProgramData { .. } => State::size_of_programdata_metadata(),
            Self::Program { .. } => State::size_of_program(),
        }
    }

    /// The module in the account's data, without the zeros behind it.
    pub(in crate::cli) fn module(self, account: &Account) -> &[u8] {
        module_of(account.data.get(self.module_offset()..).unwrap_or_default())
    }
}

/// A program or a buffer, as it was found.
#[derive(Debug)]
pub(super) struct Found {
    /// The address asked for.
    pub(super) address: Address,
    /// The account that holds the module: a program's data account, or a buffer.
    pub(super) holder: Address,
    /// It.
    pub(super) account: Account,
    /// What it says.
    pub(super) state: LoaderAccount,
}

impl Found {
    /// Looks for a program or a buffer.
    ///
    /// # Errors
    /// If there is none.
    pub(super) fn at(client: &Client, address: Address) -> anyhow::Result<Self> {
        let account = client
            .account(&address)?
            .with_context(|| format!("there is no account {address} at {}", client.url()))?;
        match LoaderAccount::of(&account) {
            None => bail!(
                "{address} is neither a program that can be upgraded nor a buffer: its owner is {}",
                account.owner
            ),
            Some(LoaderAccount::Program { .. }) => {
                let holder = get_program_data_address(&address);
                let data_account = client.account(&holder)?;
                let found = data_account.and_then(|account| Some((LoaderAccount::of(&account)?, account)));
                let (state, account) = found.with_context(|| format!("program {address} was closed"))?;
                Ok(Self { address, holder, account, state })
            }
            Some(state) => Ok(Self { address, holder: address, account, state }),
        }
    }

    /// Who may change it.
    pub(super) const fn authority(&self) -> Option<Address> {
        match self.state {
            LoaderAccount::Buffer { authority } | LoaderAccount::ProgramData { authority, .. } => authority,
            LoaderAccount::Program { .. } => None,
        }
    }

    /// Whether it is a program, and not a buffer.
    pub(super) const fn is_program(&self) -> bool {
        matches!(self.state, LoaderAccount::ProgramData { .. })
    }
}
