//! What shall become of the module: a new program, or a new version of one.

use super::{Desk, Presence, Wishes, beside};
use crate::cli::program::state::LoaderAccount;
use crate::cli::settings::{Overwrite, read_address, read_keypair, write_keypair_file};
use anyhow::{Context, bail, ensure};
use sealane_sdk::Address;
use sealane_sdk::ids::bpf_loader_upgradeable;
use solana_keypair::Keypair;
use solana_loader_v3_interface::get_program_data_address;
use solana_signer::Signer;
use std::path::Path;

/// Where the module goes.
#[derive(Debug)]
pub(super) enum Target {
    /// A program that is not there yet.
    New(Keypair),
    /// A program that is there.
    Present {
        /// It.
        program: Address,
        /// Room for a module in its data account, in bytes.
        capacity: usize,
    },
}

impl Target {
    /// Looks at the ledger.
    ///
    /// # Errors
    /// If there can be no such program.
    pub(super) fn find(
        desk: &Desk,
        file: &Path,
        program: Option<&str>,
        wishes: Wishes,
    ) -> anyhow::Result<Self> {
        let place = match program {
            Some(place) => place.to_owned(),
            None => own_keypair(desk, file, wishes.presence)?,
        };
        let address = read_address(&place)?;
        let Some(account) = desk.client.account(&address)? else {
            ensure!(
                wishes.presence == Presence::Any,
                "there is no program {address}: `sealane deploy` makes one"
            );
            let keypair = read_keypair(&place)
                .with_context(|| format!("there is no program {address}, and a new one needs its keypair"))?;
            return Ok(Self::New(keypair));
        };
        ensure!(
            account.owner == bpf_loader_upgradeable::ID,
            "{address} is an account of {}, not a program: name another keypair by --program-id",
            account.owner
        );
        let Some(LoaderAccount::Program { .. }) = LoaderAccount::of(&account) else {
            bail!(
                "{address} is no program but another account of the loader: `sealane program show {address}`"
            );
        };
        Self::present(desk, address)
    }

    fn present(desk: &Desk, program: Address) -> anyhow::Result<Self> {
        let data_account = desk.client.account(&get_program_data_address(&program))?;
        let Some((LoaderAccount::ProgramData { authority, .. }, size_bytes)) =
            data_account.and_then(|account| Some((LoaderAccount::of(&account)?, account.data.len())))
        else {
            bail!(
                "program {program} was closed, and its address is lost: name another keypair by --program-id"
            );
        };
        let own = desk.authority.pubkey();
        match authority {
            None => bail!("program {program} is final: nobody can upgrade it; deploy it to another address"),
            Some(authority) => ensure!(
                authority == own,
                "only {authority} may upgrade program {program}, and this is {own}: give its keypair by --upgrade-authority"
            ),
        }
        Ok(Self::Present { program, capacity: LoaderAccount::module_size(size_bytes) })
    }

    /// The program.
    pub(super) fn address(&self) -> Address {
        match self {
            Self::New(keypair) => keypair.pubkey(),
            Self::Present { program, .. } => *program,
        }
    }
}

/// The keypair beside the module; made if there is none.
fn own_keypair(desk: &Desk, file: &Path, presence: Presence) -> anyhow::Result<String> {
    let path = beside(file, "keypair")?;
    if !path.exists() && presence == Presence::Any {
        write_keypair_file(&Keypair::new(), &path, Overwrite::Refuse)?;
        desk.tell(format_args!("Wrote the program's new keypair to {}", path.display()));
    }
    Ok(path.display().to_string())
}
