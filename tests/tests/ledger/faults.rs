//! A database that stops working at any moment: after the n-th write, in the midst of loading, with the last batch made or not.
//! Opened again, a ledger has every block that was acknowledged, no torn one, and goes on.

use crate::tables::{ageing_fast, config, last, memory, runtime_config};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sealane_runtime::ledger::Block;
use sealane_runtime::ledger::store::StoreError;
use sealane_runtime::ledger::store::key_value::{
    Batch, Change, Durability, KeyRange, KeyValueRead, KeyValueStore, Order, Table, Visit,
};
use sealane_runtime::{Ledger, LedgerError, Runtime};
use sealane_tests::generators::{BlockGenerator, Contention};
use sealane_tests::harness::{Accounts, accounts};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const BLOCK_COUNT: usize = 10;
const CASE_COUNT: u64 = 150;

/// What becomes of the write at which the database stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LastWrite {
    Lost,
    Made,
}

/// A database that stops for good at its n-th write.
#[derive(Debug)]
struct Faulty {
    inner: Arc<dyn KeyValueStore>,
    writes_left: AtomicI64,
    last_write: LastWrite,
}

impl Faulty {
    fn stopped<T>() -> Result<T, StoreError> {
        let source = std::io::Error::other("the disk is gone");
        Err(StoreError::Io { operation: "writing", source })
    }
}

impl KeyValueRead for Faulty {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.get(table, key)
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        order: Order,
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        self.inner.scan(table, range, order, visit)
    }
}

impl KeyValueStore for Faulty {
    fn write(&self, batch: Batch, durability: Durability) -> Result<(), StoreError> {
        match self.writes_left.fetch_sub(1, Ordering::SeqCst) {
            1.. => self.inner.write(batch, durability),
            0 if self.last_write == LastWrite::Made => {
                self.inner.write(batch, durability)?;
                Self::stopped()
            }
            _ => Self::stopped(),
        }
    }

    fn load(&self, table: Table, changes: &mut dyn Iterator<Item = Change>) -> Result<(), StoreError> {
        match self.writes_left.fetch_sub(1, Ordering::SeqCst) {
            1.. => self.inner.load(table, changes),
            0 => {
                let all: Vec<Change> = changes.collect();
                let half = all.len() / 2;
                self.inner.load(table, &mut all.into_iter().take(half))?;
                Self::stopped()
            }
            _ => Self::stopped(),
        }
    }

    fn view(&self) -> Result<Box<dyn KeyValueRead>, StoreError> {
        self.inner.view()
    }

    fn size_bytes(&self) -> u64 {
        self.inner.size_bytes()
    }
}

/// A chain of blocks made in memory, and the accounts after each.
struct Chain {
    generator: BlockGenerator,
    blocks: Vec<Arc<Block>>,
    accounts: Vec<Accounts>,
}

impl Chain {
    fn new(seed: u64) -> Self {
        let mut generator = BlockGenerator::new(seed, Contention::STEPS[1]);
        let mut oracle =
            Runtime::new(runtime_config(), &ageing_fast(&generator.world.genesis)).expect("a runtime");
        let mut chain = (Vec::new(), vec![accounts(&oracle)]);
        for unix_time in (1..).take(BLOCK_COUNT) {
            let transactions = generator.block(&oracle, 12);
            chain.0.push(oracle.produce_block(unix_time, &transactions).expect("a block").block);
            chain.1.push(accounts(&oracle));
        }
        Self { generator, blocks: chain.0, accounts: chain.1 }
    }
}

#[test]
fn whatever_write_fails_nothing_acknowledged_is_lost() {
    let chain = Chain::new(5);
    let (mut failed, mut interrupted) = (0, 0);
    for case in 0..CASE_COUNT {
        let mut random = ChaCha8Rng::seed_from_u64(case);
        let config = config(random.random_range(1..5), last(random.random_range(1..6)));
        let tables = memory();
        let last_write = if case % 2 == 0 { LastWrite::Lost } else { LastWrite::Made };
        let writes_left = AtomicI64::new(random.random_range(0..60));
        let faulty = Arc::new(Faulty { inner: tables.clone(), writes_left, last_write });
        let Some(acknowledged) = run(&chain, faulty, &config) else {
            // The genesis block was not acknowledged. It is there, or making it is to be repeated.
            let found = Ledger::open_in(tables, config);
            let is_clear = matches!(found, Ok(_) | Err(LedgerError::Missing | LedgerError::Incomplete));
            assert!(is_clear, "case {case}: {:?}", found.err());
            interrupted += 1;
            continue;
        };
        failed += usize::from(acknowledged < BLOCK_COUNT);
        let mut again = Ledger::open_in(tables.clone(), config.clone())
            .unwrap_or_else(|error| panic!("case {case}: {acknowledged} blocks were acknowledged: {error}"));
        let number = usize::try_from(again.last_header().number).unwrap();
        // A block may be there whole though nobody was told so, if all that failed was to tell.
        assert!((acknowledged..=acknowledged + 1).contains(&number), "case {case}: {number}, {acknowledged}");
        assert!(last_write == LastWrite::Made || number == acknowledged, "case {case}: {number}");
        assert_eq!(accounts(again.runtime()), chain.accounts[number], "case {case}, block {number}");
        for block in &chain.blocks[number..] {
            again.replay_block(block).unwrap_or_else(|error| panic!("case {case}: {error}"));
        }
        assert_eq!(accounts(again.runtime()), chain.accounts[BLOCK_COUNT], "case {case}: it goes on");
        again.close().expect("it is written");
        drop(Ledger::open_in(tables, config).unwrap_or_else(|error| panic!("case {case}: {error}")));
    }
    println!("{failed} of {CASE_COUNT} failed on the way, {interrupted} while they were made");
    assert!(failed > 60 && interrupted >= 2, "{failed} {interrupted}");
}

/// Runs the chain until a write fails; gives how many blocks were acknowledged, or nothing if the genesis was not.
fn run(chain: &Chain, tables: Arc<Faulty>, config: &sealane_runtime::LedgerConfig) -> Option<usize> {
    let mut ledger =
        match Ledger::create_in(tables, config.clone(), &ageing_fast(&chain.generator.world.genesis)) {
            Ok(ledger) => ledger,
            Err(error) => {
                assert!(error.to_string().contains("writing failed"), "{error}");
                return None;
            }
        };
    let mut acknowledged = 0;
    let mut before = None;
    for block in &chain.blocks {
        // One block is executed while the one before it is written.
        let pending = match ledger.replay_ahead(block) {
            Ok(pending) => pending,
            Err(error) => {
                check_halted(&error);
                break;
            }
        };
        if let Some(before) = Option::replace(&mut before, pending) {
            match sealane_runtime::PendingBlock::wait(before) {
                Ok(_) => acknowledged += 1,
                Err(error) => {
                    check_halted(&error);
                    break;
                }
            }
        }
    }
    if let Some(last) = before {
        acknowledged += usize::from(last.wait().is_ok());
    }
    // What is not acknowledged is not shown.
    assert!(ledger.reader().last().header.number <= acknowledged as u64);
    Some(acknowledged)
}

#[track_caller]
fn check_halted(error: &LedgerError) {
    let text = error.to_string();
    assert!(text.contains("open the ledger again") && text.contains("writing failed"), "{text}");
}
