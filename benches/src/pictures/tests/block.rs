//! The pictures of one block: worker timeline, batch widths, account heat.

use super::{Drawing, Scene, Shape, check_near};
use crate::pictures::{accounts, batches, workers};

/// Pixels from the left where time begins; a picture's time has 756 of them, so that here a nanosecond is a pixel.
const TIME_LEFT: f64 = 120.0;

/// Left end, right end and height of each part of a path of steps that is higher than 0; equal neighbours are one.
fn steps(path: &Shape) -> Vec<(f64, f64, f64)> {
    let way = path.way.strip_prefix('M').and_then(|way| way.strip_suffix('Z')).expect("a closed way");
    let number = |text: &str| -> f64 { text.parse().expect("a number") };
    let (start, _) = way.split_once('V').expect("a step");
    let bottom = number(start.split_once(' ').expect("a place").1);
    let corner = |part: &str| {
        let (x, y) = part.split_once('V').expect("a step");
        (number(x.split(' ').next().expect("a place")), bottom - number(y))
    };
    let corners: Vec<(f64, f64)> = way.split('H').map(corner).collect();
    assert_eq!(corners.last().map(|(_, height)| *height), Some(0.0), "steps end at the bottom");
    let parts = corners.windows(2).map(|pair| (pair[0].0, pair[1].0, pair[0].1));
    parts.filter(|(_, _, height)| *height > 0.0).collect()
}

fn check_steps(path: &Shape, expected: &[(f64, f64, f64)]) {
    let flat = |steps: &[(f64, f64, f64)]| -> Vec<f64> {
        steps.iter().flat_map(|(left, right, height)| [*left, *right, *height]).collect()
    };
    check_near(flat(&steps(path)), flat(expected));
}

fn spans(shapes: &[&Shape]) -> Vec<f64> {
    shapes.iter().flat_map(|shape| [shape.span().0, shape.span().1]).collect()
}

#[test]
fn the_timeline_has_each_transaction_where_it_ran() {
    let scene = Scene::new(2, 756, "w0@5/0:0-100 w1@5/1:50-90 w0@9/1:150-300 w2@1/0:400-756");
    let drawing = Drawing::read(&workers(&scene.view()));
    let at = |places: &[f64]| places.iter().map(|place| TIME_LEFT + place).collect::<Vec<_>>();
    let critical = drawing.all("rect", "c4 apart");
    check_near(spans(&critical), at(&[0.0, 100.0, 150.0, 300.0]));
    let others = drawing.all("rect", "c0 apart");
    check_near(spans(&others), at(&[400.0, 756.0, 50.0, 90.0]));
    // A lane each, behind the transactions, over the whole time: what they leave free is seen to be idle.
    let lanes = drawing.all("rect", "idle");
    check_near(spans(&lanes), at(&[0.0, 756.0, 0.0, 756.0]));
    for (lane, transactions) in [(lanes[0], [critical[0], others[0]]), (lanes[1], [others[1], critical[1]])] {
        for transaction in transactions {
            check_near([transaction.number("y")], [lane.number("y")]);
            check_near([transaction.number("height")], [lane.number("height")]);
        }
    }
    assert!(lanes[1].number("y") > lanes[0].number("y") + lanes[0].number("height"), "lanes lie apart");
    let order: Vec<_> =
        drawing.shapes.iter().filter(|shape| shape.tag == "rect" && !shape.is_swatch()).collect();
    assert_eq!(
        order.iter().map(|shape| shape.class.as_str()).collect::<Vec<_>>()[1..],
        ["idle", "c4 apart", "c0 apart", "idle", "c0 apart", "c4 apart"]
    );
    assert_eq!(critical[1].title, "transaction 2: 150 ns, 9 compute units");
    for said in ["worker 0", "worker 1", "idle 40 %", "idle 75 %"] {
        drawing.says(said);
    }
    drawing.says(
        "4 transactions executed in 756 ns; the critical path has 2, 70.0 % of all compute units and 250 ns",
    );
    assert!(drawing.all("path", "c0").is_empty(), "none is narrower than a pixel");
}

