//! `sealane build`: a crate becomes a module, native or Solana's; and what other commands need of that.

mod crates;
mod idl;
mod module;
mod report;

use super::check;
use anyhow::{Context, bail, ensure};
use clap::Args;
use crates::{Crate, Kind};
use report::Report;
use sealane_artifacts::cargo::Features;
use sealane_artifacts::solana::Applied;
use sealane_artifacts::{native, solana, toolchain};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(crate) use module::idl_section;
pub(crate) use module::{Sections, sections};

/// Build a program: the module that a node deploys.
#[derive(Args, Debug)]
pub(crate) struct BuildCommand {
    /// Folder of the program's crate, or of a workspace with one program
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Features of the program's crate, as cargo takes them
    #[arg(long, value_name = "FEATURES", value_delimiter = ',')]
    features: Vec<String>,
    /// Leave out the crate's default features
    #[arg(long)]
    no_default_features: bool,
    /// Embed this description, which Anchor wrote: target/idl/NAME.json
    #[arg(long, value_name = "FILE")]
    idl: Option<PathBuf>,
    /// Also copy the module into this folder
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Fail unless the module has this SHA-256, in hexadecimal
    #[arg(long, value_name = "HASH", value_parser = parse_hash)]
    verify: Option<String>,
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
}

/// A program that was built.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    /// The package's name.
    pub(crate) name: String,
    /// Which ABI it was written for.
    pub(crate) kind: Kind,
    /// Where the module is.
    pub(crate) module: PathBuf,
    /// The module.
    pub(crate) bytes: Vec<u8>,
    /// What the program says of itself to clients, as JSON, if it is declared with the macros.
    pub(crate) idl: Option<String>,
    /// What had to be patched of its dependencies.
    pub(crate) patches: Vec<Applied>,
    /// What else was done differently than its author may expect, and why.
    pub(crate) notes: Vec<String>,
}

impl BuildCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let features = Features { named: self.features.clone(), no_default: self.no_default_features };
        let built = build_with(&self.path, &features, self.idl.as_deref())?;
        if let Some(folder) = &self.out {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            let copy = folder.join(built.module.file_name().context("the module has a name")?);
            fs::write(&copy, &built.bytes).with_context(|| format!("cannot write {}", copy.display()))?;
        }
        let report = Report::new(&built, self.verify.as_deref())?;
        if self.json {
            report.print_json()?
        } else {
            report.print_lines()
        }
        Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Builds the program in `folder` with its default features. Says on stderr what it is at; cargo and the compiler say there why they
/// fail.
///
/// # Errors
/// There is not exactly one program, it does not build, or a file cannot be written.
pub(crate) fn build(folder: &Path) -> anyhow::Result<Built> {
    build_with(folder, &Features::default(), None)
}

fn build_with(folder: &Path, features: &Features, given_idl: Option<&Path>) -> anyhow::Result<Built> {
    let program = Crate::find(folder)?;
    let target = program.folder();
    let words = anyhow::Error::msg;
    let mut notes = Vec::new();
    if let Some(replaced) = toolchain::replacement(&program.metadata.workspace_root) {
        notes.push(format!(
            "compiled by Rust {}: {} asks for {}, which is too old for modules",
            replaced.used,
            replaced.file.display(),
            replaced.asked
        ));
    }
    let name = &program.package.name;
    let first = if target.exists() { "" } else { "; the first time with all that it depends on" };
    eprintln!("Compiling {name} to WebAssembly{first}");
    let (linked, patches) = match program.kind {
        Kind::Native => {
            let folder = target.join("native");
            let module = native::build_in(&program.metadata, &program.package, features, &folder);
            (module.map_err(words)?, Vec::new())
        }
        Kind::Solana => {
            let folder = target.join("solana");
            let module = solana::build_in(&program.metadata, &program.package, features, &folder);
            let module = module.map_err(words)?;
            notes.extend(module.stand_in.map(|reason| format!("{}: {reason}", program.package.name)));
            (module.path, module.patches)
        }
    };
    let linked = fs::read(&linked).with_context(|| format!("cannot read {}", linked.display()))?;
    refuse_the_other_kind(&program, &linked)?;
    if program.kind == Kind::Solana && !module::exports(&linked, "entrypoint") {
        bail!(solana::without_entrypoint(&program.package));
    }
    let idl = match given_idl {
        Some(file) => Some(idl::given(file)?),
        None => idl::of(&program)?,
    };
    let bytes =
        module::with_sections(&program.metadata.workspace_root, linked, program.kind, idl.as_deref())?;
    let module = target.join(format!("{}.wasm", program.package.name));
    fs::write(&module, &bytes).with_context(|| format!("cannot write {}", module.display()))?;
    let Crate { package, kind, .. } = program;
    Ok(Built { name: package.name, kind, module, bytes, idl, patches, notes })
}

/// The IDL of the program in `folder`, as JSON; nothing if it is not declared with the macros.
///
/// # Errors
/// There is not exactly one program, or it does not build for this machine.
pub(crate) fn idl_of_crate(folder: &Path) -> anyhow::Result<Option<String>> {
    idl::of(&Crate::find(folder)?)
}

/// Refuses a module that does not speak the ABI which its crate was written for.
fn refuse_the_other_kind(program: &Crate, module: &[u8]) -> anyhow::Result<()> {
    let name = &program.package.name;
    if let Some(sign) = check::plain_build(module) {
        bail!("{name} was compiled as if for no chain at all: {sign}");
    }
    let imports = module::imports(module)?;
    let expected = match program.kind {
        Kind::Native => "sealane",
        Kind::Solana => "env",
    };
    let other = imports.iter().find(|(module, _)| module != expected);
    if let Some((module, import)) = other
        && ["sealane", "env"].contains(&module.as_str())
    {
        ensure!(
            false,
            "{name} is written for one ABI and imports {import:?} of another one, from {module:?}: it depends on both \
             sealane-sdk and Solana's crates, directly or not (cargo tree says where)"
        );
    }
    Ok(())
}

fn parse_hash(text: &str) -> Result<String, String> {
    let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("a SHA-256 has 64 hexadecimal digits".to_owned())
    }
}
