//! Killed at any instant, a process loses nothing it has acknowledged, and leaves no batch torn.

use crate::story::{Twin, Writer, last, mixed, options};
use sealane_runtime::ledger::store::directory::{Engine, open};
use std::time::Duration;
use tempfile::TempDir;

/// A run of the test; the directory goes on from kill to kill.
const KILLS: u64 = 110;
/// Large enough that a kill hits a batch amid writing. Buffers become files here through `load` alone, every so many batches:
/// filling the engines' own would take longer than a test may.
const LARGE_SIZE_BYTES: usize = 64 << 10;

#[test]
fn fjall_keeps_what_was_acknowledged_over_kills() {
    kill_again_and_again(Engine::Fjall);
}

#[test]
fn redb_keeps_what_was_acknowledged_over_kills() {
    kill_again_and_again(Engine::Redb);
}

fn kill_again_and_again(engine: Engine) {
    let directory = TempDir::new().unwrap();
    let mut twin = Twin::default();
    let (mut kills_amid_writing, mut acknowledged_count) = (0, 0);
    for kill in 0..KILLS {
        let mut writer = Writer::start(Writer::command(engine, LARGE_SIZE_BYTES, directory.path()));
        let delay = Duration::from_micros(mixed(kill ^ (engine as u64) << 32) % 40_000);
        let mut acknowledged = twin.last;
        // Some die while they start or open, some before their first durable batch, most of them later.
        if kill % 8 > 0 {
            assert_eq!(writer.next("open"), Some(twin.last.to_string()), "{engine:?}, kill {kill}");
        }
        if kill % 8 > 2 {
            acknowledged = writer.next("acknowledged").expect("the child writes").parse().unwrap();
            acknowledged_count += 1;
        }
        std::thread::sleep(delay);
        writer.child.kill().unwrap();
        writer.child.wait().unwrap();
        // The pipe still has what was said before.
        while let Some(number) = writer.next("acknowledged") {
            acknowledged = number.parse().unwrap();
            acknowledged_count += 1;
        }

        let tables = open(directory.path(), &options(engine)).unwrap().tables;
        let found = last(&*tables).unwrap();
        assert!(
            found >= acknowledged,
            "{engine:?}, kill {kill}: {acknowledged} was acknowledged, {found} is there"
        );
        kills_amid_writing += u64::from(found > twin.last);
        twin.advance(found, LARGE_SIZE_BYTES);
        twin.check(&*tables).unwrap();
    }
    println!(
        "{engine:?}: {KILLS} kills, {kills_amid_writing} amid writing, {} batches, {acknowledged_count} acknowledged",
        twin.last
    );
    assert!(
        kills_amid_writing >= KILLS / 2 && acknowledged_count >= KILLS / 2,
        "the kills hit writers at work"
    );
}
