//! `sealane run`: the same blocks in both formats, on both engines, in one go and in several.

use crate::ground::{
    BLOCK_COUNT, BLOCK_SIZE, FIRST_TIME, Ground, complaint, config, lines, object, sealane, sealane_fed, text,
};
use sealane_runtime::face::Engine;
use sealane_runtime::{Ledger, Runtime};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

fn run(ledger: &Path, input: &Path, options: &[&str]) -> Vec<Value> {
    let arguments = ["run", "--ledger", text(ledger), "--input", text(input), "--json"];
    lines(&sealane(&[&arguments, options].concat()))
}

#[test]
fn both_formats_on_both_engines_give_what_a_runtime_in_memory_gives() {
    let ground = Ground::new();
    let (json, bincode) =
        (ground.write("blocks.jsonl", ground.json_lines()), ground.write("blocks.bin", ground.bincode()));
    let from_json = run(&ground.ledger("json", Engine::Fjall), &json, &["--receipts"]);
    let from_bincode =
        run(&ground.ledger("bincode", Engine::Redb), &bincode, &["--receipts", "--workers", "1"]);
    assert_eq!(from_json, from_bincode);

    let mut runtime = Runtime::new(config().runtime, &ground.workload.genesis).expect("a runtime");
    let mut told = from_json.iter();
    for (unix_time, transactions) in ground.timed_blocks() {
        let executed = runtime.produce_block(unix_time, transactions).expect("a block");
        let header = executed.block.header;
        let block = told.next().expect("a line for the block");
        assert_eq!(block["block"], header.number);
        assert_eq!(block["hash"], executed.hash.to_string());
        assert_eq!(block["unix_time"], unix_time);
        assert_eq!(block["state_root"], header.roots.expect("blocks have roots").state.to_string());
        assert_eq!((&block["executed"], &block["failed"]), (&BLOCK_SIZE.into(), &0.into()));
        assert_eq!(block["rejected"], json!([]));
        for (index, receipt) in executed.block.receipts.iter().enumerate() {
            let transaction = told.next().expect("a line for the transaction");
            assert_eq!(transaction["index"], index);
            assert_eq!(transaction["units"], receipt.body.units_consumed);
            assert_eq!(transaction["fee"], 5_000);
            assert_eq!(transaction["logs"], json!(receipt.logs.lines()));
            assert_eq!((&transaction["success"], &transaction["err"]), (&true.into(), &Value::Null));
        }
    }
    let expected = json!({
        "blocks": BLOCK_COUNT, "succeeded": BLOCK_COUNT * BLOCK_SIZE, "failed": 0, "rejected": 0, "last_block": BLOCK_COUNT,
        "complete": true, "stopped_at": null, "reason": null, "skip_blocks": BLOCK_COUNT,
    });
    assert_eq!(told.next(), Some(&expected));
    assert_eq!(told.next(), None);
}

#[test]
fn a_run_in_pieces_gives_what_one_in_one_go_gives() {
    let ground = Ground::new();
    let whole = ground.write("whole.jsonl", ground.json_lines());
    let lines_a_block = 1 + BLOCK_SIZE;
    let all = ground.json_lines();
    let first: String = all.split_inclusive('\n').take(2 * lines_a_block).collect();
    let first = ground.write("first.jsonl", first);
    let expected = run(&ground.ledger("at-once", Engine::Fjall), &whole, &[]);

    for (name, options) in [("resumed", &["--resume"][..]), ("skipped", &["--skip-blocks", "2"])] {
        let ledger = ground.ledger(name, Engine::Fjall);
        let mut told = run(&ledger, &first, &[]);
        assert_eq!(told.pop().expect("a summary")["last_block"], 2);
        told.extend(run(&ledger, &whole, options));
        let summary = told.pop().expect("a summary");
        assert_eq!((&summary["blocks"], &summary["last_block"]), (&2.into(), &4.into()), "{name}");
        assert_eq!(told, expected[..BLOCK_COUNT], "{name}");
        // All of it is there: nothing is left to do, and nothing is done.
        let again = run(&ledger, &whole, &["--resume"]);
        assert_eq!((again.len(), &again[0]["blocks"], &again[0]["complete"]), (1, &0.into(), &true.into()));
    }
}

#[test]
fn resuming_refuses_an_input_that_the_ledger_did_not_begin_with() {
    let ground = Ground::new();
    let ledger = ground.ledger("ledger", Engine::Fjall);
    run(&ledger, &ground.write("blocks.jsonl", ground.json_lines()), &[]);
    let arguments = ["run", "--ledger", text(&ledger), "--resume", "--input"];
    let other =
        ground.write("other.jsonl", format!("{{\"block\": {{\"unix_time\": {}}}}}\n", FIRST_TIME + 1));
    let said = complaint(&sealane(&[&arguments[..], &[text(&other)]].concat()));
    assert!(
        said.contains("other.jsonl:1: the input's block 1 has the time 1800000001, the ledger's 1800000000"),
        "{said}"
    );
    let short = ground.write("short.jsonl", format!("{{\"block\": {{\"unix_time\": {FIRST_TIME}}}}}\n"));
    let said = complaint(&sealane(&[&arguments[..], &[text(&short)]].concat()));
    assert!(said.contains("the input has 1 blocks, and 4 were to be left out"), "{said}");
}

