//! Replays a recorded transaction: touches the accounts it touched, and spends as many units as it did.
//!
//! Every account the program is handed is one of its own and holds a [`Footprint`]. The program mixes the footprints of
//! all accounts and the instruction into one digest, and leaves it in every account it may write: what a block
//! leaves depends on every access in it, and on their order wherever two of them conflict. Then it spends what is
//! missing of the recorded cost.
//!
//! The instruction's data is a [`Replay`]. Clients use `builders` (feature `host`).
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(feature = "host")]
extern crate alloc;

mod footprint;
mod replay;

mod spend;

#[cfg(feature = "host")]
pub mod builders;

pub use footprint::Footprint;
pub use replay::Replay;
pub use spend::{MAX_UNSPENT_UNITS, TOUCHING_UNITS};

use sealane_sdk::guest::{AccountView, sysvar};
use sealane_sdk::{Address, ProgramError, ProgramResult};

sealane_sdk::entrypoint!(process);

/// Carries out one instruction. Accounts: any number; those that are writable are written, the others read.
///
/// # Errors
/// [`ProgramError::InvalidInstructionData`] for data that is no [`Replay`],
/// [`ProgramError::InvalidAccountOwner`] for an account of another program,
/// [`ProgramError::InvalidAccountData`] for one that does not have the size of a [`Footprint`].
pub fn process(program_id: &Address, accounts: &[AccountView], data: &[u8]) -> ProgramResult {
    let replay = Replay::decode(data)?;
    touch(program_id, accounts, &replay)?;
    spend::spend(replay.limit_units, replay.cost_units, sysvar::remaining_units);
    Ok(())
}

/// Reads every account, and writes what came of it to those that may be written.
fn touch(program_id: &Address, accounts: &[AccountView], replay: &Replay) -> ProgramResult {
    let mut digest = footprint::mix(replay.number, u64::from(replay.cost_units));
    for account in accounts {
        if !account.is_owned_by(program_id) {
            return Err(ProgramError::InvalidAccountOwner);
        }
        let found = account.load::<Footprint>()?;
        digest = footprint::mix(footprint::mix(digest, found.digest), found.write_count);
    }
    for account in accounts.iter().filter(|account| account.is_writable()) {
        let mut left = account.load_mut::<Footprint>()?;
        left.write_count = left.write_count.wrapping_add(1);
        left.digest = footprint::mix(digest, left.digest);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
