//! The pipeline: bytes of transactions come in, a committed block goes out. Read this file first.
//!
//! ```text
//! bytes ── sanitize ──▶ Parsed ── verify ──▶ Prepared ── intern, schedule ──▶ PreparedBlock
//!    ── admit ──▶ Admitted ── load ──▶ BlockAccounts ── execute ──▶ Outcome ── seal ──▶ Block ── commit
//! ```
//!
//! The first line needs the bytes alone (`prepare.rs`): it may be taken while the blocks before still execute.
//!
//! Nothing lasts before the store's commit at the end: whatever goes wrong on the way leaves the ledger as it was.

use crate::bug;
use crate::checked::CheckedTransaction;
use crate::error::{BlockError, Fatal, Rejection};
use crate::execute::load::BlockAccounts;
use crate::execute::observe::{Notes, Observer};
use crate::execute::{AdmittedBlock, run::Worker};
use crate::explain::BlockObservation;
use crate::ingest::Age;
use crate::ledger::{Block, BlockHeader};
use crate::outcome::Outcomes;
use crate::prefetch;
use crate::prepare::{Means, PreparedBlock};
use crate::runtime::{Execution, Runtime, Signatures};
use crate::schedule::Schedule;
use crate::seal::{self, Sealed};
use crate::serial;
use crate::stages::{StageTimes, timed};
use sealane_sdk::instruction::Hash;
use sealane_vm::Sysvars;
use std::sync::Arc;

/// How many transactions ahead their signatures are fetched, where one after another is admitted.
const AHEAD_COUNT: usize = 8;

/// Most transactions a block may hold.
pub const MAX_BLOCK_TRANSACTIONS: usize = 1 << 20;

/// A block that was executed and committed.
#[derive(Debug)]
pub struct ExecutedBlock {
    /// The block as it is recorded; whoever writes it down or reads it meanwhile shares it.
    pub block: Arc<Block>,
    /// Its hash: the newest recent blockhash.
    pub hash: Hash,
    /// The transactions that were left out, by their index in the input, and why.
    pub rejected: Vec<(usize, Rejection)>,
    /// Transactions on the longest chain of dependencies.
    pub critical_path_count: usize,
    /// CPU time by stage.
    pub stages: StageTimes,
    /// What the workers noted, if the runtime was told to observe.
    pub observation: Option<BlockObservation>,
}

/// What to do about rejected transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rejections {
    /// The block is being made: they are left out.
    LeaveOut,
    /// The block is somebody's: it is refused with the first of them.
    Refuse,
}

impl Runtime {
    /// Makes the next block of `transactions`, in the order given, and commits it. Rejected ones are left out.
    ///
    /// # Errors
    /// [`BlockError::TimeRunsBackwards`], [`BlockError::TooLarge`], [`BlockError::Fatal`]; nothing has then changed.
    pub fn produce_block<T: AsRef<[u8]> + Sync>(
        &mut self,
        unix_time: i64,
        transactions: &[T],
    ) -> Result<ExecutedBlock, BlockError> {
        self.all_or_nothing(|runtime| {
            runtime.check_bounds(unix_time, transactions.len())?;
            let prepared = runtime.prepare(transactions, runtime.config.signatures);
            runtime.execute_block(unix_time, prepared, Rejections::LeaveOut, None)
        })
    }

    /// As [`Self::produce_block`], of transactions whose signatures were verified before; those alone are not checked again.
    ///
    /// # Errors
    /// As [`Self::produce_block`].
    pub fn produce_checked(
        &mut self,
        unix_time: i64,
        transactions: &[&CheckedTransaction],
    ) -> Result<ExecutedBlock, BlockError> {
        self.all_or_nothing(|runtime| {
            runtime.check_bounds(unix_time, transactions.len())?;
            let prepared = runtime.prepare(transactions, Signatures::Skip);
            runtime.execute_block(unix_time, prepared, Rejections::LeaveOut, None)
        })
    }

    /// As [`Self::produce_block`], of transactions that a [`Preparer`](crate::Preparer) of this runtime has prepared: the same
    /// block comes of it.
    ///
    /// # Errors
    /// As [`Self::produce_block`].
    pub fn produce_prepared(
        &mut self,
        unix_time: i64,
        prepared: PreparedBlock<'_>,
    ) -> Result<ExecutedBlock, BlockError> {
        // As a whole on the workers, so that no thread more than those is busy with this block and the next.
        let workers = Arc::clone(&self.workers);
        workers.install(|| {
            self.all_or_nothing(|runtime| {
                runtime.check_bounds(unix_time, prepared.input_count)?;
                runtime.execute_block(unix_time, prepared, Rejections::LeaveOut, None)
            })
        })
    }