#[test]
fn a_stream_without_blocks_is_cut_by_size_and_clocked_by_the_second() {
    let ground = Ground::new();
    let all = ground.json_lines();
    let transactions: String = all.split_inclusive('\n').filter(|line| !line.contains("block")).collect();
    let fed = |name: &str, options: &[&str]| {
        let ledger = ground.ledger(name, Engine::Fjall);
        let arguments = ["run", "--ledger", text(&ledger), "--input", "-", "--json"];
        lines(&sealane_fed(&[&arguments, options].concat(), transactions.as_bytes()))
    };
    let shape = |told: &[Value]| -> Vec<(u64, i64)> {
        let figures = |block: &Value| Some((block["executed"].as_u64()?, block["unix_time"].as_i64()?));
        told.iter().filter_map(figures).collect()
    };
    assert_eq!(shape(&fed("one", &[])), [(100, 1)]);
    assert_eq!(shape(&fed("cut", &["--block-size", "40"])), [(40, 1), (40, 2), (20, 3)]);
}

#[test]
fn a_ledger_is_made_where_there_is_none_and_kept_by_the_engine_asked_for() {
    let ground = Ground::new();
    let input = ground.write("empty.jsonl", "{\"block\": {\"unix_time\": 7}}\n");
    for (engine, kept_by) in [(None, "fjall"), (Some("redb"), "redb"), (Some("fjall"), "fjall")] {
        let ledger = ground.path(engine.unwrap_or("default"));
        let options: Vec<&str> = engine.iter().flat_map(|engine| ["--engine", *engine]).collect();
        let told = run(&ledger, &input, &options);
        assert_eq!((&told[0]["block"], &told[0]["unix_time"]), (&1.into(), &7.into()));
        assert!(ledger.join(kept_by).is_dir(), "{engine:?}");
        let other = if kept_by == "redb" { "fjall" } else { "redb" };
        let arguments = ["run", "--ledger", text(&ledger), "--input", text(&input), "--engine", other];
        let said = complaint(&sealane(&arguments));
        assert!(said.contains(&format!("is kept by {kept_by}, not by {other}")), "{said}");
    }
}

/// Replay protection needs the last 150 blocks, and blocks go in runs of a checkpoint's.
#[test]
fn old_blocks_go_where_only_the_last_are_asked_for() {
    let ground = Ground::new();
    let blocks: String =
        (1..=400).map(|time| format!("{{\"block\": {{\"unix_time\": {time}}}}}\n")).collect();
    let input = ground.write("blocks.jsonl", blocks);
    for (name, options, kept) in [("all", &[][..], 0..=0), ("last", &["--history", "10"], 200..=250)] {
        let ledger = ground.path(name);
        run(&ledger, &input, options);
        let told = object(&["ledger", "info", text(&ledger), "--json"]);
        let first = told["first_block"].as_u64().expect("a number");
        assert!(kept.contains(&first), "{name}: {first}");
        let said = sealane(&["ledger", "block", text(&ledger), "1", "--json"]);
        assert_eq!(said.status.success(), name == "all");
    }
}

#[test]
fn a_ledger_that_is_open_elsewhere_is_left_alone() {
    let ground = Ground::new();
    let directory = ground.ledger("ledger", Engine::Fjall);
    let input = ground.write("blocks.jsonl", ground.json_lines());
    let ledger = Ledger::open(&directory, config()).expect("it opens");
    let said = complaint(&sealane(&["run", "--ledger", text(&directory), "--input", text(&input)]));
    assert!(said.contains("is open in another process"), "{said}");
    assert_eq!(ledger.last_header().number, 0);
}

#[test]
fn a_run_that_is_killed_has_all_it_reported_and_is_resumed() {
    let ground = Ground::new();
    let all = ground.json_lines();
    let whole = ground.write("blocks.jsonl", &all);
    let expected = run(&ground.ledger("at-once", Engine::Fjall), &whole, &[]);
    let ledger = ground.ledger("killed", Engine::Fjall);
    let mut child = Command::new(env!("CARGO_BIN_EXE_sealane"))
        .args(["run", "--ledger", text(&ledger), "--input", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    // Two blocks and the line that ends the second; the input stays open.
    let fed: String = all.split_inclusive('\n').take(2 * (1 + BLOCK_SIZE) + 1).collect();
    let mut stdin = child.stdin.take().expect("it has an input");
    stdin.write_all(fed.as_bytes()).expect("it reads its input");
    stdin.flush().expect("it reads its input");
    let told = BufReader::new(child.stdout.take().expect("it has an output")).lines().take(2);
    let mut told: Vec<Value> =
        told.map(|line| serde_json::from_str(&line.expect("a line")).expect("an object")).collect();
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    drop(stdin);
    told.extend(run(&ledger, &whole, &["--resume"]));
    assert_eq!(told.pop().expect("a summary")["blocks"], 2);
    assert_eq!(told, expected[..BLOCK_COUNT]);
}
