//! The pipeline: bytes of transactions come in, a committed block goes out. Read this file first.
//!
//! ```text
//! bytes ── sanitize ──▶ Prepared ── verify ──▶ VerifiedTransaction ── admit ──▶ Admitted ── intern, load ──▶
//!    BlockAccounts ── schedule ──▶ Schedule ── execute ──▶ Outcome ── seal ──▶ Block ── commit
//! ```
//!
//! Nothing lasts before the store's commit at the end: whatever goes wrong on the way leaves the ledger as it was.

use crate::error::{BlockError, Fatal, Rejection};
use crate::execute::load::{BlockAccounts, Interned};
use crate::execute::observe::{Notes, Observer};
use crate::execute::{Admitted, run::Worker};
use crate::explain::BlockObservation;
use crate::ingest::{self, Age, VerifiedTransaction, replay::OpenBlock};
use crate::ledger::{Block, BlockHeader};
use crate::outcome::Outcome;
use crate::runtime::{Execution, Runtime, Signatures};
use crate::schedule::Schedule;
use crate::seal::{self, Sealed};
use crate::stages::{CHUNK_COUNT, StageTimes, map_chunks, timed};
use crate::{bug, serial};
use sealane_sdk::instruction::Hash;
use sealane_vm::Sysvars;
use std::sync::Arc;

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
            runtime.execute_block(unix_time, transactions, Rejections::LeaveOut, None)
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
            runtime.execute_block(unix_time, &transactions, Rejections::Refuse, Some(block))
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

    fn execute_block<T: AsRef<[u8]> + Sync>(
        &mut self,
        unix_time: i64,
        bytes: &[T],
        rejections: Rejections,
        expected: Option<&Block>,
    ) -> Result<ExecutedBlock, BlockError> {
        self.check_bounds(unix_time, bytes.len())?;
        let mut stages = StageTimes::default();
        let mut rejected = Vec::new();
        self.workers.take_chunks_cpu();

        let sysvars = self.next_sysvars(unix_time);
        let prepared = self.sanitize(bytes, &mut rejected, &mut stages);
        let verified = self.verify(prepared, &mut rejected, &mut stages);
        let mut open = self.replay.open_block(verified.len());
        let (indices, admitted) =
            timed(&mut stages.sanitize, || self.admit(verified, &mut open, &mut rejected));
        refuse_if(rejections, &rejected)?;

        let interned = timed(&mut stages.load, || Interned::new(&admitted));
        let accounts = self.load(&interned, &sysvars.accounts, &mut stages)?;
        let mut schedule = std::mem::take(&mut self.schedule);
        timed(&mut stages.schedule, || schedule.rebuild(&interned.access_sets, interned.account_count()));

        let Executed { outcomes, fees_lamports, notes } =
            self.execute(&schedule, &accounts, &admitted, &sysvars.values, &mut stages)?;
        let observation = notes.map(|notes| notes.into_observation(&interned, &indices));

        let sealed = timed(&mut stages.commit, || {
            Sealed::new(&admitted, &indices, outcomes, &mut rejected, &interned, &schedule)
        });
        refuse_if(rejections, &rejected)?;
        sealed.left_out.iter().for_each(|position| open.withdraw(*position));
        let mut changes = accounts.into_changes(&self.workers, &mut stages.commit);
        timed(&mut stages.commit, || {
            changes.extend_from_slice(&sysvars.accounts);
            seal::credit_fees(&mut changes, self.rules.fee_collector.as_ref(), fees_lamports, &*self.store)
        })?;
        let roots = self.roots(&sealed, &changes, &mut stages)?;
        let header = BlockHeader { roots, ..self.next_header(unix_time) };
        let critical_path_count = sealed.critical_path_count;
        let block = Arc::new(sealed.into_block(header));
        if let Some(expected) = expected {
            check_same(&block, expected)?;
        }
        timed(&mut stages.commit, || self.commit(&block, changes, open))?;
        self.schedule = schedule;
        rejected.sort_unstable_by_key(|(index, _)| *index);
        let (number, shared_cpu) = (block.header.number, self.workers.take_chunks_cpu());
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

    /// Structure, compute budget and locks of each transaction, in parallel; rejected ones go to `rejected`.
    fn sanitize<'b, T: AsRef<[u8]> + Sync>(
        &self,
        bytes: &'b [T],
        rejected: &mut Vec<(usize, Rejection)>,
        stages: &mut StageTimes,
    ) -> Vec<(usize, Prepared<'b>)> {
        let cpu = &mut stages.sanitize;
        let prepared = map_chunks(&self.workers, bytes, CHUNK_COUNT, cpu, |chunk: &'b [T], prepared| {
            prepared.extend(chunk.iter().map(|bytes| Prepared::new(bytes.as_ref())));
        });
        timed(cpu, || keep_good(prepared.into_iter().enumerate(), rejected))
    }

    /// Signatures, in parallel, in groups.
    fn verify<'b>(
        &self,
        prepared: Vec<(usize, Prepared<'b>)>,
        rejected: &mut Vec<(usize, Rejection)>,
        stages: &mut StageTimes,
    ) -> Vec<(usize, (VerifiedTransaction<'b>, Prepared<'b>))> {
        let cpu = &mut stages.verify;
        let group = ingest::verify::GROUP_COUNT;
        let (signatures, keys) = (self.config.signatures, &self.keys);
        let verified = map_chunks(&self.workers, &prepared, group, cpu, |chunk, verified| {
            let transactions = chunk.iter().map(|(_, prepared)| prepared.transaction);
            match signatures {
                Signatures::Skip => {
                    verified.extend(transactions.map(VerifiedTransaction::assume_verified).map(Ok))
                }
                Signatures::Verify => {
                    verified.extend(ingest::verify_with(&transactions.collect::<Vec<_>>(), keys));
                }
            }
        });
        let results = prepared.into_iter().zip(verified).map(|((index, prepared), result)| {
            (index, result.map(|verified| (verified, prepared)).map_err(Rejection::from))
        });
        timed(cpu, || keep_good(results, rejected))
    }

    /// Replay protection, in block order: a transaction seen before, in this block or in those before it, is refused.
    /// Gives the admitted ones with their indices in the input.
    fn admit<'b>(
        &self,
        verified: Vec<(usize, (VerifiedTransaction<'b>, Prepared<'b>))>,
        open: &mut OpenBlock,
        rejected: &mut Vec<(usize, Rejection)>,
    ) -> (Vec<usize>, Vec<Admitted<'b>>) {
        let results = verified.into_iter().map(|(index, (transaction, prepared))| {
            let age = open.admit(&self.replay, &transaction);
            (index, age.map(|age| prepared.admitted(transaction, age)).map_err(Rejection::from))
        });
        keep_good(results, rejected).into_iter().unzip()
    }

    /// Runs every transaction, along the schedule or one after another.
    fn execute<'b>(
        &mut self,
        schedule: &Schedule,
        accounts: &'b BlockAccounts<'b>,
        admitted: &'b [Admitted<'b>],
        sysvars: &'b Sysvars,
        stages: &mut StageTimes,
    ) -> Result<Executed, Fatal> {
        let instances = self.take_instances();
        let observers = Observer::crew(self.config.observation, instances.len());
        let mut workers: Vec<Worker<'b>> = instances
            .into_iter()
            .zip(observers)
            .map(|(instances, observer)| Worker::new(instances, sysvars, observer))
            .collect();
        match self.config.execution {
            Execution::Serial => {
                let worker = &mut workers[0];
                let run = || timed(&mut stages.execute, || serial::run(worker, accounts, admitted));
                self.workers.install(run);
            }
            Execution::Parallel => {
                let task = |worker: &mut Worker<'b>, index: usize| worker.run(accounts, admitted, index);
                let reports = self.workers.run(schedule, &mut workers, task);
                let reports = reports.map_err(|error| Fatal::Worker(error.to_string()))?;
                stages.execute += reports.iter().map(|report| report.busy_cpu).sum::<std::time::Duration>();
            }
        }
        let fees_lamports = workers.iter().map(|worker| worker.fees_lamports).sum();
        let notes = Notes::collect(&mut workers);
        let mut outcomes: Vec<Option<Outcome>> = (0..admitted.len()).map(|_| None).collect();
        for worker in &mut workers {
            for (index, outcome) in worker.outcomes.drain(..) {
                outcomes[index as usize] = Some(outcome);
            }
        }
        self.give_back_instances(workers.into_iter().map(Worker::into_instances).collect());
        let missing = |index| -> Outcome { bug!("transaction {index} was never executed") };
        let outcomes = outcomes.into_iter().enumerate();
        let outcomes = outcomes.map(|(index, outcome)| outcome.unwrap_or_else(|| missing(index))).collect();
        Ok(Executed { outcomes, fees_lamports, notes })
    }
}

