//! The chart of speed-ups, and charts of lines over workers as such.

use super::{Drawing, Scene, Shape, check_near, figure, measured};
use crate::pictures::{Line, LineStyle, Lines, Scale, lines, speedup};

fn points(line: &Shape) -> Vec<(f64, f64)> {
    let number = |text: &str| -> f64 { text.parse().expect("a number") };
    let pairs = line.way.split(' ').map(|pair| pair.split_once(',').expect("two numbers"));
    pairs.map(|(x, y)| (number(x), number(y))).collect()
}

#[test]
fn points_lie_at_their_figures() {
    let scene = Scene::new(1, 20_000_000, "w0@1/0:0-20000000");
    let mut workload = scene.workload(measured(4, 1.25, 3.0));
    workload.what_if = [(1, 1.0), (2, 1.5), (4, 2.0), (16, 3.0)].map(|(at, of)| figure(at, of)).to_vec();
    let drawing = Drawing::read(&speedup(&workload));
    // 856 pixels for the logarithms of 1 to 16, 320 for figures of 0 to 8: the highest is 7.
    let bottom = drawing.all("line", "axis")[0].number("y1");
    let x = |workers: f64| 64.0 + 856.0 * workers.log2() / 4.0;
    let y = |speedup: f64| bottom - 320.0 * speedup / 8.0;
    let of_class = |class: &str| points(drawing.all("polyline", class)[0]);
    // A class, and what makes its figures of the speed-up of the whole: a factor and a term.
    let models = [
        ("line l0", 1.0, 0.0),
        ("line l0 dashed", 1.0, 0.5),
        ("line l4", 2.0, 0.0),
        ("line l4 dashed", 2.0, 1.0),
    ];
    for (class, factor, term) in models {
        let points = of_class(class);
        for (workers, speedup) in [(1.0, 1.0), (2.0, 1.5), (4.0, 2.0), (16.0, 3.0)] {
            let expected = (x(workers), y(factor * speedup + term));
            let is_there =
                |(x, y): &(f64, f64)| (x - expected.0).abs() < 0.11 && (y - expected.1).abs() < 0.11;
            assert!(points.iter().any(is_there), "{class} misses {workers} workers: {points:?}");
        }
        check_near([points[0].0, points[points.len() - 1].0], [64.0, 920.0]);
    }
    for (class, speedup) in [("c0", 1.25), ("c4", 3.0)] {
        let dots = drawing.all("circle", class);
        assert_eq!(dots.len(), 2, "one in the legend, one in the plot");
        check_near([dots[1].number("cx"), dots[1].number("cy")], [x(4.0), y(speedup)]);
    }
    // As many times as fast as there are workers ends at the highest figure and a little.
    let diagonal = of_class("line mark");
    check_near([diagonal[0].0, diagonal[0].1], [x(1.0), y(1.0)]);
    check_near([diagonal[64].0, diagonal[64].1], [x(7.35), y(7.35)]);
    drawing.says("Measured on 4 workers: 1.25 for the whole block, 3.00 for executing alone.");
    let texts = drawing.texts();
    assert!(!texts.iter().any(|text| text.contains("too short")), "20 ms tell something: {texts:?}");
}

#[test]
fn a_run_of_a_moment_is_said_to_tell_little() {
    let scene = Scene::new(1, 80_000, "w0@1/0:0-80000");
    let drawing = Drawing::read(&speedup(&scene.workload(measured(1, 1.0, 1.0))));
    drawing.says("Measured on 1 worker: ");
    drawing.says("Executing took 80 µs in all: too short for what was measured to tell much.");
}

fn chart(lines_of: &[Line]) -> Drawing {
    let chart = Lines {
        title: "A chart",
        notes: &[],
        figure: "times",
        scale: Scale::Linear,
        lines: lines_of,
        diagonal: true,
    };
    Drawing::read(&lines(&chart))
}

#[test]
fn between_its_points_a_line_stays_below_the_diagonal() {
    let line = Line {
        name: "all workers busy".to_owned(),
        style: LineStyle::Computed,
        color: 1,
        points: vec![(1, 1.0), (4, 4.0), (64, 64.0)],
    };
    let drawing = chart(&[line]);
    let bottom = drawing.all("line", "axis")[0].number("y1");
    for (x, y) in points(drawing.all("polyline", "line l1")[0]) {
        // 856 pixels for 6 doublings, 320 for figures of 0 to 80.
        let (workers, figure) = (((x - 64.0) / 856.0 * 6.0).exp2(), (bottom - y) / 320.0 * 80.0);
        assert!((workers - figure).abs() < 0.1 + 0.001 * workers, "{figure} times with {workers} workers");
    }
}

#[test]
fn measured_lines_have_a_point_a_figure_and_leave_out_what_is_no_number() {
    let points_of = vec![(1, 1.0), (2, f64::NAN), (4, 2.0), (8, f64::INFINITY)];
    let line = |style, points| Line { name: "a".to_owned(), style, color: 9, points };
    let drawing = chart(&[line(LineStyle::Measured, points_of)]);
    // Colours begin anew behind the last one.
    assert_eq!(drawing.all("circle", "c2").len(), 2);
    let ends = points(drawing.all("polyline", "line l2")[0]);
    check_near([ends[0].0, ends[ends.len() - 1].0], [64.0, 64.0 + 856.0 * 2.0 / 3.0]);
    let empty = chart(&[line(LineStyle::Measured, vec![]), line(LineStyle::Computed, vec![(1, 1.0)])]);
    assert!(empty.all("polyline", "line l2").is_empty());
    chart(&[]).says("A chart");
}
