//! Durable nonces: a transaction that advances one first needs no recent blockhash, and runs exactly once.

use sealane_runtime::Rejection;
use sealane_runtime::error::NonceError;
use sealane_runtime::execute::builtins::nonce;
use sealane_runtime::ingest::ReplayError;
use sealane_sdk::Address;
use sealane_sdk::instruction::{Hash, Instruction};
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_tests::user::{MessageVersion, sign};
use sealane_tests::{Harness, User};
use solana_system_interface::instruction as system;

/// A ledger with a nonce of user 1's, which can advance from the next block on.
fn harness() -> (Harness, User) {
    let mut harness = Harness::new();
    let (payer, account, authority) = (Harness::user(0), Harness::user(300), Harness::user(1));
    let lamports = rent_exempt_minimum_lamports(80);
    let create = system::create_nonce_account(&payer.address, &account.address, &authority.address, lamports);
    harness.succeed(&create, &[&payer, &account]);
    (harness, account)
}

fn value(harness: &Harness, nonce_address: &Address) -> Hash {
    let account = harness.account(nonce_address).expect("the nonce account");
    Hash::new_from_array(nonce::read(&account).expect("a nonce").durable_nonce)
}

/// Advances and pays 7 lamports to user 2, on `blockhash`.
fn transaction(nonce_address: &Address, authority: &User, blockhash: Hash, lamports: u64) -> Vec<u8> {
    let payer = Harness::user(0);
    let instructions = [
        system::advance_nonce_account(nonce_address, &authority.address),
        system::transfer(&payer.address, &Harness::user(2).address, lamports),
    ];
    sign(&instructions, &[&payer, authority], blockhash, MessageVersion::Legacy)
}

#[test]
fn a_nonce_outlives_every_blockhash() {
    let (mut harness, account) = harness();
    let authority = Harness::user(1);
    let old = value(&harness, &account.address);
    let bytes = transaction(&account.address, &authority, old, 7);
    harness.empty_blocks(200);
    let before = harness.lamports(&Harness::user(2).address);
    let receipt = harness.send_bytes(&bytes).unwrap();
    assert!(receipt.body.succeeded());
    assert_eq!(harness.lamports(&Harness::user(2).address), before + 7);
    assert_ne!(value(&harness, &account.address), old, "the nonce has advanced");
    let rejection = harness.send_bytes(&bytes).unwrap_err();
    let is_known = matches!(rejection, Rejection::Replay(ReplayError::AlreadyProcessed))
        || matches!(rejection, Rejection::Nonce { reason: NonceError::ValueMismatch, .. });
    assert!(is_known, "{rejection}");
    harness.empty_blocks(200);
    let rejection = harness.send_bytes(&bytes).unwrap_err();
    let mismatch = Rejection::Nonce { account: account.address, reason: NonceError::ValueMismatch };
    assert_eq!(rejection, mismatch, "long forgotten, and still refused");
}

#[test]
fn a_failed_transaction_uses_its_nonce_up() {
    let (mut harness, account) = harness();
    let (authority, payer) = (Harness::user(1), Harness::user(0));
    let old = value(&harness, &account.address);
    let before = (harness.lamports(&payer.address), harness.lamports(&Harness::user(2).address));
    let receipt = harness.send_bytes(&transaction(&account.address, &authority, old, u64::MAX)).unwrap();
    assert!(!receipt.body.succeeded());
    let after = (harness.lamports(&payer.address), harness.lamports(&Harness::user(2).address));
    assert_eq!(after, (before.0 - 10_000, before.1), "the fee is paid, nothing else");
    let new = value(&harness, &account.address);
    assert_ne!(new, old);
    let rejection = harness.send_bytes(&transaction(&account.address, &authority, old, 1)).unwrap_err();
    assert_eq!(rejection, Rejection::Nonce { account: account.address, reason: NonceError::ValueMismatch });
    assert!(harness.send_bytes(&transaction(&account.address, &authority, new, 1)).unwrap().body.succeeded());
}

#[test]
fn a_nonce_advances_once_a_block() {
    let (mut harness, account) = harness();
    let authority = Harness::user(1);
    let old = value(&harness, &account.address);
    let transactions = [1, 2].map(|lamports| transaction(&account.address, &authority, old, lamports));
    let executed = harness.block(&transactions);
    assert_eq!(executed.block.receipts.len(), 1);
    let (index, rejection) = &executed.rejected[0];
    assert_eq!(*index, 1);
    let mismatch = Rejection::Nonce { account: account.address, reason: NonceError::ValueMismatch };
    assert_eq!(*rejection, mismatch);
}

