//! Pictures of blocks made by hand, read back by an XML parser: what is drawn must follow from what was observed.
//!
//! Every picture that a test draws goes through [`Drawing::read`], which checks what holds for all of them.

mod block;
mod graph;
mod hostile;
mod speedup;

use super::svg::{STYLE, WIDTH};
use super::{Bar, BarGroup, Bars, BlockView, Line, LineStyle, Lines, Scale, accounts, batches, workers};
use crate::explain::{Measured, WorkloadContention};
use crate::workload::Labels;
use sealane_runtime::explain::{BlockContention, BlockObservation, ObservedTransaction, WhatIf};
use sealane_runtime::schedule::Access;
use sealane_sdk::Address;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A block and what was made of it.
struct Scene {
    observation: BlockObservation,
    contention: BlockContention,
    labels: Labels,
}

impl Scene {
    /// A block as text: transactions are separated by blanks; `w3,r0@50/1:200-350` writes account 3, reads account 0,
    /// uses 50 units, and ran on worker 1 from 200 to 350 ns. Accounts are called `account 3`, transactions by index.
    fn new(worker_count: usize, execute_ns: u64, text: &str) -> Self {
        let mut observation = BlockObservation {
            number: 7,
            worker_count,
            execute: Duration::from_nanos(execute_ns),
            ..BlockObservation::default()
        };
        let mut account_count = 0;
        for (index, transaction) in (0..).zip(text.split_whitespace()) {
            let (locks, transaction) = transaction.split_once('@').expect("locks before `@`");
            let (units, transaction) = transaction.split_once('/').expect("units before `/`");
            let (worker, span) = transaction.split_once(':').expect("a worker before `:`");
            let (start_ns, end_ns) = span.split_once('-').expect("a span of time");
            let lock = |lock: &str| Access::new(lock[1..].parse().expect("a slot"), lock.starts_with('w'));
            let locks: Vec<Access> = locks.split(',').map(lock).collect();
            account_count =
                locks.iter().map(|lock| lock.account() as usize + 1).fold(account_count, usize::max);
            observation.access_sets.push(locks);
            observation.transactions.push(ObservedTransaction {
                index,
                worker: worker.parse().expect("a worker"),
                start_ns: start_ns.parse().expect("nanoseconds"),
                end_ns: end_ns.parse().expect("nanoseconds"),
                units: units.parse().expect("units"),
                written: u64::MAX,
                touched: u64::MAX,
            });
        }
        observation.addresses = (0..account_count).map(address).collect();
        let accounts = (0..account_count).map(|slot| (address(slot), format!("account {slot}"))).collect();
        let labels = Labels { accounts, ..Labels::default() };
        Self { contention: BlockContention::new(&observation, None), observation, labels }
    }

    /// A block of so many transactions of one unit and 10 ns on one worker, one behind the other, with these locks.
    fn uniform(count: usize, locks: impl Fn(usize) -> String) -> Self {
        let transaction = |index| format!("{}@1/0:{}-{}", locks(index), 10 * index, 10 * index + 10);
        let text: Vec<String> = (0..count).map(transaction).collect();
        Self::new(1, 10 * count as u64, &text.join(" "))
    }

    fn named(mut self, accounts: &[&str], transactions: &[&str]) -> Self {
        self.labels.accounts =
            accounts.iter().enumerate().map(|(slot, name)| (address(slot), (*name).to_owned())).collect();
        self.labels.transactions = vec![transactions.iter().map(|name| (*name).to_owned()).collect()];
        self
    }

    fn view(&self) -> BlockView<'_> {
        BlockView {
            observation: &self.observation,
            contention: &self.contention,
            block_index: 0,
            labels: &self.labels,
        }
    }

    /// All SVG pictures of the block.
    fn drawings(&self) -> [Drawing; 3] {
        [workers(&self.view()), batches(&self.view()), accounts(&self.view())].map(|svg| Drawing::read(&svg))
    }

    /// A workload of this block alone, with speed-ups as they would have been measured.
    fn workload(&self, measured: Measured) -> WorkloadContention {
        WorkloadContention {
            transactions: self.contention.transactions,
            units: self.contention.units,
            critical_units: self.contention.critical_path.units,
            bound: self.contention.bound,
            accounts: self.contention.accounts.clone(),
            measured,
            predicted: None,
            what_if: self.contention.what_if.clone(),
            blocks: vec![self.contention.clone()],
            labels: BTreeMap::new(),
        }
    }
}

