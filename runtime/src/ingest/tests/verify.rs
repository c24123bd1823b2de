//! Signatures against `ed25519-zebra`, one at a time: the same answers, whatever the group.

use super::*;
use crate::ingest::verify::{GROUP_COUNT, KeyCache, VerifyError, verify, verify_with};
use curve25519_dalek::constants::{ED25519_BASEPOINT_TABLE, EIGHT_TORSION};
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use sha2::{Digest, Sha512};

/// The plain twin: the index of the first bad signature, each checked alone.
fn first_bad(transaction: &SanitizedTransaction<'_>) -> Option<u8> {
    let mut signers = (0_u8..).zip(transaction.keys().iter().zip(transaction.signatures()));
    signers.find_map(|(index, (key, signature))| {
        let signature = ed25519_zebra::Signature::from(*signature);
        let is_good = ed25519_zebra::VerificationKey::try_from(key.to_bytes())
            .is_ok_and(|key| key.verify(&signature, transaction.message()).is_ok());
        (!is_good).then_some(index)
    })
}

fn bad_indices(batch: &[SanitizedTransaction<'_>], keys: &KeyCache) -> Vec<Option<u8>> {
    let results = verify_with(batch, keys);
    assert_eq!(results.len(), batch.len());
    for (result, transaction) in results.iter().zip(batch) {
        if let Ok(verified) = result {
            assert_eq!(verified.signature(), transaction.signature());
        }
    }
    results.iter().map(|result| result.as_ref().err().map(VerifyError::signature_index)).collect()
}

/// All groupings give what the twin gives.
fn check_agrees(transactions: &[Vec<u8>]) {
    let batch: Vec<SanitizedTransaction<'_>> = transactions.iter().map(|bytes| sanitized(bytes)).collect();
    let expected: Vec<Option<u8>> = batch.iter().map(first_bad).collect();
    let cache = KeyCache::new(64);
    assert_eq!(bad_indices(&batch, &KeyCache::disabled()), expected, "all together");
    for size in [1, 2, 3, 7] {
        let pieces = batch.chunks(size).flat_map(|piece| bad_indices(piece, &cache));
        assert_eq!(pieces.collect::<Vec<_>>(), expected, "by {size}");
    }
    assert_eq!(bad_indices(&batch, &cache), expected, "with keys cached");
}

/// A transaction without instructions; `sign` makes the signature of each signer from key and message.
fn transaction(keys: &[[u8; 32]], salt: u8, mut sign: impl FnMut(usize, &[u8]) -> [u8; 64]) -> Vec<u8> {
    let count = u8::try_from(keys.len()).unwrap();
    let mut message = vec![count, 0, 0, count];
    message.extend_from_slice(keys.as_flattened());
    message.extend_from_slice(&[salt; 32]);
    message.push(0);
    let signatures: Vec<u8> = (0..keys.len()).flat_map(|index| sign(index, &message)).collect();
    [&[count], signatures.as_slice(), &message].concat()
}

/// What may be wrong, or odd, about one signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Good,
    /// The key has a component of small order.
    TorsionInKey,
    /// R has one.
    TorsionInR,
    OtherMessage,
    OtherKey,
    ScalarTooLarge,
    RNotOnCurve,
    KeyNotOnCurve,
    RFlipped,
}

const KINDS: [Kind; 9] = [
    Kind::Good,
    Kind::TorsionInKey,
    Kind::TorsionInR,
    Kind::OtherMessage,
    Kind::OtherKey,
    Kind::ScalarTooLarge,
    Kind::RNotOnCurve,
    Kind::KeyNotOnCurve,
    Kind::RFlipped,
];

impl Kind {
    fn is_valid(self) -> bool {
        matches!(self, Self::Good | Self::TorsionInKey | Self::TorsionInR)
    }
}

/// y = 2 is on no point of the curve.
const NOT_ON_CURVE: [u8; 32] = {
    let mut bytes = [0; 32];
    bytes[0] = 2;
    bytes
};

/// The group order, little-endian.
const ORDER: [u8; 32] = {
    let mut bytes = [0; 32];
    let low = 27_742_317_777_372_353_535_851_937_790_883_648_493_u128.to_le_bytes();
    let mut index = 0;
    while index < 16 {
        bytes[index] = low[index];
        index += 1;
    }
    bytes[31] = 0x10;
    bytes
};

fn key_bytes(kind: Kind, seed: u8) -> [u8; 32] {
    let point = ED25519_BASEPOINT_TABLE * &secret(seed);
    match kind {
        Kind::KeyNotOnCurve => NOT_ON_CURVE,
        Kind::TorsionInKey => (point + EIGHT_TORSION[usize::from(seed % 7) + 1]).compress().to_bytes(),
        _ => point.compress().to_bytes(),
    }
}

fn secret(seed: u8) -> Scalar {
    Scalar::from_bytes_mod_order([seed; 32])
}

