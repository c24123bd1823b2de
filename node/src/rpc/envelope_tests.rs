//! Tests of the envelope: the specification's own examples, hostile texts, and random ones against a plain twin.

use super::*;
use proptest::prelude::*;
use serde_json::json;

/// Answers as a server would that knows one method, `echo`, whose result is its parameters.
fn answer(text: &[u8]) -> Option<Value> {
    let mut out = Vec::new();
    let one = |out: &mut Vec<u8>, item: Item<'_>| match item {
        Item::Call(Call { id, method, params }) if method == "echo" => {
            let params = params.map_or_else(|| "null".to_owned(), |params| params.get().to_owned());
            write_result(out, id, &RawValue::from_string(params).expect("it was JSON"));
        }
        Item::Call(Call { id, .. }) => write_error(out, Some(id), -32601, "Method not found", None),
        Item::Notification => {}
        Item::Invalid { id, refusal } => write_error(out, id, refusal.code, refusal.message, None),
    };
    match parse(text) {
        Request::Single(item) => one(&mut out, item),
        Request::Batch(items) => {
            let mut answers = Vec::new();
            for item in items {
                let mut out = Vec::new();
                one(&mut out, item);
                if !out.is_empty() {
                    answers.push(serde_json::from_slice::<Value>(&out).expect("answers are JSON"));
                }
            }
            return (!answers.is_empty()).then_some(Value::Array(answers));
        }
        Request::Refused(refusal) => write_error(&mut out, None, refusal.code, refusal.message, None),
    }
    (!out.is_empty()).then(|| serde_json::from_slice(&out).expect("answers are JSON"))
}

/// The code of the answer, the id of the answer.
fn code(text: &str) -> (i64, Value) {
    let answer = answer(text.as_bytes()).expect("it is answered");
    (answer["error"]["code"].as_i64().expect("it is an error"), answer["id"].clone())
}

#[test]
fn calls_are_answered_with_their_id_as_it_was_written() {
    for id in ["1", "\"a\"", "null", "-7", "1.50", "123456789012345678901234567890", "\"\\u00e9\\\"\""] {
        let text =
            format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"echo\",\"params\":[1,{{\"a\":null}}]}}");
        let Request::Single(Item::Call(call)) = parse(text.as_bytes()) else { panic!("{text}") };
        let mut out = Vec::new();
        write_result(&mut out, call.id, call.params.expect("it has parameters"));
        let expected = format!("{{\"jsonrpc\":\"2.0\",\"result\":[1,{{\"a\":null}}],\"id\":{id}}}");
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }
}

