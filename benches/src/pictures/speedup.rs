//! Speed-up of a workload by workers: what was measured, and what the model says.

use super::lines::{Line, LineStyle, Lines, Scale, lines};
use super::text::{counted, time};
use crate::explain::WorkloadContention;
use sealane_runtime::explain::WhatIf;

/// Nanoseconds of executing below which the operating system decides on what is measured.
const MIN_TELLING_NS: u64 = 10_000_000;

/// Draws the speed-ups.
#[must_use]
pub fn speedup(contention: &WorkloadContention) -> String {
    let measured = &contention.measured;
    let model = |name: &str, style, color, figure: fn(&WhatIf) -> f64| Line {
        name: name.to_owned(),
        style,
        color,
        points: contention.what_if.iter().map(|one| (one.workers, figure(one))).collect(),
    };
    let seen = |name: &str, color, figure: f64| Line {
        name: name.to_owned(),
        style: LineStyle::Measured,
        color,
        points: vec![(measured.workers, figure)],
    };
    let all = [
        model("whole block, model", LineStyle::Computed, 0, |one| one.speedup),
        model("whole block, hottest account split in two", LineStyle::Supposed, 0, |one| one.split_speedup),
        model("executing alone, model", LineStyle::Computed, 4, |one| one.execute_speedup),
        model("executing alone, hottest account split in two", LineStyle::Supposed, 4, |one| {
            one.split_execute_speedup
        }),
        seen("whole block, measured", 0, measured.speedup),
        seen("executing alone, measured", 4, measured.execute_speedup),
    ];
    let mut notes = vec![
        format!(
            "Measured on {}: {:.2} for the whole block, {:.2} for executing alone. Endless workers, executing alone: {:.1}.",
            counted(measured.workers as u64, "worker"),
            measured.speedup,
            measured.execute_speedup,
            contention.bound
        ),
        "The model knows the dependencies and what a transaction takes on one worker; not that workers slow each other down."
            .to_owned(),
        "Where a dashed line lies on the one of its colour, splitting the hottest account gains nothing.".to_owned(),
    ];
    let execute_ns = contention.blocks.iter().fold(0_u64, |sum, block| sum.saturating_add(block.execute_ns));
    if execute_ns < MIN_TELLING_NS {
        notes.push(format!(
            "Executing took {} in all: too short for what was measured to tell much.",
            time(execute_ns)
        ));
    }
    lines(&Lines {
        title: "Speed-up by workers",
        notes: &notes,
        figure: "times as fast as one worker",
        scale: Scale::Linear,
        lines: &all,
        diagonal: true,
    })
}
