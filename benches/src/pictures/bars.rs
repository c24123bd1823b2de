//! Figures side by side, as bars in groups.

use super::axis::Axis;
use super::head::{Entry, draw_head};
use super::svg::{Area, COLOR_COUNT, Svg, WIDTH};
use super::text::{short, shorten};

const LEFT: f64 = 64.0;
const RIGHT: f64 = 24.0;
const HEIGHT: f64 = 320.0;
/// Part of a group's width that stays free between it and its neighbours.
const GAP_SHARE: f64 = 0.14;
/// A bar narrower than this, in pixels, has no room for its figure above it.
const MIN_FIGURE_WIDTH: f64 = 36.0;
/// Pixels that a figure takes above its bar.
const FIGURE_HEIGHT: f64 = 18.0;
/// Pixels of a letter below the plot, about.
const LETTER_WIDTH: f64 = 7.0;

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// How high it is.
    pub figure: f64,
    /// Another figure that is marked across the bar.
    pub mark: Option<f64>,
    /// What it says when it is pointed at.
    pub says: String,
}

/// Bars that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct BarGroup {
    /// What stands below them.
    pub name: String,
    /// A bar for each series, in their order; none where there is no figure.
    pub bars: Vec<Option<Bar>>,
}

/// A plot of bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars<'a> {
    /// The title.
    pub title: &'a str,
    /// What stands below the title.
    pub notes: &'a [String],
    /// What the figures are.
    pub figure: &'a str,
    /// What the groups differ in.
    pub across: &'a str,
    /// What the legend calls the bars of a group, in their order.
    pub series: &'a [String],
    /// What the legend calls the marks.
    pub mark: &'a str,
    /// The groups, from left to right.
    pub groups: &'a [BarGroup],
}

/// Draws bars in groups.
#[must_use]
pub fn bars(chart: &Bars<'_>) -> String {
    let all = || chart.groups.iter().flat_map(|group| group.bars.iter().flatten());
    let figures = all().flat_map(|bar| [Some(bar.figure), bar.mark]).flatten();
    let highest = figures.filter(|figure| figure.is_finite()).fold(0.0, f64::max);
    // Room above the highest bar for its figure.
    let axis = Axis::linear(highest * 1.06, 6, 0.0);
    let mut svg = Svg::default();
    let top = draw_head(&mut svg, chart.title, chart.notes, &legend(chart));
    let plot = Area { left: LEFT, top, width: WIDTH - LEFT - RIGHT, height: HEIGHT };
    axis.draw_upwards(&mut svg, plot, chart.figure, short);
    svg.line("axis", (plot.left, plot.bottom()), (plot.right(), plot.bottom()));
    let pitch = plot.width / chart.groups.len().max(1) as f64;
    for (index, group) in chart.groups.iter().enumerate() {
        let left = plot.left + pitch * index as f64;
        let place = Area { left: left + pitch * GAP_SHARE / 2.0, width: pitch * (1.0 - GAP_SHARE), ..plot };
        draw_group(&mut svg, place, &axis, group, chart.series.len());
        let letters = (pitch / LETTER_WIDTH).floor().max(2.0);
        #[expect(clippy::cast_possible_truncation, reason = "at most the width of a picture")]
        let name = shorten(&group.name, letters as usize);
        svg.telling_text("middle", (left + pitch / 2.0, plot.bottom() + 18.0), &name, &group.name);
    }
    svg.text("muted middle", (plot.left + plot.width / 2.0, plot.bottom() + 38.0), chart.across);
    svg.finish(chart.title, plot.bottom() + 54.0)
}

fn legend(chart: &Bars<'_>) -> Vec<Entry> {
    let series = chart.series.iter().enumerate();
    let mut legend: Vec<Entry> =
        series.map(|(index, name)| Entry::new(format!("c{}", index % COLOR_COUNT), name.as_str())).collect();
    if chart.groups.iter().flat_map(|group| group.bars.iter().flatten()).any(|bar| bar.mark.is_some()) {
        legend.push(Entry::new("line across", chart.mark));
    }
    legend
}

fn draw_group(svg: &mut Svg, place: Area, axis: &Axis, group: &BarGroup, series_count: usize) {
    let pitch = place.width / series_count.max(1) as f64;
    // Few bars shall not be as broad as a wall.
    let width = (pitch * 0.86).min(90.0);
    for (index, bar) in group.bars.iter().enumerate() {
        let Some(bar) = bar.as_ref().filter(|bar| bar.figure.is_finite()) else { continue };
        let left = place.left + pitch * index as f64 + (pitch - width) / 2.0;
        let height = (place.height * axis.share(bar.figure)).max(0.5);
        let area = Area { left, top: place.bottom() - height, width, height };
        svg.telling_rectangle(&format!("c{}", index % COLOR_COUNT), area, &bar.says);
        if let Some(mark) = bar.mark.filter(|mark| mark.is_finite()) {
            let y = place.bottom() - place.height * axis.share(mark);
            svg.line("line across", (left - 2.0, y), (left + width + 2.0, y));
        }
        if pitch >= MIN_FIGURE_WIDTH {
            let y = figure_y(place, axis, bar);
            svg.text("small middle", (left + width / 2.0, y), &short(bar.figure));
        }
    }
}

/// Baseline of the figure above a bar: above the mark too, if that would go through it.
fn figure_y(place: Area, axis: &Axis, bar: &Bar) -> f64 {
    let y = |figure: f64| place.bottom() - place.height * axis.share(figure);
    let top = y(bar.figure);
    match bar.mark.map(y) {
        Some(mark) if mark < top && top - mark < FIGURE_HEIGHT => mark - 5.0,
        _ => top - 5.0,
    }
}
