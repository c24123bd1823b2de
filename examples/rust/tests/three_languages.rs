//! The same counter in three languages: the same transactions are sent to each, and the same must come of them, the words of the
//! log and the numbers of the errors included.

use sealane_example_counter::COUNTER_SIZE_BYTES;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::{Account, Address};
use sealane_testing::{TestLedger, User};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn examples() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it lies in the folder of examples")
}

/// Runs a command that must succeed.
#[track_caller]
fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&text));
}

/// Whether a tool is there; if not, the tests fail on the machine that judges changes, and say so loudly on others.
fn has(tool: &str) -> bool {
    let is_there = Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success());
    if !is_there {
        assert!(
            std::env::var_os("CI").is_none(),
            "{tool} is not there, and this machine must test all examples"
        );
        eprintln!("\n*** {tool} is not there: the example that needs it is NOT TESTED ***\n");
    }
    is_there
}

fn room(name: &str) -> PathBuf {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&room).expect("cargo's folder is ours");
    room
}

fn rust() -> Vec<u8> {
    sealane_testing::build::crate_module(env!("CARGO_MANIFEST_DIR"), env!("CARGO_PKG_NAME")).to_vec()
}

fn c() -> Option<Vec<u8>> {
    if !has("clang") || !has("wasm-ld") {
        return None;
    }
    let room = room("counter-c");
    run(Command::new(examples().join("c/build.sh")).arg(&room));
    Some(fs::read(room.join("counter.wasm")).expect("it was built"))
}

fn assemblyscript() -> Option<Vec<u8>> {
    if !has("npm") {
        return None;
    }
    let (room, source) = (room("counter-assemblyscript"), examples().join("assemblyscript"));
    fs::create_dir_all(room.join("assembly")).expect("the folder is ours");
    let lock = fs::read(source.join("package-lock.json")).expect("it is there");
    let is_installed = fs::read(room.join("package-lock.json")).is_ok_and(|installed| installed == lock);
    for file in ["package.json", "package-lock.json", "assembly/counter.ts"] {
        fs::copy(source.join(file), room.join(file)).expect("it is there");
    }
    if !is_installed || !room.join("node_modules").is_dir() {
        run(Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(&room));
    }
    run(Command::new("npm").args(["run", "build"]).current_dir(&room));
    Some(fs::read(room.join("counter.wasm")).expect("it was built"))
}

/// What came of all transactions: for each, result, log, return data, and the counter's data.
fn story(module: &[u8]) -> Vec<String> {
    let mut ledger = TestLedger::new();
    let (program, counter, other) = (Address::from([7; 32]), Address::from([8; 32]), Address::from([9; 32]));
    ledger.deploy(&program, module);
    let [alice, bob] = ["alice", "bob"].map(|name| ledger.user(name));
    for (address, size) in [(counter, COUNTER_SIZE_BYTES), (other, COUNTER_SIZE_BYTES - 1)] {
        let account =
            Account { lamports: 10_000_000, owner: program, executable: false, data: vec![0; size] };
        ledger.set_account(address, account);
    }
    let add = |amount: u64| [&[1][..], &amount.to_le_bytes()].concat();
    let metas = |address: Address, user: &User, signs: bool| {
        vec![AccountMeta::new(address, false), AccountMeta::new_readonly(user.address, signs)]
    };
    let transactions: Vec<(&User, Vec<AccountMeta>, Vec<u8>)> = vec![
        (&alice, metas(counter, &alice, true), vec![0]),
        (&alice, metas(counter, &alice, true), vec![0]),
        (&alice, metas(counter, &alice, true), add(5)),
        (&alice, metas(counter, &alice, true), add(u64::MAX - 5)),
        (&alice, metas(counter, &alice, true), add(1)),
        (&bob, metas(counter, &bob, true), add(1)),
        (&bob, metas(counter, &alice, false), add(1)),
        (&alice, metas(other, &alice, true), vec![0]),
        (&alice, metas(counter, &alice, true), vec![]),
        (&alice, metas(counter, &alice, true), vec![2]),
        (&alice, metas(counter, &alice, true), vec![0, 0]),
        (&alice, metas(counter, &alice, true), add(1)[..8].to_vec()),
        (&alice, metas(counter, &alice, true)[..1].to_vec(), add(1)),
        // The counter is declared as only read: the ledger refuses what the program wrote.
        (
            &alice,
            vec![AccountMeta::new_readonly(counter, false), AccountMeta::new_readonly(alice.address, true)],
            add(0),
        ),
        // Both accounts are the same one.
        (&alice, vec![AccountMeta::new(alice.address, true); 2], vec![0]),
    ];
    let mut story = Vec::new();
    for (payer, accounts, data) in transactions {
        let sent = ledger.send(&[Instruction { program_id: program, accounts, data }], &[payer]);
        // What is left out: units, which differ.
        let log: Vec<&String> = sent.logs.iter().filter(|line| !line.contains("consumed")).collect();
        story.push(format!("{:?} {log:?} {:?} {:?}", sent.verdict, sent.return_data, ledger.data(&counter)));
    }
    story
}

#[test]
fn all_three_do_the_same() {
    let expected = story(&rust());
    assert!(expected[2].contains("added") && expected[2].contains("Some("), "{}", expected[2]);
    let failed = expected.iter().filter(|line| line.starts_with("Failed")).count();
    assert_eq!(failed, 11, "{expected:#?}");
    for (language, module) in [("C", c()), ("AssemblyScript", assemblyscript())] {
        let Some(module) = module else { continue };
        for (index, (found, expected)) in story(&module).iter().zip(&expected).enumerate() {
            assert_eq!(found, expected, "{language}, transaction {index}");
        }
    }
}
