//! `sealane bench node`: signed transfers over HTTP to a node that runs, at a given rate; how many it accepts, and how soon they are
//! confirmed.
//!
//! All is made before the time counts: users are funded by the node's faucet, requests are signed and written out, and the sampled
//! signatures are subscribed to. `load` sends, `connection` speaks HTTP, `confirm` listens for confirmations, `report` tells.

mod confirm;
mod connection;
mod load;
mod prepare;
mod report;

use anyhow::Context;
use clap::Args;
use confirm::Confirmations;
use connection::Target;
use report::Report;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Send signed transfers to a node that runs.
#[derive(Args, Debug)]
pub(crate) struct NodeCommand {
    /// Address of the node's JSON-RPC port; a WebSocket is opened on the same one
    #[arg(long, default_value = "http://127.0.0.1:8899", value_name = "URL")]
    url: String,
    /// Transactions to send a second
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rate: u32,
    /// Seconds to send for; blockhashes last about a minute
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=30))]
    seconds: u32,
    /// HTTP connections, which are kept alive
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    connections: u32,
    /// Requests that a connection may have under way (HTTP pipelining); 1 waits for each answer
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    depth: u32,
    /// Users who send each other lamports; each is funded by an airdrop first
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    users: u32,
    /// Transactions whose confirmation is timed, spread evenly over all
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    samples: u32,
    /// Seed of the users' keys
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

impl NodeCommand {
    /// Measures, and prints the report. The exit code is 1 if the node took nothing.
    ///
    /// # Errors
    /// If the node cannot be reached, has no faucet, or goes away.
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let target = Target::parse(&self.url)?;
        let say = |what: &str| (!self.json).then(|| eprintln!("{what}"));
        say("funding users from the node's faucet");
        let users = prepare::users(&target, self.seed, self.users as usize)?;
        let count = self.rate as usize * self.seconds as usize;
        say(&format!("signing {count} transfers"));
        let requests = prepare::requests(&target, &users, count)?;
        let sampled = sampled(count, self.samples as usize);
        let signatures = sampled.iter().map(|index| requests[*index].signature.as_str());
        let confirmations = Confirmations::subscribe(&target, signatures)?;
        say(&format!("sending {} a second for {} s", self.rate, self.seconds));
        let before = connection::cpu_seconds(&target)?;
        let begin = now();
        let sent =
            load::send(&target, &requests, self.rate, self.connections as usize, self.depth as usize, begin)?;
        let sending = begin.elapsed();
        let confirmed = confirmations.finish(Duration::from_secs(15)).context("the node went away")?;
        let after = connection::cpu_seconds(&target)?;
        let report = Report::new(self.rate, &sent, sending, &sampled, &confirmed, before.zip(after), begin);
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?)
        } else {
            println!("{report}")
        }
        Ok(if report.accepted > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Indices of `samples` of `count`, evenly spread; all if there are fewer.
fn sampled(count: usize, samples: usize) -> Vec<usize> {
    let samples = samples.min(count);
    (0..samples).map(|sample| sample * count / samples).collect()
}

#[expect(clippy::disallowed_methods, reason = "measuring is what this command is for")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::sampled;

    #[test]
    fn samples_are_spread_and_never_more_than_there_are() {
        assert_eq!(sampled(10, 4), [0, 2, 5, 7]);
        assert_eq!(sampled(3, 10), [0, 1, 2]);
        assert!(sampled(0, 10).is_empty());
    }
}
