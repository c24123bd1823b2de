//! Any bytes as a JSON-RPC request: they are read or refused, and a call's parts are JSON as they stood in the text.

#![no_main]

// The node is a binary: its envelope stands by itself, and is compiled here once more.
#[allow(dead_code, unreachable_pub, reason = "the server uses what is not used here")]
#[path = "../../node/src/rpc/envelope.rs"]
mod envelope;

use envelope::{Item, MAX_BATCH_COUNT, Request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let items = match envelope::parse(bytes) {
        Request::Single(item) => vec![item],
        Request::Batch(items) => items,
        Request::Refused(refusal) => {
            let mut out = Vec::new();
            envelope::write_error(&mut out, None, refusal.code, refusal.message, None);
            serde_json::from_slice::<serde_json::Value>(&out).expect("an answer is JSON");
            return;
        }
    };
    assert!((1..=MAX_BATCH_COUNT).contains(&items.len()));
    for item in items {
        if let Item::Call(call) = item {
            let mut out = Vec::new();
            envelope::write_result(&mut out, call.id, call.params.unwrap_or(call.id));
            serde_json::from_slice::<&serde_json::value::RawValue>(&out).expect("an answer is JSON");
        }
    }
});
