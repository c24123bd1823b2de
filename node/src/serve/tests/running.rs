//! A server at work in this process, and clients small enough to misbehave.

use crate::rpc::{Chain, Rpc};
use crate::serve::{Limits, ServeConfig, Server};
use sealane_runtime::ledger::Genesis;
use sealane_runtime::{Ledger, LedgerConfig, Observation, RuntimeConfig};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tungstenite::Message;
use tungstenite::stream::MaybeTlsStream;

/// Long enough for a busy machine, short enough for a test that hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server at work; dropping it stops it.
pub(super) struct Running {
    pub(super) http: SocketAddr,
    pub(super) websocket: SocketAddr,
    pub(super) chain: Chain,
    stop: watch::Sender<bool>,
    runtime: Option<tokio::runtime::Runtime>,
    served: Option<tokio::task::JoinHandle<anyhow::Result<()>>>,
    ticker: Option<std::thread::JoinHandle<()>>,
    _directory: tempfile::TempDir,
}

impl Running {
    /// Serves a new ledger under `limits`, on free ports.
    pub(super) fn start(limits: Limits) -> Self {
        let directory = tempfile::tempdir().expect("there is room");
        let runtime = RuntimeConfig { observation: Observation::On, ..RuntimeConfig::default() };
        let config = LedgerConfig { runtime, ..LedgerConfig::default() };
        let ledger = Ledger::create(&directory.path().join("ledger"), config, &Genesis::default())
            .expect("it is made");
        let chain = Chain::new(ledger);
        let rpc = Arc::new(Rpc::new(chain.clone()).expect("it begins"));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("threads can be had");
        let loopback: SocketAddr = ([127, 0, 0, 1], 0).into();
        let config = ServeConfig { http: loopback, websocket: loopback, limits };
        let server = runtime.block_on(Server::bind(config)).expect("there are free ports");
        let (http, websocket) = (server.http_address(), server.websocket_address());
        let (stop, stopped) = watch::channel(false);
        let ticker = {
            let (chain, stopped) = (chain.clone(), stopped.clone());
            std::thread::Builder::new().spawn(move || {
                while !*stopped.borrow() {
                    chain.execute(&[]);
                    std::thread::sleep(Duration::from_millis(50));
                }
            })
        };
        let served = runtime.spawn(server.run(rpc, stopped));
        Self {
            http: http.expect("it has one"),
            websocket: websocket.expect("it has one"),
            chain,
            stop,
            runtime: Some(runtime),
            served: Some(served),
            ticker: ticker.ok(),
            _directory: directory,
        }
    }

    /// Stops the server, and gives what serving came to.
    pub(super) fn stop(&mut self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        let (Some(runtime), Some(served)) = (&self.runtime, self.served.take()) else { return Ok(()) };
        let result = runtime.block_on(served)?;
        if let Some(ticker) = self.ticker.take() {
            let _ = ticker.join();
        }
        result
    }

    /// The figure of that name in `/metrics`, labels included.
    pub(super) fn metric(&self, name: &str) -> f64 {
        let text = Client::connect(self.http).get("/metrics").body;
        let line =
            text.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')));
        let value = line.and_then(|line| line.rsplit(' ').next()?.parse().ok());
        value.unwrap_or_else(|| panic!("{name} is not in\n{text}"))
    }

    /// Waits until a figure is as wanted.
    pub(super) fn wait_for_metric(&self, name: &str, is_wanted: impl Fn(f64) -> bool) {
        wait_until(name, || is_wanted(self.metric(name)));
    }

    /// Waits until another block is there: the chain goes on, and calls are answered.
    pub(super) fn wait_for_block(&self) {
        let slot = || {
            Client::connect(self.http).call("getSlot", &json!([]))["result"].as_u64().expect("it is a number")
        };
        let before = slot();
        wait_until("a block", || slot() > before);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.stop();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(1));
        }
    }
}

/// Waits until `holds`.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "a test waits")]
pub(super) fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let begin = std::time::Instant::now();
    while !holds() {
        assert!(begin.elapsed() < PATIENCE, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// An HTTP client that sends what it is told to.
pub(super) struct Client(pub(super) TcpStream);

/// What an HTTP client gets.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Client {
    pub(super) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("it is listening");
        stream.set_read_timeout(Some(PATIENCE)).expect("it can be set");
        stream.set_nodelay(true).expect("it can be set");
        Self(stream)
    }

    pub(super) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).expect("it is taken");
    }

    pub(super) fn get(mut self, path: &str) -> Answer {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: node\r\n\r\n"));
        self.answer()
    }

    pub(super) fn post(&mut self, body: impl AsRef<[u8]>) -> Answer {
        let body = body.as_ref();
        self.send(format!("POST / HTTP/1.1\r\nhost: node\r\ncontent-length: {}\r\n\r\n", body.len()));
        // A server that refuses the body by its length may be gone before all of it is sent.
        let _ = self.0.write_all(body);
        self.answer()
    }

    pub(super) fn call(&mut self, method: &str, params: &Value) -> Value {
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        serde_json::from_str(&self.post(call.to_string()).body).expect("it is JSON")
    }

    /// Reads one answer, whose length is told in its head.
    pub(super) fn answer(&mut self) -> Answer {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            self.0.read_exact(&mut byte).expect("there is an answer");
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).expect("it is text").to_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("it has a status");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        self.0.read_exact(&mut body).expect("it is as long as it says");
        Answer { status, head, body: String::from_utf8(body).expect("it is text") }
    }

    /// Waits until the server closes the connection; what it says before does not matter.
    pub(super) fn wait_for_end(&mut self) {
        let mut bytes = [0; 4096];
        while !matches!(self.0.read(&mut bytes), Ok(0)) {
            let error = self.0.take_error().expect("it can be asked");
            if error.is_some() {
                return;
            }
        }
    }
}

/// A WebSocket client.
pub(super) struct Socket(pub(super) tungstenite::WebSocket<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(super) fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address).expect("it is taken")
    }

    pub(super) fn try_connect(address: SocketAddr) -> tungstenite::Result<Self> {
        let (socket, _) = tungstenite::connect(format!("ws://{address}/"))?;
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(PATIENCE)).expect("it can be set");
        }
        Ok(Self(socket))
    }

    pub(super) fn send(&mut self, value: &Value) {
        self.0.send(Message::text(value.to_string())).expect("it is taken");
    }

    /// The next message that is text.
    pub(super) fn next(&mut self) -> Value {
        loop {
            match self.0.read().expect("there is a message") {
                Message::Text(text) => return serde_json::from_str(&text).expect("it is JSON"),
                Message::Close(frame) => panic!("closed: {frame:?}"),
                _ => {}
            }
        }
    }

    /// Calls a method, and passes over notices until its answer.
    pub(super) fn call(&mut self, method: &str, params: &Value) -> Value {
        self.send(&json!({"jsonrpc": "2.0", "id": "c", "method": method, "params": params}));
        loop {
            let message = self.next();
            if message["id"] == "c" {
                return message;
            }
        }
    }
}
