//! SPL Memo 7 and SPL Record 0.4, two of the smallest programs there are.

use super::{blank, harness_with};
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Address, ProgramError};
use sealane_tests::{Harness, User, solana_programs};

const MEMO: Address = Address::from_str_const("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
const RECORD: Address = Address::from_str_const("recr1L3PCGKLbckBqMNcJhuuyU1zgo8nBhfLVsJNwr5");
const PLACE: Address = Address::new_from_array([81; 32]);
/// Version, authority.
const HEAD_SIZE_BYTES: usize = 33;
const SIZE_BYTES: usize = HEAD_SIZE_BYTES + 16;

#[test]
fn a_memo_is_logged_with_its_signers() {
    let mut harness = Harness::with_program(MEMO, solana_programs::memo(), []);
    let users = [1, 2].map(Harness::user);
    let memo = |data: &[u8], is_signed: bool| Instruction {
        program_id: MEMO,
        accounts: users.iter().map(|user| AccountMeta::new_readonly(user.address, is_signed)).collect(),
        data: data.to_vec(),
    };
    let receipt = harness.succeed(&[memo("für Ida \u{1f43b}".as_bytes(), true)], &[&users[0], &users[1]]);
    let lines = receipt.logs.lines();
    for user in &users {
        assert!(lines.iter().any(|line| line.contains(&format!("Signed by {}", user.address))), "{lines:?}");
    }
    assert!(lines.iter().any(|line| line.ends_with("Memo (len 13): \"für Ida \u{1f43b}\"")), "{lines:?}");

    let error = harness.program_error(&[memo(b"x", false)], &[&Harness::user(3)]);
    assert_eq!(error, ProgramError::MissingRequiredSignature);
    let error = harness.program_error(&[memo(&[0xf0, 0x9f, 0x90, 0xff], true)], &[&users[0], &users[1]]);
    assert_eq!(error, ProgramError::InvalidInstructionData, "that is no UTF-8");
}

fn record(tag: u8, data: &[u8], authority: &User, more: &[AccountMeta]) -> Instruction {
    let mut accounts =
        vec![AccountMeta::new(PLACE, false), AccountMeta::new_readonly(authority.address, tag != 0)];
    accounts.extend_from_slice(more);
    Instruction { program_id: RECORD, accounts, data: [&[tag], data].concat() }
}

fn write(offset: u64, bytes: &[u8], authority: &User) -> Instruction {
    let size = u32::try_from(bytes.len()).expect("it is short").to_le_bytes();
    record(1, &[&offset.to_le_bytes(), &size[..], bytes].concat(), authority, &[])
}

#[test]
fn a_record_is_written_handed_on_grown_and_closed() {
    let accounts = [(PLACE, blank(RECORD, SIZE_BYTES))];
    let mut harness = harness_with(RECORD, solana_programs::record(), accounts);
    let [first, second] = [1, 2].map(Harness::user);
    harness.succeed(&[record(0, &[], &first, &[]), write(4, b"hello", &first)], &[&first]);
    let expected = [&[1], first.address.as_ref(), b"\0\0\0\0hello\0\0\0\0\0\0\0"].concat();
    assert_eq!(harness.data(&PLACE), expected);

    let error = harness.program_error(&[write(12, b"too far", &first)], &[&first]);
    assert_eq!(error, ProgramError::AccountDataTooSmall);
    let hand_on = record(2, &[], &first, &[AccountMeta::new_readonly(second.address, false)]);
    harness.succeed(&[hand_on], &[&first]);
    let error = harness.program_error(&[write(0, b"x", &first)], &[&first]);
    assert_eq!(error, ProgramError::Custom(0), "IncorrectAuthority");

    // It must have the lamports for more bytes before it grows.
    let grown = SIZE_BYTES + 1_000;
    let fund = solana_system_interface::instruction::transfer(
        &second.address,
        &PLACE,
        rent_exempt_minimum_lamports(grown) - rent_exempt_minimum_lamports(SIZE_BYTES),
    );
    let grow =
        record(4, &u64::try_from(grown - HEAD_SIZE_BYTES).expect("a size").to_le_bytes(), &second, &[]);
    harness.succeed(&[fund, grow, write(1_014, b"!!", &second)], &[&second]);
    let data = harness.data(&PLACE);
    assert_eq!((data.len(), &data[grown - 3..]), (grown, &b"\0!!"[..]));

    let before = harness.lamports(&second.address);
    let close = record(3, &[], &second, &[AccountMeta::new(second.address, false)]);
    let fee = harness.succeed(&[close], &[&second]).body.fee_lamports;
    assert!(harness.account(&PLACE).is_none());
    assert_eq!(harness.lamports(&second.address), before - fee + rent_exempt_minimum_lamports(grown));
}
