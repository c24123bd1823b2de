//! The node's page in Chromium: the suite in `tests/dashboard/`, run by Node's own test runner against a node of its own.
//!
//! It needs Node, npm and Chromium, and once the package that `package-lock.json` pins. Where these are missing the test says so
//! and passes, unless `CI` is set.

mod running;

use running::RunningNode;
use std::path::Path;
use std::process::Command;

/// Where Debian has it; `SEALANE_CHROMIUM` names another one.
const CHROMIUM: &str = "/usr/bin/chromium";

#[test]
fn the_page_works_in_a_browser() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/dashboard");
    let chromium = std::env::var("SEALANE_CHROMIUM").unwrap_or_else(|_| CHROMIUM.to_owned());
    if let Err(missing) = install(&folder, &chromium) {
        assert!(std::env::var_os("CI").is_none(), "{missing}, and CI demands the suite of tests/dashboard");
        eprintln!(
            "\n*** NOT TESTED in a browser: {missing}. Install Node 20 or newer, npm and Chromium. ***\n"
        );
        return;
    }
    let node = RunningNode::start("", &[]);
    let output = Command::new("node")
        .args(["--test", "--test-reporter=spec", "page.test.js"])
        .current_dir(&folder)
        .env("SEALANE_URL", node.url())
        .env("SEALANE_CHROMIUM", &chromium)
        .output()
        .expect("node runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("pass 8"), "the runner found other than eight tests:\n{text}");
}

/// Installs the package as the lock file pins it, if it is not there already.
fn install(folder: &Path, chromium: &str) -> Result<(), String> {
    for tool in ["node", "npm", chromium] {
        match Command::new(tool).arg("--version").output() {
            Ok(output) if output.status.success() => (),
            _ => return Err(format!("{tool} is not there")),
        }
    }
    let lock = std::fs::read(folder.join("package-lock.json")).map_err(|error| error.to_string())?;
    let installed = folder.join("node_modules/.installed-lock.json");
    if std::fs::read(&installed).is_ok_and(|of| of == lock) {
        return Ok(());
    }
    let output = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(folder)
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("npm cannot install the package: {}", String::from_utf8_lossy(&output.stderr)));
    }
    std::fs::write(installed, lock).map_err(|error| error.to_string())
}
