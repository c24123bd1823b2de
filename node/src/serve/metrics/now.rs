//! What stands where at the moment somebody asks: height, mempool, store, connections.

use super::super::admission::Admission;
use super::super::subscribers::Subscribers;
use super::super::unsent::Unsent;
use crate::rpc::Rpc;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::gauge::ConstGauge;
use std::fmt::Error;
use std::sync::Arc;

/// Where to look.
#[derive(Debug)]
pub(super) struct Now {
    pub(super) rpc: Arc<Rpc>,
    pub(super) admission: Arc<Admission>,
    pub(super) subscribers: Arc<Subscribers>,
    pub(super) unsent: Arc<Unsent>,
}

impl Collector for Now {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let reader = self.rpc.chain().reader();
        let mut tell = |name, help, value| gauge(&mut encoder, name, help, value);
        tell("block_height", "Number of the last durable block", reader.last().header.number as f64)?;
        tell(
            "first_available_block",
            "The oldest block that is kept",
            reader.first_available_block() as f64,
        )?;
        tell("store_bytes", "Bytes of the ledger on disk", reader.size_bytes() as f64)?;
        let (mempool, fates) = (self.rpc.chain().mempool(), self.rpc.chain().fates());
        tell("mempool_transactions", "Transactions that wait", mempool.transaction_count as f64)?;
        tell("mempool_bytes", "Bytes of those, and what is kept with them", mempool.size_bytes as f64)?;
        tell("mempool_admitted", "Transactions that were let wait so far", fates.admitted as f64)?;
        tell("mempool_evicted", "Transactions put out by others that pay more so far", fates.evicted as f64)?;
        tell("mempool_expired", "Transactions whose blockhash grew too old so far", fates.expired as f64)?;
        let refused: u64 = fates.refused.values().sum();
        tell("mempool_refused", "Transactions that were not let wait so far", refused as f64)?;
        tell(
            "connections",
            "Connections that are open, WebSockets among them",
            self.admission.count() as f64,
        )?;
        tell("subscriptions", "Subscriptions of all WebSockets", self.subscribers.count() as f64)?;
        tell(
            "unsent_bytes",
            "Bytes of notices and large answers that wait to be sent",
            self.unsent.size_bytes() as f64,
        )?;
        Ok(())
    }
}

/// One figure.
pub(super) fn gauge(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    value: f64,
) -> Result<(), Error> {
    let gauge = ConstGauge::new(value);
    gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)
}
