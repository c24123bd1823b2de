//! All accounts of a program.

use super::accounts::AccountOptions;
use crate::rpc::context::{Answer, answer, answer_at};
use crate::rpc::encode::account::{AccountEncoding, AccountForm, KeyedAccount};
use crate::rpc::encode::mints::Mints;
use crate::rpc::error::RpcError;
use crate::rpc::filter::{Filter, FilterOption};
use crate::rpc::index::Key;
use crate::rpc::options::check_min_context_slot;
use crate::rpc::select::{Selected, by_scan, select};
use crate::rpc::{Params, Rpc};
use sealane_sdk::Account;
use sealane_sdk::ids::system_program;
use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ProgramOptions {
    filters: Option<Vec<FilterOption>>,
    with_context: Option<bool>,
    #[serde(flatten)]
    account: AccountOptions,
}

pub(super) fn program_accounts(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let program = params.address(0)?;
    let options: ProgramOptions = params.options(1)?;
    let filters = Filter::read_all(options.filters.unwrap_or_default())?;
    let is_asked =
        |account: &Account| account.owner == program && filters.iter().all(|filter| filter.passes(account));
    let selected = if program == system_program::ID {
        by_scan(rpc, &is_asked)?
    } else {
        select(rpc, Key::Program(program), &is_asked)?
    };
    check_min_context_slot(options.account.context.min_context_slot, selected.slot)?;
    let views = views(rpc, &selected, options.account.form(AccountEncoding::Bare))?;
    if options.with_context == Some(true) { answer_at(selected.slot, views) } else { answer(&views) }
}

/// The accounts with their addresses, as they are to be shown.
pub(super) fn views(
    rpc: &Rpc,
    selected: &Selected,
    form: AccountForm,
) -> Result<Vec<KeyedAccount>, RpcError> {
    let mints = Mints::new(rpc.reader());
    let accounts = selected.accounts.iter();
    accounts.map(|(address, account)| KeyedAccount::new(address, account, form, &mints)).collect()
}
