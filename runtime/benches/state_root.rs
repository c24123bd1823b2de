//! The state root of a block of 20,000 changed accounts among many: the tree, beside its plain twin.
//!
//! One worker, so that wall time is processor time. Accounts have 165 bytes of data, as token accounts have. Criterion's
//! throughput counts changed accounts.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use sealane_runtime::ledger::state_root::{StateTree, plain_state_root};
use sealane_runtime::ledger::{AccountChange, MemoryStore};
use sealane_runtime::schedule::Workers;
use sealane_sdk::{Account, Address};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

const CHANGE_COUNT: u64 = 20_000;

fn change(number: u64, lamports: u64) -> AccountChange {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    let account = Account { lamports, data: vec![7; 165], ..Account::default() };
    (Address::new_from_array(bytes), Some(Arc::new(account)))
}

/// A block's changes, spread over all accounts.
fn block(account_count: u64, round: u64) -> Vec<AccountChange> {
    let stride = account_count / CHANGE_COUNT;
    (0..CHANGE_COUNT).map(|index| change(index * stride + round % stride, round + 2)).collect()
}

fn state_root(criterion: &mut Criterion) {
    let workers = Workers::new(1).expect("a worker");
    let mut group = criterion.benchmark_group("state_root");
    group.throughput(Throughput::Elements(CHANGE_COUNT)).sample_size(20);
    for account_count in [100_000, 1_000_000, 10_000_000] {
        let mut tree = StateTree::default();
        // In parts: all accounts at once would take more memory than the tree.
        for first in (0..account_count).step_by(100_000) {
            let part: Vec<AccountChange> = (first..first + 100_000).map(|number| change(number, 1)).collect();
            let _ = tree.apply(&part, &workers, &mut Duration::default());
        }
        let mut round = 0;
        group.bench_function(format!("tree/{account_count}"), |bencher| {
            bencher.iter_batched(
                || {
                    round += 1;
                    block(account_count, round)
                },
                |changes| {
                    let _ = tree.apply(&changes, &workers, &mut Duration::default());
                    black_box(tree.root())
                },
                BatchSize::LargeInput,
            );
        });
    }
    let mut store = MemoryStore::default();
    let all: Vec<AccountChange> = (0..100_000).map(|number| change(number, 1)).collect();
    store.apply(all);
    group.bench_function("plain/100000", |bencher| bencher.iter(|| black_box(plain_state_root(&store))));
    group.finish();
}

criterion_group!(benches, state_root);
criterion_main!(benches);
