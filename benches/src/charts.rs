//! Charts of figures over categories or worker counts, as SVG text that stands by itself: bars side by side, bars on top
//! of each other, and lines.

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

/// One row of figures with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What the legend calls it.
    pub name: String,
    /// One figure a group; `None` where there is none.
    pub figures: Vec<Option<f64>>,
}

/// A line through points.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What the legend calls it.
    pub name: String,
    /// Points in the order of x, x above 0.
    pub points: Vec<(f64, f64)>,
    /// Which of its points were computed and not measured: those from this index on.
    pub computed_from: usize,
}

/// What stands around a chart.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The title.
    pub title: &'a str,
    /// What x is, with its unit.
    pub x: &'a str,
    /// What y is, with its unit.
    pub y: &'a str,
}

/// Told apart with any kind of colour vision (Okabe and Ito, 2008), black and yellow left out.
pub(crate) const PALETTE: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(213, 94, 0),
    RGBColor(86, 180, 233),
    RGBColor(120, 120, 120),
];

const SIZE: (u32, u32) = (760, 360);
/// Width of the part of a group that its bars fill.
const GROUP_FILL: f64 = 0.8;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Bars side by side: one a series, in each of `groups`.
///
/// # Errors
/// If the picture cannot be drawn.
pub fn bars(frame: Frame<'_>, groups: &[String], series: &[Series]) -> anyhow::Result<String> {
    let highest = maximum(series.iter().flat_map(|one| one.figures.iter().flatten().copied()));
    let width = GROUP_FILL / series.len().max(1) as f64;
    grouped(frame, groups, series, highest, |group, place, _, figure| {
        let left = group as f64 + (1.0 - GROUP_FILL) / 2.0 + width * place as f64;
        [(left, 0.0), (left + width * 0.94, figure)]
    })
}

/// Bars on top of each other: the sum of all series, in each of `groups`.
///
/// # Errors
/// If the picture cannot be drawn.
pub fn stacks(frame: Frame<'_>, groups: &[String], series: &[Series]) -> anyhow::Result<String> {
    let sum = |group: usize| series.iter().filter_map(|one| one.figures.get(group).copied().flatten()).sum();
    let highest = maximum((0..groups.len()).map(sum));
    grouped(frame, groups, series, highest, |group, _, below, figure| {
        let left = group as f64 + (1.0 - GROUP_FILL) / 2.0;
        [(left, below), (left + GROUP_FILL, below + figure)]
    })
}

/// Lines over a logarithmic x axis, base 2. Computed points are joined by a thin line and drawn hollow.
///
/// # Errors
/// If the picture cannot be drawn.
pub fn lines(frame: Frame<'_>, lines: &[Line]) -> anyhow::Result<String> {
    let points = || lines.iter().flat_map(|line| &line.points);
    let highest = maximum(points().map(|(_, y)| *y));
    let last = maximum(points().map(|(x, _)| x.log2())).ceil().max(1.0);
    let ticks: Vec<(f64, String)> = (0_u32..)
        .map(f64::from)
        .take_while(|tick| *tick <= last)
        .map(|tick| (tick, tick.exp2().to_string()))
        .collect();
    let mut svg = String::new();
    {
        let root = root(&mut svg)?;
        let mut chart = axes(&root, frame, -0.15..last + 0.15, highest, &ticks)?;
        for (line, color) in lines.iter().zip(PALETTE.iter().cycle()) {
            let position = |(x, y): &(f64, f64)| (x.log2(), *y);
            let measured = &line.points[..line.computed_from.min(line.points.len())];
            let computed = &line.points[line.computed_from.saturating_sub(1).min(line.points.len())..];
            let style = ShapeStyle { color: color.to_rgba(), filled: false, stroke_width: 2 };
            let thin = ShapeStyle { color: color.mix(0.6), filled: false, stroke_width: 1 };
            chart
                .draw_series([PathElement::new(measured.iter().map(position).collect::<Vec<_>>(), style)])?
                .label(line.name.as_str())
                .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 10, y + 5)], color.filled()));
            chart.draw_series([PathElement::new(computed.iter().map(position).collect::<Vec<_>>(), thin)])?;
            chart.draw_series(line.points.iter().enumerate().map(|(index, point)| {
                let style = if index < line.computed_from { color.filled() } else { style };
                Circle::new(position(point), 4, style)
            }))?;
        }
        legend(&mut chart, lines.len())?;
        root.present()?;
    }
    Ok(svg)
}

