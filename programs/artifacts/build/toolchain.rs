//! Which toolchain compiles a crate: the one that its folder asks for, unless that is too old for modules.
//!
//! A program for Solana is compiled by the compiler that Solana's own tools bring along, whatever the crate's
//! `rust-toolchain.toml` says; many such files have named the same old version for years. In: a folder. Out: the name of the
//! toolchain to use instead, or nothing.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest stable version of Rust that compiles modules: the first with the edition of the wrappers.
const OLDEST_VERSION: (u32, u32) = (1, 85);
/// The nightly of the same day: year, month, day.
const OLDEST_NIGHTLY: [u32; 3] = [2025, 2, 20];
/// What rustup obeys before any file.
pub(crate) const VARIABLE: &str = "RUSTUP_TOOLCHAIN";

/// A toolchain that is used in the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The one that was asked for.
    pub asked: String,
    /// The file that asks for it.
    pub file: PathBuf,
    /// The one that is used.
    pub used: String,
}

/// What replaces the toolchain that `folder` asks for; nothing if that will do, or if there is no other one.
#[must_use]
pub fn replacement(folder: &Path) -> Option<Replacement> {
    if env::var_os(VARIABLE).is_some() {
        return None;
    }
    let folder = folder.canonicalize().ok()?;
    let (file, asked) = folder.ancestors().find_map(asked_in)?;
    if !is_too_old(&asked) {
        return None;
    }
    // Away from all such files rustup takes the user's default.
    let output = Command::new(crate::target::compiler())
        .args(["--print", "sysroot"])
        .current_dir(env::temp_dir())
        .output()
        .ok()?;
    let used = Path::new(String::from_utf8_lossy(&output.stdout).trim()).file_name()?.to_str()?.to_owned();
    (output.status.success() && !is_too_old(&used)).then_some(Replacement { asked, file, used })
}

/// The file in `folder` that asks for a toolchain, and its name.
fn asked_in(folder: &Path) -> Option<(PathBuf, String)> {
    ["rust-toolchain", "rust-toolchain.toml"].into_iter().find_map(|name| {
        let file = folder.join(name);
        let text = fs::read_to_string(&file).ok()?;
        Some((file, channel(&text)?))
    })
}

/// The channel that such a file names: in TOML, or on a line by itself as in the days before.
fn channel(text: &str) -> Option<String> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let value = |line: &str| {
        let value = line.strip_prefix("channel")?.trim_start().strip_prefix('=')?;
        value.split(['"', '\'']).nth(1).map(str::to_owned)
    };
    let first = lines.clone().next()?;
    if first.starts_with('[') || first.contains('=') {
        return lines.find_map(value);
    }
    Some(first.to_owned())
}

/// Whether a toolchain's name says that it is older than what compiles modules. A name without a version or a date is
/// taken for a new one.
fn is_too_old(name: &str) -> bool {
    let numbers = |text: &str, separator: char| -> Vec<u32> {
        text.split(separator).map_while(|part| part.parse().ok()).collect()
    };
    if let Some(date) = name.strip_prefix("nightly-").or_else(|| name.strip_prefix("beta-")) {
        return matches!(numbers(date, '-')[..], [year, month, day, ..] if [year, month, day] < OLDEST_NIGHTLY);
    }
    let version = name.split('-').next().unwrap_or_default();
    matches!(numbers(version, '.')[..], [major, minor, ..] if (major, minor) < OLDEST_VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_files_ask_for() {
        for (text, expected) in [
            ("1.75.0\n", Some("1.75.0")),
            ("[toolchain]\nchannel = \"1.79.0\"\ncomponents = [\"rustfmt\"]\n", Some("1.79.0")),
            (
                "# pinned\n[toolchain]\nprofile = 'minimal'\nchannel='nightly-2024-01-01'\n",
                Some("nightly-2024-01-01"),
            ),
            ("[toolchain]\npath = \"/opt/rust\"\n", None),
            ("", None),
        ] {
            assert_eq!(channel(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_too_old() {
        for old in
            ["1.75.0", "1.84.1-x86_64-unknown-linux-gnu", "1.59", "nightly-2024-11-19", "beta-2025-01-01"]
        {
            assert!(is_too_old(old), "{old}");
        }
        for new in [
            "1.85.0",
            "1.95.0-x86_64-unknown-linux-gnu",
            "stable",
            "nightly",
            "nightly-2025-02-20",
            "solana",
            "2.0",
        ] {
            assert!(!is_too_old(new), "{new}");
        }
    }
}
