//! Judges inferred access lists by brute force: every other choice of writable accounts is tried.

use crate::user::{MessageVersion, from_bytes, message_paid_by, to_bytes, version_of};
use sealane_runtime::Runtime;
use sealane_runtime::ledger::AccountChange;
use sealane_runtime::outcome::Failure;
use sealane_runtime::simulate::{InferredAccess, SimulateOptions, Simulation, Verdict};
use sealane_sdk::Address;
use sealane_sdk::ids::{recent_blockhashes, system_program};
use sealane_sdk::instruction::{AccountMeta, Instruction};
use solana_transaction::versioned::VersionedTransaction;
use std::collections::BTreeSet;

/// Most accounts of which every choice is tried.
const MAX_CHOICE_COUNT: usize = 8;

/// What two runs of a transaction must agree in, told by addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effects {
    failure: Option<Failure>,
    return_data: Option<(Address, Vec<u8>)>,
    changes: Vec<AccountChange>,
    calls: Vec<(u8, u8, Vec<Address>, Vec<u8>)>,
}

impl Effects {
    /// Those of a simulation.
    #[must_use]
    pub fn of(simulation: &Simulation) -> Self {
        let body = simulation.receipt.body.clone();
        let mut failure = body.failure;
        if let Some(Failure::BelowRentExemption { account_index, .. }) = &mut failure {
            *account_index = 0;
        }
        let mut changes = simulation.changes.clone();
        changes.sort_by_key(|(address, _)| *address);
        let calls = body.inner_calls.into_iter().map(|call| {
            let program = std::iter::once(call.program_index);
            let indices = program.chain(call.accounts).map(usize::from);
            let addresses = indices.map(|index| simulation.keys[index]).collect();
            (call.instruction_index, call.stack_height, addresses, call.data)
        });
        Self { failure, return_data: body.return_data, changes, calls: calls.collect() }
    }
}

/// The payer and the instructions of a transaction, with what the message says of signers; nothing is writable.
#[must_use]
pub fn instructions_of(bytes: &[u8]) -> (Address, Vec<Instruction>) {
    let message = from_bytes(bytes).message;
    let keys = message.static_account_keys();
    let signer_count = usize::from(message.header().num_required_signatures);
    let meta = |index: &u8| {
        let index = usize::from(*index);
        AccountMeta { pubkey: keys[index], is_signer: index < signer_count, is_writable: false }
    };
    let instructions = message.instructions().iter().map(|instruction| Instruction {
        program_id: keys[usize::from(instruction.program_id_index)],
        accounts: instruction.accounts.iter().map(meta).collect(),
        data: instruction.data.clone(),
    });
    (keys[0], instructions.collect())
}

/// What `instructions` do in a transaction of this version if exactly `writes`, and the payer, are declared writable.
///
/// # Panics
/// If they are rejected.
#[must_use]
pub fn effects_with(
    ledger: &Runtime,
    unix_time: i64,
    payer: &Address,
    instructions: &[Instruction],
    version: MessageVersion,
    writes: &BTreeSet<Address>,
) -> Effects {
    let mut instructions = instructions.to_vec();
    for account in instructions.iter_mut().flat_map(|instruction| &mut instruction.accounts) {
        account.is_writable = writes.contains(&account.pubkey);
    }
    let message = message_paid_by(&instructions, payer, ledger.last_hash(), version);
    let transaction = to_bytes(&VersionedTransaction::new_unsigned(message));
    let simulated = ledger.simulate(&transaction, SimulateOptions::unchecked(unix_time));
    Effects::of(&simulated.unwrap_or_else(|error| panic!("it ran with other declarations: {error}")))
}