/// Draws one rectangle a figure; `place` gives its corners from group, series, height of those below, and figure.
fn grouped(
    frame: Frame<'_>,
    groups: &[String],
    series: &[Series],
    highest: f64,
    place: impl Fn(usize, usize, f64, f64) -> [(f64, f64); 2],
) -> anyhow::Result<String> {
    let ticks: Vec<(f64, String)> =
        groups.iter().enumerate().map(|(index, name)| (index as f64 + 0.5, name.clone())).collect();
    let mut below = vec![0.0; groups.len()];
    let mut svg = String::new();
    {
        let root = root(&mut svg)?;
        let mut chart = axes(&root, frame, 0.0..groups.len().max(1) as f64, highest, &ticks)?;
        for ((number, one), color) in series.iter().enumerate().zip(PALETTE.iter().cycle()) {
            let mut rectangles = Vec::with_capacity(groups.len());
            for (group, figure) in one.figures.iter().take(groups.len()).enumerate() {
                let Some(figure) = *figure else { continue };
                rectangles.push(Rectangle::new(place(group, number, below[group], figure), color.filled()));
                below[group] += figure;
            }
            chart
                .draw_series(rectangles)?
                .label(one.name.as_str())
                .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 10, y + 5)], color.filled()));
        }
        legend(&mut chart, series.len())?;
        root.present()?;
    }
    Ok(svg)
}

fn root(svg: &mut String) -> anyhow::Result<Area<'_>> {
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    Ok(root)
}

fn axes<'a, 'b>(
    root: &'a Area<'b>,
    frame: Frame<'_>,
    x: std::ops::Range<f64>,
    highest: f64,
    ticks: &[(f64, String)],
) -> anyhow::Result<Chart<'a, 'b>> {
    let mut chart = ChartBuilder::on(root)
        .caption(frame.title, ("sans-serif", 17))
        .margin(10)
        .margin_right(16)
        .x_label_area_size(46)
        .y_label_area_size(76)
        .build_cartesian_2d(x, 0.0..highest * 1.18)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(0)
        .x_desc(frame.x)
        .y_desc(frame.y)
        .y_label_formatter(&|value| short(*value))
        .light_line_style(WHITE)
        .draw()?;
    let middle = plotters::style::text_anchor::Pos::new(
        plotters::style::text_anchor::HPos::Center,
        plotters::style::text_anchor::VPos::Top,
    );
    let style = TextStyle::from(("sans-serif", 12).into_font()).pos(middle);
    for (position, name) in ticks {
        let (x, y) = chart.backend_coord(&(*position, 0.0));
        root.draw(&Text::new(name.clone(), (x, y + 6), style.clone()))?;
    }
    Ok(chart)
}

fn legend<'a, 'b: 'a>(chart: &mut Chart<'a, 'b>, count: usize) -> anyhow::Result<()> {
    if count > 1 {
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .background_style(WHITE.mix(0.85))
            .border_style(BLACK.mix(0.2))
            .label_font(("sans-serif", 12))
            .draw()?;
    }
    Ok(())
}

fn maximum(figures: impl Iterator<Item = f64>) -> f64 {
    let highest = figures.filter(|figure| figure.is_finite()).fold(0.0, f64::max);
    if highest > 0.0 { highest } else { 1.0 }
}

/// A figure in few characters: `1.2M`, `350k`, `0.5`.
fn short(value: f64) -> String {
    let trim = |text: String| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    };
    match value.abs() {
        large if large >= 1e6 => format!("{}M", trim(format!("{:.2}", value / 1e6))),
        medium if medium >= 1e3 => format!("{}k", trim(format!("{:.1}", value / 1e3))),
        _ => trim(format!("{value:.2}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame<'_> = Frame { title: "a title", x: "across", y: "upwards" };

    fn series(name: &str, figures: &[f64]) -> Series {
        Series { name: name.to_owned(), figures: figures.iter().copied().map(Some).collect() }
    }

    #[test]
    fn says_what_it_shows() {
        let groups = ["left".to_owned(), "right".to_owned()];
        let rows = [series("one", &[1.0, 2.0]), series("two", &[3.0, 4.0])];
        let line = Line {
            name: "one".to_owned(),
            points: vec![(1.0, 1.0), (2.0, 1.9), (64.0, 20.0)],
            computed_from: 2,
        };
        let other = Line { name: "two".to_owned(), ..line.clone() };
        for svg in [bars(FRAME, &groups, &rows), stacks(FRAME, &groups, &rows), lines(FRAME, &[line, other])]
            .map(Result::unwrap)
        {
            assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
            for text in ["a title", "across", "upwards", "one", "two"] {
                assert!(svg.contains(text), "{text} is missing");
            }
        }
    }

    #[test]
    fn draws_nothing_without_figures() {
        assert!(bars(FRAME, &[], &[]).is_ok());
        assert!(stacks(FRAME, &["a".to_owned()], &[series("one", &[f64::NAN])]).is_ok());
        assert!(lines(FRAME, &[]).is_ok());
    }

    #[test]
    fn shortens_figures() {
        let shown: Vec<String> = [0.0, 0.5, 20.0, 999.0, 1_000.0, 350_500.0, 1_250_000.0]
            .iter()
            .map(|value| short(*value))
            .collect();
        assert_eq!(shown, ["0", "0.5", "20", "999", "1k", "350.5k", "1.25M"]);
    }
}
