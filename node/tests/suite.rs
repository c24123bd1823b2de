//! `sealane bench suite` as other programs use it: the JSON object, the page that holds it, and refusals.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of the test's own, gone when it ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sealane-suite-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder is made");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn suite(out: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealane"));
    command.args(["bench", "suite", "--out"]).arg(out).args(arguments);
    command.output().expect("the binary runs")
}

fn small_suite(out: &Path, arguments: &[&str]) -> Output {
    let small = ["--transactions", "300", "--accounts", "50", "--block-size", "120", "--repeats", "2"];
    suite(out, &[&small, arguments].concat())
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// What stands between the first `begin` and the `end` that follows.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, behind) = text.split_once(begin).unwrap_or_else(|| panic!("no {begin}"));
    behind.split_once(end).unwrap_or_else(|| panic!("no {end} behind {begin}")).0
}

const WORKLOADS: [&str; 5] = ["transfer", "dex", "orderbook", "lending", "mixed"];

#[test]
fn every_cell_is_in_the_object_and_on_the_page() {
    let scratch = Scratch::new("cells");
    let out = scratch.0.join("made/by the command");
    let output = small_suite(
        &out,
        &["--json", "--contention", "uniform", "--contention", "hot:100", "--workers", "2,1"],
    );
    assert!(output.status.success(), "{}", stderr(&output));
    // `from_slice` refuses anything behind the one object.
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object on stdout");
    check_object(&report);

    let file = fs::read_to_string(out.join("suite.json")).expect("suite.json is there");
    assert_eq!(serde_json::from_str::<Value>(&file).expect("JSON"), report);
    let page = fs::read_to_string(out.join("index.html")).expect("index.html is there");
    let data = between(&page, "<script type=\"application/json\" id=\"data\">", "</script>");
    assert_eq!(serde_json::from_str::<Value>(data).expect("JSON"), report);
    check_page(&page);

    let files = fs::read_dir(&out).expect("a folder");
    let files: BTreeSet<_> = files.map(|file| file.expect("a file").file_name()).collect();
    assert_eq!(files.len(), 2, "no drafts are left: {files:?}");
}

fn check_object(report: &Value) {
    assert_eq!(keys(report), ["version", "date", "machine", "options", "complete", "cells"]);
    assert_eq!(report["complete"], true);
    assert_eq!(report["options"]["workers"], serde_json::json!([1, 2]));
    let command = report["options"]["command"].as_str().expect("a command line");
    assert!(command.contains("by the command' --transactions 300"), "{command}");
    let cells = report["cells"].as_array().expect("cells");
    let mut names = Vec::new();
    for cell in cells {
        let cell_keys = "workload contention workers repeats serial parallel speedup identical succeeded failed \
                         rejected stages bound expected";
        assert_eq!(keys(cell), cell_keys.split_whitespace().collect::<Vec<_>>());
        names.push(format!("{} {} {}", cell["workload"], cell["contention"], cell["workers"]));
        check_cell(cell);
    }
    let expected = WORKLOADS.iter().flat_map(|workload| {
        ["uniform", "hot:100"].into_iter().flat_map(move |contention| {
            [1, 2].map(|workers| format!("\"{workload}\" \"{contention}\" {workers}"))
        })
    });
    assert_eq!(names, expected.collect::<Vec<_>>());
    // Everybody pays into one account: each block is one chain.
    assert_eq!(cells[2]["bound"], 1.0, "transfer, hot:100");
    assert!(cells[0]["bound"].as_f64() > Some(2.0), "transfer, uniform: {}", cells[0]["bound"]);
}

fn check_cell(cell: &Value) {
    let figure = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("no figure in {cell}"));
    assert_eq!(cell["identical"], true);
    assert_eq!(cell["repeats"], 2);
    let count: f64 = ["succeeded", "failed", "rejected"].map(|key| figure(&cell[key])).iter().sum();
    assert_eq!(count, 300.0);
    for side in ["serial", "parallel"] {
        let seconds = figure(&cell[side]["seconds"]);
        let per_second = figure(&cell[side]["transactions_per_second"]);
        assert!(seconds > 0.0 && (per_second * seconds - 300.0).abs() < 0.01, "{cell}");
    }
    let speedup = figure(&cell["serial"]["seconds"]) / figure(&cell["parallel"]["seconds"]);
    assert!((figure(&cell["speedup"]) - speedup).abs() < 1e-9);
    assert!(figure(&cell["stages"]["execute"]) > 0.0 && figure(&cell["stages"]["verify"]) > 0.0);
    let expected = cell["expected"].as_array().expect("a list");
    let workers: Vec<&Value> = expected.iter().map(|one| &one["workers"]).collect();
    assert_eq!(workers, [4, 16, 64]);
    // The model knows nothing that would make more workers slower.
    let rates: Vec<f64> = expected.iter().map(|one| figure(&one["transactions_per_second"])).collect();
    let serial = figure(&cell["serial"]["transactions_per_second"]);
    assert!(rates[0] >= serial * 0.999 && rates.is_sorted_by(|few, more| *few <= more * 1.001), "{cell}");
}

