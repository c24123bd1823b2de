//! Signatures: from a sanitized transaction to a [`VerifiedTransaction`], under one rule, singly or in groups.
//!
//! Input comes from [`sanitize`](mod@super::sanitize), output goes to the scheduler. The rule is ZIP-215: the key A and
//! the point R are any encodings that decode (also of small order, also with y ≥ p), s is below the group order, and
//! 8·(s·B − R − k·A) is the identity, with k = SHA-512(R ‖ A ‖ M). Because of the 8 a sum of valid equations is valid
//! whatever torsion the points carry, so the answer cannot depend on how signatures were grouped.
//!
//! A group is checked as one equation: the sum of all, each multiplied by a 128-bit coefficient z. The coefficients
//! are a hash of every R, A, M and s in the group. Whoever wants a bad signature to pass must find a group whose
//! equations, fixed before the coefficients are known, cancel under them: one try in 2¹²⁸, as if they were random.
//! Where a group fails, its halves are checked with the same coefficients down to the single signature, and that one
//! is judged by its own equation alone.
#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

mod equation;
mod key_cache;

pub use key_cache::KeyCache;

use super::sanitize::SanitizedTransaction;
use equation::{Equation, Group};
use serde::{Deserialize, Serialize};
use std::ops::Deref;
use thiserror::Error;

/// Signatures checked as one equation, at most. One alone costs more than twice as much each, 128 a fifteenth more; four
/// times as many gain nothing, while a bad one then costs more to find.
pub const GROUP_COUNT: usize = 512;

/// A transaction whose signatures are all valid. Only [`verify`] makes one, or who says it [assumes](Self::assume_verified) so.
#[derive(Clone, Copy, Debug)]
pub struct VerifiedTransaction<'b>(SanitizedTransaction<'b>);

/// Why a transaction's signatures are refused: the first bad one, and what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum VerifyError {
    /// The signer's key is not a point of the curve.
    #[error("key {signature_index} signs but is not a point of the curve")]
    KeyNotOnCurve {
        /// Index of the signature, and of its key.
        signature_index: u8,
    },
    /// The first half of the signature is not a point of the curve.
    #[error("signature {signature_index} does not begin with a point of the curve")]
    PointNotOnCurve {
        /// Index of the signature.
        signature_index: u8,
    },
    /// The second half of the signature is not below the group order.
    #[error("the scalar of signature {signature_index} is not below the group order")]
    ScalarNotCanonical {
        /// Index of the signature.
        signature_index: u8,
    },
    /// The signature is not by this key over this message.
    #[error("signature {signature_index} does not match key and message")]
    Mismatch {
        /// Index of the signature.
        signature_index: u8,
    },
}

/// Checks the signatures of `batch`; the results stand in its order.
///
/// Any number of transactions may be given: they are checked in groups of about [`GROUP_COUNT`]
/// signatures, so whoever splits the work over threads gives each a few times that.
#[must_use]
pub fn verify<'b>(batch: &[SanitizedTransaction<'b>]) -> Vec<Result<VerifiedTransaction<'b>, VerifyError>> {
    verify_with(batch, &KeyCache::disabled())
}

/// Like [`verify`], with keys that were decoded before taken from `keys`, and newly decoded ones put there.
///
/// The cache saves about 3.5 µs for each key it holds and never changes an answer. It may be shared by threads.
#[must_use]
pub fn verify_with<'b>(
    batch: &[SanitizedTransaction<'b>],
    keys: &KeyCache,
) -> Vec<Result<VerifiedTransaction<'b>, VerifyError>> {
    let mut results = Vec::with_capacity(batch.len());
    let mut group = Group::default();
    let mut rest = batch;
    while !rest.is_empty() {
        let (now, later) = rest.split_at_checked(group_size(rest)).unwrap_or((rest, &[]));
        verify_group(now, keys, &mut group, &mut results);
        rest = later;
    }
    results
}

/// How many of `transactions`, at least one, make a group of at most about [`GROUP_COUNT`] signatures.
fn group_size(transactions: &[SanitizedTransaction<'_>]) -> usize {
    let mut signature_count = 0_usize;
    let after = |transaction: &SanitizedTransaction<'_>| {
        signature_count = signature_count.saturating_add(transaction.signatures().len());
        signature_count > GROUP_COUNT
    };
    transactions.iter().position(after).unwrap_or(transactions.len()).max(1)
}

fn verify_group<'b>(
    transactions: &[SanitizedTransaction<'b>],
    keys: &KeyCache,
    group: &mut Group,
    results: &mut Vec<Result<VerifiedTransaction<'b>, VerifyError>>,
) {
    group.clear();
    let signers =
        transactions.iter().flat_map(|transaction| transaction.keys().iter().zip(transaction.signatures()));
    group.decode_keys(signers.map(|(key, _)| key.as_array()), keys);

    // The first error of each transaction, by signature index: those found while decoding, then the mismatches.
    let mut errors: Vec<Option<VerifyError>> = vec![None; transactions.len()];
    for (owner, (transaction, error)) in (0_u32..).zip(transactions.iter().zip(&mut errors)) {
        let signers = transaction.keys().iter().zip(transaction.signatures());
        for (signature_index, (key, signature)) in (0_u8..).zip(signers) {
            let decoded = group.decode(key.as_array(), signature, transaction.message(), signature_index);
            match decoded {
                Ok(terms) => group.equations.push(Equation { owner, signature_index, terms }),
                Err(bad) => {
                    *error = Some(bad);
                    break;
                }
            }
        }
    }
    // Equations before a decoding error stand at lower indices, so a mismatch among them comes first.
    group.for_each_mismatch(|equation| {
        let mismatch = VerifyError::Mismatch { signature_index: equation.signature_index };
        if let Some(error) = errors.get_mut(equation.owner as usize) {
            let is_first = error.is_none_or(|other| equation.signature_index < other.signature_index());
            *error = if is_first { Some(mismatch) } else { *error };
        }
    });
    results.extend(transactions.iter().zip(errors).map(|(transaction, error)| match error {
        None => Ok(VerifiedTransaction(*transaction)),
        Some(error) => Err(error),
    }));
}

impl VerifyError {
    /// Which signature is bad.
    #[must_use]
    pub fn signature_index(&self) -> u8 {
        match *self {
            Self::KeyNotOnCurve { signature_index }
            | Self::PointNotOnCurve { signature_index }
            | Self::ScalarNotCanonical { signature_index }
            | Self::Mismatch { signature_index } => signature_index,
        }
    }
}

impl<'b> VerifiedTransaction<'b> {
    /// Takes the signatures for valid without checking them.
    ///
    /// For transactions that this node has verified before, and for measurements that leave signatures out.
    #[must_use]
    pub fn assume_verified(transaction: SanitizedTransaction<'b>) -> Self {
        Self(transaction)
    }

    /// The transaction.
    #[must_use]
    pub fn sanitized(&self) -> &SanitizedTransaction<'b> {
        &self.0
    }
}

impl<'b> Deref for VerifiedTransaction<'b> {
    type Target = SanitizedTransaction<'b>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
