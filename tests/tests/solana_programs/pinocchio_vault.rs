//! A program written with pinocchio: nested calls in C's layout, signed by seeds, and data that grows in place.

use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Account, Address, ProgramError, ids};
use sealane_tests::{Harness, solana_programs};
use sealane_vm::{CallError, Privilege, Rule};

const PROGRAM: Address = Address::new_from_array([77; 32]);

fn harness() -> Harness {
    Harness::with_program(PROGRAM, solana_programs::pinocchio_vault(), [])
}

fn vault(owner: &Address) -> (Address, u8) {
    Address::find_program_address(&[b"vault", owner.as_ref()], &PROGRAM)
}

fn instruction(owner: &Address, data: &[u8]) -> Instruction {
    let accounts = vec![
        AccountMeta::new(*owner, true),
        AccountMeta::new(vault(owner).0, false),
        AccountMeta::new_readonly(ids::system_program::ID, false),
    ];
    Instruction { program_id: PROGRAM, accounts, data: data.to_vec() }
}

fn open(owner: &Address) -> Instruction {
    instruction(owner, &[0, vault(owner).1])
}

fn with_lamports(owner: &Address, tag: u8, lamports: u64) -> Instruction {
    instruction(owner, &[&[tag], &lamports.to_le_bytes()[..]].concat())
}

#[test]
fn lamports_go_in_and_out() {
    let mut harness = harness();
    let owner = Harness::user(1);
    let (address, _) = vault(&owner.address);
    let before = harness.lamports(&owner.address);
    let mut fees = harness.succeed(&[open(&owner.address)], &[&owner]).body.fee_lamports;
    let minimum = rent_exempt_minimum_lamports(8);
    let expected = Account { lamports: minimum, ..Account::with_data(PROGRAM, vec![0; 8]) };
    assert_eq!(harness.account(&address).as_deref(), Some(&expected));

    let deposits = [5, 7].map(|lamports| with_lamports(&owner.address, 1, lamports));
    fees += harness.succeed(&deposits, &[&owner]).body.fee_lamports;
    assert_eq!(
        (harness.lamports(&address), harness.data(&address)),
        (minimum + 12, 2_u64.to_le_bytes().to_vec())
    );

    fees += harness.succeed(&[with_lamports(&owner.address, 2, 11)], &[&owner]).body.fee_lamports;
    assert_eq!(harness.lamports(&address), minimum + 1);
    assert_eq!(harness.lamports(&owner.address), before - minimum - 1 - fees);
}

#[test]
fn data_grows_in_place() {
    let mut harness = harness();
    let owner = Harness::user(1);
    let (address, _) = vault(&owner.address);
    let note = [vec![3], b"to whom it may concern".to_vec()].concat();
    let rent = with_lamports(&owner.address, 1, 1_000_000);
    harness.succeed(&[open(&owner.address), rent, instruction(&owner.address, &note)], &[&owner]);
    assert_eq!(harness.data(&address), [&1_u64.to_le_bytes()[..], b"to whom it may concern"].concat());
}

#[test]
fn what_it_may_not_do() {
    let mut harness = harness();
    let owner = Harness::user(1);
    let (address, bump) = vault(&owner.address);
    // Another bump derives another address, which is not the one to be signed for.
    let wrong = instruction(&owner.address, &[0, bump - 1]);
    let error = harness.call_error(&[wrong], &[&owner]);
    let refused = CallError::PrivilegeEscalation { privilege: Privilege::Signer, account: address };
    assert!(error == refused || matches!(error, CallError::Seeds(_)), "{error}");
    // Before it is opened the vault is not the program's, which then writes the count all the same.
    harness.succeed(&[open(&owner.address)], &[&owner]);
    let error = harness.program_error(&[with_lamports(&owner.address, 2, 1 << 40)], &[&owner]);
    assert_eq!(error, ProgramError::InsufficientFunds);
    // A vault of somebody else's program.
    let foreign = Harness::user(2).address;
    let mut instruction = with_lamports(&owner.address, 2, 1);
    instruction.accounts[1].pubkey = foreign;
    let error = harness.call_error(&[instruction], &[&owner]);
    assert_eq!(error, CallError::rule(Rule::ForeignLamports, foreign));
}