/// Checks that `inferred` agrees with itself and with what `bytes` declares, that its transaction does what it says, and
/// that no smaller choice of writable accounts has the same effects. Gives how many choices were tried.
///
/// # Panics
/// If something is wrong.
pub fn check_inferred(ledger: &Runtime, unix_time: i64, bytes: &[u8], inferred: &InferredAccess) -> usize {
    let options = SimulateOptions::unchecked(unix_time);
    let again = ledger.simulate(&inferred.transaction, options).expect("the inferred transaction runs");
    assert_eq!(again, inferred.simulation, "its transaction does what it says");
    let as_declared = ledger.simulate(bytes, options).expect("the transaction runs");
    let works = again.receipt.body.succeeded();
    match inferred.verdict {
        Verdict::WorksAsDeclared => {
            assert!(as_declared.receipt.body.succeeded());
            assert_eq!(Effects::of(&as_declared), Effects::of(&again));
            assert_eq!(inferred.too_narrow, [], "what works declares enough");
        }
        Verdict::WorksWithMore => assert!(works && !as_declared.receipt.body.succeeded()),
        Verdict::Fails => assert!(!works && !as_declared.receipt.body.succeeded()),
    }
    assert!(inferred.is_minimal);
    assert!(inferred.run_count <= 5 * as_declared.keys.len() + 3, "{} runs", inferred.run_count);
    check_keys(bytes, inferred);

    let (payer, instructions) = instructions_of(bytes);
    let (first, writes) = inferred.access.writes.split_first().expect("the payer is written");
    assert_eq!(*first, payer);
    let mentioned = instructions.iter().flat_map(|instruction| {
        let accounts = instruction.accounts.iter().map(|account| account.pubkey);
        accounts.chain([instruction.program_id])
    });
    let mentioned: BTreeSet<Address> = mentioned.chain([payer]).collect();
    let is_mentioned = |address: &Address| mentioned.contains(address);
    // A transaction made of instructions lists nothing else.
    if writes.len() > MAX_CHOICE_COUNT || !again.keys.iter().all(is_mentioned) {
        return 0;
    }
    let nonce = durable_nonce(ledger, bytes, &instructions);
    let (version, effects) = (version_of(bytes), Effects::of(&again));
    let choice_count = 1_usize << writes.len();
    for choice in 0..choice_count {
        let chosen = writes.iter().enumerate().filter(|(index, _)| choice >> index & 1 == 1);
        let chosen: BTreeSet<Address> = chosen.map(|(_, address)| *address).chain(nonce).collect();
        let is_same = effects_with(ledger, unix_time, &payer, &instructions, version, &chosen) == effects;
        assert_eq!(is_same, chosen.len() == writes.len(), "of {writes:?} only {chosen:?}");
    }
    choice_count
}

/// The account that the ledger must be able to write if the transaction names no recent blockhash: the nonce that its
/// first instruction advances.
fn durable_nonce(ledger: &Runtime, bytes: &[u8], instructions: &[Instruction]) -> Option<Address> {
    let first = instructions.first()?;
    let is_advance = first.program_id == system_program::ID && first.data.starts_with(&4_u32.to_le_bytes());
    let blockhash = *from_bytes(bytes).message.recent_blockhash();
    // The sysvar says what was recent in the last block: all but the newest.
    let sysvar = ledger.account(&recent_blockhashes::ID).ok()??;
    let is_listed = sysvar.data[8..].chunks(40).any(|entry| entry[..32] == *blockhash.as_ref());
    let is_recent = is_listed || blockhash == ledger.last_hash();
    (is_advance && !is_recent).then(|| first.accounts.first().map(|account| account.pubkey))?
}

/// Every key is in the list or unused, and the verdicts on keys follow from the two lists.
fn check_keys(bytes: &[u8], inferred: &InferredAccess) {
    let message = from_bytes(bytes).message;
    let set = |addresses: &[Address]| addresses.iter().copied().collect::<BTreeSet<_>>();
    let keys = set(message.static_account_keys());
    let (writes, reads) = (set(&inferred.access.writes), set(&inferred.access.reads));
    let (unused, too_wide) = (set(&inferred.unused), set(&inferred.too_wide));
    assert_eq!(keys.len(), writes.len() + reads.len() + unused.len(), "no key is in two of them");
    assert_eq!(keys, &(&writes | &reads) | &unused, "and every key in one");
    let locks = sealane_runtime::ingest::sanitize(bytes).map(|it| sealane_runtime::ingest::write_locks(&it));
    let locks = locks.expect("a transaction");
    let positions = message.static_account_keys().iter().enumerate();
    let declared = positions.filter(|(index, _)| locks >> index & 1 == 1);
    let declared: BTreeSet<Address> = declared.map(|(_, key)| *key).collect();
    assert_eq!(too_wide, &(&declared - &writes) - &unused);
    assert_eq!(set(&inferred.too_narrow), &writes - &declared);
}
