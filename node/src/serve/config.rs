//! Where the server listens, and what a client may make it hold. Comes from the command line and the configuration file.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// Where the server listens, and its limits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ServeConfig {
    /// JSON-RPC, dashboard, metrics. Port 0 takes a free one.
    pub(crate) http: SocketAddr,
    /// The port that clients derive from the other one; both answer alike.
    pub(crate) websocket: SocketAddr,
    /// What a client may make the server hold.
    pub(crate) limits: Limits,
}

impl Default for ServeConfig {
    /// Loopback only, the ports that Solana's clients expect.
    fn default() -> Self {
        Self {
            http: (Ipv4Addr::LOCALHOST, 8899).into(),
            websocket: (Ipv4Addr::LOCALHOST, 8900).into(),
            limits: Limits::default(),
        }
    }
}

/// What clients may make the server hold, and how long it waits for them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Connections at the same time, over both ports.
    pub(crate) connection_count: usize,
    /// Of these, from one address (of IPv6: from one network of 64 bits).
    pub(crate) connections_an_address_count: usize,
    /// Bytes of a request's body, or of a WebSocket message.
    pub(crate) body_size_bytes: usize,
    /// Bytes after which the rest of a batch is refused.
    pub(crate) batch_answer_size_bytes: usize,
    /// Bytes that may wait to be sent to one WebSocket; a reader slower than that is dropped.
    pub(crate) outbox_size_bytes: usize,
    /// Bytes that may wait to be sent to all; beyond that, whoever has much waiting is dropped or refused.
    pub(crate) unsent_size_bytes: usize,
    /// Subscriptions of one connection.
    pub(crate) subscriptions_a_connection_count: usize,
    /// Subscriptions of all.
    pub(crate) subscription_count: usize,
    /// Calls that run beside the sockets' threads at the same time: those that read from the disk or run transactions.
    pub(crate) long_calls_count: usize,
    /// From a connection, or from the end of an answer, to the end of the next request's head.
    pub(crate) head_timeout: Duration,
    /// From the end of a request's head to the end of its body.
    pub(crate) body_timeout: Duration,
    /// How long a client may take nothing of what is sent to it.
    pub(crate) write_timeout: Duration,
    /// Between two pings to a WebSocket.
    pub(crate) ping_interval: Duration,
    /// How long a WebSocket may be silent, pongs counted.
    pub(crate) silence_timeout: Duration,
    /// How long connections may take to end when the server stops.
    pub(crate) stop_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connection_count: 4_096,
            connections_an_address_count: 2_048,
            body_size_bytes: 1 << 20,
            batch_answer_size_bytes: 64 << 20,
            outbox_size_bytes: 8 << 20,
            unsent_size_bytes: 256 << 20,
            subscriptions_a_connection_count: 10_000,
            subscription_count: 100_000,
            long_calls_count: 16,
            head_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(15),
            write_timeout: Duration::from_secs(10),
            ping_interval: Duration::from_secs(20),
            silence_timeout: Duration::from_secs(65),
            stop_timeout: Duration::from_secs(3),
        }
    }
}
