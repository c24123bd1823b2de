//! Speed-up of a workload by workers: what was measured, and what the model says.

use super::lines::{Line, LineStyle, Lines, Scale, lines};
use crate::explain::WorkloadContention;
use sealane_runtime::explain::WhatIf;

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
        model("the same, hottest account split in two", LineStyle::Supposed, 0, |one| one.split_speedup),
        model("executing alone, model", LineStyle::Computed, 4, |one| one.execute_speedup),
        model("the same, hottest account split in two", LineStyle::Supposed, 4, |one| {
            one.split_execute_speedup
        }),
        seen("whole block, measured", 2, measured.speedup),
        seen("executing alone, measured", 3, measured.execute_speedup),
    ];
    let notes = [
        format!(
            "Measured on {} workers: {:.2} of the whole block, {:.2} of executing alone. Endless workers, executing alone: {:.1}.",
            measured.workers, measured.speedup, measured.execute_speedup, contention.bound
        ),
        "The model knows the dependencies and what a transaction takes on one worker; not that workers slow each other down."
            .to_owned(),
    ];
    lines(&Lines {
        title: "Speed-up by workers",
        notes: &notes,
        figure: "times as fast as one worker",
        scale: Scale::Linear,
        lines: &all,
        diagonal: true,
    })
}
