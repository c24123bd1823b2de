//! Profiles of what tests send, as `sealane profile --test` asks for them: this test runs itself again with the variable set, and
//! reads what was left behind.

use sealane_counter::{CreateAddresses, IncrementAddresses, builders};
use sealane_runtime::Profile;
use sealane_testing::{Draft, TestLedger};
use serde_json::Value;
use std::env;
use std::fs;
use std::process::Command;

const VARIABLE: &str = "SEALANE_PROFILE_FILE";

/// What is profiled: three transactions, of which the last two share a block, and the second of these fails.
#[test]
fn sends() {
    let mut ledger = TestLedger::new();
    ledger.deploy(&sealane_counter::ID, sealane_artifacts::COUNTER);
    ledger.describe(&sealane_counter::ID, &sealane_counter::idl());
    let alice = ledger.user("alice");
    let authority = alice.address;
    ledger.succeed(&[builders::create(&CreateAddresses { authority }, Some(5))], &[&alice]);
    let add = |by| Draft::new(&[builders::increment(&IncrementAddresses { authority }, by)], &[&alice]);
    let sent = ledger.send_block(&[add(5), add(1)]);
    assert_eq!(sent.iter().map(|result| result.units > 0).collect::<Vec<_>>(), [true, true]);
}

#[test]
fn what_is_left_behind_adds_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("profiles.jsonl");
    let output = Command::new(env::current_exe().expect("this test"))
        .args(["sends", "--exact"])
        .env(VARIABLE, &file)
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let text = fs::read_to_string(&file).expect("it was written");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    // The last transaction costs something else after the one before it, so there is no profile of it.
    assert_eq!(lines.len(), 2, "{text}");
    for (line, instruction) in lines.iter().zip(["counter::create", "counter::increment"]) {
        let profile: Profile = serde_json::from_value(line["profile"].clone()).expect("a profile");
        assert_eq!(Some(profile.total_units()), line["units"].as_u64());
        assert_eq!(line["test"], "sends");
        assert!(
            profile
                .functions()
                .iter()
                .any(|function| function.name == "entrypoint" && function.program == instruction)
        );
        assert_eq!(line["instructions"], serde_json::json!([instruction]));
    }
}
