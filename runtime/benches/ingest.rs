//! What each ingest stage costs a transaction: sanitize, access, budget, replay, and verify by group size.
//!
//! Transactions are made here with Solana's own types: a token transfer of 215 bytes with its compute-budget request,
//! each by another sender; output is Criterion's report.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use sealane_runtime::ingest::{
    KeyCache, ReplayState, SanitizedTransaction, budget, sanitize, verify, verify_with, write_locks,
};
use sealane_sdk::Address;
use sealane_sdk::ids;
use sealane_sdk::instruction::Hash;
use solana_keypair::Keypair;
use solana_message::compiled_instruction::CompiledInstruction;
use solana_message::{MessageHeader, VersionedMessage, legacy};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use std::hint::black_box;

/// Transactions in a run of the cheap stages.
const COUNT: u64 = 1_024;

fn transfers(count: u64) -> Vec<Vec<u8>> {
    (0..count).map(transfer).collect()
}

fn transfer(number: u64) -> Vec<u8> {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    let sender = Keypair::new_from_array(seed);
    let account = |salt: u8| {
        let mut bytes = [salt; 32];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        Address::new_from_array(bytes)
    };
    let message = legacy::Message {
        header: MessageHeader {
            num_required_signatures: 1,
            num_readonly_signed_accounts: 0,
            num_readonly_unsigned_accounts: 2,
        },
        account_keys: vec![sender.pubkey(), account(1), account(2), ids::token::ID, ids::compute_budget::ID],
        recent_blockhash: Hash::new_from_array([3; 32]),
        instructions: vec![
            CompiledInstruction { program_id_index: 4, accounts: vec![], data: vec![2, 0, 0, 1, 0] },
            CompiledInstruction {
                program_id_index: 3,
                accounts: vec![1, 2, 0],
                data: vec![3, 1, 0, 0, 0, 0, 0, 0, 0],
            },
        ],
    };
    let message = VersionedMessage::Legacy(message);
    let signed =
        bincode::serde::encode_to_vec(&message, bincode::config::legacy()).expect("a message serializes");
    let transaction = VersionedTransaction { signatures: vec![sender.sign_message(&signed)], message };
    bincode::serde::encode_to_vec(&transaction, bincode::config::legacy()).expect("a transaction serializes")
}

fn sanitize_all(bytes: &[Vec<u8>]) -> Vec<SanitizedTransaction<'_>> {
    bytes.iter().map(|bytes| sanitize(bytes).expect("the transaction is good")).collect()
}

fn cheap_stages(criterion: &mut Criterion) {
    let bytes = transfers(COUNT);
    let transactions = sanitize_all(&bytes);
    let mut group = criterion.benchmark_group("ingest");
    group.throughput(Throughput::Elements(COUNT));
    group.bench_function("sanitize", |bencher| {
        bencher.iter(|| bytes.iter().for_each(|bytes| drop(black_box(sanitize(black_box(bytes))))));
    });
    group.bench_function("access", |bencher| {
        bencher
            .iter(|| transactions.iter().map(|transaction| write_locks(black_box(transaction))).sum::<u64>());
    });
    group.bench_function("budget", |bencher| {
        bencher.iter(|| {
            transactions.iter().for_each(|transaction| drop(black_box(budget(black_box(transaction)))))
        });
    });
    let hash = Hash::new_from_array([3; 32]);
    let mut replay = ReplayState::new(150);
    replay.push_block(hash, replay.open_block(0));
    group.bench_function("replay: admit and push", |bencher| {
        let run = |mut state: ReplayState| {
            let mut block = state.open_block(transactions.len());
            for transaction in &transactions {
                block.admit(&state, transaction).expect("each comes once");
            }
            state.push_block(Hash::new_from_array([4; 32]), block);
            state
        };
        bencher.iter_batched(|| replay.clone(), run, BatchSize::LargeInput);
    });
    group.finish();
}

fn signatures(criterion: &mut Criterion) {
    let bytes = transfers(320);
    let all = sanitize_all(&bytes);
    let mut group = criterion.benchmark_group("verify");
    group.sample_size(20);
    for count in [1_usize, 16, 64, 128, 320] {
        let transactions = &all[..count];
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(format!("{count} senders, keys new"), |bencher| {
            bencher.iter(|| verify(black_box(transactions)));
        });
        let keys = KeyCache::new(1_024);
        let results = verify_with(transactions, &keys);
        assert!(results.iter().all(Result::is_ok));
        group.bench_function(format!("{count} senders, keys cached"), |bencher| {
            bencher.iter(|| verify_with(black_box(transactions), &keys));
        });
    }
    group.finish();
}

criterion_group!(ingest, cheap_stages, signatures);
criterion_main!(ingest);