    /// Executes a block that somebody else made, checks everything it says, and commits it.
    ///
    /// # Errors
    /// [`BlockError`]: it does not follow the last block, holds a rejected transaction, or says something else than its
    /// execution gives. Nothing has then changed.
    pub fn replay_block(&mut self, block: &Block) -> Result<ExecutedBlock, BlockError> {
        self.check_follows(&block.header)?;
        let transactions: Vec<&[u8]> = block.transactions.iter().collect();
        let unix_time = block.header.unix_time;
        self.all_or_nothing(|runtime| {
            runtime.check_bounds(unix_time, transactions.len())?;
            let prepared = runtime.prepare(&transactions, runtime.config.signatures);
            runtime.execute_block(unix_time, prepared, Rejections::Refuse, Some(block))
        })
    }

    /// Runs `work`, which makes a block; if it fails, what it changed in memory is taken back.
    fn all_or_nothing(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<ExecutedBlock, BlockError>,
    ) -> Result<ExecutedBlock, BlockError> {
        let result = bug::caught(|| work(self));
        if result.is_err() {
            self.drop_uncommitted();
        }
        result
    }

    /// Checks the transactions as far as their bytes allow, on the runtime's own workers.
    fn prepare<'b, T: AsRef<[u8]> + Sync>(
        &self,
        bytes: &'b [T],
        signatures: Signatures,
    ) -> PreparedBlock<'b> {
        let (workers, keys) = (&self.workers, &*self.keys);
        PreparedBlock::new(bytes, Means { workers, keys, signatures }, self.schedules.take())
    }

    fn execute_block(
        &mut self,
        unix_time: i64,
        mut prepared: PreparedBlock<'_>,
        rejections: Rejections,
        expected: Option<&Block>,
    ) -> Result<ExecutedBlock, BlockError> {
        let mut stages = prepared.stages;
        let mut rejected = std::mem::take(&mut prepared.rejected);
        self.workers.take_chunks_cpu();

        let sysvars = self.next_sysvars(unix_time);
        let ages = self.admit(&mut prepared, &mut rejected, &mut stages);
        refuse_if(rejections, &rejected)?;
        let list = std::mem::take(&mut prepared.list);
        let admitted = AdmittedBlock::new(&prepared.transactions, &ages);
        let PreparedBlock { interned, schedule, indices, .. } = &prepared;
        let accounts = self.load(interned, &sysvars.accounts, &mut stages)?;

        let Executed { outcomes, fees_lamports, notes } =
            self.execute(schedule, &accounts, admitted, &sysvars.values, &mut stages)?;
        let observation = notes.map(|notes| notes.into_observation(interned, indices));

        let sealed = timed(&mut stages.commit, || Sealed::new(&prepared, list, outcomes, &mut rejected));
        refuse_if(rejections, &rejected)?;
        for position in &sealed.left_out {
            self.replay.withdraw(&prepared.transactions[*position].transaction);
        }
        let mut changes = accounts.into_changes(&self.workers, &mut stages.commit);
        timed(&mut stages.commit, || {
            changes.changes.extend_from_slice(&sysvars.accounts);
            seal::credit_fees(
                &mut changes.changes,
                self.rules.fee_collector.as_ref(),
                fees_lamports,
                &*self.store,
            )
        })?;
        let roots = self.roots(&sealed, &changes.changes, &mut stages)?;
        let header = BlockHeader { roots, ..self.next_header(unix_time) };
        let critical_path_count = sealed.critical_path_count;
        let block = Arc::new(sealed.into_block(header));
        if let Some(expected) = expected {
            check_same(&block, expected)?;
        }
        timed(&mut stages.commit, || self.commit(&block, changes))?;
        let shared_cpu = prepared.shared_cpu + self.workers.take_chunks_cpu();
        self.schedules.give_back(prepared.schedule);
        rejected.sort_unstable_by_key(|(index, _)| *index);
        let number = block.header.number;
        let observation = observation.map(|observed| BlockObservation { number, shared_cpu, ..observed });
        Ok(ExecutedBlock {
            hash: self.last_hash(),
            block,
            rejected,
            critical_path_count,
            stages,
            observation,
        })
    }

    /// Replay protection, in block order: a transaction seen before, in this block or in those before it, is refused and
    /// left out. Gives the ages of those that stay.
    fn admit(
        &mut self,
        prepared: &mut PreparedBlock<'_>,
        rejected: &mut Vec<(usize, Rejection)>,
        stages: &mut StageTimes,
    ) -> Vec<Age> {
        let mut ages = Vec::with_capacity(prepared.transactions.len());
        let mut stale = Vec::new();
        timed(&mut stages.sanitize, || {
            let transactions = prepared.transactions.iter().zip(&prepared.indices);
            for (position, (transaction, index)) in transactions.enumerate() {
                if let Some(ahead) = prepared.transactions.get(position + AHEAD_COUNT) {
                    prefetch::slice(ahead.transaction.signature());
                }
                match self.replay.admit(&transaction.transaction) {
                    Ok(age) => ages.push(age),
                    Err(error) => {
                        stale.push(position);
                        rejected.push((*index, error.into()));
                    }
                }
            }
        });
        timed(&mut stages.load, || prepared.leave_out(&stale));
        ages
    }

    /// Runs every transaction, along the schedule or one after another.
    fn execute<'b>(
        &mut self,
        schedule: &Schedule,
        accounts: &'b BlockAccounts<'b>,
        admitted: AdmittedBlock<'b>,
        sysvars: &'b Sysvars,
        stages: &mut StageTimes,
    ) -> Result<Executed, Fatal> {
        let instances = self.take_instances();
        let observers = Observer::crew(self.config.observation, instances.len());
        let mut workers: Vec<Worker<'b>> = instances
            .into_iter()
            .zip(observers)
            .map(|(instances, observer)| {
                Worker::new(instances, sysvars, observer).recording(self.config.balances)
            })
            .collect();
        let outcomes = Outcomes::new(admitted.len());
        match self.config.execution {
            Execution::Serial => {
                let worker = &mut workers[0];
                let run =
                    || timed(&mut stages.execute, || serial::run(worker, accounts, admitted, &outcomes));
                self.workers.install(run);
            }
            Execution::Parallel => {
                let task = |worker: &mut Worker<'b>, index: usize| {
                    outcomes.keep(index, worker.run(accounts, admitted, index));
                };
                let soon = |index: usize, soon| accounts.prefetch(index, &admitted.get(index), soon);
                let reports = self.workers.run_announced(schedule, &mut workers, soon, task);
                let reports = reports.map_err(|error| Fatal::Worker(error.to_string()))?;
                stages.execute += reports.iter().map(|report| report.busy_cpu).sum::<std::time::Duration>();
            }
        }
        let fees_lamports = workers.iter().map(|worker| worker.fees_lamports).sum();
        let notes = Notes::collect(&mut workers);
        self.give_back_instances(workers.into_iter().map(Worker::into_instances).collect());
        Ok(Executed { outcomes, fees_lamports, notes })
    }
}

