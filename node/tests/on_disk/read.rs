//! `sealane ledger info|account|block|transaction`: what was run is read back.

use crate::ground::{BLOCK_COUNT, BLOCK_SIZE, Ground, complaint, lines, object, sealane, text};
use sealane_runtime::face::Engine;
use serde_json::Value;
use std::path::PathBuf;

/// A ledger with all blocks of the ground, and what the run said of them.
fn ledger(ground: &Ground, engine: Engine) -> (PathBuf, Vec<Value>) {
    let ledger = ground.ledger(engine.name(), engine);
    let input = ground.write("blocks.jsonl", ground.json_lines());
    let arguments = ["run", "--ledger", text(&ledger), "--input", text(&input), "--json", "--receipts"];
    let told = lines(&sealane(&arguments));
    (ledger, told)
}

#[test]
fn what_was_run_is_read_back() {
    let ground = Ground::new();
    for engine in Engine::ALL {
        let (directory, told) = ledger(&ground, engine);
        let directory = text(&directory);
        let last = &told[told.len() - 2 - BLOCK_SIZE];
        let info = object(&["ledger", "info", directory, "--json"]);
        assert_eq!(info["engine"], engine.name());
        for key in ["block", "hash", "parent", "unix_time", "state_root", "receipts_root"] {
            assert_eq!(info["last"][key], last[key], "{key}");
        }
        assert_eq!((&info["first_block"], &info["last"]["block"]), (&0.into(), &BLOCK_COUNT.into()));
        assert!(info["accounts"].as_u64().is_some_and(|count| count > 20), "{info}");
        assert!(info["size_bytes"].as_u64().is_some_and(|size| size > 0), "{info}");
        assert_eq!(info["rules"]["fee_collector"], Value::Null);

        let block = object(&["ledger", "block", directory, "4", "--json"]);
        assert_eq!((&block["hash"], &block["state_root"]), (&last["hash"], &last["state_root"]));
        let transactions = &told[told.len() - 1 - BLOCK_SIZE..told.len() - 1];
        assert_eq!(block["transactions"].as_array().map(Vec::as_slice), Some(transactions));

        for expected in [&transactions[0], &told[1]] {
            let signature = expected["signature"].as_str().expect("a signature");
            let mut found = object(&["ledger", "transaction", directory, signature, "--json"]);
            let found = found.as_object_mut().expect("an object");
            assert!(found.remove("unix_time").is_some_and(|time| time.is_i64()));
            assert!(found.remove("transaction").is_some_and(|bytes| bytes.is_string()));
            assert_eq!(Some(&*found), expected.as_object());
            let output = sealane(&["ledger", "transaction", directory, signature]);
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(said.contains(signature) && said.contains("Program log"), "{said}");
        }
        for arguments in [&["info", directory][..], &["block", directory, "0"]] {
            let output = sealane(&[&["ledger"], arguments].concat());
            assert!(output.status.success() && !output.stdout.is_empty(), "{arguments:?}");
        }
    }
}

#[test]
fn what_is_not_there_is_named() {
    let ground = Ground::new();
    let (directory, _) = ledger(&ground, Engine::Fjall);
    let (directory, nowhere) = (text(&directory), ground.path("nowhere"));
    let address = "7v91N7iZ9mNicL8WfG6cgSCKyRXydQjLh6UYBWwm6y1Q";
    let signature = "1".repeat(64);
    let cases: [(&[&str], &str); 5] = [
        (&["block", directory, "5"], "there is no block 5 here: the ledger keeps blocks 0 to 4"),
        (&["account", directory, address], &format!("there is no account {address} after block 4")),
        (&["transaction", directory, &signature], "there is no transaction"),
        (&["info", text(&nowhere)], "there is no ledger in"),
        (&["verify", text(&nowhere)], "there is no ledger in"),
    ];
    for (arguments, expected) in cases {
        let said = complaint(&sealane(&[&["ledger"], arguments].concat()));
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
    assert!(!nowhere.exists(), "reading makes nothing");
    let output = sealane(&["ledger", "account", directory, "not-base58"]);
    assert_eq!(output.status.code(), Some(2));
}
