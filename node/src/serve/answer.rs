//! Answers JSON-RPC requests: an envelope's text comes in from HTTP or a WebSocket, its answer's text goes out.
//!
//! Calls that look at memory alone run where they are, on the socket's thread: handing them over costs more than they do. All
//! others, which read from the disk or run transactions, run on the pool of blocking threads, so many at a time.

use super::config::Limits;
use super::metrics::{Metrics, now};
use super::subscribers::Session;
use crate::rpc::envelope::{self, Call, Item, Request};
use crate::rpc::{Rpc, RpcError};
use axum::body::Bytes;
use serde_json::value::RawValue;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The answer would be too large; Solana has no code for it.
const TOO_LARGE: i64 = -32000;

/// Short calls that a batch may hold to run on the socket's thread.
const SHORT_BATCH_COUNT: usize = 8;

/// Answers requests, for all sockets.
#[derive(Debug)]
pub(crate) struct Answers {
    rpc: Arc<Rpc>,
    metrics: Arc<Metrics>,
    batch_answer_size_bytes: usize,
    long_calls: Arc<Semaphore>,
}

impl Answers {
    /// Answers with `rpc`.
    pub(super) fn new(rpc: Arc<Rpc>, metrics: Arc<Metrics>, limits: &Limits) -> Self {
        let long_calls = Arc::new(Semaphore::new(limits.long_calls_count));
        Self { rpc, metrics, batch_answer_size_bytes: limits.batch_answer_size_bytes, long_calls }
    }

    /// What knows the methods.
    pub(crate) const fn rpc(&self) -> &Arc<Rpc> {
        &self.rpc
    }

    /// The answer to `text`; empty if there is none, because nobody waits for one. Subscriptions need a session.
    pub(super) async fn answer(self: &Arc<Self>, text: Bytes, session: Option<&Arc<Session>>) -> Vec<u8> {
        let request = envelope::parse(&text);
        if is_short(&request) {
            return self.answer_here(request, session.map(|session| &**session));
        }
        // Parsed again over there: that costs a microsecond, and what is borrowed cannot go along.
        drop(request);
        let (answers, session) = (Arc::clone(self), session.cloned());
        self.beside(move || answers.answer_here(envelope::parse(&text), session.as_deref()))
            .await
            .unwrap_or_else(|error| {
                let mut out = Vec::new();
                envelope::write_error(&mut out, None, error.code, &error.message, None);
                out
            })
    }

    /// Runs something that may wait for the disk beside the sockets' threads.
    ///
    /// # Errors
    /// If it panicked, which is a bug of ours, or the server is stopping.
    pub(crate) async fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, RpcError> {
        let permit = Arc::clone(&self.long_calls).acquire_owned().await.map_err(RpcError::internal)?;
        let work = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        work.await.map_err(|error| {
            tracing::error!(%error, "a call failed by a fault of ours");
            RpcError::internal("the call could not be finished")
        })
    }

    fn answer_here(&self, request: Request<'_>, session: Option<&Session>) -> Vec<u8> {
        let mut out = Vec::new();
        match request {
            Request::Single(item) => self.answer_item(&mut out, item, session),
            Request::Batch(items) => self.answer_batch(&mut out, items, session),
            Request::Refused(refusal) => {
                envelope::write_error(&mut out, None, refusal.code, refusal.message, None);
            }
        }
        out
    }

    fn answer_batch(&self, out: &mut Vec<u8>, items: Vec<Item<'_>>, session: Option<&Session>) {
        out.push(b'[');
        for item in items {
            let begin = out.len();
            match item {
                Item::Call(call) if begin > self.batch_answer_size_bytes => {
                    let message = "The answers of this batch are too large together: ask for less at a time";
                    envelope::write_error(out, Some(call.id), TOO_LARGE, message, None);
                }
                item => self.answer_item(out, item, session),
            }
            if out.len() > begin {
                out.push(b',');
            }
        }
        if out.len() == 1 {
            out.clear();
        } else {
            out.pop();
            out.push(b']');
        }
    }

    fn answer_item(&self, out: &mut Vec<u8>, item: Item<'_>, session: Option<&Session>) {
        match item {
            Item::Call(call) => self.answer_call(out, &call, session),
            Item::Notification => {}
            Item::Invalid { id, refusal } => {
                envelope::write_error(out, id, refusal.code, refusal.message, None);
            }
        }
    }

    fn answer_call(&self, out: &mut Vec<u8>, call: &Call<'_>, session: Option<&Session>) {
        let begin = now();
        let (method, params) = (&*call.method, call.params);
        let result = session
            .and_then(|session| session.call(&self.rpc, method, params))
            .unwrap_or_else(|| self.rpc.call(method, params));
        self.metrics.calls.note(method, result.as_ref().err().map(|error| error.code), begin.elapsed());
        match result {
            Ok(result) => envelope::write_result(out, call.id, &result),
            Err(RpcError { code, message, data }) => {
                envelope::write_error(out, Some(call.id), code, &message, data.as_ref());
            }
        }
    }
}

fn is_short(request: &Request<'_>) -> bool {
    let is_short = |item: &Item<'_>| match item {
        Item::Call(call) => is_short_call(&call.method, call.params),
        Item::Notification | Item::Invalid { .. } => true,
    };
    match request {
        Request::Single(item) => is_short(item),
        Request::Batch(items) => items.len() <= SHORT_BATCH_COUNT && items.iter().all(is_short),
        Request::Refused(_) => true,
    }
}

/// A transaction that is not simulated first is checked and put into the mempool. Whether it is to be simulated is told here by
/// the look of the parameters, which decides on the thread and on nothing else.
fn is_short_call(method: &str, params: Option<&RawValue>) -> bool {
    match method {
        "sendTransaction" => params.is_some_and(|params| params.get().contains("\"skipPreflight\":true")),
        // Beginning a subscription may look for what is there already.
        _ => Rpc::is_short(method) && !method.ends_with("Subscribe"),
    }
}
