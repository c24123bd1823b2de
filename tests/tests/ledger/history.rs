//! What a ledger tells of its past, against a plain twin: the list of all blocks, searched from end to end.

use crate::tables::{BLOCKHASH_AGE_BLOCKS, Ground, ageing_fast, config, last, memory};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sealane_runtime::Ledger;
use sealane_runtime::face::{
    AddressSignature, HistoryPolicy, LedgerReader, Place, RecordedTransaction, SignatureQuery,
};
use sealane_runtime::ledger::Block;
use sealane_runtime::ledger::store::key_value::{KeyValueStore, Order, Table};
use sealane_sdk::Address;
use sealane_tests::generators::{BlockGenerator, Contention};
use sealane_tests::user::from_bytes;
use std::collections::BTreeSet;
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

/// All blocks there ever were.
#[derive(Default)]
struct Twin {
    blocks: Vec<Arc<Block>>,
    addresses: BTreeSet<Address>,
}

impl Twin {
    fn push(&mut self, block: &Arc<Block>) {
        for bytes in block.transactions.iter() {
            self.addresses.extend(keys(bytes));
        }
        self.blocks.push(Arc::clone(block));
    }

    /// Every transaction from this block on, newest first.
    fn newest_first(&self, first_number: u64) -> Vec<RecordedTransaction> {
        let kept = self.blocks.iter().filter(|block| block.header.number >= first_number);
        let mut all: Vec<RecordedTransaction> = kept.flat_map(|block| transactions(block)).collect();
        all.reverse();
        all
    }
}

fn keys(bytes: &[u8]) -> Vec<Address> {
    from_bytes(bytes).message.static_account_keys().to_vec()
}

fn signature(bytes: &[u8]) -> [u8; 64] {
    from_bytes(bytes).signatures[0].into()
}

fn transactions(block: &Block) -> Vec<RecordedTransaction> {
    let all = block.transactions.iter().zip(&block.batches).zip(&block.receipts);
    (0..)
        .zip(all)
        .map(|(index, ((bytes, batch), receipt))| RecordedTransaction {
            place: Place { block_number: block.header.number, index },
            unix_time: block.header.unix_time,
            batch: *batch,
            bytes: bytes.to_vec(),
            receipt: receipt.clone(),
        })
        .collect()
}

fn check_all(reader: &LedgerReader, twin: &Twin, random: &mut ChaCha8Rng, name: &str) {
    let first = reader.first_available_block();
    for block in &twin.blocks {
        let number = block.header.number;
        let is_kept = number >= first;
        let found = reader.block(number).expect("it is read");
        assert_eq!(found.as_ref(), is_kept.then_some(block), "{name}, block {number}");
        if is_kept {
            assert_eq!(reader.header(number).expect("it is read"), Some(block.header), "{name}");
        }
        for transaction in transactions(block) {
            let found = reader.transaction(&signature(&transaction.bytes)).expect("it is read");
            assert_eq!(found, is_kept.then(|| transaction.clone()), "{name}, {:?}", transaction.place);
        }
    }
    assert_eq!(reader.block(twin.blocks.len() as u64 + 1).expect("it is read"), None);
    assert_eq!(reader.transaction(&[7; 64]).expect("it is read"), None);
    let all = twin.newest_first(first);
    for address in &twin.addresses {
        let naming: Vec<&RecordedTransaction> =
            all.iter().filter(|transaction| keys(&transaction.bytes).contains(address)).collect();
        let whole = SignatureQuery { before: None, until: None, limit: usize::MAX };
        check_query(reader, address, &naming, whole, name);
        for _ in 0..3 {
            let mut place = || {
                let (block_number, index) = (random.random_range(0..14), random.random_range(0..20));
                random.random_bool(0.7).then_some(Place { block_number, index })
            };
            let query = SignatureQuery { before: place(), until: place(), limit: random.random_range(0..6) };
            check_query(reader, address, &naming, query, name);
        }
    }
}

fn check_query(
    reader: &LedgerReader,
    address: &Address,
    naming: &[&RecordedTransaction],
    query: SignatureQuery,
    name: &str,
) {
    let expected: Vec<AddressSignature> = naming
        .iter()
        .filter(|transaction| query.before.is_none_or(|before| transaction.place < before))
        .filter(|transaction| query.until.is_none_or(|until| transaction.place > until))
        .take(query.limit)
        .map(|transaction| AddressSignature {
            signature: signature(&transaction.bytes),
            place: transaction.place,
            unix_time: transaction.unix_time,
            failure: transaction.receipt.body.failure.clone(),
            bytes: transaction.bytes.clone(),
        })
        .collect();
    let found = reader.signatures_for_address(address, &query).expect("it is read");
    assert_eq!(found, expected, "{name}, {address}, {query:?}");
}

