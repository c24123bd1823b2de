//! Accounts whose data stands as Borsh writes it: made, read, written, checked, resized and brought to another version. The program
//! runs natively, without a vm.
#![expect(missing_docs, missing_debug_implementations, reason = "the program is for this test alone")]

use sealane_sdk::Account as Owned;
use sealane_sdk::guest::codec::{Encode, encode};
use sealane_sdk::guest::region::{Region, RegionAccount};
use sealane_sdk::prelude::*;

declare_id!("Borsh11111111111111111111111111111111111111");

const OWNER: Address = Address::new_from_array([3; 32]);
const NOTE: Address = Address::new_from_array([4; 32]);
/// 8 of the discriminator, 32 + 1 + (4 + 8) + (4 + 3 × (4 + 5)) + (1 + 8).
const NOTE_SIZE_BYTES: usize = 8 + 32 + 1 + 12 + 31 + 9;

#[program(errors = NoteError, events = [Moved])]
pub mod notes {
    use super::*;

    pub fn later(_context: Context<Later>) -> Result {
        emit!(Moved { out: 1, data: 2.into(), size: 3 });
        Ok(())
    }

    pub fn write(context: Context<Write>, text: String, tags: Vec<String>) -> Result {
        let mut note = context.accounts.note.load()?;
        require_neq!(note.text, text, NoteError::Same);
        (note.text, note.tags) = (text, tags);
        context.accounts.note.save(&note)
    }

    pub fn fresh(context: Context<Fresh>) -> Result {
        let note = context.accounts.note.load()?;
        require_keys_eq!(note.owner, Address::default());
        require!(note.state == State::Open && note.text.is_empty() && note.until.is_none());
        Ok(())
    }

    pub fn migrate(context: Context<Migrate>) -> Result {
        let note = context
            .accounts
            .note
            .migrate(|old| Ok(NoteV2 { owner: old.owner, lines: vec![old.text], count: 1 }))?;
        require_eq!(note.load()?.lines.len(), 1);
        require_gt!(note.missing_lamports(), 0);
        Ok(())
    }

    pub fn read(_context: Context<Read>) -> Result {
        Ok(())
    }
}

#[derive(Accounts)]
pub struct Write {
    pub owner: Signer,
    #[account(
        mut,
        has_one = owner @ NoteError::NotYours,
        constraint = note.load()?.state == State::Open,
    )]
    pub note: BorshAccount<Note>,
}

#[derive(Accounts)]
pub struct Fresh {
    /// As `init` does it, which needs a system program.
    #[account(mut)]
    pub note: BorshAccount<Note>,
}

#[derive(Accounts)]
pub struct Migrate {
    #[account(mut)]
    pub note: BorshAccount<Note>,
}

#[derive(Accounts)]
pub struct Read {
    pub note: BorshAccount<NoteV2>,
}

#[account(borsh)]
pub struct Note {
    pub owner: Address,
    pub state: State,
    #[max_len(8)]
    pub text: String,
    #[max_len(3, 5)]
    pub tags: Vec<String>,
    pub until: Option<i64>,
}

#[account(borsh, name = "Note", version = 2, replaces = Note)]
pub struct NoteV2 {
    pub owner: Address,
    pub lines: Vec<String>,
    pub count: u128,
}

#[derive(Argument, Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Open,
    Closed,
}

#[derive(Argument)]
pub struct Limited {
    pub one: Option<State>,
    #[max_len(2)]
    pub other: Option<Vec<[u16; 3]>>,
    pub kind: Kind,
}

