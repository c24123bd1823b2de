//! Full disks and read-only directories: an error that says so, and nothing lost.

use crate::story::{Twin, Writer, last, options};
use sealane_runtime::ledger::store::directory::{Engine, open};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const LARGE_SIZE_BYTES: usize = 256 << 10;
/// 24 MiB: less than a journal may have before the engine begins another, in the units of `ulimit -f`: 512 bytes.
const FILE_SIZE_MAX_BLOCKS: usize = 24 << 11;
/// The user that owns nothing.
const NOBODY: u32 = 65_534;

/// A file that may not grow is what a full disk looks like to whoever appends to it. A limit of the process needs no right to mount
/// anything; the shell sets it, and ignores the signal that would come with it.
#[test]
fn a_full_disk_is_named_and_what_was_acknowledged_is_there() {
    for engine in Engine::ALL {
        let directory = TempDir::new().unwrap();
        drop(open(directory.path(), &options(engine)).unwrap());
        let plain = Writer::command(engine, LARGE_SIZE_BYTES, directory.path());
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {FILE_SIZE_MAX_BLOCKS}; exec \"$0\" \"$@\""));
        command.arg(plain.get_program()).args(plain.get_args());
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let mut writer = Writer::start(command);
        let (mut acknowledged, mut error) = (0, None);
        while let Some(line) = writer.next("") {
            if let Some(number) = line.strip_prefix("acknowledged ") {
                acknowledged = number.parse().unwrap();
            }
            error = error.or_else(|| line.strip_prefix("error ").map(str::to_owned));
        }
        assert!(writer.child.wait().unwrap().success(), "{engine:?}: the child came to its end");
        let error = error.expect("the child ran out of room");
        assert!(error.starts_with("NoRoom") || error.starts_with("Stopped"), "{engine:?}: {error}");
        assert!(error.contains(directory.path().to_str().unwrap()), "{engine:?}: {error}");

        let tables = open(directory.path(), &options(engine)).unwrap().tables;
        let found = last(&*tables).unwrap();
        println!("{engine:?}: {acknowledged} acknowledged, {found} found; {error}");
        assert!(
            acknowledged > 0 && found >= acknowledged,
            "{engine:?}: {acknowledged} acknowledged, {found} found"
        );
        let mut twin = Twin::default();
        twin.advance(found, LARGE_SIZE_BYTES);
        twin.check(&*tables).unwrap();
    }
}

#[test]
fn a_directory_that_may_not_be_written_to_is_named_and_left_as_it_is() {
    for engine in Engine::ALL {
        let outer = TempDir::new().unwrap();
        let (ledger, empty) = (outer.path().join("ledger"), outer.path().join("empty"));
        drop(open(&ledger, &options(engine)).unwrap());
        fs::create_dir(&empty).unwrap();
        let is_root = fs::metadata(outer.path()).unwrap().uid() == 0;
        // Rights do not bind the superuser, so the child is somebody else then, and needs a binary it can reach.
        let binary = outer.path().join("child");
        fs::copy(std::env::current_exe().unwrap(), &binary).unwrap();
        let mode = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        mode(outer.path(), 0o755);
        mode(&binary, 0o755);
        [&ledger, &empty].into_iter().for_each(|path| mode(path, 0o555));
        let lock = ledger.join("LOCK");
        mode(&lock, 0o444);
        for directory in [&ledger, &empty] {
            let plain = Writer::command(engine, LARGE_SIZE_BYTES, directory);
            let mut command = Command::new(&binary);
            command
                .args(plain.get_args())
                .envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
            if is_root {
                command.uid(NOBODY).gid(NOBODY);
            }
            let error = Writer::start(command).next("error").expect("the child may not write there");
            assert!(error.starts_with("Denied"), "{engine:?}: {error}");
            assert!(error.contains(directory.to_str().unwrap()), "{engine:?}: {error}");
        }
        assert_eq!(fs::read_dir(&empty).unwrap().count(), 0, "nothing was begun there");
        [&ledger, &empty].into_iter().for_each(|path| mode(path, 0o755));
        mode(&lock, 0o644);
        open(&ledger, &options(engine)).unwrap();
    }
}
