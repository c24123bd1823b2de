//! Progress bars on stderr: none where the output is for a machine, and none, by themselves, where stderr is no terminal.

use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// What a bar counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Transactions.
    Transactions,
    /// Blocks.
    Blocks,
    /// Accounts.
    Accounts,
    /// Bytes.
    Bytes,
}

/// Who reads what the command prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// People.
    People,
    /// Machines: they shall not be shown how far it is.
    Machines,
}

impl Audience {
    /// That of a command with or without `--json`.
    pub(crate) const fn of_json(json: bool) -> Self {
        if json { Self::Machines } else { Self::People }
    }
}

/// A bar to `length`, or one that only says how much there was, if nobody knows how much there will be.
pub(crate) fn bar(length: Option<u64>, message: &'static str, unit: Unit, audience: Audience) -> ProgressBar {
    if audience == Audience::Machines {
        return ProgressBar::hidden();
    }
    let bar = length.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    let template = match (length, unit) {
        (Some(_), Unit::Transactions) => {
            "{msg} [{bar:40}] {human_pos}/{human_len} transactions, {per_sec}, {eta} left"
        }
        (Some(_), Unit::Blocks) => "{msg} [{bar:40}] {human_pos}/{human_len} blocks, {per_sec}, {eta} left",
        (Some(_), Unit::Accounts) => {
            "{msg} [{bar:40}] {human_pos}/{human_len} accounts, {per_sec}, {eta} left"
        }
        (Some(_), Unit::Bytes) => "{msg} [{bar:40}] {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left",
        (None, Unit::Transactions) => "{spinner} {msg} {human_pos} transactions, {per_sec}",
        (None, Unit::Blocks) => "{spinner} {msg} {human_pos} blocks, {per_sec}",
        (None, Unit::Accounts) => "{spinner} {msg} {human_pos} accounts, {per_sec}",
        (None, Unit::Bytes) => "{spinner} {msg} {bytes}, {bytes_per_sec}",
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = bar.with_style(style.progress_chars("=> ")).with_message(message);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
