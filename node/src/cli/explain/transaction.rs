//! What a transaction waited for, for people.

use super::report::{Own, Report, time};
use serde_json::Value;

/// The answer of `getTransaction` says what became of it, the report what came before.
pub(super) fn text(report: &Report, own: &Own<'_>, transaction: &Value) -> String {
    let observed = own.observed;
    let at = |pointer: &str| transaction.pointer(pointer).unwrap_or(&Value::Null);
    let err = at("/meta/err");
    let outcome = if err.is_null() { "succeeded".to_owned() } else { format!("failed: {err}") };
    let batch = observed.batch.map_or_else(String::new, |batch| format!(", batch {batch}"));
    let mut text = format!(
        "Transaction {} of the {} in block {}{batch}: {outcome}\n  {} compute units, fee {} lamports\n  ran on worker {} for {}, \
         beginning {} after the block's first\n",
        observed.index,
        report.contention.transactions,
        report.contention.number,
        observed.units_consumed,
        at("/meta/fee"),
        observed.worker,
        time(observed.end_nanos.saturating_sub(observed.start_nanos)),
        time(observed.start_nanos),
    );
    if observed.waited_for.is_empty() {
        text += "  Waited for no other transaction.\n";
    } else {
        text += "  Waited for:\n";
        for waited in &observed.waited_for {
            text += &format!(
                "    transaction {}\n      because of {}\n",
                report.name(waited.transaction),
                waited.account
            );
        }
    }
    text += &path_text(report, observed.index);
    text += &unused_text(report, observed.index);
    text
}

fn path_text(report: &Report, index: u32) -> String {
    let links = &report.contention.critical_path.links;
    match links.iter().position(|link| link.transaction == index) {
        Some(position) if links.len() > 1 => format!(
            "  It is transaction {} of the {} that had to run one after another.\n",
            position + 1,
            links.len()
        ),
        _ => "  It is not on the block's longest chain.\n".to_owned(),
    }
}

/// What it declared without need: others may have waited for that in vain.
fn unused_text(report: &Report, index: u32) -> String {
    let declarations = &report.contention.declarations;
    let mut text = String::new();
    for (unused, words) in [
        (&declarations.never_written, "writable, and never wrote"),
        (&declarations.never_touched, "and never touched"),
    ] {
        for unused in unused.iter().filter(|unused| unused.transactions.contains(&index)) {
            text += &format!("  It declared {} {words}.\n", unused.account);
        }
    }
    text
}
