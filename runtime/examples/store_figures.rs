//! What the engines cost: CPU and wall time an entry, bytes on disk and bytes written an entry. For the notes in
//! `benches/RESULTS.md`: `cargo run --release --example store_figures -- [DIRECTORY [ENGINE]]`.
#![expect(clippy::disallowed_methods, reason = "measures time")]

use sealane_runtime::ledger::store::directory::{Engine, OpenOptions, open};
use sealane_runtime::ledger::store::key_value::{Batch, Durability, KeyValueStore, Table};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ENTRIES: u64 = 40_000;
const ROUNDS: u64 = 12;
const VALUE_SIZE_BYTES: usize = 200;
const LARGE_SIZE_BYTES: usize = 10 << 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let base = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    println!(
        "batches of {ENTRIES} random 32-byte keys, values of {VALUE_SIZE_BYTES} bytes; medians of {ROUNDS}"
    );
    let wanted = std::env::args().nth(2);
    for engine in
        Engine::ALL.into_iter().filter(|engine| wanted.as_deref().is_none_or(|name| name == engine.name()))
    {
        let directory = base.join(format!("store-figures-{}", std::process::id()));
        measure(engine, &directory)?;
        std::fs::remove_dir_all(&directory)?;
    }
    Ok(())
}

fn measure(engine: Engine, directory: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let options = OpenOptions { engine, ..OpenOptions::default() };
    let name = engine.name();
    let tables = open(directory, &options)?.tables;
    let sorted = |from: u64| {
        let mut keys: Vec<_> = (from..from + 10 * ENTRIES).map(key).collect();
        keys.sort_unstable();
        keys
    };
    let keys = sorted(0);
    let load =
        timed(|| tables.load(Table::Accounts, &mut keys.iter().map(|key| (key.to_vec(), Some(value(1))))))?;
    report(name, "load into an empty table", keys.len() as u64, vec![load]);
    let keys = sorted(10 * ENTRIES);
    let load =
        timed(|| tables.load(Table::Accounts, &mut keys.iter().map(|key| (key.to_vec(), Some(value(1))))))?;
    report(name, "load between what is there", keys.len() as u64, vec![load]);
    for (what, durability) in [("write, later", Durability::Later), ("write, now", Durability::Now)] {
        let mut times = Vec::new();
        for round in 0..ROUNDS {
            // Half of them change what is there, as a block's accounts do.
            let keys = (0..ENTRIES).map(|index| key(splitmix(round * ENTRIES + index) % (40 * ENTRIES)));
            let mut batch = Batch::default();
            keys.for_each(|key| batch.put(Table::Accounts, key, value(round)));
            times.push(timed(|| tables.write(batch, durability))?);
        }
        report(name, what, ENTRIES, times);
    }
    let mut times = Vec::new();
    for number in 0..ROUNDS {
        let mut batch = Batch::default();
        batch.put(Table::Blocks, number.to_be_bytes(), large(number));
        times.push(timed(|| tables.write(batch, Durability::Now))?);
    }
    report(name, "write, now, one value of 10 MiB", 1, times);
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let mut batch = Batch::default();
        batch.put(Table::Meta, *b"key", value(1));
        times.push(timed(|| tables.write(batch, Durability::Now))?);
    }
    report(name, "write, now, one small entry", 1, times);
    read(name, &*tables)?;
    println!("{name:6} bytes on disk {}", tables.size_bytes());
    let close = timed(|| {
        drop(tables);
        Ok::<_, std::io::Error>(())
    })?;
    report(name, "close", 1, vec![close]);
    report(name, "open", 1, vec![timed(|| open(directory, &options).map(drop))?]);
    Ok(())
}

fn read(name: &str, tables: &dyn KeyValueStore) -> Result<(), Box<dyn std::error::Error>> {
    for (what, from) in [("get, there", 0), ("get, absent", 1 << 60)] {
        let mut times = Vec::new();
        for round in 0..ROUNDS {
            times.push(timed(|| {
                (0..ENTRIES).try_for_each(|index| {
                    let key = key(from + splitmix(round * ENTRIES + index) % (20 * ENTRIES));
                    tables.get(Table::Accounts, &key).map(drop)
                })
            })?);
        }
        report(name, what, ENTRIES, times);
    }
    let mut count = 0;
    let scan = timed(|| {
        let all = (std::ops::Bound::Unbounded, std::ops::Bound::Unbounded);
        tables.scan(
            Table::Accounts,
            all,
            sealane_runtime::ledger::store::key_value::Order::Ascending,
            &mut |_, _| {
                count += 1;
                std::ops::ControlFlow::Continue(())
            },
        )
    })?;
    report(name, "scan", count, vec![scan]);
    Ok(())
}

struct Spent {
    wall: Duration,
    cpu: Duration,
    written_bytes: u64,
}

fn timed<E>(work: impl FnOnce() -> Result<(), E>) -> Result<Spent, E> {
    let (wall, cpu, written) = (Instant::now(), cpu_time(), written_bytes());
    work()?;
    Ok(Spent { wall: wall.elapsed(), cpu: cpu_time() - cpu, written_bytes: written_bytes() - written })
}

fn report(engine: &str, what: &str, entries: u64, mut times: Vec<Spent>) {
    let mut median = |of: fn(&Spent) -> f64| {
        times.sort_by(|left, right| of(left).total_cmp(&of(right)));
        of(&times[times.len() / 2]) / entries as f64
    };
    let cpu = median(|spent| spent.cpu.as_secs_f64() * 1e6);
    let wall = median(|spent| spent.wall.as_secs_f64() * 1e6);
    let written: u64 = times.iter().map(|spent| spent.written_bytes).sum();
    let written = written / (times.len() as u64 * entries);
    println!(
        "{engine:6} {what:32} {cpu:10.2} us CPU, {wall:10.2} us wall, {written:9} bytes written an entry"
    );
}

/// Of all threads of the process, those that merge files in the background included.
fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// What the process has had written to disk so far, where the system tells.
fn written_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    text.lines().find_map(|line| line.strip_prefix("write_bytes: ")?.parse().ok()).unwrap_or(0)
}

fn key(number: u64) -> [u8; 32] {
    let mut key = [0; 32];
    for (index, bytes) in key.chunks_exact_mut(8).enumerate() {
        bytes.copy_from_slice(&splitmix(number.wrapping_mul(4).wrapping_add(index as u64)).to_le_bytes());
    }
    key
}

/// Half random, half zeros, as token accounts are.
fn value(seed: u64) -> Vec<u8> {
    let mut value: Vec<u8> =
        (0..VALUE_SIZE_BYTES as u64 / 16).flat_map(|index| splitmix(seed ^ index).to_le_bytes()).collect();
    value.resize(VALUE_SIZE_BYTES, 0);
    value
}

fn large(seed: u64) -> Vec<u8> {
    (0..LARGE_SIZE_BYTES as u64 / 8).flat_map(|index| splitmix((seed << 32) + index).to_le_bytes()).collect()
}

fn splitmix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
