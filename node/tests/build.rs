//! `sealane build` and `sealane check` as authors use them: crates outside of this repository, native and for Solana, built in two folders to the
//! same bytes; what is embedded; and what is refused, with what to do about it.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace")
}

fn sealane(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sealane")).args(arguments).output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The JSON that the command prints, whatever its exit code.
fn json(arguments: &[&str]) -> (Value, bool) {
    let output = sealane(&[arguments, &["--json"]].concat());
    let parsed = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{arguments:?}: {error}\n{}{}", text(&output.stdout), text(&output.stderr))
    });
    (parsed, output.status.success())
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("the folder is made");
    fs::write(path, text).expect("the file is written");
}

/// A native program in a folder of its own. The SDK is this repository's.
fn native_crate(folder: &Path) {
    let sdk = repository().join("sdk");
    write(
        &folder.join("Cargo.toml"),
        &format!(
            "[package]\nname = \"greeter\"\nversion = \"1.2.3\"\nedition = \"2024\"\n\n[lib]\ncrate-type = [\"lib\", \"cdylib\"]\n\n\
             [features]\nhost = [\"sealane-sdk/host\"]\n\n[dependencies]\nsealane-sdk = {{ path = {sdk:?}, features = [\"macros\"] }}\n\n\
             [workspace]\n"
        ),
    );
    write(
        &folder.join("src/lib.rs"),
        "#![cfg_attr(target_arch = \"wasm32\", no_std)]\nuse sealane_sdk::prelude::*;\n\
         declare_id!(\"Counter111111111111111111111111111111111111\");\n\
         #[program]\npub mod greeter {\n    use super::*;\n    /// Greets.\n    \
         pub fn greet(context: Context<Greet>, times: u64) -> Result<u64> {\n        \
         let _ = context.accounts.who.address();\n        times.checked_mul(2).ok_or(ProgramError::ArithmeticOverflow.into())\n    }\n}\n\
         #[derive(Accounts)]\npub struct Greet {\n    /// Who greets.\n    pub who: Signer,\n}\n",
    );
    fs::copy(repository().join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file is copied");
}

/// A program for Solana in a folder of its own: it calls another program, which a plain build only pretends.
fn solana_crate(folder: &Path) {
    write(
        &folder.join("Cargo.toml"),
        "[package]\nname = \"caller\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\", \"lib\"]\n\n\
         [dependencies]\nsolana-account-info = \"3\"\nsolana-cpi = \"3\"\nsolana-instruction = \"3\"\n\
         solana-program-entrypoint = \"3\"\nsolana-program-error = \"3\"\nsolana-pubkey = \"3\"\n\n\
         [profile.release]\noverflow-checks = true\n\n[workspace]\n",
    );
    write(
        &folder.join("src/lib.rs"),
        "use solana_account_info::AccountInfo;\nuse solana_instruction::{AccountMeta, Instruction};\nuse solana_pubkey::Pubkey;\n\
         solana_program_entrypoint::entrypoint!(process);\n\
         fn process(_: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> solana_program_error::ProgramResult {\n    \
         assert!(!data.is_empty(), \"there is something to say\");\n    \
         let metas = accounts.iter().map(|info| AccountMeta::new(*info.key, info.is_signer)).collect();\n    \
         let call = Instruction { program_id: *accounts[0].key, accounts: metas, data: data.to_vec() };\n    \
         solana_cpi::invoke(&call, accounts)\n}\n",
    );
    let lock = repository().join("tests/solana_programs/Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).expect("the lock file is copied");
}

/// Builds a crate in two folders, each with its own target directory; gives both reports.
fn build_twice(make: fn(&Path)) -> (tempfile::TempDir, [Value; 2]) {
    let place = tempfile::tempdir().expect("a folder");
    let reports = ["first", "second/deeper"].map(|name| {
        let folder = place.path().join(name);
        make(&folder);
        let (report, is_good) = json(&["build", folder.to_str().expect("a plain path")]);
        assert!(is_good, "{report:#}");
        report
    });
    (place, reports)
}

fn module(report: &Value) -> PathBuf {
    PathBuf::from(report["module"].as_str().expect("a path"))
}

fn names(report: &Value, key: &str) -> Vec<String> {
    let list = report[key].as_array().expect("a list");
    list.iter().map(|item| item.as_str().expect("a name").to_owned()).collect()
}

#[test]
fn a_native_program_is_the_same_in_every_folder_and_describes_itself() {
    let (place, [first, second]) = build_twice(native_crate);
    assert_eq!(first["hash"], second["hash"]);
    let bytes = [&first, &second].map(|report| fs::read(module(report)).expect("the module"));
    assert_eq!(bytes[0], bytes[1]);
    assert_eq!((&first["abi"], &first["has_idl"]), (&"native".into(), &true.into()));
    assert!(names(&first, "exports").iter().any(|name| name == "entrypoint"));
    assert!(names(&first, "imports").iter().all(|name| name.starts_with("sealane.")));
    assert_eq!(first["memory_pages"], 1);
    assert!(first["findings"].as_array().expect("a list").is_empty(), "{first:#}");

    let section = |wanted: &str| {
        wasmparser::Parser::new(0).parse_all(&bytes[0]).find_map(|payload| match payload.expect("a module") {
            wasmparser::Payload::CustomSection(section) if section.name() == wanted => {
                Some(serde_json::from_slice::<Value>(section.data()).expect("JSON"))
            }
            _ => None,
        })
    };
    let idl = section("sealane:idl").expect("a description");
    assert_eq!((&idl["metadata"]["name"], &idl["metadata"]["version"]), (&"greeter".into(), &"1.2.3".into()));
    assert_eq!(idl["instructions"][0]["name"], "greet");
    let toolchain = section("sealane:toolchain").expect("what it was made with");
    assert!(toolchain["rustc"].as_str().is_some_and(|version| version.starts_with("rustc ")), "{toolchain}");

    let folder = place.path().join("first");
    let folder = folder.to_str().expect("a plain path");
    let hash = first["hash"].as_str().expect("a hash");
    let out = place.path().join("out");
    let verified =
        sealane(&["build", folder, "--verify", hash, "--out", out.to_str().expect("a plain path")]);
    assert!(verified.status.success(), "{}", text(&verified.stdout));
    assert_eq!(fs::read(out.join("greeter.wasm")).expect("the copy"), bytes[0]);
    let other = sealane(&["build", folder, "--verify", &"0".repeat(64)]);
    assert_eq!(other.status.code(), Some(1));
    assert!(text(&other.stdout).contains("the module's hash is not 0000"), "{}", text(&other.stdout));
    let check = sealane(&["check", module(&first).to_str().expect("a plain path")]);
    assert!(check.status.success(), "{}", text(&check.stdout));
}

#[test]
fn a_program_for_solana_is_the_same_in_every_folder_and_its_plain_build_is_refused() {
    let (place, [first, second]) = build_twice(solana_crate);
    assert_eq!(first["hash"], second["hash"]);
    assert_eq!(first["abi"], "solana");
    let imports = names(&first, "imports");
    assert!(imports.iter().any(|name| name == "env.sol_invoke_signed_rust"), "{imports:?}");
    assert!(imports.iter().any(|name| name == "env.sol_log_"), "a panic's text is logged: {imports:?}");
    let lock = fs::read(place.path().join("first/Cargo.lock")).expect("the lock file");
    assert!(text(&lock).contains("name = \"caller\""), "cargo has settled it");

    // What cargo makes of it without the flags has the right exports, and does nothing.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .current_dir(place.path().join("first"))
        .args([
            "rustc",
            "--quiet",
            "--lib",
            "--crate-type",
            "cdylib",
            "--target",
            "wasm32-unknown-unknown",
            "--release",
        ])
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .expect("cargo runs");
    assert!(built.status.success(), "{}", text(&built.stderr));
    let plain = place.path().join("first/target/wasm32-unknown-unknown/release/caller.wasm");
    let (report, is_good) = json(&["check", plain.to_str().expect("a plain path")]);
    let findings = report["findings"].to_string();
    assert!(
        !is_good && findings.contains("program for Solana") && findings.contains("sealane build"),
        "{report:#}"
    );
}

#[test]
fn what_check_says() {
    let place = tempfile::tempdir().expect("a folder");
    let padding = "x".repeat(1_100_000);
    let cases = [
        ("(module)", "0 memories", false),
        (r#"(module (memory (export "memory") 1))"#, "__heap_base", false),
        (
            r#"(module (import "env" "sol_poseidon2" (func)) (memory (export "memory") 1)
                (func (export "entrypoint") (param i32) (result i64) (i64.const 0)))"#,
            "sol_poseidon2",
            false,
        ),
        (
            &format!(
                r#"(module (memory (export "memory") 20) (global (export "__heap_base") i32 (i32.const 8))
                    (func (export "entrypoint") (param i32) (result i64) (i64.const 0)) (data (i32.const 8) "{padding}"))"#
            ),
            "bytes, and",
            true,
        ),
    ];
    for (number, (module, words, is_good)) in cases.into_iter().enumerate() {
        let file = place.path().join(format!("{number}.wasm"));
        fs::write(&file, wat::parse_str(module).expect("a module")).expect("the file is written");
        let (report, found_good) = json(&["check", file.to_str().expect("a plain path")]);
        assert_eq!(found_good, is_good, "{report:#}");
        assert_eq!(report["deployable"], false);
        let findings = report["findings"].as_array().expect("a list");
        assert_eq!(findings.len(), 1, "{report:#}");
        let message = findings[0]["message"].as_str().expect("words");
        assert!(message.contains(words), "{message}");
        assert_eq!(findings[0]["severity"], if is_good { "warning" } else { "error" });
    }
    let missing = sealane(&["check", "nothing.wasm"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("cannot read nothing.wasm"));
}

#[test]
fn crates_that_are_no_programs() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path();
    write(&folder.join("Cargo.toml"), "[package]\nname = \"plain\"\nedition = \"2024\"\n\n[workspace]\n");
    write(&folder.join("src/lib.rs"), "");
    let output = sealane(&["build", folder.to_str().expect("a plain path")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("plain is no program: a program has a library"),
        "{}",
        text(&output.stderr)
    );
    let several = repository().join("tests/solana_programs/solana-1.18");
    let output = sealane(&["build", several.to_str().expect("a plain path")]);
    assert!(text(&output.stderr).contains("which of these programs?"), "{}", text(&output.stderr));
}
