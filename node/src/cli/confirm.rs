//! `sealane confirm`: what became of a transaction.

use super::print::print;
use super::settings::NodeOptions;
use crate::client::SignatureStatus;
use clap::Args;
use serde_json::{Value, json};
use solana_signature::Signature;
use std::process::ExitCode;

/// What became of a transaction
///
/// Exits with 1 if it failed or is in no block.
#[derive(Args, Debug)]
pub(crate) struct ConfirmCommand {
    /// The transaction's first signature
    signature: Signature,
    /// Print the transaction as well: its fee, its instructions' logs, whose balances changed
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    node: NodeOptions,
}

impl ConfirmCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.node.client()?;
        let signature = self.signature.to_string();
        let status =
            client.signature_statuses(std::slice::from_ref(&signature))?.into_iter().next().flatten();
        let transaction = if self.verbose { client.transaction(&signature)? } else { None };
        let json = json!({
            "confirmationStatus": status.as_ref().and_then(|status| status.confirmation_status.clone()),
            "err": status.as_ref().map_or(Value::Null, |status| status.err.clone()),
            "slot": status.as_ref().map(|status| status.slot),
            "transaction": transaction,
        });
        self.node.output().print(&json, || {
            let mut text = transaction.as_ref().map_or_else(String::new, transaction_text);
            text += &status_text(status.as_ref());
            text
        })?;
        let succeeded = status.is_some_and(|status| status.err.is_null());
        Ok(if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn status_text(status: Option<&SignatureStatus>) -> String {
    match status {
        None => "Not found".to_owned(),
        Some(status) if !status.err.is_null() => format!("Transaction failed with error {}", status.err),
        Some(status) => {
            let mut name = status.confirmation_status.clone().unwrap_or_else(|| "finalized".to_owned());
            if let Some(first) = name.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            name
        }
    }
}

/// What a transaction did, from the answer of `getTransaction`.
fn transaction_text(transaction: &Value) -> String {
    let at = |pointer: &str| transaction.pointer(pointer).unwrap_or(&Value::Null);
    let list = |pointer: &str| at(pointer).as_array().map(Vec::as_slice).unwrap_or_default();
    let mut text = format!(
        "\nTransaction executed in slot {}:\n  Fee: {} lamports\n  Compute units: {}\n  Status: {}\n",
        at("/slot"),
        at("/meta/fee"),
        at("/meta/computeUnitsConsumed"),
        if at("/meta/err").is_null() { "Ok".to_owned() } else { at("/meta/err").to_string() }
    );
    let keys = list("/transaction/message/accountKeys");
    let (before, after) = (list("/meta/preBalances"), list("/meta/postBalances"));
    for (index, ((key, before), after)) in keys.iter().zip(before).zip(after).enumerate() {
        let key = key.as_str().unwrap_or("?");
        let change = if before == after { String::new() } else { format!(" -> {after}") };
        text += &format!("  Account {index}: {key} {before}{change} lamports\n");
    }
    let logs = list("/meta/logMessages");
    if !logs.is_empty() {
        text += "  Log Messages:\n";
        for line in logs.iter().filter_map(Value::as_str) {
            text += &format!("    {line}\n");
        }
    }
    text.push('\n');
    text
}

/// Prints a line for what happened, as `sealane logs` does as well.
pub(super) fn print_logs(signature: &str, err: &Value, logs: &[Value], slot: u64) -> anyhow::Result<()> {
    let status = if err.is_null() { "Ok".to_owned() } else { format!("Error({err})") };
    print(format_args!(
        "Transaction executed in slot {slot}:\n  Signature: {signature}\n  Status: {status}"
    ))?;
    print("  Log Messages:")?;
    for line in logs.iter().filter_map(Value::as_str) {
        print(format_args!("    {line}"))?;
    }
    Ok(())
}
