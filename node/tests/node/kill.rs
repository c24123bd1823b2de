//! Killed at any moment, a node has lost nothing that it told anybody was confirmed.

use crate::running::{Node, call_at};
use sealane_sdk::Address;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::thread::{scope, sleep};
use std::time::Duration;

const ROUND_COUNT: u64 = 4;
const LAMPORTS: u64 = 1_000_000_000;

/// Sends airdrops to addresses of its own and asks what became of them, until the node is gone; keeps those that were confirmed.
fn send_until_gone(url: &str, round: u64, sender: u64, confirmed: &Mutex<Vec<(String, String)>>) {
    for number in 0_u64.. {
        let mut bytes = [7; 32];
        for (part, value) in bytes.chunks_exact_mut(8).zip([round, sender, number]) {
            part.copy_from_slice(&value.to_le_bytes());
        }
        let to = Address::new_from_array(bytes).to_string();
        let Ok(signature) = call_at(url, "requestAirdrop", &json!([to, LAMPORTS])) else { return };
        loop {
            let Ok(answer) = call_at(url, "getSignatureStatuses", &json!([[signature]])) else { return };
            let status = &answer["value"][0];
            if *status != Value::Null {
                assert_eq!(status["err"], Value::Null, "it succeeds");
                let signature = signature.as_str().expect("a signature").to_owned();
                confirmed.lock().unwrap().push((to, signature));
                break;
            }
            sleep(Duration::from_millis(2));
        }
    }
}

#[test]
fn what_was_confirmed_is_there_after_a_kill() {
    let outer = tempfile::tempdir().unwrap();
    let ledger = outer.path().join("ledger");
    let confirmed: Mutex<Vec<(String, String)>> = Mutex::default();
    for round in 0..ROUND_COUNT {
        let node = Node::start(&ledger, &["--faucet"]);
        let url = node.said["http"].as_str().unwrap().to_owned();
        for (to, signature) in confirmed.lock().unwrap().iter() {
            assert_eq!(node.balance(to), LAMPORTS, "confirmed and lost, seen in round {round}");
            let asked = json!([[signature], { "searchTransactionHistory": true }]);
            let status = node.call("getSignatureStatuses", &asked)["value"][0].clone();
            assert_eq!(status["err"], Value::Null);
            assert_ne!(status, Value::Null, "confirmed and lost, seen in round {round}");
        }
        let begin = confirmed.lock().unwrap().len();
        scope(|scope| {
            for sender in 0..3 {
                let (url, confirmed) = (&url, &confirmed);
                scope.spawn(move || send_until_gone(url, round, sender, confirmed));
            }
            // At another moment of a block each time.
            node.wait_until("some are confirmed", |_| confirmed.lock().unwrap().len() >= begin + 12);
            sleep(Duration::from_millis(17 * round));
            node.stop("KILL");
        });
    }
    let node = Node::start(&ledger, &["--faucet"]);
    let confirmed = confirmed.into_inner().unwrap();
    assert!(confirmed.len() >= 12 * usize::try_from(ROUND_COUNT).unwrap());
    for (to, _) in &confirmed {
        assert_eq!(node.balance(to), LAMPORTS, "confirmed and lost");
    }
}
