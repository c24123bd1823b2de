//! A vault written with Anchor and `anchor-spl`: token accounts that the framework makes, a book that is read in place, a
//! position made when it is first needed, events by nested calls, and accounts beyond the declared ones.

use super::{harness_with, held};
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Address, ProgramError, ids};
use sealane_tests::generators::{mint_account, token_account};
use sealane_tests::{Harness, User, solana_programs};
use sha2::{Digest, Sha256};

const PROGRAM: Address = Address::from_str_const("Vau1t11111111111111111111111111111111111111");
const MINT: Address = Address::new_from_array([21; 32]);
const TOKENS: [Address; 4] = [
    Address::new_from_array([31; 32]),
    Address::new_from_array([32; 32]),
    Address::new_from_array([33; 32]),
    Address::new_from_array([34; 32]),
];

const ENTRY_COUNT: usize = 64;
const ENTRY_SIZE_BYTES: usize = 32 + 8;
/// Discriminator, mint, total, count, entries, bump and padding.
const BOOK_SIZE_BYTES: usize = 8 + 32 + 8 + 8 + ENTRY_COUNT * ENTRY_SIZE_BYTES + 8;
/// Discriminator, owner, amount, and the length of a note.
const POSITION_SIZE_BYTES: usize = 8 + 32 + 8 + 4;
const FIRST_ERROR: u32 = 6000;

/// The eight bytes that Anchor tells instructions and events apart by.
fn discriminator(space: &str, name: &str) -> [u8; 8] {
    let hash = Sha256::digest(format!("{space}:{name}"));
    *hash.first_chunk().expect("a hash is longer")
}

fn derived(seeds: &[&[u8]], program: &Address) -> Address {
    Address::find_program_address(seeds, program).0
}

fn book() -> Address {
    derived(&[b"book", MINT.as_ref()], &PROGRAM)
}

fn vault() -> Address {
    derived(&[book().as_ref(), ids::token::ID.as_ref(), MINT.as_ref()], &ids::associated_token::ID)
}

fn position(owner: &Address) -> Address {
    derived(&[b"position", book().as_ref(), owner.as_ref()], &PROGRAM)
}

fn writable(address: Address) -> AccountMeta {
    AccountMeta::new(address, false)
}

fn readonly(address: Address) -> AccountMeta {
    AccountMeta::new_readonly(address, false)
}

fn instruction(name: &str, accounts: Vec<AccountMeta>, arguments: &[u8]) -> Instruction {
    let data = [&discriminator("global", name), arguments].concat();
    Instruction { program_id: PROGRAM, accounts, data }
}

fn open(payer: &User) -> Instruction {
    let accounts = vec![
        AccountMeta::new(payer.address, true),
        readonly(MINT),
        writable(book()),
        writable(vault()),
        readonly(ids::token::ID),
        readonly(ids::associated_token::ID),
        readonly(ids::system_program::ID),
    ];
    instruction("open", accounts, &[])
}

fn deposit(owner: &User, tokens: Address, amount: u64) -> Instruction {
    let accounts = vec![
        AccountMeta::new(owner.address, true),
        writable(book()),
        writable(vault()),
        writable(tokens),
        writable(position(&owner.address)),
        readonly(ids::token::ID),
        readonly(ids::system_program::ID),
        readonly(derived(&[b"__event_authority"], &PROGRAM)),
        readonly(PROGRAM),
    ];
    instruction("deposit", accounts, &amount.to_le_bytes())
}

fn withdraw(owner: &User, tokens: Address, amount: u64) -> Instruction {
    let accounts = vec![
        AccountMeta::new_readonly(owner.address, true),
        readonly(MINT),
        writable(book()),
        writable(vault()),
        writable(tokens),
        writable(position(&owner.address)),
        readonly(ids::token::ID),
    ];
    instruction("withdraw", accounts, &amount.to_le_bytes())
}