fn signature(kind: Kind, seed: u8, message: &[u8]) -> [u8; 64] {
    let nonce = Scalar::from_bytes_mod_order_wide(
        &Sha512::new().chain_update([seed]).chain_update(message).finalize().into(),
    );
    let mut r: EdwardsPoint = ED25519_BASEPOINT_TABLE * &nonce;
    if kind == Kind::TorsionInR {
        r += EIGHT_TORSION[usize::from(seed % 7) + 1];
    }
    let r = r.compress().to_bytes();
    let signed = if kind == Kind::OtherMessage { b"another message" } else { message };
    let challenge =
        Sha512::new().chain_update(r).chain_update(key_bytes(kind, seed)).chain_update(signed).finalize();
    let k = Scalar::from_bytes_mod_order_wide(&challenge.into());
    let secret = if kind == Kind::OtherKey { secret(seed ^ 0x55) } else { secret(seed) };
    let mut s = (nonce + k * secret).to_bytes();
    if kind == Kind::ScalarTooLarge {
        let mut carry = 0;
        for (byte, order) in s.iter_mut().zip(ORDER) {
            let sum = u16::from(*byte) + u16::from(order) + carry;
            *byte = u8::try_from(sum & 0xff).unwrap();
            carry = sum >> 8;
        }
    }
    let mut r = if kind == Kind::RNotOnCurve { NOT_ON_CURVE } else { r };
    if kind == Kind::RFlipped {
        r[31] ^= 0x80;
    }
    [r, s].concat().try_into().unwrap()
}

fn transaction_of(kinds: &[(Kind, u8)], salt: u8) -> Vec<u8> {
    let keys: Vec<[u8; 32]> = kinds.iter().map(|(kind, seed)| key_bytes(*kind, *seed)).collect();
    transaction(&keys, salt, |index, message| signature(kinds[index].0, kinds[index].1, message))
}

#[test]
fn each_kind_is_judged_as_it_should_be_and_named() {
    let cases = [
        (Kind::Good, None),
        (Kind::TorsionInKey, None),
        (Kind::TorsionInR, None),
        (Kind::OtherMessage, Some(VerifyError::Mismatch { signature_index: 1 })),
        (Kind::OtherKey, Some(VerifyError::Mismatch { signature_index: 1 })),
        (Kind::RFlipped, Some(VerifyError::Mismatch { signature_index: 1 })),
        (Kind::ScalarTooLarge, Some(VerifyError::ScalarNotCanonical { signature_index: 1 })),
        (Kind::RNotOnCurve, Some(VerifyError::PointNotOnCurve { signature_index: 1 })),
        (Kind::KeyNotOnCurve, Some(VerifyError::KeyNotOnCurve { signature_index: 1 })),
    ];
    for (kind, expected) in cases {
        let bytes = transaction_of(&[(Kind::Good, 1), (kind, 2), (kind, 3)], 0);
        // The third has the same fault, but the same key twice is no transaction.
        let bytes = if kind == Kind::KeyNotOnCurve {
            transaction_of(&[(Kind::Good, 1), (kind, 2)], 0)
        } else {
            bytes
        };
        let results = verify(&[sanitized(&bytes)]);
        assert_eq!(results[0].as_ref().err().copied(), expected, "{kind:?}");
        assert_eq!(kind.is_valid(), expected.is_none());
        check_agrees(&[bytes]);
    }
}

/// All encodings of points of small order, those with y ≥ p included. With s = 0 any two of them are a valid signature
/// of any message under ZIP-215.
fn small_order_encodings() -> Vec<[u8; 32]> {
    let mut encodings: Vec<[u8; 32]> =
        EIGHT_TORSION.iter().map(|point| point.compress().to_bytes()).collect();
    // p = 2^255 − 19 and p + 1 stand for y = 0 and y = 1; the sign of x = 0 may be set, too.
    let low = |first: u8| {
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (first, 0x7f);
        bytes
    };
    let mut one = [0; 32];
    one[0] = 1;
    for bytes in [low(0xed), low(0xee), low(0xec), one] {
        let mut signed = bytes;
        signed[31] |= 0x80;
        encodings.extend([bytes, signed]);
    }
    encodings.sort_unstable();
    encodings.dedup();
    encodings
}

#[test]
fn points_of_small_order_and_odd_encodings_are_accepted_as_zip_215_says() {
    let encodings = small_order_encodings();
    assert_eq!(encodings.len(), 14);
    let mut transactions = Vec::new();
    for key in &encodings {
        for r in &encodings {
            transactions.push(transaction(&[*key], 0, |_, _| [*r, [0; 32]].concat().try_into().unwrap()));
        }
    }
    let batch: Vec<SanitizedTransaction<'_>> = transactions.iter().map(|bytes| sanitized(bytes)).collect();
    assert!(verify(&batch).iter().all(Result::is_ok));
    check_agrees(&transactions);
}

