//! One transaction on one worker: its accounts are lent, the fee is charged, its instructions run, and what they did
//! is kept or rolled back.

use super::balances::BalanceRecorder;
use super::load::BlockAccounts;
use super::observe::Observer;
use super::{Admitted, AdmittedBlock, builtins::nonce, fees};
use crate::balances::{BalanceRecord, Balances};
use crate::error::Rejection;
use crate::ingest::Age;
use crate::ledger::sysvars;
use crate::outcome::{Failure, Outcome};
use crate::receipt::{InnerCall, Receipt, ReceiptBody};
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_vm::{Context, Instances, LogRecord, Sysvars, TableEntry, TraceEntry};

/// What one worker holds during a block.
#[derive(Debug)]
pub struct Worker<'b> {
    context: Context<'b>,
    /// Sum of the fees this worker charged.
    pub fees_lamports: u64,
    /// What it notes of each transaction, if it was told to.
    pub observer: Option<Observer>,
    /// Notes balances, if it was told to.
    balances: Option<BalanceRecorder>,
}

impl<'b> Worker<'b> {
    /// A worker for one block.
    #[must_use]
    pub fn new(instances: Instances, sysvars: &'b Sysvars, observer: Option<Observer>) -> Self {
        let context = Context::new(instances, sysvars);
        Self { context, fees_lamports: 0, observer, balances: None }
    }

    /// The same worker, which notes balances or does not.
    #[must_use]
    pub fn recording(mut self, balances: Balances) -> Self {
        self.balances = (balances == Balances::Record).then(BalanceRecorder::default);
        self
    }

    /// Ends the block: gives the instances back, for the next one.
    #[must_use]
    pub fn into_instances(self) -> Instances {
        self.context.into_instances()
    }

    /// Every call of the transaction that ran last, in order.
    #[must_use]
    pub fn trace(&self) -> &[TraceEntry] {
        self.context.trace()
    }

    /// Runs the transaction at `index` of the block.
    #[must_use]
    pub fn run(
        &mut self,
        accounts: &'b BlockAccounts<'b>,
        admitted: AdmittedBlock<'b>,
        index: usize,
    ) -> Outcome {
        let transaction = &admitted.get(index);
        let start_ns = self.observer.as_ref().map(Observer::now_ns);
        self.context.begin(u64::from(transaction.budget.units));
        let lent = accounts.lend(index, transaction, &mut self.context.accounts);
        if let Some(balances) = &mut self.balances {
            balances.begin(&self.context.accounts);
        }
        let outcome = match execute(&mut self.context, transaction, accounts.instructions_index(index)) {
            Ok(mut receipt) => {
                self.fees_lamports += receipt.body.fee_lamports;
                if let Some(balances) = &mut self.balances {
                    receipt.balances = balances.end(&self.context.accounts);
                }
                Outcome::Executed(receipt)
            }
            Err(rejection) => Outcome::Rejected(rejection),
        };
        if let (Some(observer), Some(start_ns)) = (&mut self.observer, start_ns) {
            let index = u32::try_from(index)
                .unwrap_or_else(|_| crate::bug!("a block of more than 2^32 transactions"));
            observer.observe(index, start_ns, &self.context, &outcome);
        }
        lent.take_back(&mut self.context.accounts);
        if let Some(observer) = &mut self.observer {
            observer.end();
        }
        outcome
    }
}

/// Charges, runs, and commits or rolls back. After a rejection nothing has changed.
fn execute(
    context: &mut Context<'_>,
    admitted: &Admitted<'_>,
    instructions_index: Option<usize>,
) -> Result<Receipt, Rejection> {
    fees::check_nonce(context, admitted)?;
    let fee_lamports = fees::charge(context, admitted)?;
    let paid = context.accounts.mark();
    let result = check_loaded_data(context, admitted)
        .and_then(|()| run_instructions(context, admitted, instructions_index))
        .and_then(|()| check_rent(context));
    if result.is_err() {
        context.accounts.rollback(paid);
        if let Age::DurableNonce { nonce_account_index } = admitted.age {
            advance_nonce(context, usize::from(nonce_account_index));
        }
    }
    Ok(receipt(context, fee_lamports, result.err()))
}

