//! Altered snapshots. Accidents: every truncation and any flipped bit is refused, with the chunk named that it lies in. Lies, with every
//! hash made right again: what the state root or the other checks see is refused by name, and what they cannot see by the digest.

use super::super::Fault;
use super::super::format::{Bytes, Kind, Trailer, decode, encode, push_account};
use super::sealed::{Part, offsets, parts, sealed};
use super::*;
use crate::ingest::ReplayRecordError;
use crate::ledger::{HeadError, LedgerHead};
use proptest::prelude::*;
use std::sync::LazyLock;

/// A snapshot of block 6, its summary, and where its chunks begin.
static SNAPSHOT: LazyLock<(Vec<u8>, SnapshotSummary, Vec<usize>)> = LazyLock::new(|| {
    let (bytes, summary) = snapshot(&ledger(6).0);
    let offsets = offsets(&bytes);
    (bytes, summary, offsets)
});

fn read(bytes: &[u8]) -> Result<SnapshotSummary, SnapshotError> {
    let end = SnapshotReader::new(bytes)?.finish()?;
    Ok(SnapshotSummary { head: end.head, totals: end.totals, digest: end.digest })
}

/// The chunk that a byte lies in; those before the first chunk belong to none.
fn chunk_at(offset_bytes: usize) -> Option<u64> {
    let index = SNAPSHOT.2.partition_point(|start| *start <= offset_bytes);
    index.checked_sub(1).map(|index| index as u64)
}

/// Checks that `bytes`, which differ from the snapshot in or behind the byte at `place`, are refused there.
fn check_refused(bytes: &[u8], place: usize) {
    match (read(bytes), chunk_at(place)) {
        (Err(SnapshotError::NotASnapshot | SnapshotError::Version { .. }), None) => {}
        (Err(SnapshotError::Damaged { chunk_index, offset_bytes, .. }), Some(expected)) => {
            let index = usize::try_from(expected).expect("few chunks");
            assert_eq!((chunk_index, offset_bytes), (expected, SNAPSHOT.2[index] as u64), "at byte {place}");
        }
        (result, _) => panic!("at byte {place}: {result:?}"),
    }
}

#[test]
fn every_truncation_is_refused() {
    let (bytes, summary, _) = &*SNAPSHOT;
    assert_eq!(&read(bytes).expect("whole, it is good"), summary);
    for end in 0..bytes.len() {
        check_refused(&bytes[..end], end);
    }
}

#[test]
fn what_stands_behind_the_end_is_refused() {
    let (bytes, ..) = &*SNAPSHOT;
    let longer = [bytes.as_slice(), &[0]].concat();
    let Err(SnapshotError::Damaged { offset_bytes, fault, .. }) = read(&longer) else { panic!("refused") };
    assert_eq!((offset_bytes, fault), (bytes.len() as u64, Fault::TrailingBytes));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_flipped_bit_is_refused(place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut bytes = SNAPSHOT.0.clone();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        check_refused(&bytes, place);
    }

    /// Whatever the chunks hold, reading them ends in a closed error or in a ledger that is written the same way.
    #[test]
    fn altered_contents_with_right_hashes_never_give_another_state(
        chunk in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut altered = parts(&SNAPSHOT.0);
        let chunk = chunk.index(altered.len());
        let plain = &mut altered[chunk].plain;
        let place = place.index(plain.len());
        plain[place] = byte;
        if let Ok(summary) = verify(&sealed(&altered, |_| ()), &Expected::default()) {
            prop_assert_eq!(summary.head.header, SNAPSHOT.1.head.header);
            prop_assert_eq!(summary.totals.lamports, SNAPSHOT.1.totals.lamports);
            let is_proved = altered[chunk].kind == Kind::Accounts;
            prop_assert!(!is_proved || summary.digest == SNAPSHOT.1.digest);
        }
    }
}

/// What is said of the snapshot after `change`, all hashes and the trailer made to fit.
fn said(change: impl FnOnce(&mut Vec<Part>), trailer: impl Fn(&mut Trailer)) -> String {
    let mut altered = parts(&SNAPSHOT.0);
    change(&mut altered);
    match verify(&sealed(&altered, trailer), &Expected::default()) {
        Ok(_) => "accepted".to_owned(),
        Err(SnapshotError::Damaged { fault, .. }) => fault.to_string(),
        Err(other) => other.to_string(),
    }
}

fn first(parts: &mut [Part], kind: Kind) -> &mut Part {
    parts.iter_mut().find(|part| part.kind == kind).expect("there is one")
}

fn check(expected: &str, change: impl FnOnce(&mut Vec<Part>)) {
    let found = said(change, |_| ());
    assert!(found.starts_with(expected), "{found:?} is not {expected:?}");
}

