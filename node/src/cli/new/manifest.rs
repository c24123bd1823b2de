//! What a project has beside its sources: the manifest, the toolchain, a page that says what to type.

use super::templates::Template;
use std::path::Path;

/// The toolchain's file: the target that programs are built for comes with it.
pub(super) const TOOLCHAIN: &str =
    "[toolchain]\nchannel = \"1.95.0\"\ntargets = [\"wasm32-unknown-unknown\"]\n";

/// The project's `Cargo.toml`.
pub(super) fn manifest(name: &str, template: &Template, sources: &Path) -> String {
    let path = |folder: &str| toml::Value::from(sources.join(folder).to_string_lossy().into_owned());
    let description = toml::Value::from(template.description);
    format!(
        r#"[package]
name = "{name}"
description = {description}
version = "0.1.0"
edition = "2024"
publish = false

[lib]
crate-type = ["lib", "cdylib"]

[features]
# Builders of instructions and the description, for clients and tests. The program itself never turns it on.
host = ["sealane-sdk/host"]

[dependencies]
sealane-sdk = {{ path = {sdk}, features = ["macros"] }}

[dev-dependencies]
sealane-testing = {{ path = {testing} }}

# Tests run a whole ledger in their own process, and compile your program for it: without some optimisation that takes
# seconds a test. Macros and build scripts are not worth it (`package."*"` would optimise them too, which costs
# minutes); nor are files for a second, incremental build of what never changes.
[profile.dev]
opt-level = 1
debug = false
incremental = false

# Your own code: backtraces have its lines.
[profile.dev.package.{name}]
debug = "line-tables-only"

# A sum that is too large stops your program, instead of beginning again at zero.
[profile.release.package.{name}]
overflow-checks = true

# A project of its own, wherever it lies.
[workspace]
"#,
        sdk = path("sdk"),
        testing = path("sdk/testing"),
    )
}

/// The project's `README.md`.
pub(super) fn readme(name: &str, template: &Template) -> String {
    let module = format!("target/sealane/{name}.wasm");
    format!(
        "# {name}\n\n{}.\n\n    sealane build                    # {module}\n    \
         sealane test                     # the tests in tests/, on a ledger in their own process\n    \
         sealane profile --test NAME      # where the units of a test's transactions go\n    \
         sealane node --faucet            # in another terminal: a node on this machine\n    \
         sealane keygen new               # a wallet, if you have none\n    \
         sealane airdrop 10               # SOL for it, from the node's faucet\n    \
         sealane deploy {module}\n    \
         sealane client ts --out client/{name}.ts\n\n\
         `program-keypair.json` is the key of the program's address: whoever has it can deploy there first.\n",
        template.description
    )
}
