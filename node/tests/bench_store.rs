//! `sealane bench --store`: both runs on ledgers on disk, with the results of those in memory; and folders that are not
//! touched.

use sealane_runtime::face::Engine;
use sealane_runtime::ledger::store::directory::engine_of;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn bench(arguments: &[&str]) -> Output {
    // More blocks than are held before the clock is stopped.
    let small =
        ["bench", "transfer", "--transactions", "400", "--accounts", "20", "--block-size", "20", "--json"];
    Command::new(env!("CARGO_BIN_EXE_sealane"))
        .args([&small, arguments].concat())
        .output()
        .expect("the binary runs")
}

#[track_caller]
fn report(arguments: &[&str]) -> Value {
    let output = bench(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the path is UTF-8")
}

#[test]
fn on_disk_the_results_are_those_in_memory() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let in_memory = report(&["--store", "memory"]);
    assert_eq!(in_memory["store"], serde_json::json!({ "kind": "memory", "path": null, "bytes": 0 }));
    for engine in Engine::ALL {
        let place = folder.path().join("made").join(engine.name());
        let on_disk = report(&["--store", text(&place), "--engine", engine.name(), "--workers", "2"]);
        for run in ["serial", "parallel"] {
            assert_eq!(on_disk[run]["state_root"], in_memory[run]["state_root"], "{run}");
            assert!(on_disk[run]["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{run}");
            assert_eq!(engine_of(&place.join(run)).expect("a ledger"), engine);
        }
        for key in ["succeeded", "failed", "rejected", "blocks", "identical", "critical_path"] {
            assert_eq!(on_disk[key], in_memory[key], "{key}");
        }
        let store = &on_disk["store"];
        assert_eq!((&store["kind"], &store["path"]), (&engine.name().into(), &text(&place).into()));
        // The signatures alone take more, and nothing makes them smaller.
        assert!(store["bytes"].as_u64().is_some_and(|bytes| bytes > 400 * 64), "{store}");
        // What is on disk is the ledger that was measured.
        let output = Command::new(env!("CARGO_BIN_EXE_sealane"))
            .args(["ledger", "info", text(&place.join("parallel")), "--json"])
            .output()
            .expect("the binary runs");
        let info: Value = serde_json::from_slice(&output.stdout).expect("an object");
        assert_eq!(info["last"]["state_root"], on_disk["parallel"]["state_root"]);
        assert_eq!(info["last"]["block"], 20);
    }
}

#[test]
fn without_roots_or_signatures_the_runs_still_agree_on_disk() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let report = report(&["--store", text(folder.path()), "--skip-root", "--skip-signatures"]);
    assert_eq!((&report["identical"], &report["root_computed"]), (&true.into(), &false.into()));
    assert_eq!(report["serial"]["state_root"], report["parallel"]["state_root"]);
}

#[test]
fn only_ledgers_of_an_earlier_bench_are_removed_and_only_if_asked() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let place = text(folder.path());
    let refused = |arguments: &[&str], expected: &str| {
        let output = bench(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}: nothing is run");
    };
    let first = report(&["--store", place]);
    refused(&["--store", place], "holds the ledgers of an earlier bench: remove them with --reset");
    let again = report(&["--store", place, "--reset", "--engine", "redb"]);
    assert_eq!(first["parallel"]["state_root"], again["parallel"]["state_root"]);
    assert_eq!(engine_of(&folder.path().join("serial")).expect("a ledger"), Engine::Redb);

    let mine = folder.path().join("letter.txt");
    fs::write(&mine, "dear").expect("a file is written");
    refused(&["--store", place, "--reset"], "letter.txt is not a ledger of an earlier bench");
    fs::remove_file(&mine).expect("it is removed");
    let serial = folder.path().join("serial");
    fs::remove_dir_all(&serial).expect("it is removed");
    fs::create_dir(&serial).expect("a folder is made");
    fs::write(serial.join("photo.jpg"), "…").expect("a file is written");
    refused(&["--store", place, "--reset"], "serial is not a ledger of an earlier bench");
    assert!(
        serial.join("photo.jpg").exists() && folder.path().join("parallel").exists(),
        "nothing is removed"
    );
    refused(&["--store", "memory", "--reset"], "--engine and --reset are for ledgers in a folder");
}
