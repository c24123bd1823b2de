//! The clients that `sealane client` makes: what they write is compared with the program's own builders, byte for byte and
//! account for account, and the files with those that were read by people.

mod rust;
mod typescript;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The descriptions that clients are made of.
const NAMES: [&str; 3] = ["anchor_counter", "counter", "every_shape"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generated_clients")
}

/// The description of this name as a file: those of programs of others are kept, ours is what our program says today.
fn description(name: &str, room: &Path) -> PathBuf {
    if name != "counter" {
        return folder().join(format!("idl/{name}.json"));
    }
    let path = room.join("counter.json");
    fs::write(&path, sealane_counter::idl().to_json()).expect("the folder is ours");
    path
}

/// The client of this name in a language, as the command prints it.
fn client(language: &str, name: &str, room: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sealane"))
        .args(["client", language])
        .arg(description(name, room))
        .output()
        .expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("clients are text")
}

#[test]
fn what_no_client_can_be_made_of_is_refused_with_the_reason() {
    let room = tempfile::tempdir().expect("a folder");
    let every_shape = fs::read_to_string(folder().join("idl/every_shape.json")).expect("it is there");
    for (what, from, to, expected) in [
        ("no JSON", "{", "", "the description is no JSON"),
        ("old", "\"spec\": \"0.1.0\"", "\"old\": \"0.1.0\"", "older than Anchor 0.30"),
        ("a type", "\"type\": \"u128\"", "\"type\": \"u128\"", ""),
        (
            "no argument",
            "\"path\": \"id\"",
            "\"path\": \"other\"",
            "instruction open: account new_box: a seed names the argument other, which there is not",
        ),
        (
            "no account",
            "\"path\": \"vault\"",
            "\"path\": \"other\"",
            "a seed names the account other, which there is not",
        ),
        (
            "no field",
            "terms.label",
            "terms.other",
            "a seed is the field other of Terms, which has none of that name",
        ),
        ("a seed's type", "terms.label", "terms.kind", "which is no address, number, text or bytes"),
        (
            "no type",
            "\"name\": \"Opened\",\n      \"discriminator\"",
            "\"name\": \"Other\",\n      \"discriminator\"",
            "there is no type Other",
        ),
    ] {
        let path = room.path().join("idl.json");
        fs::write(&path, every_shape.replacen(from, to, 1)).expect("the folder is ours");
        for language in ["ts", "rust"] {
            let output = Command::new(env!("CARGO_BIN_EXE_sealane"))
                .args(["client", language])
                .arg(&path)
                .output()
                .expect("it runs");
            let error = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.success(), expected.is_empty(), "{what}, {language}: {error}");
            assert!(error.contains(expected), "{what}, {language}: {error}");
        }
    }
}
