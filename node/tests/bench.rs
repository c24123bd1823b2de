//! `sealane bench` as other programs use it: the JSON object, its keys and their order, exit codes, refusals.

use serde_json::Value;
use std::process::{Command, Output};

fn sealane(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sealane")).args(arguments).output().expect("the binary runs")
}

fn bench(arguments: &[&str]) -> Value {
    let small =
        ["bench", "transfer", "--transactions", "600", "--accounts", "50", "--block-size", "250", "--json"];
    let output = sealane(&[&small, arguments].concat());
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    // `from_str` refuses anything behind the one object.
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{arguments:?}: {error} in {text}"))
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn the_json_object_has_the_keys_that_are_relied_upon() {
    let report = bench(&[]);
    let top = "workload transactions blocks workers contention seed signatures_checked root_computed succeeded \
               failed rejected serial parallel identical speedup critical_path stages";
    assert_eq!(keys(&report), top.split_whitespace().collect::<Vec<_>>());
    for run in ["serial", "parallel"] {
        assert_eq!(keys(&report[run]), ["seconds", "transactions_per_second", "state_root"]);
    }
    assert_eq!(keys(&report["critical_path"]), ["transactions", "bound"]);
    let stages = ["sanitize", "verify", "schedule", "load", "execute", "commit", "root"];
    assert_eq!(keys(&report["stages"]), stages);
    for stage in stages {
        assert!(report["stages"][stage].as_f64().is_some_and(|time| time > 0.0), "{stage} takes time");
    }
}

#[test]
fn the_figures_are_those_of_the_options() {
    let report = bench(&["--contention", "hot:100", "--seed", "7", "--workers", "3"]);
    let expected: [(&str, Value); 10] = [
        ("workload", "transfer".into()),
        ("transactions", 600.into()),
        ("blocks", 3.into()),
        ("workers", 3.into()),
        ("contention", "hot:100".into()),
        ("seed", 7.into()),
        ("signatures_checked", true.into()),
        ("root_computed", true.into()),
        ("succeeded", 600.into()),
        ("identical", true.into()),
    ];
    for (key, value) in expected {
        assert_eq!(report[key], value, "{key}");
    }
    assert_eq!((&report["failed"], &report["rejected"]), (&0.into(), &0.into()));
    assert_eq!(report["serial"]["state_root"], report["parallel"]["state_root"]);
    // Everybody pays into one account: the block is one chain.
    assert_eq!(report["critical_path"]["transactions"], 600);
    assert_eq!(report["critical_path"]["bound"], 1.0);
}

#[test]
fn explaining_names_the_account_that_everybody_waits_for() {
    let report = bench(&["--contention", "hot:100", "--workers", "2", "--explain"]);
    let contention = &report["contention"];
    assert_eq!(contention["pattern"], "hot:100");
    assert_eq!(contention["transactions"], 600);
    // Everybody pays into one account: whoever comes later waits for it, and nothing else helps but splitting it.
    let hottest = &contention["accounts"][0];
    assert_eq!(hottest["writers"], 600);
    assert_eq!(hottest["critical_links"], 600 - 3, "all but the first of each of three blocks");
    assert_eq!(contention["labels"][hottest["account"].as_str().expect("an address")], "tokens of user 0");
    assert_eq!(contention["bound"], 1.0);
    assert_eq!(contention["blocks"].as_array().map(Vec::len), Some(3));
    let path = &contention["blocks"][0]["critical_path"];
    assert_eq!(path["links"].as_array().map(Vec::len), Some(250));
    let declarations = &contention["blocks"][0]["declarations"];
    assert_eq!((&declarations["unwritten"], &declarations["untouched"]), (&0.into(), &0.into()));
    let workers: Vec<_> =
        contention["what_if"].as_array().expect("a list").iter().map(|one| &one["workers"]).collect();
    assert_eq!(workers, [1, 2, 4, 16, 64]);
    assert_eq!(contention["predicted"]["workers"], 2);
    for figure in ["speedup", "execute_speedup", "slowdown"] {
        assert!(contention["measured"][figure].as_f64().is_some_and(|ratio| ratio > 0.0), "{figure}");
    }
}

#[test]
fn the_state_does_not_depend_on_workers_or_on_what_is_skipped() {
    let root = |arguments: &[&str]| bench(arguments)["parallel"]["state_root"].clone();
    let everything = root(&["--workers", "1"]);
    assert_eq!(everything, root(&["--workers", "2"]));
    let skipped = bench(&["--skip-signatures"]);
    assert_eq!(skipped["signatures_checked"], false);
    assert_eq!(skipped["parallel"]["state_root"], everything);
    assert_ne!(root(&["--seed", "2"]), everything, "another seed is another workload");
    // Blocks without roots have other hashes, which the sysvars of the next blocks hold: only the two runs agree.
    let rootless = bench(&["--skip-root"]);
    assert_eq!(rootless["root_computed"], false);
    assert_eq!(rootless["serial"]["state_root"], rootless["parallel"]["state_root"]);
}

#[test]
fn bad_options_are_refused_with_what_would_be_good() {
    let cases: [(&[&str], &str); 5] = [
        (&["--contention", "cold"], "`uniform`, `zipf:EXPONENT` and `hot:PERCENT`"),
        (&["--contention", "hot:101"], "between 0 and 100"),
        (&["--accounts", "1"], "2..=20000000"),
        (&["--workers", "0"], "1..=256"),
        (&["--block-size", "0"], "1..=1048576"),
    ];
    for (arguments, expected) in cases {
        let output = sealane(&[&["bench", "transfer"], arguments].concat());
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}: nothing is run");
    }
}
