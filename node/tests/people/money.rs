//! SOL, accounts, transactions and logs, against a node.

use crate::desk::{Desk, errors, prints};
use crate::running::RunningNode;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

const SOL: u64 = 1_000_000_000;

#[test]
fn money_comes_and_goes() {
    let node = RunningNode::start("", &[]);
    let desk = Desk::at(&node.url());
    let own = desk.ok(&["keygen", "pubkey"]).trim().to_owned();
    airdrops(&desk, &own);
    transfers(&desk, &own);
    everything_is_sent(&desk);
    accounts(&desk, &own);
    transactions_are_confirmed(&desk, &own);
    logs_are_followed(&desk, &own);
}

fn airdrops(desk: &Desk, own: &str) {
    assert_eq!(desk.lamports(own), 0);
    let answer = desk.json(&["airdrop", "10"]);
    assert_eq!((answer["recipient"].as_str(), answer["lamports"].as_u64()), (Some(own), Some(10 * SOL)));
    assert_eq!(desk.ok(&["balance"]).trim(), "10 SOL");
    assert_eq!(desk.ok(&["balance", "--lamports"]).trim(), "10000000000 lamports");
}

fn transfers(desk: &Desk, own: &str) {
    desk.ok(&["keygen", "new", "--no-passphrase", "--outfile", "other.json"]);
    let other = desk.address("other.json");
    let error = desk.refused(&["transfer", &other, "1"]);
    assert!(error.contains("--allow-unfunded-recipient"), "{error}");
    assert_eq!(desk.lamports(own), 10 * SOL, "a refusal costs nothing");
    let sent = desk.json(&["transfer", &other, "1.5", "--allow-unfunded-recipient"]);
    assert!(sent["slot"].as_u64().is_some());
    assert_eq!(desk.lamports(&other), 3 * SOL / 2);
    assert_eq!(desk.lamports(own), 10 * SOL - 3 * SOL / 2 - 5_000);
    let error = desk.refused(&["transfer", &other, "100"]);
    assert!(error.contains("not enough for 100 SOL"), "{error}");
    let before = desk.lamports(own);
    desk.ok(&["transfer", &other, "1", "--with-compute-unit-price", "1000000"]);
    assert_eq!(before - desk.lamports(own), SOL + 5_000 + 10_000);
}

fn everything_is_sent(desk: &Desk) {
    desk.ok(&["keygen", "new", "--no-passphrase", "--outfile", "third.json"]);
    let (other, third) = (desk.address("other.json"), desk.address("third.json"));
    let held = desk.lamports(&other);
    let error =
        desk.refused(&["transfer", &third, "2.4999", "--from", "other.json", "--allow-unfunded-recipient"]);
    assert!(error.contains("less than the"), "{error}");
    desk.ok(&["transfer", &third, "ALL", "--keypair", "other.json", "--allow-unfunded-recipient"]);
    assert_eq!(desk.lamports(&other), 0);
    assert_eq!(desk.lamports(&third), held - 5_000);
    // Somebody else pays the fee, so all of it arrives.
    desk.ok(&["transfer", &other, "ALL", "--from", "third.json", "--allow-unfunded-recipient"]);
    assert_eq!((desk.lamports(&third), desk.lamports(&other)), (0, held - 5_000));
}

fn accounts(desk: &Desk, own: &str) {
    let text = desk.ok(&["account", own]);
    for line in
        [&format!("Public Key: {own}"), "Owner: 11111111111111111111111111111111", "Executable: false"]
    {
        assert!(text.contains(line), "{text}");
    }
    let clock = "SysvarC1ock11111111111111111111111111111111";
    let json = desk.json(&["account", clock]);
    assert_eq!(json["pubkey"], clock);
    assert_eq!(json["account"]["space"], 40);
    assert!(desk.ok(&["account", clock]).contains("0020:"), "40 bytes are three rows");
    desk.ok(&["account", clock, "--output", "json", "--output-file", "clock.json"]);
    let dump =
        sealane_runtime::ledger::AccountDump::read(&desk.path("clock.json")).expect("a genesis reads it");
    assert_eq!(dump.account.data.len(), 40);
    desk.ok(&["account", clock, "--output-file", "clock.bin"]);
    assert_eq!(std::fs::read(desk.path("clock.bin")).expect("it is there").len(), 40);
    let nobody = "11111111111111111111111111111112";
    assert!(desk.refused(&["account", nobody]).contains("there is no account"));
}

fn transactions_are_confirmed(desk: &Desk, own: &str) {
    let sent = desk.json(&["transfer", &desk.address("other.json"), "0.1"]);
    let signature = sent["signature"].as_str().expect("it has a signature");
    let text = desk.ok(&["confirm", signature]);
    assert!(["Finalized", "Confirmed"].contains(&text.trim()), "{text}");
    let verbose = desk.ok(&["confirm", "-v", signature]);
    assert!(
        verbose.contains(own) && verbose.contains("Program 11111111111111111111111111111111 success"),
        "{verbose}"
    );
    assert_eq!(desk.json(&["confirm", signature])["err"], Value::Null);
    let unknown = desk.run(&["confirm", &"1".repeat(64)]);
    assert_eq!((unknown.status.code(), prints(&unknown).trim()), (Some(1), "Not found"));
    let explained = desk.ok(&["explain", signature]);
    assert!(explained.contains("succeeded") && explained.contains("ran on worker"), "{explained}");
    let slot = sent["slot"].as_u64().expect("it is in a block").to_string();
    let block = desk.ok(&["explain", &slot]);
    assert!(block.contains("longest chain") && block.contains("Workers"), "{block}");
    assert_eq!(desk.json(&["explain", &slot])["slot"].as_u64(), sent["slot"].as_u64());
}

fn logs_are_followed(desk: &Desk, own: &str) {
    let mut follower = desk
        .command(&["logs", own, "--count", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut lines = BufReader::new(follower.stdout.take().expect("it has an output")).lines();
    let first = lines.next().expect("it says that it follows").expect("it is read");
    assert!(first.contains("Streaming transaction logs"), "{first}");
    let signature = desk.json(&["transfer", &desk.address("other.json"), "0.1"])["signature"].to_string();
    let told: Vec<String> = lines.map_while(Result::ok).collect();
    let ended = follower.wait_with_output().expect("it ends");
    assert!(ended.status.success(), "{}", errors(&ended));
    assert!(told.iter().any(|line| line.contains(signature.trim_matches('"'))), "{told:?}");
    assert!(told.iter().any(|line| line.contains("Status: Ok")), "{told:?}");
}
