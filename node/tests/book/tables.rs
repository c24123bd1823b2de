//! The tables of the reference are what the sources say. `SEALANE_BLESS=1` writes those anew that are made of the sources alone; the
//! errors have a cause and a mend each, which somebody must write, so there it is only asked that none is missing.

use super::pages::{Page, folder, root};
use sealane_vm::validate::{SOLANA_IMPORTS, Signature, UNSUPPORTED};
use std::env;
use std::fs;

fn source(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A constant: its name, its value as it is written, and its documentation.
fn constants(text: &str) -> Vec<(String, String, String)> {
    let (mut docs, mut constants) = (String::new(), Vec::new());
    for line in text.lines() {
        if let Some(doc) = line.strip_prefix("/// ") {
            docs = format!("{docs} {doc}").trim().to_owned();
            continue;
        }
        let declaration = line.strip_prefix("pub const ").or_else(|| line.strip_prefix("pub(crate) const "));
        let parts = declaration
            .filter(|declaration| !declaration.starts_with("fn "))
            .and_then(|declaration| declaration.strip_suffix(';'))
            .and_then(|declaration| {
                Some((declaration.split_once(": ")?.0, declaration.split_once(" = ")?.1))
            });
        if let Some((name, value)) = parts {
            constants.push((name.to_owned(), value.to_owned(), docs.clone()));
        }
        docs.clear();
    }
    constants
}

fn limits() -> String {
    let constants = constants(&source("sdk/src/limits.rs"));
    assert!(constants.len() > 50, "{} limits", constants.len());
    let rows =
        constants.into_iter().map(|(name, value, docs)| format!("| `{name}` | `{value}` | {docs} |\n"));
    format!("| name | value | what it is |\n|---|---|---|\n{}", rows.collect::<String>())
}

/// Host functions by the names that programs import, with what they cost.
fn host_calls() -> String {
    let errors = source("vm/src/error.rs");
    let (_, list) = errors.split_once("pub enum HostCall {").expect("the list of host functions");
    let names: Vec<(&str, &str)> = list
        .split("#[error(\"")
        .skip(1)
        .filter_map(|part| {
            let (name, rest) = part.split_once("\")]")?;
            Some((rest.split(',').next()?.trim(), name))
        })
        .collect();
    let prices = source("vm/src/host/prices.rs");
    let (_, arms) = prices.split_once("use HostCall as C;").expect("the table of prices");
    let mut rows = Vec::new();
    for arm in arms.lines().filter(|line| line.trim_start().starts_with("C::")) {
        let (calls, price) = arm.split_once(" => Price::new(").expect("an arm is on one line");
        let (base, bytes) = price.trim_end_matches("),").split_once(", ").expect("two numbers");
        for call in calls.split('|').map(|call| call.trim().trim_start_matches("C::")) {
            let name = names.iter().find(|(variant, _)| *variant == call).map(|(_, name)| *name);
            let name = name.unwrap_or_else(|| panic!("{call} has no name"));
            rows.push(format!(
                "| `{name}` | {} | {bytes} |\n",
                base.replace("CURVE_POINT_UNITS", "4_000").replace('_', ",")
            ));
        }
    }
    assert_eq!(
        rows.len(),
        names.iter().filter(|(variant, _)| !variant.is_empty()).count(),
        "each has a price"
    );
    format!("| host function | base, units | bytes for one unit |\n|---|---|---|\n{}", rows.concat())
}

fn price_constants() -> String {
    let constants = constants(&source("vm/src/host/prices.rs"));
    let rows =
        constants.into_iter().filter(|(_, value, _)| value.chars().all(|c| c.is_ascii_digit() || c == '_'));
    let rows =
        rows.map(|(name, value, docs)| format!("| `{name}` | {} | {docs} |\n", value.replace('_', ",")));
    format!("| name | units | for what |\n|---|---|---|\n{}", rows.collect::<String>())
}

fn offered_syscalls() -> String {
    let rows = SOLANA_IMPORTS.iter().map(|import| {
        let (parameters, results) = (import.parameters.to_vec(), import.results.to_vec());
        format!("| `{}` | `{}` |\n", import.name, Signature { parameters, results })
    });
    format!("| syscall | type |\n|---|---|\n{}", rows.collect::<String>())
}

fn refused_syscalls() -> String {
    let rows = UNSUPPORTED.iter().map(|(name, reason)| format!("| `{name}` | {reason} |\n"));
    format!("| syscall | why |\n|---|---|\n{}", rows.collect::<String>())
}

/// A page with the table of this name replaced.
fn with_table(text: &str, name: &str, table: &str) -> String {
    let begin = format!("<!-- table: {name} -->\n");
    let (before, rest) =
        text.split_once(&begin).unwrap_or_else(|| panic!("there is no place for the table {name}"));
    let (_, behind) = rest.split_once("<!-- end -->").expect("the table's end");
    format!("{before}{begin}\n{table}\n<!-- end -->{behind}")
}

#[test]
fn limits_and_prices_are_those_of_the_sources() {
    for (path, tables) in [
        ("reference/limits.md", vec![("limits", limits())]),
        ("reference/prices.md", vec![("host calls", host_calls()), ("constants", price_constants())]),
        ("reference/solana.md", vec![("offered", offered_syscalls()), ("refused", refused_syscalls())]),
    ] {
        let page = Page::named(path);
        let expected =
            tables.iter().fold(page.text.clone(), |text, (name, table)| with_table(&text, name, table));
        if env::var_os("SEALANE_BLESS").is_some() {
            fs::write(folder().join(path), &expected).expect("the page is there");
        } else {
            assert!(
                page.text == expected,
                "{path} is not what the sources say: run this with SEALANE_BLESS=1"
            );
        }
    }
}

/// The variants of an enum, as its source has them.
fn variants(path: &str, name: &str) -> Vec<String> {
    let text = source(path);
    let (_, rest) =
        text.split_once(&format!("pub enum {name} {{\n")).unwrap_or_else(|| panic!("{path} has no {name}"));
    let (body, _) = rest.split_once("\n}").expect("it is closed");
    let lines = body.lines().filter_map(|line| line.strip_prefix("    "));
    lines
        .filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()))
        .map(|line| line.chars().take_while(char::is_ascii_alphanumeric).collect())
        .collect()
}

