//! Clients that mean harm, or are broken: whatever they do, blocks are made, others are answered, and memory stays bounded.

use super::running::wait_until;
use super::*;
use serde_json::{Value, json};
use std::time::Duration;

#[test]
fn what_is_no_request_is_refused_and_the_connection_lives() {
    let node = Running::start(Limits::default());
    let mut client = Client::connect(node.http);
    let deep =
        format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"getSlot\",\"params\":{}", "[".repeat(100_000));
    let cases: [(&[u8], i64); 9] = [
        (b"", -32700),
        (b"{", -32700),
        (b"\xff\xfe\x00", -32700),
        (b"[]", -32600),
        (b"42", -32600),
        (br#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600),
        (br#"{"jsonrpc":"2.0","id":1,"method":"getBalance","params":{"a":[]}}"#, -32602),
        (br#"{"jsonrpc":"2.0","id":1,"method":"getBalance","params":[[[[[]]]]]}"#, -32602),
        (deep.as_bytes(), -32600),
    ];
    for (body, code) in cases {
        let answer = client.post(body);
        let value: Value = serde_json::from_str(&answer.body).expect("it is JSON");
        assert_eq!((answer.status, &value["error"]["code"]), (200, &json!(code)), "{value}");
    }
    let mut socket = Socket::connect(node.websocket);
    for (body, code) in cases {
        socket.0.send(tungstenite::Message::Binary(body.to_vec().into())).expect("it is taken");
        assert_eq!(socket.next()["error"]["code"], code);
    }
    assert!(client.call("getSlot", &json!([]))["result"].is_u64());
}

#[test]
fn bodies_that_are_too_large_are_refused_unread() {
    let node = Running::start(Limits { body_size_bytes: 10_000, ..Limits::default() });
    let answer = Client::connect(node.http).post(vec![b' '; 10_001]);
    assert_eq!(answer.status, 413);
    let mut liar = Client::connect(node.http);
    liar.send("POST / HTTP/1.1\r\nhost: node\r\ncontent-length: 99999999999\r\n\r\n");
    assert_eq!(liar.answer().status, 413, "before anything of it is there");
    liar.wait_for_end();
    let mut chunked = Client::connect(node.http);
    chunked.send("POST / HTTP/1.1\r\nhost: node\r\ntransfer-encoding: chunked\r\n\r\n");
    for _ in 0..3 {
        chunked.send(format!("fa0\r\n{}\r\n", " ".repeat(4_000)));
    }
    assert_eq!(chunked.answer().status, 413);
    let mut headers = Client::connect(node.http);
    headers.send(format!("GET / HTTP/1.1\r\nhost: node\r\nx: {}\r\n\r\n", "y".repeat(200_000)));
    assert_eq!(headers.answer().status, 431);
    let mut socket = Socket::connect(node.websocket);
    let _ = socket.0.send(tungstenite::Message::text(" ".repeat(20_000)));
    assert!(socket.0.read().is_err(), "the connection ends");
    node.wait_for_block();
}

#[test]
fn requests_that_do_not_end_are_given_up() {
    let timeout = Duration::from_millis(300);
    let limits = Limits { head_timeout: timeout, body_timeout: timeout, ..Limits::default() };
    let node = Running::start(limits);
    let mut head = Client::connect(node.http);
    head.send("POST / HTTP/1.1\r\nhost: no");
    let mut body = Client::connect(node.http);
    body.send("POST / HTTP/1.1\r\nhost: node\r\ncontent-length: 100\r\n\r\n{\"half\":");
    let mut silent = Client::connect(node.http);
    assert_eq!(body.answer().status, 408);
    for client in [&mut head, &mut body, &mut silent] {
        client.wait_for_end();
    }
    node.wait_for_block();
}

#[test]
fn connections_beyond_the_limits_are_closed_and_those_within_go_on() {
    let limits = Limits { connections_an_address_count: 20, ..Limits::default() };
    let node = Running::start(limits);
    let mut within: Vec<Socket> = (0..18).map(|_| Socket::connect(node.websocket)).collect();
    let mut beyond: Vec<Client> = (0..50).map(|_| Client::connect(node.http)).collect();
    let refused = beyond.split_off(2).into_iter().map(|mut client| client.wait_for_end()).count();
    assert_eq!(refused, 48);
    for socket in &mut within {
        assert!(socket.call("getSlot", &json!([]))["result"].is_u64());
    }
    drop((within, beyond));
    wait_until("room", || node.chain.reader().last().header.number > 0 && try_slot(&node));
    assert!(node.metric("sealane_refused_connections_total") >= 48.0);
}

fn try_slot(node: &Running) -> bool {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(node.http).expect("it is listening");
    let mut byte = [0];
    stream.write_all(b"GET /health HTTP/1.1\r\nhost: node\r\n\r\n").is_ok()
        && matches!(stream.read(&mut byte), Ok(1))
}

#[test]
fn a_thousand_idle_sockets_and_some_that_flood_stop_nobody() {
    let node = Running::start(Limits::default());
    let mut idle: Vec<Socket> = (0..1_000).map(|_| Socket::connect(node.websocket)).collect();
    let address = node.websocket;
    let flood = move |seed: usize| {
        let mut socket = Socket::connect(address);
        for index in 0..3_000 {
            let text = match (index + seed) % 4 {
                0 => "[".repeat(300),
                1 => r#"{"jsonrpc":"2.0","id":1,"method":"getSlot"}"#.to_owned(),
                2 => r#"{"jsonrpc":"2.0","id":1,"method":"slotSubscribe"}"#.to_owned(),
                _ => r#"{"jsonrpc":"2.0","id":{"a":1},"method":[]}"#.to_owned(),
            };
            if socket.0.send(tungstenite::Message::text(text)).is_err() {
                return;
            }
            let _ = socket.0.read();
        }
    };
    let before = node.metric("process_resident_memory_bytes");
    std::thread::scope(|scope| {
        (0..4).for_each(|seed| drop(scope.spawn(move || flood(seed))));
        for _ in 0..5 {
            node.wait_for_block();
        }
    });
    let grown = node.metric("process_resident_memory_bytes") - before;
    assert!(grown < 300e6, "memory grew by {grown} bytes");
    for socket in idle.iter_mut().step_by(100) {
        assert!(socket.call("getSlot", &json!([]))["result"].is_u64());
    }
    drop(idle);
    node.wait_for_metric("sealane_subscriptions", |count| count == 0.0);
}

#[test]
fn readers_of_notices_that_are_too_slow_are_dropped() {
    let limits = Limits { outbox_size_bytes: 50_000, ..Limits::default() };
    let node = Running::start(limits);
    let mut slow = Socket::connect(node.websocket);
    let mut quick = Socket::connect(node.websocket);
    // Notices of so many subscriptions fill the sockets' buffers within seconds, if nobody reads.
    let calls: Vec<Value> =
        (0..900).map(|id| json!({"jsonrpc": "2.0", "id": id, "method": "slotSubscribe"})).collect();
    slow.send(&Value::Array(calls));
    assert!(quick.call("slotSubscribe", &json!([]))["result"].is_u64());
    wait_until("the slow reader to be dropped", || node.metric("sealane_slow_readers_total") >= 1.0);
    node.wait_for_metric("sealane_subscriptions", |count| count == 1.0);
    assert_eq!(quick.next()["method"], "slotNotification");
    assert!(node.metric("sealane_unsent_bytes") < 50_000.0);
}

#[test]
fn callers_that_read_no_answers_are_given_up() {
    let limits = Limits { write_timeout: Duration::from_millis(500), ..Limits::default() };
    let node = Running::start(limits);
    let mut client = Client::connect(node.http);
    let calls: Vec<Value> =
        (0..1_000).map(|id| json!({"jsonrpc": "2.0", "id": id, "method": "getLatestBlockhash"})).collect();
    let body = Value::Array(calls).to_string();
    let request = format!("POST / HTTP/1.1\r\nhost: node\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    client.0.set_write_timeout(Some(Duration::from_secs(5))).expect("it can be set");
    let is_given_up = (0..400).any(|_| std::io::Write::write_all(&mut client.0, request.as_bytes()).is_err());
    assert!(is_given_up, "it reads none of a hundred megabytes, and is still served");
    node.wait_for_block();
}

#[test]
fn silent_sockets_are_pinged_and_then_dropped() {
    let limits = Limits {
        ping_interval: Duration::from_millis(100),
        silence_timeout: Duration::from_millis(400),
        ..Limits::default()
    };
    let node = Running::start(limits);
    // This one is read from, and so answers pings; the other one does nothing at all.
    let mut alive = Socket::connect(node.websocket);
    let dead = Socket::connect(node.websocket);
    node.wait_for_metric("sealane_websockets", |count| count == 2.0);
    let begin = node.chain.reader().last().header.number;
    while node.metric("sealane_websockets") > 1.0 {
        assert!(alive.call("getSlot", &json!([]))["result"].is_u64());
        assert!(node.chain.reader().last().header.number < begin + 400, "it was not dropped");
    }
    drop(dead);
    assert!(alive.call("getSlot", &json!([]))["result"].is_u64());
}