fn annotate(owner: &User, note: &str) -> Instruction {
    let accounts = vec![
        AccountMeta::new(owner.address, true),
        writable(position(&owner.address)),
        readonly(ids::system_program::ID),
    ];
    let size = u32::try_from(note.len()).expect("it is short").to_le_bytes();
    instruction("annotate", accounts, &[&size, note.as_bytes()].concat())
}

/// Users 1 and 2 have the first two token accounts, the others are empty and user 3's.
fn harness() -> (Harness, User, User) {
    let [first, second, third] = [1, 2, 3].map(Harness::user);
    let tokens = |owner: &User, amount| held(token_account(&MINT, &owner.address, amount));
    let accounts = [
        (MINT, held(mint_account(&Harness::user(0).address, 2_000))),
        (TOKENS[0], tokens(&first, 1_500)),
        (TOKENS[1], tokens(&second, 500)),
        (TOKENS[2], tokens(&third, 0)),
        (TOKENS[3], tokens(&third, 0)),
    ];
    let mut harness = harness_with(PROGRAM, solana_programs::anchor_vault(), accounts);
    harness.succeed(&[open(&first)], &[&first]);
    (harness, first, second)
}

/// Total and count in the book, and its newest entries.
fn written_down(harness: &Harness, entries: usize) -> (u64, u64, Vec<(Address, u64)>) {
    let data = harness.data(&book());
    assert_eq!(
        (data.len(), &data[..8], &data[8..40]),
        (BOOK_SIZE_BYTES, &discriminator("account", "Book")[..], MINT.as_ref())
    );
    let number =
        |offset: usize| u64::from_le_bytes(*data[offset..].first_chunk().expect("the book is longer"));
    let entry = |index: usize| {
        let at = 56 + index * ENTRY_SIZE_BYTES;
        let owner: [u8; 32] = *data[at..].first_chunk().expect("the book is longer");
        (Address::from(owner), number(at + 32))
    };
    (number(40), number(48), (0..entries).map(entry).collect())
}

fn amounts(harness: &Harness) -> [u64; 5] {
    [vault(), TOKENS[0], TOKENS[1], TOKENS[2], TOKENS[3]].map(|place| harness.token_amount(&place))
}

fn position_data(owner: &Address, amount: u64, note: &str) -> Vec<u8> {
    let size = u32::try_from(note.len()).expect("it is short").to_le_bytes();
    let head = discriminator("account", "Position");
    [&head[..], owner.as_ref(), &amount.to_le_bytes(), &size, note.as_bytes()].concat()
}

#[test]
fn tokens_go_in_and_out_and_are_written_down() {
    let (mut harness, first, second) = harness();
    assert_eq!(harness.data(&vault()), token_account(&MINT, &book(), 0));
    assert_eq!(harness.lamports(&book()), rent_exempt_minimum_lamports(BOOK_SIZE_BYTES));

    let before = harness.lamports(&second.address);
    harness.succeed(&[deposit(&first, TOKENS[0], 1_000)], &[&first]);
    let receipt = harness.succeed(&[deposit(&second, TOKENS[1], 7)], &[&second]);
    // Tokens move, the system program makes the position, and the event is told by a call of the program to itself.
    // The first eight bytes are how Anchor tells such a call from an instruction.
    let event = [
        &discriminator("event", "Deposited")[..],
        second.address.as_ref(),
        &7_u64.to_le_bytes(),
        &1_007_u64.to_le_bytes(),
    ];
    let event = event.concat();
    let told = receipt.body.inner_calls.iter().filter(|call| call.data.get(8..) == Some(&event));
    assert_eq!(told.count(), 1, "{:#?}", receipt.body.inner_calls);
    let rent = rent_exempt_minimum_lamports(POSITION_SIZE_BYTES);
    assert_eq!(harness.lamports(&second.address), before - receipt.body.fee_lamports - rent);

    // The position is there now, and nothing is paid for it a second time.
    let before = harness.lamports(&second.address);
    let receipt = harness.succeed(&[deposit(&second, TOKENS[1], 3)], &[&second]);
    assert_eq!(harness.lamports(&second.address), before - receipt.body.fee_lamports);
    assert_eq!(amounts(&harness), [1_010, 500, 490, 0, 0]);
    assert_eq!(harness.data(&position(&second.address)), position_data(&second.address, 10, ""));
    let entries =
        vec![(first.address, 1_000), (second.address, 7), (second.address, 3), (Address::default(), 0)];
    assert_eq!(written_down(&harness, 4), (1_010, 3, entries));

    harness.succeed(&[withdraw(&second, TOKENS[1], 4)], &[&second]);
    assert_eq!(amounts(&harness), [1_006, 500, 494, 0, 0]);
    assert_eq!(written_down(&harness, 0).0, 1_006);
    let error = harness.program_error(&[withdraw(&second, TOKENS[1], 7)], &[&second]);
    assert_eq!(error, ProgramError::Custom(FIRST_ERROR + 1), "there is less in the position");
    let mut foreign = withdraw(&second, TOKENS[1], 1);
    foreign.accounts[5].pubkey = position(&first.address);
    harness.program_error(&[foreign], &[&second]);
}

