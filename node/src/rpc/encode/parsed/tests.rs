//! Accounts that are understood, and bytes that are not.

use super::account;
use crate::rpc::encode::mints::Mints;
use crate::rpc::ground::{Ground, mint, user};
use proptest::prelude::*;
use sealane_runtime::balances::TOKEN_2022_ID;
use sealane_sdk::ids::{
    bpf_loader_upgradeable, clock, recent_blockhashes, slot_hashes, system_program, sysvar, token,
};
use sealane_sdk::{Account, Address};
use serde_json::{Value, json};

fn view(ground: &Ground, address: &Address, owner: Address, data: Vec<u8>) -> Option<Value> {
    let mints = Mints::new(ground.chain.reader());
    let parsed =
        account(address, &Account { owner, data, lamports: 1, executable: false }, &mints).expect("a ledger");
    parsed.map(|parsed| serde_json::to_value(parsed).expect("it can be written"))
}

fn parsed(ground: &Ground, owner: Address, data: Vec<u8>) -> Option<Value> {
    view(ground, &user(5).address, owner, data).map(|view| view["parsed"].clone())
}

#[test]
fn nonces_programs_and_multisignatures() {
    let ground = Ground::new();
    let key = |byte: u8| Address::new_from_array([byte; 32]).to_string();
    let nonce = [&[1, 0, 0, 0, 1, 0, 0, 0][..], &[2; 32], &[3; 32], &5_000_u64.to_le_bytes()].concat();
    let info = json!({ "authority": key(2), "blockhash": key(3), "feeCalculator": { "lamportsPerSignature": "5000" } });
    assert_eq!(
        parsed(&ground, system_program::ID, nonce.clone()),
        Some(json!({ "info": info, "type": "initialized" }))
    );
    assert_eq!(parsed(&ground, system_program::ID, vec![0; 80]), None, "not initialized");
    assert_eq!(parsed(&ground, system_program::ID, nonce[..79].to_vec()), None);

    let loader = bpf_loader_upgradeable::ID;
    let program = [&[2, 0, 0, 0][..], &[4; 32]].concat();
    let expected = json!({ "info": { "programData": key(4) }, "type": "program" });
    assert_eq!(parsed(&ground, loader, program), Some(expected));
    let data = [&[3, 0, 0, 0][..], &9_u64.to_le_bytes(), &[1], &[4; 32], &[1, 2, 3]].concat();
    let info = json!({ "authority": key(4), "data": ["AQID", "base64"], "slot": 9 });
    assert_eq!(parsed(&ground, loader, data), Some(json!({ "info": info, "type": "programData" })));
    // Whose authority was given up: its room is kept.
    let buffer = [&[1, 0, 0, 0, 0][..], &[0; 32], &[1, 2, 3]].concat();
    let info = json!({ "authority": null, "data": ["AQID", "base64"] });
    assert_eq!(parsed(&ground, loader, buffer), Some(json!({ "info": info, "type": "buffer" })));

    let mut multisig = vec![0; 355];
    multisig[..3].copy_from_slice(&[1, 2, 1]);
    multisig[3..35].fill(6);
    multisig[35..67].fill(7);
    let info = json!({ "isInitialized": true, "numRequiredSigners": 1, "numValidSigners": 2, "signers": [key(6), key(7)] });
    assert_eq!(parsed(&ground, token::ID, multisig), Some(json!({ "info": info, "type": "multisig" })));
}