fn check_page(page: &str) {
    let titles: Vec<&str> =
        page.split("<svg ").skip(1).map(|svg| between(svg, "<title>", "</title>")).collect();
    let mut expected = vec!["Throughput by contention".to_owned()];
    expected.extend(WORKLOADS.map(|workload| format!("{workload}: speed-up by workers")));
    expected.push("CPU time by stage".to_owned());
    assert_eq!(titles, expected);
    assert_eq!(page.matches("<table>").count(), titles.len(), "a table below each plot");
    assert!(page.contains("<th scope=\"col\">") && page.contains("<th scope=\"row\">"));
    assert!(page.contains("prefers-color-scheme:dark"));
    assert!(!page.contains("Incomplete") && !page.contains("differ</strong>"));
    let alone = page.replace("http://www.w3.org/2000/svg", "");
    for outside in ["http://", "https://", " src=", "url(", "@import", "<link"] {
        assert!(!alone.contains(outside), "the page asks for something outside: {outside}");
    }
    assert_eq!(page.matches("<script").count(), 1, "nothing but data is in a script");
}

#[test]
fn a_part_can_be_asked_for_and_what_is_skipped_is_told() {
    let scratch = Scratch::new("part");
    let arguments = ["--workloads", "lending,dex", "--contention", "zipf:1", "--contention", "zipf:1"];
    let output = small_suite(
        &scratch.0,
        &[&arguments[..], &["--workers", "1", "--skip-signatures", "--skip-root"]].concat(),
    );
    assert!(output.status.success(), "{}", stderr(&output));
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        table.contains("dex, zipf:1") && table.contains("Skipped, and so not in these figures"),
        "{table}"
    );
    assert!(table.contains("index.html"), "it says where the page is: {table}");
    let file = fs::read(scratch.0.join("suite.json")).expect("suite.json is there");
    let report: Value = serde_json::from_slice(&file).expect("JSON");
    let cells = report["cells"].as_array().expect("cells");
    let names: Vec<&Value> = cells.iter().map(|cell| &cell["workload"]).collect();
    assert_eq!(names, ["dex", "lending"], "in their own order, a contention named twice once");
    assert_eq!(report["options"]["signatures_checked"], false);
    assert_eq!(report["options"]["root_computed"], false);
    let page = fs::read_to_string(scratch.0.join("index.html")).expect("index.html is there");
    assert!(page.contains("<dt>Skipped</dt><dd>signatures, roots</dd>"));
}

#[test]
fn folders_that_cannot_be_written_are_refused_before_the_run() {
    let scratch = Scratch::new("refused");
    let file = scratch.0.join("file");
    fs::write(&file, "kept").expect("a file is written");
    let taken = scratch.0.join("taken");
    fs::create_dir_all(taken.join("index.html")).expect("a folder is made");
    let mut cases = vec![
        (file.clone(), "is no folder"),
        (file.join("below"), "cannot make the folder"),
        (taken, "is a folder"),
    ];
    if cfg!(target_os = "linux") {
        cases.push((PathBuf::from("/proc/sealane"), "cannot make the folder"));
        cases.push((PathBuf::from("/proc"), "cannot write to the folder"));
    }
    for (out, expected) in cases {
        // So many transactions would take hours: an answer at all means that nothing was run.
        let output = suite(&out, &["--transactions", "20000000", "--json"]);
        assert_eq!(output.status.code(), Some(1), "{}", out.display());
        assert!(stderr(&output).contains(expected), "{}: {}", out.display(), stderr(&output));
        assert!(output.stdout.is_empty());
    }
    assert_eq!(fs::read_to_string(&file).expect("the file is still there"), "kept");
}

#[test]
fn bad_options_are_refused_with_what_would_be_good() {
    let cases: [(&[&str], &str); 5] = [
        (&["--workloads", "trace"], "transfer, dex, orderbook, lending, mixed"),
        (&["--contention", "cold"], "`uniform`, `zipf:EXPONENT` and `hot:PERCENT`"),
        (&["--workers", "1,0"], "1..=256"),
        (&["--repeats", "0"], "1..=1000"),
        (&["--accounts", "1"], "2..=20000000"),
    ];
    let scratch = Scratch::new("options");
    let out = scratch.0.join("out");
    for (arguments, expected) in cases {
        let output = suite(&out, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(expected), "{arguments:?}: {}", stderr(&output));
        assert!(!out.exists(), "{arguments:?}: nothing is made");
    }
}
