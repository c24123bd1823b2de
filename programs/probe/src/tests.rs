//! Scripts run where there is no vm: what they do, and what malformed ones are.

use crate::interpret::process;
use crate::{Operation, Script, UNEXPECTED_DATA, UNEXPECTED_LAMPORTS};
use alloc::vec;
use alloc::vec::Vec;
use sealane_sdk::guest::region::{Region, RegionAccount};
use sealane_sdk::{Account, Address, ProgramError, ProgramResult};

const PROGRAM: Address = Address::new_from_array([7; 32]);

/// Runs a script on two accounts of 16 zero bytes and 10 lamports.
fn run(script: &[u8]) -> (ProgramResult, [Account; 2]) {
    let accounts = [1, 2].map(|key| RegionAccount {
        address: Address::new_from_array([key; 32]),
        account: Account { lamports: 10, owner: PROGRAM, executable: false, data: vec![0; 16] },
        signer: false,
        writable: true,
    });
    let mut region = Region::new(&PROGRAM, &accounts, script);
    let result = region.run(process);
    (result, [region.account(0), region.account(1)])
}

#[test]
fn accounts_are_changed() {
    let owner = Address::new_from_array([9; 32]);
    let add = Script::new().multiply_add(0, 8, 3, 1);
    let script = Script::new()
        .write_data(0, 1, &[1, 2, 3])
        .expect_data(0, 0, &[0, 1, 2, 3])
        .repeat(3, add)
        .copy_data(0, 0, 0, 4, 4)
        .copy_data(0, 0, 1, 0, 16)
        .write_window(1, 0, &[5])
        .move_lamports(0, 1, 4)
        .expect_lamports(0, 6)
        .resize(0, 2)
        .assign(0, &owner)
        .set_lamports(1, 99)
        .burn(3)
        .recurse(10)
        .return_code(0)
        .panic("not reached");
    let (result, [first, second]) = run(&script.into_bytes());
    assert_eq!(result, Ok(()));
    assert_eq!(first, Account { lamports: 6, owner, executable: false, data: vec![0, 1] });
    assert_eq!(second.data, [5, 1, 2, 3, 0, 1, 2, 3, 13, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(second.lamports, 99);
}

#[test]
fn accounts_are_closed() {
    let (result, [first, second]) = run(&Script::new().close(0, 1).into_bytes());
    assert_eq!((result, first, second.lamports), (Ok(()), Account::default(), 20));
}

#[test]
fn failures_end_the_script() {
    let cases = [
        (Script::new().return_code(77), ProgramError::Custom(77)),
        (Script::new().expect_data(0, 0, &[1]), ProgramError::Custom(UNEXPECTED_DATA)),
        (Script::new().expect_lamports(0, 11), ProgramError::Custom(UNEXPECTED_LAMPORTS)),
        (Script::new().write_data(0, 16, &[1]), ProgramError::AccountDataTooSmall),
        (Script::new().read_data(0, u32::MAX, 1), ProgramError::AccountDataTooSmall),
        (Script::new().inspect(2), ProgramError::NotEnoughAccountKeys),
        (Script::new().move_lamports(0, 1, 11), ProgramError::InsufficientFunds),
        (Script::new().append(&[255]), ProgramError::InvalidInstructionData),
        (Script::new().append(&[Operation::Log as u8, 2, 0, 65]), ProgramError::InvalidInstructionData),
    ];
    for (script, error) in cases {
        let (result, [first, _]) = run(&script.clone().set_lamports(0, 0).into_bytes());
        assert_eq!(result, Err(error), "{script:?}");
        assert_eq!(first.lamports, 10);
    }
}

#[test]
fn cut_scripts_are_malformed() {
    let script =
        Script::new().log("text").move_lamports(0, 1, 1).log_data(&[&[1], &[]]).resize(0, 0).into_bytes();
    let whole: Vec<usize> = vec![0, 7, 18, 25, 31];
    for size in 0..=script.len() {
        let expected = if whole.contains(&size) { Ok(()) } else { Err(ProgramError::InvalidInstructionData) };
        assert_eq!(run(&script[..size]).0, expected, "{size} bytes");
    }
}
