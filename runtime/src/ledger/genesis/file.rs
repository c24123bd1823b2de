//! A genesis as a TOML file. Paths in it are relative to the folder that the file stands in.
//!
//! ```toml
//! unix_time = 1_700_000_000               # of the genesis block, in seconds; left out: 0
//! dumps = ["accounts", "usdc-mint.json"]  # files, or folders of them, that `solana account --output json` wrote
//!
//! [rules]                                 # what all nodes must share; fixed for as long as the ledger lives
//! fee_collector = "Co11ectorAddress…"     # who gets the fees; left out: they are burned
//! blockhash_age_blocks = 150              # how long a transaction stays good; left out: 150
//!
//! [[programs]]
//! address = "Program1Address…"
//! module = "program.wasm"                 # a WebAssembly module; it is checked as at a deployment
//! upgrade_authority = "AuthorityAddress…" # who may upgrade it; left out: nobody, ever
//! capacity_bytes = 400_000                # the largest module it can be upgraded to; left out: twice the module's size
//!
//! [[accounts]]
//! address = "UserAddress…"
//! lamports = 1_000_000_000                # left out: just rent-exempt
//! owner = "OwnerAddress…"                 # left out: the system program
//! data = { base64 = "AQID" }              # or base58, hex, or { file = "state.bin" }; left out: none
//! executable = false                      # left out: false
//! ```

