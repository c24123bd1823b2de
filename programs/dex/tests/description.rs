//! What clients were built for stays: the numbers of instructions and errors, and every instruction's accounts in their order,
//! with the right to write (`w`) and the signature (`s`) that each needs.

use sealane_dex::{DexError, idl};
use sealane_sdk::idl::InstructionAccountItem;

const INSTRUCTIONS: [(u8, &str, &str); 12] = [
    (
        0,
        "create_pool",
        "payer:ws pool:w vault_a:w vault_b:w lp_mint:w mint_a mint_b fee_authority system_program token_program",
    ),
    (
        1,
        "add_liquidity",
        "pool:w vault_a:w vault_b:w lp_mint:w tokens_a:w tokens_b:w lp_tokens:w provider:s token_program",
    ),
    (
        2,
        "remove_liquidity",
        "pool:w vault_a:w vault_b:w lp_mint:w tokens_a:w tokens_b:w lp_tokens:w provider:s token_program",
    ),
    (3, "swap_exact_input", "pool:w vault_in:w vault_out:w source:w destination:w trader:s token_program"),
    (4, "swap_exact_output", "pool:w vault_in:w vault_out:w source:w destination:w trader:s token_program"),
    (
        5,
        "collect_protocol_fees",
        "pool:w vault_a:w vault_b:w tokens_a:w tokens_b:w fee_authority:s token_program",
    ),
    (
        64,
        "create_market",
        "payer:ws market:ws base_vault:w quote_vault:w base_mint quote_mint signer fee_authority system_program token_program",
    ),
    (65, "place_order", "market:w trader:s source:w vault:w token_program"),
    (66, "cancel_order", "market:w trader:s"),
    (67, "cancel_all_orders", "market:w trader:s"),
    (
        68,
        "settle",
        "market:w trader:s base_tokens:w quote_tokens:w base_vault:w quote_vault:w signer token_program",
    ),
    (69, "collect_market_fees", "market:w fee_authority:s quote_tokens:w quote_vault:w signer token_program"),
];

fn account(item: &InstructionAccountItem) -> String {
    let InstructionAccountItem::Single(account) = item else { panic!("the exchange has no groups") };
    let rights = [(account.writable, 'w'), (account.signer, 's')];
    let rights: String = rights.into_iter().filter(|(has, _)| *has).map(|(_, right)| right).collect();
    if rights.is_empty() { account.name.clone() } else { format!("{}:{rights}", account.name) }
}

#[test]
fn instructions_keep_their_numbers_and_accounts() {
    let described = idl().instructions;
    let mut found: Vec<(u8, &str, String)> = described
        .iter()
        .map(|instruction| {
            let [number] = instruction.discriminator[..] else { panic!("one byte tells them apart") };
            let accounts: Vec<String> = instruction.accounts.iter().map(account).collect();
            (number, instruction.name.as_str(), accounts.join(" "))
        })
        .collect();
    found.sort();
    let expected = INSTRUCTIONS.map(|(number, name, accounts)| (number, name, accounts.to_owned()));
    assert_eq!(found, expected);
}

#[test]
fn errors_keep_their_numbers() {
    let described: Vec<u32> = idl().errors.iter().map(|error| error.code).collect();
    assert_eq!(described, (0..8).chain(64..73).collect::<Vec<_>>());
    assert_eq!((DexError::SlippageExceeded as u32, DexError::SelfTrade as u32), (5, 72));
}

#[test]
fn both_kinds_of_accounts_are_described() {
    let accounts: Vec<String> = idl().accounts.into_iter().map(|account| account.name).collect();
    assert_eq!(accounts, ["MarketHeader", "Pool"]);
}
