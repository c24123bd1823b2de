//! The programs of `tests/solana_programs/`, each built once a process, when it is first asked for. They need the sources of
//! this repository, and the package registry.

use super::build;
use std::path::Path;
use std::sync::OnceLock;

/// Declares a function for each program.
macro_rules! programs {
    ($($(#[$documentation:meta])* $name:ident = $folder:literal;)*) => {$(
        $(#[$documentation])*
        ///
        /// # Errors
        /// One sentence, if it cannot be built; cargo has said why by then.
        pub fn $name() -> Result<&'static [u8], String> {
            static MODULE: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();
            let built = MODULE.get_or_init(|| {
                let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/solana_programs");
                build(&root.join($folder))
            });
            built.as_ref().map(Vec::as_slice).map_err(Clone::clone)
        }
    )*};
}

programs! {
    /// SPL Token 9.
    token = "token";
    /// SPL Associated Token Account 8.
    associated_token = "associated-token";
    /// SPL Token-2022 12, with pinocchio's entrypoint.
    token_2022 = "token-2022";
    /// SPL Memo 7.
    memo = "memo";
    /// SPL Record 0.4.
    record = "record";
    /// Solana's stake program 5.1.
    stake = "stake";
    /// SPL Stake Pool 2.2.
    stake_pool = "stake-pool";
    /// What stands where Solana's stake program is, for a pool's reserve.
    stake_withdraw = "stake-withdraw";
    /// SPL Token Swap 3.
    token_swap = "solana-1.18/token-swap";
    /// SPL Token Lending 0.2.
    token_lending = "solana-1.18/token-lending";
    /// SPL Governance 4.
    governance = "solana-1.18/governance";
    /// A counter written with Anchor.
    anchor_counter = "anchor-counter";
    /// A vault of tokens written with Anchor and its library of SPL's programs.
    anchor_vault = "anchor-vault";
    /// An escrow written with pinocchio 0.9, whose library is only a `cdylib`.
    pinocchio_escrow = "pinocchio-escrow";
    /// A vault written with pinocchio.
    pinocchio_vault = "pinocchio-vault";
    /// A twin of the native probe, which runs the scripts of random tests.
    script_twin = "script-twin";
}
