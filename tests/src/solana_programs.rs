//! Programs that others wrote for Solana, built unmodified from `tests/solana_programs/` when a test first asks for one.

use crate::programs::TWIN;
use sealane_artifacts::solana::known;
use sealane_runtime::ledger::Genesis;
use sealane_sdk::{Address, ids};

/// Declares a function for each program of [`known`].
macro_rules! programs {
    ($($name:ident)*) => {$(
        /// The module of [`known`] with this name.
        ///
        /// # Panics
        /// If it cannot be built; cargo has said why by then.
        #[must_use]
        pub fn $name() -> &'static [u8] {
            known::$name().unwrap_or_else(|error| panic!("{error}"))
        }
    )*};
}

programs! {
    token associated_token token_2022 memo record stake stake_pool stake_withdraw token_swap token_lending governance
    anchor_counter anchor_vault pinocchio_escrow pinocchio_vault script_twin
}

/// Puts SPL's own programs where ours are.
pub fn replace_ours(genesis: &mut Genesis) {
    replace(genesis, &[(ids::token::ID, token()), (ids::associated_token::ID, associated_token())]);
}

/// Puts the program that runs scripts by Solana's ABI where the probe's native twin is.
pub fn replace_twin(genesis: &mut Genesis) {
    replace(genesis, &[(TWIN, script_twin())]);
}

fn replace(genesis: &mut Genesis, theirs: &[(Address, &[u8])]) {
    genesis.accounts.retain(|(address, _)| theirs.iter().all(|(program, _)| program != address));
    for (address, module) in theirs {
        genesis.add_program(*address, module);
    }
}
