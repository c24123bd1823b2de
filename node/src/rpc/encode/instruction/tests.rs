//! Instructions of known programs, built by others' builders and ours, and bytes that are no instruction.

use super::{Called, InstructionView};
use proptest::prelude::*;
use sealane_sdk::Address;
use sealane_sdk::ids::{associated_token, bpf_loader_upgradeable, system_program, token};
use sealane_sdk::instruction::Instruction;
use sealane_token::builders;
use sealane_token::instruction::CheckedAmount;
use serde_json::{Value, json};
use solana_system_interface::instruction as system;

fn address(number: u8) -> Address {
    Address::new_from_array([number; 32])
}

fn text(number: u8) -> String {
    address(number).to_string()
}

fn view(instruction: &Instruction) -> Value {
    let called = Called {
        program: instruction.program_id,
        accounts: instruction.accounts.iter().map(|meta| meta.pubkey).collect(),
        data: &instruction.data,
        stack_height: 1,
    };
    serde_json::to_value(InstructionView::new(&called)).unwrap()
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "cases are written in place")]
fn check(instruction: &Instruction, program: &str, kind: &str, info: Value) {
    let expected = json!({
        "parsed": { "info": info, "type": kind }, "program": program,
        "programId": instruction.program_id.to_string(), "stackHeight": 1,
    });
    assert_eq!(view(instruction), expected);
}

#[test]
fn system_instructions() {
    check(
        &system::create_account(&address(1), &address(2), 7, 8, &address(3)),
        "system",
        "createAccount",
        json!({ "lamports": 7, "newAccount": text(2), "owner": text(3), "source": text(1), "space": 8 }),
    );
    check(
        &system::advance_nonce_account(&address(1), &address(2)),
        "system",
        "advanceNonce",
        json!({
            "nonceAccount": text(1), "nonceAuthority": text(2),
            "recentBlockhashesSysvar": "SysvarRecentB1ockHashes11111111111111111111",
        }),
    );
    check(
        &system::withdraw_nonce_account(&address(1), &address(2), &address(3), 9),
        "system",
        "withdrawFromNonce",
        json!({
            "destination": text(3), "lamports": 9, "nonceAccount": text(1), "nonceAuthority": text(2),
            "recentBlockhashesSysvar": "SysvarRecentB1ockHashes11111111111111111111",
            "rentSysvar": "SysvarRent111111111111111111111111111111111",
        }),
    );
    check(
        &system::transfer_with_seed(&address(1), &address(2), "seed".to_owned(), &address(3), &address(4), 5),
        "system",
        "transferWithSeed",
        json!({
            "destination": text(4), "lamports": 5, "source": text(1), "sourceBase": text(2), "sourceOwner": text(3),
            "sourceSeed": "seed",
        }),
    );
}

#[test]
fn token_instructions() {
    let amount = json!({ "amount": "15", "decimals": 1, "uiAmount": 1.5, "uiAmountString": "1.5" });
    check(
        &builders::transfer(&address(1), &address(2), &address(3), &[], 15),
        "spl-token",
        "transfer",
        json!({ "amount": "15", "authority": text(3), "destination": text(2), "source": text(1) }),
    );
    check(
        &builders::mint_to_checked(
            &address(1),
            &address(2),
            &address(3),
            &[address(4), address(5)],
            CheckedAmount { amount: 15, decimals: 1 },
        ),
        "spl-token",
        "mintToChecked",
        json!({
            "account": text(2), "mint": text(1), "multisigMintAuthority": text(3), "signers": [text(4), text(5)],
            "tokenAmount": amount,
        }),
    );
    check(
        &builders::initialize_mint2(&address(1), &address(2), Some(&address(3)), 9),
        "spl-token",
        "initializeMint2",
        json!({ "decimals": 9, "freezeAuthority": text(3), "mint": text(1), "mintAuthority": text(2) }),
    );
    check(
        &builders::initialize_multisig2(&address(1), &[address(2), address(3)], 2),
        "spl-token",
        "initializeMultisig2",
        json!({ "m": 2, "multisig": text(1), "signers": [text(2), text(3)] }),
    );
    check(
        &builders::close_account(&address(1), &address(2), &address(3), &[]),
        "spl-token",
        "closeAccount",
        json!({ "account": text(1), "destination": text(2), "owner": text(3) }),
    );
    check(
        &builders::ui_amount_to_amount(&address(1), "1.5"),
        "spl-token",
        "uiAmountToAmount",
        json!({ "mint": text(1), "uiAmount": "1.5" }),
    );
}

#[test]
fn memos_and_what_is_not_known() {
    let memo = Instruction { program_id: super::MEMO_IDS[1], accounts: Vec::new(), data: b"hello".to_vec() };
    assert_eq!(
        view(&memo),
        json!({
            "parsed": "hello", "program": "spl-memo", "programId": super::MEMO_IDS[1].to_string(), "stackHeight": 1,
        })
    );
    let parts = |program: Address, accounts: Value, data: &str| json!({ "accounts": accounts, "data": data, "programId": program.to_string(), "stackHeight": 1 });
    let no_text = Instruction { data: vec![0xff], ..memo };
    assert_eq!(view(&no_text), parts(super::MEMO_IDS[1], json!([]), "5Q"));
    // A transfer that names too few accounts.
    let mut pay = system::transfer(&address(1), &address(2), 5);
    pay.accounts.pop();
    assert_eq!(view(&pay), parts(system_program::ID, json!([text(1)]), "3Bxs41hAcYbghSB9"));
    // A seed that claims to be longer than any memory.
    let mut seed = vec![3, 0, 0, 0];
    seed.extend_from_slice(&[1; 32]);
    seed.extend_from_slice(&u64::MAX.to_le_bytes());
    let create = Instruction { program_id: system_program::ID, accounts: Vec::new(), data: seed };
    assert_eq!(view(&create).get("parsed"), None);
}

proptest! {
    #[test]
    fn whatever_stands_there_it_is_shown(
        data in prop::collection::vec(any::<u8>(), 0..80),
        first in 0..30_u8,
        account_count in 0..9_u8,
        program in prop::sample::select(vec![
            system_program::ID, token::ID, associated_token::ID, bpf_loader_upgradeable::ID, super::MEMO_IDS[0],
        ]),
    ) {
        let accounts: Vec<Address> = (0..account_count).map(address).collect();
        let word = [&[first, 0, 0, 0][..], &data].concat();
        let byte = [&[first][..], &data].concat();
        for data in [&data, &word, &byte] {
            let called = Called { program, accounts: accounts.clone(), data, stack_height: 2 };
            let view = serde_json::to_value(InstructionView::new(&called)).unwrap();
            prop_assert_eq!(&view["programId"], &json!(program.to_string()));
        }
    }
}
