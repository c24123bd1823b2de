//! The search for the smallest declarations under which a transaction has the same effects.
//!
//! In comes a draft with declarations that give the effects; out go the narrowest found. Nothing is concluded from what
//! an account looks like afterwards: only a run decides whether a declaration is needed, since a program may ask for the
//! right to write and then not write, or write what stood there before.
//!
//! First *widening*: only what was changed is declared writable; whoever is then refused an account says which, and that
//! one is declared as well, until nothing new is asked for. If programs themselves look at the flags, this may end
//! nowhere, and the search goes on from the declarations it was given. Then *reducing*: each declaration that is left is
//! taken away by itself, and stays away if the effects are the same; until each has been tried against all the others.

use super::draft::{Declarations, Draft, bit};
use super::run::{Sandbox, SimulateError, Simulation};
use crate::ledger::AccountChange;
use crate::outcome::Failure;
use sealane_sdk::Address;
use sealane_vm::{CallError, Privilege, Rule};
use std::collections::VecDeque;

/// Most runs of a search over `key_count` keys: two before narrowing, one and one a key to widen, and four a key to
/// reduce. Reducing `c` declarations, `d` of which can go, takes at most `2c − d` runs where programs do not look at the
/// flags, and a key has at most two.
pub(super) const fn max_run_count(key_count: usize) -> usize {
    2 + (1 + key_count) + 4 * key_count
}

/// Runs of one draft under different declarations.
#[derive(Debug)]
pub(super) struct Search<'r> {
    sandbox: Sandbox<'r>,
    pub(super) draft: Draft,
    /// The keys that the ledger itself must be able to write, whatever the programs do.
    required: u64,
    pub(super) run_count: usize,
}

/// Declarations, and what the transaction does under them.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) declarations: Declarations,
    pub(super) simulation: Simulation,
}

/// What must stay the same. Compute units and logs need not: programs may look at flags and say so.
#[derive(Debug, PartialEq, Eq)]
struct Effects {
    failure: Option<Failure>,
    return_data: Option<(Address, Vec<u8>)>,
    /// By address: the order of keys changes with their declarations.
    changes: Vec<AccountChange>,
    calls: Vec<Call>,
}

/// A nested call, told by addresses.
#[derive(Debug, PartialEq, Eq)]
struct Call {
    instruction_index: u8,
    stack_height: u8,
    program: Address,
    accounts: Vec<Address>,
    data: Vec<u8>,
}

/// Something that might not need to be declared.
#[derive(Clone, Copy, Debug)]
enum Reduction {
    /// The key is read, not written.
    ReadOnly(usize),
    /// The key is not listed.
    LeftOut(usize),
}

impl<'r> Search<'r> {
    pub(super) fn new(sandbox: Sandbox<'r>, draft: Draft, required: u64) -> Self {
        Self { sandbox, draft, required, run_count: 0 }
    }

    /// What the transaction does with these declarations.
    pub(super) fn run(&mut self, declarations: Declarations) -> Result<Simulation, SimulateError> {
        self.run_count += 1;
        self.sandbox.run_unchecked(&self.draft.encode(declarations))
    }

    /// The narrowest declarations within those of `start` that have its effects; and whether every single one that is left
    /// was found to be needed, which only a program that looks at the flags can prevent.
    pub(super) fn narrow(&mut self, start: Found) -> Result<(Found, bool), SimulateError> {
        let effects = Effects::of(&start.simulation);
        let found = self.widen(&start, &effects)?.unwrap_or(start);
        self.reduce(found, &effects)
    }

