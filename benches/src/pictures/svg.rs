//! SVG as text: a few shapes, each with a class of the one style that every picture carries.
//!
//! All text is escaped here, and numbers come as numbers, so that no name of an account can break a picture.

use super::text::{shown, trimmed};
use std::fmt::Write;

/// Width of every picture, in pixels.
pub(crate) const WIDTH: f64 = 960.0;

/// Colours that are told apart with any kind of colour vision (Okabe and Ito, 2008): classes `c0` to `c6` fill with them,
/// `l0` to `l6` draw with them.
pub(crate) const COLOR_COUNT: usize = 7;

/// What shapes look like. Plain colours and not variables, which many viewers of SVG files do not know.
pub(crate) const STYLE: &str = "\
text{font:12px system-ui,'DejaVu Sans',sans-serif;fill:#24292f}\
.title{font-size:16px;font-weight:600}.muted{fill:#57606a}.small{font-size:10px}.middle{text-anchor:middle}.end{text-anchor:end}\
.over{paint-order:stroke;stroke:#fff;stroke-width:4}.paper{fill:#fff}.idle{fill:#eceff3}.grid{stroke:#d5dae0;stroke-width:1}.axis{stroke:#8c959f;stroke-width:1}\
.mark{stroke:#57606a;stroke-width:1;stroke-dasharray:5 4}.halo{stroke:#fff;stroke-width:3;opacity:.6}.apart{stroke:#fff;stroke-width:.6}\
.c0{fill:#0072b2}.c1{fill:#e69f00}.c2{fill:#009e73}.c3{fill:#cc79a7}.c4{fill:#d55e00}.c5{fill:#56b4e9}.c6{fill:#787878}\
.line{fill:none;stroke-width:2}.dashed{stroke-dasharray:5 4}.hollow{fill:#fff;stroke-width:2}.across{stroke:#24292f}\
.l0{stroke:#0072b2}.l1{stroke:#e69f00}.l2{stroke:#009e73}.l3{stroke:#cc79a7}.l4{stroke:#d55e00}.l5{stroke:#56b4e9}.l6{stroke:#787878}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.muted{fill:#9da7b1}.over{stroke:#14181d}.paper{fill:#14181d}.idle{fill:#262c34}\
.grid{stroke:#2f3740}.axis{stroke:#6e7781}.mark{stroke:#9da7b1}.halo{stroke:#14181d}.apart{stroke:#14181d}.hollow{fill:#14181d}.across{stroke:#e6edf3}\
.c0{fill:#3d9bdc}.c6{fill:#999}.l0{stroke:#3d9bdc}.l6{stroke:#999}}";

/// A rectangle, in pixels from the upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Area {
    pub(crate) const fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(crate) const fn bottom(&self) -> f64 {
        self.top + self.height
    }
}

/// A picture in the making.
#[derive(Debug, Default)]
pub(crate) struct Svg {
    shapes: String,
}

impl Svg {
    pub(crate) fn rectangle(&mut self, class: &str, area: Area) {
        let _ = writeln!(self.shapes, "{}/>", opened_rectangle(class, area));
    }

    /// A rectangle that says something when it is pointed at.
    pub(crate) fn telling_rectangle(&mut self, class: &str, area: Area, says: &str) {
        let _ =
            writeln!(self.shapes, "{}><title>{}</title></rect>", opened_rectangle(class, area), escape(says));
    }

    /// Text whose baseline begins at (x, y), or ends there or has its middle there, as the class says.
    pub(crate) fn text(&mut self, class: &str, (x, y): (f64, f64), text: &str) {
        let (x, y, text) = (pixels(x), pixels(y), escape(text));
        let _ = writeln!(self.shapes, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{text}</text>");
    }

    /// Text that says something longer when it is pointed at.
    pub(crate) fn telling_text(&mut self, class: &str, (x, y): (f64, f64), text: &str, says: &str) {
        let (x, y, text, says) = (pixels(x), pixels(y), escape(text), escape(says));
        let _ = writeln!(
            self.shapes,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{text}<title>{says}</title></text>"
        );
    }

    pub(crate) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(pixels);
        let _ = writeln!(
            self.shapes,
            "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>"
        );
    }

    pub(crate) fn circle(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        let [x, y, radius] = [x, y, radius].map(pixels);
        let _ = writeln!(self.shapes, "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>");
    }

    /// Straight lines through points.
    pub(crate) fn polyline(&mut self, class: &str, points: &[(f64, f64)]) {
        let points: Vec<String> =
            points.iter().map(|(x, y)| format!("{},{}", pixels(*x), pixels(*y))).collect();
        let _ = writeln!(self.shapes, "<polyline class=\"{class}\" points=\"{}\"/>", points.join(" "));
    }

    /// The area between `bottom` and steps: each a place and the height from there to the next one's place. Nothing if
    /// all heights are 0.
    pub(crate) fn steps(&mut self, class: &str, bottom: f64, steps: &[(f64, f64)]) {
        if steps.iter().all(|(_, height)| *height <= 0.0) {
            return;
        }
        let mut data = String::new();
        let mut before = 0.0;
        for (x, height) in steps {
            if *height != before {
                let link = if data.is_empty() { 'M' } else { 'H' };
                let _ = write!(data, "{link}{}", pixels(*x));
                let _ = match link {
                    'M' => write!(data, " {}V{}", pixels(bottom), pixels(bottom - height)),
                    _ => write!(data, "V{}", pixels(bottom - height)),
                };
                before = *height;
            }
        }
        if before > 0.0 {
            let end = steps.last().map_or(0.0, |(x, _)| *x);
            let _ = write!(data, "H{}V{}", pixels(end), pixels(bottom));
        }
        let _ = writeln!(self.shapes, "<path class=\"{class}\" d=\"{data}Z\"/>");
    }

    /// The whole file.
    pub(crate) fn finish(self, title: &str, height: f64) -> String {
        let (width, height) = (pixels(WIDTH), pixels(height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{}</title>\n<style>{STYLE}</style>\n\
             <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n{}</svg>\n",
            escape(title),
            self.shapes
        )
    }
}

fn opened_rectangle(class: &str, area: Area) -> String {
    let Area { left, top, width, height } = area;
    let [x, y, width, height] = [left, top, width, height].map(pixels);
    format!("<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"")
}

/// A tenth of a pixel is as exact as eyes are.
fn pixels(value: f64) -> String {
    trimmed(value, 1)
}

/// Text as it may stand between tags and in attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars().map(shown) {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(sign),
        }
    }
    escaped
}
