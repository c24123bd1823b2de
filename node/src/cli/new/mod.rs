//! `sealane new`: a project for a program, which builds and passes its tests as it is.
//!
//! In: a name and a template; the templates are crates of this repository (`node/templates/`), tested as such and built into the
//! command. Out: a folder with a crate of that name, at an address of its own.

mod manifest;
mod templates;

use super::deploy::PROJECT_KEYPAIR_FILE;
use anyhow::{Context, bail, ensure};
use sealane_sdk::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use templates::Template;

/// Begin a project.
#[derive(Debug, clap::Args)]
pub(crate) struct NewCommand {
    /// The project's name, and the folder that is made for it
    name: PathBuf,
    /// What the program does at first
    #[arg(long, value_enum, default_value = "counter")]
    template: TemplateName,
    /// Folder with Sealane's sources, which the project depends on
    #[arg(long, value_name = "FOLDER")]
    sealane_path: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum TemplateName {
    /// A counter for each user
    Counter,
    /// A club that lets in who holds a token
    TokenGated,
    /// Pools of two tokens that anybody trades in
    DexLike,
}

impl TemplateName {
    const fn template(self) -> &'static Template {
        match self {
            Self::Counter => &templates::COUNTER,
            Self::TokenGated => &templates::TOKEN_GATED,
            Self::DexLike => &templates::DEX_LIKE,
        }
    }
}

impl NewCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let folder = &self.name;
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        check_name(name)?;
        let sources = sources(self.sealane_path.as_deref())?;
        ensure!(!folder.exists(), "{} is already there", folder.display());
        let template = self.template.template();
        let keypair = Keypair::new();
        let address = Address::new_from_array(keypair.pubkey().to_bytes());
        let write = |path: &str, text: &str| {
            let path = folder.join(path);
            let parent = path.parent().unwrap_or(folder);
            fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
        };
        write("Cargo.toml", &manifest::manifest(name, template, &sources))?;
        write("rust-toolchain.toml", manifest::TOOLCHAIN)?;
        write(".gitignore", &format!("/target\n/{PROJECT_KEYPAIR_FILE}\n/sealane-ledger\nnode_modules\n"))?;
        write("README.md", &manifest::readme(name, template))?;
        for (path, text) in template.files {
            write(path, &template.renamed(text, name, &address))?;
        }
        // The versions that everything here was tested with.
        fs::copy(sources.join("Cargo.lock"), folder.join("Cargo.lock"))
            .with_context(|| format!("cannot copy {}", sources.join("Cargo.lock").display()))?;
        fit_lock_file(folder)?;
        write_secret(
            &folder.join(PROJECT_KEYPAIR_FILE),
            &serde_json::Value::from(keypair.to_bytes().to_vec()).to_string(),
        )?;
        println!("{}: a program at {address}, whose key is program-keypair.json", folder.display());
        println!("\n    cd {}\n    sealane build\n    sealane test", folder.display());
        Ok(ExitCode::SUCCESS)
    }
}

/// Refuses names that cargo or Rust would refuse, before anything is written.
fn check_name(name: &str) -> anyhow::Result<()> {
    let plain =
        name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte));
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    ensure!(
        plain && begins,
        "{name:?} cannot be a crate's name: it begins with a small letter, and has small letters, digits, - and _"
    );
    let taken = [
        "test",
        "core",
        "std",
        "alloc",
        "proc_macro",
        "sealane-sdk",
        "sealane-testing",
        "self",
        "super",
        "crate",
    ];
    ensure!(!taken.contains(&name), "{name} is the name of something else; choose another");
    Ok(())
}

/// The folder with Sealane's sources: as told, or the one that this command was built from.
fn sources(told: Option<&Path>) -> anyhow::Result<PathBuf> {
    let is_source = |folder: &Path| {
        folder.join("sdk/testing/Cargo.toml").is_file() && folder.join("Cargo.lock").is_file()
    };
    let folder = match told {
        Some(folder) if is_source(folder) => folder,
        Some(folder) => {
            bail!("{} does not hold Sealane's sources: there is no sdk/testing in it", folder.display())
        }
        None => {
            let built_from = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new("/"));
            ensure!(
                is_source(built_from),
                "Sealane's sources are needed, and {}, which this command was built from, does not hold them any more: say \
                 where they are with --sealane-path FOLDER",
                built_from.display()
            );
            built_from
        }
    };
    folder.canonicalize().with_context(|| format!("cannot find {}", folder.display()))
}

/// Takes off the lock file what the project does not need, and adds the project; the versions stay as they are. The network is
/// only needed where cargo has never seen one of them.
fn fit_lock_file(folder: &Path) -> anyhow::Result<()> {
    let update = |arguments: &[&str]| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(folder).args(["update", "--workspace", "--quiet"]).args(arguments);
        command.output().context("cannot run cargo, which builds programs: https://rustup.rs installs it")
    };
    if update(&["--offline"])?.status.success() {
        return Ok(());
    }
    let output = update(&[])?;
    let words = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "cargo does not accept the new project in {}: {}",
        folder.display(),
        words.trim()
    );
    Ok(())
}

/// Writes a file that only its owner may read.
fn write_secret(path: &Path, text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("cannot write {}", path.display()))
}
