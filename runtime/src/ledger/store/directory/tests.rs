//! What a directory may look like, and what is said of each.

use super::*;
use crate::ledger::store::key_value::{Batch, Durability, Table};
use std::path::PathBuf;
use tempfile::TempDir;

const KEY: &[u8] = b"key";

fn options(engine: Engine) -> OpenOptions {
    OpenOptions { engine, cache_size_bytes: 1 << 20, ..OpenOptions::default() }
}

/// A closed ledger with one key, in a directory that did not exist before.
fn ledger(engine: Engine) -> (TempDir, PathBuf) {
    let outer = TempDir::new().unwrap();
    let directory = outer.path().join("several/levels/deep");
    let opened = open(&directory, &options(engine)).unwrap();
    assert_eq!(opened.engine, engine);
    let mut batch = Batch::default();
    batch.put(Table::Meta, KEY, *b"value");
    opened.tables.write(batch, Durability::Now).unwrap();
    (outer, directory)
}

/// What opening `directory` says against it.
fn refusal(directory: &Path) -> StoreError {
    open(directory, &OpenOptions::default()).expect_err("it is no ledger to open")
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_ledger_is_opened_with_the_engine_it_was_made_with() {
    for engine in Engine::ALL {
        let (_outer, directory) = ledger(engine);
        assert_eq!(names(&directory), [LEDGER, LOCK, engine.name()]);
        assert_eq!(engine_of(&directory).unwrap(), engine);
        for asked in Engine::ALL {
            let opened = open(&directory, &options(asked)).unwrap();
            assert_eq!(opened.engine, engine);
            assert_eq!(opened.tables.get(Table::Meta, KEY).unwrap().as_deref(), Some(&b"value"[..]));
        }
    }
}

#[test]
fn the_file_reads_as_it_is_documented() {
    let (_outer, directory) = ledger(Engine::Fjall);
    let text = fs::read_to_string(directory.join(LEDGER)).unwrap();
    assert_eq!(text, "sealane ledger\nformat 2\nengine fjall\n");
}

#[test]
fn no_ledger_is_made_where_none_is_wanted() {
    let outer = TempDir::new().unwrap();
    let options = OpenOptions { missing: Missing::Refuse, ..OpenOptions::default() };
    for directory in [outer.path().join("absent"), outer.path().to_path_buf()] {
        let error = open(&directory, &options).unwrap_err();
        assert!(matches!(error, StoreError::Missing { .. }), "{error}");
        assert!(error.to_string().contains(directory.to_str().unwrap()), "{error}");
        assert!(matches!(engine_of(&directory), Err(StoreError::Missing { .. })));
    }
    assert!(names(outer.path()).is_empty(), "nothing was left behind");
}

#[test]
fn a_file_is_not_a_directory() {
    let outer = TempDir::new().unwrap();
    let file = outer.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("below")] {
        let error = refusal(&path);
        assert!(matches!(&error, StoreError::NotADirectory { path: named } if *named == path), "{error}");
    }
    assert!(matches!(engine_of(&file), Err(StoreError::NotADirectory { .. })));
}

#[test]
fn what_is_not_a_ledgers_is_named_and_left_alone() {
    for (file, with_ledger) in
        [("photos.zip", false), ("photos.zip", true), ("redb", true), (LEDGER_NEW, true)]
    {
        let (_outer, directory) = ledger(Engine::Fjall);
        if !with_ledger {
            fs::remove_dir_all(&directory).unwrap();
            fs::create_dir(&directory).unwrap();
        }
        fs::write(directory.join(file), "precious").unwrap();
        let before = names(&directory);
        let error = refusal(&directory);
        assert!(
            matches!(&error, StoreError::Foreign { file: named, .. } if named == file),
            "{file}: {error}"
        );
        assert!(error.to_string().contains(directory.to_str().unwrap()), "{error}");
        assert_eq!(names(&directory), before);
        assert_eq!(fs::read_to_string(directory.join(file)).unwrap(), "precious");
    }
}

