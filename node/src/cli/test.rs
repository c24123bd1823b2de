//! `sealane test`: builds the program, runs its tests, and says what each instruction cost in each test.
//!
//! In: a crate whose tests use `sealane-testing`. Out: what cargo prints, then a table. The tests find the module by
//! `SEALANE_PROGRAM_DIR`, and leave what they measured in the file that `SEALANE_UNITS_FILE` names.

use super::build;
use super::print::print_json;
use anyhow::{Context, ensure};
use comfy_table::{CellAlignment, Table, presets};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Test a program.
#[derive(Debug, clap::Args)]
pub(crate) struct TestCommand {
    /// Only tests whose names contain this
    filter: Option<String>,
    /// Folder of the program's crate
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    path: PathBuf,
    /// Print one JSON object on stdout; what cargo prints goes to stderr
    #[arg(long)]
    json: bool,
    /// What cargo test is told besides
    #[arg(last = true, value_name = "CARGO ARGUMENTS")]
    cargo_arguments: Vec<OsString>,
}

impl TestCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let units_file = Scratch::new("units")?;
        let tests = Tests {
            folder: &self.path,
            filter: self.filter.as_deref(),
            arguments: &self.cargo_arguments,
            is_stdout_ours: self.json,
        };
        let passed = tests.run(&[("SEALANE_UNITS_FILE", &units_file.0)])?;
        let lines: Vec<Sent> = units_file.read()?;
        let instructions = by_instruction(&lines);
        if self.json {
            print_json(&Report { passed, instructions })?;
        } else if !instructions.is_empty() {
            println!("{}", table(&instructions));
        }
        Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Tests of a crate.
#[derive(Debug)]
pub(super) struct Tests<'a> {
    pub(super) folder: &'a Path,
    pub(super) filter: Option<&'a str>,
    pub(super) arguments: &'a [OsString],
    /// Whether what cargo prints goes to stderr, because stdout is for something else.
    pub(super) is_stdout_ours: bool,
}

impl Tests<'_> {
    /// Builds the program and runs the tests, with these variables besides; tells whether they passed.
    pub(super) fn run(&self, variables: &[(&str, &Path)]) -> anyhow::Result<bool> {
        let built = build::build(self.folder)?;
        let folder = built.module.parent().context("the module lies in a folder")?;
        if !has_compiled_tests(folder) {
            eprintln!(
                "Compiling the tests. The first time cargo compiles the ledger that they run on, WebAssembly's compiler included: \
                 minutes once, seconds from then on"
            );
        }
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(self.folder).arg("test").args(self.filter).args(self.arguments);
        cargo.env("SEALANE_PROGRAM_DIR", folder).envs(variables.iter().copied());
        if self.is_stdout_ours {
            cargo.stdout(io::stderr());
        }
        Ok(cargo.status().context("cannot run cargo")?.success())
    }
}

/// Whether cargo has compiled the ledger of the tests before, in the target directory in which `modules` is the folder of modules. It is
/// only asked for what to tell the user.
fn has_compiled_tests(modules: &Path) -> bool {
    let profiles =
        modules.parent().into_iter().flat_map(|target| [target.join("debug"), target.join("release")]);
    let names = profiles.filter_map(|profile| fs::read_dir(profile.join("deps")).ok()).flatten().flatten();
    names.map(|entry| entry.file_name()).any(|name| name.to_string_lossy().starts_with("libsealane_testing-"))
}

/// A file that tests write to, which goes with this.
#[derive(Debug)]
pub(super) struct Scratch(pub(super) PathBuf);

impl Scratch {
    pub(super) fn new(what: &str) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("sealane-{what}-{}.jsonl", std::process::id()));
        fs::write(&path, "").with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self(path))
    }

    /// What stands in it, line by line.
    pub(super) fn read<T: for<'d> Deserialize<'d>>(&self) -> anyhow::Result<Vec<T>> {
        let text =
            fs::read_to_string(&self.0).with_context(|| format!("cannot read {}", self.0.display()))?;
        let lines =
            text.lines().map(|line| serde_json::from_str(line).context("the tests wrote something else"));
        lines.collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Whether it is still there does not matter.
        let _ = fs::remove_file(&self.0);
    }
}

/// An instruction that a test sent.
#[derive(Debug, Deserialize)]
struct Sent {
    test: String,
    instruction: String,
    units: u64,
    ok: bool,
}

/// What the command found, for machines.
#[derive(Debug, Serialize)]
struct Report<'s> {
    /// Whether all tests passed.
    passed: bool,
    instructions: Vec<Units<'s>>,
}

/// What an instruction cost in a test.
#[derive(Debug, Serialize)]
struct Units<'s> {
    test: &'s str,
    instruction: &'s str,
    /// How often the test sent it.
    sent: usize,
    failed: usize,
    units_least: u64,
    units_most: u64,
}

/// Units by test and instruction, in the order of their names.
fn by_instruction(lines: &[Sent]) -> Vec<Units<'_>> {
    let mut groups: BTreeMap<(&str, &str), Units<'_>> = BTreeMap::new();
    for Sent { test, instruction, units, ok } in lines {
        let new = Units { test, instruction, sent: 0, failed: 0, units_least: u64::MAX, units_most: 0 };
        let group = groups.entry((test, instruction)).or_insert(new);
        group.sent += 1;
        group.failed += usize::from(!ok);
        group.units_least = group.units_least.min(*units);
        group.units_most = group.units_most.max(*units);
    }
    groups.into_values().collect()
}

fn table(instructions: &[Units<'_>]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["test", "instruction", "sent", "failed", "units least", "most"]);
    let mut last = "";
    for Units { test, instruction, sent, failed, units_least, units_most } in instructions {
        let shown = if *test == last { "" } else { test };
        last = test;
        let failed = if *failed == 0 { String::new() } else { failed.to_string() };
        let [sent, least, most] = [&(*sent as u64), units_least, units_most].map(u64::to_string);
        table.add_row([shown, instruction, &sent, &failed, &least, &most]);
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Refuses a filter that no test's name contains.
pub(super) fn ensure_any<T>(found: &[T], filter: &str) -> anyhow::Result<()> {
    ensure!(
        !found.is_empty(),
        "no test whose name contains {filter:?} sent a transaction by sealane-testing"
    );
    Ok(())
}
