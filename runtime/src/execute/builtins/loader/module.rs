//! Where a program's module is, where it ends, and whether it is one.
//!
//! **Where it ends.** A data account is as long as the largest module it shall ever hold, so zeros follow the module,
//! and a module may itself end in zeros (a data segment's, say): cutting trailing zeros would be wrong. But a module is
//! a row of sections, each with its id and size in front, so its end is found by walking over them: the module ends at
//! the first border between sections behind which there are only zeros. That is sound: read as a section, a row of
//! zeros is a custom section (id 0) of size 0, or one that breaks off before its size, and both are malformed, since a
//! custom section holds at least the length byte of its name. So no module goes on there, and a valid module followed
//! by zeros is told apart from them in exactly one way.

use super::state::{PROGRAM_DATA_METADATA_SIZE_BYTES, parse};
use crate::execute::builtins::call::fail;
use sealane_sdk::ids::{bpf_loader, bpf_loader_upgradeable};
use sealane_sdk::{Account, Address, ProgramError};
use sealane_vm::validate::{describe, validate};
use sealane_vm::{CallError, Context};
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;

/// Size of a module's magic number and version in bytes.
const PREAMBLE_SIZE_BYTES: usize = 8;
/// Most bytes of a section's size (a u32 in LEB128).
const MAX_SIZE_SIZE_BYTES: usize = 5;

/// The module of an executable account: its own data if the loader of immutable programs owns it; what stands in its
/// data account, to be handed over as `data_account`, if the upgradeable loader does. `None` if there is none: the
/// program was closed, or the account is no program.
#[must_use]
pub fn program_bytes<'a>(account: &'a Account, data_account: Option<&'a Account>) -> Option<&'a [u8]> {
    if !account.executable {
        return None;
    }
    if account.owner == bpf_loader::ID {
        return Some(module_of(&account.data));
    }
    program_data_address(account)?;
    let data_account = data_account.filter(|account| account.owner == bpf_loader_upgradeable::ID)?;
    match parse(&data_account.data)? {
        State::ProgramData { .. } => data_account.data.get(PROGRAM_DATA_METADATA_SIZE_BYTES..).map(module_of),
        _ => None,
    }
}

/// A program as this loader keeps it, deployed in block 0: its own account, and its data account with room for a module of
/// `capacity_bytes`, or of the module's own size if that is more.
///
/// # Panics
/// Never: every state of the loader encodes.
#[must_use]
pub fn deployed(
    program: Address,
    module: &[u8],
    authority: Option<Address>,
    capacity_bytes: usize,
) -> [(Address, Account); 2] {
    let data_address = Address::find_program_address(&[program.as_ref()], &bpf_loader_upgradeable::ID).0;
    let encode = |state: &State| {
        bincode::serde::encode_to_vec(state, bincode::config::legacy()).expect("a state encodes")
    };
    let program_state = encode(&State::Program { programdata_address: data_address });
    let mut data = encode(&State::ProgramData { slot: 0, upgrade_authority_address: authority });
    // A head without an authority is shorter, but the module stands at the same place.
    data.resize(PROGRAM_DATA_METADATA_SIZE_BYTES, 0);
    data.extend_from_slice(module);
    data.resize(PROGRAM_DATA_METADATA_SIZE_BYTES + capacity_bytes.max(module.len()), 0);
    let owner = bpf_loader_upgradeable::ID;
    let program_account = Account { executable: true, ..Account::with_data(owner, program_state) };
    [(program, program_account), (data_address, Account::with_data(owner, data))]
}

/// Address of the account that holds the module of an upgradeable program; `None` for any other account.
#[must_use]
pub fn program_data_address(account: &Account) -> Option<Address> {
    if account.owner != bpf_loader_upgradeable::ID {
        return None;
    }
    match parse(&account.data)? {
        State::Program { programdata_address } => Some(programdata_address),
        _ => None,
    }
}

/// `bytes` without the zeros behind the module. Bytes that are no module are given back as they are, for the validator
/// to refuse.
#[must_use]
pub fn module_of(bytes: &[u8]) -> &[u8] {
    let mut end = PREAMBLE_SIZE_BYTES;
    while let Some(rest) = bytes.get(end..).filter(|rest| !rest.is_empty()) {
        // Only a section that starts with two zeros, or a single last one, can be the beginning of the zeros.
        if rest.iter().take(2).all(|byte| *byte == 0) {
            return if rest.iter().all(|byte| *byte == 0) { &bytes[..end] } else { bytes };
        }
        let Some(size_bytes) = section_size(rest) else { return bytes };
        end = end.saturating_add(size_bytes);
    }
    bytes
}

/// Size in bytes of the section that starts with `bytes`: its id, its size in LEB128, and so many bytes more.
fn section_size(bytes: &[u8]) -> Option<usize> {
    let mut size_bytes = 0_usize;
    for (index, byte) in bytes.get(1..)?.iter().take(MAX_SIZE_SIZE_BYTES).enumerate() {
        size_bytes |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return size_bytes.checked_add(index + 2);
        }
    }
    None
}

/// Checks that `bytes` are a module that a program may be.
///
/// # Errors
/// [`ProgramError::InvalidAccountData`]; the log says why.
pub(super) fn check_module(context: &mut Context<'_>, bytes: &[u8]) -> Result<(), CallError> {
    let module = module_of(bytes);
    match validate(module) {
        Ok(_) => Ok(()),
        Err(error) => {
            fail(context, ProgramError::InvalidAccountData, format_args!("{}", describe(module, &error)))
        }
    }
}