fn check_loaded_data(context: &Context<'_>, admitted: &Admitted<'_>) -> Result<(), Failure> {
    let size_bytes: u64 = context.accounts.entries().iter().map(|entry| entry.size_before_bytes as u64).sum();
    let limit_bytes = admitted.budget.loaded_data_size_limit_bytes;
    if size_bytes > u64::from(limit_bytes) {
        return Err(Failure::LoadedDataTooLarge { size_bytes, limit_bytes });
    }
    Ok(())
}

/// Runs the instructions in order; the instructions sysvar, if the transaction names it, is its key `instructions_index`.
fn run_instructions(
    context: &mut Context<'_>,
    admitted: &Admitted<'_>,
    instructions_index: Option<usize>,
) -> Result<(), Failure> {
    for (instruction_index, instruction) in (0_u8..).zip(admitted.transaction.instructions()) {
        if let Some(index) = instructions_index {
            sysvars::set_current_instruction(&mut context.accounts, index, instruction_index);
        }
        let accounts = instruction.accounts.iter().map(|index| usize::from(*index));
        if let Err(error) = context.call(usize::from(instruction.program_index), accounts, instruction.data) {
            return Err(call_failure(context, instruction_index, error));
        }
    }
    Ok(())
}

fn call_failure(context: &Context<'_>, instruction_index: u8, error: sealane_vm::CallError) -> Failure {
    let point =
        context.failure().unwrap_or_else(|| crate::bug!("a call failed with {error} and left no trace"));
    Failure::Call {
        instruction_index,
        trace_index: u8::try_from(point.trace_index).unwrap_or(u8::MAX),
        program: point.program,
        error: point.error,
    }
}

/// Every changed account must be rent-exempt or empty at the end; one that was below before may stay so if it neither
/// grew nor gained.
fn check_rent(context: &Context<'_>) -> Result<(), Failure> {
    let accounts = &context.accounts;
    for (index, entry) in accounts.entries().iter().enumerate().filter(|(_, entry)| entry.changed) {
        let account = accounts.account(index);
        if account.lamports > 0 && !account.is_rent_exempt() && !was_below_as_well(entry, account) {
            let account_index = u8::try_from(index).unwrap_or(u8::MAX);
            return Err(Failure::BelowRentExemption { account_index, account: *entry.address });
        }
    }
    Ok(())
}

fn was_below_as_well(entry: &TableEntry<'_>, account: &sealane_sdk::Account) -> bool {
    entry.lamports_before > 0
        && entry.lamports_before < rent_exempt_minimum_lamports(entry.size_before_bytes)
        && account.data.len() == entry.size_before_bytes
        && account.lamports <= entry.lamports_before
}

/// A failed transaction still uses its nonce up.
fn advance_nonce(context: &mut Context<'_>, index: usize) {
    let blockhash = context.sysvars.durable_nonce_blockhash;
    let data = nonce::advanced(context.accounts.account(index), &blockhash)
        .unwrap_or_else(|| crate::bug!("the nonce was checked before the transaction ran"));
    context.accounts.write_data(index, 0, &data);
}

fn receipt(context: &Context<'_>, fee_lamports: u64, failure: Option<Failure>) -> Receipt {
    let returned = &context.return_data;
    let body = ReceiptBody {
        failure,
        fee_lamports,
        units_consumed: context.meter.consumed(),
        return_data: (!returned.data.is_empty()).then(|| (returned.program, returned.data.clone())),
        inner_calls: inner_calls(context),
    };
    Receipt { body, logs: LogRecord::from(&context.logs), balances: BalanceRecord::default() }
}

fn inner_calls(context: &Context<'_>) -> Vec<InnerCall> {
    let mut top_level_count = 0_u8;
    let mut calls = Vec::new();
    for entry in context.trace() {
        if entry.stack_height == 1 {
            top_level_count += 1;
            continue;
        }
        let (accounts, data) = context.trace_details(entry);
        calls.push(InnerCall {
            instruction_index: top_level_count - 1,
            stack_height: entry.stack_height,
            program_index: u8::try_from(entry.program_index).unwrap_or(u8::MAX),
            accounts: accounts.to_vec(),
            data: data.to_vec(),
        });
    }
    calls
}
