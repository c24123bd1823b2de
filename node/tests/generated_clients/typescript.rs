//! The TypeScript clients: compiled with the strictest settings, and called by node.

use super::rust::expected;
use super::{NAMES, client, folder};
use serde_json::{Value, json};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder with the npm packages of the lock file, installed once for all runs; `None` where there is no npm, which is an
/// error on the machine that judges changes.
fn packages() -> Option<PathBuf> {
    let has_npm = Command::new("npm").arg("--version").output().is_ok_and(|output| output.status.success());
    if !has_npm {
        assert!(
            env::var_os("CI").is_none(),
            "npm is not there, and this machine must test the TypeScript clients"
        );
        eprintln!("\n*** npm is not there: the TypeScript clients are NOT TESTED ***\n");
        return None;
    }
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("typescript-clients");
    fs::create_dir_all(&room).expect("cargo's folder is ours");
    let lock = fs::read(folder().join("typescript/package-lock.json")).expect("it is there");
    if fs::read(room.join("package-lock.json")).ok().as_ref() != Some(&lock)
        || !room.join("node_modules").is_dir()
    {
        fs::copy(folder().join("typescript/package.json"), room.join("package.json")).expect("it is there");
        fs::write(room.join("package-lock.json"), lock).expect("the folder is ours");
        run(Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(&room));
    }
    Some(room)
}

/// Runs a command; gives what it prints.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}\n{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn clients_compile_and_make_the_same_instructions() {
    let Some(room) = packages() else { return };
    for name in NAMES {
        fs::write(room.join(format!("{name}.ts")), client("ts", name, &room)).expect("the folder is ours");
    }
    for file in ["calls.ts", "tsconfig.json"] {
        fs::copy(folder().join("typescript").join(file), room.join(file)).expect("it is there");
    }
    run(Command::new("npx").args(["--no-install", "tsc", "-p", "."]).current_dir(&room));
    let discriminator = <sealane_counter::Incremented as sealane_sdk::guest::declared::Event>::DISCRIMINATOR;
    let printed = run(Command::new("node")
        .arg("out/calls.js")
        .arg(json!(discriminator).to_string())
        .current_dir(&room));
    let found: Vec<Value> =
        printed.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let expected = expected();
    assert_eq!(found.len(), expected.len(), "{printed}");
    for (found, (name, instruction)) in found.iter().zip(expected) {
        let accounts: Vec<Value> = instruction
            .accounts
            .iter()
            .map(|meta| json!([meta.pubkey.to_string(), meta.is_signer, meta.is_writable]))
            .collect();
        let expected = json!({
            "name": name, "program": instruction.program_id.to_string(), "accounts": accounts, "data": instruction.data,
        });
        assert_eq!(*found, expected, "{name}");
    }
}