fn edit_head(parts: &mut [Part], edit: impl FnOnce(&mut LedgerHead)) {
    let part = first(parts, Kind::Head);
    let mut head: LedgerHead = decode(&part.plain).expect("a head");
    edit(&mut head);
    part.plain = encode(&head);
}

fn edit_accounts(parts: &mut [Part], edit: impl FnOnce(&mut Vec<(Address, Account)>)) {
    let part = first(parts, Kind::Accounts);
    let mut rest = Bytes(&part.plain);
    let mut accounts: Vec<_> = std::iter::from_fn(|| rest.account()).collect();
    edit(&mut accounts);
    part.plain.clear();
    accounts.iter().for_each(|(address, account)| push_account(&mut part.plain, address, account));
    part.item_count = u32::try_from(accounts.len()).expect("few accounts");
}

#[test]
fn heads_that_no_ledger_has_are_refused() {
    check("the head cannot be decoded", |parts| first(parts, Kind::Head).plain.push(0));
    check("the head cannot be decoded", |parts| first(parts, Kind::Head).plain.truncate(40));
    let number = SNAPSHOT.1.head.header.number;
    check(&HeadError::NoRoots { number }.to_string(), |parts| {
        edit_head(parts, |head| head.header.roots = None)
    });
    check("the rules let blockhashes stay good for 0 blocks", |parts| {
        edit_head(parts, |head| head.rules.blockhash_age_blocks = 0);
    });
    check("the newest of the slot hashes", |parts| edit_head(parts, |head| head.header.unix_time += 1));
    check("the slot hashes are not", |parts| edit_head(parts, |head| head.slot_hashes.truncate(3)));
    check("the slot hashes are not", |parts| edit_head(parts, |head| head.slot_hashes[1].0 = 77));
    check("the sysvar SysvarS1otHashes", |parts| {
        edit_head(parts, |head| head.slot_hashes[1].1 = Hash::default());
    });
}

#[test]
fn accounts_that_are_not_those_of_the_block_are_refused() {
    check("the state root of the snapshot's accounts", |parts| {
        edit_accounts(parts, |accounts| accounts[1].1.executable ^= true);
    });
    check("the state root of the snapshot's accounts", |parts| {
        edit_accounts(parts, |accounts| {
            let (one, other) = (accounts[1].1.lamports, accounts[2].1.lamports);
            (accounts[1].1.lamports, accounts[2].1.lamports) = (one - 1, other + 1);
        });
    });
    check("account 1111111111111111", |parts| edit_accounts(parts, |accounts| accounts.swap(0, 1)));
    check("the trailer's totals", |parts| edit_accounts(parts, |accounts| drop(accounts.pop())));
    check("the trailer's totals", |parts| edit_accounts(parts, |accounts| accounts[1].1.lamports += 1));
    let is_executable_at = 32 + 8 + 32;
    check("account 0 of the chunk is malformed", |parts| {
        first(parts, Kind::Accounts).plain[is_executable_at] = 2;
    });
    check("account 0 of the chunk is malformed", |parts| {
        first(parts, Kind::Accounts).plain[is_executable_at + 4] = 1;
    });
    check("it does not hold the", |parts| first(parts, Kind::Accounts).item_count -= 1);
    check("it does not hold the 0 items", |parts| {
        parts.insert(1, Part { kind: Kind::Accounts, item_count: 0, plain: Vec::new() });
    });
}

#[test]
fn replay_protection_that_is_not_that_of_the_block_is_refused() {
    let replay_item_bytes = 1 + 64;
    let block_bytes = 1 + 32;
    check("the signatures under blockhash", |parts| {
        let part = first(parts, Kind::Replay);
        let (from, to) = (block_bytes, block_bytes + replay_item_bytes);
        let signature: Vec<u8> = part.plain[from..to].to_vec();
        part.plain.copy_within(to..to + replay_item_bytes, from);
        part.plain[to..to + replay_item_bytes].copy_from_slice(&signature);
    });
    check("item 0 of replay protection is malformed", |parts| first(parts, Kind::Replay).plain[0] = 1);
    check("item 0 of replay protection is malformed", |parts| first(parts, Kind::Replay).plain[0] = 9);
    check("it does not hold the", |parts| first(parts, Kind::Replay).plain.push(0));
    check("the sysvar SysvarRecentB1ockHashes", |parts| first(parts, Kind::Replay).plain[5] ^= 1);
    let append = |parts: &mut Vec<Part>, items: &[(u8, &[u8])]| {
        let part = parts.iter_mut().rfind(|part| part.kind == Kind::Replay).expect("there is one");
        for (tag, item) in items {
            part.plain.push(*tag);
            part.plain.extend_from_slice(item);
            part.item_count += 1;
        }
    };
    let too_many = ReplayRecordError::TooManyBlocks { lifetime_blocks: 4 }.to_string();
    check(&too_many, |parts| append(parts, &[(0, &[0; 32])]));
    check("item", |parts| append(parts, &[(3, &[1; 64]), (1, &[1; 64])]));
    check("item", |parts| append(parts, &[(3, &[1; 64]), (2, &[1; 32])]));
    check("there are more message hashes", |parts| append(parts, &[(2, &[1; 32])]));
}

