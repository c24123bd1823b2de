//! What `sealane new` makes, of every template: it builds, says what it is, and built again in another folder it has the same bytes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The templates, as the command line names them.
const TEMPLATES: [&str; 3] = ["counter", "token-gated", "dex-like"];

/// A folder whose projects share what cargo compiles of dependencies, and nothing with those of other folders.
fn folder_of_projects(folder: PathBuf) -> PathBuf {
    fs::create_dir_all(folder.join(".cargo")).expect("the folder is ours");
    let config = format!("[build]\nbuild-dir = {:?}\n", folder.join("compiled"));
    fs::write(folder.join(".cargo/config.toml"), config).expect("the folder is ours");
    folder
}

/// Runs the command in `folder`; gives what it prints.
#[track_caller]
fn sealane(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sealane"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary runs");
    let (text, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{arguments:?}\n{text}{errors}");
    text.into_owned()
}

/// Copies a project as somebody has it who gets it from its author: without what was built, and without the key.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder is ours");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let path = entry.expect("it is read").path();
        let name = path.file_name().expect("it has a name");
        if name == "target" || name == "program-keypair.json" {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).expect("it is copied");
        }
    }
}

/// The value of a line of what `sealane build` prints.
#[track_caller]
fn line<'a>(printed: &'a str, name: &str) -> &'a str {
    let value = printed.lines().find_map(|line| line.strip_prefix(name));
    value.unwrap_or_else(|| panic!("no {name} in {printed}")).trim()
}

#[test]
fn every_template_is_the_same_in_every_folder() {
    let place = tempfile::tempdir().expect("a folder");
    let author = folder_of_projects(place.path().join("author"));
    let other = folder_of_projects(place.path().join("somebody/else"));
    for template in TEMPLATES {
        let name = format!("my-{template}");
        sealane(&author, &["new", &name, "--template", template]);
        copy(&author.join(&name), &other.join(&name));
        let built = sealane(&author.join(&name), &["build"]);
        assert_eq!(line(&built, "idl"), "embedded");
        // Exits with 1 if it has another hash.
        let again = sealane(&other.join(&name), &["build", "--verify", line(&built, "sha256")]);
        let modules = [&built, &again].map(|printed| PathBuf::from(line(printed, "module")));
        assert_ne!(modules[0], modules[1]);
        let bytes = modules.map(|module| fs::read(module).expect("the module"));
        assert_eq!(bytes[0], bytes[1], "{template}");
        let text = String::from_utf8_lossy(&bytes[0]);
        let own = place.path().to_string_lossy();
        assert!(!text.contains(&*own), "{template}: the module holds the path of its folder");
    }
}

/// Sums began again at zero in release builds, unnoticed: cargo checks them only where a manifest says so.
#[test]
fn arithmetic_is_checked() {
    let place = tempfile::tempdir().expect("a folder");
    let projects = folder_of_projects(place.path().join("projects"));
    sealane(&projects, &["new", "sums"]);
    let source = projects.join("sums/src/lib.rs");
    let text = fs::read_to_string(&source).expect("the source");
    let checked = "counter.count.checked_add(by).ok_or(CounterError::TooMuch)?";
    assert!(text.contains(checked), "{text}");
    fs::write(&source, text.replace(checked, "counter.count + by")).expect("the folder is ours");
    let built = sealane(&projects.join("sums"), &["build"]);
    let module = fs::read(line(&built, "module")).expect("the module");
    assert!(String::from_utf8_lossy(&module).contains("attempt to add with overflow"));
}
