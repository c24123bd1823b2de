//! `sealane node`: a chain of one node on a ledger on disk, which Solana's clients can talk to.
//!
//! Flags and a TOML file say how (`settings.rs`); the ledger is opened or made (`ledger.rs`), the chain started on it, and served until
//! a signal comes (`stop.rs`). The chain is in `chain/`, what answers clients in `rpc/` and `serve/`.

mod announce;
mod keys;
mod ledger;
mod log;
mod settings;
mod stop;

use crate::chain::{Chain, ChainConfig, ChainGuard};
use crate::rpc::Rpc;
use crate::serve::Server;
use announce::{Announcement, Form};
use anyhow::{Context, bail};
use clap::Args;
use ledger::Kept;
use settings::Settings;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use stop::{Stop, StopSignals};
use tokio::sync::watch;

/// Run a node.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  sealane node --faucet\n  sealane node --ledger LEDGER --reset --faucet --block-ms 100\n  \
                  sealane node --config node.toml --rpc-port 9000\n\n\
                  A file for --config has the flags' names without the dashes in front:\n  ledger = \"LEDGER\"\n  \
                  faucet = true\n  block-ms = 100\n\n\
                  What is dangerous to expose: there are no accounts, no passwords and no rates a client here. Whoever reaches the \
                  ports can read the whole ledger, make this machine simulate transactions, fill the mempool and, with --faucet, \
                  take lamports. So --bind is 127.0.0.1 unless you say otherwise; put a proxy that limits in front of anything else. \
                  The keypairs in LEDGER/node/ are those of the node and its faucet: whoever reads the second can spend what it holds."
)]
pub(crate) struct NodeCommand {
    /// A TOML file with any of the flags below; a flag on the command line wins
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

impl NodeCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let settings = match &self.config {
            Some(file) => self.settings.or(Settings::read(file)?),
            None => self.settings,
        };
        log::start(&settings)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.context("cannot start the threads that serve")?;
        let result = runtime.block_on(run(&settings));
        // A call that still runs somewhere must not keep a node that was told to stop.
        runtime.shutdown_background();
        result.map(|()| ExitCode::SUCCESS)
    }
}

async fn run(settings: &Settings) -> anyhow::Result<()> {
    // First, so that a signal while the ledger is opened is not lost; a second one ends the process at any time.
    let signals = StopSignals::listen()?;
    // Before the ledger: where a port is taken, no ledger is made or emptied.
    let server = Server::bind(settings.serve()?).await.context(
        "the node cannot listen: stop what has the port, or name another by --rpc-port and --ws-port",
    )?;
    let kept = ledger::open(settings)?;
    let announcement = Announcement::new(settings, &server, &kept)?;
    let Kept { ledger, identity, faucet, genesis_hash } = kept;
    let config = ChainConfig { genesis_hash, ..settings.chain(identity, faucet) };
    let (chain, guard) = Chain::start(ledger, config)?;
    let rpc = Arc::new(Rpc::new(chain)?);
    let (stop, stopped) = watch::channel(false);
    let serving = tokio::spawn(server.run(rpc, stopped));
    announcement.print(if settings.json { Form::Json } else { Form::People });
    serve_until_stopped(signals, guard, serving, &stop).await
}

/// Waits for what ends the node, then ends the rest of it: first the server, then the chain.
async fn serve_until_stopped(
    mut signals: StopSignals,
    guard: ChainGuard,
    mut serving: tokio::task::JoinHandle<anyhow::Result<()>>,
    stop: &watch::Sender<bool>,
) -> anyhow::Result<()> {
    let end = tokio::select! {
        signal = signals.first() => Stop::Signal(signal),
        reason = guard.failed() => Stop::Chain(reason),
        result = &mut serving => Stop::Server(match result {
            Ok(Ok(())) => "it ended without being told to".to_owned(),
            Ok(Err(error)) => format!("{error:#}"),
            Err(error) => error.to_string(),
        }),
    };
    match &end {
        Stop::Signal(signal) => tracing::info!(signal, "stopping; a second signal ends the node at once"),
        Stop::Chain(reason) => tracing::error!(reason, "the chain has stopped"),
        Stop::Server(reason) => tracing::error!(reason, "the server has stopped"),
    }
    let _ = stop.send(true);
    if !matches!(end, Stop::Server(_)) {
        match serving.await {
            Ok(Ok(())) => (),
            Ok(Err(error)) => tracing::warn!("the server did not stop in order: {error:#}"),
            Err(error) => tracing::warn!("the server did not stop in order: {error}"),
        }
    }
    let flushed = guard.stop();
    match end {
        Stop::Signal(_) => flushed.map(|()| tracing::info!("stopped; the ledger is whole and on disk")),
        Stop::Chain(reason) => bail!("the node stopped, since it cannot make blocks any more: {reason}"),
        Stop::Server(reason) => bail!("the node stopped, since it cannot serve any more: {reason}"),
    }
}
