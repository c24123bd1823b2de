//! Batch widths of a block: how many transactions could run side by side, batch after batch.

use super::BlockView;
use super::axis::Axis;
use super::head::{Entry, draw_head};
use super::svg::{Area, Svg, WIDTH};
use super::text::{counted, short, thousands, trimmed};

const LEFT: f64 = 72.0;
const RIGHT: f64 = 24.0;
const HEIGHT: f64 = 300.0;
/// More bars would be narrower than a pixel: then one bar stands for several batches.
const MAX_BARS: usize = 840;
/// A line nearer to the bottom, in pixels, would be taken for the axis.
const MIN_MARK_HEIGHT: f64 = 4.0;
/// Widths further apart than this are drawn on a logarithmic axis, or the narrow batches would not be seen.
const MAX_LINEAR_RATIO: u32 = 20;

/// Draws the widths.
#[must_use]
pub fn batches(block: &BlockView<'_>) -> String {
    let widths = &block.contention.batch_widths;
    let each = widths.len().div_ceil(MAX_BARS).max(1);
    let axis = width_axis(widths, block.observation.worker_count);
    let mut svg = Svg::default();
    let title = format!("Block {}: how wide its batches are", block.contention.number);
    let workers = block.observation.worker_count;
    let is_marked = HEIGHT * axis.share(workers as f64) >= MIN_MARK_HEIGHT;
    let top = draw_head(&mut svg, &title, &notes(block, each, &axis), &legend(workers, each, is_marked));
    let plot = Area { left: LEFT, top, width: WIDTH - LEFT - RIGHT, height: HEIGHT };
    axis.draw_upwards(&mut svg, plot, "transactions", short);
    let bars = Bars { plot, axis, count: widths.len().max(1), each };
    if each > 1 {
        let highest = |bar: &[u32]| f64::from(bar.iter().copied().max().unwrap_or(0));
        bars.draw(&mut svg, "c5", widths, highest);
    }
    let mean = |bar: &[u32]| bar.iter().copied().map(f64::from).sum::<f64>() / bar.len().max(1) as f64;
    bars.draw(&mut svg, "c0", widths, mean);
    if is_marked {
        let y = plot.bottom() - plot.height * axis.share(workers as f64);
        // Seen on bars, too.
        svg.line("halo", (plot.left, y), (plot.right(), y));
        svg.line("mark", (plot.left, y), (plot.right(), y));
    }
    draw_numbers(&mut svg, plot, widths.len());
    svg.finish(&title, plot.bottom() + 52.0)
}

fn legend(workers: usize, each: usize, is_marked: bool) -> Vec<Entry> {
    let mut legend = match each {
        1 => vec![Entry::new("c0", "transactions of the batch")],
        _ => vec![
            Entry::new("c0", format!("mean of {each} batches")),
            Entry::new("c5", format!("widest of {each} batches")),
        ],
    };
    if is_marked {
        legend.push(Entry::new("mark", counted(workers as u64, "worker")));
    }
    legend
}

fn notes(block: &BlockView<'_>, each: usize, axis: &Axis) -> Vec<String> {
    let widths = &block.contention.batch_widths;
    let workers = block.observation.worker_count;
    let narrower = widths.iter().filter(|width| (**width as usize) < workers).count();
    let verb = if narrower == 1 { "is" } else { "are" };
    let mut notes = vec![format!(
        "{} in {}; the widest has {}, the mean {}. {} {verb} too narrow to keep {} busy.",
        counted(block.contention.transactions as u64, "transaction"),
        batches_counted(widths.len()),
        thousands(u64::from(widths.iter().copied().max().unwrap_or(0))),
        trimmed(block.contention.transactions as f64 / widths.len().max(1) as f64, 1),
        batches_counted(narrower),
        counted(workers as u64, "worker"),
    )];
    match (each, axis.is_logarithmic()) {
        (1, false) => (),
        (1, true) => notes.push("The axis of widths is logarithmic.".to_owned()),
        (_, false) => notes.push(format!("One bar stands for {each} batches.")),
        (_, true) => {
            notes.push(format!("One bar stands for {each} batches. The axis of widths is logarithmic."));
        }
    }
    notes
}

/// `1 batch`, `2,000 batches`.
fn batches_counted(count: usize) -> String {
    format!("{} {}", thousands(count as u64), if count == 1 { "batch" } else { "batches" })
}

fn width_axis(widths: &[u32], workers: usize) -> Axis {
    let widest = widths.iter().copied().max().unwrap_or(0);
    let mut sorted = widths.to_vec();
    sorted.sort_unstable();
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0).max(1);
    if widest / median > MAX_LINEAR_RATIO {
        // Half a transaction is where bars begin, so that a batch of one still has a bar.
        return Axis::logarithmic(0.5, f64::from(widest).max(workers as f64) * 1.2, 10.0);
    }
    Axis::linear(f64::from(widest).max(workers as f64), 5, 1.0)
}

/// Bars that fill the width of a plot.
struct Bars {
    plot: Area,
    axis: Axis,
    /// Batches in all.
    count: usize,
    /// Batches a bar.
    each: usize,
}

impl Bars {
    fn draw(&self, svg: &mut Svg, class: &str, widths: &[u32], figure: impl Fn(&[u32]) -> f64) {
        let pitch = self.plot.width * self.each as f64 / self.count as f64;
        // A bar by itself, as long as there is room between bars.
        let gap = if pitch >= 4.0 { (pitch * 0.2).min(8.0) } else { 0.0 };
        let mut steps = Vec::with_capacity(2 * widths.len().div_ceil(self.each) + 1);
        for (number, bar) in widths.chunks(self.each).enumerate() {
            let left = self.plot.left + pitch * number as f64;
            let right = (left + pitch).min(self.plot.right());
            steps.push((left + gap / 2.0, self.plot.height * self.axis.share(figure(bar))));
            steps.push((right - gap / 2.0, 0.0));
            if gap == 0.0 {
                steps.pop();
            }
        }
        steps.push((self.plot.right(), 0.0));
        svg.steps(class, self.plot.bottom(), &steps);
    }
}

/// Batch numbers below the plot, from 0, each under the middle of its bar.
fn draw_numbers(svg: &mut Svg, plot: Area, count: usize) {
    svg.line("axis", (plot.left, plot.bottom()), (plot.right(), plot.bottom()));
    for tick in Axis::exact(count.saturating_sub(1) as f64, 10).ticks() {
        if tick.fract() == 0.0 && tick < count as f64 {
            let x = plot.left + plot.width * (tick + 0.5) / count as f64;
            svg.text("muted middle", (x, plot.bottom() + 17.0), &short(tick));
        }
    }
    svg.text("muted middle", (plot.left + plot.width / 2.0, plot.bottom() + 36.0), "batch, from 0");
}
