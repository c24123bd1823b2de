//! Accounts.

use crate::rpc::context::{Answer, answer, answer_at};
use crate::rpc::options::ContextOptions;
use crate::rpc::options::check_min_context_slot;
use crate::rpc::{Params, Rpc};
use serde_json::json;

pub(super) fn balance(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let address = params.address(0)?;
    let options: ContextOptions = params.options(1)?;
    let found = rpc.reader().accounts(std::slice::from_ref(&address))?;
    let slot = found.at.header.number;
    check_min_context_slot(options.min_context_slot, slot)?;
    let lamports = found.accounts.first().and_then(Option::as_ref).map_or(0, |account| account.lamports);
    answer_at(slot, lamports)
}

pub(super) fn latest_blockhash(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let options: ContextOptions = params.options(0)?;
    rpc.chain().note_interest();
    let last = rpc.reader().last();
    let number = last.header.number;
    check_min_context_slot(options.min_context_slot, number)?;
    let value = json!({
        "blockhash": last.hash.to_string(),
        "lastValidBlockHeight": number.saturating_add(rpc.chain().blockhash_age_blocks()),
    });
    answer_at(number, value)
}

pub(super) fn slot(rpc: &Rpc, params: &Params<'_>) -> Answer {
    params.options::<ContextOptions>(0)?.check(rpc)?;
    rpc.chain().note_interest();
    answer(&rpc.slot())
}
