//! Token accounts, mints and multisignatures of the token programs.

use super::fields::Fields;
use crate::rpc::encode::amount::TokenAmount;
use crate::rpc::encode::mints::{MINT_SIZE_BYTES, Mints, TOKEN_ACCOUNT_SIZE_BYTES};
use crate::rpc::error::RpcError;
use sealane_sdk::Address;
use serde::Serialize;
use serde_json::{Value, json};

const MULTISIG_SIZE_BYTES: usize = 355;

/// A token account, as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenAccountView {
    #[serde(skip_serializing_if = "Option::is_none")]
    close_authority: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delegate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delegated_amount: Option<TokenAmount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<Value>,
    is_native: bool,
    mint: String,
    owner: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rent_exempt_reserve: Option<TokenAmount>,
    state: &'static str,
    token_amount: TokenAmount,
}

pub(super) fn parse(data: &[u8], mints: &Mints<'_>) -> Result<Option<(&'static str, Value)>, RpcError> {
    let has_extensions = data.len() > TOKEN_ACCOUNT_SIZE_BYTES && data.len() != MULTISIG_SIZE_BYTES;
    let kind = if has_extensions { data.get(TOKEN_ACCOUNT_SIZE_BYTES).copied() } else { None };
    match (data.len(), kind) {
        (MINT_SIZE_BYTES, _) | (_, Some(1)) => Ok(mint(data, has_extensions).map(|info| ("mint", info))),
        (MULTISIG_SIZE_BYTES, _) => Ok(multisig(data).map(|info| ("multisig", info))),
        (TOKEN_ACCOUNT_SIZE_BYTES, _) | (_, Some(2)) => {
            // The mint is the first field.
            let Some(mint) = data.first_chunk::<32>() else { return Ok(None) };
            let mint = Address::new_from_array(*mint);
            let Some(decimals) = mints.decimals(&mint)? else { return Ok(None) };
            let view = token_account(data, decimals, has_extensions);
            Ok(view.and_then(|view| Some(("account", serde_json::to_value(view).ok()?))))
        }
        _ => Ok(None),
    }
}

fn token_account(data: &[u8], decimals: u8, has_extensions: bool) -> Option<TokenAccountView> {
    let mut fields = Fields(data);
    let (mint, owner, amount) = (fields.text()?, fields.text()?, fields.u64()?);
    let delegate = fields.tagged(Fields::text)?;
    let state = match fields.byte()? {
        1 => "initialized",
        2 => "frozen",
        _ => return None,
    };
    let native_reserve = fields.tagged(Fields::u64)?;
    let delegated_amount = fields.u64()?;
    let close_authority = fields.tagged(Fields::text)?;
    Some(TokenAccountView {
        close_authority,
        delegated_amount: delegate.is_some().then(|| TokenAmount::new(delegated_amount, decimals)),
        delegate,
        extensions: has_extensions.then(unread_extensions),
        is_native: native_reserve.is_some(),
        mint,
        owner,
        rent_exempt_reserve: native_reserve.map(|reserve| TokenAmount::new(reserve, decimals)),
        state,
        token_amount: TokenAmount::new(amount, decimals),
    })
}

fn mint(data: &[u8], has_extensions: bool) -> Option<Value> {
    let mut fields = Fields(data);
    let mint_authority = fields.tagged(Fields::text)?;
    let (supply, decimals, is_initialized) = (fields.u64()?, fields.byte()?, fields.flag()?);
    let freeze_authority = fields.tagged(Fields::text)?;
    let mut info = json!({
        "decimals": decimals,
        "freezeAuthority": freeze_authority,
        "isInitialized": is_initialized,
        "mintAuthority": mint_authority,
        "supply": supply.to_string(),
    });
    if has_extensions && let Some(info) = info.as_object_mut() {
        info.insert("extensions".to_owned(), unread_extensions());
    }
    is_initialized.then_some(info)
}

fn multisig(data: &[u8]) -> Option<Value> {
    let mut fields = Fields(data);
    let (required_count, signer_count, is_initialized) = (fields.byte()?, fields.byte()?, fields.flag()?);
    let signers: Option<Vec<String>> = (0..signer_count).map(|_| fields.text()).collect();
    is_initialized.then_some(json!({
        "isInitialized": is_initialized,
        "numRequiredSigners": required_count,
        "numValidSigners": signer_count,
        "signers": signers?,
    }))
}

/// What Solana says of extensions that it does not know either: that there are some.
fn unread_extensions() -> Value {
    json!([{ "extension": "unparseableExtension" }])
}
