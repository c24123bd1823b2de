//! What is written in these tests: numbered batches whose contents follow from their numbers, so that anybody can tell what a
//! directory must hold after any number of them; and the child process that writes them.

use sealane_runtime::ledger::store::StoreError;
use sealane_runtime::ledger::store::directory::{Engine, OpenOptions, open};
use sealane_runtime::ledger::store::key_value::{
    Batch, Change, Durability, KeyValueRead, KeyValueStore, MemoryTables, Order, Table,
};
use std::io::{BufRead, BufReader, Lines, Write};
use std::ops::{Bound, ControlFlow};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// Says to the child what to do: engine, bytes a block's value has, directory.
pub(super) const ENVIRONMENT: &str = "SEALANE_STORE_CHILD";
/// The test that is the child.
pub(super) const CHILD_TEST: &str = "story::child";

/// Tells how many batches there were.
const LAST: &[u8] = b"last";
/// Every how many batches the child waits for the disk, and acknowledges.
const NOW_EVERY: u64 = 3;
/// Every how many batches the child also loads, which makes files of buffers.
const LOAD_EVERY: u64 = 40;

pub(super) fn options(engine: Engine) -> OpenOptions {
    OpenOptions { engine, cache_size_bytes: 4 << 20, ..OpenOptions::default() }
}

/// The batch of that number: new keys, changed ones, deleted ones, in all tables but the one that is loaded.
pub(super) fn batch(number: u64, large_size_bytes: usize) -> Batch {
    let mut batch = Batch::default();
    batch.put(Table::Meta, LAST, number.to_be_bytes());
    for index in 0..12 {
        let key = mixed(number * 16 + index) % 256;
        if index == 11 {
            batch.delete(Table::Accounts, key.to_be_bytes());
        } else {
            batch.put(Table::Accounts, key.to_be_bytes(), bytes(key << 32 | number, 20));
        }
    }
    batch.put(Table::Headers, number.to_be_bytes(), bytes(number, 100));
    batch.put(Table::Blocks, number.to_be_bytes(), bytes(number, large_size_bytes));
    batch.put(Table::Addresses, mixed(number).to_be_bytes(), []);
    if let Some(old) = number.checked_sub(50) {
        batch.delete(Table::Headers, old.to_be_bytes());
        batch.delete(Table::Blocks, old.to_be_bytes());
        batch.delete(Table::Addresses, mixed(old).to_be_bytes());
    }
    batch
}

/// What is loaded is the same whenever it is, since loading is not atomic.
pub(super) fn loaded(part: u64) -> impl Iterator<Item = Change> {
    (part % 8 * 200..(part % 8 + 1) * 200).map(|key| (key.to_be_bytes().to_vec(), Some(bytes(key, 30))))
}

/// The plain twin, so many batches on.
#[derive(Debug, Default)]
pub(super) struct Twin {
    tables: MemoryTables,
    pub(super) last: u64,
}

impl Twin {
    pub(super) fn advance(&mut self, last: u64, large_size_bytes: usize) {
        assert!(self.last <= last, "there were {} batches, and now there are {last}", self.last);
        for number in self.last + 1..=last {
            self.tables.write(batch(number, large_size_bytes), Durability::Later).expect("it is in memory");
        }
        self.last = last;
    }

    /// Compares all tables but the loaded one, and of that one that what is there is what was loaded.
    pub(super) fn check(&self, tables: &dyn KeyValueRead) -> Result<(), StoreError> {
        for table in Table::ALL {
            let found = entries(tables, table)?;
            if table == Table::Signatures {
                for (key, value) in found {
                    let number = u64::from_be_bytes(key.try_into().expect("eight bytes were loaded"));
                    assert!(
                        number < 1_600 && value == bytes(number, 30),
                        "{number} was not loaded like that"
                    );
                }
            } else {
                let expected = entries(&self.tables, table)?;
                assert!(found == expected, "{table:?} is not what it is after {} batches", self.last);
                for (key, value) in expected.iter().step_by(7) {
                    assert!(tables.get(table, key)?.as_ref() == Some(value), "{table:?} {key:?}");
                }
            }
        }
        Ok(())
    }
}

