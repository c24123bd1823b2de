//! What the tests stand on: a home directory, and the binary run in it.

use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// Somebody with a home directory.
pub(crate) struct Desk {
    home: TempDir,
    url: Option<String>,
}

impl Desk {
    /// Somebody who has nothing yet.
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().expect("a folder is made"), url: None }
    }

    /// Somebody with a keypair, whose configuration file names a node.
    pub(crate) fn at(url: &str) -> Self {
        let desk = Self { url: Some(url.to_owned()), ..Self::new() };
        desk.ok(&["keygen", "new", "--no-passphrase", "--silent"]);
        desk.write(
            ".config/solana/cli/config.yml",
            format!("---\njson_rpc_url: \"{url}\"\nwebsocket_url: \"\"\nkeypair_path: {}\ncommitment: confirmed\n",
                desk.path(".config/solana/id.json").display()),
        );
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes a file into the home directory.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        let folder = path.parent().expect("the home directory is above it");
        std::fs::create_dir_all(folder).expect("the folder is made");
        std::fs::write(&path, bytes).expect("the file is written");
        path
    }

    /// The command, not run yet.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sealane"));
        command.args(arguments).current_dir(self.home.path()).env("HOME", self.home.path());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).stdin(Stdio::null()).output().expect("the binary runs")
    }

    /// Runs it with `input` on its standard input.
    pub(crate) fn fed(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        child.stdin.take().expect("it has an input").write_all(input.as_bytes()).expect("it reads its input");
        child.wait_with_output().expect("it ends")
    }

    /// What a command that succeeds prints.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?} at {:?}: {}", self.url, errors(&output));
        prints(&output)
    }

    /// As [`Self::ok`], with `--json`.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let text = self.ok(&[arguments, &["--json"]].concat());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {text}"))
    }

    /// What a command that fails says.
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?} succeeds: {}", prints(&output));
        errors(&output)
    }

    /// The address of a keypair file in the home directory.
    pub(crate) fn address(&self, name: &str) -> String {
        self.ok(&["keygen", "pubkey", text(&self.path(name))]).trim().to_owned()
    }

    pub(crate) fn lamports(&self, address: &str) -> u64 {
        self.json(&["balance", address])["lamports"].as_u64().expect("a balance is a number")
    }
}

pub(crate) fn prints(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("the path is UTF-8")
}
