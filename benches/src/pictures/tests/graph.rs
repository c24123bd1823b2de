//! The dependency graph as DOT: a small one word for word, large ones read back by a reader of the part of DOT that is
//! written.

use super::Scene;
use crate::pictures::{MAX_GRAPH_TRANSACTIONS, graph};
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// A DOT file, read back.
#[derive(Debug, Default)]
pub(super) struct Dot {
    /// Label of the whole.
    pub(super) label: String,
    /// Attributes of each node.
    pub(super) nodes: BTreeMap<String, BTreeMap<String, String>>,
    /// Attributes of each edge, with its ends.
    pub(super) edges: Vec<(String, String, BTreeMap<String, String>)>,
}

/// A word or number, a string, or a sign.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

impl Dot {
    /// Reads comments, `digraph NAME {`, and statements that are attributes, nodes, edges, or defaults of these.
    #[track_caller]
    pub(super) fn read(dot: &str) -> Self {
        let body = dot.lines().skip_while(|line| line.starts_with("// ")).collect::<Vec<_>>().join("\n");
        let mut tokens = tokens(&body).into_iter().peekable();
        assert_eq!(tokens.next(), Some(Token::Word("digraph".to_owned())), "{dot}");
        assert!(matches!(tokens.next(), Some(Token::Word(_))), "{dot}");
        assert_eq!(tokens.next(), Some(Token::Sign('{')), "{dot}");
        let mut read = Self::default();
        loop {
            let word = match tokens.next() {
                Some(Token::Word(word)) => word,
                Some(Token::Sign(';')) => continue,
                Some(Token::Sign('}')) => break,
                other => panic!("{other:?} begins a statement in {dot}"),
            };
            match tokens.peek() {
                Some(Token::Sign('=')) => {
                    let (_, value) = (tokens.next(), value(&mut tokens));
                    if word == "label" {
                        read.label = value;
                    }
                }
                Some(Token::Sign('>')) => {
                    let (_, end) = (tokens.next(), value(&mut tokens));
                    read.edges.push((word, end, attributes(&mut tokens)));
                }
                _ => {
                    let attributes = attributes(&mut tokens);
                    if word.chars().all(|sign| sign.is_ascii_digit()) {
                        assert!(read.nodes.insert(word, attributes).is_none(), "a node stands once");
                    }
                }
            }
        }
        assert_eq!(tokens.next(), None, "nothing follows the graph: {dot}");
        read
    }

