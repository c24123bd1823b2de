//! Which accounts a transaction needs, and to do what: the smallest access list, and what is wrong with the one declared.
//!
//! A transaction, or instructions and their payer, come in; an [`InferredAccess`] goes out. The search itself is
//! `narrow.rs`. Everything runs unsigned and as if on the newest blockhash, so it works for transactions that are still
//! to be signed and for those that have run long ago.
//!
//! What cannot be inferred: an account that no instruction lists. Programs are handed accounts by position and name those
//! they miss by position at best, so neither an address nor its place can be known. Nor signatures: they say who agrees.

use super::draft::{Declarations, Draft, bit};
use super::ground::Ground;
use super::narrow::{Found, Search};
use super::run::{Sandbox, SimulateError, Simulation};
use crate::bug;
use crate::error::Rejection;
use crate::ingest::{SanitizedTransaction, sanitize};
use crate::runtime::Runtime;
use sealane_sdk::Address;
use sealane_sdk::instruction::Instruction;

/// The accounts of a transaction by what it may do with them, each list in the order of its keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessList {
    /// Those it may write, the payer first.
    pub writes: Vec<Address>,
    /// Those it may only read, programs included.
    pub reads: Vec<Address>,
}

/// What became of the transaction as it was declared, and with everything writable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It works as declared. The list was sought among what it declares, and gives the same result.
    WorksAsDeclared,
    /// It fails as declared, and works with the list.
    WorksWithMore,
    /// It fails as declared, and also with every account writable that may be. The list is the smallest that gives
    /// that second failure; none makes the transaction work, unless a program refuses accounts for being writable.
    Fails,
}

/// The smallest access list of a transaction, held against what it declares.
///
/// The effects under the list are those of the run it was sought for (see [`Verdict`]): success or failure and its
/// reason, changes to accounts, return data and nested calls. Units and logs may differ if a program looks at flags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InferredAccess {
    /// How the declarations did.
    pub verdict: Verdict,
    /// The smallest list found.
    pub access: AccessList,
    /// What the transaction does under that list.
    pub simulation: Simulation,
    /// Declared writable; it is enough to read them.
    pub too_wide: Vec<Address>,
    /// Declared, and can be left out: no instruction names them, and nothing misses them. Signers are never among them.
    pub unused: Vec<Address>,
    /// Declared read-only; the transaction must be allowed to write them.
    pub too_narrow: Vec<Address>,
    /// Whether each declaration of the list is known to be needed: without it, all else the same, the effects are others.
    /// False only if a program looks at the flags so cunningly that the search had to stop.
    pub is_minimal: bool,
    /// Runs it took, at most 5 a key and 3.
    pub run_count: usize,
    /// The transaction with that list in the wire format, to be signed: its signatures are zero.
    pub transaction: Vec<u8>,
}

impl Runtime {
    /// The smallest access list of the transaction in `bytes`, and what is too wide or too narrow in its own, in a block
    /// at `unix_time` seconds. Signatures, blockhash and earlier runs do not matter. The ledger stays as it is.
    ///
    /// # Errors
    /// [`SimulateError`]: it is rejected whatever it declares (malformed, or its payer cannot pay), the time lies before
    /// the last block's, or this node is at fault. A transaction that fails is [`Verdict::Fails`].
    pub fn infer_access(&self, bytes: &[u8], unix_time: i64) -> Result<InferredAccess, SimulateError> {
        bug::caught(|| {
            let nonce = |transaction: &SanitizedTransaction<'_>| self.replay.required_nonce(transaction);
            infer_access(self.ground(unix_time)?, bytes, nonce)
        })
    }

    /// The same for `instructions` paid by `payer`. What they say of signers is taken as it is; what they say of writable
    /// accounts is what the answer calls declared.
    ///
    /// # Errors
    /// As [`Self::infer_access`]; instructions that do not fit a transaction are malformed.
    pub fn infer_instructions(
        &self,
        payer: &Address,
        instructions: &[Instruction],
        unix_time: i64,
    ) -> Result<InferredAccess, SimulateError> {
        bug::caught(|| {
            let blockhash = self.last_hash().to_bytes();
            let (draft, declared) = Draft::of_instructions(payer, instructions, blockhash)?;
            infer(self.ground(unix_time)?, draft, declared, 0)
        })
    }
}

/// As [`Runtime::infer_access`], on `ground`; `nonce` says which key the transaction's age alone needs to be writable.
pub(super) fn infer_access(
    ground: Ground<'_>,
    bytes: &[u8],
    nonce: impl FnOnce(&SanitizedTransaction<'_>) -> Option<u8>,
) -> Result<InferredAccess, SimulateError> {
    let transaction = sanitize(bytes).map_err(Rejection::from)?;
    let (draft, declared) = Draft::of_transaction(&transaction);
    let nonce = nonce(&transaction).map_or(0, |index| bit(usize::from(index)));
    infer(ground, draft, declared, nonce)
}

/// `nonce` has the bit of the key that the transaction's age alone needs to be writable.
fn infer(
    ground: Ground<'_>,
    draft: Draft,
    declared: Declarations,
    nonce: u64,
) -> Result<InferredAccess, SimulateError> {
    let widest = Declarations { listed: draft.all(), writable: draft.may_be_written() };
    let required = (bit(0) | nonce) & widest.writable;
    let mut search = Search::new(Sandbox::new(ground)?, draft, required);
    let as_declared = search.run(declared)?;
    let (verdict, start) = if as_declared.receipt.body.succeeded() {
        (Verdict::WorksAsDeclared, Found { declarations: declared, simulation: as_declared })
    } else {
        let simulation = search.run(widest)?;
        let works = simulation.receipt.body.succeeded();
        let verdict = if works { Verdict::WorksWithMore } else { Verdict::Fails };
        (verdict, Found { declarations: widest, simulation })
    };
    let (found, is_minimal) = search.narrow(start)?;
    Ok(answer(&search, declared, verdict, found, is_minimal))
}

fn answer(
    search: &Search<'_>,
    declared: Declarations,
    verdict: Verdict,
    found: Found,
    is_minimal: bool,
) -> InferredAccess {
    let Found { declarations, simulation } = found;
    let Declarations { listed, writable } = declarations;
    let keys = &search.draft.keys;
    let addresses = |mask: u64| -> Vec<Address> {
        let set = keys.iter().enumerate().filter(|(index, _)| mask & bit(*index) != 0);
        set.map(|(_, key)| *key).collect()
    };
    InferredAccess {
        verdict,
        access: AccessList { writes: addresses(writable), reads: addresses(listed & !writable) },
        simulation,
        too_wide: addresses(declared.writable & listed & !writable),
        unused: addresses(declared.listed & !listed),
        too_narrow: addresses(writable & !declared.writable),
        is_minimal,
        run_count: search.run_count,
        transaction: search.draft.encode(declarations),
    }
}
