//! Names come from files of strangers: whatever they hold, pictures stay well-formed and show them as text.

use super::Scene;
use super::graph::Dot;
use crate::pictures::graph;

/// Names, and what is shown of each.
fn names() -> Vec<(String, String)> {
    let same = |name: &str| (name.to_owned(), name.to_owned());
    let long = "x".repeat(500);
    let wide = "\u{6C60}".repeat(20);
    let to = |name: &str, shown: &str| (name.to_owned(), shown.to_owned());
    vec![
        same("<script>alert(1)</script>"),
        same("\"quoted\" and 'so'"),
        same("back\\slash\\"),
        same("\\N \\l \\n"),
        same("a & b &amp; c &lt;"),
        same("\"]; 0 -> 1 [label=\""),
        same("\" onload=\"alert(1)"),
        same("]]> --> <!-- // /*"),
        same("\u{1F600}\u{1F468}\u{200D}\u{1F469}"),
        same("\u{5E9}\u{5DC}\u{5D5}\u{5DD}"),
        to("turned\u{202E}back", "turned\u{FFFD}back"),
        to("two\nlines\tand\rmore", "two lines and more"),
        to("nul\0 bell\u{7} \u{85} \u{FFFE}", "nul\u{FFFD} bell\u{FFFD} \u{FFFD} \u{FFFD}"),
        to(&long, &format!("{}…", "x".repeat(31))),
        to(&wide, &format!("{}…", "\u{6C60}".repeat(15))),
    ]
}

/// Two transactions on an account of each name, named alike, the second of which waits.
fn scene() -> Scene {
    let names = names();
    let text: Vec<String> = (0..2 * names.len())
        .map(|index| format!("w{}@{}/0:{}-{}", index / 2, 900 - index, 20 * index, 20 * index + 20))
        .collect();
    let accounts: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
    let transactions: Vec<&str> = accounts.iter().flat_map(|name| [*name, *name]).collect();
    Scene::new(1, 40 * names.len() as u64, &text.join(" ")).named(&accounts, &transactions)
}

#[test]
fn svg_shows_every_name_as_text() {
    let [workers, batches, accounts] = scene().drawings();
    for (name, shown) in names() {
        assert!(accounts.texts().contains(&shown.as_str()), "{shown:?} is not in {:?}", accounts.texts());
        // Pointed at, they are told whole.
        let whole = if name.chars().count() > shown.chars().count() || name.ends_with('\u{6C60}') {
            &name
        } else {
            &shown
        };
        for drawing in [&accounts, &workers] {
            let titles = drawing.shapes.iter().filter(|shape| shape.title.starts_with(whole.as_str()));
            assert!(titles.count() >= 2, "{whole:?} is told by the picture");
        }
    }
    assert!(!batches.shapes.is_empty());
}

#[test]
fn dot_shows_every_name_as_text() {
    let dot = Dot::read(&graph(&scene().view()));
    let names = names();
    assert_eq!((dot.nodes.len(), dot.edges.len()), (2 * names.len(), names.len()));
    for (index, (_, shown)) in names.iter().enumerate() {
        let label = format!("{shown}\n{} units", 900 - 2 * index);
        assert_eq!(dot.nodes[&(2 * index).to_string()]["label"], label);
        let (from, to, attributes) = &dot.edges[index];
        assert_eq!((from, to), (&(2 * index).to_string(), &(2 * index + 1).to_string()));
        assert_eq!(&attributes["label"], shown);
    }
}

#[test]
fn what_has_no_name_goes_by_address_and_index() {
    for empty in ["", "  \n"] {
        let scene = Scene::new(1, 20, "w0@1/0:0-10 w0@1/0:10-20").named(&[empty], &[empty, "second"]);
        let [workers, _, accounts] = scene.drawings();
        let address = scene.observation.addresses[0].to_string();
        accounts.says(&format!("{}…{}", &address[..6], &address[address.len() - 6..]));
        assert!(workers.shapes.iter().any(|shape| shape.title.starts_with("transaction 0: ")));
        let dot = Dot::read(&graph(&scene.view()));
        assert_eq!(dot.nodes["0"]["label"], "transaction 0\n1 unit");
    }
}
