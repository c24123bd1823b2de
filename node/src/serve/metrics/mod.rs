//! What `/metrics` tells, in Prometheus' text form: blocks as they become durable, calls as they are answered, and what stands in
//! queues and on disk when somebody asks.
//!
//! Labels have few values, all of them ours: a client cannot make metrics grow.

mod blocks;
mod calls;
mod now;
mod process;

use super::admission::Admission;
use super::subscribers::Subscribers;
use super::unsent::Unsent;
use crate::rpc::Rpc;
use blocks::BlockMetrics;
use calls::CallMetrics;
use now::Now;
use parking_lot::Mutex;
use process::Process;
use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::sync::Arc;
use std::time::Instant;

pub(super) use prometheus_text::CONTENT_TYPE;

/// Everything that is measured.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Mutex<Registry>,
    /// Of each block.
    pub(super) blocks: BlockMetrics,
    /// Of each call.
    pub(super) calls: CallMetrics,
    /// WebSockets now.
    pub(super) sockets: Gauge,
    /// Connections that were closed at the door, because there were too many.
    pub(super) refused_connections: Counter,
    /// WebSockets that were closed because they read too slowly.
    pub(super) slow_readers: Counter,
}

impl Metrics {
    /// Nothing is measured yet.
    pub(super) fn new(
        rpc: &Arc<Rpc>,
        admission: &Arc<Admission>,
        subscribers: &Arc<Subscribers>,
        unsent: &Arc<Unsent>,
    ) -> Self {
        let mut all = Registry::default();
        all.register_collector(Box::new(Process));
        let registry = all.sub_registry_with_prefix("sealane");
        let blocks = BlockMetrics::register(registry);
        let calls = CallMetrics::register(registry);
        let (sockets, refused_connections, slow_readers) =
            (Gauge::default(), Counter::default(), Counter::default());
        registry.register("websockets", "WebSockets that are open", sockets.clone());
        registry.register(
            "refused_connections",
            "Connections that were closed at once, because there were too many",
            refused_connections.clone(),
        );
        registry.register(
            "slow_readers",
            "WebSockets that were closed because they read too slowly",
            slow_readers.clone(),
        );
        registry.register_collector(Box::new(Now {
            rpc: Arc::clone(rpc),
            admission: Arc::clone(admission),
            subscribers: Arc::clone(subscribers),
            unsent: Arc::clone(unsent),
        }));
        Self { registry: Mutex::new(all), blocks, calls, sockets, refused_connections, slow_readers }
    }

    /// All of it as text.
    ///
    /// # Errors
    /// If a metric cannot be written, which is a bug.
    pub(super) fn encode(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry.lock())?;
        Ok(text)
    }
}

/// The time, to measure from.
#[expect(clippy::disallowed_methods, reason = "times are reported, and no block depends on them")]
pub(super) fn now() -> Instant {
    Instant::now()
}
