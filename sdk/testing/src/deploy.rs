//! Programs of a test ledger: from bytes, from files, and from the crate that is tested.

use crate::ledger::TestLedger;
use sealane_runtime::execute::builtins::deployed;
use sealane_sdk::ids::bpf_loader;
use sealane_sdk::{Account, Address};
use sealane_vm::validate::{describe, validate};
use std::path::Path;
use std::sync::Arc;

/// Builds the crate that this stands in and deploys it, with its names for output: `deploy_crate!(ledger, my_program)`.
///
/// `my_program` is the crate, or the module in it that has `ID` and `idl()`: what `declare_id!` and `#[program]` make. For a program
/// without a description: `deploy_crate!(ledger, at = address)`. Where the module has the name of its crate, and a test imports all
/// (`use ::my_program::*;`), the crate is `::my_program`.
#[macro_export]
macro_rules! deploy_crate {
    ($ledger:expr, at = $address:expr $(,)?) => {
        $ledger.deploy(
            &$address,
            &$crate::build::crate_module(env!("CARGO_MANIFEST_DIR"), env!("CARGO_PKG_NAME")),
        )
    };
    ($ledger:expr, ::$($program:ident)::+ $(,)?) => {{
        $crate::deploy_crate!($ledger, at = ::$($program)::+::ID);
        $ledger.describe(&::$($program)::+::ID, &::$($program)::+::idl());
    }};
    ($ledger:expr, $($program:ident)::+ $(,)?) => {{
        $crate::deploy_crate!($ledger, at = $($program)::+::ID);
        $ledger.describe(&$($program)::+::ID, &$($program)::+::idl());
    }};
}

impl TestLedger {
    /// Puts a program at `program` that nobody can change. It can be called at once; what is there already is replaced.
    ///
    /// # Panics
    /// If the module could not be deployed on a node either; the text says why.
    #[track_caller]
    pub fn deploy(&mut self, program: &Address, module: &[u8]) {
        self.check_module(program, module);
        let account = Account::with_data(bpf_loader::ID, module.to_vec());
        self.set_account(*program, Account { executable: true, ..account });
    }

    /// Puts a program at `program` that `authority` can upgrade through the loader, to modules of up to twice its size.
    ///
    /// # Panics
    /// As [`Self::deploy`].
    #[track_caller]
    pub fn deploy_upgradeable(&mut self, program: &Address, module: &[u8], authority: &Address) {
        self.check_module(program, module);
        let accounts = deployed(*program, module, Some(*authority), 2 * module.len());
        self.apply(accounts.map(|(address, account)| (address, Some(Arc::new(account)))));
    }

    /// As [`Self::deploy`], from a file.
    ///
    /// # Panics
    /// If the file cannot be read; else as [`Self::deploy`].
    #[track_caller]
    pub fn deploy_file(&mut self, program: &Address, file: impl AsRef<Path>) {
        let file = file.as_ref();
        let module =
            std::fs::read(file).unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()));
        self.deploy(program, &module);
    }

    #[track_caller]
    fn check_module(&self, program: &Address, module: &[u8]) {
        if let Err(error) = validate(module) {
            panic!(
                "{} cannot be deployed: {}",
                self.names.address_in_full(program),
                describe(module, &error)
            );
        }
    }
}
