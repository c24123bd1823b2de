//! Sums and their parts, as bars one below the other.

use super::axis::Axis;
use super::head::{Entry, draw_head};
use super::svg::{Area, COLOR_COUNT, Svg, WIDTH};
use super::text::{MAX_NAME_COUNT, short, shorten, trimmed};

const LEFT: f64 = 180.0;
/// Room for the sum behind the longest bar.
const RIGHT: f64 = 70.0;
const ROW_HEIGHT: f64 = 20.0;
/// Free room between groups, in pixels.
const GROUP_GAP: f64 = 10.0;

/// A bar of parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// What stands before it.
    pub name: String,
    /// The parts, in the order of their names.
    pub parts: Vec<f64>,
}

/// A plot of stacked bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Stacks<'a> {
    /// The title.
    pub title: &'a str,
    /// What stands below the title.
    pub notes: &'a [String],
    /// What the figures are.
    pub figure: &'a str,
    /// What the parts are called.
    pub parts: &'a [String],
    /// Bars that belong together, from above.
    pub groups: &'a [Vec<Stack>],
}

/// Draws stacked bars.
#[must_use]
pub fn stacks(chart: &Stacks<'_>) -> String {
    let all = || chart.groups.iter().flatten();
    let highest =
        all().map(|stack| stack.parts.iter().filter(|part| part.is_finite()).sum()).fold(0.0, f64::max);
    let axis = Axis::linear(highest, 8, 0.0);
    let names = chart.parts.iter().enumerate();
    let legend: Vec<Entry> =
        names.map(|(index, name)| Entry::new(format!("c{}", index % COLOR_COUNT), name.as_str())).collect();
    let mut svg = Svg::default();
    let top = draw_head(&mut svg, chart.title, chart.notes, &legend) - 10.0;
    let gaps = GROUP_GAP * chart.groups.len().saturating_sub(1) as f64;
    let height = ROW_HEIGHT * all().count() as f64 + gaps + 4.0;
    let plot = Area { left: LEFT, top, width: WIDTH - LEFT - RIGHT, height };
    axis.draw_across(&mut svg, plot, chart.figure, short);
    let mut y = plot.top + 2.0;
    for group in chart.groups {
        for stack in group {
            draw_stack(&mut svg, Area { top: y, height: ROW_HEIGHT, ..plot }, &axis, stack, chart.parts);
            y += ROW_HEIGHT;
        }
        y += GROUP_GAP;
    }
    svg.finish(chart.title, plot.bottom() + 52.0)
}

fn draw_stack(svg: &mut Svg, row: Area, axis: &Axis, stack: &Stack, names: &[String]) {
    let baseline = row.top + row.height / 2.0 + 4.0;
    svg.telling_text("end", (row.left - 10.0, baseline), &shorten(&stack.name, MAX_NAME_COUNT), &stack.name);
    let mut sum = 0.0;
    for (index, (part, name)) in stack.parts.iter().zip(names).enumerate() {
        if !part.is_finite() || *part <= 0.0 {
            continue;
        }
        let left = row.left + row.width * axis.share(sum);
        sum += part;
        let width = row.left + row.width * axis.share(sum) - left;
        let area = Area { left, top: row.top + 2.0, width, height: row.height - 4.0 };
        let says = format!("{}: {name} {}", stack.name, trimmed(*part, 3));
        svg.telling_rectangle(&format!("c{}", index % COLOR_COUNT), area, &says);
    }
    svg.text("muted", (row.left + row.width * axis.share(sum) + 8.0, baseline), &trimmed(sum, 1));
}
