//! What instructions look like to the wire: their first byte, their arguments, and which accounts they list, in which order, to
//! be written or to sign. Clients that were made before depend on it.

use sealane_lending::client::{ReserveAccounts, reserve_authority, with_positions};
use sealane_lending::instructions::market::{InitMarketAddresses, InitObligationAddresses};
use sealane_lending::instructions::oracle::{InitOracleAddresses, UpdatePriceAddresses};
use sealane_lending::instructions::reserve::AccrueAddresses;
use sealane_lending::state::ReserveConfig;
use sealane_lending::{builders, idl};
use sealane_sdk::instruction::Instruction;
use sealane_sdk::{Address, bytemuck, ids};

/// Accounts that have no address of their own by what they are.
const NAMES: [&str; 16] = [
    "market",
    "admin",
    "oracle",
    "oracle authority",
    "reserve",
    "token mint",
    "token vault",
    "share mint",
    "collateral vault",
    "obligation",
    "owner",
    "source",
    "destination",
    "other reserve",
    "other collateral vault",
    "other authority",
];

fn address(name: &str) -> Address {
    match name {
        "authority" => reserve_authority(&address("reserve")).0,
        "instructions" => ids::instructions::ID,
        "token program" => ids::token::ID,
        _ => {
            let index = NAMES.iter().position(|known| *known == name).expect("a name of the table");
            Address::new_from_array([u8::try_from(index + 1).expect("few"); 32])
        }
    }
}

fn reserve() -> ReserveAccounts {
    ReserveAccounts {
        reserve: address("reserve"),
        market: address("market"),
        token_mint: address("token mint"),
        token_vault: address("token vault"),
        share_mint: address("share mint"),
        collateral_vault: address("collateral vault"),
        oracle: address("oracle"),
        authority: address("authority"),
    }
}

/// Holds an instruction against its data and its accounts: `name w` is written, `name s` signs.
#[track_caller]
fn check(instruction: &Instruction, data: &[&[u8]], accounts: &str) {
    assert_eq!(instruction.program_id, sealane_lending::ID);
    assert_eq!(instruction.data, data.concat());
    let expected: Vec<(Address, bool, bool)> = accounts
        .split(", ")
        .map(|account| match account.rsplit_once(' ') {
            Some((name, "w")) => (address(name), true, false),
            Some((name, "s")) => (address(name), false, true),
            _ => (address(account), false, false),
        })
        .collect();
    let found: Vec<(Address, bool, bool)> =
        instruction.accounts.iter().map(|meta| (meta.pubkey, meta.is_writable, meta.is_signer)).collect();
    assert_eq!(found, expected);
}

const AMOUNT: u64 = 0x0102_0304_0506_0708;
const AMOUNT_BYTES: &[u8] = &[8, 7, 6, 5, 4, 3, 2, 1];

#[test]
fn what_admins_and_oracles_send() {
    let [market, admin, oracle, authority, obligation, owner] =
        ["market", "admin", "oracle", "oracle authority", "obligation", "owner"].map(address);
    check(&builders::init_market(&InitMarketAddresses { market, admin }), &[&[0]], "market w, admin s");
    let oracles = InitOracleAddresses { oracle, authority };
    let init = builders::init_oracle(&oracles, -8);
    check(&init, &[&[1], &[248, 255, 255, 255]], "oracle w, oracle authority s");
    let update = builders::update_price(&UpdatePriceAddresses { oracle, authority }, AMOUNT, 5);
    check(&update, &[&[2], AMOUNT_BYTES, &[5, 0, 0, 0, 0, 0, 0, 0]], "oracle w, oracle authority s");
    let config = ReserveConfig::ORDINARY;
    check(
        &builders::init_reserve(&reserve().init(admin), config),
        &[&[3], bytemuck::bytes_of(&config)],
        "reserve w, market, admin s, token mint, token vault w, share mint w, collateral vault w, oracle, authority, token program",
    );
    check(
        &builders::configure_reserve(&reserve().configure(admin), config),
        &[&[4], bytemuck::bytes_of(&config)],
        "reserve w, market, admin s",
    );
    let obligations = InitObligationAddresses { obligation, market, owner };
    check(&builders::init_obligation(&obligations), &[&[5]], "obligation w, market, owner s");
    check(&builders::accrue(&AccrueAddresses { reserve: address("reserve") }), &[&[6]], "reserve w");
    check(
        &builders::collect_fees(&reserve().collect_fees(admin, address("destination"))),
        &[&[16]],
        "reserve w, market, admin s, token vault w, destination w, authority, token program",
    );
}