/// What executing gave, before anything is made of it.
struct Executed {
    /// What became of each admitted transaction.
    outcomes: Vec<Outcome>,
    fees_lamports: u64,
    /// What the workers noted, if they were to observe.
    notes: Option<Notes>,
}

/// A transaction whose structure and compute budget are good.
#[derive(Clone, Debug)]
pub(crate) struct Prepared<'b> {
    bytes: &'b [u8],
    pub(crate) transaction: ingest::SanitizedTransaction<'b>,
    budget: ingest::Budget,
    write_locks: u64,
}

impl<'b> Prepared<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Result<Self, Rejection> {
        let transaction = ingest::sanitize(bytes)?;
        let budget = ingest::budget(&transaction)?;
        let write_locks = ingest::write_locks(&transaction);
        Ok(Self { bytes, transaction, budget, write_locks })
    }

    /// The same, verified as `transaction` and found fresh: it may run.
    pub(crate) fn admitted(self, transaction: VerifiedTransaction<'b>, age: Age) -> Admitted<'b> {
        let Self { bytes, budget, write_locks, .. } = self;
        Admitted { bytes, transaction, budget, age, write_locks }
    }
}

/// Keeps what is good with its index in the input; the rest goes to `rejected`.
fn keep_good<T>(
    results: impl Iterator<Item = (usize, Result<T, Rejection>)>,
    rejected: &mut Vec<(usize, Rejection)>,
) -> Vec<(usize, T)> {
    results
        .filter_map(|(index, result)| match result {
            Ok(good) => Some((index, good)),
            Err(rejection) => {
                rejected.push((index, rejection));
                None
            }
        })
        .collect()
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
