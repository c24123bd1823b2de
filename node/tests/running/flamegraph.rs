//! Flamegraphs that the binary drew.

use std::fs;
use std::path::Path;

/// What the frames of the flamegraph at `path` are called, each with its units; it must be an SVG, so XML. A copy is left for people to
/// look at, as `name` in cargo's folder for tests.
pub(crate) fn frames(path: &Path, name: &str) -> Vec<String> {
    let svg = fs::read_to_string(path).expect("it was written");
    fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), &svg).expect("cargo's folder is ours");
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let picture = roxmltree::Document::parse_with_options(&svg, options).expect("an SVG is XML");
    let titles = picture.descendants().filter(|node| node.has_tag_name("title"));
    titles.filter_map(|node| node.text()).map(str::to_owned).collect()
}
