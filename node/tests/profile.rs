//! `sealane profile`: the graph and the table of a transaction, on accounts in files and on a ledger on disk, add up to what the
//! plain run consumes.

#[path = "running/flamegraph.rs"]
mod flamegraph;

use flamegraph::frames;
use sealane_counter::{CreateAddresses, builders};
use sealane_testing::TestLedger;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A transaction that makes a counter, what it consumes, and a folder with all accounts of its ledger.
struct Ground {
    room: tempfile::TempDir,
    transaction: PathBuf,
    units: u64,
}

fn ground() -> Ground {
    let room = tempfile::tempdir().expect("a folder");
    let mut ledger = TestLedger::new();
    ledger.deploy(&sealane_counter::ID, sealane_artifacts::COUNTER);
    let alice = ledger.user("alice");
    let create = builders::create(&CreateAddresses { authority: alice.address }, Some(5));
    let accounts = room.path().join("accounts");
    fs::create_dir(&accounts).expect("the folder is ours");
    for address in [alice.address, sealane_counter::ID] {
        fs::write(accounts.join(format!("{address}.json")), ledger.dump(&address))
            .expect("the folder is ours");
    }
    let transaction = room.path().join("transaction");
    fs::write(&transaction, ledger.sign(std::slice::from_ref(&create), &[&alice]))
        .expect("the folder is ours");
    let units = ledger.simulate(&[create], &[&alice]).expect_success().units;
    Ground { room, transaction, units }
}

impl Ground {
    fn profile(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_sealane"))
            .current_dir(self.room.path())
            .arg("profile")
            .arg("--transaction")
            .arg(&self.transaction)
            .args(arguments)
            .output()
            .expect("the command runs")
    }
}

#[track_caller]
fn text(output: &Output) -> String {
    let (text, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}{errors}");
    text.into_owned()
}

/// The stacks that a file holds, and the sum of their units.
fn stacks(path: &Path) -> (Vec<String>, u64) {
    let lines: Vec<String> =
        fs::read_to_string(path).expect("it was written").lines().map(str::to_owned).collect();
    let units = lines.iter().map(|line| {
        let (_, units) = line.rsplit_once(' ').expect("a stack and its units");
        units.parse::<u64>().expect("a number")
    });
    let sum = units.sum();
    (lines, sum)
}

#[test]
fn the_parts_of_a_transaction_add_up() {
    let ground = ground();
    let printed =
        text(&ground.profile(&["--account", "accounts", "--svg", "graph.svg", "--folded", "stacks.txt"]));
    assert!(printed.contains(&format!("{} units; flamegraph: graph.svg", ground.units)), "{printed}");
    let (stacks, sum) = stacks(&ground.room.path().join("stacks.txt"));
    assert_eq!(sum, ground.units, "{stacks:#?}");
    // The nested call of the system program stands on the function that makes it, with its price.
    let nested = stacks.iter().find(|line| line.ends_with(";host: invoke;system_program 150"));
    assert!(
        nested.is_some_and(|line| line.starts_with(&format!("{};entrypoint;", sealane_counter::ID))),
        "{stacks:#?}"
    );
    for what in ["host: find_address", "host: invoke", "(instance and input)", "entrypoint"] {
        assert!(printed.contains(what), "{what}: {printed}");
    }
    let frames = frames(&ground.room.path().join("graph.svg"), "profile.svg");
    let whole = frames.iter().find(|title| title.starts_with("all (")).expect("the frame of all");
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    assert!(digits.starts_with(&ground.units.to_string()), "{whole}");
}

#[test]
fn machines_read_every_function() {
    let ground = ground();
    let printed = text(&ground.profile(&["--account", "accounts", "--svg", "graph.svg", "--json"]));
    let report: serde_json::Value = serde_json::from_str(&printed).expect("one object");
    assert_eq!(report["total_units"], ground.units);
    assert_eq!((&report["svg"], &report["failure"]), (&"graph.svg".into(), &serde_json::Value::Null));
    let functions = report["functions"].as_array().expect("a list");
    let own: Vec<u64> =
        functions.iter().map(|function| function["own_units"].as_u64().expect("a number")).collect();
    assert_eq!(own.iter().sum::<u64>(), ground.units, "{printed}");
    assert!(own.is_sorted_by(|one, next| one >= next), "{own:?}");
    let is_find_address =
        |function: &&serde_json::Value| function["name"] == "find_address" && function["kind"] == "host";
    let found = functions.iter().find(is_find_address).expect("the address is derived");
    assert_eq!(found["program"], sealane_counter::ID.to_string());
    assert_eq!(found["call_count"], 1);
}

/// The same transaction as base64, on a ledger on disk.
#[test]
fn a_ledger_on_disk_gives_the_same() {
    let ground = ground();
    let room = ground.room.path();
    let genesis = room.join("genesis.toml");
    fs::write(&genesis, "unix_time = 1_767_225_600\ndumps = [\"accounts\"]\n").expect("the folder is ours");
    let input = room.join("blocks.jsonl");
    fs::write(&input, "{\"block\": {\"unix_time\": 1767225600}}\n").expect("the folder is ours");
    let run = Command::new(env!("CARGO_BIN_EXE_sealane"))
        .args(["run", "--ledger"])
        .arg(room.join("ledger"))
        .arg("--genesis")
        .arg(&genesis)
        .arg("--input")
        .arg(&input)
        .output()
        .expect("the command runs");
    text(&run);
    let bytes = fs::read(&ground.transaction).expect("it is there");
    fs::write(&ground.transaction, base64_line(&bytes)).expect("the folder is ours");
    text(&ground.profile(&["--ledger", "ledger", "--folded", "stacks.txt"]));
    assert_eq!(stacks(&room.join("stacks.txt")).1, ground.units);
}

fn base64_line(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(bytes) + "\n"
}

#[test]
fn what_cannot_be_profiled_is_refused() {
    let ground = ground();
    let output = ground.profile(&[]);
    let error = String::from_utf8_lossy(&output.stderr);
    // The payer is on no ledger that begins with nothing.
    assert!(!output.status.success() && error.contains("rejected"), "{error}");
    fs::write(&ground.transaction, "bm8gdHJhbnNhY3Rpb24=").expect("the folder is ours");
    let output = ground.profile(&["--account", "accounts"]);
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output =
        Command::new(env!("CARGO_BIN_EXE_sealane")).arg("profile").output().expect("the command runs");
    assert!(String::from_utf8_lossy(&output.stderr).contains("--test NAME or --transaction FILE"));
}
