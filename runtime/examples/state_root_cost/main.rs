//! What the state root costs: CPU time a changed account, bytes of memory an account, size and price of a proof; and what it
//! would cost with buckets instead of a binary tree.
//!
//! `cargo run --release --example state_root_cost -- binary 1000000 10000000`: a structure (`binary`, or `buckets-` and an
//! index into the shapes below) and numbers of accounts. One structure a process: memory that was freed would be used again and not be
//! counted. Blocks change 20,000 accounts, drawn evenly; accounts have 165 bytes of data, as token accounts have. One thread, so
//! that CPU time is all the work there is. `benches/RESULTS.md` has the figures.

mod bucket;

use bucket::{BucketTree, Leaf, Shape};
use sealane_runtime::ledger::state_root::StateTree;
use sealane_runtime::ledger::{AccountChange, MemoryStore};
use sealane_runtime::schedule::Workers;
use sealane_runtime::stages::thread_cpu_time;
use sealane_sdk::state_proof::{Digest, Proven, account_hash, key};
use sealane_sdk::{Account, Address};
use sha2::Digest as _;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

const CHANGE_COUNT: u64 = 20_000;
const BLOCK_COUNT: u64 = 15;
/// Accounts that are made at once while a tree is filled.
const PART_COUNT: u64 = 100_000;

const SHAPES: [Shape; 3] = [
    Shape { bucket_accounts: 4, arity_bits: 1 },
    Shape { bucket_accounts: 16, arity_bits: 1 },
    Shape { bucket_accounts: 16, arity_bits: 4 },
];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let structure = arguments.next().expect("say which structure: binary, buckets-0, buckets-1 or buckets-2");
    let counts: Vec<u64> =
        arguments.map(|argument| argument.parse().expect("each argument is a number of accounts")).collect();
    assert!(counts.iter().all(|count| *count >= PART_COUNT), "at least {PART_COUNT} accounts");
    println!(
        "accounts | structure | build µs/account | memory B/account | µs/change | hashing of that | \
         proof B mean/max | verify µs"
    );
    for account_count in counts {
        match structure.strip_prefix("buckets-") {
            None => binary(account_count),
            Some(index) => buckets(SHAPES[index.parse::<usize>().expect("a number")], account_count),
        }
    }
}

/// The tree that ledgers use.
fn binary(account_count: u64) {
    let workers = Workers::new(1).expect("a worker");
    let (mut tree, mut build) = (StateTree::default(), Duration::ZERO);
    let before_bytes = resident_bytes();
    for part in parts(account_count) {
        let _ = tree.apply(&part, &workers, &mut build);
    }
    let memory_bytes = resident_bytes().saturating_sub(before_bytes);
    let per_change = median((0..BLOCK_COUNT).map(|round| {
        let (changes, mut cpu) = (block(account_count, round), Duration::ZERO);
        let _ = tree.apply(&changes, &workers, &mut cpu);
        black_box(tree.root());
        cpu
    }));
    let root = tree.root().to_bytes();
    let (mut sizes, mut verify) = (Vec::new(), Duration::ZERO);
    // Accounts of the last block: a proof asks the store what its account is.
    let mut store = MemoryStore::default();
    store.apply(block(account_count, BLOCK_COUNT - 1));
    for number in numbers(account_count, CHANGE_COUNT, BLOCK_COUNT - 1) {
        let address = address(number);
        let proof = tree.prove(&address, &store).expect("memory does not fail");
        sizes.push(32 * proof.siblings.len() + 64);
        verify +=
            cpu_of(|| assert!(matches!(proof.check(&root, &address, &sha256), Some(Proven::Present(_)))));
    }
    print(account_count, "binary tree", build, memory_bytes, per_change, &sizes, verify);
}

