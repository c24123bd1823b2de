//! What the tests stand on: token transfers on a ledger of their own, written in both formats, and the binary.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sealane_benches::{Contention, Workload, WorkloadOptions, transfer};
use sealane_runtime::face::Engine;
use sealane_runtime::{Ledger, LedgerConfig, RuntimeConfig};
use serde::Serialize;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// Blocks of the ground's input.
pub(crate) const BLOCK_COUNT: usize = 4;
/// Transactions of each.
pub(crate) const BLOCK_SIZE: usize = 25;
/// Time of the input's first block, in seconds; each that follows is two later.
pub(crate) const FIRST_TIME: i64 = 1_800_000_000;

/// A folder, and blocks of signed transfers to run in it.
pub(crate) struct Ground {
    folder: TempDir,
    pub(crate) workload: Workload,
}

/// A block in bincode.
#[derive(Serialize)]
struct Block<'b> {
    unix_time: i64,
    transactions: &'b [Vec<u8>],
}

impl Ground {
    pub(crate) fn new() -> Self {
        let options = WorkloadOptions {
            transactions: BLOCK_COUNT * BLOCK_SIZE,
            accounts: 10,
            block_size: BLOCK_SIZE,
            seed: 3,
            contention: Contention::Uniform,
        };
        let workload = transfer(&options, &RuntimeConfig::default(), &|| ()).expect("a workload is made");
        Self { folder: tempfile::tempdir().expect("a folder is made"), workload }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A new ledger with the users of the workload.
    pub(crate) fn ledger(&self, name: &str, engine: Engine) -> PathBuf {
        let directory = self.path(name);
        let config = LedgerConfig { engine, ..config() };
        let ledger = Ledger::create(&directory, config, &self.workload.genesis).expect("a ledger is made");
        ledger.close().expect("it closes");
        directory
    }

    /// The blocks as JSON Lines.
    pub(crate) fn json_lines(&self) -> String {
        let mut text = String::new();
        for (unix_time, transactions) in self.timed_blocks() {
            text += &format!("{}\n", json!({ "block": { "unix_time": unix_time } }));
            for bytes in transactions {
                text += &format!("{}\n", json!({ "transaction": STANDARD.encode(bytes) }));
            }
        }
        text
    }

    /// The blocks in bincode.
    pub(crate) fn bincode(&self) -> Vec<u8> {
        let encode = |(unix_time, transactions)| {
            let block = Block { unix_time, transactions };
            bincode::serde::encode_to_vec(block, bincode::config::standard()).expect("a block encodes")
        };
        self.timed_blocks().flat_map(encode).collect()
    }

    pub(crate) fn timed_blocks(&self) -> impl Iterator<Item = (i64, &[Vec<u8>])> {
        (FIRST_TIME..).step_by(2).zip(self.workload.blocks.iter().map(Vec::as_slice))
    }

    /// Writes a file into the folder.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("the file is written");
        path
    }
}

/// How the tests open ledgers by themselves.
pub(crate) fn config() -> LedgerConfig {
    LedgerConfig {
        runtime: RuntimeConfig { workers: 2, ..RuntimeConfig::default() },
        ..LedgerConfig::default()
    }
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("the path is UTF-8")
}

pub(crate) fn sealane(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sealane")).args(arguments).output().expect("the binary runs")
}

/// Runs the command with `input` on its standard input.
pub(crate) fn sealane_fed(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sealane"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    child.stdin.take().expect("it has an input").write_all(input).expect("it reads its input");
    child.wait_with_output().expect("it ends")
}

/// The objects a command that succeeds prints, one a line.
#[track_caller]
pub(crate) fn lines(output: &Output) -> Vec<Value> {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(stderr, "", "machines are told on stdout alone");
    objects(output)
}

/// The objects a command prints, one a line.
#[track_caller]
pub(crate) fn objects(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).expect("JSON is UTF-8");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// The one object that a command prints.
#[track_caller]
pub(crate) fn object(arguments: &[&str]) -> Value {
    let output = sealane(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
}

/// What a command that fails says on stderr.
#[track_caller]
pub(crate) fn complaint(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    stderr
}
