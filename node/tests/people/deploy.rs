//! Programs: deployed, interrupted and resumed, upgraded, handed on, closed; and what becomes of the money.

use crate::declared::with_section;
use crate::desk::{Desk, errors};
use crate::running::RunningNode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;

const SOL: u64 = 1_000_000_000;

/// A node, and somebody with money and two modules.
fn ground() -> (RunningNode, Desk) {
    let node = RunningNode::start("", &[]);
    let desk = Desk::at(&node.url());
    desk.ok(&["airdrop", "10"]);
    desk.write("program.wasm", sealane_artifacts::COUNTER);
    desk.write("larger.wasm", larger());
    (node, desk)
}

/// A module that takes hundreds of transactions: one of the repository's, with random bytes in a section of its own.
fn larger() -> Vec<u8> {
    const SECTION_SIZE_BYTES: u32 = 300_000;
    let mut state = 1_u32;
    let random = (0..SECTION_SIZE_BYTES).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    with_section(sealane_artifacts::DEX, "x", &random.collect::<Vec<u8>>())
}

#[test]
fn a_program_lives() {
    let (_node, desk) = ground();
    let own = desk.ok(&["keygen", "pubkey"]).trim().to_owned();
    let program = deployed(&desk, &own);
    upgraded(&desk, &program);
    handed_on(&desk, &program, &own);
    closed(&desk, &program);
    final_programs_stay(&desk);
}

fn deployed(desk: &Desk, own: &str) -> String {
    let answer = desk.json(&["deploy", "program.wasm", "--max-len", "80000"]);
    let program = answer["programId"].as_str().expect("it has an address").to_owned();
    assert_eq!(program, desk.address("program-keypair.json"), "its key is beside the module");
    assert!(!desk.path("program-buffer.json").exists(), "the buffer's key is of no use any more");
    let shown = desk.json(&["program", "show", &program]);
    assert_eq!(shown["authority"], own);
    assert_eq!(shown["lastDeploySlot"], answer["slot"]);
    assert_eq!(shown["dataLen"].as_u64(), Some(sealane_artifacts::COUNTER.len() as u64));
    assert_eq!(shown["maxLen"], 80_000);
    dumped(desk, &program, sealane_artifacts::COUNTER);
    let programs = desk.json(&["program", "show", "--programs"]);
    assert_eq!(programs["programs"][0]["programId"], program);
    program
}

fn dumped(desk: &Desk, program: &str, module: &[u8]) {
    desk.ok(&["program", "dump", program, "dump.wasm"]);
    assert!(std::fs::read(desk.path("dump.wasm")).expect("it is there") == module, "another module is there");
}

fn upgraded(desk: &Desk, program: &str) {
    let before = desk.json(&["program", "show", program]);
    desk.ok(&["program", "upgrade", program, "larger.wasm"]);
    dumped(desk, program, &larger());
    let after = desk.json(&["program", "show", program]);
    assert!(after["lastDeploySlot"].as_u64() > before["lastDeploySlot"].as_u64());
    assert!(after["maxLen"].as_u64() >= Some(larger().len() as u64), "room was made");
    // `deploy` upgrades what is there, to a smaller module as well.
    desk.ok(&["deploy", "program.wasm"]);
    dumped(desk, program, sealane_artifacts::COUNTER);
    assert_eq!(desk.json(&["program", "show", "--buffers"])["buffers"], Value::Array(vec![]));
}

fn handed_on(desk: &Desk, program: &str, own: &str) {
    desk.ok(&["keygen", "new", "--no-passphrase", "--outfile", "other.json"]);
    let other = desk.address("other.json");
    let error = desk.refused(&["program", "set-authority", program, "--new-authority", &other]);
    assert!(error.contains("--skip-new-authority-signer-check"), "{error}");
    let answer = desk.json(&["program", "set-authority", program, "--new-authority", "other.json"]);
    assert_eq!(answer["authority"], other);
    let error = desk.refused(&["deploy", "program.wasm"]);
    assert!(error.contains(&format!("only {other} may upgrade")), "{error}");
    desk.ok(&["deploy", "program.wasm", "--upgrade-authority", "other.json"]);
    desk.ok(&[
        "program",
        "set-authority",
        program,
        "--authority",
        "other.json",
        "--new-authority",
        own,
        "--skip-new-authority-signer-check",
    ]);
    assert_eq!(desk.json(&["program", "show", program])["authority"], own);
}

fn closed(desk: &Desk, program: &str) {
    let own = desk.ok(&["keygen", "pubkey"]).trim().to_owned();
    let held = desk.json(&["program", "show", program])["lamports"].as_u64().expect("it holds something");
    assert!(desk.refused(&["program", "close", program]).contains("--bypass-warning"));
    let before = desk.lamports(&own);
    desk.ok(&["program", "close", program, "--bypass-warning"]);
    assert_eq!(desk.lamports(&own), before + held - 5_000, "what it held came back");
    assert!(desk.refused(&["program", "show", program]).contains("was closed"));
    let error = desk.refused(&["deploy", "program.wasm"]);
    assert!(error.contains("its address is lost"), "{error}");
}

