//! The imports of the module `env`, by name and type: the whole list of what a Solana program can reach.

use super::invoke::List;
use super::layout::Layout;
use super::poseidon::{self, Inputs};
use super::sibling::Places;
use super::{
    SUCCESS, address, big_mod_exp, bn128, curve, invoke, memory, narrow, say, sibling, signature, sysvar,
};
use crate::host::hash::{self, Pieces};
use crate::host::state::{Host, HostState, serve};
use crate::host::{log, return_data, units};
use crate::{CallError, HostCall};
use wasmtime::{Linker, Result};

/// Where Solana's syscalls are imported from.
const MODULE: &str = "env";

/// Adds every syscall.
pub(crate) fn link(linker: &mut Linker<HostState>) -> Result<()> {
    speak(linker)?;
    move_bytes(linker)?;
    compute(linker)?;
    prove(linker)?;
    derive(linker)?;
    reach(linker)?;
    know(linker)
}

/// What a program says, and how it ends itself.
fn speak(linker: &mut Linker<HostState>) -> Result<()> {
    linker
        .func_wrap(MODULE, "abort", |mut host: Host<'_>| -> Result<()> { Ok(say::abort(&mut host)?) })?
        .func_wrap(
            MODULE,
            "sol_panic_",
            |mut host: Host<'_>, file: u32, size: u64, line: u64, column: u64| -> Result<()> {
                Ok(say::panic(&mut host, file, size, line, column)?)
            },
        )?
        .func_wrap(MODULE, "sol_log_", |mut host: Host<'_>, ptr: u32, size: u64| -> Result<()> {
            let size = narrow(HostCall::SolLog, size)?;
            Ok(log::log(&mut host, HostCall::SolLog, ptr, size)?)
        })?
        .func_wrap(
            MODULE,
            "sol_log_64_",
            |mut host: Host<'_>, a: u64, b: u64, c: u64, d: u64, e: u64| -> Result<()> {
                Ok(say::log_numbers(&mut host, [a, b, c, d, e])?)
            },
        )?
        .func_wrap(MODULE, "sol_log_pubkey", |mut host: Host<'_>, ptr: u32| -> Result<()> {
            Ok(say::log_address(&mut host, ptr)?)
        })?
        .func_wrap(MODULE, "sol_log_compute_units_", |mut host: Host<'_>| -> Result<()> {
            Ok(say::log_units(&mut host)?)
        })?
        .func_wrap(MODULE, "sol_log_data", |mut host: Host<'_>, slices: u32, count: u64| -> Result<()> {
            let count = narrow(HostCall::SolLogData, count)?;
            Ok(log::log_data(&mut host, HostCall::SolLogData, slices, count)?)
        })?;
    Ok(())
}

/// C's functions on memory.
fn move_bytes(linker: &mut Linker<HostState>) -> Result<()> {
    linker
        .func_wrap(
            MODULE,
            "sol_memcpy_",
            |mut host: Host<'_>, to: u32, from: u32, size: u64| -> Result<()> {
                Ok(memory::copy(&mut host, to, from, size)?)
            },
        )?
        .func_wrap(
            MODULE,
            "sol_memmove_",
            |mut host: Host<'_>, to: u32, from: u32, size: u64| -> Result<()> {
                Ok(memory::shift(&mut host, HostCall::SolMemmove, (to, from), size)?)
            },
        )?
        .func_wrap(
            MODULE,
            "sol_memset_",
            |mut host: Host<'_>, to: u32, byte: u32, size: u64| -> Result<()> {
                Ok(memory::fill(&mut host, to, byte, size)?)
            },
        )?
        .func_wrap(
            MODULE,
            "sol_memcmp_",
            |mut host: Host<'_>, left: u32, right: u32, size: u64, out: u32| -> Result<()> {
                Ok(memory::compare(&mut host, left, right, size, out)?)
            },
        )?;
    Ok(())
}

