//! What each ingest stage costs a transaction: sanitize, access, budget, replay, and verify by group size.
//!
//! Transactions are made here with Solana's own types: a token transfer with its compute-budget request, each by another
//! sender, as a legacy transaction and as one of version 1; output is Criterion's report.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use sealane_runtime::ingest::{
    KeyCache, ReplayState, SanitizedTransaction, budget, sanitize, verify, verify_with, write_locks,
};
use sealane_sdk::Address;
use sealane_sdk::ids;
use sealane_sdk::instruction::Hash;
use solana_keypair::Keypair;
use solana_message::compiled_instruction::CompiledInstruction;
use solana_message::v1::TransactionConfig;
use solana_message::{MessageHeader, VersionedMessage, legacy, v1};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use std::hint::black_box;

/// Transactions in a run of the cheap stages.
const COUNT: u64 = 1_024;

fn transfers(count: u64, version: fn(legacy::Message) -> VersionedMessage) -> Vec<Vec<u8>> {
    (0..count).map(|number| transfer(number, version)).collect()
}

/// The message in version 1, which makes the same request without an instruction.
fn version_1(legacy: legacy::Message) -> VersionedMessage {
    let legacy::Message { mut header, mut account_keys, recent_blockhash, mut instructions } = legacy;
    instructions.remove(0);
    account_keys.pop();
    header.num_readonly_unsigned_accounts -= 1;
    let config = TransactionConfig::empty()
        .with_compute_unit_limit(65_536)
        .with_loaded_accounts_data_size_limit(64 * 1024 * 1024);
    VersionedMessage::V1(v1::Message::new(header, config, recent_blockhash, account_keys, instructions))
}

fn transfer(number: u64, version: fn(legacy::Message) -> VersionedMessage) -> Vec<u8> {
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
    let transaction = VersionedTransaction::try_new(version(message), &[&sender]).expect("the sender signs");
    wincode::serialize(&transaction).expect("a transaction serializes")
}

fn sanitize_all(bytes: &[Vec<u8>]) -> Vec<SanitizedTransaction<'_>> {
    bytes.iter().map(|bytes| sanitize(bytes).expect("the transaction is good")).collect()
}

fn cheap_stages(criterion: &mut Criterion) {
    for (name, version) in
        [("ingest", VersionedMessage::Legacy as fn(_) -> _), ("ingest, version 1", version_1)]
    {
        cheap_stages_of(criterion, name, &transfers(COUNT, version));
    }
}

fn cheap_stages_of(criterion: &mut Criterion, name: &str, bytes: &[Vec<u8>]) {
    let transactions = sanitize_all(bytes);
    let mut group = criterion.benchmark_group(name);
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
    replay.push_block(hash);
    group.bench_function("replay: admit and push", |bencher| {
        let run = |mut state: ReplayState| {
            for transaction in &transactions {
                state.admit(transaction).expect("each comes once");
            }
            state.push_block(Hash::new_from_array([4; 32]));
            state
        };
        bencher.iter_batched(|| replay.clone(), run, BatchSize::LargeInput);
    });
    group.finish();
}

fn signatures(criterion: &mut Criterion) {
    let bytes = transfers(320, VersionedMessage::Legacy);
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
