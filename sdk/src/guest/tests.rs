//! Account views over regions made by hand: what was written is read back, borrows conflict where they must,
//! and changes show in the region.

use super::region::{Region, RegionAccount};
use super::typed::AccountData;
use super::{AccountView, DataRef, DataRefMut, Invocation, InvokeMeta, invoke};
use crate::limits::{MAX_DATA_GROWTH_PER_CALL_BYTES, MAX_INSTRUCTION_ACCOUNTS};
use crate::{Account, Address, ProgramError, ProgramResult};
use alloc::vec;
use alloc::vec::Vec;
use bytemuck::{Pod, Zeroable};
use proptest::prelude::*;

const PROGRAM: Address = Address::new_from_array([7; 32]);
const OTHER: Address = Address::new_from_array([8; 32]);

fn account(key: u8, owner: Address, lamports: u64, data: Vec<u8>) -> RegionAccount {
    let account = Account { lamports, owner, executable: false, data };
    RegionAccount { address: Address::new_from_array([key; 32]), account, signer: false, writable: true }
}

/// Runs `body` on accounts of 16 bytes of data and 10 lamports: 0, 1, and 0 again.
fn with_three(body: impl FnOnce(&[AccountView]) -> ProgramResult) -> Region {
    let [first, second] = [1, 2].map(|key| account(key, PROGRAM, 10, (0..16).collect()));
    let mut region = Region::new(&PROGRAM, &[first.clone(), second, first], &[]);
    assert_eq!(region.run(|_, accounts, _| body(accounts)), Ok(()));
    region
}

fn accounts() -> impl Strategy<Value = Vec<RegionAccount>> {
    let one = (
        0_u8..12,
        any::<[u8; 32]>(),
        any::<u64>(),
        prop::collection::vec(any::<u8>(), 0..50),
        any::<[bool; 3]>(),
    );
    let one = one.prop_map(|(key, owner, lamports, data, [executable, signer, writable])| RegionAccount {
        address: Address::new_from_array([key; 32]),
        account: Account { lamports, owner: owner.into(), executable, data },
        signer,
        writable,
    });
    prop::collection::vec(one, 0..20)
}

proptest! {
    /// Whatever table is written is read back, and a duplicate is the account it repeats.
    #[test]
    fn regions_parse_back(
        program in any::<[u8; 32]>(),
        accounts in accounts(),
        data in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let mut region = Region::new(&program.into(), &accounts, &data);
        let result = region.run(|seen_program, views, seen_data| {
            assert_eq!(seen_program.as_array(), &program);
            assert_eq!(seen_data, data);
            assert_eq!(views.len(), accounts.len());
            for (view, item) in views.iter().zip(&accounts) {
                let first = accounts.iter().position(|other| other.address == item.address).expect("itself at least");
                let expected = &accounts[first];
                assert_eq!(usize::from(view.index()), first);
                assert_eq!(*view, views[first]);
                assert_eq!(view.address(), &expected.address);
                assert_eq!(view.owner(), expected.account.owner);
                assert!(view.is_owned_by(&expected.account.owner));
                assert_eq!(view.lamports(), expected.account.lamports);
                let flags = [view.is_executable(), view.is_signer(), view.is_writable(), view.is_windowed()];
                assert_eq!(flags, [expected.account.executable, expected.signer, expected.writable, false]);
                assert_eq!(view.data_size(), expected.account.data.len());
                assert_eq!(*view.borrow_data()?, expected.account.data);
            }
            Ok(())
        });
        prop_assert_eq!(result, Ok(()));
        for (index, item) in accounts.iter().enumerate() {
            let first = accounts.iter().find(|other| other.address == item.address).expect("itself at least");
            prop_assert_eq!(region.account(index), first.account.clone());
        }
    }
}

#[test]
fn more_accounts_than_room_is_an_error() {
    let accounts = vec![account(1, PROGRAM, 0, vec![]); MAX_INSTRUCTION_ACCOUNTS + 1];
    let mut region = Region::new(&PROGRAM, &accounts, &[]);
    assert_eq!(region.run(|_, _, _| unreachable!("not called")), Err(ProgramError::InvalidArgument));
    let mut region = Region::new(&PROGRAM, &accounts[1..], &[]);
    assert_eq!(
        region.run(|_, views, _| Err(ProgramError::Custom(u32::try_from(views.len()).expect("few")))),
        Err(ProgramError::Custom(255))
    );
}

#[test]
fn errors_come_back_as_they_are() {
    for error in [ProgramError::Custom(0), ProgramError::Custom(77), ProgramError::IncorrectAuthority] {
        let mut region = Region::new(&PROGRAM, &[], &[]);
        assert_eq!(region.run(|_, _, _| Err(error.clone())), Err(error));
    }
}

