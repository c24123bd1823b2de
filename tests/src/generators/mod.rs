//! Random worlds and random blocks, made from a seed: the same seed gives the same bytes on every machine.
//!
//! A [`World`] is what a ledger begins with; a [`BlockGenerator`] makes transactions for its next block, good and bad
//! ones of every kind, as it looks at the ledger's state. How much they get in each other's way is a [`Contention`].

mod contention;
mod world;

mod block;

mod hostile;
mod loader;
mod nonce;
mod probe;
mod scripts;
mod system;
mod token;
mod versions;

pub use block::{BlockGenerator, Draft, KINDS, Kind, Maker};
pub use contention::Contention;
pub use versions::Versions;
pub use world::{Holding, Vault, World, mint_account, nonce_data, token_account};
