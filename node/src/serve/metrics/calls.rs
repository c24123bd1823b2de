//! What is measured of each call that is answered: how often, with which end, how long it took.

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use parking_lot::RwLock;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

/// JSON-RPC's code for a method that there is not.
const METHOD_NOT_FOUND: i64 = -32601;
/// What methods that there are not are counted as.
const UNKNOWN: &str = "unknown";

type MethodLabel = [(&'static str, String); 1];
type EndLabels = [(&'static str, String); 2];

/// What is measured of each call.
#[derive(Debug)]
pub(in crate::serve) struct CallMetrics {
    calls: Family<EndLabels, Counter>,
    times: Family<MethodLabel, Histogram, fn() -> Histogram>,
    /// The same by name, so that noting a call makes no labels.
    by_method: RwLock<HashMap<String, OneMethod, RandomState>>,
}

#[derive(Clone, Debug)]
struct OneMethod {
    answered: Counter,
    failed: Counter,
    time: Histogram,
}

/// From 2 µs to about 8 s, each bucket four times the one before.
fn times() -> Histogram {
    Histogram::new(exponential_buckets(0.000_002, 4.0, 12))
}

impl CallMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            calls: Family::default(),
            times: Family::new_with_constructor(times),
            by_method: RwLock::default(),
        };
        registry.register("rpc_calls", "Calls by method and end", metrics.calls.clone());
        registry.register_with_unit(
            "rpc_call",
            "Wall time of calls by method, without waiting for a thread and without sending",
            Unit::Seconds,
            metrics.times.clone(),
        );
        metrics
    }

    /// Notes a call that was answered, with an error's code if there was one. Only names of methods that exist are kept.
    pub(in crate::serve) fn note(&self, method: &str, error: Option<i64>, took: Duration) {
        let method = if error == Some(METHOD_NOT_FOUND) { UNKNOWN } else { method };
        let known = self.by_method.read().get(method).cloned();
        let one = known.unwrap_or_else(|| self.add(method));
        if error.is_some() { &one.failed } else { &one.answered }.inc();
        one.time.observe(took.as_secs_f64());
    }

    fn add(&self, method: &str) -> OneMethod {
        let end = |end: &str| {
            self.calls.get_or_create_owned(&[("method", method.to_owned()), ("end", end.to_owned())])
        };
        let one = OneMethod {
            answered: end("answer"),
            failed: end("error"),
            time: self.times.get_or_create_owned(&[("method", method.to_owned())]),
        };
        self.by_method.write().insert(method.to_owned(), one.clone());
        one
    }
}
