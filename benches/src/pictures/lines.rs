//! Figures over numbers of workers, as lines.

use super::axis::Axis;
use super::head::{Entry, draw_head};
use super::svg::{Area, COLOR_COUNT, Svg, WIDTH};
use super::text::{short, trimmed};

const LEFT: f64 = 64.0;
const RIGHT: f64 = 40.0;
const HEIGHT: f64 = 320.0;
/// Straight pieces of a line from one of its points to the next.
const STEPS_BETWEEN: u32 = 8;

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineStyle {
    /// Measured: solid, with points; a single one is a point alone.
    Measured,
    /// Computed: thin and without points.
    Computed,
    /// Computed for something that is not so: dashed.
    Supposed,
    /// Computed for a few numbers of workers: dashed, with hollow points.
    Expected,
}

/// How figures are spread upwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Evenly, from 0.
    Linear,
    /// By their logarithms: each line across the plot is twice the one below.
    Logarithmic,
}

/// Points with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What the legend calls it.
    pub name: String,
    /// How it is drawn.
    pub style: LineStyle,
    /// Its colour, by number.
    pub color: usize,
    /// Numbers of workers, ascending from 1, each with its figure.
    pub points: Vec<(usize, f64)>,
}

/// A plot of lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines<'a> {
    /// The title.
    pub title: &'a str,
    /// What stands below the title.
    pub notes: &'a [String],
    /// What the figures are.
    pub figure: &'a str,
    /// How they are spread.
    pub scale: Scale,
    /// The lines.
    pub lines: &'a [Line],
    /// Whether to show what as many times as fast as there are workers would be.
    pub diagonal: bool,
}

/// Draws lines over a logarithmic axis of workers.
#[must_use]
pub fn lines(chart: &Lines<'_>) -> String {
    let points = || chart.lines.iter().flat_map(|line| &line.points);
    let figures = points().map(|(_, figure)| *figure);
    let highest = figures.filter(|figure| figure.is_finite()).fold(1.0, f64::max);
    let most_workers = points().map(|(workers, _)| *workers).max().unwrap_or(1).max(2);
    let across = Axis::logarithmic(1.0, most_workers as f64, 2.0);
    let upwards = match chart.scale {
        Scale::Linear => Axis::linear(highest * 1.05, 6, 0.0),
        Scale::Logarithmic => Axis::logarithmic(lowest_power(points()), highest * 1.15, 2.0),
    };
    let mut svg = Svg::default();
    let top = draw_head(&mut svg, chart.title, chart.notes, &legend(chart));
    let plot = Area { left: LEFT, top, width: WIDTH - LEFT - RIGHT, height: HEIGHT };
    // Parts of 1 are halved again and again on a logarithmic axis: 0.125 shall not be shown as 0.12.
    let show = |tick: f64| if tick < 0.25 { trimmed(tick, 6) } else { short(tick) };
    upwards.draw_upwards(&mut svg, plot, chart.figure, show);
    across.draw_across(&mut svg, plot, "workers", |tick| trimmed(tick, 0));
    let place = |(workers, figure): (f64, f64)| {
        (plot.left + plot.width * across.share(workers), plot.bottom() - plot.height * upwards.share(figure))
    };
    if chart.diagonal {
        draw_diagonal(&mut svg, most_workers as f64, highest * 1.05, place);
    }
    for line in chart.lines {
        draw_line(&mut svg, line, place);
    }
    svg.finish(chart.title, plot.bottom() + 52.0)
}

/// The power of 2 that no figure is below; figures that a logarithm cannot show do not count.
fn lowest_power<'a>(points: impl Iterator<Item = &'a (usize, f64)>) -> f64 {
    let figures = points.map(|(_, figure)| *figure).filter(|figure| figure.is_finite() && *figure > 0.0);
    figures.fold(1.0, f64::min).max(1.0 / 64.0).log2().floor().exp2()
}

fn legend(chart: &Lines<'_>) -> Vec<Entry> {
    let mut legend: Vec<Entry> = chart
        .lines
        .iter()
        .map(|line| match (line.style, line.points.len()) {
            // A line needs two ends.
            (LineStyle::Measured, 0..=1) => Entry::dot(dot_class(line), line.name.as_str()),
            _ => Entry::new(line_class(line), line.name.as_str()),
        })
        .collect();
    if chart.diagonal {
        legend.push(Entry::new("mark", "as many times as fast as there are workers"));
    }
    legend
}

fn line_class(line: &Line) -> String {
    let color = line.color % COLOR_COUNT;
    match line.style {
        LineStyle::Measured | LineStyle::Computed => format!("line l{color}"),
        LineStyle::Supposed | LineStyle::Expected => format!("line l{color} dashed"),
    }
}

fn dot_class(line: &Line) -> String {
    format!("c{}", line.color % COLOR_COUNT)
}

fn draw_line(svg: &mut Svg, line: &Line, place: impl Fn((f64, f64)) -> (f64, f64)) {
    let finite = line.points.iter().filter(|(_, figure)| figure.is_finite());
    let points: Vec<(f64, f64)> = finite.map(|(workers, figure)| (*workers as f64, *figure)).collect();
    if points.len() > 1 {
        let drawn: Vec<(f64, f64)> = between(&points).into_iter().map(&place).collect();
        svg.polyline(&line_class(line), &drawn);
    }
    let class = match line.style {
        LineStyle::Measured => dot_class(line),
        LineStyle::Expected => format!("hollow l{}", line.color % COLOR_COUNT),
        LineStyle::Computed | LineStyle::Supposed => return,
    };
    for point in points {
        svg.circle(&class, place(point), 5.0);
    }
}

/// The points with others between them. A straight line between two points far apart on the logarithmic axis would run
/// above the diagonal, although no figure between them does.
fn between(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let parts = |pair: &[(f64, f64)]| {
        let [(x, y), (next_x, next_y)] = [pair[0], pair[1]];
        (0..STEPS_BETWEEN).map(move |step| {
            let share = f64::from(step) / f64::from(STEPS_BETWEEN);
            let workers = x * (next_x / x).powf(share);
            (workers, y + (next_y - y) * (workers - x) / (next_x - x))
        })
    };
    points.windows(2).flat_map(parts).chain(points.last().copied()).collect()
}

/// As many times as fast as there are workers; straight lines between places close together, since the axis of workers is
/// logarithmic. Ends where the plot ends.
fn draw_diagonal(svg: &mut Svg, most_workers: f64, highest: f64, place: impl Fn((f64, f64)) -> (f64, f64)) {
    let last = most_workers.min(highest);
    let points: Vec<(f64, f64)> = (0..=64)
        .map(|step| last.powf(f64::from(step) / 64.0))
        .map(|workers| place((workers, workers)))
        .collect();
    svg.polyline("line mark", &points);
}
