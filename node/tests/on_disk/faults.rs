//! Inputs that are wrong: where is said, what came before stays, and the run goes on once they are mended.

use crate::ground::{BLOCK_SIZE, Ground, complaint, lines, objects, sealane, text};
use sealane_runtime::face::Engine;
use serde_json::Value;
use std::path::Path;

/// Runs an input that is wrong behind its second block, then the right one from where the command says.
#[track_caller]
fn check(ground: &Ground, name: &str, wrong: impl AsRef<[u8]>, right: &Path, expected: &[&str]) {
    let ledger = ground.ledger(name, Engine::Fjall);
    let wrong = ground.write(&format!("{name}.wrong"), wrong);
    let arguments = ["run", "--ledger", text(&ledger), "--json", "--input"];
    let output = sealane(&[&arguments[..], &[text(&wrong)]].concat());
    let said = complaint(&output);
    for expected in expected {
        assert!(said.contains(expected), "{name}: {expected} in {said}");
    }
    assert!(
        said.contains("2 blocks of this run are committed and stay; the ledger is at block 2"),
        "{name}: {said}"
    );
    let told = objects(&output);
    let [_, _, summary] = told.as_slice() else { panic!("{name}: {told:?}") };
    assert_eq!((&summary["complete"], &summary["last_block"]), (&false.into(), &2.into()), "{name}");
    let skip_blocks = summary["skip_blocks"].to_string();
    let rest = [&arguments[..], &[text(right), "--skip-blocks", &skip_blocks]].concat();
    let told = lines(&sealane(&rest));
    let numbers: Vec<&Value> = told.iter().filter_map(|line| line.get("block")).collect();
    assert_eq!(numbers, [3, 4], "{name}");
}

#[test]
fn json_lines_that_are_wrong_are_refused_with_line_and_column() {
    let ground = Ground::new();
    let right = ground.json_lines();
    let path = ground.write("right.jsonl", &right);
    let lines: Vec<&str> = right.lines().collect();
    // The third block begins at line 53; this is its second transaction, at line 55.
    let at = 2 * (1 + BLOCK_SIZE) + 2;
    let with = |line: &str| [&lines[..at], &[line], &lines[at + 1..]].concat().join("\n");
    let cases = [
        (
            "base64",
            "{\"transaction\": \"AQ*=\"}",
            ":55:22: block 3 of the input, transaction 1: this is no base64",
        ),
        ("unclosed", "{\"transaction\": \"AQ==\"", ":55:22: block 3 of the input, transaction 1: EOF"),
        ("nothing", "{}", ":55:2: block 3 of the input, transaction 1: a line has the key `transaction`"),
        ("number", "17", ":55:2: block 3 of the input, transaction 1: invalid type: integer `17`"),
        ("header", "{\"block\": {\"time\": 3}}", ":55:17: block 3 of the input: unknown field `time`"),
    ];
    for (name, line, expected) in cases {
        check(&ground, name, with(line), &path, &[&format!("{name}.wrong{expected}")]);
    }
}

#[test]
fn blocks_that_cannot_follow_are_refused_with_their_line() {
    let ground = Ground::new();
    let right = ground.json_lines();
    let path = ground.write("right.jsonl", &right);
    let cases = [
        (
            "time",
            "1799999999",
            "time.wrong:53: the block's time 1799999999 is before its parent's, 1800000002",
        ),
        (
            "number",
            "1800000004, \"number\": 7",
            "number.wrong:53: the input says that this is block 7, but the ledger's next one is 3",
        ),
    ];
    for (name, header, expected) in cases {
        check(&ground, name, right.replace("1800000004", header), &path, &[expected]);
    }
}

#[test]
fn bincode_that_is_wrong_is_refused_with_the_byte() {
    let ground = Ground::new();
    let right = ground.bincode();
    let path = ground.write("right.bin", &right);
    // All blocks have the same size: times and transactions take the same bytes.
    let block_size = right.len() / 4;
    let cut = &right[..2 * block_size + block_size / 2];
    check(
        &ground,
        "cut",
        cut,
        &path,
        &["cut.wrong: byte ", "block 3 of the input, transaction 12", "cut short"],
    );
    let mut altered = right.clone();
    // The time takes five bytes; behind it stands the count.
    let count_offset = 2 * block_size + 5;
    assert_eq!(usize::from(altered[count_offset]), BLOCK_SIZE);
    altered[count_offset + 1..][..5].copy_from_slice(&[252, 255, 255, 255, 255]);
    let expected = format!("size.wrong: byte {}: block 3 of the input, transaction 0", count_offset + 1);
    check(&ground, "size", &altered, &path, &[&expected, "a transaction of 4294967295 bytes"]);
}

#[test]
fn rejected_transactions_are_left_out_and_listed_with_their_place() {
    let ground = Ground::new();
    let all = ground.json_lines();
    let mut input: Vec<&str> = all.lines().take(1 + BLOCK_SIZE).collect();
    // One twice, and one that is none.
    let (twice, none) = (input[3], "\"AQID\"");
    input.extend([twice, none]);
    let input = ground.write("blocks.jsonl", input.join("\n"));
    let ledger = ground.ledger("ledger", Engine::Redb);
    let arguments = ["run", "--ledger", text(&ledger), "--input", text(&input)];
    let told = lines(&sealane(&[&arguments[..], &["--json"]].concat()));
    let [block, summary] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((&block["executed"], &summary["rejected"]), (&BLOCK_SIZE.into(), &2.into()));
    let [seen, malformed] = block["rejected"].as_array().expect("a list").as_slice() else {
        panic!("{block}")
    };
    assert_eq!((&seen["index"], &seen["err"]), (&25.into(), &"AlreadyProcessed".into()));
    assert!(seen["place"].as_str().is_some_and(|place| place.ends_with("blocks.jsonl:27")), "{seen}");
    assert_eq!((&malformed["index"], &malformed["err"]), (&26.into(), &"SanitizeFailure".into()));
    assert_eq!(malformed["signature"], Value::Null);
    // People are told the same; now the whole block was seen before.
    let output = sealane(&arguments);
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("0 executed, 0 of them failed, 27 rejected"), "{said}");
    assert!(said.contains("blocks.jsonl:28: malformed"), "{said}");
}

#[test]
fn inputs_that_are_nothing_are_refused() {
    let ground = Ground::new();
    let ledger = ground.ledger("ledger", Engine::Fjall);
    let empty = ground.write("empty", "");
    let cases = [
        (empty.as_path(), "the input holds no block"),
        (&ground.path("missing"), "missing: cannot open the input"),
        (&ground.path(""), "this is a folder"),
    ];
    for (input, expected) in cases {
        let said = complaint(&sealane(&["run", "--ledger", text(&ledger), "--input", text(input)]));
        assert!(said.contains(expected), "{said}");
    }
}