/// The value made in a block is made from the blockhash before it, so it is the same all through the block: a nonce
/// that advanced in it cannot advance again.
#[test]
fn a_new_value_is_not_good_in_its_own_block() {
    let (mut harness, account) = harness();
    let authority = Harness::user(1);
    let next = Hash::new_from_array(nonce::durable_nonce(&harness.blockhash().to_bytes()));
    let transactions = [
        transaction(&account.address, &authority, value(&harness, &account.address), 1),
        transaction(&account.address, &authority, next, 2),
    ];
    let executed = harness.block(&transactions);
    assert_eq!(value(&harness, &account.address), next, "the value could be foreseen");
    let not_expired = Rejection::Nonce { account: account.address, reason: NonceError::NotExpired };
    assert_eq!(executed.rejected, [(1, not_expired)]);
    assert!(harness.send_bytes(&transactions[1]).unwrap().body.succeeded(), "in the next block it is good");
}

#[test]
fn bad_nonces_are_rejected() {
    let (mut harness, account) = harness();
    let (authority, stranger) = (Harness::user(1), Harness::user(3));
    let good = value(&harness, &account.address);
    let user = Harness::user(4).address;
    let nonce = |account, reason| Rejection::Nonce { account, reason };
    let cases = [
        (
            "another value",
            transaction(&account.address, &authority, Hash::new_from_array([9; 32]), 1),
            nonce(account.address, NonceError::ValueMismatch),
        ),
        (
            "another authority",
            transaction(&account.address, &stranger, good, 1),
            nonce(account.address, NonceError::AuthorityMissing(authority.address)),
        ),
        ("no nonce", transaction(&user, &authority, good, 1), nonce(user, NonceError::NotANonce)),
    ];
    for (name, bytes, expected) in cases {
        let before = harness.lamports(&Harness::user(0).address);
        assert_eq!(harness.send_bytes(&bytes).unwrap_err(), expected, "{name}");
        assert_eq!(harness.lamports(&Harness::user(0).address), before, "{name}: no fee");
    }
}

#[test]
fn the_advance_must_come_first() {
    let (mut harness, account) = harness();
    let (payer, authority) = (Harness::user(0), Harness::user(1));
    let advance = system::advance_nonce_account(&account.address, &authority.address);
    let transfer = system::transfer(&payer.address, &authority.address, 1);
    let blockhash = value(&harness, &account.address);
    let bytes = sign(&[transfer, advance], &[&payer, &authority], blockhash, MessageVersion::V0);
    let rejection = harness.send_bytes(&bytes).unwrap_err();
    assert_eq!(rejection, Rejection::Replay(ReplayError::BlockhashNotFound));
}

#[test]
fn nonces_are_managed() {
    let (mut harness, account) = harness();
    let (payer, old, new) = (Harness::user(0), Harness::user(1), Harness::user(2));
    let address = &account.address;
    let first = value(&harness, address);

    let authorize: [Instruction; 1] = [system::authorize_nonce_account(address, &old.address, &new.address)];
    harness.succeed(&authorize, &[&payer, &old]);
    assert_eq!(value(&harness, address), first, "handing it on does not advance it");
    harness.fail(&[system::advance_nonce_account(address, &old.address)], &[&payer, &old]);
    harness.succeed(&[system::advance_nonce_account(address, &new.address)], &[&payer, &new]);
    assert_ne!(value(&harness, address), first);

    let all = rent_exempt_minimum_lamports(80);
    let withdraw =
        |lamports| [system::withdraw_nonce_account(address, &new.address, &payer.address, lamports)];
    harness.fail(&withdraw(1), &[&payer, &new]);
    harness.fail(&withdraw(all + 1), &[&payer, &new]);
    harness.succeed(&withdraw(all), &[&payer, &new]);
    assert_eq!(harness.account(address), None, "an emptied nonce account is gone");
}

/// A nonce account may pay fees itself, as long as it stays rent-exempt.
#[test]
fn a_nonce_account_pays() {
    let (mut harness, account) = harness();
    let (payer, authority) = (Harness::user(0), Harness::user(1));
    harness.succeed(&[system::transfer(&payer.address, &account.address, 20_000)], &[&payer]);
    let lamports = harness.lamports(&account.address);
    let instructions = [system::advance_nonce_account(&account.address, &authority.address)];
    let blockhash = value(&harness, &account.address);
    let bytes = sign(&instructions, &[&account, &authority], blockhash, MessageVersion::Legacy);
    assert!(harness.send_bytes(&bytes).unwrap().body.succeeded());
    assert_eq!(harness.lamports(&account.address), lamports - 10_000);
}
