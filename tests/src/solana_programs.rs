//! Programs that others wrote for Solana, built unmodified from `tests/solana_programs/` when a test first asks for one.

use sealane_artifacts::solana;
use sealane_runtime::ledger::Genesis;
use sealane_sdk::ids;
use std::path::Path;
use std::sync::OnceLock;

/// Declares a function for each program: its module, built once a process.
macro_rules! programs {
    ($($(#[$documentation:meta])* $name:ident = $package:literal;)*) => {$(
        $(#[$documentation])*
        ///
        /// # Panics
        /// If it cannot be built; cargo has said why by then.
        #[must_use]
        pub fn $name() -> &'static [u8] {
            static MODULE: OnceLock<Vec<u8>> = OnceLock::new();
            MODULE.get_or_init(|| build($package))
        }
    )*};
}

programs! {
    /// SPL Token 9.
    token = "solana-program-token";
    /// A counter written with Anchor: `tests/solana_programs/anchor-counter`.
    anchor_counter = "solana-program-anchor-counter";
    /// A vault written with pinocchio: `tests/solana_programs/pinocchio-vault`.
    pinocchio_vault = "solana-program-pinocchio-vault";
    /// SPL Associated Token Account 8.
    associated_token = "solana-program-associated-token";
}

/// Puts SPL's own programs where ours are.
pub fn replace_ours(genesis: &mut Genesis) {
    let theirs = [(ids::token::ID, token()), (ids::associated_token::ID, associated_token())];
    genesis.accounts.retain(|(address, _)| theirs.iter().all(|(program, _)| program != address));
    for (address, module) in theirs {
        genesis.add_program(address, module);
    }
}

fn build(package: &str) -> Vec<u8> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("solana_programs");
    solana::build(&workspace, package).unwrap_or_else(|error| panic!("{error}"))
}