#[test]
fn borrows_conflict_also_through_duplicates() {
    const FAILED: Option<ProgramError> = Some(ProgramError::AccountBorrowFailed);
    with_three(|views| {
        let [first, second, again] = views else { unreachable!("three accounts") };
        let readers = [first.borrow_data()?, again.borrow_data()?];
        assert_eq!(first.borrow_data_mut().err(), FAILED);
        assert_eq!(again.load_mut::<[u64; 2]>().err(), FAILED);
        assert_eq!(again.resize(0).err(), FAILED);
        assert_eq!(again.close_to(second).err(), FAILED);
        assert_eq!(again.write_window(0, &[1]).err(), FAILED);
        again.read_window(0, &mut [0])?;
        let writer = second.borrow_data_mut()?;
        assert_eq!(second.borrow_data().err(), FAILED);
        assert_eq!(second.read_window(0, &mut [0]).err(), FAILED);
        drop((readers, writer));
        assert_eq!(first.borrow_data_mut()?.len(), 16);
        assert_eq!(*second.load::<[u8; 16]>()?, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
        Ok(())
    });
}

#[test]
fn parts_keep_the_borrow() {
    with_three(|views| {
        let first = &views[0];
        let part = DataRefMut::map(first.borrow_data_mut()?, |data| &mut data[3..5]);
        assert_eq!(*part, [3, 4]);
        assert!(first.borrow_data().is_err());
        drop(part);
        let part = DataRef::map(first.borrow_data()?, |data| &data[15]);
        assert!(first.borrow_data_mut().is_err());
        assert_eq!(*part, 15);
        drop(part);
        first.require_free()
    });
}

#[test]
fn nested_calls_are_refused_while_data_is_lent() {
    with_three(|views| {
        let [first, program, again] = views else { unreachable!("three accounts") };
        let call = |meta| invoke(&Invocation { program, accounts: &[meta], data: &[] });
        let reader = first.borrow_data()?;
        assert_eq!(call(InvokeMeta::writable(again)), Err(ProgramError::AccountBorrowFailed));
        drop(reader);
        let writer = first.borrow_data_mut()?;
        assert_eq!(call(InvokeMeta::readonly_signer(again)), Err(ProgramError::AccountBorrowFailed));
        drop(writer);
        let metas = [InvokeMeta::readonly(first); MAX_INSTRUCTION_ACCOUNTS + 1];
        let invocation = Invocation { program, accounts: &metas, data: &[] };
        assert_eq!(invoke(&invocation), Err(ProgramError::InvalidArgument));
        Ok(())
    });
}

#[test]
fn lamports_are_checked() {
    let region = with_three(|views| {
        assert_eq!(views[0].sub_lamports(11), Err(ProgramError::InsufficientFunds));
        views[2].sub_lamports(4)?;
        views[1].add_lamports(4)?;
        assert_eq!(views[1].add_lamports(u64::MAX), Err(ProgramError::ArithmeticOverflow));
        Ok(())
    });
    assert_eq!([0, 1, 2].map(|index| region.account(index).lamports), [6, 14, 6]);
}

#[test]
fn data_is_resized_zeroed_and_windowed() {
    let region = with_three(|views| {
        let first = &views[0];
        first.resize(4)?;
        first.resize(8)?;
        assert_eq!(*first.borrow_data()?, [0, 1, 2, 3, 0, 0, 0, 0]);
        first.write_window(6, &[9, 9])?;
        let mut window = [0; 3];
        first.read_window(5, &mut window)?;
        assert_eq!(window, [0, 9, 9]);
        views[1].resize(16 + MAX_DATA_GROWTH_PER_CALL_BYTES)
    });
    assert_eq!(region.account(0).data, [0, 1, 2, 3, 0, 0, 9, 9]);
    assert_eq!(region.account(1).data.len(), 16 + MAX_DATA_GROWTH_PER_CALL_BYTES);
    assert!(region.account(1).data[16..].iter().all(|byte| *byte == 0));
}

#[test]
fn closed_accounts_are_empty_and_the_systems() {
    let region = with_three(|views| {
        assert_eq!(views[0].close_to(&views[2]), Err(ProgramError::InvalidArgument));
        views[0].close_to(&views[1])
    });
    assert_eq!(region.account(0), Account::default());
    assert_eq!(region.account(1).lamports, 20);
}

#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
struct Counter {
    discriminator: [u8; 8],
    count: u64,
}

impl AccountData for Counter {
    const DISCRIMINATOR: [u8; 8] = *b"counter\0";
}

#[test]
fn sizes_must_fit() {
    with_three(|views| {
        assert_eq!(views[0].load::<u64>().err(), Some(ProgramError::InvalidAccountData));
        assert_eq!(views[0].load_mut::<[u64; 3]>().err(), Some(ProgramError::InvalidAccountData));
        assert_eq!(views[0].load_prefix::<[u64; 3]>().err(), Some(ProgramError::InvalidAccountData));
        assert_eq!(*views[0].load_prefix::<[u8; 3]>()?, [0, 1, 2]);
        *views[0].load_prefix_mut::<u8>()? = 5;
        assert_eq!(*views[2].load_prefix::<u16>()?, 0x0105);
        Ok(())
    });
}

#[test]
fn typed_data_knows_its_kind() {
    let fresh = account(1, PROGRAM, 0, vec![0; 16]);
    let foreign = account(2, OTHER, 0, vec![0; 16]);
    let wrong = account(3, PROGRAM, 0, vec![1; 16]);
    let mut region = Region::new(&PROGRAM, &[fresh, foreign, wrong], &[]);
    let result = region.run(|program, views, _| {
        let error = |view: &AccountView| view.load_checked::<Counter>(program).err();
        assert_eq!(error(&views[0]), Some(ProgramError::UninitializedAccount));
        assert_eq!(error(&views[1]), Some(ProgramError::InvalidAccountOwner));
        assert_eq!(error(&views[2]), Some(ProgramError::InvalidAccountData));
        views[0].load_fresh::<Counter>(program)?.count = 41;
        assert_eq!(
            views[0].load_fresh::<Counter>(program).err(),
            Some(ProgramError::AccountAlreadyInitialized)
        );
        views[0].load_checked_mut::<Counter>(program)?.count += 1;
        let counter = views[0].load_checked::<Counter>(program)?;
        assert_eq!((counter.discriminator, counter.count), (*b"counter\0", 42));
        Ok(())
    });
    assert_eq!(result, Ok(()));
    assert_eq!(region.account(0).data[8], 42);
}

#[test]
fn tokens_are_read_where_spl_token_puts_them() {
    use super::token::{ACCOUNT_SIZE_BYTES, MINT_SIZE_BYTES, Mint, TokenAccount, TokenProgram};
    let token = crate::ids::token::ID;
    let mut holder = vec![0; ACCOUNT_SIZE_BYTES];
    holder[..32].fill(1);
    holder[32..64].fill(2);
    holder[64..72].copy_from_slice(&77_u64.to_le_bytes());
    holder[108] = 1;
    let mut shared = holder.clone();
    shared[72] = 1;
    let mut uninitialized = holder.clone();
    uninitialized[108] = 0;
    let mut mint = vec![0; MINT_SIZE_BYTES];
    mint[0] = 1;
    mint[4..36].fill(3);
    mint[36..44].copy_from_slice(&88_u64.to_le_bytes());
    (mint[44], mint[45]) = (6, 1);
    let accounts = [
        account(1, token, 1, holder.clone()),
        account(2, token, 1, shared),
        account(3, token, 1, uninitialized),
        account(4, OTHER, 1, holder),
        account(5, token, 1, mint),
    ];
    let expected = TokenAccount {
        mint: Address::new_from_array([1; 32]),
        owner: Address::new_from_array([2; 32]),
        amount: 77,
        shared: false,
    };
    let result = Region::new(&PROGRAM, &accounts, &[]).run(|_, views, _| {
        assert_eq!(TokenAccount::read(&views[0]), Ok(expected));
        assert_eq!(TokenAccount::amount_of(&views[0]), Ok(77));
        assert_eq!(TokenAccount::read(&views[1]), Ok(TokenAccount { shared: true, ..expected }));
        assert_eq!(TokenAccount::read(&views[2]), Err(ProgramError::UninitializedAccount));
        assert_eq!(TokenAccount::amount_of(&views[2]), Err(ProgramError::UninitializedAccount));
        assert_eq!(TokenAccount::read(&views[3]), Err(ProgramError::InvalidAccountOwner));
        assert_eq!(TokenAccount::read(&views[4]), Err(ProgramError::InvalidAccountData));
        let mint = Mint {
            mint_authority: Some(Address::new_from_array([3; 32])),
            supply: 88,
            decimals: 6,
            freeze_authority: None,
        };
        assert_eq!(Mint::read(&views[4]), Ok(mint));
        assert_eq!(Mint::read(&views[0]), Err(ProgramError::InvalidAccountData));
        assert_eq!(TokenProgram::new(&views[0]).err(), Some(ProgramError::IncorrectProgramId));
        Ok(())
    });
    assert_eq!(result, Ok(()));
}