/// What executing gave, before anything is made of it.
struct Executed {
    /// What became of each admitted transaction.
    outcomes: Outcomes,
    fees_lamports: u64,
    /// What the workers noted, if they were to observe.
    notes: Option<Notes>,
}

fn refuse_if(rejections: Rejections, rejected: &[(usize, Rejection)]) -> Result<(), BlockError> {
    if rejections == Rejections::LeaveOut {
        return Ok(());
    }
    let first = rejected.iter().min_by_key(|(index, _)| *index).cloned();
    first.map_or(Ok(()), |(index, rejection)| Err(BlockError::RejectedInBlock { index, rejection }))
}

fn check_same(block: &Block, expected: &Block) -> Result<(), BlockError> {
    // Logs are for people: a node may have dropped them.
    let bodies = block.receipts.iter().map(|receipt| &receipt.body);
    let same = [
        ("transactions", block.transactions == expected.transactions),
        ("receipts", bodies.eq(expected.receipts.iter().map(|receipt| &receipt.body))),
        ("batches", block.batches == expected.batches),
        (
            "transactions root",
            block.header.roots.map(|roots| roots.transactions)
                == expected.header.roots.map(|roots| roots.transactions),
        ),
        (
            "receipts root",
            block.header.roots.map(|roots| roots.receipts)
                == expected.header.roots.map(|roots| roots.receipts),
        ),
        (
            "state root",
            block.header.roots.map(|roots| roots.state) == expected.header.roots.map(|roots| roots.state),
        ),
        ("header", block.header == expected.header),
    ];
    same.iter().find(|(_, same)| !same).map_or(Ok(()), |(field, _)| Err(BlockError::Mismatch { field }))
}
