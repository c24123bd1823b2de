//! Snapshots: whatever a file holds, it is refused with a closed error or is a whole ledger; and files that get past the hashes,
//! for whoever looks for those that should be refused by other checks.

use super::naive_state_root;
use crate::Harness;
use crate::harness::accounts;
use sealane_runtime::Runtime;
use sealane_runtime::ledger::snapshot::{Expected, SnapshotError, SnapshotReader, write_snapshot};
use sha2::{Digest, Sha256};

/// Size of what stands before the first chunk in bytes.
const PREAMBLE_SIZE_BYTES: usize = 12;
const KINDS: [&[u8; 4]; 4] = [b"HEAD", b"ACCT", b"RPLY", b"TAIL"];

/// Reads `file`. What is accepted has the state root that its header says, by plain reckoning, and is the same ledger
/// when it is written and read again. Gives what was said.
///
/// # Errors
/// The error, if the file is refused.
///
/// # Panics
/// If a file is accepted that should not be.
pub fn check_snapshot(file: &[u8]) -> Result<(), SnapshotError> {
    let read = |file: &[u8]| {
        Runtime::from_snapshot(Harness::config(), SnapshotReader::new(file)?, &Expected::default())
    };
    let runtime = read(file)?;
    let stated = runtime.last_header().roots.map(|roots| roots.state);
    assert_eq!(stated, Some(naive_state_root(&accounts(&runtime))), "the accounts are those of the header");
    let mut again = Vec::new();
    let summary = write_snapshot(&runtime, &mut again, &mut |_| ()).expect("what was read can be written");
    let copy = read(&again).expect("what was written can be read");
    assert_eq!(copy.head(), runtime.head());
    assert_eq!(copy.head(), summary.head);
    assert!(copy.replay().records().eq(runtime.replay().records()), "replay protection is the same");
    assert_eq!(accounts(&copy), accounts(&runtime));
    Ok(())
}

/// A file of the chunks in `loose`, with all hashes right. A chunk is a byte for its kind, its count (u16), the size of its contents
/// (u32) and the contents, not compressed; a trailer's last 32 bytes become the right digest.
#[must_use]
pub fn sealed_snapshot(mut loose: &[u8]) -> Vec<u8> {
    let mut file = [b"SEALSNAP".as_slice(), &1_u32.to_le_bytes()].concat();
    let mut digest = Sha256::digest(&file);
    let mut number = 0_u64;
    while let Some(([kind, count_low, count_high, size @ ..], rest)) = loose.split_first_chunk::<7>() {
        let size_bytes = (u32::from_le_bytes(*size) as usize).min(rest.len());
        let (contents, rest) = rest.split_at(size_bytes);
        loose = rest;
        let kind = KINDS[usize::from(*kind) % KINDS.len()];
        let mut contents = contents.to_vec();
        if let (b"TAIL", Some(place)) = (kind, contents.last_chunk_mut::<32>()) {
            place.copy_from_slice(&digest);
        }
        let stored = lz4_flex::block::compress(&contents);
        let mut head = kind.to_vec();
        head.extend_from_slice(&u32::from(u16::from_le_bytes([*count_low, *count_high])).to_le_bytes());
        for size_bytes in [contents.len(), stored.len()] {
            head.extend_from_slice(&u32::try_from(size_bytes).unwrap_or(u32::MAX).to_le_bytes());
        }
        let hash = Sha256::digest([number.to_le_bytes().as_slice(), &head, &stored].concat());
        digest = Sha256::digest([digest, hash].concat());
        file.extend_from_slice(&[head.as_slice(), &hash, &stored].concat());
        number += 1;
    }
    file
}

/// What [`sealed_snapshot`] makes `file` of.
///
/// # Panics
/// If the file is no good snapshot.
#[must_use]
pub fn loose_snapshot(file: &[u8]) -> Vec<u8> {
    let (mut loose, mut rest) = (Vec::new(), &file[PREAMBLE_SIZE_BYTES..]);
    let number = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().expect("four bytes"));
    while !rest.is_empty() {
        let (head, behind) = rest.split_at(48);
        let (stored, behind) = behind.split_at(number(&head[12..16]) as usize);
        let contents = lz4_flex::block::decompress(stored, number(&head[8..12]) as usize).expect("LZ4");
        let kind = KINDS.iter().position(|kind| **kind == head[..4]).expect("a known kind");
        loose.push(u8::try_from(kind).expect("four kinds"));
        loose.extend_from_slice(&head[4..6]);
        loose.extend_from_slice(&head[8..12]);
        loose.extend_from_slice(&contents);
        rest = behind;
    }
    loose
}
