//! A profile for people: a flamegraph, and a table of the functions that used the most.

use super::{Profiled, Sent};
use anyhow::Context;
use comfy_table::{CellAlignment, Table, presets};
use inferno::flamegraph::color::{BackgroundColor, PaletteMap};
use inferno::flamegraph::{self, Options};
use sealane_runtime::{FrameKind, FunctionUnits, Profile, ProfileFrame};
use serde::Serialize;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// A profile for machines.
#[derive(Debug, Serialize)]
pub(super) struct Report<'p> {
    /// The sum of the parts, and what the plain run consumes.
    total_units: u64,
    /// The flamegraph's file.
    svg: &'p Path,
    /// What tests sent, in order; empty for a transaction in a file.
    transactions: &'p [Sent],
    /// Why the transaction in a file fails, if it does.
    failure: Option<&'p str>,
    /// Every function that used units itself, the most expensive first.
    functions: Vec<FunctionUnits>,
}

impl<'p> Report<'p> {
    pub(super) fn new(profiled: &'p Profiled, svg: &'p Path) -> Self {
        let Profiled { profile, transactions, failure, .. } = profiled;
        let functions = profile.functions().into_iter().filter(|function| function.own_units > 0).collect();
        Self { total_units: profile.total_units(), svg, transactions, failure: failure.as_deref(), functions }
    }
}

/// Stacks as flamegraph tools read them: frames from the bottom to the top, and units.
pub(super) fn folded(profile: &Profile) -> Vec<String> {
    profile
        .stacks()
        .map(|(stack, units)| {
            let names: Vec<String> = stack.into_iter().map(frame_name).collect();
            format!("{} {units}", names.join(";"))
        })
        .collect()
}

/// The name of a frame; a semicolon would divide it in two.
fn frame_name(frame: &ProfileFrame) -> String {
    let name = frame.name.replace(';', ",");
    match frame.kind {
        FrameKind::Host => format!("host: {name}"),
        _ => name,
    }
}

/// Writes the flamegraph.
pub(super) fn write_svg(path: &Path, title: &str, profile: &Profile) -> anyhow::Result<()> {
    let mut options = Options::default();
    options.title = "Compute units by function".to_owned();
    options.subtitle = Some(format!("{title}, {} units", profile.total_units()));
    options.count_name = "units".to_owned();
    options.name_type = "Function:".to_owned();
    let mut colors = PaletteMap::from_reader(&mut colors(profile).as_bytes())?;
    options.palette_map = Some(&mut colors);
    options.bgcolors = Some(BackgroundColor::Grey);
    options.deterministic = true;
    options.min_width = 0.01;
    options.font_size = 12;
    options.frame_height = 18;
    let lines = folded(profile);
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    let mut file = BufWriter::new(file);
    flamegraph::from_lines(&mut options, lines.iter().map(String::as_str), &mut file)
        .with_context(|| format!("cannot draw {}", path.display()))?;
    file.flush().with_context(|| format!("cannot write {}", path.display()))
}

/// A colour for each frame, by what it is: a line `name->rgb(…)` each. Functions differ a little, so that neighbours can be told
/// apart.
fn colors(profile: &Profile) -> String {
    let line = |frame: &ProfileFrame| {
        let shade =
            frame.name.bytes().fold(7_u8, |shade, byte| shade.wrapping_mul(31).wrapping_add(byte)) % 40;
        let (red, green, blue) = match frame.kind {
            FrameKind::Program => (126, 168, 216),
            FrameKind::Function => (246, 200 - shade, 120),
            FrameKind::Host => (150, 204, 150),
            FrameKind::Input => (200, 200, 205),
            FrameKind::Stopped => (226, 110, 100),
        };
        format!("{}->rgb({red},{green},{blue})\n", frame_name(frame))
    };
    // What stands below all of them has no name.
    let all = "->rgb(225,225,230)\n".to_owned();
    profile.frames().iter().map(line).fold(all, |text, line| text + &line)
}

/// The functions that used the most, themselves.
pub(super) fn table(profile: &Profile, count: usize) -> Table {
    let whole = profile.total_units().max(1);
    let share = |units: u64| {
        let tenths = u128::from(units) * 1_000 / u128::from(whole);
        format!("{}.{} %", tenths / 10, tenths % 10)
    };
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["own units", "", "with callees", "", "calls", "program", "function"]);
    let functions = profile.functions().into_iter().filter(|function| function.own_units > 0);
    for function in functions.take(count) {
        let name = match function.kind {
            FrameKind::Program => "(the call itself)".to_owned(),
            FrameKind::Host => format!("host: {}", function.name),
            _ => function.name,
        };
        table.add_row([
            function.own_units.to_string(),
            share(function.own_units),
            function.total_units.to_string(),
            share(function.total_units),
            function.call_count.to_string(),
            shortened(&function.program),
            name,
        ]);
    }
    for column in table.column_iter_mut().take(5) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// An address that is longer than anybody wants to read, cut in the middle.
fn shortened(program: &str) -> String {
    let is_address = program.len() > 30 && program.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match (is_address, program.get(..6), program.get(program.len().saturating_sub(4)..)) {
        (true, Some(first), Some(last)) => format!("{first}…{last}"),
        _ => program.to_owned(),
    }
}
