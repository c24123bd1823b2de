//! What transactions cost, for whoever runs the tests: a line of JSON for each instruction, appended to the file that
//! `SEALANE_UNITS_FILE` names.
//!
//! ```json
//! {"test":"a_counter_counts","instruction":"counter::increment","units":2619,"ok":true}
//! ```

use crate::calls::CallEnd;
use crate::result::TransactionResult;
use serde_json::json;
use std::env;
use std::fs::OpenOptions;
use std::io::Write;
use std::thread;

/// Names the file.
const UNITS_FILE_VARIABLE: &str = "SEALANE_UNITS_FILE";

/// Appends the instructions of a transaction that ran, if anybody asked for it.
///
/// # Panics
/// If the file cannot be written.
pub(crate) fn append(result: &TransactionResult) {
    let Some(file) = env::var_os(UNITS_FILE_VARIABLE) else { return };
    let lines = lines(result);
    let appended = OpenOptions::new().create(true).append(true).open(&file);
    let written = appended.and_then(|mut file| file.write_all(lines.as_bytes()));
    written.unwrap_or_else(|error| panic!("cannot write {UNITS_FILE_VARIABLE}, {}: {error}", file.display()));
}

/// All lines at once, so that tests that run side by side write whole ones.
fn lines(result: &TransactionResult) -> String {
    let thread = thread::current();
    let test = thread.name().unwrap_or_default();
    let reached = result.calls.iter().filter(|call| call.end != CallEnd::NotReached);
    reached
        .map(|call| {
            let ok = call.end == CallEnd::Succeeded;
            let line =
                json!({"test": test, "instruction": result.name_of(call), "units": call.units, "ok": ok});
            format!("{line}\n")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{TestLedger, system};
    use sealane_sdk::Address;

    #[test]
    fn each_instruction_that_was_reached_has_a_line() {
        let mut ledger = TestLedger::new();
        let [alice, bob] = ["alice", "bob"].map(|name| ledger.user(name));
        let pay = |lamports| system::transfer(&alice.address, &bob.address, lamports);
        let unknown = Address::new_from_array([9; 32]);
        let instructions =
            [system::unit_limit(1_000), pay(1), pay(u64::MAX), system::transfer(&alice.address, &unknown, 1)];
        let result = ledger.fail(&instructions, &[&alice]);
        let expected = [
            ("compute_budget::set_compute_unit_limit", true),
            ("system_program::transfer", true),
            ("system_program::transfer", false),
        ];
        let test = "units_file::tests::each_instruction_that_was_reached_has_a_line";
        let line = |(instruction, ok): (&str, bool)| {
            format!("{{\"test\":\"{test}\",\"instruction\":\"{instruction}\",\"units\":150,\"ok\":{ok}}}\n")
        };
        assert_eq!(lines(&result), expected.map(line).concat());
    }
}
