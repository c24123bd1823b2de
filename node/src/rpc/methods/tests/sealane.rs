//! What Solana has not.

use crate::rpc::encode::binary::base64;
use crate::rpc::ground::{Ground, user};
use sealane_sdk::Address;
use sealane_sdk::instruction::Hash;
use sealane_sdk::state_proof::{ProofEnd, Proven, StateProof, account_hash};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use solana_system_interface::instruction::transfer;
use std::str::FromStr;

fn sha256(pieces: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    pieces.iter().for_each(|piece| hasher.update(piece));
    hasher.finalize().into()
}

fn digest(text: &Value) -> [u8; 32] {
    Hash::from_str(text.as_str().unwrap()).unwrap().to_bytes()
}

#[test]
fn a_proof_can_be_checked_from_its_json_alone() {
    let ground = Ground::with_token();
    for address in [user(0).address, user(9_999).address] {
        let answer = ground.call("sealane_getProof", json!([address.to_string()])).unwrap();
        let value = &answer["value"];
        let end = match &value["proof"]["end"] {
            Value::Null => ProofEnd::Empty,
            end => ProofEnd::Leaf { key: digest(&end["key"]), account_hash: digest(&end["accountHash"]) },
        };
        let siblings = value["proof"]["siblings"].as_array().unwrap().iter().map(digest).collect();
        let root = digest(&value["header"]["stateRoot"]);
        let proven = StateProof { end, siblings }.check(&root, &address, &sha256);
        let account = ground.chain.reader().account(&address).unwrap();
        let expected = match &account {
            Some(account) => Proven::Present(account_hash(&address, account, &sha256)),
            None => Proven::Absent,
        };
        assert_eq!(proven, Some(expected));
        assert_eq!(value["account"]["lamports"].as_u64(), account.map(|account| account.lamports));
        assert_eq!(value["blockhash"], ground.blockhash().to_string());
        assert_eq!(answer["context"]["slot"], 2);
    }
}

#[test]
fn an_access_list_is_inferred() {
    let ground = Ground::new();
    let mut pay = transfer(&user(0).address, &user(1).address, 5);
    pay.accounts[1].is_writable = false;
    let bytes = ground.sign(&[pay], &[&user(0)]);
    let answer =
        ground.call("sealane_inferAccess", json!([base64(&bytes), { "encoding": "base64" }])).unwrap();
    let value = &answer["value"];
    let text = |address: Address| address.to_string();
    assert_eq!(value["verdict"], "worksWithMore");
    assert_eq!(value["writes"], json!([text(user(0).address), text(user(1).address)]));
    assert_eq!(value["reads"], json!(["11111111111111111111111111111111"]));
    assert_eq!(value["tooNarrow"], json!([text(user(1).address)]));
    assert_eq!((&value["err"], &value["isMinimal"]), (&json!(null), &json!(true)));
    let poor = user(9_999);
    let bytes = ground.sign(&[transfer(&poor.address, &user(1).address, 5)], &[&poor]);
    let params = json!([base64(&bytes), { "encoding": "base64" }]);
    let error = ground.check_error("sealane_inferAccess", params, -32602, "whatever it declares");
    assert_eq!(error.data.unwrap(), json!({ "err": "AccountNotFound" }));
}

#[test]
fn contention_tells_who_waited_for_what() {
    let ground = Ground::new();
    let pay = |from: u64, to: u64| {
        ground.sign(&[transfer(&user(from).address, &user(to).address, 5)], &[&user(from)])
    };
    let event = ground.block(&[pay(0, 9), pay(1, 9), pay(2, 3)]);
    assert_eq!(ground.observation().transactions.len(), 3);
    let answer = ground.call("sealane_getContention", json!([])).unwrap();
    assert_eq!(answer, ground.call("sealane_getContention", json!([1])).unwrap());
    assert_eq!(answer["slot"], 1);
    assert_eq!(answer["contention"]["transactions"], 3);
    let transactions = answer["transactions"].as_array().unwrap();
    assert_eq!(transactions.len(), 3);
    assert_eq!(transactions[0]["waitedFor"], json!([]));
    assert_eq!(
        transactions[1]["waitedFor"],
        json!([{ "account": user(9).address.to_string(), "transaction": 0 }])
    );
    assert_eq!(transactions[2]["waitedFor"], json!([]));
    for (index, transaction) in transactions.iter().enumerate() {
        assert_eq!(transaction["index"], index);
        assert_eq!(transaction["batch"], event.block.batches[index]);
        assert_eq!(transaction["unitsConsumed"], event.block.receipts[index].body.units_consumed);
    }
    ground.check_error("sealane_getContention", json!([0]), -32000, "1 to 1");
}
