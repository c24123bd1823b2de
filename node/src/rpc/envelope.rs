//! The JSON-RPC 2.0 envelope: text from a client comes in, calls go out; results and errors come back, and an answer goes out.
//!
//! Whatever the text holds, it gives calls or an error in JSON-RPC's own codes, in time and room linear in its size. Nothing is
//! copied: names, ids and parameters are borrowed from the text, and an id is echoed as it was written.

use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The text is no JSON.
pub(crate) const PARSE_ERROR: i64 = -32700;
/// The JSON is no JSON-RPC request.
pub(crate) const INVALID_REQUEST: i64 = -32600;

/// Arrays and objects within each other that a request may have. Solana's methods need six; what reads parameters calls itself
/// for each.
pub(crate) const MAX_DEPTH: usize = 64;
/// Calls that a batch may hold.
pub(crate) const MAX_BATCH_COUNT: usize = 1_000;

/// What a client sent.
#[derive(Debug)]
pub(crate) enum Request<'t> {
    /// One call, or something in its place.
    Single(Item<'t>),
    /// Calls in an array, at least one, to be answered in an array.
    Batch(Vec<Item<'t>>),
    /// Neither.
    Refused(Refusal),
}

/// One element of a request.
#[derive(Debug)]
pub(crate) enum Item<'t> {
    /// A call to be answered.
    Call(Call<'t>),
    /// A call without id: nobody waits for an answer, not even if it fails.
    Notification,
    /// Neither; to be answered with the error.
    Invalid {
        /// Its id, if it has one that can be told.
        id: Option<&'t RawValue>,
        /// What is wrong.
        refusal: Refusal,
    },
}

/// A call to be answered.
#[derive(Debug)]
pub(crate) struct Call<'t> {
    /// A string, a number or `null`, as the client wrote it.
    pub(crate) id: &'t RawValue,
    /// Name of the method.
    pub(crate) method: Cow<'t, str>,
    /// An array or an object, if it is there and not `null`.
    pub(crate) params: Option<&'t RawValue>,
}

/// Why something is no call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// JSON-RPC's code.
    pub(crate) code: i64,
    /// The reason, for people.
    pub(crate) message: &'static str,
}

const fn invalid(message: &'static str) -> Refusal {
    Refusal { code: INVALID_REQUEST, message }
}

const NOT_JSON: Refusal = Refusal { code: PARSE_ERROR, message: "Parse error: not JSON" };

/// Reads what a client sent.
pub(crate) fn parse(bytes: &[u8]) -> Request<'_> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Request::Refused(Refusal { code: PARSE_ERROR, message: "Parse error: not UTF-8" });
    };
    if !is_shallow(bytes) {
        return Request::Refused(invalid("Invalid request: arrays and objects are nested too deep"));
    }
    if text.trim_start_matches(WHITESPACE).starts_with('[') {
        return batch(text);
    }
    match serde_json::from_str::<&RawValue>(text) {
        Ok(value) => Request::Single(item(value)),
        Err(_) => Request::Refused(NOT_JSON),
    }
}

const WHITESPACE: [char; 4] = [' ', '\t', '\n', '\r'];

fn batch(text: &str) -> Request<'_> {
    match serde_json::from_str::<Elements<'_>>(text) {
        Ok(Elements(values)) if values.is_empty() => {
            Request::Refused(invalid("Invalid request: a batch without calls"))
        }
        Ok(Elements(values)) => Request::Batch(values.into_iter().map(item).collect()),
        Err(error) if error.is_data() => {
            Request::Refused(invalid("Invalid request: too many calls in a batch"))
        }
        Err(_) => Request::Refused(NOT_JSON),
    }
}

/// The elements of an array, unread, up to [`MAX_BATCH_COUNT`]: a longer one is an error of data.
struct Elements<'t>(Vec<&'t RawValue>);

impl<'t> Deserialize<'t> for Elements<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'t> Visitor<'t> for Collect {
            type Value = Elements<'t>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an array of calls")
            }

            fn visit_seq<A: SeqAccess<'t>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = elements.next_element()? {
                    if values.len() == MAX_BATCH_COUNT {
                        return Err(A::Error::custom("too many calls"));
                    }
                    values.push(value);
                }
                Ok(Elements(values))
            }
        }
        deserializer.deserialize_seq(Collect)
    }
}

