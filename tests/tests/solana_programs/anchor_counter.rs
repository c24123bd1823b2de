//! A program written with Anchor: accounts made, resized and closed by the framework, an event, errors and a panic.

use sealane_runtime::outcome::Failure;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Address, ProgramError, ids};
use sealane_tests::{Harness, solana_programs};
use sealane_vm::{CallError, Trap};
use sha2::{Digest, Sha256};

const PROGRAM: Address = Address::from_str_const("Counter111111111111111111111111111111111111");
/// Bytes of a counter: a discriminator, owner, step, value, extra bytes.
const SIZE_BYTES: usize = 8 + 32 + 8 + 8 + 2;
/// The first of the error numbers that a program written with Anchor has for itself.
const FIRST_ERROR: u32 = 6000;

fn harness() -> Harness {
    Harness::with_program(PROGRAM, solana_programs::anchor_counter(), [])
}

fn counter(owner: &Address) -> Address {
    Address::find_program_address(&[b"counter", owner.as_ref()], &PROGRAM).0
}

/// The eight bytes that Anchor tells instructions and events apart by.
fn discriminator(space: &str, name: &str) -> [u8; 8] {
    let hash = Sha256::digest(format!("{space}:{name}"));
    *hash.first_chunk().expect("a hash is longer")
}

fn instruction(name: &str, owner: &Address, arguments: &[u8]) -> Instruction {
    let accounts = vec![
        AccountMeta::new(*owner, true),
        AccountMeta::new(counter(owner), false),
        AccountMeta::new_readonly(ids::system_program::ID, false),
    ];
    let data = [&discriminator("global", name), arguments].concat();
    Instruction { program_id: PROGRAM, accounts, data }
}

/// The data of a counter.
fn data(owner: &Address, step: u64, value: u64, extra_bytes: u16) -> Vec<u8> {
    let numbers = [step.to_le_bytes(), value.to_le_bytes()].concat();
    [&discriminator("account", "Counter"), owner.as_ref(), &numbers, &extra_bytes.to_le_bytes()].concat()
}

#[test]
fn it_counts_and_grows_and_closes() {
    let mut harness = harness();
    let owner = Harness::user(1);
    let address = counter(&owner.address);
    let before = harness.lamports(&owner.address);
    let open = instruction("open", &owner.address, &3_u64.to_le_bytes());
    let mut fees = harness.succeed(&[open], &[&owner]).body.fee_lamports;
    let minimum = rent_exempt_minimum_lamports(SIZE_BYTES);
    assert_eq!(harness.lamports(&address), minimum);
    assert_eq!(harness.data(&address), data(&owner.address, 3, 0, 0));

    let count = |toll: u64| instruction("count", &owner.address, &toll.to_le_bytes());
    let receipt = harness.succeed(&[count(5), count(6)], &[&owner]);
    fees += receipt.body.fee_lamports;
    assert_eq!(harness.data(&address), data(&owner.address, 3, 6, 0));
    assert_eq!(harness.lamports(&address), minimum + 11);
    assert_eq!(receipt.logs.lines().iter().filter(|line| line.starts_with("Program data: ")).count(), 2);

    let extend = instruction("extend", &owner.address, &5_000_u16.to_le_bytes());
    let receipt = harness.succeed(&[extend], &[&owner]);
    fees += receipt.body.fee_lamports;
    let mut extended = data(&owner.address, 3, 6, 5_000);
    extended.resize(SIZE_BYTES + 5_000, 0);
    assert_eq!(harness.data(&address), extended);
    assert_eq!(harness.lamports(&address), rent_exempt_minimum_lamports(SIZE_BYTES + 5_000));
    assert!(receipt.logs.lines().contains(&format!("Program log: {} bytes", SIZE_BYTES + 5_000)));

    let shrink = instruction("extend", &owner.address, &0_u16.to_le_bytes());
    fees += harness.succeed(&[shrink], &[&owner]).body.fee_lamports;
    assert_eq!(harness.data(&address), data(&owner.address, 3, 6, 0));

    fees += harness.succeed(&[instruction("close", &owner.address, &[])], &[&owner]).body.fee_lamports;
    assert!(harness.account(&address).is_none());
    assert_eq!(harness.lamports(&owner.address), before - fees, "all of it came back");
}

#[test]
fn errors_of_program_framework_and_vm() {
    let mut harness = harness();
    let (owner, stranger) = (Harness::user(1), Harness::user(2));
    let open = instruction("open", &owner.address, &u64::MAX.to_le_bytes());
    harness.succeed(&[open], &[&owner]);
    let count = instruction("count", &owner.address, &0_u64.to_le_bytes());
    let error = harness.program_error(&[count.clone(), count.clone()], &[&owner]);
    assert_eq!(error, ProgramError::Custom(FIRST_ERROR), "the sum overflows");

    let mut foreign = count;
    foreign.accounts[0].pubkey = stranger.address;
    let error = harness.program_error(&[foreign], &[&stranger]);
    assert_eq!(error, ProgramError::Custom(2001), "Anchor: ConstraintHasOne");
    let unknown = instruction("jump", &owner.address, &[]);
    let error = harness.program_error(&[unknown], &[&owner]);
    assert_eq!(error, ProgramError::Custom(101), "Anchor: InstructionFallbackNotFound");
    let (failure, receipt) = harness.fail(&[instruction("fail", &owner.address, &[])], &[&owner]);
    assert!(matches!(failure, Failure::Call { error: CallError::Trap(Trap::Unreachable), .. }), "{failure}");
    let lines = receipt.logs.lines();
    let text =
        lines.iter().find(|line| line.starts_with("Program log: panicked at")).expect("its text is logged");
    assert!(text.ends_with("as it was told"), "{text}");
}
