//! What ends a node: SIGINT and SIGTERM once, in order; a second time, at once.

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// Why a node stops.
#[derive(Debug)]
pub(super) enum Stop {
    /// It was told to, by this signal.
    Signal(&'static str),
    /// The chain cannot go on.
    Chain(String),
    /// The server cannot go on.
    Server(String),
}

/// The signals that come from now on.
#[derive(Debug)]
pub(super) struct StopSignals {
    first: mpsc::Receiver<&'static str>,
}

impl StopSignals {
    /// Listens from now on. A second signal ends the process, whatever it does: the ledger is on disk up to the last block that anybody
    /// was told of.
    ///
    /// # Errors
    /// If the operating system does not allow to listen.
    pub(super) fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("cannot listen for signals");
        let (mut interrupt, mut terminate) =
            (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
        let (sender, first) = mpsc::channel(1);
        tokio::spawn(async move {
            let mut is_first = true;
            loop {
                let (name, number) = tokio::select! {
                    _ = interrupt.recv() => ("SIGINT", 2),
                    _ = terminate.recv() => ("SIGTERM", 15),
                };
                if !is_first {
                    tracing::warn!(signal = name, "ended at once");
                    // What shells say of a process that a signal has ended.
                    std::process::exit(128 + number);
                }
                is_first = false;
                let _ = sender.send(name).await;
            }
        });
        Ok(Self { first })
    }

    /// Waits for the first signal.
    pub(super) async fn first(&mut self) -> &'static str {
        self.first.recv().await.unwrap_or("the end of listening")
    }
}