#[test]
fn a_token_account_with_everything() {
    let ground = Ground::with_token();
    let key = |byte: u8| Address::new_from_array([byte; 32]).to_string();
    let mut data = Vec::new();
    data.extend_from_slice(mint().address.as_array());
    data.extend_from_slice(&[2; 32]);
    data.extend_from_slice(&7_u64.to_le_bytes());
    data.extend_from_slice(&[1, 0, 0, 0]);
    data.extend_from_slice(&[3; 32]);
    data.push(2);
    data.extend_from_slice(&[1, 0, 0, 0]);
    data.extend_from_slice(&2_039_280_u64.to_le_bytes());
    data.extend_from_slice(&5_u64.to_le_bytes());
    data.extend_from_slice(&[1, 0, 0, 0]);
    data.extend_from_slice(&[4; 32]);
    assert_eq!(data.len(), 165);
    let amount = |amount: &str, ui_amount: f64, text: &str| json!({ "amount": amount, "decimals": 6, "uiAmount": ui_amount, "uiAmountString": text });
    let mut info = json!({
        "closeAuthority": key(4),
        "delegate": key(3),
        "delegatedAmount": amount("5", 0.000_005, "0.000005"),
        "isNative": true,
        "mint": mint().address.to_string(),
        "owner": key(2),
        "rentExemptReserve": amount("2039280", 2.039_28, "2.03928"),
        "state": "frozen",
        "tokenAmount": amount("7", 0.000_007, "0.000007"),
    });
    let expected = |info: &Value| Some(json!({ "info": info, "type": "account" }));
    assert_eq!(parsed(&ground, token::ID, data.clone()), expected(&info));
    // The second token program's, with an extension: that there is one is all that is said of it.
    data.extend_from_slice(&[2, 7, 0, 0, 0]);
    info["extensions"] = json!([{ "extension": "unparseableExtension" }]);
    let whole = view(&ground, &user(5).address, TOKEN_2022_ID, data.clone()).unwrap();
    assert_eq!(whole["parsed"], expected(&info).unwrap());
    assert_eq!((&whole["program"], &whole["space"]), (&json!("spl-token-2022"), &json!(170)));
    // Of a mint that is not there, nobody knows the decimals.
    data[0] ^= 1;
    assert_eq!(parsed(&ground, TOKEN_2022_ID, data), None);
}

#[test]
fn sysvars_of_the_ledger() {
    let ground = Ground::with_token();
    let value = |address: Address| {
        let answer = ground
            .call("getAccountInfo", json!([address.to_string(), { "encoding": "jsonParsed" }]))
            .unwrap();
        answer["value"]["data"]["parsed"].clone()
    };
    let event = ground.last_event();
    assert_eq!(
        value(clock::ID),
        json!({
            "info": {
                "epoch": 0, "epochStartTimestamp": 0, "leaderScheduleEpoch": 0, "slot": 2,
                "unixTimestamp": event.block.header.unix_time,
            },
            "type": "clock",
        })
    );
    let parent = event.block.header.parent.to_string();
    let hashes = value(slot_hashes::ID);
    assert_eq!(
        (&hashes["type"], &hashes["info"][0]),
        (&json!("slotHashes"), &json!({ "hash": parent, "slot": 1 }))
    );
    let recent = value(recent_blockhashes::ID);
    let first = json!({ "blockhash": parent, "feeCalculator": { "lamportsPerSignature": "5000" } });
    assert_eq!((&recent["type"], &recent["info"][0]), (&json!("recentBlockhashes"), &first));
}

#[test]
fn whatever_stands_there_nothing_panics() {
    let ground = Ground::new();
    let owners = vec![token::ID, TOKEN_2022_ID, system_program::ID, bpf_loader_upgradeable::ID, sysvar::ID];
    let sizes = prop_oneof![Just(80_usize), Just(82), Just(165), Just(166), Just(355), 0..400_usize];
    let data = (sizes, any::<u8>(), prop::collection::vec(any::<u8>(), 400), 0..4_u8);
    let inputs = (prop::sample::select(owners), data);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&inputs, |(owner, (size, fill, random, kind))| {
            for mut data in [vec![fill; size], random[..size.min(random.len())].to_vec(), vec![0; size]] {
                if let Some(first) = data.first_mut() {
                    *first = kind;
                }
                for address in [clock::ID, slot_hashes::ID, recent_blockhashes::ID] {
                    let _ = view(&ground, &address, owner, data.clone());
                }
            }
            Ok(())
        })
        .expect("no panic");
}