fn final_programs_stay(desk: &Desk) {
    desk.ok(&["keygen", "new", "--no-passphrase", "--outfile", "final.json"]);
    let answer = desk.json(&["deploy", "program.wasm", "--program-id", "final.json", "--final"]);
    assert_eq!(answer["authority"], Value::Null);
    let program = desk.address("final.json");
    assert!(desk.refused(&["deploy", "program.wasm", "--program-id", "final.json"]).contains("is final"));
    let error = desk.refused(&["program", "close", &program, "--bypass-warning"]);
    assert!(error.contains("immutable"), "{error}");
}

#[test]
fn a_deployment_that_is_killed_is_resumed_and_nothing_is_lost() {
    let (node, desk) = ground();
    let own = desk.ok(&["keygen", "pubkey"]).trim().to_owned();
    let before = desk.lamports(&own);
    kill_midway(&node, &desk);
    let buffers = desk.json(&["program", "show", "--buffers"]);
    let buffer = &buffers["buffers"][0];
    assert_eq!(buffer["address"], desk.address("larger-buffer.json"));
    let in_buffer = buffer["lamports"].as_u64().expect("it holds something");
    assert!(before - desk.lamports(&own) >= in_buffer, "the buffer was paid for");

    let resumed = desk.run(&["deploy", "larger.wasm"]);
    let said = errors(&resumed);
    assert!(resumed.status.success() && said.contains("pieces are there already"), "{said}");
    assert!(!said.contains(" 0 of "), "something had been written: {said}");
    let program = desk.address("larger-keypair.json");
    dumped(&desk, &program, &larger());
    assert_eq!(desk.json(&["program", "show", "--buffers"])["buffers"], Value::Array(vec![]));
    let kept =
        [desk.json(&["program", "show", &program])["lamports"].as_u64(), Some(desk.lamports(&program))];
    let kept: u64 = kept.iter().flatten().sum();
    let fees = before - desk.lamports(&own) - kept;
    let piece_count = larger().len() as u64 / 900;
    assert!(
        fees < (piece_count * 2 + 20) * 5_000,
        "beyond the program's own accounts only fees are gone: {fees}"
    );
}

/// What `address` holds once nothing changes it any more: what was sent before its sender was killed may still come to be.
fn settled_lamports(desk: &Desk, address: &str) -> u64 {
    let mut last = desk.lamports(address);
    loop {
        std::thread::sleep(std::time::Duration::from_millis(500));
        let now = desk.lamports(address);
        if now == last {
            return now;
        }
        last = now;
    }
}

#[test]
fn a_deployment_that_is_killed_is_given_up_and_the_rent_comes_back() {
    let (node, desk) = ground();
    let own = desk.ok(&["keygen", "pubkey"]).trim().to_owned();
    kill_midway(&node, &desk);
    let buffer = desk.address("larger-buffer.json");
    let held = desk.lamports(&buffer);
    assert!(held > SOL / 100);
    let before = settled_lamports(&desk, &own);
    let closed = desk.json(&["program", "close", "--buffers"]);
    assert_eq!((closed["closed"][0].as_str(), closed["lamports"].as_u64()), (Some(&*buffer), Some(held)));
    assert_eq!(desk.lamports(&own), before + held - 5_000);
    assert_eq!(desk.lamports(&buffer), 0);
    // The key is used again for a new buffer.
    desk.ok(&["deploy", "larger.wasm"]);
}

#[test]
fn a_deployment_that_cannot_be_paid_spends_nothing() {
    let (_node, desk) = ground();
    desk.ok(&["keygen", "new", "--no-passphrase", "--outfile", "poor.json"]);
    desk.ok(&["airdrop", "0.01", "poor.json"]);
    let error = desk.refused(&["deploy", "larger.wasm", "--keypair", "poor.json"]);
    assert!(error.contains("holds 0.01 SOL") && error.contains("nothing was spent"), "{error}");
    assert_eq!(desk.lamports(&desk.address("poor.json")), SOL / 100);
    let error = desk.refused(&["deploy", "larger.wasm", "--max-len", "10"]);
    assert!(error.contains("--max-len 10 is too small"), "{error}");
}

/// Starts a deployment and kills it once something is in its buffer, before it can be full.
fn kill_midway(node: &RunningNode, desk: &Desk) {
    let mut child = desk
        .command(&["deploy", "larger.wasm"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let buffer = desk.path("larger-buffer.json");
    while !buffer.exists() {
        assert!(child.try_wait().expect("it is looked at").is_none(), "it ended by itself");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(20));
    let address = desk.address("larger-buffer.json");
    while written_count(node, &address) == 0 {
        assert!(child.try_wait().expect("it is looked at").is_none(), "it ended by itself");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("it is killed");
    let ended = child.wait_with_output().expect("it ends");
    assert!(!ended.status.success(), "it was killed too late");
    let said = errors(&ended);
    assert!(said.contains("sealane program close") && said.contains("same command again"), "{said}");
}

/// Bytes of a module in a buffer, so far.
fn written_count(node: &RunningNode, buffer: &str) -> usize {
    let params = json!([buffer, { "encoding": "base64" }]);
    let answer = node.call("getAccountInfo", &params).expect("the node answers");
    let Some(data) = answer.pointer("/result/value/data/0").and_then(Value::as_str) else { return 0 };
    let data = STANDARD.decode(data).expect("it is base64");
    data.iter().skip(37).filter(|byte| **byte != 0).count()
}
