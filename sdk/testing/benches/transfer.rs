//! What a test costs: a token transfer with all that it needs, on a ledger of its own; and its parts.

use criterion::{Criterion, criterion_group, criterion_main};
use sealane_testing::TestLedger;
use std::hint::black_box;

/// Two users, a mint, two accounts, tokens, and a transfer: six transactions.
fn transfer_test() -> u64 {
    let mut ledger = TestLedger::new();
    let [alice, bob] = ["alice", "bob"].map(|name| ledger.user(name));
    let gold = ledger.create_mint("gold", &alice, 6);
    let hers = ledger.create_token_account(&gold, &alice.address, &alice);
    let his = ledger.create_token_account(&gold, &bob.address, &alice);
    ledger.mint_to(&gold, &hers, &alice, 500);
    ledger.transfer_tokens(&hers, &his, &alice, 120);
    assert_eq!((ledger.tokens(&hers), ledger.tokens(&his)), (380, 120));
    ledger.tokens(&his)
}

fn benches(criterion: &mut Criterion) {
    // The first one compiles the programs.
    transfer_test();
    criterion.bench_function("a whole test of a token transfer", |bencher| bencher.iter(transfer_test));
    criterion.bench_function("a ledger", |bencher| bencher.iter(TestLedger::new));
    let mut ledger = TestLedger::new();
    criterion.bench_function("snapshot and restore", |bencher| {
        bencher.iter(|| {
            let snapshot = ledger.snapshot();
            ledger.restore(black_box(&snapshot));
        });
    });
}

criterion_group!(all, benches);
criterion_main!(all);
