//! `sealane logs`: what transactions log, as it happens.

use super::confirm::print_logs;
use super::print::print;
use super::settings::{NodeOptions, Output, read_address};
use crate::client::Subscription;
use clap::Args;
use serde_json::{Value, json};
use std::process::ExitCode;

/// Follow what transactions log, until interrupted
#[derive(Args, Debug)]
pub(crate) struct LogsCommand {
    /// Only transactions that name this address, a program or an account; without it, all
    address: Option<String>,
    /// End after so many transactions
    #[arg(long, value_name = "TRANSACTIONS", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    #[command(flatten)]
    node: NodeOptions,
}

impl LogsCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let filter = match self.address.as_deref() {
            None | Some("all") => json!("all"),
            Some(address) => json!({ "mentions": [read_address(address)?.to_string()] }),
        };
        let client = self.node.client()?;
        let commitment = client.commitment().name();
        let params = json!([filter, { "commitment": commitment }]);
        let mut subscription = Subscription::open(&self.node.websocket_url()?, "logsSubscribe", &params)?;
        let output = self.node.output();
        if output == Output::Display {
            print(format_args!("Streaming transaction logs. {commitment} commitment"))?;
        }
        for _ in 0..self.count.unwrap_or(u64::MAX) {
            let notice = subscription.next()?;
            if output == Output::Display {
                print_notice(&notice)?;
            } else {
                // A line a transaction, whichever JSON was asked for: it is a stream.
                print(&notice)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print_notice(notice: &Value) -> anyhow::Result<()> {
    let at = |pointer: &str| notice.pointer(pointer).unwrap_or(&Value::Null);
    let signature = at("/value/signature").as_str().unwrap_or("?");
    let logs = at("/value/logs").as_array().map(Vec::as_slice).unwrap_or_default();
    print_logs(signature, at("/value/err"), logs, at("/context/slot").as_u64().unwrap_or_default())
}
