//! The chain with its threads: what is submitted becomes blocks, in time, and what is told is durable.

use super::super::producer::now;
use super::super::{AirdropError, Chain, ChainConfig, FaucetConfig, SubmitError};
use super::{ledger, ledger_with, transfer};
use sealane_sdk::instruction::{Hash, TransactionError};
use sealane_sdk::{Account, Address};
use solana_keypair::Keypair;
use solana_signer::Signer;
use std::time::Duration;

fn config() -> ChainConfig {
    ChainConfig { block_ms: 20, idle_block_ms: 60_000, ..ChainConfig::new(Address::default()) }
}

fn target() -> Address {
    Address::new_from_array([7; 32])
}

#[test]
fn what_is_submitted_is_in_an_event_once_it_is_durable() {
    let (chain, guard) = Chain::start(ledger(), config()).expect("it starts");
    let mut events = chain.subscribe();
    let bytes = transfer(0, &target(), 2_000_000, 9_000, 0, chain.reader().last().hash);
    let signature = chain.submit(bytes.clone()).expect("it is taken");
    let again = chain.submit(bytes).expect_err("once is enough");
    assert_eq!(again, SubmitError::Refused(TransactionError::AlreadyProcessed));
    let event = loop {
        let event = events.blocking_recv().expect("blocks come");
        if !event.signatures.is_empty() {
            break event;
        }
    };
    assert_eq!(event.signatures, [signature]);
    assert_eq!(chain.reader().last().hash, event.hash, "it is durable");
    let account = chain.reader().account(&target()).expect("it can be read").expect("it is there");
    assert_eq!(account.lamports, 2_000_000);
    assert!(event.changes.iter().any(|(address, _)| *address == target()));
    let (at, proved, _) = chain.prove(&target()).expect("it can be proved");
    assert!((event.number..=chain.reader().last().header.number).contains(&at.header.number));
    assert_eq!(proved, Some(account));
    guard.stop().expect("it closes");
}

#[test]
fn the_newest_blockhash_is_good_before_its_block_is_told_of() {
    let chain = Chain::stepped(ledger(), config());
    let mut stepped = chain.inner().stepped.lock();
    let (producer, _) = stepped.as_mut().expect("blocks are made when told to");
    let unix_time = producer.ledger.last_header().unix_time + 1;
    let made = producer.execute(unix_time, Vec::new(), now()).expect("a block");
    let number = made.pending.executed().block.header.number;
    chain.reader().wait_for(number).expect("it becomes durable");
    let last = chain.reader().last();
    assert_eq!(last.header.number, number);
    let bytes = transfer(0, &target(), 2_000_000, 9_000, 0, last.hash);
    chain.inner().admit(bytes).expect("it is taken");
}

#[test]
fn what_cannot_run_does_not_wait() {
    let (chain, guard) = Chain::start(ledger(), config()).expect("it starts");
    let recent = chain.reader().last().hash;
    let refused = |bytes: Vec<u8>| chain.submit(bytes).expect_err("it cannot run");
    assert!(matches!(refused(vec![1, 2, 3]), SubmitError::Malformed(_)));
    let mut altered = transfer(0, &target(), 1, 9_000, 0, recent);
    altered[10] ^= 1;
    assert_eq!(refused(altered), SubmitError::Signature);
    let stale = transfer(0, &target(), 1, 9_000, 0, Hash::new_from_array([3; 32]));
    assert_eq!(refused(stale), SubmitError::Refused(TransactionError::BlockhashNotFound));
    let poor = transfer(1_000_000, &target(), 1, 9_000, 0, recent);
    assert_eq!(refused(poor), SubmitError::Refused(TransactionError::AccountNotFound));
    assert_eq!(chain.fates().refused.values().sum::<u64>(), 4);
    assert_eq!(chain.mempool().transaction_count, 0);
    guard.stop().expect("it closes");
}

#[test]
fn a_chain_without_work_makes_a_block_when_somebody_looks() {
    let (chain, guard) = Chain::start(ledger(), config()).expect("it starts");
    let mut events = chain.subscribe();
    chain.note_interest();
    let first = events.blocking_recv().expect("a block comes").number;
    assert_eq!(events.blocking_recv().expect("and another").number, first + 1);
    guard.stop().expect("it closes");
}

#[test]
fn a_faucet_gives_as_much_as_it_may() {
    let keypair = Keypair::new_from_array([5; 32]);
    let rich = (keypair.pubkey(), Account::system(1 << 40));
    let faucet = Some(FaucetConfig { keypair, limit_lamports: 5_000_000 });
    let (chain, guard) =
        Chain::start(ledger_with([rich]), ChainConfig { faucet, ..config() }).expect("it starts");
    let mut events = chain.subscribe();
    let too_much = chain.airdrop(&target(), 5_000_001).expect_err("that is too much");
    assert_eq!(too_much, AirdropError::TooMuch { limit_lamports: 5_000_000 });
    let first = chain.airdrop(&target(), 3_000_000).expect("it gives");
    let second = chain.airdrop(&target(), 3_000_000).expect("it gives the same again");
    assert_ne!(first, second);
    let mut seen = Vec::new();
    while seen.len() < 2 {
        seen.extend(events.blocking_recv().expect("blocks come").signatures.iter().copied());
    }
    let account = chain.reader().account(&target()).expect("it can be read").expect("it is there");
    assert_eq!(account.lamports, 6_000_000);
    guard.stop().expect("it closes");
}

#[test]
fn a_chain_that_is_stopped_has_all_it_told_of() {
    let (chain, guard) = Chain::start(ledger(), config()).expect("it starts");
    let recent = chain.reader().last().hash;
    for lamports in 1..50 {
        chain.submit(transfer(0, &target(), 1_000_000 + lamports, 9_000, 0, recent)).expect("it is taken");
    }
    std::thread::sleep(Duration::from_millis(60));
    guard.stop().expect("it closes");
    for event in chain.recent_blocks() {
        assert!(event.number <= chain.reader().last().header.number);
        for signature in &event.signatures {
            assert!(chain.reader().place(signature).expect("it can be read").is_some());
        }
    }
}
