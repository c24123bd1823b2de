//! What held a block up, for people.

use super::report::{Report, time};
use crate::cli::print::rows_text;
use comfy_table::Table;
use comfy_table::presets::NOTHING;

/// Most accounts and links that are listed.
const MAX_LISTED_COUNT: usize = 10;

/// The block as a whole, its longest chain, its hottest accounts, its workers.
pub(super) fn text(report: &Report) -> String {
    let contention = &report.contention;
    if contention.transactions == 0 {
        return format!("Block {} is empty", contention.number);
    }
    let widest = contention.batch_widths.iter().max().copied().unwrap_or_default();
    let path = &contention.critical_path;
    let mut text = rows_text(&[
        ("block", contention.number.to_string()),
        ("transactions", contention.transactions.to_string()),
        ("compute units", contention.units.to_string()),
        ("executed in", time(contention.execute_ns)),
        ("batches", format!("{}, the widest of {widest}", contention.batch_widths.len())),
        (
            "longest chain",
            format!("{} transactions, {} units, {}", path.links.len(), path.units, time(path.time_ns)),
        ),
        ("speed-up at most", format!("{:.2} (all units over those of the longest chain)", contention.bound)),
        (
            "declared writable",
            format!(
                "{}, of which {} were never written",
                contention.declarations.writes, contention.declarations.unwritten
            ),
        ),
    ]);
    text += &chain_text(report);
    text += &accounts_text(report);
    text += "\nWorkers\n";
    for worker in &contention.workers {
        text += &format!(
            "  {}: {} transactions in {}, idle {:.0} %\n",
            worker.worker,
            worker.executed,
            time(worker.busy_ns),
            worker.idle_share * 100.0
        );
    }
    text.truncate(text.trim_end().len());
    text
}

fn chain_text(report: &Report) -> String {
    let links = &report.contention.critical_path.links;
    if links.len() < 2 {
        return String::new();
    }
    let mut text = "\n\nLongest chain\n".to_owned();
    for link in links.iter().take(MAX_LISTED_COUNT) {
        text += &format!("  transaction {}, {} units\n", report.name(link.transaction), link.units);
        for account in &link.accounts {
            text += &format!("    waited for {account}\n");
        }
    }
    if let Some(more) = links.len().checked_sub(MAX_LISTED_COUNT).filter(|more| *more > 0) {
        text += &format!("  and {more} more\n");
    }
    text
}

fn accounts_text(report: &Report) -> String {
    let accounts = &report.contention.accounts;
    if accounts.is_empty() {
        return "\n\nNo account was waited for.\n".to_owned();
    }
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(["account", "writers", "readers", "waiters", "waited, units", "links of the chain"]);
    for heat in accounts.iter().take(MAX_LISTED_COUNT) {
        table.add_row([
            heat.account.clone(),
            heat.writers.to_string(),
            heat.readers.to_string(),
            heat.waiters.to_string(),
            heat.waiting_units.to_string(),
            heat.critical_links.to_string(),
        ]);
    }
    format!("\nHottest accounts\n{table}\n")
}
