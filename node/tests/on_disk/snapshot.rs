//! Genesis files, account dumps, snapshots: a ledger is begun by a file, written to another, restored from it, and goes on.

use crate::ground::{complaint, config, lines, object, sealane, text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sealane_benches::sign::{User, sign};
use sealane_benches::workload::genesis_blockhash;
use sealane_runtime::ledger::{AccountDump, Genesis};
use sealane_sdk::ids::system_program;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const USER_COUNT: u64 = 6;
const BLOCK_COUNT: u64 = 4;

/// A folder with a genesis file of users, and blocks in which they pay each other.
struct World {
    folder: TempDir,
    users: Vec<User>,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder is made");
        let users: Vec<User> = (0..USER_COUNT).map(|number| User::new(5, number)).collect();
        let mut genesis = format!("unix_time = 100\n[rules]\nfee_collector = \"{}\"\n", users[0].address);
        for user in &users {
            genesis += &format!("[[accounts]]\naddress = \"{}\"\nlamports = 1_000_000_000\n", user.address);
        }
        fs::write(folder.path().join("genesis.toml"), genesis).expect("the file is written");
        let world = Self { folder, users };
        fs::write(world.path("blocks.jsonl"), world.blocks()).expect("the file is written");
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Each user pays the next one in each block.
    fn blocks(&self) -> String {
        let base = Genesis::default()
            .with_token_programs(sealane_artifacts::TOKEN, sealane_artifacts::ASSOCIATED_TOKEN);
        let genesis = Genesis::read(&self.path("genesis.toml"), base).expect("the genesis is well-formed");
        let blockhash = genesis_blockhash(&genesis, &config().runtime).expect("a runtime");
        let mut text = String::new();
        for block in 0..BLOCK_COUNT {
            text += &format!("{}\n", json!({ "block": { "unix_time": 200 + block, "number": block + 1 } }));
            for (index, payer) in self.users.iter().enumerate() {
                let receiver = &self.users[(index + 1) % self.users.len()];
                // A system transfer: its number, and the lamports.
                let data = [&2_u32.to_le_bytes()[..], &(1_000 + block).to_le_bytes()].concat();
                let accounts =
                    vec![AccountMeta::new(payer.address, true), AccountMeta::new(receiver.address, false)];
                let transfer = Instruction { program_id: system_program::ID, accounts, data };
                text += &format!("{}\n", json!(STANDARD.encode(sign(payer, &[transfer], blockhash))));
            }
        }
        text
    }

    /// The first so many blocks, as a file.
    fn first_blocks(&self, count: u64) -> PathBuf {
        let line_count = usize::try_from(count * (1 + USER_COUNT)).expect("there are few");
        let lines: String = self.blocks().split_inclusive('\n').take(line_count).collect();
        let path = self.path("first.jsonl");
        fs::write(&path, lines).expect("the file is written");
        path
    }

    fn run(&self, ledger: &Path, input: &Path, options: &[&str]) -> Vec<Value> {
        let arguments = ["run", "--ledger", text(ledger), "--input", text(input), "--json"];
        lines(&sealane(&[&arguments, options].concat()))
    }

    /// A ledger with the first two blocks, and a snapshot of it.
    fn snapshot(&self) -> (PathBuf, PathBuf) {
        let (ledger, snapshot) = (self.path("ledger"), self.path("two.snapshot"));
        self.run(&ledger, &self.first_blocks(2), &["--genesis", text(&self.path("genesis.toml"))]);
        let written = object(&["ledger", "snapshot", text(&ledger), "--out", text(&snapshot), "--json"]);
        assert_eq!((&written["block"], written["accounts"].as_u64() > Some(USER_COUNT)), (&2.into(), true));
        assert_eq!(
            fs::metadata(&snapshot).expect("it is there").len(),
            written["file_bytes"].as_u64().unwrap_or(0)
        );
        let checked = object(&["ledger", "check-snapshot", text(&snapshot), "--json"]);
        assert_eq!(checked, written);
        (ledger, snapshot)
    }
}

#[test]
fn a_ledger_begun_by_a_genesis_file_is_verified_by_the_same_file_alone() {
    let world = World::new();
    let (ledger, genesis) = (world.path("ledger"), world.path("genesis.toml"));
    let told = world.run(&ledger, &world.path("blocks.jsonl"), &["--genesis", text(&genesis)]);
    let summary = told.last().expect("a summary");
    assert_eq!(summary["succeeded"], USER_COUNT * BLOCK_COUNT);
    let info = object(&["ledger", "info", text(&ledger), "--json"]);
    assert_eq!(info["rules"]["fee_collector"], world.users[0].address.to_string());
    let verdict = object(&["ledger", "verify", text(&ledger), "--genesis", text(&genesis), "--json"]);
    assert_eq!((&verdict["verified"], &verdict["last_block"]), (&true.into(), &BLOCK_COUNT.into()));
    assert_eq!(verdict["state_root"], info["last"]["state_root"]);

    let expected = "the ledger did not begin with this genesis";
    let said = complaint(&sealane(&["ledger", "verify", text(&ledger)]));
    assert!(said.contains(expected), "{said}");
    let other = world.path("other.toml");
    fs::write(&other, "unix_time = 99\n").expect("the file is written");
    let blocks = world.path("blocks.jsonl");
    let arguments = ["run", "--ledger", text(&ledger), "--input", text(&blocks), "--genesis"];
    let said = complaint(&sealane(&[&arguments[..], &[text(&other)]].concat()));
    assert!(said.contains(expected), "{said}");
    fs::write(&other, "unix_time = 99\n[rules]\nfees = 7\n").expect("the file is written");
    let said = complaint(&sealane(&[&arguments[..], &[text(&other)]].concat()));
    assert!(said.contains("other.toml:3:1: ") && said.contains("`fees`"), "{said}");
    assert_eq!(object(&["ledger", "info", text(&ledger), "--json"]), info, "nothing changed");
}

#[test]
fn an_account_is_printed_as_solana_prints_it_and_a_genesis_can_load_it() {
    let world = World::new();
    let (ledger, _) = world.snapshot();
    let address = world.users[3].address.to_string();
    let output = sealane(&["ledger", "account", text(&ledger), &address, "--json"]);
    let dump = AccountDump::parse(Path::new("account.json"), &output.stdout).expect("a dump");
    // Two blocks: it paid 2,001 and got as much, and paid two signatures.
    assert_eq!((dump.address, dump.account.lamports), (world.users[3].address, 1_000_000_000 - 2 * 5_000));
    let printed: Value = serde_json::from_slice(&output.stdout).expect("an object");
    let account = printed["account"].as_object().expect("an object");
    let keys: Vec<&str> = account.keys().map(String::as_str).collect();
    assert_eq!(keys, ["lamports", "data", "owner", "executable", "rentEpoch", "space"]);
    fs::write(world.path("account.json"), &output.stdout).expect("the file is written");
    fs::write(world.path("dumps.toml"), "dumps = [\"account.json\"]").expect("the file is written");
    let copy = world.path("copy");
    fs::write(world.path("empty.jsonl"), "{\"block\": {}}").expect("the file is written");
    world.run(&copy, &world.path("empty.jsonl"), &["--genesis", text(&world.path("dumps.toml"))]);
    let again = sealane(&["ledger", "account", text(&copy), &address, "--json"]);
    assert_eq!(again.stdout, output.stdout);
}

#[test]
fn a_restored_ledger_goes_on_as_the_one_it_is_a_snapshot_of() {
    let world = World::new();
    let (ledger, snapshot) = world.snapshot();
    let blocks = world.path("blocks.jsonl");
    let expected = world.run(&ledger, &blocks, &["--resume"]);
    for engine in ["fjall", "redb"] {
        let copy = world.path(engine);
        let restore = ["ledger", "restore", text(&snapshot), "--ledger", text(&copy), "--engine", engine];
        let restored = object(&[&restore[..], &["--json"]].concat());
        assert_eq!(restored, object(&["ledger", "info", text(&copy), "--json"])["last"]);
        let said = complaint(&sealane(&restore));
        assert!(said.contains("there is a ledger here already"), "{said}");
        // What was executed before the snapshot is known there, too.
        let again = world.first_blocks(1);
        let seen = fs::read_to_string(&again).expect("the file is read");
        let seen = seen.replace("\"unix_time\":200,\"number\":1", "\"unix_time\":201");
        fs::write(&again, seen).expect("the file is written");
        let aside = world.path(&format!("{engine}-aside"));
        object(&["ledger", "restore", text(&snapshot), "--ledger", text(&aside), "--json"]);
        let told = world.run(&aside, &again, &[]);
        assert_eq!(
            (&told[0]["executed"], &told[0]["rejected"][5]["err"]),
            (&0.into(), &"AlreadyProcessed".into())
        );

        let told = world.run(&copy, &blocks, &["--resume"]);
        assert_eq!(told, expected, "{engine}");
        let said = complaint(&sealane(&["ledger", "verify", text(&copy)]));
        assert!(said.contains("name a snapshot"), "{said}");
        for verified in [&copy, &ledger] {
            let verdict = object(&["ledger", "verify", text(verified), "--from", text(&snapshot), "--json"]);
            assert_eq!((&verdict["from_block"], &verdict["last_block"]), (&2.into(), &4.into()));
            assert_eq!(verdict["state_root"], expected[1]["state_root"]);
        }
    }
}

#[test]
fn snapshots_that_were_altered_or_cut_short_are_refused_with_the_place() {
    let world = World::new();
    let (_, snapshot) = world.snapshot();
    let bytes = fs::read(&snapshot).expect("the file is read");
    let copy = world.path("copy");
    let refused = |bytes: &[u8], expected: &str| {
        let damaged = world.path("damaged.snapshot");
        fs::write(&damaged, bytes).expect("the file is written");
        let check = ["ledger", "check-snapshot", text(&damaged)];
        let restore = ["ledger", "restore", text(&damaged), "--ledger", text(&copy)];
        for arguments in [&check[..], &restore] {
            let said = complaint(&sealane(arguments));
            assert!(said.contains(expected) && said.contains("damaged.snapshot"), "{arguments:?}: {said}");
        }
        let said = complaint(&sealane(&["ledger", "info", text(&copy)]));
        assert!(said.contains("no ledger") || said.contains("interrupted"), "{said}");
    };
    for offset in [0, 14, bytes.len() / 2, bytes.len() - 1] {
        let mut altered = bytes.clone();
        altered[offset] ^= 4;
        refused(&altered, if offset == 0 { "snapshot" } else { "byte" });
    }
    refused(&bytes[..bytes.len() - 40], "byte");
    // The whole one is taken up where the cut one ended.
    let restored = object(&["ledger", "restore", text(&snapshot), "--ledger", text(&copy), "--json"]);
    assert_eq!(restored["block"], 2);

    let wrong = "7v91N7iZ9mNicL8WfG6cgSCKyRXydQjLh6UYBWwm6y1Q";
    for option in ["--block-hash", "--digest"] {
        let said = complaint(&sealane(&["ledger", "check-snapshot", text(&snapshot), option, wrong]));
        assert!(said.contains(wrong), "{said}");
    }
}