#[test]
fn the_examples_of_the_specification_are_answered_as_it_says() {
    let nothing: Value = Value::Null;
    assert_eq!(answer(br#"{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}"#), None);
    assert_eq!(code(r#"{"jsonrpc": "2.0", "method": "foobar", "id": "1"}"#), (-32601, json!("1")));
    assert_eq!(
        code(r#"{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]"#),
        (-32700, nothing.clone())
    );
    assert_eq!(code(r#"{"jsonrpc": "2.0", "method": 1, "params": "bar"}"#), (-32600, nothing.clone()));
    assert_eq!(
        code(r#"[{"jsonrpc": "2.0", "method": "sum", "id": "1"}, {"jsonrpc": "2.0", "method""#).0,
        -32700
    );
    assert_eq!(code("[]"), (-32600, nothing));
    let answers = answer(b"[1,2,3]").expect("it is answered");
    assert_eq!(answers.as_array().map(Vec::len), Some(3));
    assert_eq!(answers[2]["error"]["code"], -32600);
    let mixed = answer(
        br#"[{"jsonrpc":"2.0","method":"echo","params":[1],"id":"1"},{"jsonrpc":"2.0","method":"hello","params":[7]},
            {"foo":"boo"},{"jsonrpc":"2.0","method":"no","id":5}]"#,
    );
    let mixed = mixed.expect("it is answered");
    assert_eq!(mixed[0], json!({"jsonrpc": "2.0", "result": [1], "id": "1"}));
    assert_eq!((mixed[1]["error"]["code"].as_i64(), &mixed[1]["id"]), (Some(-32600), &Value::Null));
    assert_eq!((mixed[2]["error"]["code"].as_i64(), mixed[2]["id"].as_i64()), (Some(-32601), Some(5)));
    let notifications = br#"[{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"b","params":{}}]"#;
    assert_eq!(answer(notifications), None);
}

#[test]
fn what_is_no_call_is_refused_with_its_id_if_it_has_one() {
    let invalid = [
        (r#"{"jsonrpc":"1.0","method":"echo","id":1}"#, json!(1)),
        (r#"{"method":"echo","id":1}"#, json!(1)),
        (r#"{"jsonrpc":2.0,"method":"echo","id":1}"#, json!(1)),
        (r#"{"jsonrpc":"2.0","method":null,"id":"x"}"#, json!("x")),
        (r#"{"jsonrpc":"2.0","id":"x"}"#, json!("x")),
        (r#"{"jsonrpc":"2.0","method":"echo","params":"text","id":3}"#, json!(3)),
        (r#"{"jsonrpc":"2.0","method":"echo","params":7,"id":3}"#, json!(3)),
        (r#"{"jsonrpc":"2.0","method":"echo","id":{}}"#, Value::Null),
        (r#"{"jsonrpc":"2.0","method":"echo","id":true}"#, Value::Null),
        (r#"{"jsonrpc":"2.0","method":"echo","id":1,"id":2}"#, Value::Null),
        ("17", Value::Null),
        ("\"text\"", Value::Null),
        ("null", Value::Null),
    ];
    for (text, id) in invalid {
        assert_eq!(code(text), (INVALID_REQUEST, id), "{text}");
    }
    for text in
        ["", " ", "{", "{]", "[", "[1,", "nul", "{\"a\":1}x", "\u{feff}{}", "{'a':1}", "[1]]", "\"\\x\""]
    {
        assert_eq!(code(text).0, PARSE_ERROR, "{text}");
    }
    let answer = answer(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}").expect("it is answered");
    assert_eq!(answer["error"]["code"], PARSE_ERROR);
}

#[test]
fn names_may_be_escaped_and_absent_parameters_be_null() {
    let escaped = r#"{"jsonrpc":"2.0","method":"\u0065cho","id":1,"params":null,"more":[]}"#;
    assert_eq!(answer(escaped.as_bytes()), Some(json!({"jsonrpc":"2.0","result":null,"id":1})));
}

#[test]
fn nesting_is_bounded_and_brackets_in_strings_do_not_count() {
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"params\":{open}{close}}}")
    };
    assert!(answer(nested(MAX_DEPTH - 1).as_bytes()).expect("it is answered")["error"].is_null());
    assert_eq!(code(&nested(MAX_DEPTH)).0, INVALID_REQUEST);
    assert_eq!(code(&"[".repeat(1_000_000)).0, INVALID_REQUEST);
    assert_eq!(code(&"{\"a\":".repeat(200_000)).0, INVALID_REQUEST);
    let text = format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"params\":[\"{}\\\"{}\"]}}",
        "[".repeat(500),
        "{".repeat(500)
    );
    assert!(answer(text.as_bytes()).expect("it is answered")["error"].is_null());
}

#[test]
fn batches_are_bounded() {
    let batch = |count: usize| format!("[{}]", vec!["1"; count].join(","));
    let answers = answer(batch(MAX_BATCH_COUNT).as_bytes()).expect("it is answered");
    assert_eq!(answers.as_array().map(Vec::len), Some(MAX_BATCH_COUNT));
    assert_eq!(code(&batch(MAX_BATCH_COUNT + 1)).0, INVALID_REQUEST);
}

#[test]
fn messages_and_data_are_written_as_json() {
    let mut out = Vec::new();
    write_error(&mut out, None, -32002, "say \"no\"\n", Some(&json!({"logs": ["a"]})));
    let read: Value = serde_json::from_slice(&out).expect("it is JSON");
    let error = json!({"code": -32002, "message": "say \"no\"\n", "data": {"logs": ["a"]}});
    assert_eq!(read, json!({"jsonrpc": "2.0", "error": error, "id": null}));
    let result = RawValue::from_string("{\"value\":1}".to_owned()).expect("it is JSON");
    let told: Value =
        serde_json::from_str(&notification("slotNotification", &result, 9)).expect("it is JSON");
    let params = json!({"result": {"value": 1}, "subscription": 9});
    assert_eq!(told, json!({"jsonrpc": "2.0", "method": "slotNotification", "params": params}));
}

/// The plain twin: reads everything into values, and says what each element is.
fn plain(text: &[u8]) -> Result<Vec<Value>, i64> {
    let value: Value = serde_json::from_slice(text).map_err(|_| PARSE_ERROR)?;
    match value {
        Value::Array(items) if items.is_empty() || items.len() > MAX_BATCH_COUNT => Err(INVALID_REQUEST),
        Value::Array(items) => Ok(items),
        value => Ok(vec![value]),
    }
}

fn plain_is_call(item: &Value) -> bool {
    let params =
        item.get("params").is_none_or(|params| params.is_null() || params.is_array() || params.is_object());
    let id = item.get("id").is_some_and(|id| id.is_null() || id.is_string() || id.is_number());
    item.get("jsonrpc") == Some(&json!("2.0"))
        && item.get("method").is_some_and(Value::is_string)
        && params
        && id
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("2.0")),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("jsonrpc|id|method|params|other", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_call() -> impl Strategy<Value = Value> {
    let member = || prop::option::weighted(0.8, any_json());
    let version = prop_oneof![4 => Just(Some(json!("2.0"))), 1 => member()];
    let name = prop_oneof![4 => Just(Some(json!("echo"))), 1 => member()];
    (version, name, member(), member()).prop_map(|(jsonrpc, method, id, params)| {
        let members = [("jsonrpc", jsonrpc), ("method", method), ("id", id), ("params", params)];
        let there = members.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        Value::Object(there.collect())
    })
}

/// Holds what [`parse`] makes of `text` against the plain twin.
fn check(text: &[u8]) {
    let parsed = parse(text);
    let items = match (plain(text), parsed) {
        (Err(code), Request::Refused(refusal)) => return assert_eq!(refusal.code, code),
        (Ok(_), Request::Refused(refusal)) => {
            assert!(refusal.message.contains("deep"), "{refusal:?}");
            return assert!(!is_shallow(text));
        }
        (Err(code), request) => panic!("{code} of the twin, {request:?}"),
        (Ok(values), Request::Single(item)) => values.into_iter().zip(vec![item]).collect::<Vec<_>>(),
        (Ok(values), Request::Batch(items)) => {
            assert_eq!(values.len(), items.len());
            values.into_iter().zip(items).collect()
        }
    };
    for (value, item) in items {
        match item {
            Item::Call(call) => {
                assert!(plain_is_call(&value), "{value}");
                assert_eq!(value["method"], *call.method);
                assert_eq!(value["id"], serde_json::from_str::<Value>(call.id.get()).expect("it is JSON"));
            }
            Item::Notification => assert!(value.get("id").is_none()),
            Item::Invalid { refusal, .. } => {
                assert_eq!(refusal.code, INVALID_REQUEST);
                assert!(!plain_is_call(&value), "{value}");
            }
        }
    }
}

proptest! {
    #[test]
    fn random_calls_are_read_as_the_plain_twin_reads_them(calls in prop::collection::vec(any_call(), 1..5)) {
        check(calls[0].to_string().as_bytes());
        check(Value::Array(calls).to_string().as_bytes());
    }

    #[test]
    fn random_json_is_read_as_the_plain_twin_reads_it(value in any_json()) {
        check(serde_json::to_string_pretty(&value).expect("it is JSON").as_bytes());
    }

    #[test]
    fn damaged_texts_are_read_or_refused(call in any_call(), place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut text = call.to_string().into_bytes();
        let place = place.index(text.len());
        text[place] = byte;
        // Two members of one name are refused here and merged by the twin; no text of these has them but by damage.
        let _ = answer(&text);
        text.truncate(place);
        let _ = answer(&text);
    }

    #[test]
    fn random_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = answer(&bytes);
    }
}