/// A hash of pieces, as every syscall of that kind is called.
type Hash = fn(&mut Host<'_>, HostCall, Pieces) -> Result<(), CallError>;

/// Hashes and curves.
fn compute(linker: &mut Linker<HostState>) -> Result<()> {
    let hashes: [(&str, HostCall, Hash); 4] = [
        ("sol_sha256", HostCall::SolSha256, hash::sha256),
        ("sol_keccak256", HostCall::SolKeccak256, hash::keccak256),
        ("sol_blake3", HostCall::SolBlake3, hash::blake3),
        ("sol_sha512", HostCall::SolSha512, hash::sha512),
    ];
    for (name, call, hash) in hashes {
        linker.func_wrap(
            MODULE,
            name,
            move |mut host: Host<'_>, slices: u32, count: u64, out: u32| -> Result<i64> {
                let count = narrow(call, count)?;
                hash(&mut host, call, Pieces { slices, count, out })?;
                Ok(SUCCESS)
            },
        )?;
    }
    linker
        .func_wrap(
            MODULE,
            "sol_secp256k1_recover",
            |mut host: Host<'_>, hash: u32, id: u64, signature: u32, out: u32| -> Result<i64> {
                Ok(signature::secp256k1_recover(&mut host, hash, id, signature, out)?)
            },
        )?
        .func_wrap(
            MODULE,
            "sol_curve_validate_point",
            |mut host: Host<'_>, curve: u64, point: u32, _result: u32| -> Result<i64> {
                Ok(curve::validate_point(&mut host, curve, point)?)
            },
        )?
        .func_wrap(
            MODULE,
            "sol_curve_group_op",
            |mut host: Host<'_>,
             curve: u64,
             operation: u64,
             left: u32,
             right: u32,
             out: u32|
             -> Result<i64> {
                Ok(curve::group_operation(&mut host, (curve, operation), left, right, out)?)
            },
        )?
        .func_wrap(
            MODULE,
            "sol_curve_multiscalar_mul",
            |mut host: Host<'_>,
             curve: u64,
             scalars: u32,
             points: u32,
             count: u64,
             out: u32|
             -> Result<i64> {
                Ok(curve::multiply(&mut host, curve, scalars, points, count, out)?)
            },
        )?;
    Ok(())
}

/// What programs check zero-knowledge proofs and RSA signatures with.
fn prove(linker: &mut Linker<HostState>) -> Result<()> {
    type OnPoints = fn(&mut Host<'_>, u64, (u32, u64), u32) -> Result<i64, CallError>;
    let on_points: [(&str, OnPoints); 2] =
        [("sol_alt_bn128_group_op", bn128::group_operation), ("sol_alt_bn128_compression", bn128::compress)];
    for (name, work) in on_points {
        linker.func_wrap(
            MODULE,
            name,
            move |mut host: Host<'_>, operation: u64, input: u32, size: u64, out: u32| -> Result<i64> {
                Ok(work(&mut host, operation, (input, size), out)?)
            },
        )?;
    }
    linker
        .func_wrap(
            MODULE,
            "sol_poseidon",
            |mut host: Host<'_>,
             parameters: u64,
             endianness: u64,
             slices: u32,
             count: u64,
             out: u32|
             -> Result<i64> {
                Ok(poseidon::hash(&mut host, parameters, endianness, Inputs { slices, count }, out)?)
            },
        )?
        .func_wrap(
            MODULE,
            "sol_big_mod_exp",
            |mut host: Host<'_>, parameters: u32, out: u32| -> Result<i64> {
                Ok(big_mod_exp::power(&mut host, parameters, out)?)
            },
        )?;
    Ok(())
}

/// Addresses derived from a program's.
fn derive(linker: &mut Linker<HostState>) -> Result<()> {
    linker
        .func_wrap(
            MODULE,
            "sol_create_program_address",
            |mut host: Host<'_>, seeds: u32, count: u64, program: u32, out: u32| -> Result<i64> {
                Ok(address::create(&mut host, (seeds, count), program, out)?)
            },
        )?
        .func_wrap(
            MODULE,
            "sol_try_find_program_address",
            |mut host: Host<'_>, seeds: u32, count: u64, program: u32, out: u32, bump: u32| -> Result<i64> {
                Ok(address::try_find(&mut host, (seeds, count), program, out, bump)?)
            },
        )?;
    Ok(())
}

