//! `sealane bench --pictures FOLDER` as users type it: which files are written, that they are what their names say, and
//! folders that cannot be written to.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn sealane(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sealane")).args(arguments).output().expect("the binary runs")
}

/// A folder of this test process for one test, empty.
fn empty_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pictures-{name}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("the folder of the last run is removed");
    }
    fs::create_dir_all(&folder).expect("the folder is made");
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the path is UTF-8")
}

/// Names of the files in a folder, sorted.
fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is read");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Runs a workload with `--json` and `--pictures` and returns the JSON object.
fn draw(arguments: &[&str], folder: &Path) -> Value {
    let output = sealane(&[&["bench"], arguments, &["--json", "--pictures", text(folder)]].concat());
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {stderr}");
    for name in files(folder) {
        assert!(stderr.contains(&format!("wrote {}", folder.join(&name).display())), "{name}: {stderr}");
    }
    // `from_slice` refuses anything behind the one object.
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
}

/// Checks that the folder holds the pictures of the block with this number, and nothing else.
#[track_caller]
fn check_files(folder: &Path, block: u64) {
    let of_block = ["accounts.svg", "batches.svg", "graph.dot", "workers.svg"];
    let mut expected: Vec<String> = of_block.iter().map(|what| format!("block-{block}-{what}")).collect();
    expected.push("speedup.svg".to_owned());
    assert_eq!(files(folder), expected);
    for name in expected {
        let text = fs::read_to_string(folder.join(&name)).expect("the picture is UTF-8");
        if name.ends_with(".svg") {
            let document =
                roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(document.root_element().has_tag_name(("http://www.w3.org/2000/svg", "svg")), "{name}");
        } else {
            assert!(text.contains(&format!("digraph block_{block} {{")) && text.ends_with("}\n"), "{name}");
        }
    }
}

#[test]
fn every_workload_is_drawn() {
    for workload in ["transfer", "dex", "orderbook", "lending", "mixed"] {
        // A folder below one that is not there is made.
        let folder = empty_folder(workload).join("deep").join("er");
        let size = ["--transactions", "120", "--accounts", "100", "--block-size", "120", "--workers", "2"];
        let report = draw(&[&[workload], &size[..]].concat(), &folder);
        assert_eq!(report["workload"], workload);
        assert!(report["contention"].is_string(), "pictures alone do not explain in the JSON object");
        check_files(&folder, 1);
    }
}

#[test]
fn the_block_with_the_most_costly_chain_is_drawn_and_old_files_are_overwritten() {
    let folder = empty_folder("longest");
    let trace = folder.join("trace.jsonl");
    let line =
        |block: &str| format!("{block}{{\"id\":\"a\",\"writes\":[\"x\"],\"reads\":[],\"cost\":9000}}\n");
    let (one, two) = (line("{\"block\":1}\n"), line("{\"block\":2}\n") + &line(""));
    fs::write(&trace, format!("{one}{two}{}", line("{\"block\":3}\n"))).expect("the trace is written");
    let pictures = folder.join("pictures");
    fs::create_dir(&pictures).expect("the folder is made");
    fs::write(pictures.join("speedup.svg"), "old").expect("a file is written");
    draw(&["trace", text(&trace)], &pictures);
    check_files(&pictures, 2);
}

#[test]
fn names_of_a_trace_cannot_break_a_picture() {
    let folder = empty_folder("hostile");
    let names = [
        "<script>alert(1)</script>",
        "\"quoted\"",
        "back\\slash\\",
        "a & b",
        "two\nlines",
        "\u{1F600}",
        "\u{202E}\u{5E9}\u{5DC}\u{5D5}\u{5DD}",
        "\0\u{7}\u{FFFE}",
        "",
        &"x".repeat(500),
    ];
    let line = |name: &&str| {
        let line = serde_json::json!({ "id": name, "writes": [name, "hot"], "reads": [], "cost": 5000 });
        format!("{line}\n{line}\n")
    };
    let trace = folder.join("trace.jsonl");
    fs::write(&trace, names.iter().map(line).collect::<String>()).expect("the trace is written");
    let pictures = folder.join("pictures");
    let report = draw(&["trace", text(&trace), "--workers", "2"], &pictures);
    assert_eq!(report["succeeded"], 2 * names.len());
    check_files(&pictures, 1);
    let svg = fs::read_to_string(pictures.join("block-1-accounts.svg")).expect("the picture is read");
    assert!(svg.contains("&lt;script&gt;") && !svg.contains("<script"), "{svg}");
    let dot = fs::read_to_string(pictures.join("block-1-graph.dot")).expect("the graph is read");
    assert!(
        dot.contains("label=\"\\\"quoted\\\"\\n") && dot.contains("label=\"back\\\\slash\\\\\\n"),
        "{dot}"
    );
}

#[test]
fn a_folder_that_cannot_be_written_to_is_refused_before_anything_runs() {
    let folder = empty_folder("refused");
    let file = folder.join("file");
    fs::write(&file, "kept").expect("a file is written");
    let cases = [
        (file.clone(), "is no folder; name one, or a path where one can be made"),
        (file.join("below"), "cannot make the folder `"),
    ];
    for (path, expected) in cases {
        // So many transactions that running them before looking would take minutes.
        let arguments =
            ["bench", "transfer", "--transactions", "20000000", "--json", "--pictures", text(&path)];
        let output = sealane(&arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains(expected) && stderr.contains(text(&path)), "{stderr}");
        assert!(output.stdout.is_empty(), "nothing is run");
    }
    assert_eq!(fs::read_to_string(&file).expect("the file is read"), "kept");
    assert_eq!(files(&folder), ["file"], "nothing else was made");
}
