//! Simulations.

use crate::rpc::encode::binary::base64;
use crate::rpc::ground::{Ground, mint, token_account, user};
use sealane_sdk::ids::token;
use sealane_sdk::instruction::Hash;
use sealane_tests::user::{MessageVersion, sign};
use serde_json::{Value, json};
use solana_system_interface::instruction::transfer;

const SYSTEM: &str = "11111111111111111111111111111111";

#[test]
fn a_simulation_says_all_that_it_can() {
    let ground = Ground::new();
    let (from, to) = (user(0).address, user(9_999).address);
    let lamports = ground.chain.reader().account(&from).unwrap().unwrap().lamports;
    let bytes = ground.sign(&[transfer(&from, &to, 1_000_000)], &[&user(0)]);
    let account = |lamports: u64| {
        json!({
            "data": ["", "base64"], "executable": false, "lamports": lamports, "owner": SYSTEM,
            "rentEpoch": 18_446_744_073_709_551_615_u64, "space": 0,
        })
    };
    let units =
        ground.call("simulateTransaction", json!([base64(&bytes), { "encoding": "base64" }])).unwrap();
    let units = units["value"]["unitsConsumed"].clone();
    let program_size = ground.chain.reader().account(&Default::default()).unwrap().unwrap().data.len();
    ground.check_value(
        "simulateTransaction",
        json!([base64(&bytes), {
            "encoding": "base64", "sigVerify": true, "innerInstructions": true,
            "accounts": { "addresses": [to.to_string(), from.to_string(), token::ID.to_string()] },
        }]),
        json!({
            "accounts": [account(1_000_000), account(lamports - 1_005_000), null],
            "err": null,
            "fee": 5_000,
            "innerInstructions": [],
            "loadedAccountsDataSize": program_size,
            "loadedAddresses": { "readonly": [], "writable": [] },
            "logs": [format!("Program {SYSTEM} invoke [1]"), format!("Program {SYSTEM} success")],
            "postBalances": [lamports - 1_005_000, 1_000_000, 1],
            "postTokenBalances": [],
            "preBalances": [lamports, 0, 1],
            "preTokenBalances": [],
            "replacementBlockhash": null,
            "returnData": null,
            "unitsConsumed": units,
        }),
    );
    assert_eq!(ground.chain.reader().last().header.number, 0, "nothing happened");
}

#[test]
fn blockhash_and_signatures_can_be_left_out() {
    let ground = Ground::new();
    let instructions = [transfer(&user(0).address, &user(1).address, 5)];
    let mut bytes = sign(&instructions, &[&user(0)], Hash::new_from_array([7; 32]), MessageVersion::Legacy);
    bytes[1..65].fill(0);
    let simulate = |options: Value| {
        let mut all = json!({ "encoding": "base64" });
        all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        ground.call("simulateTransaction", json!([base64(&bytes), all]))
    };
    let answer = simulate(json!({})).unwrap();
    assert_eq!(answer["value"]["err"], "BlockhashNotFound");
    assert_eq!(answer["value"]["logs"], json!([]));
    let answer = simulate(json!({ "replaceRecentBlockhash": true })).unwrap();
    assert_eq!(answer["value"]["err"], json!(null));
    assert_eq!(
        answer["value"]["replacementBlockhash"],
        json!({ "blockhash": ground.blockhash().to_string(), "lastValidBlockHeight": 150 })
    );
    assert_eq!(simulate(json!({ "sigVerify": true })).unwrap_err().code, -32003);
    let both = simulate(json!({ "sigVerify": true, "replaceRecentBlockhash": true })).unwrap_err();
    assert_eq!(both.code, -32602);
    let accounts = json!({ "accounts": { "addresses": vec![SYSTEM; 9] } });
    assert!(simulate(accounts).unwrap_err().message.contains("Too many accounts provided; max 3"));
    let accounts = json!({ "accounts": { "encoding": "base58", "addresses": [] } });
    assert!(simulate(accounts).unwrap_err().message.contains("base58 encoding not supported"));
    assert_eq!(simulate(json!({ "minContextSlot": 1 })).unwrap_err().code, -32016);
}

#[test]
fn a_mint_that_a_simulation_makes_is_known_to_its_answer() {
    let ground = Ground::with_token();
    let create = sealane_associated_token::builders::create(
        &user(0).address,
        &user(2).address,
        &mint().address,
        &token::ID,
    );
    let bytes = ground.sign(&[create], &[&user(0)]);
    let options = json!({
        "encoding": "base64", "innerInstructions": true,
        "accounts": { "encoding": "jsonParsed", "addresses": [token_account(2).to_string()] },
    });
    let answer = ground.call("simulateTransaction", json!([base64(&bytes), options])).unwrap();
    let value = &answer["value"];
    assert_eq!(value["accounts"][0]["data"]["parsed"]["info"]["owner"], user(2).address.to_string());
    assert_eq!(value["postTokenBalances"][0]["uiTokenAmount"]["decimals"], 6);
    let inner = value["innerInstructions"][0]["instructions"].as_array().unwrap();
    assert_eq!(inner.last().unwrap()["parsed"]["type"], "initializeAccount3");
    ground.check_value("getAccountInfo", json!([token_account(2).to_string()]), json!(null));
}