use super::Genesis;
use crate::execute::builtins::deployed;
use crate::file_error::{self, FileError};
use crate::ingest::is_reserved;
use crate::ledger::dump::AccountDump;
use crate::ledger::text::{AddressText, Encoding, check_size, decode_data};
use sealane_sdk::ids::system_program;
use sealane_sdk::limits::{MAX_MODULE_SIZE_BYTES, rent_exempt_minimum_lamports};
use sealane_sdk::{Account, Address};
use sealane_vm::validate::{explain, validate};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GenesisFile {
    unix_time: Option<i64>,
    #[serde(default)]
    dumps: Vec<Spanned<PathBuf>>,
    #[serde(default)]
    rules: RulesFile,
    #[serde(default)]
    programs: Vec<ProgramFile>,
    #[serde(default)]
    accounts: Vec<AccountFile>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesFile {
    fee_collector: Option<AddressText>,
    blockhash_age_blocks: Option<Spanned<u32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProgramFile {
    address: Spanned<AddressText>,
    module: Spanned<PathBuf>,
    upgrade_authority: Option<AddressText>,
    capacity_bytes: Option<Spanned<usize>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountFile {
    address: Spanned<AddressText>,
    lamports: Option<Spanned<u64>>,
    owner: Option<AddressText>,
    data: Option<Spanned<DataFile>>,
    #[serde(default)]
    executable: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum DataFile {
    Base64(String),
    Base58(String),
    Hex(String),
    File(PathBuf),
}

impl Genesis {
    /// Reads a TOML file (this module's documentation has an example); what it says is added to `base`, or comes instead of what
    /// that has at the same address. The default genesis as a base gives the built-in programs; [`Genesis::with_token_programs`] adds what most ledgers have beside.
    ///
    /// # Errors
    /// [`FileError`]: which file cannot be read, or where it is wrong and how to mend it.
    pub fn read(path: &Path, base: Self) -> Result<Self, FileError> {
        Self::parse(path, &file_error::read(path, "genesis")?, base)
    }

    /// As [`Self::read`], from bytes; `name` is what errors call the file, and other files are looked for beside it.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(name: &Path, bytes: &[u8], base: Self) -> Result<Self, FileError> {
        let file: GenesisFile = file_error::parse_toml(name, bytes)?;
        let mut builder = Builder { name, bytes, genesis: base, places: BTreeMap::new(), lamports: 0 };
        builder.genesis.unix_time = file.unix_time.unwrap_or(builder.genesis.unix_time);
        builder.rules(&file.rules)?;
        for program in file.programs {
            builder.program(&program)?;
        }
        for account in file.accounts {
            builder.account(&account)?;
        }
        for dumps in file.dumps {
            builder.dumps(&dumps)?;
        }
        Ok(builder.genesis)
    }
}

/// A genesis under construction.
struct Builder<'f> {
    name: &'f Path,
    bytes: &'f [u8],
    genesis: Genesis,
    /// Where in the file an account came from.
    places: BTreeMap<Address, usize>,
    lamports: u64,
}

impl Builder<'_> {
    fn rules(&mut self, rules: &RulesFile) -> Result<(), FileError> {
        if let Some(AddressText(collector)) = rules.fee_collector {
            self.genesis.rules.fee_collector = Some(collector);
        }
        if let Some(age_blocks) = &rules.blockhash_age_blocks {
            if *age_blocks.get_ref() == 0 {
                let reason = "a blockhash that is good for 0 blocks lets no transaction run: give 1 or more";
                return Err(self.wrong(age_blocks.span().start, reason));
            }
            self.genesis.rules.blockhash_age_blocks = *age_blocks.get_ref() as usize;
        }
        Ok(())
    }

    fn program(&mut self, program: &ProgramFile) -> Result<(), FileError> {
        let ProgramFile { address, module, upgrade_authority, capacity_bytes } = program;
        let bytes = self.file(module.get_ref(), "program")?;
        let place = module.span().start;
        if let Err(error) = validate(&bytes) {
            let path = module.get_ref().display();
            let detail = explain(&bytes).map(|detail| format!(" ({detail})")).unwrap_or_default();
            return Err(self.wrong(place, format!("{path} cannot be a program: {error}{detail}")));
        }
        let AddressText(address_value) = *address.get_ref();
        let Some(AddressText(authority)) = *upgrade_authority else {
            if let Some(capacity) = capacity_bytes {
                let reason = "a program that nobody can upgrade needs no capacity: leave `capacity_bytes` out, \
                              or give an `upgrade_authority`";
                return Err(self.wrong(capacity.span().start, reason));
            }
            let account = super::immutable(&bytes);
            return self.add(address_value, account, address.span().start, None);
        };
        let capacity = match capacity_bytes {
            None => bytes.len().saturating_mul(2).min(MAX_MODULE_SIZE_BYTES),
            Some(capacity) if (bytes.len()..=MAX_MODULE_SIZE_BYTES).contains(capacity.get_ref()) => {
                *capacity.get_ref()
            }
            Some(capacity) => {
                let size_bytes = bytes.len();
                let reason = format!(
                    "the capacity is at least the module's {size_bytes} bytes and at most {MAX_MODULE_SIZE_BYTES}"
                );
                return Err(self.wrong(capacity.span().start, reason));
            }
        };
        for (own, account) in deployed(address_value, &bytes, Some(authority), capacity) {
            self.add(own, account, address.span().start, None)?;
        }
        Ok(())
    }

    fn account(&mut self, account: &AccountFile) -> Result<(), FileError> {
        let data = match &account.data {
            None => Vec::new(),
            Some(data) => self.data(data)?,
        };
        let lamports = match &account.lamports {
            None => rent_exempt_minimum_lamports(data.len()),
            Some(lamports) if *lamports.get_ref() == 0 => {
                let reason = "an account without lamports does not exist: leave `lamports` out, and it is just rent-exempt";
                return Err(self.wrong(lamports.span().start, reason));
            }
            Some(lamports) => *lamports.get_ref(),
        };
        let owner = account.owner.map_or(system_program::ID, |AddressText(owner)| owner);
        let value = Account { lamports, owner, executable: account.executable, data };
        self.add(account.address.get_ref().0, value, account.address.span().start, None)
    }

    fn data(&self, data: &Spanned<DataFile>) -> Result<Vec<u8>, FileError> {
        let decoded = match data.get_ref() {
            DataFile::Base64(text) => decode_data(text, Encoding::Base64),
            DataFile::Base58(text) => decode_data(text, Encoding::Base58),
            DataFile::Hex(text) => decode_data(text, Encoding::Hex),
            DataFile::File(path) => {
                let data = self.file(path, "account data")?;
                check_size(data.len()).map(|()| data)
            }
        };
        decoded.map_err(|reason| self.wrong(data.span().start, reason))
    }

    fn dumps(&mut self, dumps: &Spanned<PathBuf>) -> Result<(), FileError> {
        let place = dumps.span().start;
        let path = self.beside(dumps.get_ref());
        let read = AccountDump::read_all(&path)?;
        if read.is_empty() {
            let reason = format!("the folder {} holds no file whose name ends in `.json`", path.display());
            return Err(self.wrong(place, reason));
        }
        for (path, AccountDump { address, account }) in read {
            if account.lamports == 0 {
                let reason = format!("{}: an account without lamports does not exist", path.display());
                return Err(self.wrong(place, reason));
            }
            self.add(address, account, place, Some(&path))?;
        }
        Ok(())
    }

    /// Adds an account that was named at a place of the file; `dump` is the file that it came from, if it is another.
    fn add(
        &mut self,
        address: Address,
        account: Account,
        place: usize,
        dump: Option<&Path>,
    ) -> Result<(), FileError> {
        let of = dump.map(|path| format!("{}: ", path.display())).unwrap_or_default();
        if is_reserved(&address) {
            let reason = format!("{of}account {address} is kept by the ledger itself: leave it out");
            return Err(self.wrong(place, reason));
        }
        if let Some(before) = self.places.insert(address, place) {
            let (line, column) = file_error::line_and_column(self.bytes, before);
            let reason = format!("{of}account {address} stands twice, the first time at {line}:{column}");
            return Err(self.wrong(place, reason));
        }
        self.lamports = self.lamports.checked_add(account.lamports).ok_or_else(|| {
            self.wrong(
                place,
                format!("{of}with account {address} there are more than {} lamports in all", u64::MAX),
            )
        })?;
        self.genesis.accounts.push((address, account));
        Ok(())
    }

    fn beside(&self, path: &Path) -> PathBuf {
        self.name.parent().unwrap_or(Path::new("")).join(path)
    }

    fn file(&self, path: &Path, kind: &'static str) -> Result<Vec<u8>, FileError> {
        file_error::read(&self.beside(path), kind)
    }

    fn wrong(&self, offset_bytes: usize, reason: impl Into<String>) -> FileError {
        FileError::at(self.name, self.bytes, offset_bytes, reason.into())
    }
}
