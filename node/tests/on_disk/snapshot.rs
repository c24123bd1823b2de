//! Genesis files, account dumps, snapshots: a ledger is begun by a file, written to another, restored from it, and goes on.

use crate::ground::{complaint, object, sealane, text};
use crate::world::{BLOCK_COUNT, USER_COUNT, World};
use sealane_runtime::ledger::AccountDump;
use serde_json::Value;
use std::fs;
use std::path::Path;

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
    let genesis = fs::read_to_string(&genesis).expect("the file is read");
    fs::write(&other, genesis.replace("unix_time = 100", "unix_time = 99")).expect("the file is written");
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
