//! Where the units of transactions go, function by function, for whoever runs the tests: a line of JSON for each transaction,
//! appended to the file that `SEALANE_PROFILE_FILE` names. `sealane profile --test` draws it.
//!
//! A transaction is profiled before its block is made, on the ledger as it is then. So what is kept is only what the block then
//! charged: of several transactions in one block, those that the ones before them did not make more or less expensive.

use crate::names::Names;
use crate::result::TransactionResult;
use parking_lot::Mutex;
use sealane_runtime::simulate::SimulateOptions;
use sealane_runtime::{Profile, Profiler, Runtime};
use serde_json::json;
use std::env;
use std::fs::OpenOptions;
use std::io::Write;
use std::thread;

/// Names the file.
const PROFILE_FILE_VARIABLE: &str = "SEALANE_PROFILE_FILE";

/// The profiles of transactions that are about to run, if anybody asked for them; none for one that would be rejected.
///
/// # Panics
/// If there is a bug in the profiler.
pub(crate) fn record<T: AsRef<[u8]>>(
    runtime: &Runtime,
    unix_time: i64,
    transactions: &[T],
) -> Vec<Option<Profile>> {
    // Programs that are compiled for it are kept; only one transaction can use it at a time.
    static PROFILER: Mutex<Option<Profiler>> = Mutex::new(None);
    if env::var_os(PROFILE_FILE_VARIABLE).is_none() {
        return Vec::new();
    }
    let mut profiler = PROFILER.lock();
    let profiler =
        profiler.get_or_insert_with(|| Profiler::new().expect("this machine runs compiled WebAssembly"));
    let options = SimulateOptions::checked(unix_time);
    let profile = |bytes: &T| match runtime.profile(profiler, bytes.as_ref(), options) {
        Ok(profiled) => Some(profiled.profile),
        Err(sealane_runtime::simulate::ProfileError::Simulate(_)) => None,
        Err(error) => panic!("{error}"),
    };
    transactions.iter().map(profile).collect()
}

/// Appends those that are what the block charged.
///
/// # Panics
/// If the file cannot be written.
pub(crate) fn keep(profiles: Vec<Option<Profile>>, results: &[TransactionResult], names: &Names) {
    let Some(file) = env::var_os(PROFILE_FILE_VARIABLE) else { return };
    let thread = thread::current();
    let test = thread.name().unwrap_or_default();
    let mut lines = String::new();
    for (profile, result) in profiles.into_iter().zip(results) {
        let Some(mut profile) = profile.filter(|profile| profile.total_units() == result.units) else {
            continue;
        };
        profile.name_programs(|address, head| {
            let address = address.parse().ok()?;
            let program = names.known_address(&address)?;
            let instruction = head.and_then(|head| names.instruction(&address, head));
            Some(instruction.map_or_else(|| program.clone(), |called| format!("{program}::{}", called.name)))
        });
        let instructions: Vec<String> =
            result.units_by_instruction().into_iter().map(|(name, _)| name).collect();
        let line =
            json!({"test": test, "instructions": instructions, "units": result.units, "profile": profile});
        lines.push_str(&format!("{line}\n"));
    }
    let appended = OpenOptions::new().create(true).append(true).open(&file);
    let written = appended.and_then(|mut file| file.write_all(lines.as_bytes()));
    written
        .unwrap_or_else(|error| panic!("cannot write {PROFILE_FILE_VARIABLE}, {}: {error}", file.display()));
}
