//! HTTP/1.1 over a connection that is kept alive, as little of it as measuring needs: requests that are written out before, and
//! answers whose length is told in their head.

use anyhow::{Context, bail};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

/// How long a node may take for an answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes that are read at once.
const READ_SIZE_BYTES: usize = 64 << 10;

/// Where the node is.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) host: String,
    pub(super) address: SocketAddr,
}

impl Target {
    /// Reads `http://HOST:PORT`.
    ///
    /// # Errors
    /// If it is something else, or nobody knows the host.
    pub(super) fn parse(url: &str) -> anyhow::Result<Self> {
        let host = url
            .strip_prefix("http://")
            .context("the URL must begin with http://: load goes over plain HTTP")?;
        let host = host.trim_end_matches('/').to_owned();
        let with_port = if host.contains(':') { host.clone() } else { format!("{host}:80") };
        let address = with_port.to_socket_addrs().with_context(|| format!("{host} cannot be found"))?.next();
        Ok(Self { address: address.with_context(|| format!("{host} has no address"))?, host })
    }

    /// A POST of `body`, written out.
    pub(super) fn request(&self, body: &str) -> String {
        format!(
            "POST / HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        )
    }

    /// Calls a method once, over a connection of its own.
    ///
    /// # Errors
    /// If the node cannot be reached, or answers with an error.
    pub(super) fn call(&self, method: &str, params: &Value) -> anyhow::Result<Value> {
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let mut connection = Connection::open(self)?;
        connection.write(self.request(&call.to_string()).as_bytes())?;
        let mut answer: Value = serde_json::from_str(&connection.read()?.1)?;
        if let Some(error) = answer.get("error") {
            bail!("{method}: {}", error["message"].as_str().unwrap_or("the node answered with an error"));
        }
        Ok(answer["result"].take())
    }
}

/// A connection that is kept alive.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    begin: usize,
}

impl Connection {
    pub(super) fn open(target: &Target) -> anyhow::Result<Self> {
        let stream = TcpStream::connect_timeout(&target.address, TIMEOUT)
            .with_context(|| format!("no node answers at {}", target.host))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        Ok(Self { stream, buffer: Vec::new(), begin: 0 })
    }

    pub(super) fn write(&mut self, requests: &[u8]) -> anyhow::Result<()> {
        self.stream.write_all(requests).context("the node took no more requests")
    }

    /// Status and body of the next answer.
    pub(super) fn read(&mut self) -> anyhow::Result<(u16, String)> {
        loop {
            if let Some((status, body)) = split(&self.buffer[self.begin..])? {
                let text = std::str::from_utf8(&self.buffer[self.begin..][body.clone()])?.to_owned();
                self.begin += body.end;
                return Ok((status, text));
            }
            self.buffer.drain(..self.begin);
            self.begin = 0;
            let filled = self.buffer.len();
            self.buffer.resize(filled + READ_SIZE_BYTES, 0);
            let size_bytes =
                self.stream.read(&mut self.buffer[filled..]).context("the node gave no answer")?;
            self.buffer.truncate(filled + size_bytes);
            anyhow::ensure!(size_bytes > 0, "the node closed the connection");
        }
    }
}

/// Status of an answer and where its body stands, if all of it is there.
fn split(bytes: &[u8]) -> anyhow::Result<Option<(u16, std::ops::Range<usize>)>> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&bytes[..end])?;
    let status =
        head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("an answer without status")?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let body = end + 4..end + 4 + length.unwrap_or(0);
    Ok((bytes.len() >= body.end).then_some((status, body)))
}

/// CPU time the node's process has used so far, if its `/metrics` tell.
///
/// # Errors
/// If the node cannot be reached.
pub(super) fn cpu_seconds(target: &Target) -> anyhow::Result<Option<f64>> {
    let mut connection = Connection::open(target)?;
    connection.write(format!("GET /metrics HTTP/1.1\r\nhost: {}\r\n\r\n", target.host).as_bytes())?;
    let (_, text) = connection.read()?;
    let value = text.lines().find_map(|line| line.strip_prefix("process_cpu_seconds_total ")?.parse().ok());
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn answers_are_found_once_they_are_whole() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx: y\r\n\r\n{}HTTP";
        for cut in 0..answer.len() {
            let found =
                split(&answer[..cut]).expect("it is an answer").map(|(status, body)| (status, &answer[body]));
            let is_whole = cut >= answer.len() - 4;
            assert_eq!(found, is_whole.then_some((200, &b"{}"[..])), "{cut}");
        }
        assert!(split(b"nonsense\r\n\r\n").is_err());
    }
}