#[test]
fn narrow_transactions_fill_their_pixel_by_the_time_they_took() {
    // 100 ns a pixel, of a lane of 46 pixels: half, a gap, nine tenths, and a fifth in each of two pixels.
    let scene = Scene::new(1, 75_600, "w0@1/0:0-50 w1@9/0:1000-1090 w2@1/0:1980-2020");
    let drawing = Drawing::read(&workers(&scene.view()));
    let (all, critical) = (drawing.all("path", "c0"), drawing.all("path", "c4"));
    check_steps(all[0], &[(120.0, 121.0, 23.0), (130.0, 131.0, 41.0), (139.0, 141.0, 9.0)]);
    check_steps(critical[0], &[(130.0, 131.0, 41.0)]);
    drawing.says("Transactions narrower than a pixel (100 ns) are drawn together");
    // Of a critical transaction there is a trace, however short it is.
    let scene = Scene::new(1, 75_600_000, "w0@1/0:0-5");
    let drawing = Drawing::read(&workers(&scene.view()));
    check_steps(drawing.all("path", "c4")[0], &[(120.0, 121.0, 1.0)]);
}

#[test]
fn low_lanes_share_a_label() {
    let labels = |worker_count: usize| {
        let scene = Scene::new(worker_count, 756, "w0@1/0:0-756");
        let drawing = Drawing::read(&workers(&scene.view()));
        assert_eq!(drawing.all("rect", "idle").len(), worker_count);
        let names = drawing.all("text", "end");
        let apart = names.windows(2).all(|pair| pair[1].number("y") - pair[0].number("y") >= 13.9);
        assert!(apart, "labels of {worker_count} lanes overlap");
        let texts = drawing.texts().into_iter().map(str::to_owned);
        texts.filter(|text| text.starts_with("worker") || text.starts_with("idle")).collect::<Vec<_>>()
    };
    assert_eq!(labels(1), ["worker 0", "idle 0 %"]);
    assert_eq!(labels(2), ["worker 0", "idle 0 %", "worker 1", "idle 100 %"]);
    // Worker 0 is never idle, the two that share its label always.
    let of_64 = labels(64);
    assert_eq!(of_64[..4], ["workers 0–2", "idle 67 %", "workers 3–5", "idle 100 %"]);
    assert_eq!(of_64[40..], ["workers 60–63", "idle 100 %"]);
    assert_eq!(labels(256).last().map(String::as_str), Some("idle 100 %"));
}

#[test]
fn one_bar_a_batch_as_high_as_its_transactions() {
    // Batches of 4, 2 and 1, and of 1; the plot is 864 pixels wide and 300 high.
    let text = "w0@1/0:0-1 w1@1/0:1-2 w2@1/0:2-3 w3@1/0:3-4 w0@1/0:4-5 w1@1/0:5-6 w0@1/0:6-7";
    let scene = Scene::new(1, 7, text);
    let drawing = Drawing::read(&batches(&scene.view()));
    let expected = [(76.0, 356.0, 300.0), (364.0, 644.0, 150.0), (652.0, 932.0, 75.0)];
    check_steps(drawing.all("path", "c0")[0], &expected);
    drawing.says("7 transactions in 3 batches; the widest has 4, the mean 2.3. 0 batches are too narrow");
    let scene = Scene::new(2, 1, "w0@1/0:0-1");
    let drawing = Drawing::read(&batches(&scene.view()));
    check_steps(drawing.all("path", "c0")[0], &[(76.0, 932.0, 150.0)]);
    drawing.says("1 transaction in 1 batch; the widest has 1, the mean 1. 1 batch is too narrow to keep 2 workers busy.");
    // The top of the axis is 2, and that is where the line of 2 workers lies.
    check_near(mark(&drawing), [drawing.all("line", "grid").last().expect("a tick").number("y1")]);
    let nothing = Drawing::read(&batches(&Scene::new(2, 0, "").view()));
    assert!(nothing.all("path", "c0").is_empty());
    nothing.says("0 transactions in 0 batches");
}

/// Where the line that stands for the workers lies, if there is one; it has a legend then, and else none.
fn mark(drawing: &Drawing) -> Option<f64> {
    let marks = drawing.all("line", "mark");
    let explained =
        drawing.texts().iter().filter(|text| text.ends_with(" worker") || text.ends_with(" workers")).count();
    assert_eq!(marks.len(), 2 * explained, "one line in the legend, one in the plot");
    marks.get(1).map(|line| line.number("y1"))
}

#[test]
fn the_line_of_the_workers_does_not_lie_on_the_axis() {
    let wide = Scene::uniform(1_000, |index| format!("w{index}"));
    assert_eq!(mark(&Drawing::read(&batches(&wide.view()))), None);
    // Far more workers than transactions, on a logarithmic axis and on a linear one: the line is above all bars and inside
    // of the plot.
    let mut long = Scene::uniform(100, |index| format!("w{}", index.saturating_sub(50)));
    long.observation.worker_count = 200;
    let mut narrow = Scene::uniform(20, |index| format!("w{index}"));
    narrow.observation.worker_count = 200;
    for scene in [long, narrow] {
        let drawing = Drawing::read(&batches(&scene.view()));
        let bars = steps(drawing.all("path", "c0")[0]);
        let highest = bars.iter().map(|(_, _, height)| *height).fold(0.0, f64::max);
        let bottom = drawing.all("line", "axis")[0].number("y1");
        let height = bottom - mark(&drawing).expect("a line");
        assert!(height > highest && height <= 300.0, "{height} and {highest}");
    }
}

