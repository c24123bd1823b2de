//! Every program of this repository as WebAssembly, built by this crate's build script from the crates in `programs/`.
//!
//! The bytes are those of a build with the profile `program`; they depend on the sources, `Cargo.lock` and the compiler,
//! and not on the folder they were built in or the profile of the host. [`native`] builds other crates in the same way
//! ([`build_crate`] for their tests), and
//! [`solana`] programs that were written for Solana, when they are asked to.

pub mod cargo;
#[path = "../build/guest.rs"]
mod guest;
pub mod native;
pub mod own;
pub mod solana;
#[path = "../build/target.rs"]
mod target;
#[path = "../build/toolchain.rs"]
pub mod toolchain;

pub use own::build_crate;

/// The compiler that cargo uses for what lies in `folder`.
#[must_use]
pub fn compiler(folder: &std::path::Path) -> std::process::Command {
    target::compiler_command(folder)
}

/// A program as it is deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its folder in `programs/`.
    pub name: &'static str,
    /// The WebAssembly module.
    pub bytes: &'static [u8],
}

/// Declares one constant a program, and the list of them all, in the order of their names: those that every ledger begins with, and
/// those that are only there with the feature `all`.
macro_rules! programs {
    ($($(#[$documentation:meta])* $constant:ident = $folder:literal $(if $feature:literal)?;)*) => {
        $(
            $(#[$documentation])*
            $(#[cfg(feature = $feature)])?
            pub const $constant: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/", $folder, ".wasm"));
        )*

        /// Every program, in the order of their names; without the feature `all`, those that every ledger begins with.
        pub const PROGRAMS: &[Program] = &[
            $($(#[cfg(feature = $feature)])? Program { name: $folder, bytes: $constant }),*
        ];
    };
}

programs! {
    /// The associated token account program; its address is `ids::associated_token` of the sdk.
    ASSOCIATED_TOKEN = "associated-token";
    /// A counter, the example of a declared program: `programs/counter`.
    COUNTER = "counter" if "all";
    /// Pools and order books: `programs/dex`.
    DEX = "dex" if "all";
    /// Goes wrong in every way: `programs/faults`.
    FAULTS = "faults" if "all";
    /// Lending against collateral: `programs/lending`.
    LENDING = "lending" if "all";
    /// The program of the tests: does what an instruction tells it to, allowed or not.
    PROBE = "probe" if "all";
    /// The token program; its address is `ids::token` of the sdk.
    TOKEN = "token";
    /// Replays recorded transactions: `programs/trace`.
    TRACE = "trace" if "all";
    /// A token transfer, declared with the macros: `programs/transfer`.
    TRANSFER = "transfer" if "all";
    /// The same, written by hand: `programs/transfer-by-hand`.
    TRANSFER_BY_HAND = "transfer-by-hand" if "all";
    /// Vaults of tokens, the example of token accounts in a declared program: `programs/vault`.
    VAULT = "vault" if "all";
}