#[derive(Argument)]
pub enum Kind {
    None,
    Named(#[max_len(10)] String),
    Pair { _one: u64, _other: u64 },
}

/// Its fields are called as what the macro makes of it might be.
#[event]
pub struct Moved {
    pub out: u64,
    pub data: U128,
    pub size: u8,
}

/// The mint's authority is an account that is made after it.
#[derive(Accounts)]
pub struct Later {
    #[account(mut)]
    pub payer: Signer,
    #[account(init, payer = payer, seeds = [b"mint", note], bump, mint::decimals = 0, mint::authority = note)]
    pub mint: Mint,
    #[account(init, payer = payer)]
    pub note: BorshAccount<Note>,
    pub token_program: Program<Token>,
    pub system_program: Program<System>,
}

#[error_code]
pub enum NoteError {
    #[msg("The note is somebody else's.")]
    NotYours,
    #[msg("The note says that already.")]
    Same,
}

fn note() -> Note {
    let tags = ["a", "b"].map(String::from).to_vec();
    Note { owner: OWNER, state: State::Open, text: "text".to_owned(), tags, until: Some(-1) }
}

fn account(value: &Note) -> Owned {
    let mut data = encode(&Note::DISCRIMINATOR, value);
    data.resize(NOTE_SIZE_BYTES.max(data.len()), 0);
    Owned::with_data(ID, data)
}

/// The account of a note, after a signer or alone, and what is called on them.
fn region(with_owner: bool, note: Owned, data: &[u8]) -> Region {
    let owner = RegionAccount { address: OWNER, account: Owned::system(1), signer: true, writable: false };
    let note = RegionAccount { address: NOTE, account: note, signer: false, writable: true };
    let accounts = if with_owner { vec![owner, note] } else { vec![note] };
    Region::new(&ID, &accounts, data)
}

fn write(text: &str, tags: &[&str]) -> Vec<u8> {
    let tags: Vec<String> = tags.iter().map(ToString::to_string).collect();
    encode(&discriminators::WRITE, &(text, tags))
}

#[test]
fn the_largest_size_is_known() {
    assert_eq!(Note::MAX_SIZE_BYTES, Some(NOTE_SIZE_BYTES - 8));
    assert_eq!(NoteV2::MAX_SIZE_BYTES, None);
    assert_eq!(Limited::MAX_SIZE_BYTES, Some(2 + (1 + 4 + 2 * 6) + (1 + 16)));
    let largest = Note { text: "12345678".to_owned(), tags: vec!["12345".to_owned(); 3], ..note() };
    assert_eq!(largest.account_size_bytes(), NOTE_SIZE_BYTES);
}

#[test]
fn what_is_saved_is_read_again_and_nothing_is_left_behind_it() {
    let mut region = region(true, account(&note()), &write("x", &[]));
    let (result, log) = region.run_logged(process);
    assert_eq!((result, log), (Ok(()), vec![]));
    let expected = Note { text: "x".to_owned(), tags: vec![], ..note() };
    assert_eq!(region.account(1).data, account(&expected).data, "zero behind the value");
}

#[test]
fn what_is_wrong_is_refused_with_the_accounts_name() {
    use ConstraintError as E;
    type Case<'a> = (Owned, Vec<u8>, ProgramError, &'a str);
    let foreign = Note { owner: NOTE, ..note() };
    let closed = Note { state: State::Closed, ..note() };
    let (mut other, mut broken, mut elsewhere) = (account(&note()), account(&note()), account(&note()));
    other.data[0] ^= 1;
    broken.data[8 + 32] = 2;
    elsewhere.owner = OWNER;
    let good = write("x", &[]);
    let cases: [Case<'_>; 7] = [
        (
            account(&foreign),
            good.clone(),
            NoteError::NotYours.into(),
            "account note: has_one = owner does not hold",
        ),
        (
            account(&closed),
            good.clone(),
            E::ConstraintRaw.into(),
            "account note: constraint = note.load()?.state == State::Open does not hold",
        ),
        (
            other,
            good.clone(),
            E::AccountDiscriminatorMismatch.into(),
            "account note: holds data of another type",
        ),
        (
            elsewhere,
            good.clone(),
            E::AccountOwnedByWrongProgram.into(),
            "account note: must belong to this program",
        ),
        (broken, good, ProgramError::InvalidAccountData, "account 1: its data is not a `Note`"),
        (
            account(&note()),
            write(&"x".repeat(200), &[]),
            E::AccountDidNotSerialize.into(),
            "account 1: what it shall hold is larger than the account: give it more `space`, or `realloc` it",
        ),
        (account(&note()), write("text", &[]), NoteError::Same.into(), "Left: \"text\", right: \"text\""),
    ];
    for (note, data, error, line) in cases {
        let (result, log) = region(true, note, &data).run_logged(process);
        assert_eq!(result, Err(error), "{line}");
        assert!(log.iter().any(|logged| logged.ends_with(line)), "{line}: {log:?}");
    }
}

#[test]
fn a_new_account_holds_the_zero_of_every_field() {
    let mut data = vec![0; NOTE_SIZE_BYTES];
    data[..8].copy_from_slice(&Note::DISCRIMINATOR);
    let (result, log) = region(false, Owned::with_data(ID, data), &discriminators::FRESH).run_logged(process);
    assert_eq!((result, log), (Ok(()), vec![]));
}

#[test]
fn an_older_version_is_told_apart_and_brought_to_the_next() {
    let (result, log) = region(false, account(&note()), &discriminators::READ).run_logged(process);
    assert_eq!(result, Err(ConstraintError::AccountDiscriminatorMismatch.into()));
    assert_eq!(
        log[0],
        "Error: read: account note: holds an older version of its data: it must be migrated first"
    );

    let mut old = account(&note());
    old.lamports = 1;
    let mut region = region(false, old, &discriminators::MIGRATE);
    assert_eq!(region.run_logged(process), (Ok(()), vec![]));
    let expected = NoteV2 { owner: OWNER, lines: vec!["text".to_owned()], count: 1 };
    assert_eq!(region.account(0).data, encode(&NoteV2::DISCRIMINATOR, &expected));
}

#[test]
fn fields_may_be_called_as_what_is_generated() {
    let bytes = encode(&[], &Moved { out: 1, data: 2.into(), size: 3 });
    assert_eq!(bytes, [&1_u64.to_le_bytes()[..], &2_u128.to_le_bytes(), &[3]].concat());
}

#[test]
fn clients_are_told_that_borsh_writes_it() {
    let idl = serde_json::from_str::<serde_json::Value>(&idl().to_json()).expect("JSON");
    let names = |list: &str| -> Vec<String> {
        let entries = idl[list].as_array().expect("a list");
        entries.iter().map(|entry| entry["name"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(names("accounts"), ["Note", "NoteV2"]);
    assert!(idl["types"].as_array().expect("a list").iter().all(|each| each.get("serialization").is_none()));
}
