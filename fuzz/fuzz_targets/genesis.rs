//! Bytes of a genesis file and of an account dump: read, or an error whose line and column lie in the input.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_runtime::FileError;
use sealane_runtime::ledger::{AccountDump, Genesis, JsonStyle};
use std::path::Path;

fuzz_target!(|bytes: &[u8]| {
    if let Err(error) = Genesis::parse(Path::new("/nowhere/genesis.toml"), bytes, Genesis::default()) {
        check(bytes, &error);
    }
    match AccountDump::parse(Path::new("dump.json"), bytes) {
        Err(error) => check(bytes, &error),
        Ok(dump) => {
            let written = dump.to_json(JsonStyle::Compact);
            let again = AccountDump::parse(Path::new("written.json"), written.as_bytes());
            assert_eq!(again.expect("what was written is read"), dump);
        }
    }
});

fn check(bytes: &[u8], error: &FileError) {
    if let FileError::Malformed { line, column, .. } = error {
        let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        assert!((1..=lines.len()).contains(line), "line {line} of {}", lines.len());
        assert!((1..=lines[line - 1].len() + 1).contains(column), "column {column} of line {line}");
    }
}
