//! The blocks of code, by their language: `console` is run, in order, in one folder, and what it prints is compared; `ts` and `c`
//! are compiled; `toml` is parsed; `rust` is left to the doctests. A language that nobody checks is refused.
//!
//! What is printed is compared line by line: `[..]` stands for anything in a line, `[...]` for any lines. Blocks tagged `slow` compile a
//! whole ledger: they are run if `SEALANE_BOOK` is `all`.

use super::pages::{Block, Page, pages, root};
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn every_language_is_checked() {
    for page in pages() {
        for block in page.blocks() {
            let is_known =
                matches!(block.tags[0].as_str(), "console" | "rust" | "ts" | "c" | "toml" | "text");
            assert!(is_known, "{}:{}: nobody checks {:?}", page.path.display(), block.line, block.tags);
        }
    }
}

/// Whether a tool is there; the machine that judges changes must have it.
fn has(tool: &str) -> bool {
    let is_there = Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success());
    if !is_there {
        assert!(
            env::var_os("CI").is_none(),
            "{tool} is not there, and this machine must test the whole book"
        );
        eprintln!("\n*** {tool} is not there: blocks of the book that need it are NOT TESTED ***\n");
    }
    is_there
}

#[test]
fn what_is_typed_prints_what_is_shown() {
    let room = tempfile::tempdir().expect("a folder");
    let binary = Path::new(env!("CARGO_BIN_EXE_sealane"));
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path);
    let path =
        env::join_paths(binary.parent().map(Path::to_owned).into_iter().chain(folders)).expect("paths");
    let (mut folder, mut ran) = (room.path().to_owned(), 0);
    let page = Page::named("tutorial.md");
    for block in page.blocks().iter().filter(|block| block.tags[0] == "console") {
        if block.tags.iter().any(|tag| tag == "slow") && env::var("SEALANE_BOOK").as_deref() != Ok("all") {
            eprintln!("tutorial.md:{}: not run, it takes minutes: set SEALANE_BOOK=all", block.line);
            continue;
        }
        for (command, expected) in commands(block) {
            if let Some(inner) = command.strip_prefix("cd ") {
                folder.push(inner);
                continue;
            }
            let output = Command::new("sh")
                .args(["-c", command])
                .current_dir(&folder)
                .env("PATH", &path)
                .output()
                .expect("a shell");
            let printed = String::from_utf8_lossy(&output.stdout).into_owned();
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "tutorial.md:{}: {command}\n{printed}{errors}", block.line);
            let printed: Vec<&str> = printed.trim_end().lines().collect();
            let is_as_shown = expected.is_empty() || matches(&expected, &printed);
            assert!(is_as_shown, "tutorial.md:{}: {command} prints\n{}", block.line, printed.join("\n"));
            ran += 1;
        }
    }
    assert!(ran >= 5, "only {ran} commands were run");
    // What was made on the way is what the next blocks build on.
    compile_typescript(&page, &folder.join("client"));
}

/// The commands of a block, each with the lines that it prints.
fn commands(block: &Block) -> Vec<(&str, Vec<&str>)> {
    let mut commands: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in block.text.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command, Vec::new())),
            (None, Some((_, expected))) => expected.push(line),
            (None, None) => panic!("line {}: a block of commands begins with one", block.line),
        }
    }
    commands
}

/// Whether what was printed is what is shown.
fn matches(expected: &[&str], printed: &[&str]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((&"[...]", rest)) => (0..=printed.len()).any(|skipped| matches(rest, &printed[skipped..])),
        Some((first, rest)) => match printed.split_first() {
            Some((line, behind)) => matches_line(first, line) && matches(rest, behind),
            None => false,
        },
    }
}

fn matches_line(expected: &str, line: &str) -> bool {
    let mut parts = expected.split("[..]");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(found) => rest = &rest[found + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[test]
fn patterns_stand_for_what_they_say() {
    for (expected, line, is_match) in [
        ("a[..]c", "abc", true),
        ("a[..]c", "ac", true),
        ("a[..]c", "acb", false),
        ("a[..]b[..]", "axxbyy", true),
        ("a", "ab", false),
        ("[..]", "", true),
    ] {
        assert_eq!(matches_line(expected, line), is_match, "{expected} {line}");
    }
    assert!(matches(&["a", "[...]", "b"], &["a", "x", "y", "b"]));
    assert!(!matches(&["a", "[...]", "b"], &["a", "x"]));
    assert!(!matches(&["a"], &["a", "b"]));
}

/// Compiles the page's TypeScript beside the client that its commands made.
fn compile_typescript(page: &Page, client: &Path) {
    if !has("npm") {
        return;
    }
    // The packages of the tests of generated clients.
    let packages = root().join("node/tests/generated_clients/typescript");
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book-typescript");
    fs::create_dir_all(&room).expect("cargo's folder is ours");
    for file in ["package.json", "package-lock.json", "tsconfig.json"] {
        fs::copy(packages.join(file), room.join(file)).expect("it is there");
    }
    if !room.join("node_modules").is_dir() {
        run(Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(&room));
    }
    fs::copy(client.join("counter.ts"), room.join("counter.ts")).expect("the commands made it");
    let blocks: Vec<Block> = page.blocks().into_iter().filter(|block| block.tags[0] == "ts").collect();
    assert!(!blocks.is_empty());
    for (index, block) in blocks.iter().enumerate() {
        fs::write(room.join(format!("block_{index}.ts")), &block.text).expect("the folder is ours");
    }
    run(Command::new("npx").args(["--no-install", "tsc", "-p", ".", "--noEmit"]).current_dir(&room));
}

#[test]
fn c_compiles() {
    if !has("clang") || !has("wasm-ld") {
        return;
    }
    let room = tempfile::tempdir().expect("a folder");
    for page in pages() {
        for block in page.blocks().iter().filter(|block| block.tags[0] == "c") {
            let (source, module) = (room.path().join("block.c"), room.path().join("block.wasm"));
            fs::write(&source, &block.text).expect("the folder is ours");
            let flags = ["--target=wasm32", "-O2", "-ffreestanding", "-nostdlib", "-Wall", "-Werror"];
            let linker = ["-Wl,--no-entry", "-Wl,--export=__heap_base", "-Wl,-zstack-size=16384"];
            run(Command::new("clang").args(flags).args(linker).arg("-o").arg(&module).arg(&source));
            run(Command::new(env!("CARGO_BIN_EXE_sealane")).arg("check").arg(&module));
        }
    }
}

#[test]
fn toml_can_be_read() {
    for page in pages() {
        for block in page.blocks().iter().filter(|block| block.tags[0] == "toml") {
            let read: Result<toml::Table, _> = block.text.parse();
            assert!(read.is_ok(), "{}:{}: {read:?}", page.path.display(), block.line);
        }
    }
}

#[track_caller]
fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&text));
}
