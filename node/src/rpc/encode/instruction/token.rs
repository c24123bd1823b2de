//! Instructions of the token programs, as far as both have them.

use super::{Called, Told, text};
use crate::rpc::encode::amount::TokenAmount;
use serde_json::{Value, json};
use spl_token_interface::instruction::{AuthorityType, TokenInstruction as Instruction};

pub(super) fn parse(called: &Called<'_>) -> Option<Told> {
    let instruction = Instruction::unpack(called.data).ok()?;
    let told = |kind, names: &[&str]| Told::new(kind, called, names);
    let signed =
        |told: Told, index, single, multisig| Some(with_signers(told, called, index, single, multisig));
    match instruction {
        Instruction::Transfer { amount } => {
            let told = amount_of(told("transfer", &["source", "destination"])?, amount);
            signed(told, 2, "authority", "multisigAuthority")
        }
        Instruction::TransferChecked { amount, decimals } => {
            let told = told("transferChecked", &["source", "mint", "destination"])?;
            signed(token_amount_of(told, amount, decimals), 3, "authority", "multisigAuthority")
        }
        Instruction::Approve { amount } => {
            let told = amount_of(told("approve", &["source", "delegate"])?, amount);
            signed(told, 2, "owner", "multisigOwner")
        }
        Instruction::ApproveChecked { amount, decimals } => {
            let told = told("approveChecked", &["source", "mint", "delegate"])?;
            signed(token_amount_of(told, amount, decimals), 3, "owner", "multisigOwner")
        }
        Instruction::Revoke => signed(told("revoke", &["source"])?, 1, "owner", "multisigOwner"),
        Instruction::MintTo { amount } => {
            let told = amount_of(told("mintTo", &["mint", "account"])?, amount);
            signed(told, 2, "mintAuthority", "multisigMintAuthority")
        }
        Instruction::MintToChecked { amount, decimals } => {
            let told = token_amount_of(told("mintToChecked", &["mint", "account"])?, amount, decimals);
            signed(told, 2, "mintAuthority", "multisigMintAuthority")
        }
        Instruction::Burn { amount } => {
            let told = amount_of(told("burn", &["account", "mint"])?, amount);
            signed(told, 2, "authority", "multisigAuthority")
        }
        Instruction::BurnChecked { amount, decimals } => {
            let told = token_amount_of(told("burnChecked", &["account", "mint"])?, amount, decimals);
            signed(told, 2, "authority", "multisigAuthority")
        }
        Instruction::CloseAccount => {
            signed(told("closeAccount", &["account", "destination"])?, 2, "owner", "multisigOwner")
        }
        Instruction::FreezeAccount => {
            let told = told("freezeAccount", &["account", "mint"])?;
            signed(told, 2, "freezeAuthority", "multisigFreezeAuthority")
        }
        Instruction::ThawAccount => {
            let told = told("thawAccount", &["account", "mint"])?;
            signed(told, 2, "freezeAuthority", "multisigFreezeAuthority")
        }
        Instruction::SetAuthority { authority_type, new_authority } => {
            let (owned, kind) = authority(&authority_type);
            let new_authority: Option<sealane_sdk::Address> = new_authority.into();
            let told = told("setAuthority", &[owned])?
                .with("authorityType", kind)
                .with("newAuthority", json!(new_authority.map(|address| address.to_string())));
            signed(told, 1, "authority", "multisigAuthority")
        }
        other => unsigned(&other, called),
    }
}

/// Instructions that nobody signs, but for who pays.
fn unsigned(instruction: &Instruction<'_>, called: &Called<'_>) -> Option<Told> {
    let told = |kind, names: &[&str]| Told::new(kind, called, names);
    match *instruction {
        Instruction::InitializeMint { decimals, mint_authority, freeze_authority } => {
            let told = told("initializeMint", &["mint", "rentSysvar"])?;
            Some(with_authorities(told, decimals, &mint_authority, freeze_authority.into()))
        }
        Instruction::InitializeMint2 { decimals, mint_authority, freeze_authority } => {
            let told = told("initializeMint2", &["mint"])?;
            Some(with_authorities(told, decimals, &mint_authority, freeze_authority.into()))
        }
        Instruction::InitializeAccount => {
            told("initializeAccount", &["account", "mint", "owner", "rentSysvar"])
        }
        Instruction::InitializeAccount2 { owner } => Some(
            told("initializeAccount2", &["account", "mint", "rentSysvar"])?.with("owner", owner.to_string()),
        ),
        Instruction::InitializeAccount3 { owner } => {
            Some(told("initializeAccount3", &["account", "mint"])?.with("owner", owner.to_string()))
        }
        Instruction::InitializeMultisig { m } => {
            let told = told("initializeMultisig", &["multisig", "rentSysvar"])?;
            Some(told.with("signers", addresses(called, 2)).with("m", m))
        }
        Instruction::InitializeMultisig2 { m } => Some(
            told("initializeMultisig2", &["multisig"])?.with("signers", addresses(called, 1)).with("m", m),
        ),
        Instruction::SyncNative => told("syncNative", &["account"]),
        Instruction::GetAccountDataSize => told("getAccountDataSize", &["mint"]),
        Instruction::InitializeImmutableOwner => told("initializeImmutableOwner", &["account"]),
        Instruction::AmountToUiAmount { amount } => {
            Some(amount_of(told("amountToUiAmount", &["mint"])?, amount))
        }
        Instruction::UiAmountToAmount { ui_amount } => {
            Some(told("uiAmountToAmount", &["mint"])?.with("uiAmount", ui_amount))
        }
        _ => None,
    }
}

/// The account at `index` signs by itself, or is a multisignature for which those behind it sign.
fn with_signers(told: Told, called: &Called<'_>, index: usize, single: &str, multisig: &str) -> Told {
    if called.accounts.len() > index.saturating_add(1) {
        let signers = addresses(called, index.saturating_add(1));
        told.with_account(multisig, called, index).with("signers", signers)
    } else {
        told.with_account(single, called, index)
    }
}

fn with_authorities(
    told: Told,
    decimals: u8,
    mint_authority: &sealane_sdk::Address,
    freeze_authority: Option<sealane_sdk::Address>,
) -> Told {
    let told = told.with("decimals", decimals).with("mintAuthority", text(mint_authority));
    match freeze_authority {
        Some(authority) => told.with("freezeAuthority", text(&authority)),
        None => told,
    }
}

fn amount_of(told: Told, amount: u64) -> Told {
    told.with("amount", amount.to_string())
}

fn token_amount_of(told: Told, amount: u64, decimals: u8) -> Told {
    told.with("tokenAmount", json!(TokenAmount::new(amount, decimals)))
}

fn addresses(called: &Called<'_>, first: usize) -> Value {
    let accounts = called.accounts.get(first..).unwrap_or_default();
    Value::Array(accounts.iter().map(text).collect())
}

/// What the authority is over, and its name.
fn authority(kind: &AuthorityType) -> (&'static str, &'static str) {
    match kind {
        AuthorityType::MintTokens => ("mint", "mintTokens"),
        AuthorityType::FreezeAccount => ("mint", "freezeAccount"),
        AuthorityType::AccountOwner => ("account", "accountOwner"),
        AuthorityType::CloseAccount => ("account", "closeAccount"),
    }
}
