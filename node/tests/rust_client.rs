//! Solana's own Rust client against the node: a crate with a lock file of its own, in `tests/clients/rust/`, since what it is made of
//! is as much as all the rest.

mod running;

use running::RunningNode;
use std::path::Path;
use std::process::Command;

#[test]
fn solana_s_rust_client_works_unchanged() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = root.join("target/rust-client");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--locked", "--quiet", "--target-dir"])
        .arg(&target)
        .current_dir(root.join("tests/clients/rust"))
        .status()
        .expect("cargo runs");
    assert!(built.success(), "the client builds");
    let node = RunningNode::start("", &[]);
    let output = Command::new(target.join("debug/sealane-rust-client")).arg(node.url()).output();
    let output = output.expect("the client runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
