//! `sealane build` on programs for Solana as their authors leave them: libraries that can only be linked, allocators that know
//! Solana's addresses, entrypoints behind features; and what is said of crates that cannot become a program.

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A program that depends on nothing: it logs its instruction data.
const PROGRAM: &str = "unsafe extern \"C\" {\n    fn sol_log_(text: *const u8, size: u64);\n}\n\n\
    #[unsafe(no_mangle)]\npub unsafe extern \"C\" fn entrypoint(_input: *mut u8) -> u64 {\n    \
    unsafe { sol_log_(\"here\".as_ptr(), 4) };\n    0\n}\n";
const MODULE: &str = "[lib]\ncrate-type = [\"cdylib\"]\n";
const BOTH: &str = "[lib]\ncrate-type = [\"cdylib\", \"lib\"]\n";
const LIBRARY: &str = "pub fn nothing() {}\n";

/// Writes a package that is its own workspace, unless it lies in another's folder.
fn package(folder: &Path, name: &str, manifest: &str, source: &str) {
    fs::create_dir_all(folder.join("src")).expect("the folder is made");
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{manifest}\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("the manifest is written");
    fs::write(folder.join("src/lib.rs"), source).expect("the source is written");
}

fn build(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sealane"))
        .arg("build")
        .arg(folder)
        .args(arguments)
        .output()
        .expect("the binary runs")
}

