//! Methods about accounts.

use crate::rpc::ground::{DECIMALS, Ground, MINTED, mint, token_account, user};
use sealane_sdk::ids::{rent, token};
use serde_json::{Value, json};

const SYSTEM: &str = "11111111111111111111111111111111";

fn funded(ground: &Ground, number: u64) -> u64 {
    ground.chain.reader().account(&user(number).address).unwrap().unwrap().lamports
}

#[test]
fn an_account_in_all_its_forms() {
    let ground = Ground::with_token();
    let address = user(1).address.to_string();
    let lamports = funded(&ground, 1);
    let view = |data: Value| {
        json!({
            "data": data, "executable": false, "lamports": lamports, "owner": SYSTEM,
            "rentEpoch": 18_446_744_073_709_551_615_u64, "space": 0,
        })
    };
    let check = |options: Value, data: Value| {
        ground.check_value("getAccountInfo", json!([address, options]), view(data));
    };
    check(json!(null), json!(""));
    check(json!({ "encoding": "base58" }), json!(["", "base58"]));
    check(json!({ "encoding": "base64" }), json!(["", "base64"]));
    check(json!({ "encoding": "jsonParsed" }), json!(["", "base64"]));
    ground.check_value("getAccountInfo", json!([user(9_999).address.to_string()]), json!(null));
    // The rent sysvar: 17 bytes.
    let address = rent::ID.to_string();
    let data = |options: Value| {
        let answer = ground.call("getAccountInfo", json!([address, options])).unwrap();
        answer["value"]["data"].clone()
    };
    assert_eq!(data(json!({ "encoding": "base64" })), json!(["MBsAAAAAAAAAAAAAAADwPzI=", "base64"]));
    let slice = json!({ "encoding": "base64", "dataSlice": { "offset": 0, "length": 2 } });
    assert_eq!(data(slice), json!(["MBs=", "base64"]));
    let slice = json!({ "encoding": "base64", "dataSlice": { "offset": 16, "length": 9 } });
    assert_eq!(data(slice), json!(["Mg==", "base64"]));
    let slice = json!({ "encoding": "base64", "dataSlice": { "offset": 99, "length": 9 } });
    assert_eq!(data(slice), json!(["", "base64"]));
    assert_eq!(
        data(json!({ "encoding": "jsonParsed" })),
        json!({
            "parsed": {
                "info": { "burnPercent": 50, "exemptionThreshold": 1.0, "lamportsPerByteYear": "6960" },
                "type": "rent",
            },
            "program": "sysvar",
            "space": 17,
        })
    );
    // A token account has 165 bytes, more than base58 is used for.
    let large = json!([token_account(0).to_string()]);
    ground.check_error("getAccountInfo", large, -32600, "128 bytes");
    let slice = json!([token_account(0).to_string(), { "dataSlice": { "offset": 108, "length": 1 } }]);
    assert_eq!(ground.call("getAccountInfo", slice).unwrap()["value"]["data"], json!("2"));
}

#[test]
fn many_accounts_have_holes() {
    let ground = Ground::with_token();
    let address = user(1).address.to_string();
    let view = json!({
        "data": ["", "base64"], "executable": false, "lamports": funded(&ground, 1), "owner": SYSTEM,
        "rentEpoch": 18_446_744_073_709_551_615_u64, "space": 0,
    });
    let missing = user(9_999).address.to_string();
    ground.check_value("getMultipleAccounts", json!([[missing, address]]), json!([null, view]));
    ground.check_value("getMultipleAccounts", json!([[]]), json!([]));
    ground.check_error("getMultipleAccounts", json!([vec![missing; 101]]), -32602, "max 100");
    ground.check_value("getBalance", json!([address]), json!(funded(&ground, 1)));
    ground.check_value("getBalance", json!([user(9_999).address.to_string()]), json!(0));
}