#[test]
fn the_book_is_a_ring() {
    let (mut harness, first, _) = harness();
    for amount in 1..=ENTRY_COUNT as u64 + 2 {
        harness.succeed(&[deposit(&first, TOKENS[0], amount % 5)], &[&first]);
    }
    let (total, count, entries) = written_down(&harness, 3);
    assert_eq!((total, count), ((1..=66).map(|amount| amount % 5).sum(), 66));
    assert_eq!(entries.iter().map(|entry| entry.1).collect::<Vec<_>>(), [65 % 5, 66 % 5, 3]);
}

#[test]
fn a_position_grows_with_its_note() {
    let (mut harness, first, _) = harness();
    harness.succeed(&[deposit(&first, TOKENS[0], 5)], &[&first]);
    let total =
        |harness: &Harness| harness.lamports(&first.address) + harness.lamports(&position(&first.address));
    let before = total(&harness);
    let mut fees = 0;
    for note in ["a note of some length", "", "again"] {
        fees += harness.succeed(&[annotate(&first, note)], &[&first]).body.fee_lamports;
        assert_eq!(harness.data(&position(&first.address)), position_data(&first.address, 5, note));
        let rent = rent_exempt_minimum_lamports(POSITION_SIZE_BYTES + note.len());
        assert_eq!(harness.lamports(&position(&first.address)), rent);
    }
    assert_eq!(total(&harness), before - fees, "what shrinks gives its rent back");
}

#[test]
fn further_accounts_each_get_their_share() {
    let (mut harness, first, _) = harness();
    let share = |receivers: &[Address], amount: u64| {
        let mut accounts = vec![
            AccountMeta::new_readonly(first.address, true),
            writable(TOKENS[0]),
            readonly(ids::token::ID),
        ];
        accounts.extend(receivers.iter().copied().map(writable));
        instruction("share", accounts, &amount.to_le_bytes())
    };
    harness.succeed(&[share(&[TOKENS[1], TOKENS[2], TOKENS[3], TOKENS[2]], 100)], &[&first]);
    assert_eq!(amounts(&harness), [0, 1_100, 600, 200, 100]);
    harness.succeed(&[share(&[], 100)], &[&first]);
    let error = harness.program_error(&[share(&[TOKENS[1], TOKENS[0]], 1)], &[&first]);
    assert_eq!(error, ProgramError::Custom(FIRST_ERROR + 2), "giver and receiver are the same");
    let error = harness.program_error(&[share(&[MINT], 1)], &[&first]);
    assert_ne!(error, ProgramError::Custom(FIRST_ERROR + 2), "a mint is no token account: {error}");
    assert_eq!(amounts(&harness), [0, 1_100, 600, 200, 100]);
}
