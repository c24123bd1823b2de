//! Host calls with whatever arguments a script names, past all the care that the SDK takes.
#![cfg_attr(
    target_arch = "wasm32",
    expect(unsafe_code, reason = "calling the host with bad arguments is the purpose")
)]

use crate::reader::Reader;
use sealane_sdk::ProgramResult;

/// The host calls, by number. Each takes its arguments as `sdk/ABI.md` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[expect(missing_docs, reason = "each variant is the host call of the same name")]
pub enum RawCall {
    Log,
    LogData,
    Panic,
    Sha256,
    Blake3,
    Ed25519Verify,
    Secp256k1Recover,
    CreateAddress,
    FindAddress,
    Invoke,
    SetReturnData,
    GetReturnData,
    SysvarRead,
    AccountRead,
    AccountWrite,
    AccountResize,
    RemainingUnits,
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn call(_reader: &mut Reader<'_>) -> ProgramResult {
    panic!("raw host calls: only in a vm")
}

#[cfg(target_arch = "wasm32")]
pub(crate) fn call(reader: &mut Reader<'_>) -> ProgramResult {
    use sealane_sdk::ProgramError;
    use sealane_sdk::guest::set_return_data;

    let number = reader.u8()?;
    let mut arguments = [0; 5];
    for argument in &mut arguments {
        *argument = reader.u32()?;
    }
    // SAFETY: none is claimed: the host must check every argument itself. Where it answers by writing to the program's memory, the script
    // says where, and must not name memory that the program uses.
    let answer = unsafe { imports::call(number, arguments) }.ok_or(ProgramError::InvalidInstructionData)?;
    if let Some(answer) = answer {
        set_return_data(&answer.to_le_bytes());
    }
    Ok(())
}

#[cfg(target_arch = "wasm32")]
mod imports {
    use super::RawCall;

    #[link(wasm_import_module = "sealane")]
    unsafe extern "C" {
        fn log(a: u32, b: u32);
        fn log_data(a: u32, b: u32);
        fn panic(a: u32, b: u32);
        fn sha256(a: u32, b: u32, c: u32);
        fn blake3(a: u32, b: u32, c: u32);
        fn ed25519_verify(a: u32, b: u32, c: u32, d: u32) -> i32;
        fn secp256k1_recover(a: u32, b: u32, c: u32, d: u32) -> i32;
        fn create_address(a: u32, b: u32, c: u32, d: u32) -> i32;
        fn find_address(a: u32, b: u32, c: u32, d: u32, e: u32) -> i32;
        fn invoke(a: u32, b: u32, c: u32);
        fn set_return_data(a: u32, b: u32);
        fn get_return_data(a: u32, b: u32, c: u32) -> i32;
        fn sysvar_read(a: u32, b: u32, c: u32, d: u32) -> i32;
        fn account_read(a: u32, b: u32, c: u32, d: u32);
        fn account_write(a: u32, b: u32, c: u32, d: u32);
        fn account_resize(a: u32, b: u32);
        fn remaining_units() -> i64;
    }

    /// The answer of the call with this number, if it answers; `None` if there is no such call.
    pub(super) unsafe fn call(number: u8, [a, b, c, d, e]: [u32; 5]) -> Option<Option<i64>> {
        const fn is(number: u8, call: RawCall) -> bool {
            number == call as u8
        }
        // SAFETY: the caller vouches for the arguments.
        let answer = unsafe {
            match number {
                _ if is(number, RawCall::Log) => return none(log(a, b)),
                _ if is(number, RawCall::LogData) => return none(log_data(a, b)),
                _ if is(number, RawCall::Panic) => return none(panic(a, b)),
                _ if is(number, RawCall::Sha256) => return none(sha256(a, b, c)),
                _ if is(number, RawCall::Blake3) => return none(blake3(a, b, c)),
                _ if is(number, RawCall::Ed25519Verify) => ed25519_verify(a, b, c, d),
                _ if is(number, RawCall::Secp256k1Recover) => secp256k1_recover(a, b, c, d),
                _ if is(number, RawCall::CreateAddress) => create_address(a, b, c, d),
                _ if is(number, RawCall::FindAddress) => find_address(a, b, c, d, e),
                _ if is(number, RawCall::Invoke) => return none(invoke(a, b, c)),
                _ if is(number, RawCall::SetReturnData) => return none(set_return_data(a, b)),
                _ if is(number, RawCall::GetReturnData) => get_return_data(a, b, c),
                _ if is(number, RawCall::SysvarRead) => sysvar_read(a, b, c, d),
                _ if is(number, RawCall::AccountRead) => return none(account_read(a, b, c, d)),
                _ if is(number, RawCall::AccountWrite) => return none(account_write(a, b, c, d)),
                _ if is(number, RawCall::AccountResize) => return none(account_resize(a, b)),
                _ if is(number, RawCall::RemainingUnits) => return Some(Some(remaining_units())),
                _ => return None,
            }
        };
        Some(Some(i64::from(answer)))
    }

    const fn none((): ()) -> Option<Option<i64>> {
        Some(None)
    }
}