#[test]
fn rent_and_supply() {
    let ground = Ground::with_token();
    ground.check("getMinimumBalanceForRentExemption", json!([0]), json!(890_880));
    ground.check("getMinimumBalanceForRentExemption", json!([165]), json!(2_039_280));
    ground.check_error("getMinimumBalanceForRentExemption", json!([10_485_761]), -32602, "at most");
    ground.check_error("getMinimumBalanceForRentExemption", json!([-1]), -32602, "size");
    let mut total = 0;
    let snapshot = ground.chain.reader().snapshot().unwrap();
    snapshot
        .for_each_account(None, &mut |_, account| {
            total += account.lamports;
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    ground.check_value(
        "getSupply",
        json!([]),
        json!({ "circulating": total, "nonCirculating": 0, "nonCirculatingAccounts": [], "total": total }),
    );
    let largest = ground.call("getLargestAccounts", json!([])).unwrap();
    let largest = largest["value"].as_array().unwrap();
    assert_eq!(largest.len(), 20);
    let lamports: Vec<u64> = largest.iter().map(|one| one["lamports"].as_u64().unwrap()).collect();
    assert!(lamports.is_sorted_by(|first, second| first >= second), "{lamports:?}");
    ground.check_value("getLargestAccounts", json!([{ "filter": "nonCirculating" }]), json!([]));
}

#[test]
fn token_accounts_and_mints_are_parsed() {
    let ground = Ground::with_token();
    let parsed = |address: String| {
        let answer = ground.call("getAccountInfo", json!([address, { "encoding": "jsonParsed" }])).unwrap();
        answer["value"]["data"].clone()
    };
    assert_eq!(
        parsed(mint().address.to_string()),
        json!({
            "parsed": {
                "info": {
                    "decimals": DECIMALS,
                    "freezeAuthority": null,
                    "isInitialized": true,
                    "mintAuthority": user(0).address.to_string(),
                    "supply": MINTED.to_string(),
                },
                "type": "mint",
            },
            "program": "spl-token",
            "space": 82,
        })
    );
    assert_eq!(
        parsed(token_account(0).to_string()),
        json!({
            "parsed": {
                "info": {
                    "isNative": false,
                    "mint": mint().address.to_string(),
                    "owner": user(0).address.to_string(),
                    "state": "initialized",
                    "tokenAmount": { "amount": "2500000", "decimals": 6, "uiAmount": 2.5, "uiAmountString": "2.5" },
                },
                "type": "account",
            },
            "program": "spl-token",
            "space": 165,
        })
    );
}

#[test]
fn a_programs_accounts_pass_its_filters() {
    let ground = Ground::with_token();
    let addresses = |options: Value| -> Vec<String> {
        let answer = ground.call("getProgramAccounts", json!([token::ID.to_string(), options])).unwrap();
        answer.as_array().unwrap().iter().map(|one| one["pubkey"].as_str().unwrap().to_owned()).collect()
    };
    let mut all = [mint().address, token_account(0), token_account(1)];
    all.sort_unstable();
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    let base64 = json!("base64");
    assert_eq!(addresses(json!({ "encoding": base64 })), all);
    assert_eq!(
        addresses(json!({ "encoding": base64, "filters": [{ "dataSize": 82 }] })),
        [mint().address.to_string()]
    );
    let owner = user(1).address.to_string();
    let filters = json!([{ "dataSize": 165 }, { "memcmp": { "offset": 32, "bytes": owner } }]);
    assert_eq!(addresses(json!({ "encoding": base64, "filters": filters })), [token_account(1).to_string()]);
    let options = json!({
        "encoding": "base64", "withContext": true, "filters": filters, "dataSlice": { "offset": 64, "length": 8 },
    });
    ground.check_value(
        "getProgramAccounts",
        json!([token::ID.to_string(), options]),
        json!([{
            "account": {
                "data": ["AAAAAAAAAAA=", "base64"], "executable": false, "lamports": 2_039_280,
                "owner": token::ID.to_string(), "rentEpoch": 18_446_744_073_709_551_615_u64, "space": 165,
            },
            "pubkey": token_account(1).to_string(),
        }]),
    );
    ground.check_error("getProgramAccounts", json!([token::ID.to_string()]), -32600, "128 bytes");
    // The system program's have no list: they are scanned for.
    let answer = ground.call("getProgramAccounts", json!([SYSTEM])).unwrap();
    let found: Vec<&str> =
        answer.as_array().unwrap().iter().map(|one| one["pubkey"].as_str().unwrap()).collect();
    for number in 0..sealane_tests::harness::FUNDED_USER_COUNT {
        assert!(found.contains(&user(number).address.to_string().as_str()), "user {number}");
    }
}