#[test]
fn another_format_is_refused_and_both_are_named() {
    let (_outer, directory) = ledger(Engine::Redb);
    let file = directory.join(LEDGER);
    let ours = fs::read_to_string(&file).unwrap();
    for (found, text) in
        [(3, "sealane ledger\nformat 3\nsomething new\n"), (17, "sealane ledger\nformat 17\n")]
    {
        fs::write(&file, text).unwrap();
        let error = refusal(&directory);
        assert!(
            matches!(error, StoreError::Version { found: version, supported: 2, .. } if version == found),
            "{error}"
        );
        let text = error.to_string();
        assert!(text.contains(&format!("format {found}")) && text.contains("format 2"), "{text}");
    }
    fs::write(&file, &ours).unwrap();
    open(&directory, &OpenOptions::default()).unwrap();
}

#[test]
fn an_altered_description_never_passes_for_another() {
    let (_outer, directory) = ledger(Engine::Fjall);
    let file = directory.join(LEDGER);
    let ours = fs::read(&file).unwrap();
    let check = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        let error = refusal(&directory);
        assert!(
            matches!(error, StoreError::Format { .. } | StoreError::Version { .. }),
            "{bytes:?}: {error}"
        );
    };
    for bit in 0..ours.len() * 8 {
        let mut bytes = ours.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        check(&bytes);
    }
    (0..ours.len()).for_each(|size| check(&ours[..size]));
    check(&[&ours[..], b"\n"].concat());
    check(&vec![b'x'; 1 << 20]);
    check(b"sealane ledger\nformat 01\nengine fjall\n");
    check(b"sealane ledger\nformat 4294967296\nengine fjall\n");
}

#[test]
fn a_second_opening_is_told_who_holds_the_ledger() {
    for engine in Engine::ALL {
        let (_outer, directory) = ledger(engine);
        let opened = open(&directory, &OpenOptions::default()).unwrap();
        let error = refusal(&directory);
        let own = std::process::id();
        assert!(matches!(error, StoreError::Locked { holder: Some(id), .. } if id == own), "{error}");
        let text = error.to_string();
        assert!(text.contains(directory.to_str().unwrap()) && text.contains(&own.to_string()), "{text}");
        drop(opened);
        open(&directory, &OpenOptions::default()).unwrap();
    }
}

#[test]
fn a_creation_that_was_interrupted_is_made_anew() {
    for engine in Engine::ALL {
        for other in Engine::ALL {
            let (_outer, directory) = ledger(engine);
            // All but the last step was done, by a process that has let go of the lock.
            fs::rename(directory.join(LEDGER), directory.join(LEDGER_NEW)).unwrap();
            assert!(matches!(engine_of(&directory), Err(StoreError::Missing { .. })));
            let opened = open(&directory, &options(other)).unwrap();
            assert_eq!(opened.engine, other);
            assert_eq!(
                opened.tables.get(Table::Meta, KEY).unwrap(),
                None,
                "nothing of the first attempt is left"
            );
            assert_eq!(names(&directory), [LEDGER, LOCK, other.name()]);
        }
    }
    // The first step alone, half done.
    let outer = TempDir::new().unwrap();
    fs::write(outer.path().join(LEDGER_NEW), "sealane led").unwrap();
    open(outer.path(), &OpenOptions::default()).unwrap();
    assert_eq!(names(outer.path()), [LEDGER, LOCK, "fjall"]);
}

#[test]
fn tables_without_a_description_are_kept_and_refused() {
    for engine in Engine::ALL {
        let (_outer, directory) = ledger(engine);
        let file = directory.join(LEDGER);
        let text = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        let error = refusal(&directory);
        assert!(matches!(error, StoreError::Unmarked { file: LEDGER, .. }), "{error}");
        fs::write(&file, text).unwrap();
        let opened = open(&directory, &OpenOptions::default()).unwrap();
        assert!(opened.tables.get(Table::Meta, KEY).unwrap().is_some(), "the tables were not touched");
    }
}

#[test]
fn a_ledger_without_its_tables_is_damaged_not_new() {
    for engine in Engine::ALL {
        let (_outer, directory) = ledger(engine);
        fs::remove_dir_all(directory.join(engine.name())).unwrap();
        let error = refusal(&directory);
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
        fs::create_dir(directory.join(engine.name())).unwrap();
        let error = refusal(&directory);
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    }
}

#[test]
fn engines_go_by_their_names() {
    for engine in Engine::ALL {
        assert_eq!(Engine::of_name(engine.name()), Some(engine));
    }
    assert_eq!(Engine::of_name("rocksdb"), None);
}
