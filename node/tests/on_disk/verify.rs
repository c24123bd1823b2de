//! `sealane ledger verify`: a ledger that is right, ones whose bytes were altered, and one that says what executing does not
//! give.

use crate::ground::{Ground, complaint, config, object, sealane, text};
use crate::world::World;
use sealane_runtime::face::Engine;
use sealane_runtime::{Ledger, LedgerConfig, RuntimeConfig, Signatures};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// A ledger that begins as those of the command do, with three blocks.
fn plain_ledger(ground: &Ground) -> PathBuf {
    let ledger = ground.path("plain");
    let input = ground
        .write("plain.jsonl", "{\"block\": {\"unix_time\": 5}}\n\"AQID\"\n{\"block\": 2}\n{\"block\": 3}\n");
    let output = sealane(&["run", "--ledger", text(&ledger), "--input", text(&input)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    ledger
}

#[test]
fn a_ledger_that_is_right_is_verified() {
    let ground = Ground::new();
    let ledger = plain_ledger(&ground);
    let root = object(&["ledger", "info", text(&ledger), "--json"])["last"]["state_root"].clone();
    let verdict = object(&["ledger", "verify", text(&ledger), "--json"]);
    let expected = json!({
        "verified": true, "from_block": 0, "last_block": 3, "state_root": root, "difference": null,
    });
    assert_eq!(verdict, expected);
    let output = sealane(&["ledger", "verify", text(&ledger), "--workers", "1"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("Blocks 1 to 3 are what executing them gives"), "{said}");
}

#[test]
fn a_block_that_says_what_executing_does_not_give_is_named_with_its_field() {
    let world = World::new();
    let (directory, _) = world.snapshot();
    let genesis = world.path("genesis.toml");
    // A node that checks no signatures adds a block with a forged one.
    let mut forged = world.transactions(3);
    forged[2][1 + 40] ^= 1;
    let runtime = RuntimeConfig { signatures: Signatures::Skip, ..config().runtime };
    let mut ledger = Ledger::open(&directory, LedgerConfig { runtime, ..config() }).expect("it opens");
    for transactions in [forged, world.transactions(4)] {
        let executed = ledger.execute_block(300, &transactions).expect("a block");
        assert!(executed.rejected.is_empty());
    }
    ledger.close().expect("it closes");
    let output = sealane(&["ledger", "verify", text(&directory), "--genesis", text(&genesis), "--json"]);
    let said = complaint(&output);
    assert!(said.contains("block 3: transaction 2 of the block is rejected: signature"), "{said}");
    assert!(said.contains("Blocks up to 2 are right"), "{said}");
    let verdict: serde_json::Value = serde_json::from_slice(&output.stdout).expect("an object");
    assert_eq!((&verdict["verified"], &verdict["last_block"]), (&false.into(), &2.into()));
    assert_eq!(verdict["difference"]["block"], 3);
    assert_eq!(verdict["difference"]["field"], "transactions");
}

#[test]
fn a_byte_that_was_altered_is_found_wherever_the_ledger_is_read() {
    let ground = Ground::new();
    let input = ground.write("blocks.jsonl", ground.json_lines());
    let signature = &ground.workload.blocks[1][7][1..65];
    for engine in Engine::ALL {
        let ledger = ground.ledger(engine.name(), engine);
        let output = sealane(&["run", "--ledger", text(&ledger), "--input", text(&input)]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(alter(&ledger, &signature[16..48]) > 0, "{engine:?}: the signature stands in a file");
        let said = complaint(&sealane(&["ledger", "verify", text(&ledger)]));
        let is_named = ["damaged", "checksum", "restore"].iter().any(|word| said.contains(word));
        assert!(is_named, "{engine:?}: {said}");
    }
}

/// Alters a byte in the middle of `bytes` in all files of a folder, and below, that hold them; gives how often.
fn alter(folder: &Path, bytes: &[u8]) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            count += alter(&path, bytes);
            continue;
        }
        let mut content = fs::read(&path).expect("a file");
        while let Some(start) = content.windows(bytes.len()).position(|window| window == bytes) {
            content[start + bytes.len() / 2] ^= 1;
            count += 1;
            fs::write(&path, &content).expect("the file is written");
        }
    }
    count
}
