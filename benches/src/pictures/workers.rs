//! The worker timeline of a block: a lane a worker, and in it the transactions it executed, where they lie in time.
//!
//! Transactions of a pixel or more are drawn where they lie. Narrower ones are drawn together, a pixel a column: how high
//! the column is filled is the share of that time in which the worker executed, so that small gaps stay visible.

use super::BlockView;
use super::axis::Axis;
use super::head::{Entry, draw_head};
use super::svg::{Area, Svg, WIDTH};
use super::text::{counted, short, thousands, time, time_unit};
use sealane_runtime::explain::ObservedTransaction;

const LEFT: f64 = 120.0;
const RIGHT: f64 = 84.0;
/// Columns that time is cut into: the pixels between the margins.
const COLUMN_COUNT: u64 = 756;
const _: () = assert!(COLUMN_COUNT as f64 == WIDTH - LEFT - RIGHT, "a column is a pixel");
/// Narrower ones have no edge of their own, which would look like a gap.
const MIN_APART_WIDTH: f64 = 3.0;
/// Pixels a label needs from top to bottom.
const LABEL_HEIGHT: f64 = 14.0;
/// Up to so many wide transactions say their name when they are pointed at; more would make the file large.
const MAX_TELLING: usize = 400;

/// Draws the timeline.
#[must_use]
pub fn workers(block: &BlockView<'_>) -> String {
    let timeline = Timeline::new(block);
    let mut svg = Svg::default();
    let title = format!("Block {}: what the workers did", block.contention.number);
    let top = draw_head(&mut svg, &title, &notes(block, &timeline), &legend());
    let count = timeline.lanes.len().max(1);
    let pitch = (440.0 / count as f64).clamp(5.0, 52.0);
    let plot = Area { left: LEFT, top, width: WIDTH - LEFT - RIGHT, height: pitch * count as f64 };
    // Before the lanes: lines through them would look like gaps.
    let (unit, unit_ns) = time_unit(timeline.end_ns);
    let axis = Axis::exact(timeline.end_ns as f64 / unit_ns, 8);
    axis.draw_across(&mut svg, plot, &format!("time since executing began, {unit}"), short);
    for (number, lane) in timeline.lanes.iter().enumerate() {
        let lane_area =
            Area { top: top + pitch * number as f64, height: pitch - (pitch / 6.0).min(6.0), ..plot };
        draw_lane(&mut svg, lane_area, lane, &timeline, block);
    }
    draw_lane_labels(&mut svg, plot, pitch, block);
    svg.finish(&title, plot.bottom() + 52.0)
}

/// Names the workers, and says how idle they were. Lanes lower than a line of text share a label, and say their mean.
fn draw_lane_labels(svg: &mut Svg, plot: Area, pitch: f64, block: &BlockView<'_>) {
    let count = block.observation.worker_count;
    let each = (1..count).find(|each| pitch * *each as f64 >= LABEL_HEIGHT).unwrap_or(count).max(1);
    let group_count = count / each;
    for group in 0..group_count {
        // What is left over would be too low for a label of its own.
        let first = group * each;
        let last = if group + 1 == group_count { count - 1 } else { first + each - 1 };
        let middle = plot.top + pitch * (first + last + 1) as f64 / 2.0 + 3.0;
        let name =
            if first == last { format!("worker {first}") } else { format!("workers {first}–{last}") };
        svg.text("end", (LEFT - 10.0, middle), &name);
        let idle =
            |worker: usize| block.contention.workers.get(worker).map_or(1.0, |worker| worker.idle_share);
        let mean = (first..=last).map(idle).sum::<f64>() / (last - first + 1) as f64;
        svg.text("muted", (plot.right() + 8.0, middle), &format!("idle {:.0} %", 100.0 * mean));
    }
}

fn legend() -> [Entry; 3] {
    [
        Entry::new("c4", "on the critical path"),
        Entry::new("c0", "other transactions"),
        Entry::new("idle", "not executing"),
    ]
}

fn notes(block: &BlockView<'_>, timeline: &Timeline) -> Vec<String> {
    let path = &block.contention.critical_path;
    let share = 100.0 * path.units as f64 / block.contention.units.max(1) as f64;
    let mut notes = vec![format!(
        "{} executed in {}; the critical path has {}, {:.1} % of all compute units and {} of time.",
        counted(block.contention.transactions as u64, "transaction"),
        time(timeline.end_ns),
        thousands(path.links.len() as u64),
        share,
        time(path.time_ns)
    )];
    if timeline.lanes.iter().any(|lane| !lane.narrow.is_empty()) {
        notes.push(format!(
            "Transactions narrower than a pixel ({}) are drawn together, as high as their share of time; light lines are edges.",
            time(timeline.end_ns.div_ceil(COLUMN_COUNT))
        ));
    }
    notes
}

