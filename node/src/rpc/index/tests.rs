//! The index against its plain twin, a scan, over blocks that make, change and close accounts.

use super::Key;
use super::entries::{Entries, delegate};
use crate::rpc::ground::{Ground, mint, token_account, user};
use crate::rpc::select::{by_scan, select};
use sealane_runtime::balances::HeldToken;
use sealane_sdk::ids::token;
use sealane_sdk::{Account, Address};
use sealane_token::builders;

fn check_all(ground: &Ground) {
    let held =
        |account: &Account| (account.owner == token::ID).then(|| HeldToken::of_data(&account.data)).flatten();
    let check = |key: Key, is_asked: &dyn Fn(&Account) -> bool| {
        let candidates = ground.rpc.index().candidates(ground.chain.reader().last().header.number, key);
        assert!(candidates.is_some(), "the index is made and has caught up");
        let (indexed, scanned) = (select(&ground.rpc, key, is_asked), by_scan(&ground.rpc, is_asked));
        assert_eq!(indexed.expect("an answer"), scanned.expect("an answer"), "{key:?}");
    };
    for program in [token::ID, sealane_sdk::ids::sysvar::ID, user(7).address] {
        check(Key::Program(program), &|account| account.owner == program);
    }
    for number in 0..4 {
        let address = user(number).address;
        check(Key::TokenOwner(address), &|account| held(account).is_some_and(|held| held.owner == address));
        check(Key::TokenDelegate(address), &|account| {
            account.owner == token::ID && delegate(&account.data) == Some(address)
        });
    }
    check(Key::Mint(mint().address), &|account| {
        held(account).is_some_and(|held| held.mint == mint().address)
    });
}

#[test]
fn the_index_gives_what_a_scan_gives() {
    let ground = Ground::with_token();
    check_all(&ground);
    let steps = [
        (builders::approve(&token_account(0), &user(2).address, &user(0).address, &[], 5), 0),
        (builders::approve(&token_account(0), &user(3).address, &user(0).address, &[], 5), 0),
        (builders::revoke(&token_account(0), &user(0).address, &[]), 0),
        (builders::close_account(&token_account(1), &user(1).address, &user(1).address, &[]), 1),
        (
            sealane_associated_token::builders::create(
                &user(1).address,
                &user(1).address,
                &mint().address,
                &token::ID,
            ),
            1,
        ),
    ];
    for (instruction, signer) in steps {
        ground.block(&[ground.sign(&[instruction], &[&user(signer)])]);
        check_all(&ground);
    }
}

#[test]
fn entries_of_what_is_gone_are_not_kept_for_ever() {
    let mut entries = Entries::default();
    let owner = Address::new_from_array([9; 32]);
    let account = Account { owner, ..Account::default() };
    entries.add(&Address::new_from_array([1; 32]), &account);
    entries.add(&Address::new_from_array([2; 32]), &Account::default());
    assert_eq!(entries.find(Key::Program(owner)), [Address::new_from_array([1; 32])]);
    assert!(entries.find(Key::Program(Address::default())).is_empty(), "system accounts have no entries");
    for _ in 0..100_000 {
        entries.note_gone();
    }
    assert!(!entries.is_stale());
    entries.note_gone();
    assert!(entries.is_stale(), "more are gone than are there");
}

#[test]
fn an_account_that_changes_hands_all_the_time_fills_no_memory() {
    let mut entries = Entries::default();
    let address = Address::new_from_array([1; 32]);
    for number in 0..100_001_u64 {
        let mut owner = [7; 32];
        owner[..8].copy_from_slice(&number.to_le_bytes());
        assert!(!entries.is_stale(), "{number}");
        entries.add(&address, &Account { owner: Address::new_from_array(owner), ..Account::default() });
    }
    assert!(entries.is_stale());
    entries.note_made();
    assert!(!entries.is_stale(), "what is there is there");
}
