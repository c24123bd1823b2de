//! A subscription over WebSocket: the node sends what happens, whoever asked reads it one by one.

use super::error::ClientError;
use anyhow::{Context, bail};
use serde_json::{Value, json};
use std::net::TcpStream;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket, connect};

/// What a node sends, as it comes.
#[derive(Debug)]
pub(crate) struct Subscription {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    url: String,
}

impl Subscription {
    /// Subscribes at the node whose WebSocket is at `url`.
    ///
    /// # Errors
    /// If nobody answers, or the node refuses.
    pub(crate) fn open(url: &str, method: &str, params: &Value) -> anyhow::Result<Self> {
        let connected = connect(url)
            .map_err(|error| ClientError::Unreachable { url: url.to_owned(), reason: error.to_string() });
        let (socket, _) = connected?;
        let mut subscription = Self { socket, url: url.to_owned() };
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        subscription.socket.send(Message::text(call.to_string()))?;
        let answer = subscription.read()?;
        if let Some(error) = answer.get("error") {
            let words = error.get("message").and_then(Value::as_str).unwrap_or("it does not say why");
            bail!("the node refuses {method}: {words}");
        }
        if !answer.get("result").is_some_and(Value::is_u64) {
            bail!("{url} answers {method} with something else than a node does: {answer}");
        }
        Ok(subscription)
    }

    /// The next notification's result; waits for it.
    ///
    /// # Errors
    /// If the node ends the connection.
    pub(crate) fn next(&mut self) -> anyhow::Result<Value> {
        let mut notice = self.read()?;
        match notice.pointer_mut("/params/result") {
            Some(result) => Ok(result.take()),
            None => bail!("{} sends something else than a notification: {notice}", self.url),
        }
    }

    fn read(&mut self) -> anyhow::Result<Value> {
        loop {
            let message = self.socket.read().with_context(|| {
                format!(
                    "the node at {} ended the connection: was it stopped, or the reader too slow?",
                    self.url
                )
            })?;
            match message {
                Message::Text(text) => {
                    return serde_json::from_str(&text)
                        .with_context(|| format!("{} sends something else than JSON", self.url));
                }
                Message::Close(_) => bail!("the node at {} closed the connection", self.url),
                // Pings are answered by the next read.
                _ => (),
            }
        }
    }
}
