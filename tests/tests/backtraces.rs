//! What a program of Rust's leaves in a transaction's logs when it stops: its own functions, as its author calls them. And
//! that no hash depends on it: a ledger whose programs tell no names records the same.

use sealane_probe::{RawCall, Script};
use sealane_runtime::ExecutedBlock;
use sealane_sdk::instruction::AccountMeta;
use sealane_tests::Harness;
use sealane_tests::modules::without_custom_sections;
use sealane_tests::programs::{PROBE, TWIN, deployed, probe};

/// Ways to stop, alone and below another program.
fn scripts() -> Vec<Script> {
    let stops = || {
        [
            Script::new().panic("the cause"),
            Script::new().unreachable(),
            Script::new().recurse(1_000_000),
            Script::new().burn(10_000_000),
            Script::new().raw(RawCall::Log, [u32::MAX, 1, 0, 0, 0]),
            Script::new().peek(u32::MAX, 8),
        ]
    };
    let below = stops().map(|script| Script::new().invoke(1, &[(0, 0), (1, 0)], &script.into_bytes(), &[]));
    stops().into_iter().chain(below).collect()
}

/// One block of calls that all stop, on a ledger with this module as the probe.
fn stopped(module: &[u8]) -> ExecutedBlock {
    let mut genesis = Harness::genesis();
    genesis.accounts.retain(|(address, _)| ![PROBE, TWIN].contains(address));
    // Accounts of programs are passed on too, so the module is elsewhere: input is paid by its size.
    let capacity_bytes = sealane_artifacts::PROBE.len();
    for program in [PROBE, TWIN] {
        genesis.accounts.extend(deployed(program, module, None, capacity_bytes));
    }
    let mut harness = Harness::with(Harness::config(), &genesis);
    let transactions: Vec<_> = (0..)
        .zip(scripts())
        .map(|(number, script)| {
            let accounts =
                vec![AccountMeta::new_readonly(PROBE, false), AccountMeta::new_readonly(TWIN, false)];
            harness.sign(&[probe(accounts, script)], &[&Harness::user(number)])
        })
        .collect();
    harness.block(&transactions)
}

#[test]
fn a_panic_tells_where() {
    let executed = stopped(sealane_artifacts::PROBE);
    let lines = executed.block.receipts[0].logs.lines();
    let frames: Vec<_> = lines.iter().filter_map(|line| line.strip_prefix("Program log:   at ")).collect();
    assert!(lines[1].contains("the cause"), "{lines:#?}");
    assert_eq!(lines[2], "Program log: trap: panic");
    // The panic's own way out, then the program's functions down to its entrypoint.
    for function in ["core::panicking::panic_fmt", "sealane_probe::interpret::run", "entrypoint"] {
        assert!(frames.iter().any(|frame| frame.contains(function)), "{function}: {lines:#?}");
    }
    assert_eq!(frames.last(), Some(&"entrypoint"));
    for receipt in &executed.block.receipts {
        let lines = receipt.logs.lines();
        assert!(!receipt.body.succeeded());
        assert!(lines.iter().any(|line| line.starts_with("Program log:   at ")), "{lines:#?}");
        assert!(!lines.iter().any(|line| line.contains("_ZN") || line.contains("_RN")), "{lines:#?}");
    }
}

/// In a chain of calls each program tells its own functions, and only those.
#[test]
fn a_chain_of_calls_tells_each_programs_functions() {
    let executed = stopped(sealane_artifacts::PROBE);
    let lines = executed.block.receipts[6].logs.lines();
    let entrypoints: Vec<_> =
        (0..lines.len()).filter(|line| lines[*line].ends_with("at entrypoint")).collect();
    let failures: Vec<_> =
        (0..lines.len()).filter(|line| lines[*line].contains(" failed: the program")).collect();
    assert_eq!((entrypoints.len(), failures.len()), (2, 2), "{lines:#?}");
    assert!(entrypoints[0] < failures[0] && failures[0] < entrypoints[1] && entrypoints[1] < failures[1]);
    assert_eq!(lines[failures[0] + 1], "Program log: stopped: the call above failed");
    let asks = |line: &String| line.contains("sealane_sdk::guest::invoke") || line.contains("interpret");
    assert!(lines[failures[0]..].iter().any(asks), "{lines:#?}");
}

#[test]
fn a_ledger_without_names_records_the_same() {
    let bare = without_custom_sections(sealane_artifacts::PROBE);
    assert!(bare.len() < sealane_artifacts::PROBE.len());
    let (named, unnamed) = (stopped(sealane_artifacts::PROBE), stopped(&bare));
    for (named, unnamed) in named.block.receipts.iter().zip(&unnamed.block.receipts) {
        assert_eq!(named.body, unnamed.body);
        let (named, unnamed) = (named.logs.lines(), unnamed.logs.lines());
        assert_eq!(named.len(), unnamed.len(), "as many functions");
        assert!(unnamed.iter().any(|line| line.contains("at function ")), "{unnamed:#?}");
        assert_ne!(named, unnamed);
    }
    let root = |executed: &ExecutedBlock| executed.block.header.roots.as_ref().map(|roots| roots.receipts);
    assert_eq!(root(&named), root(&unnamed));
}
