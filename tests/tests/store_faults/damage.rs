//! Copies of a directory with a file cut short, altered, blanked or gone: they open to an error, or to the state after some
//! number of batches, whole; what is read then is an error or right.

use crate::story::{Twin, batch, last, loaded, mixed, options};
use sealane_runtime::ledger::store::StoreError;
use sealane_runtime::ledger::store::directory::{Engine, open};
use sealane_runtime::ledger::store::key_value::{Durability, Table};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const BATCHES: u64 = 90;
const LARGE_SIZE_BYTES: usize = 6 << 10;
/// Copies that are damaged, an engine.
const COPIES: u64 = 240;

#[test]
fn damage_to_fjalls_files_never_gives_a_wrong_answer() {
    damage_again_and_again(Engine::Fjall);
}

#[test]
fn damage_to_redbs_file_never_gives_a_wrong_answer() {
    damage_again_and_again(Engine::Redb);
}

/// Ways to damage a file, with the size it has.
#[derive(Clone, Copy, Debug)]
enum Damage {
    CutAt(usize),
    FlipBit(usize),
    Blank(usize, usize),
    Remove,
}

fn damage_again_and_again(engine: Engine) {
    let original = ledger(engine);
    let paths = files(original.path());
    let (mut refused, mut unreadable, mut shorter, mut whole) = (0, 0, 0, 0);
    for copy in 0..COPIES {
        let directory = TempDir::new().unwrap();
        copy_files(original.path(), &paths, directory.path());
        let (path, damage) = choose(copy, original.path(), &paths);
        do_damage(&directory.path().join(&path), damage);
        let place = format!("{engine:?}, copy {copy}: {damage:?} of {}", path.display());
        let tables = match open(directory.path(), &options(engine)) {
            Ok(opened) => opened.tables,
            Err(error) => {
                check_message(&error, &place);
                refused += 1;
                continue;
            }
        };
        let mut twin = Twin::default();
        let answer = last(&*tables).and_then(|found| {
            assert!(found <= BATCHES, "{place}: batch {found} was never written");
            twin.advance(found, LARGE_SIZE_BYTES);
            twin.check(&*tables)
        });
        match answer {
            Err(error) => {
                check_message(&error, &place);
                unreadable += 1;
            }
            Ok(()) if twin.last < BATCHES => shorter += 1,
            Ok(()) => whole += 1,
        }
    }
    println!(
        "{engine:?}: of {COPIES} damaged copies {refused} were refused, {unreadable} told while reading, {shorter} gave an \
         earlier state, {whole} the last one"
    );
    assert!(refused + unreadable > COPIES / 4, "damage is noticed");
}

/// A ledger with batches in files and in the journal.
fn ledger(engine: Engine) -> TempDir {
    let directory = TempDir::new().unwrap();
    let tables = open(directory.path(), &options(engine)).unwrap().tables;
    for number in 1..=BATCHES {
        let durability = if number.is_multiple_of(3) { Durability::Now } else { Durability::Later };
        tables.write(batch(number, LARGE_SIZE_BYTES), durability).unwrap();
        if number.is_multiple_of(20) {
            tables.load(Table::Signatures, &mut loaded(number)).unwrap();
        }
        if number == BATCHES / 2 {
            // Makes files of these tables' buffers, and leaves others in the journal: deleting what is not there is no change.
            for table in [Table::Accounts, Table::Blocks] {
                tables.load(table, &mut std::iter::once((b"absent".to_vec(), None))).unwrap();
            }
        }
    }
    drop(tables);
    // Opening it once more cuts off what the journal has reserved.
    drop(open(directory.path(), &options(engine)).unwrap());
    directory
}

fn choose(copy: u64, root: &Path, paths: &[PathBuf]) -> (PathBuf, Damage) {
    let random = |salt: u64| usize::try_from(mixed(copy << 8 | salt) >> 1).unwrap();
    let sizes: Vec<_> = paths
        .iter()
        .map(|path| usize::try_from(fs::metadata(root.join(path)).unwrap().len()).unwrap())
        .collect();
    // Every second time any byte of the directory is as likely as any other, else any file.
    let mut place = random(0) % sizes.iter().sum::<usize>();
    let mut index = 0;
    while place >= sizes[index] {
        place -= sizes[index];
        index += 1;
    }
    if copy.is_multiple_of(2) {
        let filled: Vec<_> = (0..paths.len()).filter(|index| sizes[*index] > 0).collect();
        index = filled[random(1) % filled.len()];
        place = random(2) % sizes[index];
    }
    let damage = match random(3) % 16 {
        0 => Damage::Remove,
        1..5 => Damage::CutAt(place),
        5..7 => Damage::Blank(place, 1 + random(4) % 600),
        _ => Damage::FlipBit(place * 8 + random(5) % 8),
    };
    (paths[index].clone(), damage)
}

fn do_damage(path: &Path, damage: Damage) {
    let mut bytes = fs::read(path).unwrap();
    match damage {
        Damage::Remove => return fs::remove_file(path).unwrap(),
        Damage::CutAt(size) => bytes.truncate(size),
        Damage::FlipBit(bit) => bytes[bit / 8] ^= 1 << (bit % 8),
        Damage::Blank(from, size) => bytes.iter_mut().skip(from).take(size).for_each(|byte| *byte = 0),
    }
    fs::write(path, bytes).unwrap();
}

/// It says where, and is none of those that damage cannot cause.
fn check_message(error: &StoreError, place: &str) {
    let is_apt = matches!(
        error,
        StoreError::Damaged { .. }
            | StoreError::Format { .. }
            | StoreError::Version { .. }
            | StoreError::Unmarked { .. }
    );
    assert!(is_apt, "{place}: {error:?}");
}

/// All files below `root`, by their paths from there, in order.
fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.push(path.strip_prefix(root).unwrap().to_path_buf()),
            }
        }
    }
    found.sort();
    found
}

fn copy_files(from: &Path, paths: &[PathBuf], to: &Path) {
    for path in paths {
        let target = to.join(path);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(path), target).unwrap();
    }
}
