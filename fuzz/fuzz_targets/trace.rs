//! Any bytes as a trace: a recording that holds something, or an error at a place in the input.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_benches::FileError;
use sealane_benches::trace::Recording;
use std::path::Path;

fuzz_target!(|bytes: &[u8]| match Recording::parse(Path::new("any"), bytes) {
    Ok(recording) => assert!(recording.blocks.iter().all(|block| !block.transactions.is_empty())),
    Err(FileError::Malformed { line, column, .. }) => {
        let content = bytes.split(|byte| *byte == b'\n').nth(line - 1).expect("the line is there");
        assert!((1..=content.len().max(1)).contains(&column));
    }
    Err(error) => panic!("memory can be read: {error}"),
});
