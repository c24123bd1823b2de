//! Builds one program with a nested cargo, for the build script, for `src/native.rs` and, with Solana's flags, for
//! `src/solana/`. The result depends on the sources, `Cargo.lock`, the profile and the compiler, and on nothing else: not on
//! flags meant for the host, nor on the folder that the sources lie in.

use crate::target::{TRIPLE, compiler_command};
use crate::toolchain;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The profile in the root `Cargo.toml`.
const PROFILE: &str = "program";

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

/// A module to build.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    /// The workspace's folder.
    pub(crate) folder: &'a Path,
    /// Where cargo runs, and finds which toolchain and settings are to be used.
    pub(crate) run_in: &'a Path,
    /// The folder whose path must not stand in the module. Builds that share a target directory share this too, or each compiles
    /// the others' dependencies anew.
    pub(crate) hidden: &'a Path,
    pub(crate) target_directory: &'a Path,
    pub(crate) package: &'a str,
    pub(crate) profile: Profile,
    /// What cargo is told besides.
    pub(crate) cargo_arguments: &'a [String],
    /// What the compiler is told last.
    pub(crate) more_flags: &'a [&'a str],
    /// Whether the lock file must fit as it is.
    pub(crate) is_locked: bool,
}

/// How the compiler optimises.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code, reason = "the build script knows one of them")]
pub(crate) enum Profile {
    /// As the workspace's profile `program` says.
    Declared,
    /// As its profile `release` says, with what matters for a program set to the same as in the root `Cargo.toml`.
    Release,
}

/// What [`Profile::Release`] sets.
const RELEASE_SETTINGS: [&str; 6] = [
    "profile.release.opt-level=3",
    "profile.release.debug=false",
    "profile.release.lto=\"fat\"",
    "profile.release.codegen-units=1",
    "profile.release.panic=\"abort\"",
    "profile.release.strip=\"debuginfo\"",
];

/// Builds the library of a package as a WebAssembly module; tells where the module is.
///
/// # Errors
/// A sentence that names the program, if cargo fails; cargo has printed why by then.
pub(crate) fn build(job: &Job<'_>) -> Result<PathBuf, String> {
    let (result, words) = run(job);
    eprint!("{words}");
    result
}

/// Builds the same and prints nothing; what cargo says comes back beside the result.
pub(crate) fn run(job: &Job<'_>) -> (Result<PathBuf, String>, String) {
    let Job { package, target_directory, .. } = *job;
    let mut command = cargo_command(job.run_in);
    // The crates are a library for the host's tests as well; asking for the module alone is what lets LTO run.
    command
        .args(["rustc", "--quiet", "--lib", "--crate-type", "cdylib"])
        .args(["--package", package, "--target", TRIPLE])
        .arg("--manifest-path")
        .arg(job.folder.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target_directory)
        .env("CARGO_ENCODED_RUSTFLAGS", encode(&compiler_flags(job)));
    command.args(job.cargo_arguments);
    if job.is_locked {
        command.arg("--locked");
    }
    if std::io::stderr().is_terminal() {
        command.args(["--color", "always"]);
    }
    let profile = match job.profile {
        Profile::Declared => PROFILE,
        Profile::Release => {
            command.args(RELEASE_SETTINGS.iter().flat_map(|setting| ["--config", setting]));
            "release"
        }
    };
    let output = match command.args(["--profile", profile]).stderr(Stdio::piped()).output() {
        Ok(output) => output,
        Err(error) => {
            return (Err(format!("cannot run cargo for the program {package}: {error}")), String::new());
        }
    };
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return (
            Err(format!("the program {package} does not build for {TRIPLE}; cargo has said why")),
            words,
        );
    }
    let file = format!("{}.wasm", package.replace('-', "_"));
    (Ok(target_directory.join(TRIPLE).join(profile).join(file)), words)
}

/// Cargo in `folder`, without the variables that are meant for the host's build.
pub(crate) fn cargo_command(folder: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    if let Some(replacement) = toolchain::replacement(folder) {
        command.env(toolchain::VARIABLE, replacement.used);
    }
    for (name, _) in env::vars_os() {
        if is_of_host_build(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    command
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
fn compiler_flags(job: &Job<'_>) -> Vec<OsString> {
    let Job { run_in, hidden, more_flags, .. } = *job;
    let mut flags: Vec<OsString> =
        LINKER_ARGUMENTS.iter().map(|argument| format!("-Clink-arg={argument}").into()).collect();
    // Paths stand in panic messages. The last prefix that fits is taken, so the widest come first.
    flags.push(remap(hidden, "/sealane"));
    for registry in registries() {
        flags.push(remap(&registry, "/registry"));
    }
    if let Some(sources) = standard_library_sources(run_in) {
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
fn standard_library_sources(folder: &Path) -> Option<PathBuf> {
    let output = compiler_command(folder).args(["--print", "sysroot"]).output().ok()?;
    let printed = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| Path::new(printed.trim()).join("lib/rustlib/src/rust"))
}

/// Flags in cargo's encoding: separated by the byte 0x1f, so that paths may contain spaces.
pub(crate) fn encode(flags: &[OsString]) -> OsString {
    flags.join(OsString::from("\u{1f}").as_os_str())
}
