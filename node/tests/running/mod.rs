//! A node for tests: the binary, on free ports of this machine, on a ledger of its own, stopped at the end whatever happens.

mod ports;

use ports::free_ports;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longest wait for a node that starts.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// Time between two blocks.
const BLOCK_MS: &str = "100";

/// A node that runs.
pub(crate) struct RunningNode {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl RunningNode {
    /// Starts a node whose genesis holds what `genesis` (TOML) says.
    pub(crate) fn start(genesis: &str, files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().expect("a folder is made");
        for (name, bytes) in files {
            std::fs::write(folder.path().join(name), bytes).expect("a file is written");
        }
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(path("genesis.toml"), genesis).expect("the genesis is written");
        let port = free_ports();
        let log = std::fs::File::create(path("node.log")).expect("the log is made");
        let child = Command::new(env!("CARGO_BIN_EXE_sealane"))
            .args(["node", "--ledger", &path("ledger"), "--genesis", &path("genesis.toml")])
            .args(["--rpc-port", &port.to_string(), "--ws-port", &(port + 1).to_string()])
            .args(["--block-ms", BLOCK_MS, "--faucet"])
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the log is shared"))
            .stderr(log)
            .spawn()
            .expect("the node starts");
        let mut node = Self { child, folder, port };
        node.wait_until_healthy();
        node
    }

    /// Its JSON-RPC.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its WebSocket.
    #[allow(dead_code, reason = "not every suite that starts nodes needs it")]
    pub(crate) fn websocket_url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port + 1)
    }

    /// A file in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Calls a method.
    pub(crate) fn call(&self, method: &str, params: &Value) -> Result<Value, ureq::Error> {
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        ureq::post(&self.url()).send_json(call)?.body_mut().read_json()
    }

    fn wait_until_healthy(&mut self) {
        #[expect(clippy::disallowed_methods, reason = "a test waits for a process")]
        let start = Instant::now();
        while !self.call("getHealth", &json!([])).is_ok_and(|answer| answer["result"] == "ok") {
            let ended = self.child.try_wait().expect("the node is looked at");
            assert!(
                ended.is_none() && start.elapsed() < START_TIMEOUT,
                "the node does not come up ({ended:?}):\n{}",
                text(&self.path("node.log"))
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for RunningNode {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        if std::thread::panicking() {
            eprintln!("what the node logged:\n{}", text(&self.path("node.log")));
        }
    }
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
