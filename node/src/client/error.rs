//! Why a node gave no answer, or not the one hoped for; each in a sentence that says how to mend it.

use serde_json::Value;
use thiserror::Error;

/// What can go wrong with a call.
#[derive(Debug, Error)]
pub(crate) enum ClientError {
    /// Nobody answers there.
    #[error("no node answers at {url} ({reason}): start one with `sealane node`, or name another by --url")]
    Unreachable {
        /// Where it was looked for.
        url: String,
        /// What the system says.
        reason: String,
    },
    /// The node took too long.
    #[error("the node at {url} did not answer in time ({reason})")]
    Slow {
        /// The node.
        url: String,
        /// Which part took too long.
        reason: String,
    },
    /// What answers there speaks HTTP, but did not answer the call.
    #[error("{url} answers with HTTP status {status}, not as a node does: {text}")]
    Status {
        /// Who answered.
        url: String,
        /// The status.
        status: u16,
        /// The beginning of what it said.
        text: String,
    },
    /// The answer is no JSON-RPC answer, or of another form than the method's.
    #[error("{url} answers {method} with something else than a node does: {reason}")]
    Shape {
        /// Who answered.
        url: String,
        /// What was asked.
        method: String,
        /// What is wrong with the answer.
        reason: String,
    },
    /// The node refuses.
    #[error("the node refuses {method}: {message} (code {code})")]
    Refused {
        /// What was asked.
        method: String,
        /// The code: JSON-RPC's own, or Solana's.
        code: i64,
        /// Its words.
        message: String,
        /// What it adds for machines: of a failed simulation, error and logs.
        data: Box<Value>,
    },
}

/// The node has not the method.
const METHOD_NOT_FOUND: i64 = -32601;
/// A simulated transaction failed, and was not sent.
const PREFLIGHT_FAILURE: i64 = -32002;

impl ClientError {
    /// Whether the same call may succeed a moment later: the node is busy, or the line broke.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Slow { .. } => true,
            Self::Status { status, .. } => matches!(status, 429 | 502 | 503 | 504),
            // -32005: Solana's "unhealthy". -32000: the node cannot take it now, such as a full mempool.
            Self::Refused { code, .. } => matches!(code, -32005 | -32000),
            Self::Shape { .. } => false,
        }
    }

    /// Whether the node has no such method.
    pub(crate) fn is_unknown_method(&self) -> bool {
        matches!(self, Self::Refused { code: METHOD_NOT_FOUND, .. })
    }

    /// The logs of the simulation that failed, if that is what happened.
    pub(crate) fn simulation_logs(&self) -> Option<Vec<&str>> {
        match self {
            Self::Refused { code: PREFLIGHT_FAILURE, data, .. } => {
                Some(data.get("logs")?.as_array()?.iter().filter_map(Value::as_str).collect())
            }
            _ => None,
        }
    }
}
