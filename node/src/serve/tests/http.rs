//! HTTP: JSON-RPC by POST, CORS, the page, metrics, health, stopping.

use super::*;
use serde_json::{Value, json};

#[test]
fn calls_batches_and_notifications_are_answered_over_one_connection() {
    let node = Running::start(Limits::default());
    let mut client = Client::connect(node.http);
    let slot = client.call("getSlot", &json!([]));
    assert!(slot["result"].is_u64(), "{slot}");
    assert_eq!(client.call("noSuchMethod", &json!([]))["error"]["code"], -32601);
    let batch = json!([
        {"jsonrpc": "2.0", "id": 1, "method": "getSlot"},
        {"jsonrpc": "2.0", "method": "getSlot"},
        {"jsonrpc": "2.0", "id": 2, "method": "getLatestBlockhash", "params": []},
    ]);
    let answer = client.post(batch.to_string());
    let answers: Value = serde_json::from_str(&answer.body).expect("it is JSON");
    assert_eq!((answer.status, answers.as_array().map(Vec::len)), (200, Some(2)));
    assert_eq!((&answers[0]["id"], &answers[1]["id"]), (&json!(1), &json!(2)));
    assert!(answer.head.contains("content-type: application/json"));
    let silent = client.post(r#"{"jsonrpc":"2.0","method":"ping"}"#);
    assert_eq!((silent.status, &*silent.body), (204, ""));
    // Subscriptions are for WebSockets, here they do not exist.
    assert_eq!(client.call("slotSubscribe", &json!([]))["error"]["code"], -32601);
    let other = Client::connect(node.websocket).call("getSlot", &json!([]));
    assert!(other["result"].is_u64(), "both ports answer alike");
}

#[test]
fn browsers_of_other_origins_may_call_with_headers_of_their_own() {
    let node = Running::start(Limits::default());
    let mut client = Client::connect(node.http);
    client.send(
        "OPTIONS / HTTP/1.1\r\nhost: node\r\norigin: https://wallet.example\r\naccess-control-request-method: POST\r\n\
         access-control-request-headers: content-type,solana-client\r\n\r\n",
    );
    let answer = client.answer();
    assert_eq!(answer.status, 200);
    for header in [
        "access-control-allow-origin: *",
        "access-control-allow-headers: content-type,solana-client",
        "access-control-allow-methods: get,post,options",
    ] {
        assert!(answer.head.contains(header), "{header} is not in {}", answer.head);
    }
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"getSlot"}"#;
    client.send(format!(
        "POST / HTTP/1.1\r\nhost: node\r\norigin: https://wallet.example\r\nsolana-client: js/1\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    ));
    assert!(client.answer().head.contains("access-control-allow-origin: *"));
}

#[test]
fn the_page_metrics_and_health_are_there_and_nothing_else() {
    let node = Running::start(Limits::default());
    node.wait_for_block();
    let page = Client::connect(node.http).get("/");
    assert_eq!(page.status, 200);
    assert!(page.head.contains("content-security-policy: default-src 'none'") && page.body.contains("<h2"));
    for file in ["style.css", "main.js"] {
        assert_eq!(Client::connect(node.http).get(&format!("/dashboard/{file}")).status, 200, "{file}");
    }
    let state = Client::connect(node.http).get("/dashboard/state");
    let state: Value = serde_json::from_str(&state.body).expect("it is JSON");
    assert!(state["blocks"].as_array().is_some_and(|blocks| !blocks.is_empty()), "{state}");
    let after = state["height"].as_u64().expect("it has one");
    let later = Client::connect(node.http).get(&format!("/dashboard/state?after={after}")).body;
    let later: Value = serde_json::from_str(&later).expect("it is JSON");
    let is_later = |block: &Value| block["number"].as_u64().is_some_and(|number| number > after);
    assert!(later["blocks"].as_array().is_some_and(|blocks| blocks.iter().all(is_later)));
    assert_eq!(Client::connect(node.http).get("/dashboard/state?after=x").status, 400);
    assert_eq!(Client::connect(node.http).get("/etc/passwd").status, 404);

    Client::connect(node.http).call("getSlot", &json!([]));
    node.wait_for_metric("sealane_blocks_total", |count| count > 0.0);
    assert!(node.metric("sealane_rpc_calls_total{method=\"getSlot\",end=\"answer\"}") >= 1.0);
    assert!(node.metric("process_resident_memory_bytes") > 1e6);
    for _ in 0..3 {
        Client::connect(node.http).call("made_up_by_a_client", &json!([]));
    }
    assert!(node.metric("sealane_rpc_calls_total{method=\"unknown\",end=\"error\"}") >= 3.0);
}

#[test]
fn a_server_that_stops_ends_its_connections_and_frees_its_ports() {
    let mut node = Running::start(Limits::default());
    let mut idle = Client::connect(node.http);
    idle.call("getSlot", &json!([]));
    let mut socket = Socket::connect(node.websocket);
    socket.call("slotSubscribe", &json!([]));
    node.stop().expect("it ends well");
    idle.wait_for_end();
    let closed = loop {
        match socket.0.read() {
            Ok(tungstenite::Message::Close(frame)) => break frame,
            Ok(_) => {}
            Err(error) => panic!("it is told before it is closed: {error}"),
        }
    };
    assert_eq!(closed.map(|frame| frame.code), Some(tungstenite::protocol::frame::coding::CloseCode::Away));
    std::net::TcpListener::bind(node.http).expect("the port is free");
}
