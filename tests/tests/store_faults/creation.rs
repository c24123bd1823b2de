//! A ledger whose making was cut short is made anew, and a ledger that is open belongs to one process.

use crate::story::{Twin, Writer, last, mixed, options};
use sealane_runtime::ledger::store::StoreError;
use sealane_runtime::ledger::store::directory::{Engine, open};
use std::time::Duration;
use tempfile::TempDir;

const LARGE_SIZE_BYTES: usize = 100;

#[test]
fn a_directory_whose_making_was_killed_opens() {
    for engine in Engine::ALL {
        for kill in 0..25 {
            let outer = TempDir::new().unwrap();
            let directory = outer.path().join("ledger");
            let mut writer = Writer::start(Writer::command(engine, LARGE_SIZE_BYTES, &directory));
            // The child has begun once the directory is there; from then on it takes a few milliseconds.
            while !directory.exists() && writer.child.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_micros(200));
            }
            std::thread::sleep(Duration::from_micros(mixed(kill) % 12_000));
            writer.child.kill().unwrap();
            writer.child.wait().unwrap();
            let tables = open(&directory, &options(engine)).unwrap().tables;
            let mut twin = Twin::default();
            twin.advance(last(&*tables).unwrap(), LARGE_SIZE_BYTES);
            twin.check(&*tables).unwrap();
        }
    }
}

#[test]
fn a_second_process_is_told_who_holds_the_ledger_until_that_one_is_dead() {
    for engine in Engine::ALL {
        let directory = TempDir::new().unwrap();
        let mut writer = Writer::start(Writer::command(engine, LARGE_SIZE_BYTES, directory.path()));
        writer.next("open").expect("the child opens a new ledger");
        let error = open(directory.path(), &options(engine)).unwrap_err();
        let child = writer.child.id();
        assert!(matches!(error, StoreError::Locked { holder: Some(id), .. } if id == child), "{error}");
        // The other way round: a child is refused while this process has it.
        writer.child.kill().unwrap();
        writer.child.wait().unwrap();
        let tables = open(directory.path(), &options(engine)).unwrap().tables;
        let mut second = Writer::start(Writer::command(engine, LARGE_SIZE_BYTES, directory.path()));
        let refusal = second.next("error").expect("the child cannot open it");
        assert!(
            refusal.starts_with("Locked") && refusal.contains(&std::process::id().to_string()),
            "{refusal}"
        );
        assert!(second.child.wait().unwrap().success(), "refused, not crashed");
        drop(tables);
    }
}
