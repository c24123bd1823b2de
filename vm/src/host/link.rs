//! The imports of the module `sealane`, by name and type: the whole list of what a native program can reach.

use crate::HostCall;
use crate::host::hash::Pieces;
use crate::host::state::{Host, HostState};
use crate::host::{account, address, hash, invoke, log, return_data, signature, solana, sysvar, units};
use sealane_sdk::abi::IMPORT_MODULE;
use wasmtime::{Engine, Linker, Result};

/// A linker that knows every host call, of both ABIs.
pub(crate) fn link(engine: &Engine) -> Result<Linker<HostState>> {
    let mut linker = Linker::new(engine);
    speak(&mut linker)?;
    compute(&mut linker)?;
    reach(&mut linker)?;
    solana::link(&mut linker)?;
    Ok(linker)
}

/// What a program says, and gives back.
fn speak(linker: &mut Linker<HostState>) -> Result<()> {
    linker
        .func_wrap(IMPORT_MODULE, "log", |mut host: Host<'_>, ptr: u32, size: u32| -> Result<()> {
            Ok(log::log(&mut host, HostCall::Log, ptr, size)?)
        })?
        .func_wrap(IMPORT_MODULE, "log_data", |mut host: Host<'_>, slices: u32, count: u32| -> Result<()> {
            Ok(log::log_data(&mut host, HostCall::LogData, slices, count)?)
        })?
        .func_wrap(IMPORT_MODULE, "panic", |mut host: Host<'_>, ptr: u32, size: u32| -> Result<()> {
            Ok(log::panic(&mut host, ptr, size)?)
        })?
        .func_wrap(
            IMPORT_MODULE,
            "set_return_data",
            |mut host: Host<'_>, ptr: u32, size: u32| -> Result<()> {
                Ok(return_data::set(&mut host, HostCall::SetReturnData, ptr, size)?)
            },
        )?
        .func_wrap(
            IMPORT_MODULE,
            "get_return_data",
            |mut host: Host<'_>, ptr: u32, capacity: u32, program_out: u32| -> Result<i32> {
                Ok(return_data::get(&mut host, HostCall::GetReturnData, ptr, capacity, Some(program_out))?)
            },
        )?;
    Ok(())
}

/// What only looks at the program's memory.
fn compute(linker: &mut Linker<HostState>) -> Result<()> {
    linker
        .func_wrap(
            IMPORT_MODULE,
            "sha256",
            |mut host: Host<'_>, slices: u32, count: u32, out: u32| -> Result<()> {
                Ok(hash::sha256(&mut host, HostCall::Sha256, Pieces { slices, count, out })?)
            },
        )?
        .func_wrap(
            IMPORT_MODULE,
            "blake3",
            |mut host: Host<'_>, slices: u32, count: u32, out: u32| -> Result<()> {
                Ok(hash::blake3(&mut host, HostCall::Blake3, Pieces { slices, count, out })?)
            },
        )?
        .func_wrap(
            IMPORT_MODULE,
            "ed25519_verify",
            |mut host: Host<'_>, signature: u32, key: u32, message: u32, size: u32| -> Result<i32> {
                Ok(signature::ed25519_verify(&mut host, signature, key, message, size)?)
            },
        )?
        .func_wrap(
            IMPORT_MODULE,
            "secp256k1_recover",
            |mut host: Host<'_>, hash: u32, recovery_id: u32, signature: u32, out: u32| -> Result<i32> {
                Ok(signature::secp256k1_recover(&mut host, hash, recovery_id, signature, out)?)
            },
        )?
        .func_wrap(
            IMPORT_MODULE,
            "create_address",
            |mut host: Host<'_>, seeds: u32, count: u32, program: u32, out: u32| -> Result<i32> {
                Ok(address::create_address(&mut host, seeds, count, program, out)?)
            },
        )?
        .func_wrap(
            IMPORT_MODULE,
            "find_address",
            |mut host: Host<'_>,
             seeds: u32,
             count: u32,
             program: u32,
             out: u32,
             bump_out: u32|
             -> Result<i32> {
                Ok(address::find_address(&mut host, seeds, count, program, out, bump_out)?)
            },
        )?;
    Ok(())
}

/// What reaches accounts, sysvars, other programs and the meter.
fn reach(linker: &mut Linker<HostState>) -> Result<()> {
    linker
        .func_wrap(
            IMPORT_MODULE,
            "invoke",
            |mut host: Host<'_>, instruction: u32, signers: u32, signer_count: u32| -> Result<()> {
                Ok(invoke::invoke(&mut host, instruction, signers, signer_count)?)
            },
        )?
        .func_wrap(
            IMPORT_MODULE,
            "sysvar_read",
            |mut host: Host<'_>, id: u32, offset: u32, ptr: u32, size: u32| -> Result<i32> {
                Ok(sysvar::read(&mut host, id, offset, ptr, size)?)
            },
        )?
        .func_wrap(
            IMPORT_MODULE,
            "account_read",
            |mut host: Host<'_>, index: u32, offset: u32, ptr: u32, size: u32| -> Result<()> {
                Ok(account::read(&mut host, index, offset, ptr, size)?)
            },
        )?
        .func_wrap(
            IMPORT_MODULE,
            "account_write",
            |mut host: Host<'_>, index: u32, offset: u32, ptr: u32, size: u32| -> Result<()> {
                Ok(account::write(&mut host, index, offset, ptr, size)?)
            },
        )?
        .func_wrap(
            IMPORT_MODULE,
            "account_resize",
            |mut host: Host<'_>, index: u32, size: u32| -> Result<()> {
                Ok(account::resize(&mut host, index, size)?)
            },
        )?
        .func_wrap(IMPORT_MODULE, "remaining_units", |mut host: Host<'_>| -> Result<i64> {
            Ok(units::remaining(&mut host, HostCall::RemainingUnits)?)
        })?;
    Ok(())
}
