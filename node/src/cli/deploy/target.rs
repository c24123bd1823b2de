//! What shall become of the module: a new program, or a new version of one.

use super::module::{Declared, Module};
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

/// The file in a project's folder that holds the key of its program's address.
pub(in crate::cli) const PROJECT_KEYPAIR_FILE: &str = "program-keypair.json";

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
        module: &Module,
        program: Option<&str>,
        wishes: Wishes,
    ) -> anyhow::Result<Self> {
        let place = match (program, module.declared()) {
            (Some(place), _) => place.to_owned(),
            (None, Some(declared)) => declared_place(desk, file, declared)?,
            (None, None) => own_keypair(desk, file, wishes.presence)?,
        };
        let address = read_address(&place)?;
        if let Some(declared) = module.declared().filter(|declared| declared.address != address) {
            desk.tell(format_args!(
                "Warning: this is {address}, and the module says that {} is at {}: clients that are made of its description call \
                 the latter. If that is not what you want, change declare_id! and build again.",
                declared.name, declared.address
            ));
        }
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

/// Where the key of a declared program is: beside the module, or in the project's folder, where `sealane new` puts it. The address
/// itself, if there is no key: that is enough to upgrade what is there.
fn declared_place(desk: &Desk, file: &Path, declared: &Declared) -> anyhow::Result<String> {
    let Declared { name, address } = declared;
    let file = file.canonicalize().with_context(|| format!("cannot find {}", file.display()))?;
    // A module lies in PROJECT/target/sealane.
    let folders = file.ancestors().skip(1).take(3);
    let places = std::iter::once(beside(&file, "keypair")?)
        .chain(folders.map(|folder| folder.join(PROJECT_KEYPAIR_FILE)));
    for place in places.filter(|place| place.is_file()) {
        let place = place.display().to_string();
        if read_address(&place).is_ok_and(|found| found == *address) {
            desk.tell(format_args!("{name} is declared at {address}, whose key is {place}"));
            return Ok(place);
        }
    }
    ensure!(
        desk.client.account(address)?.is_some(),
        "{name} is declared at {address}, and the key of that address is neither beside the module nor in {PROJECT_KEYPAIR_FILE}: name \
         it by --program-id; or write the address of a key you have into declare_id! (`sealane keygen pubkey FILE` prints it) and \
         build again"
    );
    Ok(address.to_string())
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