    fn widen(&mut self, start: &Found, effects: &Effects) -> Result<Option<Found>, SimulateError> {
        let changed = start.simulation.changes.iter().map(|(address, _)| self.bit_of(address));
        let sure = changed.fold(self.required, |mask, bit| mask | bit);
        let Declarations { listed, writable } = start.declarations;
        let mut declarations = Declarations { listed, writable: writable & sure };
        loop {
            let simulation = self.run(declarations)?;
            if Effects::of(&simulation) == *effects {
                return Ok(Some(Found { declarations, simulation }));
            }
            let refused = refused_write(&simulation).map_or(0, |address| self.bit_of(&address));
            let new = refused & writable & !declarations.writable;
            if new == 0 {
                return Ok(None);
            }
            declarations.writable |= new;
        }
    }

    fn reduce(&mut self, mut found: Found, effects: &Effects) -> Result<(Found, bool), SimulateError> {
        let mut untried = self.reductions(found.declarations);
        let mut needed_count = 0;
        while needed_count < untried.len() {
            if self.run_count >= max_run_count(self.draft.keys.len()) {
                return Ok((found, false));
            }
            let Some(reduction) = untried.pop_front() else { break };
            let Some(declarations) = reduction.of(found.declarations) else { continue };
            let simulation = self.run(declarations)?;
            if Effects::of(&simulation) == *effects {
                found = Found { declarations, simulation };
                needed_count = 0;
            } else {
                untried.push_back(reduction);
                needed_count += 1;
            }
        }
        Ok((found, true))
    }

    fn reductions(&self, declarations: Declarations) -> VecDeque<Reduction> {
        let keys = 0..self.draft.keys.len();
        let unmentioned = self.draft.unmentioned() & declarations.listed;
        let read_only = declarations.writable & !self.required;
        let left_out = keys.clone().filter(|index| unmentioned & bit(*index) != 0).map(Reduction::LeftOut);
        let read_only = keys.filter(|index| read_only & bit(*index) != 0).map(Reduction::ReadOnly);
        left_out.chain(read_only).collect()
    }

    fn bit_of(&self, address: &Address) -> u64 {
        self.draft.keys.iter().position(|key| key == address).map_or(0, bit)
    }
}

impl Reduction {
    /// The declarations without this one; `None` if it is gone already.
    fn of(self, declarations: Declarations) -> Option<Declarations> {
        let Declarations { listed, writable } = declarations;
        match self {
            Self::ReadOnly(index) => {
                let bit = bit(index);
                (writable & bit != 0).then_some(Declarations { listed, writable: writable & !bit })
            }
            Self::LeftOut(index) => {
                let bit = bit(index);
                let without = Declarations { listed: listed & !bit, writable: writable & !bit };
                (listed & bit != 0).then_some(without)
            }
        }
    }
}

impl Effects {
    fn of(simulation: &Simulation) -> Self {
        let Simulation { receipt, keys, changes, .. } = simulation;
        let body = &receipt.body;
        let mut changes = changes.clone();
        changes.sort_unstable_by_key(|(address, _)| *address);
        let address = |index: &u8| keys[usize::from(*index)];
        let calls = body.inner_calls.iter().map(|call| Call {
            instruction_index: call.instruction_index,
            stack_height: call.stack_height,
            program: address(&call.program_index),
            accounts: call.accounts.iter().map(address).collect(),
            data: call.data.clone(),
        });
        let failure = body.failure.clone().map(|failure| match failure {
            Failure::BelowRentExemption { account, .. } => {
                Failure::BelowRentExemption { account_index: 0, account }
            }
            other => other,
        });
        Self { failure, return_data: body.return_data.clone(), changes, calls: calls.collect() }
    }
}

/// The account that a call was not allowed to write, or to pass on as writable.
fn refused_write(simulation: &Simulation) -> Option<Address> {
    let Some(Failure::Call { error, .. }) = &simulation.receipt.body.failure else { return None };
    match *error {
        CallError::Rule {
            rule: Rule::ReadOnlyLamports | Rule::ReadOnlyData | Rule::ReadOnlyOwner,
            account,
        }
        | CallError::PrivilegeEscalation { privilege: Privilege::Writable, account } => Some(account),
        _ => None,
    }
}
