//! What a declared program says of itself: a small crate is generated that prints it, and run on this machine.

use super::crates::{Crate, Kind};
use anchor_lang_idl_spec::Idl;
use anyhow::{Context, bail};
use sealane_artifacts::cargo;
use std::fs;
use std::path::Path;

/// The feature that turns the description on.
const FEATURE: &str = "host";

/// The IDL of a program as JSON; nothing if it has none.
pub(super) fn of(program: &Crate) -> anyhow::Result<Option<String>> {
    let Crate { metadata, package, kind } = program;
    let Some(library) = package.library() else { return Ok(None) };
    let can_be_used = library.kind.iter().any(|kind| kind == "lib" || kind == "rlib");
    let sources = package.folder().join("src");
    let is_declared =
        *kind == Kind::Native && package.features.contains_key(FEATURE) && mentions(&sources, "#[program")?;
    if !is_declared {
        return Ok(None);
    }
    if !can_be_used {
        bail!(
            "{0} is declared, but nothing can depend on it to read that: write crate-type = [\"cdylib\", \"lib\"] under [lib]",
            package.name
        );
    }
    let folder = program.folder().join("idl").join(&package.name);
    eprintln!("Reading what {} says of itself", package.name);
    let manifest = format!(
        "# Generated.\n[package]\nname = \"{name}-idl\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n\
         [dependencies]\n{name} = {{ path = {path:?}, features = [{FEATURE:?}] }}\n",
        name = package.name,
        path = package.folder(),
    );
    let main = format!(
        "//! Generated: prints what the program says of itself.\n\nfn main() {{\n    print!(\"{{}}\", {}::idl().to_json());\n}}\n",
        library.name.replace('-', "_")
    );
    let write = || -> std::io::Result<()> {
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/main.rs"), main)?;
        fs::copy(metadata.workspace_root.join("Cargo.lock"), folder.join("Cargo.lock")).map(drop)
    };
    write().with_context(|| format!("cannot write {}", folder.display()))?;
    cargo::run_host_crate(&metadata.workspace_root, &folder, &program.folder().join("idl/target"))
        .map(Some)
        .map_err(anyhow::Error::msg)
        .with_context(|| format!("the description of {} cannot be made", package.name))
}

/// A description that the program's author has as a file, in the format that Anchor writes since 0.30.
///
/// # Errors
/// The file cannot be read, or holds something else.
pub(super) fn given(file: &Path) -> anyhow::Result<String> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    if let Err(error) = serde_json::from_str::<Idl>(&text) {
        let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        if value.get("instructions").is_some()
            && value.get("metadata").and_then(|data| data.get("spec")).is_none()
        {
            bail!(
                "{} is a description as Anchor wrote them before 0.30, without discriminators: `anchor idl convert` makes a new one \
                 of it",
                file.display()
            );
        }
        return Err(error)
            .with_context(|| format!("{} is no description in Anchor's format", file.display()));
    }
    Ok(text.trim_end().to_owned())
}

/// Whether a source in `folder` has these words.
fn mentions(folder: &Path, words: &str) -> anyhow::Result<bool> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let found = if path.is_dir() {
            mentions(&path, words)?
        } else {
            path.extension().is_some_and(|extension| extension == "rs")
                && fs::read_to_string(&path)?.contains(words)
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}