    /// Labels of the nodes that are marked, in the order of the nodes.
    fn marked(&self) -> Vec<&str> {
        let nodes = self.nodes.values().filter(|attributes| attributes.contains_key("penwidth"));
        nodes.map(|attributes| attributes["label"].as_str()).collect()
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            ' ' | '\n' => (),
            '"' => tokens.push(Token::Text(quoted(&mut signs))),
            '-' => {
                assert_eq!(signs.next(), Some('>'), "an arrow");
                tokens.push(Token::Sign('>'));
            }
            '{' | '}' | '[' | ']' | '=' | ',' | ';' => tokens.push(Token::Sign(sign)),
            _ => {
                assert!(sign.is_ascii_alphanumeric(), "{sign:?} stands outside of quotes in {text}");
                let mut word = String::from(sign);
                while let Some(next) =
                    signs.next_if(|next| next.is_ascii_alphanumeric() || "_.".contains(*next))
                {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    tokens
}

/// The rest of a string, as Graphviz shows it: `\n` is a line's end, `&amp;` an ampersand. Other escapes than those of
/// quotes and backslashes would stand for names of nodes and graphs, and no name may make one.
fn quoted(signs: &mut Peekable<Chars<'_>>) -> String {
    let mut text = String::new();
    loop {
        match signs.next().expect("a string ends") {
            '"' => return text.replace("&amp;", "&"),
            '\\' => match signs.next() {
                Some('n') => text.push('\n'),
                Some(sign @ ('"' | '\\')) => text.push(sign),
                other => panic!("an escape of {other:?}"),
            },
            '&' => {
                let entity: String = std::iter::once('&').chain(signs.by_ref().take(4)).collect();
                assert_eq!(entity, "&amp;");
                text.push_str(&entity);
            }
            sign => {
                assert!(!sign.is_control(), "{sign:?} in a string");
                text.push(sign);
            }
        }
    }
}

fn value(tokens: &mut impl Iterator<Item = Token>) -> String {
    match tokens.next() {
        Some(Token::Word(value) | Token::Text(value)) => value,
        other => panic!("{other:?} is no value"),
    }
}

fn attributes(tokens: &mut impl Iterator<Item = Token>) -> BTreeMap<String, String> {
    assert_eq!(tokens.next(), Some(Token::Sign('[')));
    let mut attributes = BTreeMap::new();
    loop {
        let name = value(tokens);
        assert_eq!(tokens.next(), Some(Token::Sign('=')));
        attributes.insert(name, value(tokens));
        match tokens.next() {
            Some(Token::Sign(',')) => (),
            Some(Token::Sign(']')) => return attributes,
            other => panic!("{other:?} behind an attribute"),
        }
    }
}

#[test]
fn a_small_graph_word_for_word() {
    // mint ─(pool)─▶ swap ─(oracle and vault)─▶ close; a note and a lone transaction stand beside it.
    let text = "w0@5/0:0-5 w3@1/0:5-6 w0,w1,w2@7/0:6-13 w1,r2@2/0:13-15 r3@1/0:15-16 r4@1/0:16-17";
    let scene = Scene::new(1, 17, text)
        .named(&["pool", "oracle", "vault", "note"], &["mint", "write", "swap", "close", "read", "lone"]);
    let expected = "\
// Block 7: 6 transactions, 3 dependencies, critical path of 3
// An arrow leads to the transaction that waits, and names the accounts it waits for; the critical path is marked
// 1 transaction that nothing is tied to left out
digraph block_7 {
    label=\"Block 7: 6 transactions, 3 dependencies, critical path of 3\\nAn arrow leads to the transaction that waits, \
and names the accounts it waits for; the critical path is marked\\n1 transaction that nothing is tied to left out\"; \
labelloc=t; fontname=\"sans-serif\";
    node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", fontname=\"sans-serif\", fontsize=11];
    edge [color=\"#57606a\", fontname=\"sans-serif\", fontsize=9];
    0 [ label=\"mint\\n5 units\", color=\"#d55e00\", fillcolor=\"#fde3d2\", penwidth=2]
    1 [ label=\"write\\n1 unit\"]
    2 [ label=\"swap\\n7 units\", color=\"#d55e00\", fillcolor=\"#fde3d2\", penwidth=2]
    3 [ label=\"close\\n2 units\", color=\"#d55e00\", fillcolor=\"#fde3d2\", penwidth=2]
    4 [ label=\"read\\n1 unit\"]
    0 -> 2 [ label=\"pool\", color=\"#d55e00\", penwidth=2.5]
    2 -> 3 [ label=\"oracle\\nvault\", color=\"#d55e00\", penwidth=2.5]
    1 -> 4 [ label=\"note\"]
}
";
    let dot = graph(&scene.view());
    assert_eq!(dot, expected);
    let read = Dot::read(&dot);
    assert_eq!(read.marked(), ["mint\n5 units", "swap\n7 units", "close\n2 units"]);
    assert_eq!(read.edges.len(), 3);
}

#[test]
fn an_edge_names_three_accounts_and_counts_the_rest() {
    let scene = Scene::new(1, 2, "w0,w1,w2,w3,w4@1/0:0-1 w4,w3,w2,w1,r0@1/0:1-2");
    let dot = Dot::read(&graph(&scene.view()));
    assert_eq!(dot.edges[0].2["label"], "account 0\naccount 1\naccount 2\nand 2 more");
    assert_eq!(dot.nodes["0"]["label"], "transaction 0\n1 unit");
}

#[test]
fn blocks_without_dependencies_are_graphs_too() {
    let empty = Dot::read(&graph(&Scene::new(1, 0, "").view()));
    assert!(empty.nodes.is_empty() && empty.edges.is_empty());
    assert!(empty.label.starts_with("Block 7: 0 transactions, 0 dependencies, critical path of 0\n"));
    // The most costly transaction is the critical path, by itself; it is not said to be left out.
    let apart = Dot::read(&graph(&Scene::new(1, 4, "w0@1/0:0-1 w1@2/0:1-3 w2@1/0:3-4").view()));
    assert_eq!(apart.marked(), ["transaction 1\n2 units"]);
    assert_eq!((apart.nodes.len(), apart.edges.len()), (1, 0));
    assert!(apart.label.ends_with("\n2 transactions that nothing is tied to left out"), "{}", apart.label);
    let alone = Dot::read(&graph(&Scene::new(1, 1, "w0@1/0:0-1").view()));
    assert_eq!(alone.nodes.len(), 1);
    assert!(!alone.label.contains("left out"), "{}", alone.label);
}

#[test]
fn of_a_large_block_the_critical_path_and_what_is_nearest_is_shown() {
    // A chain of 10 on account 0, whose middle 100 others read; and 400 pairs that have nothing to do with it.
    let scene = Scene::uniform(10 + 100 + 800, |index| match index {
        0..10 => format!("w0,w{}", index + 1),
        10..110 => "r5".to_owned(),
        _ => format!("w{}", 11 + (index - 110) / 2),
    });
    let dot = Dot::read(&graph(&scene.view()));
    assert_eq!(MAX_GRAPH_TRANSACTIONS, 500);
    assert_eq!(dot.nodes.len(), 500);
    assert_eq!(dot.marked().len(), 10);
    let labels: Vec<&str> = dot.nodes.values().map(|node| node["label"].as_str()).collect();
    for tied in 0..110 {
        assert!(labels.contains(&format!("transaction {tied}\n1 unit").as_str()), "{tied} is left out");
    }
    let said = "Shown are 500 of the 910 that wait or are waited for, at most 500: the critical path and what is nearest";
    assert!(dot.label.contains(said), "{}", dot.label);
    // 9 links, a reader each, and the pairs that there is room for.
    assert_eq!(dot.edges.len(), 9 + 100 + (500 - 110) / 2);
    let marked = dot.edges.iter().filter(|(_, _, attributes)| attributes.contains_key("penwidth"));
    assert_eq!(marked.count(), 9);
}

#[test]
fn of_a_long_critical_path_the_begin_is_shown() {
    let dot = Dot::read(&graph(&Scene::uniform(600, |_| "w0".to_owned()).view()));
    assert_eq!((dot.nodes.len(), dot.edges.len(), dot.marked().len()), (500, 499, 500));
    assert!(dot.label.contains("Shown are 500 of the 600 that wait"), "{}", dot.label);
}
