//! How fjall keeps each table: what is set differently from its defaults, and why.

use super::fault;
use crate::ledger::store::StoreError;
use crate::ledger::store::key_value::Table;
use fjall::config::{BloomConstructionPolicy, CompressionPolicy, FilterPolicy, FilterPolicyEntry};
use fjall::{CompressionType, Database, Keyspace, KeyspaceCreateOptions, KvSeparationOptions};
use std::path::Path;

/// Two: one can write a full buffer to a file while the other merges files. More would take processors from the workers
/// that execute transactions.
const WORKER_THREADS: usize = 2;
/// The journal's files, until every table's buffer has been written: bounds how much an opening reads again, hence how
/// long it takes. At 256 MiB that is about a second.
const JOURNAL_SIZE_MAX_BYTES: u64 = 256 << 20;
/// Values from here on stand in files of their own, which merging leaves alone. A block's transactions and receipts are
/// megabytes, written once and deleted once; merging them level by level would write them several times.
const SEPARATED_SIZE_MIN_BYTES: u32 = 4 << 10;

pub(super) fn open(folder: &Path, cache_size_bytes: u64) -> Result<Database, StoreError> {
    Database::builder(folder)
        .worker_threads(WORKER_THREADS)
        .cache_size(cache_size_bytes)
        .max_journaling_size(JOURNAL_SIZE_MAX_BYTES)
        // Account data is copied at every commit; compressing it there would cost more than the bytes it saves.
        .journal_compression(CompressionType::None)
        .open()
        .map_err(|error| fault("opening the tables", folder, error))
}

/// Makes the tables.
pub(super) fn create(folder: &Path, database: &Database) -> Result<[Keyspace; Table::ALL.len()], StoreError> {
    keyspaces(|table| {
        database
            .keyspace(table.name(), || options(table))
            .map_err(|error| fault("creating the tables", folder, error))
    })
}

/// The tables, all of which must be there: the engine leaves out of its list what it finds incomplete.
pub(super) fn existing(
    folder: &Path,
    database: &Database,
) -> Result<[Keyspace; Table::ALL.len()], StoreError> {
    const OPERATION: &str = "opening the tables";
    keyspaces(|table| match database.keyspace_exists(table.name()) {
        true => database
            .keyspace(table.name(), || options(table))
            .map_err(|error| fault(OPERATION, folder, error)),
        false => Err(StoreError::Damaged {
            operation: OPERATION,
            path: folder.into(),
            what: format!("the table {} is gone", table.name()),
            source: None,
        }),
    })
}

/// That the engine will not take `folder` for one in which there has never been anything: then it would make new tables.
pub(super) fn check_present(folder: &Path) -> Result<(), StoreError> {
    match folder.join("version").is_file() {
        true => Ok(()),
        false => Err(StoreError::Damaged {
            operation: "opening the tables",
            path: folder.into(),
            what: "the engine's version file is gone".into(),
            source: None,
        }),
    }
}

fn keyspaces(
    mut keyspace: impl FnMut(Table) -> Result<Keyspace, StoreError>,
) -> Result<[Keyspace; Table::ALL.len()], StoreError> {
    let keyspaces = Table::ALL.into_iter().map(&mut keyspace).collect::<Result<Vec<_>, _>>()?;
    Ok(keyspaces.try_into().unwrap_or_else(|_| unreachable!("one was made for each table")))
}

fn options(table: Table) -> KeyspaceCreateOptions {
    let none = CompressionPolicy::all(CompressionType::None);
    // What the last levels hold, most of the data, is compressed; what is merged again soon is not.
    let lower_levels =
        CompressionPolicy::new([CompressionType::None, CompressionType::None, CompressionType::Lz4]);
    let options = KeyspaceCreateOptions::default();
    match table {
        // A block asks for many accounts that do not exist, or lie deep: filters in every level.
        Table::Accounts => {
            options.data_block_compression_policy(lower_levels).filter_policy(FilterPolicy::new([
                FilterPolicyEntry::Bloom(BloomConstructionPolicy::FalsePositiveRate(0.0001)),
                FilterPolicyEntry::Bloom(BloomConstructionPolicy::BitsPerKey(10.0)),
            ]))
        }
        // Addresses come in runs of the same one.
        Table::Addresses => options.data_block_compression_policy(lower_levels),
        // Random bytes: nothing to compress.
        Table::Signatures => options.data_block_compression_policy(none),
        Table::Blocks => options.data_block_compression_policy(none).with_kv_separation(Some(
            KvSeparationOptions::default()
                .separation_threshold(SEPARATED_SIZE_MIN_BYTES)
                .compression(CompressionType::Lz4),
        )),
        Table::Meta | Table::Headers => options.data_block_compression_policy(none),
    }
}