#[test]
fn what_users_send() {
    let [source, destination, owner, obligation] =
        ["source", "destination", "owner", "obligation"].map(address);
    let exchange = reserve().exchange(source, destination, owner);
    let accounts =
        "reserve w, token vault w, share mint w, source w, destination w, owner s, authority, token program";
    check(&builders::deposit(&exchange, AMOUNT), &[&[7], AMOUNT_BYTES], accounts);
    check(&builders::withdraw(&exchange, AMOUNT), &[&[8], AMOUNT_BYTES], accounts);
    check(
        &builders::deposit_collateral(&reserve().deposit_collateral(obligation, source, owner), AMOUNT),
        &[&[9], AMOUNT_BYTES],
        "obligation w, reserve, collateral vault w, source w, owner s, token program",
    );
    let accounts = reserve().withdraw_collateral(obligation, destination, owner);
    check(
        &with_positions(builders::withdraw_collateral(&accounts, AMOUNT), &[reserve()]),
        &[&[10], AMOUNT_BYTES],
        "obligation w, reserve, collateral vault w, destination w, owner s, authority, token program, reserve, oracle",
    );
    check(
        &with_positions(
            builders::borrow(&reserve().borrow(obligation, destination, owner), AMOUNT),
            &[reserve()],
        ),
        &[&[11], AMOUNT_BYTES],
        "obligation w, reserve w, token vault w, destination w, owner s, authority, token program, reserve, oracle",
    );
    check(
        &builders::repay(&reserve().repay(obligation, source, owner), AMOUNT),
        &[&[12], AMOUNT_BYTES],
        "obligation w, reserve w, token vault w, source w, owner s, token program",
    );
    let other = ReserveAccounts {
        reserve: address("other reserve"),
        collateral_vault: address("other collateral vault"),
        authority: address("other authority"),
        ..reserve()
    };
    let liquidate = reserve().liquidate(obligation, &other, [source, destination], owner);
    check(
        &with_positions(builders::liquidate(&liquidate, AMOUNT, 5), &[other, reserve()]),
        &[&[13], AMOUNT_BYTES, &[5, 0, 0, 0, 0, 0, 0, 0]],
        "obligation w, reserve w, token vault w, other reserve, other collateral vault w, other authority, source w, \
         destination w, owner s, token program, other reserve, oracle, reserve, oracle",
    );
    check(
        &builders::flash_borrow(&reserve().flash_borrow(destination), AMOUNT, 3),
        &[&[14], AMOUNT_BYTES, &[3, 0]],
        "reserve w, token vault w, destination w, authority, instructions, token program",
    );
    check(
        &builders::flash_repay(&reserve().flash_repay(source, owner), AMOUNT),
        &[&[15], AMOUNT_BYTES],
        "reserve w, token vault w, source w, owner s, instructions, token program",
    );
}

/// Clients in other languages read debts as numbers, name the errors, and know what holds of accounts.
#[test]
fn the_description_is_complete() {
    let idl = idl();
    assert_eq!(idl.instructions.len(), 17);
    let accounts: Vec<&str> = idl.accounts.iter().map(|account| account.name.as_str()).collect();
    assert_eq!(accounts, ["Market", "Obligation", "Oracle", "Reserve"]);
    assert_eq!(idl.errors.len(), sealane_lending::LendingError::ALL.len());
    let text = idl.to_json();
    assert!(
        text.contains(r#""name": "scaled_debt""#) && !text.contains(r#""low""#),
        "128 bits are one number"
    );
}
