//! Transactions of the system program alone: lamports move, accounts come and go, payers run dry.

use super::block::{Draft, Maker};
use crate::programs::PROBE;
use rand::Rng;
use sealane_sdk::Address;
use sealane_sdk::ids::system_program;
use sealane_sdk::instruction::Hash;
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use solana_system_interface::instruction as system;

/// Between users; now and then more than there is, or on a blockhash nobody knows.
pub(super) fn transfer(maker: &mut Maker<'_>) -> Draft {
    let (from, to) = (maker.user(), maker.user());
    let lamports = if maker.chance(8) { u64::MAX / 2 } else { maker.random.random_range(0..10_000_000) };
    let mut draft = Draft::new(vec![system::transfer(&from.address, &to.address, lamports)], vec![from]);
    if maker.chance(5) {
        draft.blockhash = Some(Hash::new_from_array(maker.random.random()));
    }
    draft
}

/// To an address that holds nothing: too little leaves it below the rent-exempt minimum.
pub(super) fn transfer_to_new(maker: &mut Maker<'_>) -> Draft {
    let from = maker.user();
    let to = maker.world.fresh_user();
    let minimum = rent_exempt_minimum_lamports(0);
    let lamports = if maker.chance(40) { minimum - 1 } else { minimum };
    let draft = Draft::new(vec![system::transfer(&from.address, &to.address, lamports)], vec![from]);
    // Later transactions of this block find it there, or not.
    maker.world.users.push(to);
    draft
}

/// For the probe or the system program; the new account is a cell from then on, whether it comes to be or not.
pub(super) fn create_account(maker: &mut Maker<'_>) -> Draft {
    let payer = maker.user();
    let account = maker.world.fresh_user();
    let space = maker.random.random_range(0..200);
    let missing = if maker.chance(15) { 1 } else { 0 };
    let lamports = rent_exempt_minimum_lamports(space) - missing;
    let owner = if maker.chance(80) { PROBE } else { system_program::ID };
    let instruction =
        system::create_account(&payer.address, &account.address, lamports, space as u64, &owner);
    maker.world.cells.push(account.address);
    Draft::new(vec![instruction], vec![payer, account])
}

/// The address derives from a user and a short seed, so the second try meets an account in use.
pub(super) fn create_with_seed(maker: &mut Maker<'_>) -> Draft {
    let (payer, base) = (maker.user(), maker.user());
    let seed = format!("seed {}", maker.random.random_range(0..3));
    let space = 16;
    let address = Address::create_with_seed(&base.address, &seed, &PROBE).expect("a short seed");
    let lamports = rent_exempt_minimum_lamports(space);
    let instruction = system::create_account_with_seed(
        &payer.address,
        &address,
        &base.address,
        &seed,
        lamports,
        space as u64,
        &PROBE,
    );
    maker.world.cells.push(address);
    Draft::new(vec![instruction], vec![payer, base])
}

/// In three steps what `CreateAccount` does in one, the order now and then wrong.
pub(super) fn allocate_and_assign(maker: &mut Maker<'_>) -> Draft {
    let payer = maker.user();
    let account = maker.world.fresh_user();
    let mut instructions = vec![
        system::transfer(&payer.address, &account.address, rent_exempt_minimum_lamports(32)),
        system::allocate(&account.address, 32),
        system::assign(&account.address, &PROBE),
    ];
    if maker.chance(25) {
        instructions.swap(1, 2);
    }
    maker.world.cells.push(account.address);
    Draft::new(instructions, vec![payer, account])
}

/// A payer with lamports for a fee or two pays for nearly nothing, or gives away what it has, or gets some back.
pub(super) fn poor_payer(maker: &mut Maker<'_>) -> Draft {
    let index = maker.choose(maker.world.poor_users.len());
    let poor = maker.world.poor_users[index].clone();
    let rich = maker.user();
    if maker.chance(20) {
        let lamports = [5_000, 10_000, 890_880, 900_880][maker.random.random_range(0..4)];
        return Draft::new(vec![system::transfer(&rich.address, &poor.address, lamports)], vec![rich]);
    }
    let held = maker.ledger.account(&poor.address).ok().flatten().map_or(0, |account| account.lamports);
    let lamports = if maker.chance(30) { held.saturating_sub(5_000) } else { 0 };
    Draft::new(vec![system::transfer(&poor.address, &rich.address, lamports)], vec![poor])
}