fn address(slot: usize) -> Address {
    let mut bytes = [1; 32];
    bytes[..8].copy_from_slice(&(slot as u64).to_le_bytes());
    Address::new_from_array(bytes)
}

/// An element of a picture.
#[derive(Clone, Debug, Default, PartialEq)]
struct Shape {
    tag: String,
    class: String,
    /// Attributes that are numbers.
    numbers: BTreeMap<String, f64>,
    /// What a `path` or a `polyline` is drawn along.
    way: String,
    /// Text that is shown.
    text: String,
    /// Text that is shown when the element is pointed at.
    title: String,
}

impl Shape {
    fn number(&self, name: &str) -> f64 {
        *self.numbers.get(name).unwrap_or_else(|| panic!("{self:?} has no {name}"))
    }

    /// Left and right end of a rectangle; that of the paper has no place, which is 0.
    fn span(&self) -> (f64, f64) {
        let left = self.numbers.get("x").copied().unwrap_or(0.0);
        (left, left + self.number("width"))
    }

    /// Whether it stands in the legend above a plot: squares there are of 12 pixels.
    fn is_swatch(&self) -> bool {
        self.numbers.get("width") == Some(&12.0) && self.numbers.get("height") == Some(&12.0)
    }
}

/// A picture, read back.
#[derive(Debug)]
struct Drawing {
    shapes: Vec<Shape>,
}

impl Drawing {
    /// Reads an SVG file, and checks that it is one, that nothing in it but shapes and text could have come from a name,
    /// that every class has a style, and that nothing lies outside of the picture.
    #[track_caller]
    fn read(svg: &str) -> Self {
        let document = roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{error} in {svg}"));
        let root = document.root_element();
        assert_eq!(root.tag_name().namespace(), Some("http://www.w3.org/2000/svg"));
        assert_eq!(root.attribute("width").and_then(|width| width.parse().ok()), Some(WIDTH));
        let height: f64 = root.attribute("height").and_then(|height| height.parse().ok()).expect("a height");
        assert_eq!(root.attribute("viewBox"), Some(format!("0 0 {WIDTH} {height}").as_str()));
        let elements = root.descendants().filter(roxmltree::Node::is_element).skip(1);
        let shapes: Vec<Shape> = elements
            .filter(|element| !matches!(element.tag_name().name(), "title" | "style"))
            .map(|element| read_shape(&element))
            .collect();
        for shape in &shapes {
            check_shape(shape, height);
        }
        Self { shapes }
    }

    /// Shapes of a tag and exactly these classes, without the legend's.
    fn all(&self, tag: &str, class: &str) -> Vec<&Shape> {
        let shapes = self.shapes.iter();
        shapes.filter(|shape| shape.tag == tag && shape.class == class && !shape.is_swatch()).collect()
    }

    /// All text that is shown.
    fn texts(&self) -> Vec<&str> {
        self.shapes.iter().filter(|shape| shape.tag == "text").map(|shape| shape.text.as_str()).collect()
    }

    #[track_caller]
    fn says(&self, part: &str) {
        assert!(self.texts().iter().any(|text| text.contains(part)), "{part:?} is not in {:?}", self.texts());
    }
}

fn read_shape(element: &roxmltree::Node<'_, '_>) -> Shape {
    let mut shape = Shape { tag: element.tag_name().name().to_owned(), ..Shape::default() };
    for attribute in element.attributes() {
        match attribute.name() {
            "class" => shape.class = attribute.value().to_owned(),
            "d" | "points" => shape.way = attribute.value().to_owned(),
            name => {
                let number: f64 = attribute.value().parse().unwrap_or_else(|_| panic!("{name} is a number"));
                shape.numbers.insert(name.to_owned(), number);
            }
        }
    }
    for child in element.children() {
        match child.is_text() {
            true => shape.text.push_str(child.text().unwrap_or_default()),
            false => shape.title = child.text().unwrap_or_default().to_owned(),
        }
    }
    shape
}

