//! What a snapshot costs: bytes and CPU time an account to write and to read, and what compression has to do with it.
//!
//! `cargo run --release --example snapshot_cost -- 1000000`: the number says how many accounts there are. They are laid out as
//! token accounts: one of a hundred mints, an owner nobody else has, an amount, and mostly zeros. With a file's name behind the
//! number, a chunk's contents are written there, for other compressors to be tried on. `benches/RESULTS.md` has the figures.

use sealane_runtime::ingest::RecentBlockRecord;
use sealane_runtime::ledger::snapshot::{
    AccountVisitor, Expected, RecentBlockVisitor, SnapshotReader, SnapshotSource, verify_snapshot,
    write_snapshot,
};
use sealane_runtime::ledger::state_root::StateTree;
use sealane_runtime::ledger::{AccountChange, Genesis, LedgerHead, Roots, StoreError};
use sealane_runtime::schedule::Workers;
use sealane_runtime::stages::thread_cpu_time;
use sealane_runtime::{Runtime, RuntimeConfig};
use sealane_sdk::ids::token;
use sealane_sdk::instruction::Hash;
use sealane_sdk::{Account, Address};
use std::hint::black_box;
use std::ops::ControlFlow;
use std::time::Duration;

/// Bytes a chunk's contents have, about.
const CHUNK_SIZE_BYTES: usize = 4 << 20;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count = arguments.next().and_then(|argument| argument.parse().ok());
    let account_count: u64 = count.expect("give a number of accounts, e.g. 1000000");
    compressors(arguments.next());

    let source = Tokens::new(account_count);
    let mut file = Vec::new();
    let mut summary = None;
    let write =
        cpu_of(|| summary = Some(write_snapshot(&source, &mut file, &mut |_| ()).expect("it is written")));
    let totals = summary.expect("it was written").totals;
    let workers = Workers::new(1).expect("a worker");
    let read = cpu_of(|| {
        let end = SnapshotReader::new(file.as_slice()).and_then(SnapshotReader::finish);
        black_box(end.expect("a good snapshot"));
    });
    let before = thread_cpu_time();
    let verified = verify_snapshot(
        SnapshotReader::new(file.as_slice()).expect("a head"),
        &Expected::default(),
        &workers,
        &mut |_| (),
    );
    let verify = thread_cpu_time().saturating_sub(before);
    // The rest of the ledger stands beside accounts that were made up, so that the sysvars are not among them.
    println!(
        "verified, but for the sysvars: {}",
        verified.err().map_or("all".to_owned(), |error| error.to_string())
    );
    let per = |time: Duration| time.as_secs_f64() * 1e6 / account_count as f64;
    println!("{account_count} accounts, {} chunks, {} bytes a file", totals.chunk_count, totals.file_bytes);
    println!("bytes an account: {:.1}", totals.file_bytes as f64 / account_count as f64);
    println!(
        "µs an account: write {:.3}, read {:.3}, read on this thread with the tree {:.3}",
        per(write),
        per(read),
        per(verify)
    );
}

