//! `--explain`: what limited the parallelism of a workload, as tables for people.

use super::report::{add, table, thousands};
use comfy_table::Table;
use sealane_benches::WorkloadContention;
use sealane_runtime::explain::{AccountHeat, BlockContention, WhatIf};

/// Rows that a table of blocks or accounts shows at most.
const ROW_COUNT: usize = 10;

/// Prints all tables.
pub(super) fn print(contention: &WorkloadContention) {
    println!("\nThe longest chains of dependencies, block by block\n{}", blocks(contention));
    let hidden = contention.blocks.len().saturating_sub(ROW_COUNT);
    if hidden > 0 {
        println!("({hidden} more blocks: --json has them all)");
    }
    if contention.accounts.is_empty() {
        println!("\nNo transaction had to wait for an account.");
    } else {
        println!("\nAccounts that others waited for, hottest first\n{}", accounts(contention));
        println!(
            "Waiters: transactions for which the account became free last. Waiting: how long, on endless workers, in \
             compute units."
        );
    }
    println!("\nWhat more workers would give, or the hottest account split in two\n{}", what_ifs(contention));
    print_measured(contention);
    print_declarations(contention);
}

fn blocks(contention: &WorkloadContention) -> Table {
    let header = [
        "block",
        "transactions",
        "batches",
        "widest",
        "longest chain",
        "of all units",
        "bound",
        "idle",
        "made by",
    ];
    let mut table = table(&header);
    for block in contention.blocks.iter().take(ROW_COUNT) {
        let path = &block.critical_path;
        let share = 100.0 * path.units as f64 / block.units.max(1) as f64;
        let idle: f64 = block.workers.iter().map(|worker| worker.idle_share).sum();
        let cells = [
            thousands(block.transactions as f64),
            thousands(block.batch_widths.len() as f64),
            thousands(f64::from(block.batch_widths.iter().copied().max().unwrap_or(0))),
            thousands(path.links.len() as f64),
            format!("{share:.1} %"),
            format!("{:.1}", block.bound),
            format!("{:.0} %", 100.0 * idle / block.workers.len().max(1) as f64),
            chained_by(block, contention),
        ];
        add(&mut table, &block.number.to_string(), &cells);
    }
    table
}

/// The account that makes most links of the block's critical path.
fn chained_by(block: &BlockContention, contention: &WorkloadContention) -> String {
    let chain = block.accounts.iter().max_by_key(|heat| heat.critical_links);
    chain
        .filter(|heat| heat.critical_links > 0)
        .map_or_else(|| "nothing".to_owned(), |heat| name(&heat.account.to_string(), contention))
}

fn accounts(contention: &WorkloadContention) -> Table {
    let header = ["account", "writers", "readers", "waiters", "waiting", "share", "links of longest chains"];
    let mut table = table(&header);
    let all: f64 = contention.accounts.iter().map(|heat| heat.waiting_units as f64).sum();
    for heat in contention.accounts.iter().take(ROW_COUNT) {
        add(&mut table, &name(&heat.account.to_string(), contention), &account_cells(heat, all));
    }
    table
}

fn account_cells(heat: &AccountHeat, all_waiting: f64) -> [String; 6] {
    [
        thousands(f64::from(heat.writers)),
        thousands(f64::from(heat.readers)),
        thousands(f64::from(heat.waiters)),
        thousands(heat.waiting_units as f64),
        format!("{:.1} %", 100.0 * heat.waiting_units as f64 / all_waiting.max(1.0)),
        thousands(f64::from(heat.critical_links)),
    ]
}

fn what_ifs(contention: &WorkloadContention) -> Table {
    let mut table = table(&["workers", "speed-up", "split", "of executing alone", "split"]);
    for WhatIf { workers, speedup, execute_speedup, split_speedup, split_execute_speedup } in
        &contention.what_if
    {
        let cells = [speedup, split_speedup, execute_speedup, split_execute_speedup]
            .map(|figure| format!("{figure:.2}"));
        add(&mut table, &workers.to_string(), &cells);
    }
    table
}

fn print_measured(contention: &WorkloadContention) {
    let measured = &contention.measured;
    let Some(predicted) = &contention.predicted else { return };
    println!(
        "Measured on {} workers: {:.2} ({:+.0} % against what the model says), of executing alone {:.2} ({:+.0} %); \
         workers did not execute for {:.0} % of that time, and transactions took {:.2} times as long on them as on one.",
        measured.workers,
        measured.speedup,
        100.0 * (measured.speedup / predicted.speedup - 1.0),
        measured.execute_speedup,
        100.0 * (measured.execute_speedup / predicted.execute_speedup - 1.0),
        100.0 * measured.idle_share,
        measured.slowdown
    );
}

fn print_declarations(contention: &WorkloadContention) {
    let sum = |figure: fn(&BlockContention) -> u64| contention.blocks.iter().map(figure).sum::<u64>() as f64;
    let [writes, unwritten, accounts, untouched] = [
        sum(|block| block.declarations.writes),
        sum(|block| block.declarations.unwritten),
        sum(|block| block.declarations.accounts),
        sum(|block| block.declarations.untouched),
    ];
    println!(
        "\nOf {} declared writes {} were never written; of {} declared accounts {} were never touched.",
        thousands(writes),
        thousands(unwritten),
        thousands(accounts),
        thousands(untouched)
    );
    let unwritten = contention.blocks.iter().filter_map(|block| block.declarations.never_written.first());
    if let Some(unused) = unwritten.max_by_key(|unused| unused.transactions.len()) {
        println!(
            "Most often in vain: {} was declared writable by {} transactions of one block that left it as it was.",
            name(&unused.account.to_string(), contention),
            thousands(unused.transactions.len() as f64)
        );
    }
}

/// What people call the account, or its address in short.
fn name(address: &str, contention: &WorkloadContention) -> String {
    contention.labels.get(address).cloned().unwrap_or_else(|| short(address))
}

/// The two ends of a long address.
fn short(address: &str) -> String {
    match (address.get(..6), address.get(address.len().saturating_sub(6)..)) {
        (Some(begin), Some(end)) if address.len() > 16 => format!("{begin}…{end}"),
        _ => address.to_owned(),
    }
}