#[test]
fn the_history_is_its_plain_twin() {
    for (seed, history, checkpoint_blocks) in [
        (1, HistoryPolicy::All, 1),
        (2, HistoryPolicy::All, 4),
        (3, last(6), 2),
        (4, last(1), 3),
        (5, last(5), 1),
    ] {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut generator = BlockGenerator::new(seed, Contention::STEPS[2]);
        let genesis = ageing_fast(&generator.world.genesis);
        let (ground, config) = (Ground::new(seed), config(checkpoint_blocks, history));
        let mut ledger = ground.create(&config, &genesis);
        let mut twin = Twin::default();
        for unix_time in 1..=12 {
            let transactions = generator.block(ledger.runtime(), 18);
            twin.push(&ledger.execute_block(unix_time, &transactions).expect("a block").block);
            if random.random_bool(0.3) {
                drop(ledger);
                ledger = ground.open(&config).expect("it opens again");
            }
            let name = format!("seed {seed}, after block {unix_time}");
            let reader = ledger.reader();
            // Otherwise blocks might be pruned between reading them and asking whether they should be there.
            reader.wait_until_idle().expect("nothing fails");
            check_all(&reader, &twin, &mut random, &name);
        }
        check_kept(&ledger, history, &format!("seed {seed}"));
    }
}

fn check_kept(ledger: &Ledger, history: HistoryPolicy, name: &str) {
    let (first, number) = (ledger.reader().first_available_block(), ledger.last_header().number);
    match history {
        HistoryPolicy::All => assert_eq!(first, 0, "{name}"),
        HistoryPolicy::Last(count) => {
            let kept = count.get().max(BLOCKHASH_AGE_BLOCKS as u64);
            assert!(first > 0, "{name}: something is pruned");
            assert!(
                first + kept <= number + 1,
                "{name}: at least {kept} are kept, {first} is the first of {number}"
            );
        }
    }
}

/// Everything of a pruned block goes: a ledger that keeps a few blocks does not grow.
#[test]
fn what_is_pruned_leaves_nothing_behind() {
    let mut generator = BlockGenerator::new(8, Contention::STEPS[0]);
    let mut genesis = generator.world.genesis.clone();
    genesis.rules.blockhash_age_blocks = 2;
    let tables = memory();
    let config = config(2, last(4));
    let mut ledger = Ledger::create_in(tables.clone(), config.clone(), &genesis).expect("a ledger");
    let mut twin = Twin::default();
    for unix_time in 1..=600 {
        // Enough blocks for headers to be pruned, of which the slot hashes keep 512.
        let count = if unix_time > 580 { 10 } else { 0 };
        let transactions = generator.block(ledger.runtime(), count);
        twin.push(&ledger.execute_block(unix_time, &transactions).expect("a block").block);
    }
    ledger.close().expect("everything is written");
    let ledger = Ledger::open_in(tables.clone(), config).expect("it opens again");
    let summary = ledger.reader().summary(600).expect("it is read").expect("the last block is there");
    let last = twin.blocks.last().expect("a block");
    let total: usize = twin.blocks.iter().map(|block| block.transactions.len()).sum();
    assert_eq!(summary.header, last.header);
    assert_eq!(summary.transaction_count as usize, last.transactions.len());
    assert_eq!(summary.transactions_total, total as u64, "pruned ones are counted as well");
    let first = ledger.reader().first_available_block();
    assert!((590..=597).contains(&first), "{first}");
    let kept = &twin.blocks[usize::try_from(first).unwrap() - 1..];
    let transactions: usize = kept.iter().map(|block| block.transactions.len()).sum();
    let with_any = kept.iter().filter(|block| !block.transactions.is_empty()).count();
    assert_eq!(count(&*tables, Table::Signatures), transactions);
    assert_eq!(
        count(&*tables, Table::Blocks),
        2 * with_any,
        "a part with transactions and one with receipts each"
    );
    let named: BTreeSet<Address> =
        kept.iter().flat_map(|block| block.transactions.iter()).flat_map(keys).collect();
    let mut indexed = BTreeSet::new();
    scan(&*tables, Table::Addresses, &mut |key| {
        indexed.insert(Address::try_from(&key[..32]).expect("an address"));
    });
    assert_eq!(indexed, named);
    let headers = count(&*tables, Table::Headers);
    assert!((512..=516).contains(&headers), "{headers}");
}

fn count(tables: &dyn KeyValueStore, table: Table) -> usize {
    let mut count = 0;
    scan(tables, table, &mut |_| count += 1);
    count
}

fn scan(tables: &dyn KeyValueStore, table: Table, visit: &mut dyn FnMut(&[u8])) {
    let all = (Bound::Unbounded, Bound::Unbounded);
    let scanned = tables.scan(table, all, Order::Ascending, &mut |key, _| {
        visit(key);
        ControlFlow::Continue(())
    });
    scanned.expect("memory does not fail");
}
