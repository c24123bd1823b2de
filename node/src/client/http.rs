//! One call: method and parameters go out in a POST, the result comes back, typed.

use super::error::ClientError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::time::Duration;
use ureq::Agent;

/// Longest wait for an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// Longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Largest answer in bytes: an account of 10 MiB in base64, and room for a page of them.
const MAX_ANSWER_SIZE_BYTES: u64 = 256 * 1024 * 1024;
/// What is shown of an answer that is none, in characters.
const MAX_SHOWN_COUNT: usize = 200;

/// How final a block must be to be looked at. A single node has one answer to all three.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Commitment {
    /// The newest block
    Processed,
    /// A block that most have voted for
    #[default]
    Confirmed,
    /// A block that nobody can take back
    Finalized,
}

impl Commitment {
    /// As the parameter of a call.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Processed => "processed",
            Self::Confirmed => "confirmed",
            Self::Finalized => "finalized",
        }
    }

    /// The commitment of that name; Solana's older names count too.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        match name {
            "processed" | "recent" => Some(Self::Processed),
            "confirmed" | "single" | "singleGossip" => Some(Self::Confirmed),
            "finalized" | "max" | "root" => Some(Self::Finalized),
            _ => None,
        }
    }
}

/// A node, as seen from outside. Threads may share it: connections are kept and handed around.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    agent: Agent,
    url: String,
    commitment: Commitment,
}

/// A JSON-RPC answer.
#[derive(Deserialize)]
struct Answer {
    result: Option<Value>,
    error: Option<Refusal>,
}

/// The error in an answer.
#[derive(Deserialize)]
struct Refusal {
    code: i64,
    message: String,
    #[serde(default)]
    data: Box<Value>,
}

impl Client {
    /// A client of the node at `url`. Nothing is sent yet.
    pub(crate) fn new(url: &str, commitment: Commitment) -> Self {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_global(Some(ANSWER_TIMEOUT))
            .max_redirects(0)
            .max_idle_connections_per_host(16)
            .user_agent(concat!("sealane/", env!("CARGO_PKG_VERSION")));
        if is_this_machine(url) {
            // A proxy from the environment would look for the node on its own machine.
            config = config.proxy(None);
        }
        Self { agent: config.build().into(), url: url.to_owned(), commitment }
    }

    /// Where the node is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What its calls ask for.
    pub(crate) const fn commitment(&self) -> Commitment {
        self.commitment
    }

    /// Calls a method.
    ///
    /// # Errors
    /// [`ClientError`].
    pub(crate) fn call<T: DeserializeOwned>(&self, method: &str, params: &Value) -> Result<T, ClientError> {
        let shape =
            |reason: String| ClientError::Shape { url: self.url.clone(), method: method.to_owned(), reason };
        let answer: Answer = self.post(method, params)?;
        if let Some(Refusal { code, message, data }) = answer.error {
            return Err(ClientError::Refused { method: method.to_owned(), code, message, data });
        }
        // `null` is a result too: of an account that is not there, say.
        serde_json::from_value(answer.result.unwrap_or_default()).map_err(|error| shape(error.to_string()))
    }

    fn post(&self, method: &str, params: &Value) -> Result<Answer, ClientError> {
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let sent =
            self.agent.post(&self.url).content_type("application/json").send(call.to_string().as_bytes());
        let mut response = sent.map_err(|error| self.no_answer(&error))?;
        let status = response.status();
        let body = response.body_mut().with_config().limit(MAX_ANSWER_SIZE_BYTES).read_to_vec();
        let body = body.map_err(|error| self.no_answer(&error))?;
        match serde_json::from_slice(&body) {
            Ok(answer) => Ok(answer),
            Err(_) if !status.is_success() => Err(ClientError::Status {
                url: self.url.clone(),
                status: status.as_u16(),
                text: shown(&body),
            }),
            Err(error) => Err(ClientError::Shape {
                url: self.url.clone(),
                method: method.to_owned(),
                reason: format!("{error}: {}", shown(&body)),
            }),
        }
    }

    fn no_answer(&self, error: &ureq::Error) -> ClientError {
        let (url, reason) = (self.url.clone(), error.to_string());
        match error {
            ureq::Error::Timeout(_) => ClientError::Slow { url, reason },
            _ => ClientError::Unreachable { url, reason },
        }
    }
}

/// The beginning of what was answered, on one line.
fn shown(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(MAX_SHOWN_COUNT) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// Whether a URL names this machine itself.
pub(super) fn is_this_machine(url: &str) -> bool {
    let behind_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = behind_scheme.split(['/', '?']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{is_this_machine, shown};

    #[test]
    fn this_machine_is_known_by_its_names() {
        for url in ["http://localhost:8899", "http://127.0.0.1:8899/", "ws://[::1]:8900", "http://127.1.2.3"]
        {
            assert!(is_this_machine(url), "{url}");
        }
        for url in
            ["https://api.mainnet-beta.solana.com", "http://10.0.0.1:8899", "http://localhost.example.com"]
        {
            assert!(!is_this_machine(url), "{url}");
        }
    }

    #[test]
    fn what_is_shown_of_an_answer_is_a_line_of_bounded_length() {
        assert_eq!(shown(b"<html>\n  <b>no</b>"), "<html> <b>no</b>");
        assert_eq!(shown("ä".repeat(300).as_bytes()).chars().count(), 201);
    }
}
