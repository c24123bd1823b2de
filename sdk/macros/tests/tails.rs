//! Accounts with a tail: the head is checked and lent as any account's data, what follows it is the program's own.
#![expect(missing_docs, missing_debug_implementations, reason = "the program is for this test alone")]

use sealane_sdk::guest::region::{Region, RegionAccount};
use sealane_sdk::ids::system_program;
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::prelude::*;
use sealane_sdk::{Account as Owned, bytemuck};

declare_id!("Tai1111111111111111111111111111111111111111");

#[program]
pub mod logs {
    use super::*;

    pub fn open(context: Context<Open>) -> Result {
        context.accounts.log.load_mut()?.owner = *context.accounts.owner.address();
        Ok(())
    }

    pub fn write(context: Context<Write>, entry: u64) -> Result<u64> {
        let log = &context.accounts.log;
        let mut data = log.borrow_data_mut()?;
        // The head is a part of the data: nobody else has it meanwhile.
        require!(log.load().is_err() && log.load_mut().is_err());
        let (head, entries) = Log::split_mut::<u64>(&mut data)?;
        let place = usize::try_from(head.count).ok().and_then(|index| entries.get_mut(index));
        let place = place.ok_or(ProgramError::AccountDataTooSmall)?;
        (*place, head.count) = (entry, head.count + 1);
        drop(data);
        let data = log.borrow_data()?;
        let (head, entries) = Log::split::<u64>(&data)?;
        require!(head.count == log.load()?.count);
        Ok(entries.iter().sum())
    }

    pub fn resize(_context: Context<Resize>, room: u16) -> Result {
        let _ = room;
        Ok(())
    }
}

#[derive(Accounts)]
pub struct Open {
    pub owner: Signer,
    #[account(zero)]
    pub log: Account<Log>,
}

#[derive(Accounts)]
pub struct Write {
    pub owner: Signer,
    #[account(mut, has_one = owner)]
    pub log: Account<Log>,
}

#[derive(Accounts)]
#[instruction(room: u16)]
pub struct Resize {
    #[account(mut)]
    pub owner: Signer,
    #[account(
        mut, has_one = owner,
        realloc = Log::SIZE_BYTES + 8 * usize::from(room), realloc::payer = owner,
    )]
    pub log: Account<Log>,
    pub system_program: Program<System>,
}

#[account(tail)]
pub struct Log {
    pub owner: Address,
    pub count: u64,
}

const OWNER: Address = Address::new_from_array([3; 32]);

/// What lies in the account: a head of OWNER's, and these entries.
fn log(count: u64, entries: &[u64]) -> Vec<u8> {
    let mut head = Log::zeroed();
    (head.owner, head.count) = (OWNER, count);
    [bytemuck::bytes_of(&head), bytemuck::cast_slice(entries)].concat()
}

/// Calls the program with OWNER, who signs, and the log with this data; gives data and lamports of the log afterwards.
fn run(data: Vec<u8>, instruction: &[u8]) -> Result<(Vec<u8>, u64)> {
    let item = |address, account, signer| RegionAccount { address, account, signer, writable: true };
    let accounts = [
        item(OWNER, Owned::system(1), true),
        item(Address::new_from_array([50; 32]), Owned::with_data(ID, data), false),
        item(system_program::ID, Owned::system(1), false),
    ];
    let mut region = Region::new(&ID, &accounts, instruction);
    region.run(process)?;
    let account = region.account(1);
    Ok((account.data, account.lamports))
}

fn write(entry: u64) -> Vec<u8> {
    [&discriminators::WRITE[..], &entry.to_le_bytes()].concat()
}

#[test]
fn head_and_tail_are_read_and_written_in_place() {
    let (opened, _) =
        run(vec![0; Log::SIZE_BYTES + 16], &discriminators::OPEN).expect("all zero, and larger");
    assert_eq!(opened, log(0, &[0, 0]));
    let (once, _) = run(opened, &write(7)).expect("there is room");
    assert_eq!(once, log(1, &[7, 0]));
    let (twice, _) = run(once, &write(8)).expect("there is room");
    assert_eq!(twice, log(2, &[7, 8]));
    assert_eq!(run(twice, &write(9)), Err(ProgramError::AccountDataTooSmall));
}

#[test]
fn a_tail_may_be_empty_and_a_head_must_be_whole() {
    use ConstraintError as E;
    let open = |data| run(data, &discriminators::OPEN).map(|(data, _)| data);
    assert_eq!(open(vec![0; Log::SIZE_BYTES]), Ok(log(0, &[])));
    assert_eq!(open(vec![0; Log::SIZE_BYTES - 1]), Err(E::AccountDidNotDeserialize.into()));
    assert_eq!(open(log(0, &[1])), Err(E::ConstraintZero.into()));
    let mut short = log(0, &[]);
    short.pop();
    assert_eq!(run(short, &write(7)), Err(E::AccountDidNotDeserialize.into()));
    let mut other = log(0, &[0]);
    other[0] ^= 1;
    assert_eq!(run(other, &write(7)), Err(E::AccountDiscriminatorMismatch.into()));
}

#[test]
fn data_is_taken_apart_only_if_all_of_it_fits() {
    let mut words = vec![0_u64; (Log::SIZE_BYTES + 16) / 8];
    let data: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
    assert_eq!(Log::split::<u64>(data), Err(ProgramError::UninitializedAccount));
    data.copy_from_slice(&log(2, &[7, 8]));
    let (head, entries) = Log::split::<u64>(data).expect("a log");
    assert_eq!((head.count, entries), (2, &[7, 8][..]));
    assert_eq!(Log::split::<u8>(data).map(|(_, bytes)| bytes.len()), Ok(16));
    assert_eq!(Log::split::<[u8; 3]>(data), Err(ProgramError::InvalidAccountData), "no whole number of them");
    assert_eq!(Log::split::<u8>(&data[..Log::SIZE_BYTES - 1]), Err(ProgramError::InvalidAccountData));
    data[0] ^= 1;
    assert_eq!(Log::split_mut::<u8>(data), Err(ProgramError::InvalidAccountData));
}

#[test]
fn clients_read_the_head() {
    for entries in [&[][..], &[7, 8]] {
        assert_eq!(Log::read(&log(2, entries)).map(|head| (head.owner, head.count)), Some((OWNER, 2)));
    }
    assert_eq!(Log::read(&log(2, &[])[..Log::SIZE_BYTES - 1]), None);
    assert_eq!(Log::read(&[0; Log::SIZE_BYTES]), None);
}

#[test]
fn a_tail_is_made_shorter() {
    let resize = |room: u16| [&discriminators::RESIZE[..], &room.to_le_bytes()].concat();
    let (data, lamports) = run(log(2, &[7, 8, 9]), &resize(1)).expect("it is the owner's");
    assert_eq!(data, log(2, &[7]));
    assert_eq!(lamports, rent_exempt_minimum_lamports(data.len()), "the rest is the payer's again");
}
