//! One transaction as the next block would run it, and then forgotten.
//!
//! The way is the block's own, with the same functions: sanitize, verify, admit, intern, load, and the serial executor on a
//! block of one. What comes out goes to whoever asked; the store is never written.

use super::ground::Ground;
use crate::balances::Balances;
use crate::bug;
use crate::checked::verify_one;
use crate::error::{Fatal, Rejection};
use crate::execute::load::{BlockAccounts, Interned};
use crate::execute::observe::Observer;
use crate::execute::programs::Programs;
use crate::execute::recycle::Recycled;
use crate::execute::{AdmittedBlock, Prepared, run::Worker};
use crate::ingest::{Age, KeyCache, ReplayError, SanitizedTransaction, VerifiedTransaction};
use crate::ledger::AccountChange;
use crate::outcome::Outcome;
use crate::prepare::Parsed;
use crate::receipt::Receipt;
use crate::runtime::{Observation, Runtime, Signatures};
use sealane_sdk::Address;
use sealane_vm::{InstancePolicy, Instances, Sysvars, TraceEntry};
use std::slice;
use std::time::Duration;

/// How a transaction is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimulateOptions {
    /// Unix time of the block it would be in, in seconds; not before the last block's.
    pub unix_time: i64,
    /// Whether its signatures are checked. Those it should have are charged for either way.
    pub signatures: Signatures,
    /// Whether its blockhash is.
    pub freshness: Freshness,
}

impl SimulateOptions {
    /// Everything is checked, as in a block at `unix_time`.
    #[must_use]
    pub const fn checked(unix_time: i64) -> Self {
        Self { unix_time, signatures: Signatures::Verify, freshness: Freshness::Check }
    }

    /// Neither signatures nor the blockhash are checked: for transactions that are not signed yet, or have run before.
    #[must_use]
    pub const fn unchecked(unix_time: i64) -> Self {
        Self { unix_time, signatures: Signatures::Skip, freshness: Freshness::Replace }
    }
}

/// Whether a simulated transaction must be fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It must name a recent blockhash or a durable nonce, and not have run before.
    Check,
    /// It runs as if it named the newest blockhash. A durable nonce it advances is advanced as by any instruction.
    Replace,
}

/// What a transaction would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// Its receipt, logs included, exactly as the next block would record it if it held nothing else.
    pub receipt: Receipt,
    /// The transaction's keys: what indices in the receipt mean.
    pub keys: Vec<Address>,
    /// The accounts that would be other than they are, in the order of the keys; `None` for one that would be gone. The
    /// fee is taken from the payer, but not yet given to a collector.
    pub changes: Vec<AccountChange>,
    /// The accounts that were handed to a call, or called, or paid, in the order of the keys.
    pub touched: Vec<Address>,
}