/// Other programs, and what they return.
fn reach(linker: &mut Linker<HostState>) -> Result<()> {
    for (name, layout) in [("sol_invoke_signed_rust", Layout::Rust), ("sol_invoke_signed_c", Layout::C)] {
        linker.func_wrap(
            MODULE,
            name,
            move |mut host: Host<'_>,
                  instruction: u32,
                  infos: u32,
                  info_count: u64,
                  signers: u32,
                  signer_count: u64|
                  -> Result<i64> {
                let infos = List { offset: infos, count: info_count };
                let signers = List { offset: signers, count: signer_count };
                Ok(invoke::invoke(&mut host, layout, instruction, infos, signers)?)
            },
        )?;
    }
    linker
        .func_wrap(MODULE, "sol_set_return_data", |mut host: Host<'_>, ptr: u32, size: u64| -> Result<()> {
            let size = narrow(HostCall::SolSetReturnData, size)?;
            Ok(return_data::set(&mut host, HostCall::SolSetReturnData, ptr, size)?)
        })?
        .func_wrap(
            MODULE,
            "sol_get_return_data",
            |mut host: Host<'_>, ptr: u32, capacity: u64, program: u32| -> Result<i64> {
                let capacity = narrow(HostCall::SolGetReturnData, capacity)?;
                // Who only asks for the size need not have a place for the rest.
                let program = (capacity > 0).then_some(program);
                let size = return_data::get(&mut host, HostCall::SolGetReturnData, ptr, capacity, program)?;
                Ok(i64::from(size))
            },
        )?;
    Ok(())
}

/// What a program may know of the block, of its call and of its units.
fn know(linker: &mut Linker<HostState>) -> Result<()> {
    type Read = fn(&mut Host<'_>, u32) -> Result<i64, CallError>;
    let sysvars: [(&str, Read); 6] = [
        ("sol_get_clock_sysvar", sysvar::clock),
        ("sol_get_rent_sysvar", sysvar::rent),
        ("sol_get_fees_sysvar", sysvar::fees),
        ("sol_get_last_restart_slot", sysvar::last_restart_slot),
        ("sol_get_epoch_schedule_sysvar", sysvar::epoch_schedule),
        ("sol_get_epoch_rewards_sysvar", sysvar::epoch_rewards),
    ];
    for (name, read) in sysvars {
        linker.func_wrap(MODULE, name, move |mut host: Host<'_>, out: u32| -> Result<i64> {
            Ok(read(&mut host, out)?)
        })?;
    }
    linker
        .func_wrap(
            MODULE,
            "sol_get_sysvar",
            |mut host: Host<'_>, id: u32, out: u32, offset: u64, size: u64| -> Result<i64> {
                Ok(sysvar::read(&mut host, id, out, offset, size)?)
            },
        )?
        .func_wrap(
            MODULE,
            "sol_get_processed_sibling_instruction",
            |mut host: Host<'_>,
             index: u64,
             sizes: u32,
             program: u32,
             data: u32,
             accounts: u32|
             -> Result<i64> {
                let places = Places { sizes, program, data, accounts };
                Ok(sibling::read(&mut host, index, places)?)
            },
        )?
        .func_wrap(MODULE, "sol_get_stack_height", |mut host: Host<'_>| -> Result<i64> {
            let height =
                serve(&mut host, HostCall::SolGetStackHeight, 0, |_, context| Ok(context.stack_height()))?;
            Ok(i64::try_from(height).unwrap_or(i64::MAX))
        })?
        .func_wrap(MODULE, "sol_remaining_compute_units", |mut host: Host<'_>| -> Result<i64> {
            Ok(units::remaining(&mut host, HostCall::SolRemainingComputeUnits)?)
        })?;
    Ok(())
}