#[test]
fn recent_blocks_that_are_missing_are_refused() {
    let found = said(
        |parts| {
            let part = first(parts, Kind::Replay);
            // The oldest block and its five signatures.
            part.plain.drain(..33 + 5 * 65);
            part.item_count -= 6;
        },
        |trailer| trailer.recent_block_count -= 1,
    );
    assert_eq!(found, "the snapshot's 3 recent blockhashes are not those of the last 4 blocks");
}

#[test]
fn chunks_in_another_order_are_refused() {
    let kinds: Vec<Kind> = parts(&SNAPSHOT.0).iter().map(|part| part.kind).collect();
    assert!(kinds.is_sorted(), "head, accounts, replay, trailer");
    check("a chunk of accounts stands where the head must stand", |parts| drop(parts.remove(0)));
    check("a chunk of the trailer stands where replay protection must stand", |parts| {
        parts.retain(|part| part.kind != Kind::Replay);
    });
    check("a chunk of accounts stands where the trailer must stand", |parts| {
        let last = parts.len() - 1;
        let accounts = parts[1].clone();
        parts.insert(last, accounts);
    });
    check("a chunk of the head stands where", |parts| {
        let head = parts[0].clone();
        parts.insert(1, head);
    });
    check("the file ends here, 48 or more bytes too early", |parts| drop(parts.pop()));
    check("the file goes on behind its end", |parts| {
        let trailer = parts.last().cloned().expect("a trailer");
        parts.push(trailer);
    });
}

#[test]
fn trailers_that_do_not_fit_are_refused() {
    let digest = said(|_| (), |trailer| trailer.digest = Hash::default());
    assert_eq!(digest, Fault::Digest.to_string());
    let edits: [fn(&mut Trailer); 5] = [
        |trailer| trailer.account_count += 1,
        |trailer| trailer.data_bytes += 1,
        |trailer| trailer.lamports += 1,
        |trailer| trailer.recent_block_count += 1,
        |trailer| trailer.chunk_count += 1,
    ];
    for edit in edits {
        assert_eq!(said(|_| (), edit), Fault::Totals.to_string());
    }
    check("the trailer's totals", |parts| parts.last_mut().expect("a trailer").item_count = 2);
    check("the trailer's totals", |parts| parts.last_mut().expect("a trailer").plain.push(0));
}

#[test]
fn chunk_headers_are_checked_before_anything_is_reserved() {
    let at = SNAPSHOT.2[3];
    for (place, bytes, expected) in [
        (0, *b"ACCX", Fault::Kind(*b"ACCX")),
        (8, u32::MAX.to_le_bytes(), Fault::TooLarge { size_bytes: u32::MAX, limit_bytes: 16 << 20 }),
        (
            12,
            u32::MAX.to_le_bytes(),
            Fault::TooLarge { size_bytes: u32::MAX, limit_bytes: (16 << 20) + (1 << 18) },
        ),
    ] {
        let mut altered = SNAPSHOT.0.clone();
        altered[at + place..at + place + 4].copy_from_slice(&bytes);
        let Err(SnapshotError::Damaged { fault, .. }) = read(&altered) else { panic!("refused") };
        assert_eq!(fault, expected);
    }
}

/// The header proves neither the rules nor the signatures seen; the digest of an honest snapshot does.
#[test]
fn what_the_header_does_not_prove_the_digest_does() {
    let lies: [fn(&mut Vec<Part>); 2] = [
        |parts| edit_head(parts, |head| head.rules.fee_collector = Some(user(3))),
        |parts| {
            // The last signature of all is forgotten; the newest blockhash, which nobody named yet, stands behind it.
            let part = first(parts, Kind::Replay);
            let end = part.plain.len() - 33;
            part.plain.drain(end - 65..end);
            part.item_count -= 1;
        },
    ];
    let expected = Expected { digest: Some(SNAPSHOT.1.digest), ..Expected::default() };
    for lie in lies {
        let mut altered = parts(&SNAPSHOT.0);
        lie(&mut altered);
        let bytes = sealed(&altered, |_| ());
        verify(&bytes, &Expected::default()).expect("nothing in the header speaks against it");
        assert!(matches!(verify(&bytes, &expected), Err(SnapshotError::WrongDigest { .. })));
    }
}
