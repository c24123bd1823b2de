//! The program run natively on hand-made regions: what it leaves, and what it refuses. What it spends is measured in a
//! vm (`tests/tests/trace.rs`).

use crate::{Footprint, Replay, process, touch};
use proptest::prelude::{any, proptest};
use sealane_sdk::guest::region::{Region, RegionAccount};
use sealane_sdk::{Account, Address, ProgramError};

const PROGRAM: Address = Address::new_from_array([1; 32]);
const REPLAY: Replay = Replay { cost_units: 500, limit_units: 20_000, number: 7 };

fn account(number: u8, writable: bool, data: Vec<u8>) -> RegionAccount {
    let address = Address::new_from_array([number; 32]);
    RegionAccount { address, account: Account::with_data(PROGRAM, data), signer: false, writable }
}

fn touched(accounts: &[RegionAccount], replay: &Replay) -> Result<Vec<Footprint>, ProgramError> {
    let mut region = Region::new(&PROGRAM, accounts, &replay.encode());
    region.run(|program, views, _| touch(program, views, replay))?;
    Ok((0..accounts.len()).map(|index| bytemuck::pod_read_unaligned(&region.account(index).data)).collect())
}

#[test]
fn writable_accounts_are_written_and_the_others_are_not() {
    let left = touched(&[account(2, true, vec![0; 16]), account(3, false, vec![0; 16])], &REPLAY).unwrap();
    assert_eq!(left[0].write_count, 1);
    assert_ne!(left[0].digest, 0);
    assert_eq!(left[1], Footprint::default());
}

#[test]
fn what_is_written_depends_on_all_that_is_read() {
    let accounts = |read: u8, written: u8| {
        let mut data = vec![0; 16];
        data[15] = written;
        [account(2, true, data), account(3, false, vec![read; 16])]
    };
    let digest = |accounts: &[RegionAccount], replay: &Replay| touched(accounts, replay).unwrap()[0].digest;
    let plain = digest(&accounts(0, 0), &REPLAY);
    assert_eq!(plain, digest(&accounts(0, 0), &REPLAY));
    assert_ne!(plain, digest(&accounts(1, 0), &REPLAY), "what was read");
    assert_ne!(plain, digest(&accounts(0, 1), &REPLAY), "what was there");
    assert_ne!(plain, digest(&accounts(0, 0), &Replay { number: 8, ..REPLAY }), "the instruction");
}

#[test]
fn bad_input_is_refused() {
    let fails = |account: RegionAccount, data: &[u8], expected: ProgramError| {
        assert_eq!(Region::new(&PROGRAM, &[account], data).run(process), Err(expected));
    };
    let good = account(2, true, vec![0; 16]);
    fails(good.clone(), &[0; 15], ProgramError::InvalidInstructionData);
    fails(good.clone(), &[0; 17], ProgramError::InvalidInstructionData);
    fails(account(2, true, vec![0; 15]), &REPLAY.encode(), ProgramError::InvalidAccountData);
    fails(account(2, false, vec![0; 17]), &REPLAY.encode(), ProgramError::InvalidAccountData);
    let mut foreign = good;
    foreign.account.owner = Address::new_from_array([9; 32]);
    fails(foreign.clone(), &REPLAY.encode(), ProgramError::InvalidAccountOwner);
    foreign.writable = false;
    fails(foreign, &REPLAY.encode(), ProgramError::InvalidAccountOwner);
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(cost_units: u32, limit_units: u32, number in any::<u64>()) {
        let replay = Replay { cost_units, limit_units, number };
        assert_eq!(Replay::decode(&replay.encode()), Ok(replay));
    }
}
