//! Printing answers on stdout.

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde::Serialize;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

/// A line on stdout. Whoever reads it may have seen enough (`| head`): that is no error.
pub(super) fn print(line: impl Display) -> anyhow::Result<()> {
    match writeln!(io::stdout().lock(), "{line}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// Exactly one object on stdout.
pub(super) fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    print(serde_json::to_string_pretty(value)?)
}

/// A table of names and values.
pub(super) fn print_rows(rows: &[(&str, String)]) -> anyhow::Result<()> {
    print(rows_text(rows))
}

/// A table of names and values, as text.
pub(super) fn rows_text(rows: &[(&str, String)]) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    for (name, value) in rows {
        table.add_row([*name, value.as_str()]);
    }
    table.to_string()
}
