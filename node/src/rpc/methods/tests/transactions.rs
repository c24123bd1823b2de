//! Methods about transactions that were executed.

use crate::rpc::ground::{Ground, MINTED, mint, token_account, user};
use crate::rpc::params::signature_text;
use sealane_runtime::ingest::sanitize;
use sealane_sdk::Address;
use sealane_sdk::ids::{associated_token, token};
use sealane_sdk::instruction::Instruction;
use sealane_tests::user::MessageVersion;
use sealane_token::builders;
use sealane_token::instruction::CheckedAmount;
use serde_json::{Value, json};
use solana_system_interface::instruction::transfer;

const SYSTEM: &str = "11111111111111111111111111111111";

fn signature(bytes: &[u8]) -> String {
    signature_text(sanitize(bytes).unwrap().signature())
}

#[test]
fn statuses_have_holes_and_both_forms_of_the_error() {
    let ground = Ground::with_token();
    let good = ground.sign(&[transfer(&user(0).address, &user(1).address, 5)], &[&user(0)]);
    let too_much =
        builders::transfer(&token_account(0), &token_account(1), &user(0).address, &[], MINTED + 1);
    let bad = ground.sign(&[too_much], &[&user(0)]);
    ground.block(&[good.clone(), bad.clone()]);
    let err = json!({ "InstructionError": [0, { "Custom": 1 }] });
    let params = json!([
        [signature(&good), signature_text(&[7; 64]), signature(&bad)],
        { "searchTransactionHistory": true },
    ]);
    ground.check_value(
        "getSignatureStatuses",
        params,
        json!([
            {
                "confirmationStatus": "finalized", "confirmations": null, "err": null, "slot": 3,
                "status": { "Ok": null },
            },
            null,
            {
                "confirmationStatus": "finalized", "confirmations": null, "err": err, "slot": 3,
                "status": { "Err": err },
            },
        ]),
    );
    // What failed cost its fee, and nothing else.
    let meta = ground.call("getTransaction", json!([signature(&bad)])).unwrap()["meta"].clone();
    assert_eq!(meta["err"], err);
    assert_eq!(meta["preTokenBalances"], meta["postTokenBalances"]);
    assert_eq!(meta["preTokenBalances"].as_array().unwrap().len(), 2);
    let lamports = |list: &str| -> Vec<u64> {
        meta[list].as_array().unwrap().iter().map(|one| one.as_u64().unwrap()).collect()
    };
    let (mut expected, after) = (lamports("preBalances"), lamports("postBalances"));
    expected[0] -= 5_000;
    assert_eq!(after, expected);
    ground.check_error("getSignatureStatuses", json!([vec!["1"; 257]]), -32602, "max 256");
    ground.check_error("getSignatureStatuses", json!([["1"]]), -32602, "WrongSize");
}

#[test]
#[expect(clippy::too_many_lines, reason = "most of them are the expected answer")]
fn a_transaction_with_indices() {
    let ground = Ground::with_token();
    let bytes = ground.sign(&[transfer(&user(0).address, &user(1).address, 5)], &[&user(0)]);
    let event = ground.block(std::slice::from_ref(&bytes));
    let receipt = &event.block.receipts[0];
    let balances = receipt.balances.unpack().unwrap();
    let keys = [user(0).address.to_string(), user(1).address.to_string(), SYSTEM.to_owned()];
    let recent = event.block.header.parent.to_string();
    ground.check(
        "getTransaction",
        json!([signature(&bytes), { "maxSupportedTransactionVersion": 0 }]),
        json!({
            "blockTime": event.block.header.unix_time,
            "meta": {
                "computeUnitsConsumed": receipt.body.units_consumed,
                "err": null,
                "fee": 5_000,
                "innerInstructions": [],
                "loadedAddresses": { "readonly": [], "writable": [] },
                "logMessages": [format!("Program {SYSTEM} invoke [1]"), format!("Program {SYSTEM} success")],
                "postBalances": balances.lamports_after,
                "postTokenBalances": [],
                "preBalances": balances.lamports_before,
                "preTokenBalances": [],
                "rewards": [],
                "status": { "Ok": null },
            },
            "slot": 3,
            "transaction": {
                "message": {
                    "accountKeys": keys,
                    "header": {
                        "numReadonlySignedAccounts": 0, "numReadonlyUnsignedAccounts": 1, "numRequiredSignatures": 1,
                    },
                    "instructions": [
                        { "accounts": [0, 1], "data": "3Bxs41hAcYbghSB9", "programIdIndex": 2, "stackHeight": 1 },
                    ],
                    "recentBlockhash": recent,
                },
                "signatures": [signature(&bytes)],
            },
            "version": "legacy",
        }),
    );
    let found = ground.call("getTransaction", json!([signature(&bytes), "jsonParsed"])).unwrap();
    assert_eq!(found.get("version"), None);
    assert_eq!(found["meta"].get("loadedAddresses"), None);
    assert_eq!(
        found["transaction"]["message"]["instructions"],
        json!([{
            "parsed": {
                "info": { "destination": keys[1], "lamports": 5, "source": keys[0] },
                "type": "transfer",
            },
            "program": "system",
            "programId": SYSTEM,
            "stackHeight": 1,
        }])
    );
    ground.check("getTransaction", json!([signature_text(&[7; 64])]), json!(null));
    let later = ground.sign_version(
        &[transfer(&user(0).address, &user(1).address, 6)],
        &[&user(0)],
        MessageVersion::V0,
    );
    ground.block(std::slice::from_ref(&later));
    ground.check_error(
        "getTransaction",
        json!([signature(&later)]),
        -32015,
        "\"maxSupportedTransactionVersion\": 0",
    );
}