#[track_caller]
fn check_shape(shape: &Shape, height: f64) {
    let known = ["rect", "text", "line", "circle", "path", "polyline"];
    assert!(known.contains(&shape.tag.as_str()), "{shape:?}");
    for class in shape.class.split_whitespace() {
        assert!(STYLE.contains(&format!(".{class}{{")), "the class {class} has no style: {shape:?}");
    }
    let inside = |value: f64, end: f64| (-0.1..=end + 0.1).contains(&value);
    for (name, value) in &shape.numbers {
        let end = if matches!(name.as_str(), "x" | "x1" | "x2" | "cx" | "width") { WIDTH } else { height };
        assert!(inside(*value, end), "{name} lies outside: {shape:?}");
    }
    if shape.tag == "rect" {
        assert!(inside(shape.span().1, WIDTH), "{shape:?}");
        assert!(
            inside(shape.numbers.get("y").copied().unwrap_or(0.0) + shape.number("height"), height),
            "{shape:?}"
        );
    }
    let way = shape.way.split(|sign: char| !sign.is_ascii_digit() && sign != '.' && sign != '-');
    for number in way.filter(|number| !number.is_empty()) {
        assert!(inside(number.parse().expect("a number"), WIDTH.max(height)), "{shape:?}");
    }
}

/// What nobody measured: for pictures that do not show it.
fn measured(workers: usize, speedup: f64, execute_speedup: f64) -> Measured {
    Measured { workers, speedup, execute_speedup, idle_share: 0.25, slowdown: 1.5 }
}

/// Figures of a model in which executing gains twice as much as the whole.
fn figure(workers: usize, speedup: f64) -> WhatIf {
    WhatIf {
        workers,
        speedup,
        execute_speedup: 2.0 * speedup,
        split_speedup: speedup + 0.5,
        split_execute_speedup: 2.0 * speedup + 1.0,
    }
}

#[track_caller]
fn check_near(found: impl IntoIterator<Item = f64>, expected: impl IntoIterator<Item = f64>) {
    let [found, expected]: [Vec<f64>; 2] = [found.into_iter().collect(), expected.into_iter().collect()];
    let near = |(one, other): (&f64, &f64)| (one - other).abs() < 0.11;
    let all_near = found.len() == expected.len() && found.iter().zip(&expected).all(near);
    assert!(all_near, "found {found:?}, expected {expected:?}");
}

/// Styles that no picture uses would be dead weight in every file; colours are a palette of which a picture takes some.
#[test]
fn every_style_is_used_by_some_picture() {
    let scene = Scene::new(2, 1_000, "w0@9/0:0-400 w0@9/1:450-451 w1@9/1:500-1000 w0@9/0:460-461");
    let wide = Scene::uniform(2_000, |index| format!("w{}", index.min(1_000)));
    let mut used = BTreeSet::new();
    let speedup = Drawing::read(&super::speedup(&scene.workload(measured(2, 1.0, 1.0))));
    let expected = Line {
        name: "expected".to_owned(),
        style: LineStyle::Expected,
        color: 0,
        points: vec![(4, 3.0), (16, 9.0)],
    };
    let lines = Lines {
        title: "",
        notes: &[],
        figure: "",
        scale: Scale::Logarithmic,
        lines: &[expected],
        diagonal: false,
    };
    let marked = Bar { figure: 2.0, mark: Some(1.0), says: String::new() };
    let groups = [BarGroup { name: String::new(), bars: vec![Some(marked)] }];
    let series = ["one".to_owned()];
    let bars =
        Bars { title: "", notes: &[], figure: "", across: "", series: &series, mark: "", groups: &groups };
    let charts = [super::lines(&lines), super::bars(&bars)].map(|svg| Drawing::read(&svg));
    for drawing in scene.drawings().iter().chain(&wide.drawings()).chain([&speedup]).chain(&charts) {
        let classes = drawing.shapes.iter().flat_map(|shape| shape.class.split_whitespace());
        used.extend(classes.map(str::to_owned));
    }
    let styled =
        STYLE.split('.').skip(1).filter(|part| !part.starts_with(|sign: char| sign.is_ascii_digit()));
    let names = styled.map(|part| part.split(['{', ' ']).next().unwrap_or_default());
    let is_color = |name: &str| name.len() == 2 && matches!(&name[..1], "c" | "l");
    for name in names.filter(|name| !is_color(name)) {
        assert!(used.contains(name), "no picture uses the class {name}");
    }
}
