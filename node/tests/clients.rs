//! Solana's published clients against the node: the suites in `tests/clients/`, run by Node's own test runner.
//!
//! They need Node and npm, and once the packages that `package-lock.json` pins. Where these are missing the test says so and passes,
//! unless `CI` is set.

mod running;

use running::RunningNode;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The address that the counter is declared for.
const COUNTER: &str = "Counter111111111111111111111111111111111111";

#[test]
fn solana_s_clients_work_unchanged() {
    let folder = suites();
    if let Err(missing) = install(&folder) {
        assert!(std::env::var_os("CI").is_none(), "{missing}, and CI demands the suites of tests/clients");
        eprintln!(
            "\n*** NOT TESTED with Solana's clients: {missing}. Install Node 20 or newer and npm. ***\n"
        );
        return;
    }
    let genesis = format!("[[programs]]\naddress = \"{COUNTER}\"\nmodule = \"counter.wasm\"\n");
    let node = RunningNode::start(&genesis, &[("counter.wasm", sealane_artifacts::COUNTER)]);
    let idl = node.path("counter.json");
    std::fs::write(&idl, sealane_counter::idl().to_json()).expect("the description is written");
    let idls = node.path("idls");
    std::fs::create_dir(&idls).expect("the folder is made");
    for described in described() {
        let path = idls.join(format!("{}.json", described.metadata.name));
        std::fs::write(path, described.to_json()).expect("the description is written");
    }
    let output = Command::new("node")
        .args(["--test", "--test-force-exit", "--test-timeout=120000", "--test-reporter=spec"])
        .current_dir(&folder)
        .env("SEALANE_URL", node.url())
        .env("SEALANE_WEBSOCKET_URL", node.websocket_url())
        .env("SEALANE_COUNTER_IDL", &idl)
        .env("SEALANE_IDLS", &idls)
        .output()
        .expect("node runs");
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(tests_passed(&text) >= 65, "the runner found too few tests:\n{text}");
}

/// The descriptions that other generators are given: those of the templates, and the one with groups and token accounts.
fn described() -> [sealane_sdk::idl::Idl; 4] {
    [
        sealane_counter::idl(),
        sealane_template_dex_like::idl(),
        sealane_template_token_gated::idl(),
        sealane_vault::idl(),
    ]
}

/// How many tests passed, by the runner's own count.
fn tests_passed(text: &str) -> usize {
    let count = |line: &str| {
        line.trim_start_matches(|c: char| !c.is_ascii()).trim().strip_prefix("pass ")?.parse().ok()
    };
    text.lines().find_map(count).unwrap_or(0)
}

fn suites() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/clients")
}

/// Installs the packages as the lock file pins them, if they are not there already.
fn install(folder: &Path) -> Result<(), String> {
    for tool in ["node", "npm"] {
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
        return Err(format!("npm cannot install the packages: {}", String::from_utf8_lossy(&output.stderr)));
    }
    std::fs::write(installed, lock).map_err(|error| error.to_string())
}
