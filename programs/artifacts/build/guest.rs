//! Builds one program with a nested cargo, for the build script and, with Solana's flags, for `src/solana.rs`. The result depends on the sources, `Cargo.lock`, the profile `program` and
//! the compiler, and on nothing else: not on flags meant for the host, nor on the folder that the sources lie in.

use crate::target::{TRIPLE, compiler};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The profile in the root `Cargo.toml`.
const PROFILE: &str = "program";

/// The same profile, for workspaces of others: what cargo is told weighs more than what a manifest says, and says the same here.
const PROFILE_SETTINGS: [&str; 7] = [
    "inherits=\"release\"",
    "opt-level=3",
    "debug=false",
    "lto=\"fat\"",
    "codegen-units=1",
    "panic=\"abort\"",
    "strip=\"debuginfo\"",
];

/// What the linker is told.
///
/// Instances of programs with small memories are kept between calls, so the stack is small. `--stack-first` is rustc's default: a
/// stack that overflows traps at address 0. Nothing is said of the memory's size: the linker's default is the fewest
/// pages that hold stack and static data.
const LINKER_ARGUMENTS: [&str; 2] = ["-zstack-size=16384", "--export=__heap_base"];

/// Variables of cargo's own that say where things are or how they are shown; every other one is for the host's build.
const KEPT_VARIABLES: [&str; 3] = ["CARGO", "CARGO_HOME", "CARGO_MAKEFLAGS"];
/// The same, as beginnings of names.
const KEPT_PREFIXES: [&str; 5] =
    ["CARGO_NET_", "CARGO_HTTP_", "CARGO_REGISTR", "CARGO_SOURCE_", "CARGO_TERM_"];
/// Variables that change what the compiler does and whose names do not begin with `CARGO_`.
const HOST_VARIABLES: [&str; 5] =
    ["RUSTFLAGS", "RUSTDOCFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "CLIPPY_ARGS"];

/// Builds the library of `package` as a WebAssembly module; tells where the module is. The compiler is told `more_flags`
/// last.
///
/// # Errors
/// A sentence that names the program, if cargo fails; cargo has printed why by then.
pub(crate) fn build(
    workspace: &Path,
    target_directory: &Path,
    package: &str,
    more_flags: &[&str],
) -> Result<PathBuf, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    for (name, _) in env::vars_os() {
        if is_of_host_build(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    // The crates are a library for the host's tests as well; asking for the module alone is what lets LTO run.
    let status = command
        .current_dir(workspace)
        .args(["rustc", "--quiet", "--locked", "--lib", "--crate-type", "cdylib"])
        .args(["--package", package, "--target", TRIPLE, "--profile", PROFILE])
        .args(
            PROFILE_SETTINGS
                .iter()
                .flat_map(|setting| ["--config".to_owned(), format!("profile.{PROFILE}.{setting}")]),
        )
        .arg("--target-dir")
        .arg(target_directory)
        .env("CARGO_ENCODED_RUSTFLAGS", encode(&compiler_flags(workspace, more_flags)))
        .status()
        .map_err(|error| format!("cannot run cargo for the program {package}: {error}"))?;
    if !status.success() {
        return Err(format!("the program {package} does not build for {TRIPLE}; the reason stands below"));
    }
    let file = format!("{}.wasm", package.replace('-', "_"));
    Ok(target_directory.join(TRIPLE).join(PROFILE).join(file))
}

/// A folder for nested builds that all builds of the host share: the one of this name in the target directory.
///
/// Sharing saves building the programs again for each profile and for clippy. It must not be the target directory
/// itself, whose lock the outer cargo holds. Cargo marks the target directory, and those of targets in it, with a file.
pub(crate) fn target_directory(out: &Path, name: &str) -> PathBuf {
    let is_marked = |folder: &Path| folder.join("CACHEDIR.TAG").is_file();
    let Some(mut marked) = out.ancestors().find(|folder| is_marked(folder)) else {
        return out.join(name);
    };
    while let Some(parent) = marked.parent().filter(|parent| is_marked(parent)) {
        marked = parent;
    }
    marked.join(name)
}

fn is_of_host_build(name: &str) -> bool {
    let is_kept =
        KEPT_VARIABLES.contains(&name) || KEPT_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    HOST_VARIABLES.contains(&name) || (name.starts_with("CARGO_") && !is_kept)
}

/// What the compiler is told beyond the profile.
fn compiler_flags(workspace: &Path, more_flags: &[&str]) -> Vec<OsString> {
    let mut flags: Vec<OsString> =
        LINKER_ARGUMENTS.iter().map(|argument| format!("-Clink-arg={argument}").into()).collect();
    // Paths stand in panic messages. The last prefix that fits is taken, so the widest come first.
    flags.push(remap(workspace, "/sealane"));
    for registry in registries() {
        flags.push(remap(&registry, "/registry"));
    }
    if let Some(sources) = standard_library_sources() {
        flags.push(remap(&sources, "/rust"));
    }
    flags.extend(more_flags.iter().map(OsString::from));
    flags
}

fn remap(from: &Path, to: &str) -> OsString {
    let mut flag = OsString::from("--remap-path-prefix=");
    flag.push(from);
    flag.push("=");
    flag.push(to);
    flag
}

/// The folders that cargo unpacks dependencies into, one a registry.
fn registries() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let Some(entries) = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok()) else {
        return Vec::new();
    };
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    folders
}

/// Where the sources of `core` lie if they are installed; only then do their paths differ between machines.
fn standard_library_sources() -> Option<PathBuf> {
    let output = Command::new(compiler()).args(["--print", "sysroot"]).output().ok()?;
    let printed = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| Path::new(printed.trim()).join("lib/rustlib/src/rust"))
}

/// Flags in cargo's encoding: separated by the byte 0x1f, so that paths may contain spaces.
fn encode(flags: &[OsString]) -> OsString {
    flags.join(OsString::from("\u{1f}").as_os_str())
}