/// The members of a call that mean something, unread. Others are passed over.
#[derive(serde::Deserialize)]
struct Members<'t> {
    #[serde(borrow, default, deserialize_with = "present")]
    jsonrpc: Option<&'t RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'t RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    method: Option<&'t RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    params: Option<&'t RawValue>,
}

/// A member that is there is `Some`, even if it is `null`: an id of `null` wants an answer, none wants nothing.
fn present<'t, D: Deserializer<'t>>(deserializer: D) -> Result<Option<&'t RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

fn item(value: &RawValue) -> Item<'_> {
    if !value.get().starts_with('{') {
        return Item::Invalid { id: None, refusal: invalid("Invalid request: expected an object") };
    }
    let Ok(members) = serde_json::from_str::<Members<'_>>(value.get()) else {
        return Item::Invalid { id: None, refusal: invalid("Invalid request: a member stands there twice") };
    };
    let Members { jsonrpc, id, method, params } = members;
    if id.is_some_and(|id| !is_id(id)) {
        let refusal = invalid("Invalid request: `id` must be a string, a number or null");
        return Item::Invalid { id: None, refusal };
    }
    let refused = |message| Item::Invalid { id, refusal: invalid(message) };
    if jsonrpc.map(RawValue::get) != Some("\"2.0\"") {
        return refused("Invalid request: `jsonrpc` must be \"2.0\"");
    }
    let Some(method) = method.and_then(text_of) else {
        return refused("Invalid request: `method` must be a string");
    };
    let params = params.filter(|params| params.get() != "null");
    if params.is_some_and(|params| !params.get().starts_with(['[', '{'])) {
        return refused("Invalid request: `params` must be an array or an object");
    }
    match id {
        Some(id) => Item::Call(Call { id, method, params }),
        None => Item::Notification,
    }
}

fn is_id(value: &RawValue) -> bool {
    !value.get().starts_with(['[', '{', 't', 'f'])
}

/// The string that `value` is; borrowed where nothing in it is escaped.
fn text_of(value: &RawValue) -> Option<Cow<'_, str>> {
    let inner = value.get().strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') { serde_json::from_str(value.get()).ok() } else { Some(Cow::Borrowed(inner)) }
}

/// Whether arrays and objects go no deeper than [`MAX_DEPTH`], where the text is JSON at all.
fn is_shallow(bytes: &[u8]) -> bool {
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    for byte in bytes {
        if in_string {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return false;
        }
    }
    true
}

/// Adds the answer to a call that has a result.
pub(crate) fn write_result(out: &mut Vec<u8>, id: &RawValue, result: &RawValue) {
    out.reserve(result.get().len() + id.get().len() + 40);
    out.extend_from_slice(b"{\"jsonrpc\":\"2.0\",\"result\":");
    out.extend_from_slice(result.get().as_bytes());
    end(out, id.get());
}

/// Adds the answer to a call that failed, or to what is no call; without an id that can be told, it is `null`.
pub(crate) fn write_error(
    out: &mut Vec<u8>,
    id: Option<&RawValue>,
    code: i64,
    message: &str,
    data: Option<&Value>,
) {
    out.extend_from_slice(b"{\"jsonrpc\":\"2.0\",\"error\":{\"code\":");
    out.extend_from_slice(code.to_string().as_bytes());
    out.extend_from_slice(b",\"message\":");
    out.extend_from_slice(Value::from(message).to_string().as_bytes());
    if let Some(data) = data {
        out.extend_from_slice(b",\"data\":");
        out.extend_from_slice(data.to_string().as_bytes());
    }
    out.push(b'}');
    end(out, id.map_or("null", RawValue::get));
}

/// The message that tells a subscriber something.
pub(crate) fn notification(method: &str, result: &RawValue, subscription: u64) -> String {
    format!(
        "{{\"jsonrpc\":\"2.0\",\"method\":\"{method}\",\"params\":{{\"result\":{},\"subscription\":{subscription}}}}}",
        result.get()
    )
}

fn end(out: &mut Vec<u8>, id: &str) {
    out.extend_from_slice(b",\"id\":");
    out.extend_from_slice(id.as_bytes());
    out.push(b'}');
}

#[cfg(test)]
#[path = "envelope_tests.rs"]
mod tests;
