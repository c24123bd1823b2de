//! The tables of a suite: every figure that its plots show, and those beside them.

use super::cell::{Cell, EXPECTED_WORKERS, Stages};
use super::plots::expected_speedups;
use super::report::SuiteReport;
use crate::contention::Contention;
use crate::pictures::svg::escape;
use crate::pictures::text::{counted, thousands};
use std::fmt::Write;

/// A table as HTML. Columns that name a row come first.
struct Table {
    html: String,
}

impl Table {
    fn new(caption: &str, columns: &[String]) -> Self {
        let mut html = format!("<table>\n<caption>{}</caption>\n<thead><tr>", escape(caption));
        for column in columns {
            let _ = write!(html, "<th scope=\"col\">{}</th>", escape(column));
        }
        html.push_str("</tr></thead>\n<tbody>\n");
        Self { html }
    }

    fn add(&mut self, names: &[&str], figures: &[String]) {
        self.html.push_str("<tr>");
        for name in names {
            let _ = write!(self.html, "<th scope=\"row\">{}</th>", escape(name));
        }
        for figure in figures {
            let _ = write!(self.html, "<td>{}</td>", escape(figure));
        }
        self.html.push_str("</tr>\n");
    }

    fn finish(mut self) -> String {
        self.html.push_str("</tbody>\n</table>\n");
        self.html
    }
}

fn texts(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|column| (*column).to_owned()).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of a float keeps to the ends"
)]
fn rate(figure: f64) -> String {
    thousands(figure.round() as u64)
}

/// The cells of the most workers, by contention.
pub(super) fn throughput(report: &SuiteReport) -> String {
    let columns = [
        "contention",
        "workload",
        "serial,\u{a0}s",
        "serial, transactions/s",
        "parallel,\u{a0}s",
        "parallel, transactions/s",
        "speed-up",
        "succeeded",
        "failed",
        "rejected",
        "same result",
    ];
    let caption = format!("Throughput on {}", counted(report.most_workers() as u64, "worker"));
    let mut table = Table::new(&caption, &texts(&columns));
    for contention in &report.options.contentions {
        for cell in report.widest().filter(|cell| cell.contention == *contention) {
            table.add(&[&contention.to_string(), cell.workload], &throughput_figures(cell));
        }
    }
    table.finish()
}

fn throughput_figures(cell: &Cell) -> [String; 9] {
    [
        format!("{:.4}", cell.serial.seconds),
        rate(cell.serial.transactions_per_second),
        format!("{:.4}", cell.parallel.seconds),
        rate(cell.parallel.transactions_per_second),
        format!("{:.2}", cell.speedup),
        thousands(cell.succeeded as u64),
        thousands(cell.failed as u64),
        thousands(cell.rejected as u64),
        if cell.identical { "yes" } else { "NO" }.to_owned(),
    ]
}

/// A row a contention: each number of workers measured, then expected.
pub(super) fn speedup(report: &SuiteReport, workload: &str) -> String {
    let mut columns = texts(&["contention", "serial"]);
    let workers = |count: usize| counted(count as u64, "worker");
    columns.extend(report.options.workers.iter().map(|count| workers(*count)));
    columns.extend(EXPECTED_WORKERS.map(|count| format!("{}, model", workers(count))));
    columns.push("endless, executing alone".to_owned());
    let caption = format!("{workload}: transactions/s, and times as fast as serially");
    let mut table = Table::new(&caption, &columns);
    for contention in &report.options.contentions {
        if let Some(figures) = speedup_figures(report, workload, *contention) {
            table.add(&[&contention.to_string()], &figures);
        }
    }
    table.finish()
}

fn speedup_figures(report: &SuiteReport, workload: &str, contention: Contention) -> Option<Vec<String>> {
    let both = |per_second: f64, speedup: f64| format!("{} ({speedup:.2}×)", rate(per_second));
    let cells = report.row(workload, contention);
    let first = cells.first()?;
    let mut figures = vec![rate(first.serial.transactions_per_second)];
    figures.extend(cells.iter().map(|cell| both(cell.parallel.transactions_per_second, cell.speedup)));
    let expected = first.expected.iter().zip(expected_speedups(first));
    figures.extend(expected.map(|(one, (_, speedup))| both(one.transactions_per_second, speedup)));
    figures.push(format!("{:.1}×", first.bound));
    Some(figures)
}

/// Microseconds a transaction, a row a workload and contention.
pub(super) fn stages(report: &SuiteReport) -> String {
    let mut columns = texts(&["workload", "contention"]);
    columns.extend(Stages::NAMES.map(str::to_owned));
    columns.push("sum".to_owned());
    let caption =
        format!("CPU time a transaction on {}, µs", counted(report.most_workers() as u64, "worker"));
    let mut table = Table::new(&caption, &columns);
    for cell in report.widest() {
        let figures = cell.stages.figures();
        let sum = figures.iter().sum();
        let figures: Vec<String> =
            figures.into_iter().chain([sum]).map(|time| format!("{time:.3}")).collect();
        table.add(&[cell.workload, &cell.contention.to_string()], &figures);
    }
    table.finish()
}
