//! A process that makes blocks is killed at any instant, again and again: every block it has acknowledged is there, whole, with the
//! right root, and the ledger goes on.

use crate::tables::{config, genesis, last};
use sealane_runtime::face::Engine;
use sealane_runtime::ledger::Block;
use sealane_runtime::{Ledger, LedgerConfig, LedgerError, PendingBlock, Runtime};
use sealane_sdk::Address;
use sealane_sdk::instruction::Hash;
use sealane_tests::Harness;
use sealane_tests::harness::accounts;
use sealane_tests::user::{MessageVersion, from_bytes, sign};
use solana_system_interface::instruction as system;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// Kills a run, on each engine.
const KILLS: u64 = 100;
/// Says to the child what to do: engine and directory.
const ENVIRONMENT: &str = "SEALANE_LEDGER_CHILD";

/// A short log and a short history, so that kills meet checkpoints and pruning too.
fn ledger_config(engine: Engine) -> LedgerConfig {
    LedgerConfig { engine, ..config(6, last(20)) }
}

/// The transactions of a block: they follow from its number and the block before.
fn transactions(number: u64, blockhash: Hash) -> Vec<Vec<u8>> {
    (0..4)
        .map(|index| {
            let from = Harness::user(index);
            let mut to = [9; 32];
            to[..8].copy_from_slice(&(number % 50).to_be_bytes());
            let transfer = system::transfer(&from.address, &Address::new_from_array(to), 1_000_000 + number);
            sign(&[transfer], &[&from], blockhash, MessageVersion::Legacy)
        })
        .collect()
}

/// The same ledger in memory, so many blocks on.
struct Twin {
    runtime: Runtime,
    blocks: Vec<Arc<Block>>,
}

impl Twin {
    fn new() -> Self {
        let runtime = Runtime::new(config(1, last(1)).runtime, &genesis()).expect("a runtime");
        Self { runtime, blocks: Vec::new() }
    }

    fn advance(&mut self, number: u64) {
        while self.number() < number {
            let (next, unix_time) = next_block(&self.runtime);
            self.blocks.push(self.runtime.produce_block(unix_time, &next).expect("a block").block);
        }
    }

    fn number(&self) -> u64 {
        self.runtime.last_header().number
    }
}

/// The transactions of the next block, and its time.
fn next_block(runtime: &Runtime) -> (Vec<Vec<u8>>, i64) {
    let header = runtime.last_header();
    (transactions(header.number + 1, runtime.last_hash()), header.unix_time + 1)
}

#[test]
fn fjall_keeps_every_acknowledged_block_over_kills() {
    kill_again_and_again(Engine::Fjall);
}

#[test]
fn redb_keeps_every_acknowledged_block_over_kills() {
    kill_again_and_again(Engine::Redb);
}

fn kill_again_and_again(engine: Engine) {
    let directory = tempfile::tempdir().expect("a directory");
    let mut twin = Twin::new();
    let mut kills_amid_writing = 0;
    for kill in 0..KILLS {
        let mut child = Maker::start(engine, directory.path());
        let mut acknowledged = twin.number();
        // Some die while they open, most of them while they make blocks.
        if kill % 10 > 0 {
            assert_eq!(child.next("open"), Some(twin.number()), "{engine:?}, kill {kill}");
        }
        if kill % 10 > 2 {
            acknowledged = child.next("acknowledged").expect("the child makes blocks");
        }
        std::thread::sleep(Duration::from_micros(kill * 7_919 % 25_000));
        child.child.kill().expect("it is killed");
        child.child.wait().expect("it has ended");
        // The pipe still has what was said before.
        while let Some(number) = child.next("acknowledged") {
            acknowledged = number;
        }
        match Ledger::open(directory.path(), ledger_config(engine)) {
            Ok(ledger) => {
                let found = ledger.last_header().number;
                assert!(found >= acknowledged, "{engine:?}, kill {kill}: {acknowledged}, {found}");
                kills_amid_writing += u64::from(found > twin.number());
                twin.advance(found);
                check(&ledger, &twin, kill);
            }
            // Killed before the ledger was made.
            Err(error) => {
                assert!(is_not_made(&error) && acknowledged == 0, "{engine:?}, kill {kill}: {error}")
            }
        }
    }
    println!("{engine:?}: {KILLS} kills, {kills_amid_writing} amid writing, {} blocks", twin.number());
    assert!(kills_amid_writing >= KILLS / 2, "{kills_amid_writing}: the kills hit ledgers at work");
}

fn is_not_made(error: &LedgerError) -> bool {
    use sealane_runtime::ledger::store::StoreError;
    matches!(
        error,
        LedgerError::Missing | LedgerError::Incomplete | LedgerError::Store(StoreError::Missing { .. })
    )
}

/// Opening has held the last block against all accounts; here all of it is held against the twin.
fn check(ledger: &Ledger, twin: &Twin, kill: u64) {
    assert_eq!(ledger.last_hash(), twin.runtime.last_hash(), "kill {kill}");
    assert_eq!(accounts(ledger.runtime()), accounts(&twin.runtime), "kill {kill}");
    let reader = ledger.reader();
    let first = reader.first_available_block();
    assert!(first <= twin.number().saturating_sub(19), "kill {kill}: twenty blocks are kept");
    for block in twin.blocks.iter().skip(usize::try_from(first.max(1) - 1).expect("it is small")) {
        let found = reader.block(block.header.number).expect("it is read");
        assert_eq!(found.as_ref(), Some(block), "kill {kill}, block {}", block.header.number);
        let bytes = block.transactions.get(2).expect("there are four");
        let found = reader.transaction(&from_bytes(bytes).signatures[0].into()).expect("it is read");
        assert_eq!(found.expect("it is there").bytes, bytes, "kill {kill}");
    }
}

/// A child that makes blocks, and what it says.
struct Maker {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Maker {
    fn start(engine: Engine, directory: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this binary has a path"));
        command.args(["--exact", "kill::child", "--nocapture", "--test-threads", "1"]);
        command.env(ENVIRONMENT, format!("{} {}", engine.name(), directory.display()));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        Self { child, lines }
    }

    /// The number in the next line that begins with `word`; none if the child has ended.
    fn next(&mut self, word: &str) -> Option<u64> {
        let lines = self.lines.by_ref().map_while(Result::ok);
        let mut numbers = lines.filter_map(|line| line.strip_prefix(word)?.trim().parse().ok());
        numbers.next()
    }
}

/// The child. As a test of its own it has nothing to do.
#[test]
fn child() {
    let Ok(text) = std::env::var(ENVIRONMENT) else { return };
    let (engine, directory) = text.split_once(' ').expect("two words");
    let config = ledger_config(Engine::of_name(engine).expect("an engine"));
    // What libtest has begun to say has no line end yet.
    say("");
    let mut ledger = Ledger::open_or_create(Path::new(directory), config, &genesis()).expect("a ledger");
    say(&format!("open {}", ledger.last_header().number));
    let mut before: Option<PendingBlock> = None;
    loop {
        let (next, unix_time) = next_block(ledger.runtime());
        let pending = ledger.execute_ahead(unix_time, &next).expect("a block");
        if let Some(before) = before.replace(pending) {
            let durable = before.wait().expect("it is written");
            say(&format!("acknowledged {}", durable.block.header.number));
        }
    }
}

/// Says a line at once. A parent that is gone is no reason to panic.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush());
}
