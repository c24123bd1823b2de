//! Transactions of the token programs, on holdings that belong to users.

use super::block::{Draft, Maker};
use super::world::Holding;
use crate::User;
use rand::Rng;
use sealane_associated_token::builders as associated_token;
use sealane_sdk::ids::token;
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_token::builders;
use sealane_token::instruction::CheckedAmount;
use solana_system_interface::instruction as system;

/// Size of a token account in bytes.
const HOLDING_SIZE_BYTES: usize = 165;

fn holding(maker: &mut Maker<'_>) -> (Holding, User) {
    let index = maker.choose(maker.world.holdings.len());
    let holding = maker.world.holdings[index];
    let owner = maker.world.users[holding.owner].clone();
    (holding, owner)
}

/// Mostly a small amount between accounts of one mint; sometimes too much, to another mint, or by the wrong owner.
pub(super) fn transfer(maker: &mut Maker<'_>) -> Draft {
    let (source, owner) = holding(maker);
    let (mut destination, other) = holding(maker);
    for _ in 0..4 {
        if destination.mint == source.mint {
            break;
        }
        destination = holding(maker).0;
    }
    let signer = if maker.chance(6) { other } else { owner };
    let amount = if maker.chance(10) { 10_000_000 } else { maker.random.random_range(0..5_000) };
    let instruction = if maker.chance(50) {
        builders::transfer(&source.address, &destination.address, &signer.address, &[], amount)
    } else {
        let mint = maker.world.mints[source.mint];
        let decimals = if maker.chance(10) { 5 } else { 6 };
        let checked = CheckedAmount { amount, decimals };
        builders::transfer_checked(
            &source.address,
            &mint,
            &destination.address,
            &signer.address,
            &[],
            checked,
        )
    };
    Draft::new(vec![instruction], vec![signer])
}

/// By the mint's authority, or the holding's owner; both change the mint.
pub(super) fn mint_or_burn(maker: &mut Maker<'_>) -> Draft {
    let (holding, owner) = holding(maker);
    let mint = maker.world.mints[holding.mint];
    let amount = maker.random.random_range(0..10_000);
    if maker.chance(50) {
        let authority = maker.world.users[holding.mint].clone();
        let instruction = builders::mint_to(&mint, &holding.address, &authority.address, &[], amount);
        Draft::new(vec![instruction], vec![authority])
    } else {
        let instruction = builders::burn(&holding.address, &mint, &owner.address, &[], amount);
        Draft::new(vec![instruction], vec![owner])
    }
}

/// Approves and lets the delegate pay in one transaction, or revokes.
pub(super) fn delegate(maker: &mut Maker<'_>) -> Draft {
    let (source, owner) = holding(maker);
    let (destination, _) = holding(maker);
    let delegate = maker.user();
    let allowed = maker.random.random_range(0..2_000);
    let mut instructions =
        vec![builders::approve(&source.address, &delegate.address, &owner.address, &[], allowed)];
    if maker.chance(70) {
        let amount = maker.random.random_range(0..2_000);
        let paid = builders::transfer(&source.address, &destination.address, &delegate.address, &[], amount);
        instructions.push(paid);
    } else {
        instructions.push(builders::revoke(&source.address, &owner.address, &[]));
    }
    Draft::new(instructions, vec![owner, delegate])
}

/// Freezes or thaws; transfers of the same block then fail, or no longer do.
pub(super) fn freeze_or_thaw(maker: &mut Maker<'_>) -> Draft {
    let (holding, _) = holding(maker);
    let mint = maker.world.mints[holding.mint];
    let authority = maker.world.users[holding.mint].clone();
    let instruction = if maker.chance(25) {
        builders::freeze_account(&holding.address, &mint, &authority.address, &[])
    } else {
        builders::thaw_account(&holding.address, &mint, &authority.address, &[])
    };
    Draft::new(vec![instruction], vec![authority])
}

/// A new holding by hand, or the end of one: burn all that is there and close.
pub(super) fn close_and_open(maker: &mut Maker<'_>) -> Draft {
    let (holding, owner) = holding(maker);
    let mint = maker.world.mints[holding.mint];
    if maker.chance(50) {
        let account = maker.world.fresh_user();
        let lamports = rent_exempt_minimum_lamports(HOLDING_SIZE_BYTES);
        let size = HOLDING_SIZE_BYTES as u64;
        let instructions = vec![
            system::create_account(&owner.address, &account.address, lamports, size, &token::ID),
            builders::initialize_account3(&account.address, &mint, &owner.address),
        ];
        maker.world.holdings.push(Holding { address: account.address, ..holding });
        return Draft::new(instructions, vec![owner, account]);
    }
    let data = maker
        .ledger
        .account(&holding.address)
        .ok()
        .flatten()
        .map_or_else(Vec::new, |account| account.data.clone());
    let amount = data.get(64..72).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes);
    let instructions = vec![
        builders::burn(&holding.address, &mint, &owner.address, &[], amount),
        builders::close_account(&holding.address, &owner.address, &owner.address, &[]),
    ];
    Draft::new(instructions, vec![owner])
}

/// Creates an associated account, again if need be, and pays into it.
pub(super) fn associated(maker: &mut Maker<'_>) -> Draft {
    let (source, owner) = holding(maker);
    let wallet = maker.user();
    let mint = maker.world.mints[source.mint];
    let create =
        if maker.chance(60) { associated_token::create_idempotent } else { associated_token::create };
    let address = associated_token::associated_token_address(&wallet.address, &mint, &token::ID);
    let mut instructions = vec![create(&owner.address, &wallet.address, &mint, &token::ID)];
    if maker.chance(60) {
        let amount = maker.random.random_range(0..1_000);
        instructions.push(builders::transfer(&source.address, &address, &owner.address, &[], amount));
    }
    if let Some(wallet) = maker.world.users.iter().position(|user| user.address == wallet.address) {
        maker.world.holdings.push(Holding { address, mint: source.mint, owner: wallet });
    }
    Draft::new(instructions, vec![owner])
}
