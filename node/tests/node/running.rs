//! A node in a process of its own, on free ports, which ends with the test.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Longer than anything takes here, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// A node that serves.
pub(crate) struct Node {
    process: Child,
    /// What it said when it began to serve.
    pub(crate) said: Value,
}

/// `sealane node` on this ledger, with further flags.
pub(crate) fn command(ledger: &Path, flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealane"));
    command.arg("node").arg("--ledger").arg(ledger).args(["--log", "warn"]).args(flags);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What comes of a node that cannot start. One that can is ended, and the test fails.
pub(crate) fn refused(ledger: &Path, flags: &[&str]) -> Output {
    let mut process = command(ledger, flags).spawn().expect("the binary starts");
    let begin = now();
    while process.try_wait().expect("it can be waited for").is_none() {
        if begin.elapsed() > PATIENCE {
            let _ = process.kill();
            panic!("the node runs, and should not: {:?}", process.wait_with_output());
        }
        sleep(Duration::from_millis(10));
    }
    process.wait_with_output().expect("it has ended")
}

/// The error text of a node that cannot start, checked to be an error and no panic.
#[track_caller]
pub(crate) fn refusal(ledger: &Path, flags: &[&str]) -> String {
    let output = refused(ledger, flags);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("error: ") && !text.contains("panicked"), "{text}");
    text
}

impl Node {
    /// Starts a node on free ports that makes a block each 50 ms, and waits until it serves.
    #[track_caller]
    pub(crate) fn start(ledger: &Path, flags: &[&str]) -> Self {
        let all = [&["--rpc-port", "0", "--ws-port", "0", "--block-ms", "50", "--json"], flags].concat();
        Self::start_as(ledger, &all)
    }

    /// Starts a node with these flags alone, `--json` among them.
    #[track_caller]
    pub(crate) fn start_as(ledger: &Path, flags: &[&str]) -> Self {
        let mut process = command(ledger, flags).spawn().expect("the binary starts");
        let mut line = String::new();
        let stdout = process.stdout.as_mut().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it is text");
        match serde_json::from_str(&line) {
            Ok(said) => Self { process, said },
            Err(_) => {
                let _ = process.kill();
                let mut text = String::new();
                let _ = process.stderr.take().expect("it is piped").read_to_string(&mut text);
                panic!("the node does not serve: {line}{text}");
            }
        }
    }

    /// Calls a method.
    pub(crate) fn try_call(&self, method: &str, params: &Value) -> Result<Value, String> {
        call_at(self.said["http"].as_str().expect("it says where"), method, params)
    }

    /// Calls a method that must be answered.
    #[track_caller]
    pub(crate) fn call(&self, method: &str, params: &Value) -> Value {
        self.try_call(method, params).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Waits until `is_so`.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let begin = now();
        while !is_so(self) {
            assert!(begin.elapsed() < PATIENCE, "it took too long until {what}");
            sleep(Duration::from_millis(10));
        }
    }

    /// Lamports at an address.
    #[track_caller]
    pub(crate) fn balance(&self, address: &str) -> u64 {
        self.call("getBalance", &json!([address]))["value"].as_u64().expect("a number")
    }

    /// Sends a signal, and waits for the end.
    #[track_caller]
    pub(crate) fn stop(mut self, signal: &str) -> ExitStatus {
        self.signal(signal);
        let begin = now();
        loop {
            if let Some(status) = self.process.try_wait().expect("it can be waited for") {
                return status;
            }
            assert!(begin.elapsed() < PATIENCE, "it does not end by {signal}");
            sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn signal(&self, signal: &str) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").arg(format!("-{signal}")).arg(id).status().expect("kill is there");
        assert!(sent.success(), "the signal is sent");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Calls a method of the node at `url`.
pub(crate) fn call_at(url: &str, method: &str, params: &Value) -> Result<Value, String> {
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let mut answer = ureq::post(url).send_json(&request).map_err(|error| error.to_string())?;
    let mut answer: Value = answer.body_mut().read_json().map_err(|error| error.to_string())?;
    match answer.get("error") {
        Some(error) => Err(error.to_string()),
        None => Ok(answer["result"].take()),
    }
}

#[expect(clippy::disallowed_methods, reason = "tests wait")]
fn now() -> Instant {
    Instant::now()
}
