//! Addresses that every ledger knows: built-in programs, sysvars, and the programs of the default genesis.

pub use solana_sdk_ids::{
    bpf_loader, bpf_loader_upgradeable, compute_budget, incinerator, system_program,
    sysvar::{clock, instructions, recent_blockhashes, rent, slot_hashes},
};

/// The native loader: owner of the built-in programs.
pub use solana_sdk_ids::native_loader;
/// The sysvar owner: owner of every sysvar account.
pub use solana_sdk_ids::sysvar;

/// SPL Token.
pub mod token {
    crate::declare_id!("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
}

/// SPL Associated Token Account.
pub mod associated_token {
    crate::declare_id!("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
}
