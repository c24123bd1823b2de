//! Tokens: balances, supplies, and whose token accounts are whose.

use super::accounts::{AccountOptions, LARGEST_COUNT};
use super::check_context;
use super::programs::views;
use crate::rpc::context::{Answer, answer_at};
use crate::rpc::encode::account::AccountEncoding;
use crate::rpc::encode::amount::TokenAmount;
use crate::rpc::encode::mints::{MintHead, Mints, is_token_program};
use crate::rpc::error::RpcError;
use crate::rpc::index::{Key, delegate};
use crate::rpc::options::check_min_context_slot;
use crate::rpc::params;
use crate::rpc::select::select;
use crate::rpc::{Params, Rpc};
use sealane_runtime::balances::TokenBalance;
use sealane_runtime::face::AccountsAt;
use sealane_sdk::{Account, Address};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::sync::Arc;

/// An account that must be there, and the number of the block that it is read of.
fn existing(rpc: &Rpc, address: &Address) -> Result<(u64, Arc<Account>), RpcError> {
    let AccountsAt { at, mut accounts } = rpc.reader().accounts(std::slice::from_ref(address))?;
    let account =
        accounts.pop().flatten().ok_or_else(|| RpcError::invalid_param("could not find account"))?;
    Ok((at.header.number, account))
}

/// The mint at an address.
fn mint(rpc: &Rpc, address: &Address) -> Result<(u64, MintHead), RpcError> {
    let (slot, account) = existing(rpc, address)?;
    let mint = MintHead::of(&account).ok_or_else(|| RpcError::invalid_param("not a Token mint"))?;
    Ok((slot, mint))
}

pub(super) fn account_balance(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let address = params.address(0)?;
    check_context(rpc, params, 1)?;
    let (slot, account) = existing(rpc, &address)?;
    let held = TokenBalance::of(0, &account).ok_or_else(|| RpcError::invalid_param("not a Token account"))?;
    let decimals = Mints::new(rpc.reader()).decimals(&held.mint)?;
    let decimals = decimals.ok_or_else(|| RpcError::invalid_param("could not find mint"))?;
    answer_at(slot, TokenAmount::new(held.amount, decimals))
}

pub(super) fn supply(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let address = params.address(0)?;
    check_context(rpc, params, 1)?;
    let (slot, mint) = mint(rpc, &address)?;
    answer_at(slot, TokenAmount::new(mint.supply, mint.decimals))
}

/// A token account and what it holds, as JSON.
#[derive(Debug, Serialize)]
struct Holder {
    address: String,
    #[serde(flatten)]
    amount: TokenAmount,
}

pub(super) fn largest(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let address = params.address(0)?;
    check_context(rpc, params, 1)?;
    let (_, MintHead { decimals, .. }) = mint(rpc, &address)?;
    let held = |account: &Account| TokenBalance::of(0, account).filter(|held| held.mint == address);
    let selected = select(rpc, Key::Mint(address), &|account| held(account).is_some())?;
    let mut holders: Vec<(Reverse<u64>, Address)> = selected
        .accounts
        .iter()
        .filter_map(|(address, account)| Some((Reverse(held(account)?.amount), *address)))
        .collect();
    holders.sort_unstable();
    holders.truncate(LARGEST_COUNT);
    let views = holders.into_iter().map(|(Reverse(amount), address)| Holder {
        address: address.to_string(),
        amount: TokenAmount::new(amount, decimals),
    });
    answer_at(selected.slot, views.collect::<Vec<_>>())
}

/// Which token accounts are asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum TokenFilter {
    /// Those of this mint.
    Mint(String),
    /// Those of this token program.
    ProgramId(String),
}

/// The same, read.
#[derive(Clone, Copy, Debug)]
enum Wanted {
    Mint(Address),
    Program(Address),
}

impl TokenFilter {
    fn read(&self, rpc: &Rpc) -> Result<Wanted, RpcError> {
        match self {
            Self::Mint(text) => {
                let address = params::address(text)?;
                mint(rpc, &address)?;
                Ok(Wanted::Mint(address))
            }
            Self::ProgramId(text) => {
                let address = params::address(text)?;
                if !is_token_program(&address) {
                    return Err(RpcError::invalid_param("unrecognized Token program id"));
                }
                Ok(Wanted::Program(address))
            }
        }
    }
}

pub(super) fn by_owner(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let owner = params.address(0)?;
    token_accounts(rpc, params, Key::TokenOwner(owner), &|held, _| held.owner == owner)
}

pub(super) fn by_delegate(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let wanted = params.address(0)?;
    token_accounts(rpc, params, Key::TokenDelegate(wanted), &|_, data| delegate(data) == Some(wanted))
}

fn token_accounts(
    rpc: &Rpc,
    params: &Params<'_>,
    key: Key,
    is_theirs: &dyn Fn(&TokenBalance, &[u8]) -> bool,
) -> Answer {
    let wanted = params.required::<TokenFilter>(1, "mint or program")?.read(rpc)?;
    let options: AccountOptions = params.options(2)?;
    let is_asked = |account: &Account| {
        TokenBalance::of(0, account).is_some_and(|held| {
            let is_wanted = match wanted {
                Wanted::Mint(mint) => held.mint == mint,
                Wanted::Program(program) => held.program == program,
            };
            is_wanted && is_theirs(&held, &account.data)
        })
    };
    let selected = select(rpc, key, &is_asked)?;
    check_min_context_slot(options.context.min_context_slot, selected.slot)?;
    answer_at(selected.slot, views(rpc, &selected, options.form(AccountEncoding::Bare))?)
}