#[test]
fn every_encoding_with_y_above_p_is_judged_as_by_the_twin() {
    let mut transactions = Vec::new();
    for first in 0xed..=0xff {
        for last in [0x7f, 0xff] {
            let mut odd = [0xff; 32];
            (odd[0], odd[31]) = (first, last);
            transactions.push(transaction(&[odd], first, |_, _| [odd, [0; 32]].concat().try_into().unwrap()));
            transactions.push(transaction(&[key_bytes(Kind::Good, first)], first, |_, message| {
                let good = signature(Kind::Good, first, message);
                [&odd, &good[32..]].concat().try_into().unwrap()
            }));
        }
    }
    check_agrees(&transactions);
}

#[test]
fn bad_signatures_are_found_anywhere_in_more_than_one_group() {
    let count = GROUP_COUNT * 2 + 5;
    for bad in
        [vec![], vec![0], vec![count - 1], vec![GROUP_COUNT - 1, GROUP_COUNT], (3..40).collect::<Vec<_>>()]
    {
        let transactions: Vec<Vec<u8>> = (0..count)
            .map(|index| {
                let kind = if bad.contains(&index) { Kind::OtherMessage } else { Kind::Good };
                transaction_of(
                    &[(kind, u8::try_from(index % 50).unwrap() + 1)],
                    u8::try_from(index % 251).unwrap(),
                )
            })
            .collect();
        let batch: Vec<SanitizedTransaction<'_>> =
            transactions.iter().map(|bytes| sanitized(bytes)).collect();
        for results in [verify(&batch), verify_with(&batch, &KeyCache::new(10))] {
            let found: Vec<usize> = (0..count).filter(|index| results[*index].is_err()).collect();
            assert_eq!(found, bad);
        }
    }
}

/// Two faults that cancel when equations are added up without coefficients.
#[test]
fn errors_that_cancel_in_a_plain_sum_are_found() {
    let shifted = |seed: u8, shift: Scalar| {
        transaction(&[key_bytes(Kind::Good, seed)], seed, |_, message| {
            let mut bytes = signature(Kind::Good, seed, message);
            let s = Scalar::from_bytes_mod_order(bytes[32..].try_into().unwrap()) + shift;
            bytes[32..].copy_from_slice(s.as_bytes());
            bytes
        })
    };
    let transactions = [shifted(1, Scalar::ONE), shifted(2, -Scalar::ONE)];
    let batch: Vec<SanitizedTransaction<'_>> = transactions.iter().map(|bytes| sanitized(bytes)).collect();
    assert!(verify(&batch).iter().all(Result::is_err));
}

#[test]
fn no_transactions_give_no_results() {
    assert!(verify(&[]).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_mixture_is_judged_as_by_the_twin(
        mixture in prop::collection::vec(
            prop::collection::vec((prop::sample::select(KINDS.to_vec()), 1_u8..40, any::<bool>()), 1..4),
            1..24,
        ),
    ) {
        let transactions: Vec<Vec<u8>> = (0_u8..)
            .zip(&mixture)
            .map(|(salt, kinds)| {
                // Half of the faults are taken back, so that most groups are neither all good nor all bad.
                let mut kinds: Vec<(Kind, u8)> = kinds
                    .iter()
                    .map(|(kind, seed, is_odd)| (if *is_odd { *kind } else { Kind::Good }, *seed))
                    .collect();
                let mut keys = std::collections::BTreeSet::new();
                kinds.retain(|(kind, seed)| keys.insert(key_bytes(*kind, *seed)));
                transaction_of(&kinds, salt)
            })
            .collect();
        check_agrees(&transactions);
    }
}

/// Version 1 as Solana's client signs it: the message is everything in front of the signatures.
#[test]
fn version_1_is_signed_as_solana_signs_it() {
    use solana_signer::Signer;
    let signers = [1_u8, 2, 3].map(|number| solana_keypair::Keypair::new_from_array([number; 32]));
    let mut keys: Vec<Address> = signers.iter().map(Signer::pubkey).collect();
    keys.push(address(9));
    let unsigned = as_v1(
        legacy_transaction((3, 1, 1), &keys, vec![instruction(3, &[0, 1, 2], &[5; 3_000])]),
        TransactionConfig::empty().with_priority_fee(1),
    );
    let signed = VersionedTransaction::try_new(unsigned.message, &signers.each_ref()).unwrap();
    let good = to_bytes(&signed);
    let mut batch = vec![good.clone()];
    // Another byte of the instruction's data; another of each signature.
    for at in [500, 3_000].into_iter().chain((0..3).map(|index| good.len() - 1 - index * 64 - 40)) {
        let mut bad = good.clone();
        bad[at] ^= 1;
        batch.push(bad);
    }
    check_agrees(&batch);
    let batch: Vec<SanitizedTransaction<'_>> = batch.iter().map(|bytes| sanitized(bytes)).collect();
    let expected = [None, Some(0), Some(0), Some(2), Some(1), Some(0)];
    assert_eq!(bad_indices(&batch, &KeyCache::disabled()), expected);
}
