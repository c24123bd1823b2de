//! What stands above a plot: title, notes, and the legend.

use super::svg::{Area, Svg, WIDTH};
use super::text::{column_count, shorten};

/// Characters of a note that fit the width of a picture.
const NOTE_COUNT: usize = 140;
/// Pixels of a letter, about: viewers use fonts of their own.
const LETTER_WIDTH: f64 = 7.0;
/// Where text begins, in pixels from the left.
const LEFT: f64 = 16.0;

/// One line of the legend: the class of what it explains, and what that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Class of a small square, of a line if the class is a line's, or of a dot if `is_dot`.
    pub(crate) class: String,
    pub(crate) name: String,
    pub(crate) is_dot: bool,
}

impl Entry {
    pub(crate) fn new(class: impl Into<String>, name: impl Into<String>) -> Self {
        Self { class: class.into(), name: name.into(), is_dot: false }
    }

    /// An entry for a single figure.
    pub(crate) fn dot(class: impl Into<String>, name: impl Into<String>) -> Self {
        Self { is_dot: true, ..Self::new(class, name) }
    }
}

/// Draws title, notes and legend, and returns where a plot may begin, in pixels from the top.
pub(crate) fn draw_head(svg: &mut Svg, title: &str, notes: &[String], legend: &[Entry]) -> f64 {
    let mut y = 28.0;
    svg.text("title", (LEFT, y), title);
    for note in notes {
        y += 19.0;
        svg.telling_text("muted", (LEFT, y), &shorten(note, NOTE_COUNT), note);
    }
    if !legend.is_empty() {
        y = draw_legend(svg, y + 24.0, legend);
    }
    y + 42.0
}

/// Draws the entries from left to right, in as many rows as they need, and returns the last row's baseline.
fn draw_legend(svg: &mut Svg, first_y: f64, legend: &[Entry]) -> f64 {
    let (mut x, mut y) = (LEFT, first_y);
    for entry in legend {
        let width = 26.0 + LETTER_WIDTH * column_count(&entry.name) as f64 + 18.0;
        if x > LEFT && x + width > WIDTH {
            (x, y) = (LEFT, y + 19.0);
        }
        if entry.is_dot {
            svg.circle(&entry.class, (x + 10.0, y - 4.0), 5.0);
        } else if entry.class.starts_with("line") || entry.class == "mark" {
            svg.line(&entry.class, (x, y - 4.0), (x + 20.0, y - 4.0));
        } else {
            let square = Area { left: x + 8.0, top: y - 10.0, width: 12.0, height: 12.0 };
            svg.rectangle(&entry.class, square);
        }
        svg.text("", (x + 26.0, y), &entry.name);
        x += width;
    }
    y
}
