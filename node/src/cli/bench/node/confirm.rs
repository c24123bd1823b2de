//! Listens for confirmations: signatures are subscribed to over a WebSocket before they are sent, and each notice is timed.

use super::connection::Target;
use super::now;
use anyhow::Context;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// How often a listener that hears nothing looks whether it is still wanted.
const LOOK_INTERVAL: Duration = Duration::from_millis(200);

/// Signatures that are listened for.
#[derive(Debug)]
pub(super) struct Confirmations {
    listener: JoinHandle<BTreeMap<usize, Instant>>,
    is_given_up: Arc<AtomicBool>,
}

impl Confirmations {
    /// Subscribes to `signatures`.
    ///
    /// # Errors
    /// If the node opens no WebSocket, or refuses.
    pub(super) fn subscribe<'s>(
        target: &Target,
        signatures: impl Iterator<Item = &'s str>,
    ) -> anyhow::Result<Self> {
        let (mut socket, _) = tungstenite::connect(format!("ws://{}/", target.host))
            .context("the node opens no WebSocket on its HTTP port")?;
        let mut numbers = BTreeMap::new();
        for (sample, signature) in signatures.enumerate() {
            let params = json!([signature, {"commitment": "confirmed"}]);
            let call =
                json!({"jsonrpc": "2.0", "id": sample, "method": "signatureSubscribe", "params": params});
            socket.send(Message::text(call.to_string()))?;
            let answer = next(&mut socket)?.context("the node gave no answer")?;
            let number =
                answer["result"].as_u64().with_context(|| format!("a subscription was refused: {answer}"))?;
            numbers.insert(number, sample);
        }
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(LOOK_INTERVAL))?;
        }
        let is_given_up = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&is_given_up);
        let listener = std::thread::Builder::new().spawn(move || listen(&mut socket, &numbers, &flag))?;
        Ok(Self { listener, is_given_up })
    }

    /// Waits until all are confirmed, or so long; gives when each was, by its place among the samples.
    ///
    /// # Errors
    /// If listening failed.
    pub(super) fn finish(self, timeout: Duration) -> anyhow::Result<BTreeMap<usize, Instant>> {
        let begin = now();
        while !self.listener.is_finished() && begin.elapsed() < timeout {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.is_given_up.store(true, Ordering::Relaxed);
        self.listener.join().map_err(|_| anyhow::anyhow!("listening for confirmations failed"))
    }
}

type Socket = WebSocket<MaybeTlsStream<TcpStream>>;

fn listen(
    socket: &mut Socket,
    numbers: &BTreeMap<u64, usize>,
    is_given_up: &AtomicBool,
) -> BTreeMap<usize, Instant> {
    let mut confirmed = BTreeMap::new();
    while confirmed.len() < numbers.len() && !is_given_up.load(Ordering::Relaxed) {
        // A connection that ends leaves the rest unconfirmed, which the report says.
        let Ok(message) = next(socket) else { break };
        let Some(message) = message else { continue };
        let number = message["params"]["subscription"].as_u64();
        if let Some(sample) = number.and_then(|number| numbers.get(&number)) {
            confirmed.insert(*sample, now());
        }
    }
    confirmed
}

/// The next message that is text; `None` if there is none yet.
fn next(socket: &mut Socket) -> anyhow::Result<Option<Value>> {
    use std::io::ErrorKind::{TimedOut, WouldBlock};
    loop {
        match socket.read() {
            Ok(Message::Text(text)) => return Ok(Some(serde_json::from_str(&text)?)),
            Ok(Message::Close(_)) => anyhow::bail!("the node closed the WebSocket"),
            Ok(_) => {}
            Err(tungstenite::Error::Io(error)) if matches!(error.kind(), WouldBlock | TimedOut) => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        }
    }
}