type Entry = (Vec<u8>, Vec<u8>);

/// How many batches there have been.
pub(super) fn last(tables: &dyn KeyValueRead) -> Result<u64, StoreError> {
    let last = tables.get(Table::Meta, LAST)?;
    Ok(last.map_or(0, |last| u64::from_be_bytes(last.try_into().expect("eight bytes were written"))))
}

fn entries(tables: &dyn KeyValueRead, table: Table) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    tables.scan(table, (Bound::Unbounded, Bound::Unbounded), Order::Ascending, &mut |key, value| {
        entries.push((key.to_vec(), value.to_vec()));
        ControlFlow::Continue(())
    })?;
    Ok(entries)
}

/// Random bytes that follow from `seed`.
fn bytes(seed: u64, size_bytes: usize) -> Vec<u8> {
    let words = (0..size_bytes.div_ceil(8) as u64).flat_map(|index| mixed(seed << 20 ^ index).to_le_bytes());
    words.take(size_bytes).collect()
}

/// A random number that follows from `number`.
pub(super) fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A child that writes batches, and what it says.
pub(super) struct Writer {
    pub(super) child: Child,
    pub(super) lines: Lines<BufReader<ChildStdout>>,
}

impl Writer {
    /// The command that makes this binary the child: it opens `directory` and writes on until it is stopped.
    pub(super) fn command(engine: Engine, large_size_bytes: usize, directory: &Path) -> Command {
        let mut command = Command::new(std::env::current_exe().expect("this binary has a path"));
        command.args(["--exact", CHILD_TEST, "--nocapture", "--test-threads", "1"]);
        command.env(ENVIRONMENT, format!("{} {large_size_bytes} {}", engine.name(), directory.display()));
        command
    }

    pub(super) fn start(mut command: Command) -> Self {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next line that begins with `word`, without it; none if the child has ended.
    ///
    /// # Panics
    /// If the child says that something went wrong, and that is not what was asked for.
    pub(super) fn next(&mut self, word: &str) -> Option<String> {
        let is_fault = |line: &str| line.starts_with("error ") && !"error ".starts_with(word);
        let lines =
            self.lines.by_ref().map_while(Result::ok).inspect(|line| assert!(!is_fault(line), "{line}"));
        lines.filter_map(|line| Some(line.strip_prefix(word)?.trim().to_owned())).next()
    }
}

/// The child. As a test of its own it has nothing to do.
#[test]
fn child() {
    let Ok(text) = std::env::var(ENVIRONMENT) else { return };
    let mut words = text.splitn(3, ' ');
    let engine = words.next().and_then(Engine::of_name).unwrap();
    let large_size_bytes = words.next().unwrap().parse().unwrap();
    match write_on(engine, large_size_bytes, Path::new(words.next().unwrap())) {
        Ok(never) => match never {},
        // The first line of what `{:?}` shows is the variant.
        Err(error) => say(&format!("error {error:?} | {error}").replace('\n', " ")),
    }
}

enum Never {}

fn write_on(engine: Engine, large_size_bytes: usize, directory: &Path) -> Result<Never, StoreError> {
    // What libtest has begun to say has no line end yet.
    say("");
    let tables = open(directory, &options(engine))?.tables;
    let mut number = last(&*tables)?;
    say(&format!("open {number}"));
    loop {
        number += 1;
        let is_now = number.is_multiple_of(NOW_EVERY);
        tables.write(
            batch(number, large_size_bytes),
            if is_now { Durability::Now } else { Durability::Later },
        )?;
        if is_now {
            say(&format!("acknowledged {number}"));
        }
        if number.is_multiple_of(LOAD_EVERY) {
            tables.load(Table::Signatures, &mut loaded(number / LOAD_EVERY))?;
        }
    }
}

/// Says a line at once. A parent that is gone is no reason to panic.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush());
}
