//! The account in which the module is gathered, and the file with its key.

use super::module::Module;
use super::{Desk, beside};
use crate::cli::program::state::LoaderAccount;
use crate::cli::settings::{Overwrite, read_keypair, sol, write_keypair_file};
use anyhow::{bail, ensure};
use sealane_sdk::{Account, Address};
use solana_keypair::Keypair;
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;
use solana_signer::Signer;
use std::path::{Path, PathBuf};

/// A buffer, there already or not.
#[derive(Debug)]
pub(super) struct Buffer {
    pub(super) keypair: Keypair,
    account: Option<Account>,
    place: Place,
}

/// Where its key is.
#[derive(Debug)]
enum Place {
    /// In a file that was made here, and is removed once the buffer is used up.
    Own(PathBuf),
    /// Where the command line says.
    Named(String),
}

impl Buffer {
    /// Finds the buffer that holds, or is to hold, the module; its key is safe in a file behind that.
    ///
    /// # Errors
    /// If what is there cannot take the module.
    pub(super) fn find(
        desk: &Desk,
        file: &Path,
        named: Option<&str>,
        module: &Module,
    ) -> anyhow::Result<Self> {
        let (keypair, place) = match named {
            Some(place) => (read_keypair(place)?, Place::Named(place.to_owned())),
            None => own_keypair(&beside(file, "buffer")?)?,
        };
        let account = desk.client.account(&keypair.pubkey())?;
        let buffer = Self { keypair, account, place };
        if let Some(account) = &buffer.account {
            buffer.check(desk, account, module)?;
        }
        Ok(buffer)
    }

    fn check(&self, desk: &Desk, account: &Account, module: &Module) -> anyhow::Result<()> {
        let address = self.address();
        let Some(LoaderAccount::Buffer { authority }) = LoaderAccount::of(account) else {
            bail!(
                "{address} ({}) is there already, and is no buffer: name another keypair by --buffer",
                self.place()
            );
        };
        let own = desk.authority.pubkey();
        ensure!(
            authority == Some(own),
            "buffer {address} belongs to {}, and this is {own}: give its keypair by --upgrade-authority",
            authority.map_or_else(|| "nobody".to_owned(), |authority| authority.to_string())
        );
        let room = account.data.len().saturating_sub(State::size_of_buffer_metadata());
        ensure!(
            room >= module.bytes().len(),
            "buffer {address} has room for {room} bytes, and the module has {}: it was begun with another one; `sealane program \
             close {address}` gives its {} back, then deploy again",
            module.bytes().len(),
            sol(account.lamports)
        );
        Ok(())
    }

    pub(super) fn address(&self) -> Address {
        self.keypair.pubkey()
    }

    /// What it holds by now; nothing if it is not there.
    pub(super) fn held(&self) -> Option<&[u8]> {
        self.account.as_ref()?.data.get(State::size_of_buffer_metadata()..)
    }

    /// What it costs already.
    pub(super) fn lamports(&self) -> u64 {
        self.account.as_ref().map_or(0, |account| account.lamports)
    }

    /// How to go on after an interruption, or get back what was spent.
    pub(super) fn way_on(&self, lamports: u64) -> String {
        let address = self.address();
        let again = match &self.place {
            Place::Own(path) => {
                format!(
                    "run the same command again (the buffer's key is in {0}; elsewhere add --buffer {0})",
                    path.display()
                )
            }
            Place::Named(place) => format!("run the same command again, with --buffer {place}"),
        };
        format!(
            "Buffer {address} holds what is uploaded. To go on after an interruption, {again}. To have its {} back instead, run \
             `sealane program close {address}`.",
            sol(lamports)
        )
    }

    /// Removes the file with its key, if it was made here: the account is gone.
    pub(super) fn forget(&self) {
        if let Place::Own(path) = &self.place {
            // That it stays does no harm: the next run makes a new buffer with the same key.
            drop(std::fs::remove_file(path));
        }
    }

    fn place(&self) -> String {
        match &self.place {
            Place::Own(path) => path.display().to_string(),
            Place::Named(place) => place.clone(),
        }
    }
}

fn own_keypair(path: &Path) -> anyhow::Result<(Keypair, Place)> {
    let keypair = if path.exists() {
        read_keypair(&path.display().to_string())?
    } else {
        let keypair = Keypair::new();
        write_keypair_file(&keypair, path, Overwrite::Refuse)?;
        keypair
    };
    Ok((keypair, Place::Own(path.to_owned())))
}