/// The block's transactions, by worker.
struct Timeline {
    /// The end of the time axis.
    end_ns: u64,
    lanes: Vec<Lane>,
}

/// The transactions of one worker.
#[derive(Clone, Default)]
struct Lane {
    /// Positions of those of a pixel or more, and whether they lie on the critical path.
    wide: Vec<(usize, bool)>,
    /// For each column, the part of its time that narrow transactions took, 0 to 1; empty if there are none.
    narrow: Vec<Busy>,
}

#[derive(Clone, Copy, Default)]
struct Busy {
    all: f64,
    critical: f64,
}

impl Timeline {
    fn new(block: &BlockView<'_>) -> Self {
        let observation = block.observation;
        let last_ns = observation.transactions.iter().map(|one| one.end_ns).max().unwrap_or(0);
        let end_ns = u64::try_from(observation.execute.as_nanos()).unwrap_or(u64::MAX).max(last_ns).max(1);
        let mut is_critical = vec![false; observation.transactions.len()];
        block.critical_positions().into_iter().for_each(|position| is_critical[position] = true);
        let mut lanes = vec![Lane::default(); observation.worker_count];
        for (position, (transaction, critical)) in
            observation.transactions.iter().zip(is_critical).enumerate()
        {
            let Some(lane) = lanes.get_mut(usize::from(transaction.worker)) else { continue };
            if transaction.time_ns().saturating_mul(COLUMN_COUNT) >= end_ns {
                lane.wide.push((position, critical));
            } else {
                lane.add_narrow(transaction, critical, end_ns);
            }
        }
        Self { end_ns, lanes }
    }
}

impl Lane {
    /// Spreads a transaction over the one or two columns it lies in.
    fn add_narrow(&mut self, transaction: &ObservedTransaction, critical: bool, end_ns: u64) {
        self.narrow.resize(usize::try_from(COLUMN_COUNT).unwrap_or(0), Busy::default());
        // In units of which a column has `end_ns`.
        let from = transaction.start_ns.saturating_mul(COLUMN_COUNT);
        let to = transaction.end_ns.saturating_mul(COLUMN_COUNT);
        for column in from / end_ns..=to / end_ns {
            let begin = column.saturating_mul(end_ns);
            let overlap = to.min(begin.saturating_add(end_ns)).saturating_sub(from.max(begin));
            let busy = usize::try_from(column).ok().and_then(|column| self.narrow.get_mut(column));
            let Some(busy) = busy else { continue };
            let share = overlap as f64 / end_ns as f64;
            busy.all += share;
            busy.critical += if critical { share } else { 0.0 };
        }
    }
}

fn draw_lane(svg: &mut Svg, area: Area, lane: &Lane, timeline: &Timeline, block: &BlockView<'_>) {
    svg.rectangle("idle", area);
    let height = |share: f64| (share.min(1.0) * area.height).round();
    // Of the critical path a trace must be seen, however short its transactions are.
    let trace = |share: f64| if share > 0.0 { height(share).max(1.0) } else { 0.0 };
    svg.steps(
        "c0",
        area.bottom(),
        &steps(area, &lane.narrow, |busy| height(busy.all).max(trace(busy.critical))),
    );
    svg.steps("c4", area.bottom(), &steps(area, &lane.narrow, |busy| trace(busy.critical)));
    let wide_count: usize = timeline.lanes.iter().map(|lane| lane.wide.len()).sum();
    let place = |ns: u64| area.left + area.width * (ns as f64 / timeline.end_ns as f64);
    for (position, critical) in &lane.wide {
        let transaction = &block.observation.transactions[*position];
        let left = place(transaction.start_ns);
        let here = Area { left, width: place(transaction.end_ns) - left, ..area };
        let class = match (*critical, here.width >= MIN_APART_WIDTH) {
            (true, true) => "c4 apart",
            (true, false) => "c4",
            (false, true) => "c0 apart",
            (false, false) => "c0",
        };
        if wide_count <= MAX_TELLING {
            let name = block.transaction(transaction.index);
            let says = format!(
                "{name}: {}, {}",
                time(transaction.time_ns()),
                counted(transaction.units, "compute unit")
            );
            svg.telling_rectangle(class, here, &says);
        } else {
            svg.rectangle(class, here);
        }
    }
}

/// Columns as places with heights; one more at the right end.
fn steps(area: Area, columns: &[Busy], height: impl Fn(&Busy) -> f64) -> Vec<(f64, f64)> {
    let place = |column: usize| area.left + area.width * column as f64 / columns.len().max(1) as f64;
    let heights = columns.iter().map(height).chain([0.0]);
    heights.enumerate().map(|(column, height)| (place(column), height)).collect()
}