/// The names in the table below a heading of the page.
fn rows(page: &Page, heading: &str) -> Vec<String> {
    let (_, rest) =
        page.text.split_once(&format!("## {heading}\n")).unwrap_or_else(|| panic!("no heading {heading}"));
    let section = rest.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| `")?.split(" | ").collect();
        assert!(
            cells.len() == 3 && cells.iter().all(|cell| cell.len() > 2),
            "{line}: a name, a cause and a mend"
        );
        cells[0].strip_suffix('`').map(str::to_owned)
    });
    rows.collect()
}

#[test]
fn every_error_has_a_cause_and_a_mend() {
    let page = Page::named("reference/errors.md");
    for (path, name) in [
        ("vm/src/error.rs", "CallError"),
        ("vm/src/error.rs", "Rule"),
        ("vm/src/error.rs", "Trap"),
        ("vm/src/error.rs", "SeedsError"),
        ("runtime/src/outcome.rs", "Failure"),
        ("runtime/src/error.rs", "Rejection"),
    ] {
        assert_eq!(rows(&page, name), variants(path, name), "{name}");
    }
    let constraints = source("sdk/src/guest/declared/refusal.rs");
    let (_, list) = constraints.split_once("ConstraintError:\n").expect("the list of constraints");
    let names = list.lines().map_while(|line| line.trim().split_once(" = ")).map(|(name, _)| name.to_owned());
    assert_eq!(rows(&page, "ConstraintError"), names.collect::<Vec<_>>(), "ConstraintError");
}
