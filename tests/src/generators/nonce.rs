//! Transactions with durable nonces, and the instructions that manage them.

use super::block::{Draft, Maker};
use rand::Rng;
use sealane_runtime::execute::builtins::nonce;
use sealane_sdk::Address;
use sealane_sdk::instruction::Hash;
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use solana_system_interface::instruction as system;

/// The value the nonce had when the last block ended; any value if there is no such nonce now.
fn value(maker: &mut Maker<'_>, address: &Address) -> Hash {
    let account = maker.ledger.account(address).ok().flatten();
    let stored = account.and_then(|account| nonce::read(&account));
    stored.map_or_else(Hash::default, |stored| Hash::new_from_array(stored.durable_nonce))
}

/// Advances a nonce and moves lamports, too many now and then; the second one in a block finds its value gone.
pub(super) fn transaction(maker: &mut Maker<'_>) -> Draft {
    let index = maker.choose(maker.world.nonces.len());
    let address = maker.world.nonces[index];
    let blockhash =
        if maker.chance(10) { Hash::new_from_array(maker.random.random()) } else { value(maker, &address) };
    let authority = if maker.chance(8) { maker.user() } else { maker.world.users[index].clone() };
    let (payer, to) = (maker.user(), maker.user());
    let lamports = if maker.chance(30) { u64::MAX / 4 } else { maker.random.random_range(0..1_000) };
    let instructions = vec![
        system::advance_nonce_account(&address, &authority.address),
        system::transfer(&payer.address, &to.address, lamports),
    ];
    Draft { instructions, signers: vec![payer, authority], blockhash: Some(blockhash) }
}

/// Creates, advances, withdraws from or hands on a nonce, in a transaction on a recent blockhash.
pub(super) fn manage(maker: &mut Maker<'_>) -> Draft {
    let index = maker.choose(maker.world.nonces.len());
    let address = maker.world.nonces[index];
    let authority = maker.world.users[index].clone();
    match maker.random.random_range(0..4) {
        0 => {
            let account = maker.world.fresh_user();
            let lamports = rent_exempt_minimum_lamports(80);
            let instructions = system::create_nonce_account(
                &authority.address,
                &account.address,
                &authority.address,
                lamports,
            );
            Draft::new(instructions, vec![authority, account])
        }
        1 => {
            let instruction = system::advance_nonce_account(&address, &authority.address);
            Draft::new(vec![instruction], vec![authority])
        }
        2 => {
            let to = maker.user();
            let lamports = maker.random.random_range(0..3_000_000);
            let instruction =
                system::withdraw_nonce_account(&address, &authority.address, &to.address, lamports);
            Draft::new(vec![instruction], vec![authority])
        }
        _ => {
            let new = if maker.chance(50) { maker.user() } else { authority.clone() };
            let instruction = system::authorize_nonce_account(&address, &authority.address, &new.address);
            Draft::new(vec![instruction], vec![authority])
        }
    }
}
