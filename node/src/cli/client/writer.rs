//! Text with indentation: what both generators write with.

use std::fmt::Display;

/// Source text that grows line by line.
#[derive(Debug)]
pub(super) struct Writer {
    text: String,
    indentation: &'static str,
    depth: usize,
}

impl Writer {
    /// Nothing yet; blocks are indented by `indentation`.
    pub(super) const fn new(indentation: &'static str) -> Self {
        Self { text: String::new(), indentation, depth: 0 }
    }

    /// Adds lines. Those that begin with a closing bracket stand one step to the left, and one that ends with an opening
    /// bracket moves those behind it one step to the right.
    pub(super) fn line(&mut self, lines: impl Display) {
        for line in lines.to_string().split('\n') {
            if line.starts_with(['}', ')', ']']) {
                self.depth = self.depth.saturating_sub(1);
            }
            self.push(line);
            if line.ends_with(['{', '(', '[']) {
                self.depth += 1;
            }
        }
    }

    /// Adds lines of documentation, each with `prefix` before it. A line of a description may hold several, or the end of
    /// a comment: none of it may become code.
    pub(super) fn docs(&mut self, prefix: &str, lines: &[String]) {
        for line in lines.iter().flat_map(|line| line.split(['\n', '\r', '\u{2028}', '\u{2029}'])) {
            self.push(&format!("{prefix} {}", line.replace("*/", "* /")));
        }
    }

    /// Adds a line as it is; documentation may end with a bracket.
    pub(super) fn push(&mut self, line: &str) {
        let line = line.trim_end();
        if !line.is_empty() {
            self.text.push_str(&self.indentation.repeat(self.depth));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    /// All of it.
    pub(super) fn finish(self) -> String {
        self.text
    }
}
