//! Accounts: what stands at an address, and what all accounts hold together.

use crate::rpc::context::{Answer, answer, answer_at};
use crate::rpc::encode::account::{AccountEncoding, AccountForm, AccountView, DataSlice};
use crate::rpc::encode::mints::Mints;
use crate::rpc::error::RpcError;
use crate::rpc::options::{ContextOptions, check_min_context_slot};
use crate::rpc::params;
use crate::rpc::scan;
use crate::rpc::{Params, Rpc};
use sealane_runtime::face::AccountsAt;
use sealane_sdk::Address;
use sealane_sdk::limits::{MAX_ACCOUNT_DATA_SIZE_BYTES, rent_exempt_minimum_lamports};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// Most addresses `getMultipleAccounts` takes. Source: Solana.
const MAX_MULTIPLE_COUNT: usize = 100;
/// Accounts `getLargestAccounts` and `getTokenLargestAccounts` give. Source: Solana.
pub(super) const LARGEST_COUNT: usize = 20;

/// Options of methods that show accounts.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct AccountOptions {
    encoding: Option<AccountEncoding>,
    data_slice: Option<DataSlice>,
    #[serde(flatten)]
    pub(super) context: ContextOptions,
}

impl AccountOptions {
    /// The form asked for; `encoding` if none is.
    pub(super) fn form(&self, encoding: AccountEncoding) -> AccountForm {
        AccountForm { encoding: self.encoding.unwrap_or(encoding), data_slice: self.data_slice }
    }
}

pub(super) fn account_info(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let address = params.address(0)?;
    let options: AccountOptions = params.options(1)?;
    let form = options.form(AccountEncoding::Bare);
    let (slot, mut views) = show(rpc, &[address], form, options.context)?;
    answer_at(slot, views.pop().flatten())
}

pub(super) fn multiple(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let texts: Vec<String> = params.required(0, "addresses")?;
    if texts.len() > MAX_MULTIPLE_COUNT {
        return Err(RpcError::invalid(format_args!("Too many inputs provided; max {MAX_MULTIPLE_COUNT}")));
    }
    let addresses: Vec<Address> = texts.iter().map(|text| params::address(text)).collect::<Result<_, _>>()?;
    let options: AccountOptions = params.options(1)?;
    let (slot, views) = show(rpc, &addresses, options.form(AccountEncoding::Base64), options.context)?;
    answer_at(slot, views)
}

/// These accounts as the last block left them, and its number.
fn show(
    rpc: &Rpc,
    addresses: &[Address],
    form: AccountForm,
    context: ContextOptions,
) -> Result<(u64, Vec<Option<AccountView>>), RpcError> {
    let AccountsAt { at, accounts } = rpc.reader().accounts(addresses)?;
    check_min_context_slot(context.min_context_slot, at.header.number)?;
    let mints = Mints::new(rpc.reader());
    let views = addresses.iter().zip(accounts).map(|(address, account)| {
        account.map(|account| AccountView::new(address, &account, form, &mints)).transpose()
    });
    Ok((at.header.number, views.collect::<Result<_, _>>()?))
}

pub(super) fn balance(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let address = params.address(0)?;
    let options: ContextOptions = params.options(1)?;
    let AccountsAt { at, accounts } = rpc.reader().accounts(&[address])?;
    check_min_context_slot(options.min_context_slot, at.header.number)?;
    let lamports = accounts.first().and_then(Option::as_ref).map_or(0, |account| account.lamports);
    answer_at(at.header.number, lamports)
}

pub(super) fn rent_exemption(_: &Rpc, params: &Params<'_>) -> Answer {
    let size_bytes: usize = params.required(0, "size")?;
    if size_bytes > MAX_ACCOUNT_DATA_SIZE_BYTES {
        return Err(RpcError::invalid(format_args!(
            "an account holds at most {MAX_ACCOUNT_DATA_SIZE_BYTES} bytes, not {size_bytes}"
        )));
    }
    answer(&rent_exempt_minimum_lamports(size_bytes))
}

/// All lamports; nothing on this ledger is locked, so all of them circulate.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Supply {
    circulating: u64,
    non_circulating: u64,
    non_circulating_accounts: [String; 0],
    total: u64,
}

pub(super) fn supply(rpc: &Rpc, params: &Params<'_>) -> Answer {
    params.options::<ContextOptions>(0)?.check(rpc)?;
    let mut total = 0_u64;
    let slot = scan::all(rpc, &mut |_, account| {
        total = total.saturating_add(account.lamports);
        ControlFlow::Continue(())
    })?;
    let supply = Supply { circulating: total, non_circulating: 0, non_circulating_accounts: [], total };
    answer_at(slot, supply)
}

/// An account and what it holds.
#[derive(Debug, Serialize)]
struct Holder {
    address: String,
    lamports: u64,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct LargestOptions {
    filter: Option<SupplyFilter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum SupplyFilter {
    Circulating,
    NonCirculating,
}

pub(super) fn largest(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let options: LargestOptions = params.options(0)?;
    let mut largest: BTreeSet<(Reverse<u64>, Address)> = BTreeSet::new();
    let slot = scan::all(rpc, &mut |address, account| {
        largest.insert((Reverse(account.lamports), *address));
        if largest.len() > LARGEST_COUNT {
            largest.pop_last();
        }
        ControlFlow::Continue(())
    })?;
    if options.filter == Some(SupplyFilter::NonCirculating) {
        largest.clear();
    }
    let holders = largest.into_iter();
    let holders =
        holders.map(|(Reverse(lamports), address)| Holder { address: address.to_string(), lamports });
    answer_at(slot, holders.collect::<Vec<_>>())
}