/// The report of a build that succeeds.
fn report(folder: &Path, arguments: &[&str]) -> Value {
    let output = build(folder, &[arguments, &["--json"]].concat());
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// What is said of a crate that does not become a program, at the end.
fn refusal(folder: &Path, arguments: &[&str]) -> String {
    let output = build(folder, arguments);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    words.rsplit_once("error: ").map_or(words.clone(), |(_, last)| last.to_owned())
}

#[track_caller]
fn assert_says(words: &str, parts: &[&str]) {
    for part in parts {
        assert!(words.contains(part), "{part:?} is not in {words}");
    }
}

#[test]
fn what_can_only_be_linked_and_has_an_allocator_of_its_own() {
    let place = tempfile::tempdir().expect("a folder");
    package(place.path(), "linked", MODULE, PROGRAM);
    let linked = report(place.path(), &[]);
    assert_eq!((&linked["abi"], &linked["notes"].as_array().map(Vec::len)), (&"solana".into(), &Some(1)));
    assert_says(&linked["notes"][0].to_string(), &["linked", "only a cdylib"]);

    let allocator = "use std::alloc::{GlobalAlloc, Layout};\n\nstruct Bump;\n\n// A comment.\n#[global_allocator]\n\
        static HEAP: Bump = Bump;\n\nconst START: usize = 0x300000000;\n\nunsafe impl GlobalAlloc for Bump {\n    \
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {\n        (START + layout.size()) as *mut u8\n    }\n    \
        unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}\n}\n";
    let place = tempfile::tempdir().expect("a folder");
    package(place.path(), "own-heap", BOTH, &format!("{allocator}\n{PROGRAM}"));
    let replaced = report(place.path(), &[]);
    assert_says(
        &replaced["notes"][0].to_string(),
        &["own-heap", "allocator begins at an address of Solana's"],
    );
}

#[test]
fn entrypoints_behind_features() {
    let place = tempfile::tempdir().expect("a folder");
    let gated = PROGRAM.replace("#[unsafe", "#[cfg(feature = \"bpf-entrypoint\")]\n#[unsafe");
    package(place.path(), "gated", &format!("{BOTH}\n[features]\nbpf-entrypoint = []\n"), &gated);
    assert_says(
        &refusal(place.path(), &[]),
        &["gated has its entrypoint only with a feature", "--features bpf-entrypoint"],
    );
    report(place.path(), &["--features", "bpf-entrypoint"]);

    let place = tempfile::tempdir().expect("a folder");
    let gated = PROGRAM.replace("#[unsafe", "#[cfg(not(feature = \"no-entrypoint\"))]\n#[unsafe");
    let manifest = format!("{BOTH}\n[features]\ndefault = [\"no-entrypoint\"]\nno-entrypoint = []\n");
    package(place.path(), "shy", &manifest, &gated);
    assert_says(&refusal(place.path(), &[]), &["shy has no entrypoint by default", "--no-default-features"]);
    report(place.path(), &["--no-default-features"]);
}

#[test]
fn crates_that_cannot_be_programs() {
    let place = tempfile::tempdir().expect("a folder");
    let root = place.path();
    let depending = |name: &str| format!("{BOTH}\n[dependencies]\n{name} = {{ path = \"{name}\" }}\n");
    let using = |name: &str| format!("pub use {} as needed;\n{PROGRAM}", name.replace('-', "_"));
    let inner = |folder: &Path, name: &str, manifest: &str, source: &str| {
        package(folder, name, manifest, source);
        // It belongs to the workspace of who depends on it.
        let path = folder.join("Cargo.toml");
        let text = fs::read_to_string(&path).expect("the manifest").replace("[workspace]\n", "");
        fs::write(path, text).expect("the manifest is written");
    };

    let folder = root.join("no-entrypoint-at-all");
    let declared = PROGRAM.split("#[unsafe").next().expect("the first half");
    package(&folder, "plain-library", BOTH, &format!("{declared}\n{LIBRARY}"));
    assert_says(&refusal(&folder, &[]), &["plain-library compiles, but has no entrypoint", "entrypoint!("]);

    let folder = root.join("two-programs");
    package(&folder, "caller", &depending("callee"), &using("callee"));
    inner(&folder.join("callee"), "callee", &format!("{BOTH}\n[features]\nno-entrypoint = []\n"), PROGRAM);
    assert_says(
        &refusal(&folder, &[]),
        &["caller cannot be built: callee is a program too", "no-entrypoint"],
    );

    let folder = root.join("c-library");
    package(&folder, "packer", &depending("some-sys"), &using("some-sys"));
    inner(&folder.join("some-sys"), "some-sys", "", LIBRARY);
    fs::write(folder.join("some-sys/build.rs"), "fn main() {\n    panic!(\"no compiler\");\n}\n")
        .expect("a script");
    let words =
        ["packer cannot be built: its dependency some-sys 0.1.0", "another language", "[dev-dependencies]"];
    assert_says(&refusal(&folder, &[]), &words);

    // A client: what it needs is needed by a dependency of it.
    let folder = root.join("client");
    package(&folder, "watcher", &depending("helper"), &using("helper"));
    let helper = "[dependencies]\ntokio = { path = \"../tokio\" }\n";
    inner(&folder.join("helper"), "helper", helper, "pub use tokio;\n");
    inner(&folder.join("tokio"), "tokio", "", "compile_error!(\"there is no operating system\");\n");
    let words = [
        "watcher cannot be built: its dependency tokio 0.1.0 (needed through helper)",
        "needs a network",
        "helper",
    ];
    assert_says(&refusal(&folder, &[]), &words);

    let folder = root.join("binary");
    fs::create_dir_all(folder.join("src")).expect("the folder is made");
    fs::write(
        folder.join("Cargo.toml"),
        "[package]\nname = \"tool\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nsolana-pubkey = \"4\"\n\n[workspace]\n",
    )
    .expect("the manifest is written");
    fs::write(folder.join("src/main.rs"), "fn main() {}\n").expect("the source is written");
    assert_says(&refusal(&folder, &[]), &["tool has no library to make a module of", "cdylib"]);
}

#[test]
fn one_program_among_libraries() {
    let place = tempfile::tempdir().expect("a folder");
    let root = place.path();
    package(&root.join("program"), "program", BOTH, PROGRAM);
    package(&root.join("types"), "types", "", &format!("{PROGRAM}\n{LIBRARY}"));
    for member in ["program", "types"] {
        let path = root.join(member).join("Cargo.toml");
        let text = fs::read_to_string(&path).expect("the manifest").replace("[workspace]\n", "");
        fs::write(path, text).expect("the manifest is written");
    }
    fs::write(root.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"program\", \"types\"]\n")
        .expect("the manifest is written");
    assert_eq!(report(root, &[])["name"], "program");
}

#[test]
fn a_description_that_anchor_wrote() {
    let place = tempfile::tempdir().expect("a folder");
    package(place.path(), "described", BOTH, PROGRAM);
    let path = place.path().join("described.json");
    let argument = path.to_str().expect("a plain path");
    let idl = r#"{"address":"Vau1t11111111111111111111111111111111111111","metadata":{"name":"described","version":"0.1.0","spec":"0.1.0"},"instructions":[]}"#;
    fs::write(&path, idl).expect("the description is written");
    let built = report(place.path(), &["--idl", argument]);
    assert_eq!(built["has_idl"], true);
    let printed = Command::new(env!("CARGO_BIN_EXE_sealane"))
        .arg("idl")
        .arg(built["module"].as_str().expect("a path"))
        .output()
        .expect("the binary runs");
    assert_eq!(String::from_utf8_lossy(&printed.stdout).trim(), idl);

    fs::write(&path, r#"{"version":"0.1.0","name":"described","instructions":[]}"#)
        .expect("the description is written");
    assert_says(&refusal(place.path(), &["--idl", argument]), &["before 0.30", "anchor idl convert"]);
    fs::write(&path, "[]").expect("the description is written");
    assert_says(&refusal(place.path(), &["--idl", argument]), &["no description in Anchor's format"]);
}
