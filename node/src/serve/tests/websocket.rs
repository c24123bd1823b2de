//! WebSockets: calls, subscriptions, their numbers and their ends.

use super::*;
use serde_json::json;

#[test]
fn subscriptions_tell_of_blocks_until_they_are_ended() {
    let node = Running::start(Limits::default());
    for address in [node.websocket, node.http] {
        let mut socket = Socket::connect(address);
        assert!(socket.call("getSlot", &json!([]))["result"].is_u64());
        let number = socket.call("slotSubscribe", &json!([]))["result"].as_u64().expect("it has a number");
        let (first, second) = (socket.next(), socket.next());
        for notice in [&first, &second] {
            assert_eq!(
                (&notice["method"], &notice["params"]["subscription"]),
                (&json!("slotNotification"), &json!(number))
            );
        }
        let slot =
            |notice: &serde_json::Value| notice["params"]["result"]["slot"].as_u64().expect("it has a slot");
        assert!(slot(&second) > slot(&first));
        assert_eq!(socket.call("slotUnsubscribe", &json!([number]))["result"], true);
        let again = socket.call("slotUnsubscribe", &json!([number]));
        assert_eq!(again["error"], json!({"code": -32602, "message": "Invalid subscription id."}));
        assert_eq!(socket.call("slotUnsubscribe", &json!(["x"]))["error"]["code"], -32602);
        assert_eq!(socket.call("noSuchSubscribe", &json!([]))["error"]["code"], -32601);
        assert_eq!(socket.call("noSuchUnsubscribe", &json!([1]))["error"]["code"], -32601);
    }
    node.wait_for_metric("sealane_subscriptions", |count| count == 0.0);
    node.wait_for_metric("sealane_websockets", |count| count == 0.0);
}

#[test]
fn another_sockets_subscription_cannot_be_ended() {
    let node = Running::start(Limits::default());
    let (mut mine, mut others) = (Socket::connect(node.websocket), Socket::connect(node.websocket));
    let number = mine.call("slotSubscribe", &json!([]))["result"].clone();
    assert_eq!(others.call("slotUnsubscribe", &json!([number]))["error"]["code"], -32602);
    assert_eq!(mine.call("slotUnsubscribe", &json!([number]))["result"], true);
}

#[test]
fn subscriptions_are_bounded_and_end_with_their_socket() {
    let limits = Limits { subscriptions_a_connection_count: 3, subscription_count: 5, ..Limits::default() };
    let node = Running::start(limits);
    let refused = |answer: serde_json::Value| answer["error"]["code"] == -32603;
    let (mut first, mut second) = (Socket::connect(node.websocket), Socket::connect(node.websocket));
    for _ in 0..3 {
        assert!(first.call("slotSubscribe", &json!([]))["result"].is_u64());
    }
    assert!(refused(first.call("slotSubscribe", &json!([]))), "a connection has three");
    for _ in 0..2 {
        assert!(second.call("slotSubscribe", &json!([]))["result"].is_u64());
    }
    assert!(refused(second.call("slotSubscribe", &json!([]))), "all have five");
    drop(first);
    node.wait_for_metric("sealane_subscriptions", |count| count == 2.0);
    assert!(second.call("slotSubscribe", &json!([]))["result"].is_u64());
}

#[test]
fn pings_are_answered_and_notifications_of_clients_are_not() {
    let node = Running::start(Limits::default());
    let mut socket = Socket::connect(node.websocket);
    socket.send(&json!({"jsonrpc": "2.0", "method": "ping"}));
    socket.0.send(tungstenite::Message::Ping("beat".into())).expect("it is taken");
    let pong = socket.0.read().expect("it is answered");
    assert_eq!(pong, tungstenite::Message::Pong("beat".into()), "nothing was said to the notification");
}
