//! Style that a machine can check: reads every source file of the repository, and lists what is out of line as
//! `file:line: what`. The compiler's lints stand in the root `Cargo.toml`, clippy's settings in `clippy.toml`.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// A file longer than this is probably two things.
const MAX_FILE_LINES: usize = 500;
/// Files that may be longer, each with its reason.
const LONG_FILES: [(&str, &str); 0] = [];

/// Words that stand for work left undone. Written in halves, so that this file does not hold them.
const UNFINISHED: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("todo", "!"),
    concat!("unimplemented", "!"),
];

/// Crates whose results must not depend on an iteration order that differs from run to run.
const ORDERED_CRATES: [&str; 3] = ["sdk/", "vm/", "runtime/"];
/// The standard library's hashed collections.
const RANDOMLY_ORDERED: [&str; 2] = ["HashMap", "HashSet"];

/// Folders at the root that hold no sources of ours.
const SKIPPED_FOLDERS: [&str; 3] = ["target", ".git", "node_modules"];

/// A file of the repository.
struct File {
    /// Its path from the root, with `/` between the parts.
    path: String,
    text: String,
}

impl File {
    /// Its lines with their numbers, from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    fn complaint(&self, line: usize, what: impl AsRef<str>) -> String {
        format!("{}:{line}: {}", self.path, what.as_ref())
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lies in the workspace")
}

/// Every file whose name ends with `.extension`, in the order of their paths.
fn files(extension: &str) -> Vec<File> {
    let mut paths = Vec::new();
    collect(root(), extension, &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|path| File {
            text: fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
            path: path
                .strip_prefix(root())
                .expect("the file lies below the root")
                .to_string_lossy()
                .replace('\\', "/"),
        })
        .collect()
}

fn collect(folder: &Path, extension: &str, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("the entry is read").path();
        let is_skipped =
            path.file_name().is_some_and(|name| SKIPPED_FOLDERS.iter().any(|skipped| name == *skipped));
        if path.is_dir() && !is_skipped {
            collect(&path, extension, paths);
        } else if path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
}

/// Fails with every complaint there is, not with the first alone.
#[track_caller]
fn expect_none(complaints: impl IntoIterator<Item = String>) {
    let mut list = String::new();
    for complaint in complaints {
        let _ = writeln!(list, "  {complaint}");
    }
    assert!(list.is_empty(), "\n{list}");
}

#[test]
fn every_file_opens_with_what_it_is() {
    expect_none(files("rs").iter().filter(|file| !file.text.starts_with("//! ")).map(|file| {
        file.complaint(
            1,
            "starts without `//! `: say what this is, where its input comes from, where its output goes",
        )
    }));
}

#[test]
fn no_file_is_too_long() {
    let files = files("rs");
    let is_listed = |file: &File| LONG_FILES.iter().any(|(path, _)| *path == file.path);
    let too_long = files.iter().filter(|file| file.text.lines().count() > MAX_FILE_LINES && !is_listed(file));
    expect_none(too_long.map(|file| {
        let lines = file.text.lines().count();
        file.complaint(lines, format!("{lines} lines, more than {MAX_FILE_LINES}: is it two things?"))
    }));
    for (path, _) in LONG_FILES {
        let file = files
            .iter()
            .find(|file| file.path == path)
            .unwrap_or_else(|| panic!("{path} is listed but gone"));
        assert!(file.text.lines().count() > MAX_FILE_LINES, "{path} is short now: take it off the list");
    }
}

#[test]
fn nothing_is_left_undone() {
    expect_none(files("rs").iter().flat_map(|file| {
        file.lines().filter_map(|(number, line)| {
            let word = UNFINISHED.iter().find(|word| line.contains(*word))?;
            Some(file.complaint(number, format!("{word}: finish it, or open an issue")))
        })
    }));
}

#[test]
fn ledger_code_iterates_in_one_order() {
    let is_ordered = |file: &&File| ORDERED_CRATES.iter().any(|folder| file.path.starts_with(folder));
    expect_none(files("rs").iter().filter(is_ordered).flat_map(|file| {
        file.lines().filter_map(|(number, line)| {
            let name = RANDOMLY_ORDERED.iter().find(|name| line.contains(*name))?;
            let is_std = line.contains("std::collections") || line.contains("collections::hash_");
            is_std.then(|| {
                file.complaint(number, format!("std's {name}: use hashbrown with a keyed hasher, or a BTree"))
            })
        })
    }));
}

#[test]
fn every_limit_says_where_it_comes_from() {
    let path = "sdk/src/limits.rs";
    let text = fs::read_to_string(root().join(path)).expect("sdk/src/limits.rs is read");
    let file = File { path: path.to_owned(), text };
    let mut documentation = String::new();
    let mut limit_count = 0_usize;
    let mut complaints = Vec::new();
    for (number, line) in file.lines() {
        if let Some(sentence) = line.trim_start().strip_prefix("///") {
            documentation.push_str(sentence);
            continue;
        }
        if line.starts_with("pub const ") && !line.starts_with("pub const fn ") {
            limit_count += 1;
            if !documentation.contains("Source:") {
                complaints.push(file.complaint(number, "a limit without `Source:` in its documentation"));
            }
        }
        documentation.clear();
    }
    assert!(limit_count > 0, "{path} declares no limit: this test reads the wrong file");
    expect_none(complaints);
}

#[test]
fn text_is_plain() {
    let is_pictograph = |sign: char| matches!(sign as u32, 0x2600..=0x27BF | 0x1F300..=0x1FAFF);
    let files = files("rs").into_iter().chain(files("md")).collect::<Vec<_>>();
    expect_none(files.iter().flat_map(|file| {
        file.lines()
            .filter(|(_, line)| line.contains(is_pictograph))
            .map(|(number, _)| file.complaint(number, "a pictograph: words say it better"))
    }));
}

/// How ARCHITECTURE.md names a folder of sources: `runtime` for `runtime/src`, `execute/builtins` for
/// `runtime/src/execute/builtins`.
fn name_in_architecture(folder: &str) -> &str {
    match folder.rsplit_once("/src/") {
        Some((_, below)) => below,
        None => folder.strip_suffix("/src").unwrap_or(folder),
    }
}

#[test]
fn architecture_names_every_folder() {
    let text =
        fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md stands at the root");
    let mut folders: Vec<String> = files("rs")
        .iter()
        .filter_map(|file| Some(name_in_architecture(file.path.rsplit_once('/')?.0).to_owned()))
        .collect();
    folders.sort();
    folders.dedup();
    expect_none(
        folders
            .iter()
            .filter(|name| !text.contains(&format!("{name}/")) && !text.contains(&format!("`{name}`")))
            .map(|name| format!("ARCHITECTURE.md:1: does not name the folder {name}/")),
    );
}
