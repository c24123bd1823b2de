//! Methods about tokens.

use crate::rpc::ground::{Ground, MINTED, mint, token_account, user};
use sealane_sdk::ids::token;
use sealane_token::builders;
use serde_json::{Value, json};

fn amount(amount: u64, ui_amount: f64, text: &str) -> Value {
    json!({ "amount": amount.to_string(), "decimals": 6, "uiAmount": ui_amount, "uiAmountString": text })
}

#[test]
fn balances_and_supplies() {
    let ground = Ground::with_token();
    ground.check_value(
        "getTokenAccountBalance",
        json!([token_account(0).to_string()]),
        amount(MINTED, 2.5, "2.5"),
    );
    ground.check_value("getTokenAccountBalance", json!([token_account(1).to_string()]), amount(0, 0.0, "0"));
    ground.check_value("getTokenSupply", json!([mint().address.to_string()]), amount(MINTED, 2.5, "2.5"));
    let missing = json!([user(9_999).address.to_string()]);
    ground.check_error("getTokenAccountBalance", missing.clone(), -32602, "could not find account");
    ground.check_error("getTokenSupply", missing, -32602, "could not find account");
    ground.check_error(
        "getTokenAccountBalance",
        json!([mint().address.to_string()]),
        -32602,
        "not a Token account",
    );
    ground.check_error("getTokenSupply", json!([token_account(0).to_string()]), -32602, "not a Token mint");
    let holder = |number: u64, amount: Value| {
        let mut holder = json!({ "address": token_account(number).to_string() });
        holder.as_object_mut().unwrap().extend(amount.as_object().unwrap().clone());
        holder
    };
    ground.check_value(
        "getTokenLargestAccounts",
        json!([mint().address.to_string()]),
        json!([holder(0, amount(MINTED, 2.5, "2.5")), holder(1, amount(0, 0.0, "0"))]),
    );
}

#[test]
fn accounts_of_an_owner_and_of_a_delegate() {
    let ground = Ground::with_token();
    let found = |method: &str, user_number: u64, filter: Value| -> Vec<String> {
        let params = json!([user(user_number).address.to_string(), filter, { "encoding": "jsonParsed" }]);
        let answer = ground.call(method, params).unwrap();
        let accounts = answer["value"].as_array().unwrap();
        accounts.iter().map(|one| one["pubkey"].as_str().unwrap().to_owned()).collect()
    };
    let by_mint = json!({ "mint": mint().address.to_string() });
    let by_program = json!({ "programId": token::ID.to_string() });
    for filter in [&by_mint, &by_program] {
        assert_eq!(found("getTokenAccountsByOwner", 0, filter.clone()), [token_account(0).to_string()]);
        assert!(found("getTokenAccountsByOwner", 2, filter.clone()).is_empty());
        assert!(found("getTokenAccountsByDelegate", 2, filter.clone()).is_empty());
    }
    let approve = builders::approve(&token_account(0), &user(2).address, &user(0).address, &[], 7);
    ground.block(&[ground.sign(&[approve], &[&user(0)])]);
    assert_eq!(found("getTokenAccountsByDelegate", 2, by_mint.clone()), [token_account(0).to_string()]);
    let close = builders::close_account(&token_account(1), &user(1).address, &user(1).address, &[]);
    ground.block(&[ground.sign(&[close], &[&user(1)])]);
    assert!(found("getTokenAccountsByOwner", 1, by_mint).is_empty(), "it is gone");
    let owner = user(0).address.to_string();
    let wrong = json!([owner, { "programId": user(0).address.to_string() }]);
    ground.check_error("getTokenAccountsByOwner", wrong, -32602, "unrecognized Token program");
    ground.check_error("getTokenAccountsByOwner", json!([owner, {}]), -32602, "mint or program");
}
