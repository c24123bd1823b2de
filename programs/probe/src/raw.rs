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

    let number = usize::from(reader.u8()?);
    let call = ALL.get(number).copied().ok_or(ProgramError::InvalidInstructionData)?;
    let mut arguments = [0; 5];
    for argument in &mut arguments {
        *argument = reader.u32()?;
    }
    // SAFETY: none is claimed: the host must check every argument itself. Where it answers by writing to the
    // program's memory, the script says where, and must not name memory that the program uses.
    if let Some(answer) = unsafe { imports::call(call, arguments) } {
        set_return_data(&answer.to_le_bytes());
    }
    Ok(())
}

#[cfg(any(target_arch = "wasm32", test))]
const ALL: [RawCall; RawCall::RemainingUnits as usize + 1] = [
    RawCall::Log,
    RawCall::LogData,
    RawCall::Panic,
    RawCall::Sha256,
    RawCall::Blake3,
    RawCall::Ed25519Verify,
    RawCall::Secp256k1Recover,
    RawCall::CreateAddress,
    RawCall::FindAddress,
    RawCall::Invoke,
    RawCall::SetReturnData,
    RawCall::GetReturnData,
    RawCall::SysvarRead,
    RawCall::AccountRead,
    RawCall::AccountWrite,
    RawCall::AccountResize,
    RawCall::RemainingUnits,
];

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

    /// What the host answers, if it answers.
    ///
    /// # Safety
    /// The program must not use the memory that the arguments tell the host to write to.
    pub(super) unsafe fn call(call: RawCall, arguments: [u32; 5]) -> Option<i64> {
        let [a, b, c, d, e] = arguments;
        // SAFETY: the caller vouches for the arguments.
        unsafe {
            Some(match call {
                RawCall::Ed25519Verify => i64::from(ed25519_verify(a, b, c, d)),
                RawCall::Secp256k1Recover => i64::from(secp256k1_recover(a, b, c, d)),
                RawCall::CreateAddress => i64::from(create_address(a, b, c, d)),
                RawCall::FindAddress => i64::from(find_address(a, b, c, d, e)),
                RawCall::GetReturnData => i64::from(get_return_data(a, b, c)),
                RawCall::SysvarRead => i64::from(sysvar_read(a, b, c, d)),
                RawCall::RemainingUnits => remaining_units(),
                _ => {
                    call_silent(call, arguments);
                    return None;
                }
            })
        }
    }

    /// The calls that answer nothing.
    unsafe fn call_silent(call: RawCall, [a, b, c, d, _]: [u32; 5]) {
        // SAFETY: the caller vouches for the arguments.
        unsafe {
            match call {
                RawCall::Log => log(a, b),
                RawCall::LogData => log_data(a, b),
                RawCall::Panic => panic(a, b),
                RawCall::Sha256 => sha256(a, b, c),
                RawCall::Blake3 => blake3(a, b, c),
                RawCall::Invoke => invoke(a, b, c),
                RawCall::SetReturnData => set_return_data(a, b),
                RawCall::AccountRead => account_read(a, b, c, d),
                RawCall::AccountWrite => account_write(a, b, c, d),
                RawCall::AccountResize => account_resize(a, b),
                _ => unreachable!("it answers"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn numbers_are_positions() {
        for (number, call) in ALL.into_iter().enumerate() {
            assert_eq!(call as usize, number);
        }
    }
}
