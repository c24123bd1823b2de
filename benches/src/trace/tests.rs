//! Traces, good and bad: what is read of them, and what is said of them.

use super::{MAX_ACCOUNTS, MAX_LEGACY_ACCOUNTS, MAX_LINE_SIZE_BYTES, Recording};
use crate::FileError;
use std::path::Path;

fn parse(bytes: &[u8]) -> Result<Recording, FileError> {
    Recording::parse(Path::new("t.jsonl"), bytes)
}

/// Block number, then id, written names, read names, cost of each transaction.
fn shown(recording: &Recording) -> String {
    let names = |accounts: &[u32]| -> Vec<&str> {
        accounts.iter().map(|account| recording.accounts[*account as usize].as_str()).collect()
    };
    let mut text = String::new();
    for block in &recording.blocks {
        text += &block.number.map_or("-".to_owned(), |number| number.to_string());
        for one in &block.transactions {
            let (writes, reads) = (names(&one.writes).join("+"), names(&one.reads).join("+"));
            text += &format!(" {}({writes}|{reads}|{})", one.id, one.cost_units);
        }
        text += "; ";
    }
    text
}

fn check(bytes: impl AsRef<[u8]>, expected: &str) {
    let bytes = bytes.as_ref();
    let found = match parse(bytes) {
        Ok(recording) => shown(&recording),
        Err(error) => error.to_string(),
    };
    assert_eq!(found, expected, "of {}", String::from_utf8_lossy(&bytes[..bytes.len().min(200)]));
}

const ONE: &str = r#"{"id":"a","writes":["x"],"reads":["y"],"cost":5}"#;

#[test]
fn good_traces() {
    check(ONE, "- a(x|y|5); ");
    check(format!("\u{feff}{ONE}\r\n\r\n \t\n{ONE}\n"), "- a(x|y|5) a(x|y|5); ");
    check(
        format!(
            "{ONE}\n{{\"block\":9}}\n{ONE}\n{{\"block\":3,\"time\":[1]}}\n{{\"block\":4}}\n{ONE}\n{{\"block\":5}}"
        ),
        "- a(x|y|5); 9 a(x|y|5); 4 a(x|y|5); ",
    );
    check(r#"{"cost":0,"reads":[],"writes":[],"id":"","fee":{"a":[null]},"fee":1}"#, "- (||0); ");
    check(
        r#"{"id":"é\n","writes":["b","a","b"],"reads":["b","c","c",""],"cost":1400000}"#,
        "- é\n(a+b|+c|1400000); ",
    );
}

#[test]
fn bad_traces() {
    check("", "t.jsonl:1:1: the trace holds no transaction");
    check("\n{\"block\":1}\n", "t.jsonl:2:1: the trace holds no transaction");
    check("{\"block\":1}\n{\"id\":\"a\"", "t.jsonl:2:9: EOF while parsing an object");
    check(format!("{ONE}\n{ONE}x"), "t.jsonl:2:49: trailing characters");
    check(
        "[]",
        "t.jsonl:1:1: invalid type: sequence, expected an object: a transaction, or {\"block\": number}",
    );
    let missing =
        |key: &str| format!("`{key}` is missing: a transaction has `id`, `writes`, `reads` and `cost`");
    check("{}", &format!("t.jsonl:1:2: {}", missing("id")));
    check(r#"{"id":"a","reads":[],"cost":1}"#, &format!("t.jsonl:1:30: {}", missing("writes")));
    check(r#"{"id":"é","writes":[],"cost":1}"#, &format!("t.jsonl:1:31: {}", missing("reads")));
    check(r#"{"id":"a","writes":[],"reads":[]}"#, &format!("t.jsonl:1:33: {}", missing("cost")));
    check(r#"{"id":5}"#, "t.jsonl:1:7: invalid type: integer `5`, expected a string");
    check(
        r#"{"id":"é","writes":"x"}"#,
        "t.jsonl:1:22: invalid type: string \"x\", expected a list of strings",
    );
    check(r#"{"writes":["x",null]}"#, "t.jsonl:1:19: invalid type: null, expected a string");
    check(r#"{"cost":1,"cost":1}"#, "t.jsonl:1:16: the key `cost` stands twice");
    check(r#"{"block":1,"cost":1}"#, "t.jsonl:1:20: a line is a block or a transaction, not both");
    let number = "expected a whole number of compute units, 0 or more";
    check(r#"{"cost":-5}"#, &format!("t.jsonl:1:10: invalid value: integer `-5`, {number}"));
    check(r#"{"cost":1e6}"#, &format!("t.jsonl:1:11: invalid type: floating point `1000000.0`, {number}"));
    check(r#"{"cost":"5"}"#, &format!("t.jsonl:1:11: invalid type: string \"5\", {number}"));
    check(
        r#"{"cost":1400001}"#,
        "t.jsonl:1:15: a cost of 1400001 units: a transaction may use at most 1400000; divide all costs of the trace by \
         the same number",
    );
    check(
        r#"{"block":"1"}"#,
        "t.jsonl:1:12: invalid type: string \"1\", expected a whole block number, 0 or more",
    );
    check(b"{\"id\":\"\xC3\xA9\xFF\"}", "t.jsonl:1:9: the line is not UTF-8");
    check(vec![b' '; MAX_LINE_SIZE_BYTES + 1], "t.jsonl:1:4194305: the line is longer than 4194304 bytes");
}

#[test]
fn as_many_accounts_as_fit_and_no_more() {
    let line = |writes: usize, reads: usize| {
        let names = |count| (0..count).map(|number| format!("\"{number}\"")).collect::<Vec<_>>().join(",");
        format!(r#"{{"id":"a","writes":[{}],"reads":[{}],"cost":1}}"#, names(writes), names(reads))
    };
    assert_eq!((MAX_LEGACY_ACCOUNTS, MAX_ACCOUNTS), (30, 62));
    assert!(parse(line(62, 62).as_bytes()).is_ok(), "those in both lists count once");
    let reason = "63 accounts are listed; a transaction has room for 62";
    check(line(63, 0), &format!("t.jsonl:1:{}: {reason}", line(63, 0).find(",\"reads\"").unwrap()));
    check(line(0, 63), &format!("t.jsonl:1:{}: {reason}", line(0, 63).find(",\"cost\"").unwrap()));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Recording::read(Path::new("no/such.jsonl")).unwrap_err().to_string();
    assert!(error.starts_with("no/such.jsonl: cannot read the trace: "), "{error}");
}