#[test]
fn ten_thousand_batches_share_bars() {
    // A chain of 10,000, each with an account of its own; every 24th batch has one transaction more, which waits for that.
    let extra = |index: usize| (index - 10_000) * 24;
    let scene = Scene::uniform(10_000 + 417, |index| match index {
        0..10_000 => format!("w0,w{}", index + 1),
        _ if extra(index) == 0 => "w10001".to_owned(),
        _ => format!("w{}", extra(index)),
    });
    assert_eq!(scene.contention.batch_widths.len(), 10_000);
    let svg = batches(&scene.view());
    assert!(svg.len() < 60_000, "{} bytes", svg.len());
    let drawing = Drawing::read(&svg);
    // 12 batches a bar: 833 whole bars and one of the last four batches, every other one with a wider batch.
    drawing.says("One bar stands for 12 batches.");
    let (mean, widest) = (steps(drawing.all("path", "c0")[0]), steps(drawing.all("path", "c5")[0]));
    assert_eq!((mean.len(), widest.len()), (834, 834));
    check_near(widest.iter().map(|bar| bar.2), (0..834).map(|bar| if bar % 2 == 0 { 300.0 } else { 150.0 }));
    check_near(mean.iter().map(|bar| bar.2), (0..834).map(|bar| if bar % 2 == 0 { 162.5 } else { 150.0 }));
    check_near(
        mean.iter().map(|bar| bar.0),
        (0..834).map(|bar| 72.0 + 864.0 * 12.0 / 10_000.0 * f64::from(bar)),
    );
    check_near([mean[833].1], [936.0]);
}

#[test]
fn heat_bars_are_sorted_and_as_long_as_the_waiting() {
    let scene = Scene::new(1, 19, "w1@2/0:0-2 w1@2/0:2-4 w0@5/0:4-9 w0@5/0:9-14 w0@5/0:14-19 w2@3/0:0-1");
    let drawing = Drawing::read(&accounts(&scene.view()));
    // The second waits 5 and the third 10 for account 0; the plot is 464 pixels wide, its end stands for 15.
    let (critical, other) = (drawing.all("rect", "c4"), drawing.all("rect", "c0"));
    check_near(spans(&critical), [270.0, 734.0]);
    check_near(spans(&other), [270.0, 270.0 + 464.0 * 2.0 / 15.0]);
    assert!(critical[0].number("y") < other[0].number("y"), "the hottest comes first");
    let names: Vec<&str> = drawing.all("text", "end").iter().map(|name| name.text.as_str()).collect();
    assert_eq!(names, ["account 0", "account 1"], "nobody waited for account 2");
    drawing.says("15 · 88.2 % · 2 waiters");
    drawing.says("2 · 11.8 % · 1 waiter");
    assert!(critical[0].title.starts_with("account 0 ("), "{}", critical[0].title);
    assert!(critical[0].title.ends_with("): 3 wrote, 0 read, 2 waited, 2 links of the critical path"));
}

#[test]
fn only_the_hottest_accounts_are_shown() {
    // Two transactions on each of 25 accounts, the second waits for the first: 1 unit on account 0 to 25 on account 24.
    let scene = Scene::new(
        1,
        50,
        &(0..50)
            .map(|index| format!("w{}@{}/0:{index}-{}", index / 2, index / 2 + 1, index + 1))
            .collect::<Vec<_>>()
            .join(" "),
    );
    let drawing = Drawing::read(&accounts(&scene.view()));
    let bars: Vec<&Shape> = [drawing.all("rect", "c4"), drawing.all("rect", "c0")].concat();
    check_near(
        bars.iter().map(|bar| bar.number("width")),
        (6..=25).rev().map(|units| 464.0 * f64::from(units) / 25.0),
    );
    assert!(bars.windows(2).all(|pair| pair[0].number("y") < pair[1].number("y")));
    drawing.says("25 accounts were waited for; the 20 hottest are shown.");
    let cold = Drawing::read(&accounts(&Scene::uniform(3, |index| format!("w{index}")).view()));
    cold.says("No transaction had to wait for an account.");
    assert_eq!(
        cold.all("rect", "paper").len(),
        cold.shapes.iter().filter(|shape| shape.tag == "rect").count()
    );
}
