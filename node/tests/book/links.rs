//! Links between pages lead somewhere, headings included; every page is in the table of contents, and every file that is included is
//! there.

use super::pages::{Page, folder, pages};
use std::path::{Component, Path, PathBuf};

/// Where the links of a text lead, as they are written.
fn targets(text: &str) -> Vec<String> {
    let mut targets = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("](") {
        rest = &rest[at + 2..];
        if let Some(end) = rest.find(')') {
            targets.push(rest[..end].to_owned());
        }
    }
    targets
}

/// The page's text without its blocks of code.
fn prose(page: &Page) -> String {
    page.text.split("```").step_by(2).collect()
}

/// What a heading is called in links.
fn anchors(page: &Page) -> Vec<String> {
    let headings = page.text.lines().filter_map(|line| line.strip_prefix('#'));
    let anchor = |heading: &str| {
        let text = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = text.chars().filter(|character| character.is_alphanumeric() || " -_".contains(*character));
        kept.map(|character| if character == ' ' { '-' } else { character }).collect()
    };
    headings.map(anchor).collect()
}

/// A path without its `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[test]
fn links_lead_somewhere() {
    let pages = pages();
    for page in &pages {
        for target in targets(&prose(page)) {
            if target.starts_with("https://") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let beside = page.path.parent().expect("a page lies in a folder");
            let path = if file.is_empty() { page.path.clone() } else { plain(&beside.join(file)) };
            let found = pages.iter().find(|other| other.path == path);
            let found = found.unwrap_or_else(|| panic!("{}: {target} leads nowhere", page.path.display()));
            let is_there = anchor.is_empty() || anchors(found).iter().any(|known| known == anchor);
            assert!(is_there, "{}: {target}: there is no such heading", page.path.display());
        }
    }
}

#[test]
fn the_contents_have_every_page() {
    let listed = targets(&Page::named("SUMMARY.md").text);
    for page in pages().iter().filter(|page| page.path != Path::new("SUMMARY.md")) {
        let is_listed = listed.iter().any(|target| Path::new(target) == page.path);
        assert!(is_listed, "{} is not in SUMMARY.md", page.path.display());
    }
}

#[test]
fn what_is_included_is_there() {
    let mut included = 0;
    for page in pages() {
        for rest in page.text.split("{{#include ").skip(1) {
            let (path, _) = rest.split_once("}}").expect("it is closed");
            let beside = folder().join(&page.path);
            assert!(
                beside.parent().expect("a folder").join(path).is_file(),
                "{}: {path}",
                page.path.display()
            );
            included += 1;
        }
    }
    assert!(included > 0);
}
