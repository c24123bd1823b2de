//! The example `embed.rs` runs: on a directory that does not exist, and again on the ledger it has made.

#[path = "../examples/embed.rs"]
#[expect(dead_code, reason = "its `main` reads the command line")]
mod embed;

#[test]
fn the_example_runs_and_runs_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let ledger = directory.path().join("ledger");
    for attempt in 0..2 {
        embed::run(&ledger).unwrap_or_else(|error| panic!("attempt {attempt}: {error}"));
    }
}
