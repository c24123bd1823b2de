//! `sealane client`: a typed client of a program, made from its description. The list of accounts is filled in: addresses
//! that the description derives or fixes need not be given, and each account has exactly the rights it must have.

mod model;
mod names;
mod rust;
mod typescript;
mod writer;

use super::idl;
use anyhow::Context;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

/// Make a client of a program.
#[derive(Debug, clap::Args)]
pub(crate) struct ClientCommand {
    /// The client's language
    #[arg(value_enum)]
    language: Language,
    /// The program's description: a JSON file, a module (.wasm), or the folder of its crate
    #[arg(default_value = ".")]
    source: PathBuf,
    /// The file to write; without it, the client is printed
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Language {
    /// A TypeScript module on `@solana/kit`
    Ts,
    /// A Rust module on `solana-instruction`
    Rust,
}

impl Language {
    /// What whoever uses a client must add to theirs, and how.
    const fn needs(self) -> &'static str {
        match self {
            Self::Ts => "@solana/kit (npm install @solana/kit)",
            Self::Rust => {
                "solana-instruction and solana-address (cargo add solana-instruction; cargo add solana-address --features curve25519)"
            }
        }
    }
}

impl ClientCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let description = idl::read(&self.source)?;
        let program = model::read(&description)
            .with_context(|| format!("no client can be made of {}", self.source.display()))?;
        let text = match self.language {
            Language::Ts => typescript::generate(&program)?,
            Language::Rust => rust::generate(&program)?,
        };
        match &self.out {
            None => print!("{text}"),
            Some(path) => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)
                        .with_context(|| format!("cannot make {}", folder.display()))?;
                }
                fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
                eprintln!("Wrote {}, which needs {}", path.display(), self.language.needs());
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
