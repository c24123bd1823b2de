//! The plots of a suite: throughput by contention, speed-up by workers, stages.

use super::cell::{Cell, Stages};
use super::report::SuiteReport;
use crate::contention::Contention;
use crate::pictures::svg::COLOR_COUNT;
use crate::pictures::text::{counted, thousands};
use crate::pictures::{
    Bar, BarGroup, Bars, Line, LineStyle, Lines, Scale, Stack, Stacks, bars, lines, stacks,
};

/// Transactions a second at each contention, a bar a workload, on the most workers.
pub(super) fn throughput(report: &SuiteReport) -> String {
    let workloads = report.measured_workloads();
    let group = |contention: &Contention| {
        let bar = |name: &&'static str| {
            let cell = report.widest().find(|cell| cell.workload == *name && cell.contention == *contention);
            cell.map(throughput_bar)
        };
        BarGroup { name: contention.to_string(), bars: workloads.iter().map(bar).collect() }
    };
    let groups: Vec<BarGroup> = report.options.contentions.iter().map(group).collect();
    let series: Vec<String> = workloads.iter().map(|name| (*name).to_owned()).collect();
    bars(&Bars {
        title: "Throughput by contention",
        notes: &[how_measured(report)],
        figure: "transactions/s",
        across: "contention",
        series: &series,
        mark: "serially",
        groups: &groups,
    })
}

fn throughput_bar(cell: &Cell) -> Bar {
    let rate = |figure: f64| format!("{figure:.0}");
    Bar {
        figure: cell.parallel.transactions_per_second,
        mark: Some(cell.serial.transactions_per_second),
        says: format!(
            "{}, {}: {} transactions/s on {}, {} serially",
            cell.workload,
            cell.contention,
            rate(cell.parallel.transactions_per_second),
            counted(cell.workers as u64, "worker"),
            rate(cell.serial.transactions_per_second)
        ),
    }
}

fn how_measured(report: &SuiteReport) -> String {
    let options = &report.options;
    let skipped = options.skipped();
    let without =
        if skipped.is_empty() { String::new() } else { format!(", without {}", skipped.join(" and ")) };
    format!(
        "On {}{without}; {} in blocks of {}; {}.",
        counted(report.most_workers() as u64, "worker"),
        counted(options.transactions as u64, "transaction"),
        thousands(options.block_size.min(options.transactions) as u64),
        match options.repeats {
            1 => "one run each".to_owned(),
            repeats => format!("medians of {repeats} runs"),
        }
    )
}

/// Speed-ups of a workload over workers, measured and expected, a colour a contention; as many plots as it takes for no
/// colour to come twice in one.
pub(super) fn speedup(report: &SuiteReport, workload: &str) -> String {
    let parts: Vec<&[Contention]> = report.options.contentions.chunks(COLOR_COUNT).collect();
    let title = |part: &[Contention]| match part {
        [first, .., last] if parts.len() > 1 => format!("{workload}: speed-up by workers, {first} to {last}"),
        [only] if parts.len() > 1 => format!("{workload}: speed-up by workers, {only}"),
        _ => format!("{workload}: speed-up by workers"),
    };
    parts.iter().map(|part| speedup_at(report, workload, part, &title(part))).collect()
}

fn speedup_at(report: &SuiteReport, workload: &str, contentions: &[Contention], title: &str) -> String {
    let mut all = Vec::new();
    for (color, contention) in contentions.iter().enumerate() {
        let cells = report.row(workload, *contention);
        let measured = cells.iter().map(|cell| (cell.workers, cell.speedup)).collect();
        let expected = cells.first().map(|cell| expected_speedups(cell)).unwrap_or_default();
        let line = |name, style, points| Line { name, style, color, points };
        all.push(line(contention.to_string(), LineStyle::Measured, measured));
        all.push(line(format!("{contention}, model"), LineStyle::Expected, expected));
    }
    lines(&Lines {
        title,
        notes: &[
            "Solid, with full points: measured. Dashed, with hollow points: what the model expects. Both axes are logarithmic."
                .to_owned(),
        ],
        figure: "times as fast as serially",
        scale: Scale::Logarithmic,
        lines: &all,
        diagonal: true,
    })
}

/// What the model expects of a cell, as times as fast as serially.
pub(super) fn expected_speedups(cell: &Cell) -> Vec<(usize, f64)> {
    let serial = cell.serial.transactions_per_second;
    cell.expected.iter().map(|one| (one.workers, one.transactions_per_second / serial)).collect()
}

/// Where the CPU time of a transaction goes, a bar a workload and contention, on the most workers.
pub(super) fn stages(report: &SuiteReport) -> String {
    let stack = |cell: &Cell| Stack {
        name: format!("{}, {}", cell.workload, cell.contention),
        parts: cell.stages.figures().to_vec(),
    };
    let of = |name: &'static str| -> Vec<Stack> {
        report.widest().filter(|cell| cell.workload == name).map(stack).collect()
    };
    let groups: Vec<Vec<Stack>> = report.measured_workloads().into_iter().map(of).collect();
    stacks(&Stacks {
        title: "CPU time by stage",
        notes: &[how_measured(report)],
        figure: "CPU time a transaction over all threads, µs",
        parts: &Stages::NAMES.map(str::to_owned),
        groups: &groups,
    })
}