/// Compresses a chunk's contents with what is at hand in Rust.
fn compressors(dump: Option<String>) {
    let mut plain = Vec::new();
    for number in 0..(CHUNK_SIZE_BYTES / 242) as u64 {
        let (address, account) = account(number);
        plain.extend_from_slice(address.as_array());
        plain.extend_from_slice(&account.lamports.to_le_bytes());
        plain.extend_from_slice(account.owner.as_array());
        plain.extend_from_slice(&[0, 165, 0, 0, 0]);
        plain.extend_from_slice(&account.data);
    }
    if let Some(path) = dump {
        std::fs::write(path, &plain).expect("the file is written");
    }
    let mebibytes = plain.len() as f64 / f64::from(1 << 20);
    let rate = |time: Duration| mebibytes / time.as_secs_f64();
    let mut lz4 = Vec::new();
    let pack = cpu_of(|| lz4 = lz4_flex::block::compress(&plain));
    let unpack = cpu_of(|| drop(black_box(lz4_flex::block::decompress(&lz4, plain.len()))));
    let ratio = plain.len() as f64 / lz4.len() as f64;
    println!("lz4_flex: ratio {ratio:.2}, packs {:.0} MiB/s, unpacks {:.0} MiB/s", rate(pack), rate(unpack));
    let mut zstd = Vec::new();
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    let pack = cpu_of(|| zstd = ruzstd::encoding::compress_to_vec(plain.as_slice(), level));
    let unpack = cpu_of(|| {
        let mut decoder = ruzstd::decoding::StreamingDecoder::new(zstd.as_slice()).expect("a frame");
        let mut again = Vec::with_capacity(plain.len());
        std::io::Read::read_to_end(&mut decoder, &mut again).expect("it unpacks");
        assert!(again == plain);
    });
    let ratio = plain.len() as f64 / zstd.len() as f64;
    println!(
        "ruzstd, fastest: ratio {ratio:.2}, packs {:.0} MiB/s, unpacks {:.0} MiB/s",
        rate(pack),
        rate(unpack)
    );
}

/// A ledger of token accounts, made while they are asked for.
struct Tokens {
    head: LedgerHead,
    recent: RecentBlockRecord,
    account_count: u64,
}

impl Tokens {
    fn new(account_count: u64) -> Self {
        let mut tree = StateTree::default();
        let workers = Workers::new(1).expect("a worker");
        for first in (0..account_count).step_by(100_000) {
            let part = (first..account_count.min(first + 100_000)).map(|number| {
                let (address, account) = account(number);
                (address, Some(account.into()))
            });
            let part: Vec<AccountChange> = part.collect();
            let _ = tree.apply(&part, &workers, &mut Duration::default());
        }
        let genesis = Runtime::new(RuntimeConfig::default(), &Genesis::default()).expect("a runtime");
        let mut head = genesis.head();
        head.header.roots =
            Some(Roots { state: tree.root(), receipts: Hash::default(), transactions: Hash::default() });
        let blockhash = head.header.hash();
        head.slot_hashes = vec![(0, blockhash)];
        Self { head, recent: RecentBlockRecord { blockhash, ..RecentBlockRecord::default() }, account_count }
    }
}

impl SnapshotSource for Tokens {
    fn head(&self) -> LedgerHead {
        self.head.clone()
    }

    fn for_each_account(&self, visit: &mut AccountVisitor<'_>) -> Result<(), StoreError> {
        let _ =
            (0..self.account_count).map(account).try_for_each(|(address, account)| visit(&address, &account));
        Ok(())
    }

    fn for_each_recent_block(&self, visit: &mut RecentBlockVisitor<'_>) -> Result<(), StoreError> {
        let _: ControlFlow<()> = visit(self.recent.clone());
        Ok(())
    }
}

/// The account with this number; addresses ascend with it.
fn account(number: u64) -> (Address, Account) {
    let random: [u64; 8] = std::array::from_fn(|word| mixed(number * 8 + word as u64));
    let mut address = [0; 32];
    address[..8].copy_from_slice(&number.to_be_bytes());
    address[8..].copy_from_slice(bytes_of(&[random[0], random[1], random[2]]).as_slice());
    let mint = mixed(u64::MAX - random[3] % 100);
    let mut data = vec![0; 165];
    data[..32].copy_from_slice(&bytes_of(&[mint, mixed(mint), mixed(mint + 1), mixed(mint + 2)]));
    data[32..64].copy_from_slice(&bytes_of(&random[4..8]));
    data[64..72].copy_from_slice(&(random[0] % 1_000_000_000).to_le_bytes());
    data[108] = 1;
    (Address::new_from_array(address), Account::with_data(token::ID, data))
}

fn bytes_of(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// The finalizer of splitmix64: evenly spread bits of a number.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ number >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ number >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ number >> 31
}

fn cpu_of(work: impl FnOnce()) -> Duration {
    let before = thread_cpu_time();
    work();
    thread_cpu_time().saturating_sub(before)
}
