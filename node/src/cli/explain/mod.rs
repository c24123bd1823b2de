//! `sealane explain`: what held a transaction or a block up.
//!
//! The node observes the workers while they execute a block, and answers for its last blocks. What is printed here is read
//! from that; `report.rs` has its form.

mod block;
mod report;
mod transaction;

use super::settings::NodeOptions;
use crate::client::Client;
use anyhow::{Context, bail};
use clap::Args;
use report::Report;
use serde_json::{Value, json};
use solana_signature::Signature;
use std::process::ExitCode;

/// What a transaction waited for, or what held a block up
#[derive(Args, Debug)]
pub(crate) struct ExplainCommand {
    /// A transaction's signature, or a block's number
    #[arg(value_name = "SIGNATURE|BLOCK")]
    subject: String,
    #[command(flatten)]
    node: NodeOptions,
}

impl ExplainCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.node.client()?;
        if let Ok(number) = self.subject.parse::<u64>() {
            let (json, report) = observed(&client, number)?;
            self.node.output().print(&json, || block::text(&report))?;
            return Ok(ExitCode::SUCCESS);
        }
        let Ok(signature) = self.subject.parse::<Signature>() else {
            bail!("{:?} is neither a block's number nor a signature (64 bytes in base58)", self.subject);
        };
        let signature = signature.to_string();
        let transaction = client
            .transaction(&signature)?
            .with_context(|| format!("no block that {} keeps has transaction {signature}", client.url()))?;
        let slot = transaction.get("slot").and_then(Value::as_u64).context("a transaction is in a block")?;
        let (json, report) = observed(&client, slot)?;
        let own = report.transaction(&signature).with_context(|| {
            format!("block {slot} is not the one that was observed: it has no transaction {signature}")
        })?;
        let json = json!({
            "slot": slot,
            "observed": json.pointer(&format!("/transactions/{}", own.position)),
            "transaction": transaction,
        });
        self.node.output().print(&json, || transaction::text(&report, &own, &transaction))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What the node observed while it executed a block: as it says it, and as it is read here.
fn observed(client: &Client, slot: u64) -> anyhow::Result<(Value, Report)> {
    let answer: Result<Value, _> = client.call("sealane_getContention", &json!([slot]));
    let json = answer.map_err(|error| {
        if error.is_unknown_method() {
            anyhow::anyhow!(
                "{} is no Sealane node, and nobody else can say what a block waited for",
                client.url()
            )
        } else {
            error.into()
        }
    })?;
    if json.is_null() {
        bail!(
            "block {slot} is not among the last blocks, of which {} knows what they waited for",
            client.url()
        );
    }
    let report = serde_json::from_value(json.clone()).with_context(|| {
        format!(
            "{} says what block {slot} waited for in another form than this version of `sealane` reads",
            client.url()
        )
    })?;
    Ok((json, report))
}