/// The tree that was tried.
fn buckets(shape: Shape, account_count: u64) {
    let mut build = Duration::ZERO;
    let before_bytes = resident_bytes();
    let mut tree = BucketTree::new(shape, account_count);
    for part in parts(account_count) {
        build += cpu_of(|| tree.apply(&leaves(&part)));
    }
    let memory_bytes = resident_bytes().saturating_sub(before_bytes);
    let per_change = median((0..BLOCK_COUNT).map(|round| {
        let changes = block(account_count, round);
        cpu_of(|| {
            tree.apply(&leaves(&changes));
            black_box(tree.root());
        })
    }));
    let (mut sizes, mut verify) = (Vec::new(), Duration::ZERO);
    // Accounts of the last block, so that their hashes are known.
    for leaf in leaves(&block(account_count, BLOCK_COUNT - 1)) {
        let proof = tree.prove(&leaf.0);
        sizes.push(proof.size_bytes());
        verify += cpu_of(|| assert!(tree.check(&proof, &leaf)));
    }
    let name = format!("buckets of {}, {} children", shape.bucket_accounts, 1 << shape.arity_bits);
    print(account_count, &name, build, memory_bytes, per_change, &sizes, verify);
}

fn print(
    account_count: u64,
    name: &str,
    build: Duration,
    memory_bytes: u64,
    block: Duration,
    proof_sizes: &[usize],
    verify: Duration,
) {
    let micros = |time: Duration, count: u64| time.as_secs_f64() * 1e6 / count as f64;
    let proof_count = proof_sizes.len() as u64;
    let mean_bytes = proof_sizes.iter().sum::<usize>() as f64 / proof_count as f64;
    println!(
        "{account_count} | {name} | {:.2} | {} | {:.2} | {:.2} | {mean_bytes:.0} / {} | {:.1}",
        micros(build, account_count),
        memory_bytes / account_count,
        micros(block, CHANGE_COUNT),
        micros(hashing(account_count), CHANGE_COUNT),
        proof_sizes.iter().max().unwrap_or(&0),
        micros(verify, proof_count),
    );
}

/// What every structure pays: the keys and the accounts' own hashes of a block.
fn hashing(account_count: u64) -> Duration {
    median((0..BLOCK_COUNT).map(|round| {
        let changes = block(account_count, round);
        cpu_of(|| drop(black_box(leaves(&changes))))
    }))
}

fn leaves(changes: &[AccountChange]) -> Vec<Leaf> {
    let mut leaves: Vec<Leaf> = changes
        .iter()
        .filter_map(|(address, account)| {
            let account = account.as_deref()?;
            Some((key(address, &sha256), account_hash(address, account, &sha256)))
        })
        .collect();
    leaves.sort_unstable();
    leaves
}

/// All accounts, in parts: at once they would take more memory than the tree.
fn parts(account_count: u64) -> impl Iterator<Item = Vec<AccountChange>> {
    (0..account_count / PART_COUNT)
        .map(|part| (part * PART_COUNT..(part + 1) * PART_COUNT).map(|number| change(number, 1)).collect())
}

fn block(account_count: u64, round: u64) -> Vec<AccountChange> {
    numbers(account_count, CHANGE_COUNT, round).map(|number| change(number, round + 2)).collect()
}

/// Numbers of accounts, each once, drawn evenly.
fn numbers(account_count: u64, count: u64, round: u64) -> impl Iterator<Item = u64> {
    let stride = account_count / PART_COUNT * PART_COUNT / count;
    (0..count).map(move |index| index * stride + mixed(index ^ round << 32) % stride)
}

/// The finalizer of splitmix64: evenly spread bits of a number.
fn mixed(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ number >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ number >> 31
}

fn change(number: u64, lamports: u64) -> AccountChange {
    let account = Account { lamports, data: vec![7; 165], ..Account::default() };
    (address(number), Some(Arc::new(account)))
}

fn address(number: u64) -> Address {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    Address::new_from_array(bytes)
}

fn sha256(pieces: &[&[u8]]) -> Digest {
    let mut hasher = sha2::Sha256::new();
    pieces.iter().for_each(|piece| hasher.update(piece));
    hasher.finalize().into()
}

fn cpu_of(work: impl FnOnce()) -> Duration {
    let before = thread_cpu_time();
    work();
    thread_cpu_time().saturating_sub(before)
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    times[times.len() / 2]
}

/// Bytes of this process in memory, as Linux counts them; 0 elsewhere.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}
