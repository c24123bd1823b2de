//! The blocks of code, by their language: `console` and `ts` are run (`journey.rs`); `c` is compiled; `toml` is parsed; `rust` is left
//! to the doctests. A language that nobody checks is refused.

use super::pages::pages;
use std::env;
use std::fs;
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
pub(crate) fn has(tool: &str) -> bool {
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

/// Runs a command that must succeed.
#[track_caller]
pub(crate) fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&text));
}
