//! Makes sure that the compiler can build for WebAssembly: asks it where the target's libraries are, and has rustup
//! install them if they are not there.

use crate::toolchain;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The target that programs are built for.
pub(crate) const TRIPLE: &str = "wasm32-unknown-unknown";

/// Installs the target if the compiler in use lacks it.
///
/// # Errors
/// One sentence that says what to type, if rustup is not there or cannot install it.
pub(crate) fn ensure_installed(workspace: &Path) -> Result<(), String> {
    if is_installed(workspace) {
        return Ok(());
    }
    let used = toolchain::replacement(workspace).map(|replacement| replacement.used);
    let toolchain = used.or_else(|| env::var(toolchain::VARIABLE).ok());
    let reason = match install(workspace, toolchain.as_deref()) {
        Ok(()) if is_installed(workspace) => return Ok(()),
        Ok(()) => "rustup installed it, but not for this compiler".to_owned(),
        Err(reason) => reason,
    };
    let toolchain = toolchain.map_or_else(String::new, |name| format!(" --toolchain {name}"));
    Err(format!(
        "programs are built for {TRIPLE}, which this compiler lacks: type `rustup target add {TRIPLE}{toolchain}`, or see \
         \"Without rustup\" in README.md ({reason})"
    ))
}

/// Has rustup install the target; in case of failure tells why, in rustup's words.
fn install(workspace: &Path, toolchain: Option<&str>) -> Result<(), String> {
    let mut rustup = Command::new("rustup");
    rustup.current_dir(workspace).env("RUST_BACKTRACE", "0").args(["target", "add", TRIPLE]);
    if let Some(toolchain) = toolchain {
        rustup.args(["--toolchain", toolchain]);
    }
    let output = rustup.output().map_err(|error| format!("rustup does not run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let printed = String::from_utf8_lossy(&output.stderr);
    let reason = printed.lines().find_map(|line| line.strip_prefix("error: "));
    Err(format!("rustup could not install it: {}", reason.unwrap_or("it did not say why")))
}

/// Whether the compiler in use has the target's `core` library.
fn is_installed(workspace: &Path) -> bool {
    library_directory(workspace).is_some_and(|directory| {
        fs::read_dir(directory).is_ok_and(|entries| {
            entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
        })
    })
}

/// Where the compiler in use looks for the target's libraries; it answers for targets that are not installed too.
fn library_directory(workspace: &Path) -> Option<PathBuf> {
    let output =
        compiler_command(workspace).args(["--print", "target-libdir", "--target", TRIPLE]).output().ok()?;
    let printed = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| PathBuf::from(printed.trim()))
}

/// The compiler that cargo uses for this build, and will use for the nested one.
pub(crate) fn compiler() -> std::ffi::OsString {
    env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

/// That compiler, run as cargo runs it in `folder`.
pub(crate) fn compiler_command(folder: &Path) -> Command {
    let mut command = Command::new(compiler());
    command.current_dir(folder);
    if let Some(replacement) = toolchain::replacement(folder) {
        command.env(toolchain::VARIABLE, replacement.used);
    }
    command
}