/// The associated token program makes an account by calling the system and the token program.
#[test]
#[expect(clippy::too_many_lines, reason = "most of them are the expected answer")]
fn nested_instructions_and_token_balances() {
    let ground = Ground::with_token();
    let wallet = user(2).address;
    let account = token_account(2);
    let bytes = ground.sign(
        &[
            sealane_associated_token::builders::create(
                &user(0).address,
                &wallet,
                &mint().address,
                &token::ID,
            ),
            builders::transfer_checked(
                &token_account(0),
                &mint().address,
                &account,
                &user(0).address,
                &[],
                CheckedAmount { amount: 1_000_000, decimals: 6 },
            ),
        ],
        &[&user(0)],
    );
    ground.block(std::slice::from_ref(&bytes));
    let found = ground.call("getTransaction", json!([signature(&bytes), "jsonParsed"])).unwrap();
    let keys: Vec<&str> = found["transaction"]["message"]["accountKeys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["pubkey"].as_str().unwrap())
        .collect();
    let index = |address: &Address| keys.iter().position(|key| *key == address.to_string()).unwrap();
    let balance = |address: &Address, owner: u64, amount: Value| {
        json!({
            "accountIndex": index(address), "mint": mint().address.to_string(), "owner": user(owner).address.to_string(),
            "programId": token::ID.to_string(), "uiTokenAmount": amount,
        })
    };
    let amount = |amount: &str, ui_amount: f64, text: &str| json!({ "amount": amount, "decimals": 6, "uiAmount": ui_amount, "uiAmountString": text });
    let sorted = |mut balances: Vec<Value>| {
        balances.sort_by_key(|balance| balance["accountIndex"].as_u64());
        json!(balances)
    };
    let meta = &found["meta"];
    assert_eq!(
        meta["preTokenBalances"],
        json!([balance(&token_account(0), 0, amount("2500000", 2.5, "2.5"))])
    );
    assert_eq!(
        meta["postTokenBalances"],
        sorted(vec![
            balance(&token_account(0), 0, amount("1500000", 1.5, "1.5")),
            balance(&account, 2, amount("1000000", 1.0, "1")),
        ])
    );
    let inner = &meta["innerInstructions"];
    assert_eq!(inner.as_array().unwrap().len(), 1, "only the first instruction calls others");
    assert_eq!(inner[0]["index"], 0);
    let kinds: Vec<&str> = inner[0]["instructions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["parsed"]["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds.last(), Some(&"initializeAccount3"), "{kinds:?}");
    assert!(inner[0]["instructions"].as_array().unwrap().iter().all(|one| one["stackHeight"] == 2));
    let top = &found["transaction"]["message"]["instructions"];
    assert_eq!(top[0]["program"], "spl-associated-token-account");
    assert_eq!(top[0]["programId"], associated_token::ID.to_string());
    assert_eq!(
        top[1]["parsed"],
        json!({
            "info": {
                "authority": user(0).address.to_string(), "destination": account.to_string(),
                "mint": mint().address.to_string(), "source": token_account(0).to_string(),
                "tokenAmount": amount("1000000", 1.0, "1"),
            },
            "type": "transferChecked",
        })
    );
    let before: u64 = meta["preBalances"].as_array().unwrap().iter().map(|one| one.as_u64().unwrap()).sum();
    let after: u64 = meta["postBalances"].as_array().unwrap().iter().map(|one| one.as_u64().unwrap()).sum();
    assert_eq!(before, after + 5_000, "nothing is lost but the fee");
}

#[test]
fn the_history_of_an_address() {
    let ground = Ground::new();
    let memo = |text: &[u8]| Instruction {
        program_id: Address::from_str_const("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr"),
        accounts: Vec::new(),
        data: text.to_vec(),
    };
    let pay = |lamports| transfer(&user(0).address, &user(1).address, lamports);
    let mut signatures = Vec::new();
    for lamports in 1..=4 {
        let bytes = ground.sign(&[pay(lamports)], &[&user(0)]);
        signatures.push(signature(&bytes));
        ground.block(&[bytes]);
    }
    let found = |options: Value| {
        let params = json!([user(1).address.to_string(), options]);
        let answer = ground.call("getSignaturesForAddress", params).unwrap();
        answer
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["signature"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let newest_first: Vec<String> = signatures.iter().rev().cloned().collect();
    assert_eq!(found(json!(null)), newest_first);
    assert_eq!(found(json!({ "limit": 1 })), newest_first[..1]);
    assert_eq!(found(json!({ "before": signatures[2] })), newest_first[2..]);
    assert_eq!(found(json!({ "until": signatures[1] })), newest_first[..2]);
    assert!(found(json!({ "before": signature_text(&[7; 64]) })).is_empty());
    // There is no memo program on this ledger: the call fails, and its memo is told all the same.
    let bytes = ground.sign(&[pay(9), memo(b"hello"), memo(&[0xff])], &[&user(0)]);
    let event = ground.block(std::slice::from_ref(&bytes));
    let params = json!([user(1).address.to_string(), { "limit": 1 }]);
    ground.check(
        "getSignaturesForAddress",
        params,
        json!([{
            "blockTime": event.block.header.unix_time, "confirmationStatus": "finalized",
            "err": event.block.receipts[0].body.failure.as_ref().map(|failure| failure.transaction_error()),
            "memo": "[5] hello; [1] (unparseable)", "signature": signature(&bytes), "slot": 5,
        }]),
    );
    ground.check_error(
        "getSignaturesForAddress",
        json!([user(1).address.to_string(), { "limit": 0 }]),
        -32602,
        "limit",
    );
}