/// Why a transaction cannot be simulated.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// The next block would reject it.
    #[error("rejected: {0}")]
    Rejected(#[from] Rejection),
    /// The next block cannot have that time.
    #[error("the time {unix_time} is before the last block's, {parent_unix_time}")]
    TimeRunsBackwards {
        /// The time asked for, in unix seconds.
        unix_time: i64,
        /// The last block's.
        parent_unix_time: i64,
    },
    /// A fault of this node.
    #[error("fatal: {0}")]
    Fatal(#[from] Fatal),
}

impl Runtime {
    /// Runs the transaction in `bytes` as the next block would, if it held nothing else. The ledger stays as it is.
    ///
    /// # Errors
    /// [`SimulateError`]: the transaction is rejected, the time lies before the last block's, or this node is at fault. A
    /// transaction that runs and fails is a [`Simulation`] whose receipt says so.
    pub fn simulate(&self, bytes: &[u8], options: SimulateOptions) -> Result<Simulation, SimulateError> {
        bug::caught(|| {
            let check = |transaction: &SanitizedTransaction<'_>| self.replay.check(transaction);
            simulate(self.ground(options.unix_time)?, bytes, options, &self.keys, check)
        })
    }
}

/// Runs the transaction in `bytes` on `ground`; `check` says whether it is fresh.
pub(super) fn simulate(
    ground: Ground<'_>,
    bytes: &[u8],
    options: SimulateOptions,
    keys: &KeyCache,
    check: impl FnOnce(&SanitizedTransaction<'_>) -> Result<Age, ReplayError>,
) -> Result<Simulation, SimulateError> {
    Sandbox::new(ground)?.run_checked(bytes, options, keys, check)
}

/// The block that would come next, for one transaction after another, each as if it were the only one.
#[derive(Debug)]
pub(super) struct Sandbox<'g> {
    ground: Ground<'g>,
    /// Its own, since those of a runtime belong to whoever makes blocks; what is compiled is shared by all.
    programs: Programs,
    instances: Instances,
    trace: Vec<TraceEntry>,
}

impl<'g> Sandbox<'g> {
    pub(super) fn new(ground: Ground<'g>) -> Result<Self, SimulateError> {
        let instances = Instances::new(ground.instances);
        Ok(Self { ground, programs: Programs::new()?, instances, trace: Vec::new() })
    }

    /// The same, with programs that `programs` holds or compiles, on instances that nothing else uses.
    pub(super) fn with_programs(self, programs: Programs) -> Self {
        Self { programs, instances: Instances::new(InstancePolicy::Fresh), ..self }
    }

    /// Runs the transaction in `bytes`, with what `options` say checked before.
    pub(super) fn run_checked(
        &mut self,
        bytes: &[u8],
        options: SimulateOptions,
        keys: &KeyCache,
        check: impl FnOnce(&SanitizedTransaction<'_>) -> Result<Age, ReplayError>,
    ) -> Result<Simulation, SimulateError> {
        let parsed = Parsed::new(bytes)?;
        let transaction = match options.signatures {
            Signatures::Skip => VerifiedTransaction::assume_verified(parsed.transaction),
            Signatures::Verify => verify_one(&parsed.transaction, keys)?,
        };
        let age = match options.freshness {
            Freshness::Check => check(&transaction).map_err(Rejection::from)?,
            Freshness::Replace => Age::Recent,
        };
        self.run(&parsed.prepared(transaction), age)
    }

    /// Every call of the transaction that ran last, in order.
    pub(super) fn trace(&self) -> &[TraceEntry] {
        &self.trace
    }

    /// Runs the transaction in `bytes` with neither signatures nor blockhash checked.
    pub(super) fn run_unchecked(&mut self, bytes: &[u8]) -> Result<Simulation, SimulateError> {
        let parsed = Parsed::new(bytes)?;
        let transaction = VerifiedTransaction::assume_verified(parsed.transaction);
        self.run(&parsed.prepared(transaction), Age::Recent)
    }

    fn run(&mut self, prepared: &Prepared<'_>, age: Age) -> Result<Simulation, SimulateError> {
        let Ground { store, workers, ref sysvars, balances, .. } = self.ground;
        let (one, ages) = (slice::from_ref(prepared), [age]);
        let block = AdmittedBlock::new(one, &ages);
        let interned = Interned::new(one);
        let mut cpu = Duration::default();
        let (programs, recycled) = (&mut self.programs, Recycled::new(1));
        let accounts =
            BlockAccounts::load(&interned, store, &sysvars.accounts, programs, &recycled, workers, &mut cpu)?;
        let instances = std::mem::take(&mut self.instances);
        // On a worker: programs count on its large stack.
        let executed = workers.install(|| execute(&accounts, block, &sysvars.values, instances, balances));
        (self.instances, self.trace) = (executed.instances, executed.trace);
        let mut changes = accounts.into_changes(workers, &mut cpu).changes;
        let mut differs = Vec::with_capacity(changes.len());
        for (address, account) in &changes {
            // What was changed back, or rolled back, is no change.
            differs.push(store.account(address).map_err(Fatal::from)? != *account);
        }
        let mut differs = differs.into_iter();
        changes.retain(|_| differs.next() == Some(true));
        let keys = prepared.transaction.keys().to_vec();
        let is_touched = |index: usize| executed.touched >> index & 1 == 1;
        let touched = (0..keys.len()).filter(|index| is_touched(*index)).map(|index| keys[index]).collect();
        match executed.outcome {
            Outcome::Executed(receipt) => Ok(Simulation { receipt, keys, changes, touched }),
            Outcome::Rejected(rejection) => Err(rejection.into()),
        }
    }
}

/// What running one transaction gave.
struct Executed {
    outcome: Outcome,
    /// Bit `i` is set if key `i` was touched.
    touched: u64,
    instances: Instances,
    trace: Vec<TraceEntry>,
}

/// Runs a block of one on one worker, which notes what was touched.
fn execute<'b>(
    accounts: &'b BlockAccounts<'b>,
    block: AdmittedBlock<'b>,
    sysvars: &'b Sysvars,
    instances: Instances,
    balances: Balances,
) -> Executed {
    let observer = Observer::crew(Observation::On, 1).pop().flatten();
    let mut worker = Worker::new(instances, sysvars, observer).recording(balances);
    let outcome = worker.run(accounts, block, 0);
    let note = worker.observer.as_ref().and_then(|observer| observer.notes.first());
    let touched = note.map_or(0, |note| note.touched);
    let trace = worker.trace().to_vec();
    Executed { outcome, touched, instances: worker.into_instances(), trace }
}
