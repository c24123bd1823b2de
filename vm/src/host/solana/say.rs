//! `sol_log_64_`, `sol_log_pubkey`, `sol_log_compute_units_`, `sol_panic_`, `abort`: what a program says. The others of the
//! family are the native host calls.

use super::narrow;
use crate::host::state::{Host, serve};
use crate::host::units;
use crate::{CallError, HostCall, Trap};
use sealane_sdk::Address;

/// Logs five numbers in hexadecimal.
pub(super) fn log_numbers(host: &mut Host<'_>, numbers: [u64; 5]) -> Result<(), CallError> {
    serve(host, HostCall::SolLog64, 0, |_, context| {
        let [a, b, c, d, e] = numbers;
        context.logs.message(format!("{a:#x}, {b:#x}, {c:#x}, {d:#x}, {e:#x}").as_bytes());
        Ok(())
    })
}

/// Logs an address in base 58.
pub(super) fn log_address(host: &mut Host<'_>, offset: u32) -> Result<(), CallError> {
    serve(host, HostCall::SolLogPubkey, 0, |guest, context| {
        let address = Address::from(guest.array::<32>(offset)?);
        context.logs.message(address.to_string().as_bytes());
        Ok(())
    })
}

/// Logs the units that are left.
pub(super) fn log_units(host: &mut Host<'_>) -> Result<(), CallError> {
    let left = units::remaining(host, HostCall::SolLogComputeUnits)?;
    host.data_mut().lent.with(|context| {
        context.logs.builtin_message(format!("Program consumption: {left} units remaining").as_bytes());
    });
    Ok(())
}

/// Ends the program; says where in its source, in a form that Rust programmers know.
pub(super) fn panic(
    host: &mut Host<'_>,
    file: u32,
    file_size: u64,
    line: u64,
    column: u64,
) -> Result<(), CallError> {
    let call = HostCall::SolPanic;
    let file_size = narrow(call, file_size)?;
    serve(host, call, file_size, |guest, context| {
        let file = guest.bytes(file, file_size)?;
        let place = format!("panicked at {}:{line}:{column}", String::from_utf8_lossy(file));
        context.logs.message(place.as_bytes());
        Err(Trap::Panic.into())
    })
}

/// Ends the program.
pub(super) fn abort(host: &mut Host<'_>) -> Result<(), CallError> {
    serve(host, HostCall::SolAbort, 0, |_, _| Err(Trap::Panic.into()))
}
