//! What subscriptions tell: from a block to notifications.

use super::{Mention, Notice};
use crate::rpc::context::answer;
use crate::rpc::encode::account::{AccountEncoding, AccountForm, AccountView, KeyedAccount};
use crate::rpc::encode::mints::Mints;
use crate::rpc::filter::Filter;
use crate::rpc::methods::{BlockOptions, BlockView};
use crate::rpc::params::signature_text;
use crate::rpc::{BlockEvent, Rpc};
use sealane_runtime::ingest::sanitize;
use sealane_runtime::ledger::AccountChange;
use sealane_runtime::outcome::Failure;
use sealane_sdk::instruction::TransactionError;
use sealane_sdk::{Account, Address};
use serde::Serialize;
use serde_json::json;

/// A value and the block it is of. Notifications do not say which API they are of.
#[derive(Debug, Serialize)]
struct AtSlot<T> {
    context: SlotContext,
    value: T,
}

#[derive(Debug, Serialize)]
struct SlotContext {
    slot: u64,
}

/// Room for notices is made before they are written: what cannot be written as JSON would be a bug, and is left out.
fn notice(method: &'static str, is_last: bool, result: &impl Serialize) -> Option<Notice> {
    Some(Notice { method, result: answer(result).ok()?, is_last })
}

fn notice_at(method: &'static str, is_last: bool, slot: u64, value: impl Serialize) -> Option<Notice> {
    notice(method, is_last, &AtSlot { context: SlotContext { slot }, value })
}

/// Of a transaction that was processed before anybody asked.
pub(super) fn signature_found(rpc: &Rpc, signature: &[u8; 64]) -> Option<Notice> {
    let found = rpc.reader().transaction(signature).ok().flatten()?;
    let err = found.receipt.body.failure.as_ref().map(Failure::transaction_error);
    signature_notice(found.place.block_number, err.as_ref())
}

/// Of the transaction at this place.
pub(super) fn signature(event: &BlockEvent, place: u32) -> Option<Notice> {
    let receipt = event.block.receipts.get(place as usize)?;
    let err = receipt.body.failure.as_ref().map(Failure::transaction_error);
    signature_notice(event.number, err.as_ref())
}

fn signature_notice(slot: u64, err: Option<&TransactionError>) -> Option<Notice> {
    notice_at("signatureNotification", true, slot, json!({ "err": err }))
}

fn changed<'e>(event: &'e BlockEvent, places: &'e [u32]) -> impl Iterator<Item = &'e AccountChange> {
    places.iter().filter_map(|place| event.changes.get(*place as usize))
}

/// Of the account, as the block left it; one that is gone is empty.
pub(super) fn account(
    rpc: &Rpc,
    event: &BlockEvent,
    places: &[u32],
    address: &Address,
    form: AccountForm,
) -> Vec<Notice> {
    let mints = Mints::new(rpc.reader());
    let notice = |(changed, account): &AccountChange| {
        if changed != address {
            return None;
        }
        let gone = Account::default();
        let account = account.as_deref().unwrap_or(&gone);
        let view = with_fallback(form, |form| AccountView::new(address, account, form, &mints).ok())?;
        notice_at("accountNotification", false, event.number, view)
    };
    changed(event, places).filter_map(notice).collect()
}

/// Of the program's accounts that the block changed.
pub(super) fn program(
    rpc: &Rpc,
    event: &BlockEvent,
    places: &[u32],
    program: &Address,
    form: AccountForm,
    filters: &[Filter],
) -> Vec<Notice> {
    let mints = Mints::new(rpc.reader());
    let notice = |(address, account): &AccountChange| {
        let account = account.as_deref().filter(|account| account.owner == *program)?;
        if !filters.iter().all(|filter| filter.passes(account)) {
            return None;
        }
        let view = with_fallback(form, |form| KeyedAccount::new(address, account, form, &mints).ok())?;
        notice_at("programNotification", false, event.number, view)
    };
    changed(event, places).filter_map(notice).collect()
}

/// What is too large for base58 is told in base64: nobody could be told of an error.
fn with_fallback<T>(form: AccountForm, view: impl Fn(AccountForm) -> Option<T>) -> Option<T> {
    view(form).or_else(|| view(AccountForm { encoding: AccountEncoding::Base64, ..form }))
}

/// Of the logs of the transaction at this place.
pub(super) fn logs(event: &BlockEvent, place: u32) -> Option<Notice> {
    let index = place as usize;
    let bytes = event.block.transactions.get(index)?;
    let receipt = event.block.receipts.get(index)?;
    let signature = signature_text(sanitize(bytes).ok()?.signature());
    let err = receipt.body.failure.as_ref().map(Failure::transaction_error);
    let value = json!({ "err": err, "logs": receipt.logs.lines(), "signature": signature });
    notice_at("logsNotification", false, event.number, value)
}

pub(super) fn slot(event: &BlockEvent) -> Option<Notice> {
    let (slot, parent) = (event.number, event.number.saturating_sub(1));
    notice("slotNotification", false, &json!({ "parent": parent, "root": slot, "slot": slot }))
}

pub(super) fn root(event: &BlockEvent) -> Option<Notice> {
    notice("rootNotification", false, &event.number)
}

/// What a validator tells one after another: the block is executed, voted for, and not to be undone.
pub(super) fn slots_updates(event: &BlockEvent) -> Vec<Notice> {
    let (slot, timestamp) = (event.number, event.block.header.unix_time.saturating_mul(1_000));
    let failed = event.block.receipts.iter().filter(|receipt| !receipt.body.succeeded()).count();
    let count = event.block.receipts.len();
    let updates = [
        json!({
            "slot": slot,
            "stats": {
                "maxTransactionsPerEntry": count,
                "numFailedTransactions": failed,
                "numSuccessfulTransactions": count.saturating_sub(failed),
                "numTransactionEntries": 1,
            },
            "timestamp": timestamp,
            "type": "frozen",
        }),
        json!({ "slot": slot, "timestamp": timestamp, "type": "optimisticConfirmation" }),
        json!({ "slot": slot, "timestamp": timestamp, "type": "root" }),
    ];
    updates.iter().filter_map(|update| notice("slotsUpdatesNotification", false, update)).collect()
}

pub(super) fn block(
    rpc: &Rpc,
    event: &BlockEvent,
    mention: Mention,
    options: &BlockOptions,
) -> Option<Notice> {
    let is_shown = |index: u32| match mention {
        Mention::All => true,
        Mention::Of(address) => {
            let bytes = event.block.transactions.get(index as usize).unwrap_or_default();
            sanitize(bytes).is_ok_and(|transaction| transaction.keys().contains(&address))
        }
    };
    let view = BlockView::new(&event.block, event.hash, options, &Mints::new(rpc.reader()), &is_shown);
    let value = match view {
        Ok(block) => json!({ "block": block, "err": null, "slot": event.number }),
        Err(error) => {
            json!({ "block": null, "err": { "BlockStoreError": error.message }, "slot": event.number })
        }
    };
    notice_at("blockNotification", false, event.number, value)
}
