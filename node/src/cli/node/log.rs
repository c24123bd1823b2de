//! Structured logs, on the standard error.

use super::settings::Settings;
use anyhow::{Context, anyhow};
use serde::Deserialize;
use std::io::{IsTerminal, stderr};
use tracing_subscriber::EnvFilter;

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum LogFormat {
    /// A line of text an event
    #[default]
    Text,
    /// An object of JSON an event
    Json,
}

/// What is logged unless told otherwise: the node's own words, and what the database under its ledger warns of.
const DEFAULT_FILTER: &str = "info,fjall=warn,lsm_tree=warn";

/// Starts logging, for the whole process.
///
/// # Errors
/// If the filter is none.
pub(super) fn start(settings: &Settings) -> anyhow::Result<()> {
    let filter = settings.log.as_deref().unwrap_or(DEFAULT_FILTER);
    let filter =
        EnvFilter::builder().parse(filter).with_context(|| format!("--log {filter}: no such filter"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
    let started = match settings.log_format.unwrap_or_default() {
        LogFormat::Text => builder.with_ansi(stderr().is_terminal()).with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow!("logging cannot be started: {error}"))
}
