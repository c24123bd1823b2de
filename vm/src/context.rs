//! What a chain of program calls shares: accounts, units, logs, return data, the call stack and the trace.
//!
//! The runtime keeps one context a worker and fills it anew for each transaction; programs, built-in or
//! WebAssembly, change it through the rules in `rules.rs`.

use crate::host::base64;
use crate::instance::{self, Instances};
use crate::program::Program;
use crate::{AccountTable, CallError, LogCollector, LogEvent, Meter, Privilege, Sysvars};
use sealane_sdk::Address;
use sealane_sdk::limits::{
    MAX_INSTRUCTION_ACCOUNTS, MAX_INSTRUCTION_TRACE_COUNT, MAX_RETURN_DATA_SIZE_BYTES, MAX_STACK_HEIGHT,
};
use std::ops::Range;
use std::sync::Arc;

/// What runs when an account is called.
#[derive(Clone, Debug)]
pub enum Callee {
    /// A WebAssembly program, compiled.
    Wasm(Arc<Program>),
    /// A program that is part of the node.
    Builtin(Builtin),
}

/// A program that is part of the node: it works on the context as WebAssembly programs do on their memory, and the
/// same rules hold for it.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    /// Its name, for people.
    pub name: &'static str,
    /// Compute units a call costs.
    pub units: u64,
    /// The program itself: it reads the running call from the context.
    pub entry: fn(&mut Context<'_>) -> Result<(), CallError>,
}

/// One account of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallAccount {
    /// Its index in the account table.
    pub index: u16,
    /// The position in the call's list where the account stands first; its own position unless a duplicate.
    pub first_position: u16,
    /// Whether it signed, or its seeds did.
    pub signer: bool,
    /// Whether this call may change it.
    pub writable: bool,
}

/// One account of a nested call, as the caller names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NestedAccount {
    /// Its position in the caller's account list.
    pub position: u16,
    /// Whether the callee shall see it as a signer.
    pub signer: bool,
    /// Whether the callee may change it.
    pub writable: bool,
}

/// What the last program that returned data returned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReturnData {
    /// The program.
    pub program: Address,
    /// The data, at most [`MAX_RETURN_DATA_SIZE_BYTES`].
    pub data: Vec<u8>,
}

/// One instruction that ran, top-level or nested, in the order in which they began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceEntry {
    /// Index of the program in the account table.
    pub program_index: u16,
    /// Height on the stack, 1 for a top-level instruction.
    pub stack_height: u8,
    /// Units used by it and the calls below it.
    pub units_consumed: u64,
    accounts: Range<usize>,
    data: Range<usize>,
}

/// Where and why a transaction failed: the innermost call that did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailurePoint {
    /// Index in the trace; `None` if the call was refused before it began (its caller is then the one that failed).
    pub trace_index: usize,
    /// The program that failed.
    pub program: Address,
    /// Why.
    pub error: CallError,
}

/// A call that is running.
#[derive(Debug)]
struct Frame {
    program_index: usize,
    accounts: Range<usize>,
    data: Range<usize>,
    lamports: u128,
    trace_index: usize,
}

/// What a chain of program calls shares. See the module's text.
#[derive(Debug)]
pub struct Context<'a> {
    /// The transaction's accounts.
    pub accounts: AccountTable<'a>,
    /// The transaction's compute units.
    pub meter: Meter,
    /// What the programs logged.
    pub logs: LogCollector,
    /// What the last program that returned data returned.
    pub return_data: ReturnData,
    /// The block's sysvars.
    pub sysvars: &'a Sysvars,
    pub(crate) instances: Instances,
    frames: Vec<Frame>,
    call_accounts: Vec<CallAccount>,
    call_data: Vec<u8>,
    trace: Vec<TraceEntry>,
    trace_accounts: Vec<u8>,
    /// For each of `trace_accounts`, whether it was passed on as a signer and as writable.
    trace_privileges: Vec<(bool, bool)>,
    trace_data: Vec<u8>,
    failure: Option<FailurePoint>,
}

/// The transaction's side.
impl<'a> Context<'a> {
    /// A context for one worker and one block.
    #[must_use]
    pub fn new(instances: Instances, sysvars: &'a Sysvars) -> Self {
        Self {
            accounts: AccountTable::default(),
            meter: Meter::default(),
            logs: LogCollector::default(),
            return_data: ReturnData::default(),
            sysvars,
            instances,
            frames: Vec::new(),
            call_accounts: Vec::new(),
            call_data: Vec::new(),
            trace: Vec::new(),
            trace_accounts: Vec::new(),
            trace_privileges: Vec::new(),
            trace_data: Vec::new(),
            failure: None,
        }
    }

    /// Gives the worker's instances back at the end of the block.
    #[must_use]
    pub fn into_instances(self) -> Instances {
        self.instances
    }

    /// Makes the context ready for the next transaction with `units` to spend. The account table must be drained.
    pub fn begin(&mut self, units: u64) {
        debug_assert!(self.accounts.is_empty(), "the last transaction's accounts were taken out");
        debug_assert!(self.frames.is_empty(), "no call is running between transactions");
        self.meter = Meter::new(units);
        self.logs.clear();
        self.return_data.data.clear();
        self.return_data.program = Address::default();
        self.trace.clear();
        self.trace_accounts.clear();
        self.trace_privileges.clear();
        self.trace_data.clear();
        self.failure = None;
    }

    /// Runs one top-level instruction: the program at `program_index` of the account table, on the accounts at
    /// `account_indices`, with the privileges the transaction gave them.
    ///
    /// # Errors
    /// Whatever went wrong; [`Self::failure`] then says where. Changes are not undone here: the runtime rolls the
    /// whole transaction back.
    pub fn call(
        &mut self,
        program_index: usize,
        account_indices: impl Iterator<Item = usize>,
        data: &[u8],
    ) -> Result<(), CallError> {
        let start = self.call_accounts.len();
        for index in account_indices {
            let entry = self.accounts.entry(index).expect("indices of a sanitized transaction");
            let (signer, writable) = (entry.signer, entry.writable);
            self.accounts.begin_call(index);
            self.push_call_account(start, index, signer, writable);
        }
        let data_start = self.call_data.len();
        self.call_data.extend_from_slice(data);
        self.enter(program_index, start, data_start)
    }

    /// Where and why the transaction failed, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<&FailurePoint> {
        self.failure.as_ref()
    }

    /// Every instruction that began, in order.
    #[must_use]
    pub fn trace(&self) -> &[TraceEntry] {
        &self.trace
    }

    /// The account-table indices and the data of an instruction.
    #[must_use]
    pub fn trace_details(&self, entry: &TraceEntry) -> (&[u8], &[u8]) {
        (&self.trace_accounts[entry.accounts.clone()], &self.trace_data[entry.data.clone()])
    }
}

/// The running call's side: what built-in programs and host calls see.
impl<'a> Context<'a> {
    /// Address of the running program.
    #[must_use]
    pub fn program_address(&self) -> &'a Address {
        self.accounts.address(self.frame().program_index)
    }

    /// Height of the running call, 1 for a top-level instruction.
    #[must_use]
    pub fn stack_height(&self) -> usize {
        self.frames.len()
    }

    /// The running call's instruction data.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.call_data[self.frame().data.clone()]
    }

    /// The running call's accounts.
    #[must_use]
    pub fn call_accounts(&self) -> &[CallAccount] {
        &self.call_accounts[self.frame().accounts.clone()]
    }

    /// The account at `position` of the running call's list.
    ///
    /// # Errors
    /// [`CallError::NoSuchAccount`].
    pub fn call_account(&self, position: usize) -> Result<CallAccount, CallError> {
        self.call_accounts()
            .get(position)
            .copied()
            .ok_or(CallError::NoSuchAccount(u32::try_from(position).unwrap_or(u32::MAX)))
    }

    /// Index in the account table and writability of the account at `position` of the running call's list.
    pub(crate) fn locate(&self, position: usize) -> Result<(usize, bool), CallError> {
        let account = self.call_account(position)?;
        Ok((usize::from(account.index), account.writable))
    }

    /// Runs a nested call: the program at `program_position` of the caller's list, on `nested` of its accounts.
    /// `signers` are the addresses that the caller's seeds derived.
    ///
    /// # Errors
    /// Whatever went wrong: privileges that the caller lacks, the stack or trace limit, reentrancy, or the callee's
    /// failure. A nested failure cannot be caught: the caller fails with it.
    pub fn call_nested(
        &mut self,
        program_position: usize,
        nested: &[NestedAccount],
        data: &[u8],
        signers: &[Address],
    ) -> Result<(), CallError> {
        let (program_index, _) = self.locate(program_position)?;
        self.check_balanced()?;
        let start = self.call_accounts.len();
        debug_assert!(nested.len() <= MAX_INSTRUCTION_ACCOUNTS, "host calls bound the list first");
        for account in nested {
            let granted = self.grant(*account, signers);
            match granted {
                Ok(index) => self.push_call_account(start, index, account.signer, account.writable),
                Err(error) => {
                    self.call_accounts.truncate(start);
                    return Err(error);
                }
            }
        }
        let data_start = self.call_data.len();
        self.call_data.extend_from_slice(data);
        self.enter(program_index, start, data_start)
    }

    /// Replaces the return data by the running program's.
    ///
    /// # Panics
    /// If `data` is longer than [`MAX_RETURN_DATA_SIZE_BYTES`]: the host call checks it.
    pub fn set_return_data(&mut self, data: &[u8]) {
        assert!(data.len() <= MAX_RETURN_DATA_SIZE_BYTES, "the host call bounds return data");
        self.return_data.program = *self.program_address();
        self.return_data.data.clear();
        self.return_data.data.extend_from_slice(data);
    }

    /// The instruction that began `distance` before the running one and was called by the same: 1 is the last one.
    pub(crate) fn sibling(&self, distance: u64) -> Option<&TraceEntry> {
        let height = self.frames.len();
        let mut as_high = self.trace[..=self.frame().trace_index]
            .iter()
            .rev()
            .take_while(|entry| usize::from(entry.stack_height) >= height)
            .filter(|entry| usize::from(entry.stack_height) == height);
        usize::try_from(distance).ok().and_then(|distance| as_high.nth(distance))
    }

    /// The accounts of an instruction, as (address, signer, writable).
    pub(crate) fn trace_metas(&self, entry: &TraceEntry) -> impl Iterator<Item = (&'a Address, bool, bool)> {
        let indices = self.trace_accounts[entry.accounts.clone()].iter();
        let privileges = &self.trace_privileges[entry.accounts.clone()];
        indices.zip(privileges).map(|(index, (signer, writable))| {
            (self.accounts.address(usize::from(*index)), *signer, *writable)
        })
    }

    fn frame(&self) -> &Frame {
        self.frames.last().expect("a call is running")
    }

    /// Whether the caller may pass `account` on like this; gives its index in the account table.
    fn grant(&self, account: NestedAccount, signers: &[Address]) -> Result<usize, CallError> {
        let held = self.call_account(usize::from(account.position))?;
        let address = self.accounts.address(usize::from(held.index));
        if account.writable && !held.writable {
            return Err(CallError::PrivilegeEscalation { privilege: Privilege::Writable, account: *address });
        }
        if account.signer && !held.signer && !signers.contains(address) {
            return Err(CallError::PrivilegeEscalation { privilege: Privilege::Signer, account: *address });
        }
        Ok(usize::from(held.index))
    }

    /// Adds an account to the list that begins at `start`; duplicates share the union of their privileges.
    fn push_call_account(&mut self, start: usize, index: usize, signer: bool, writable: bool) {
        self.accounts.touch(index);
        let index = u16::try_from(index).expect("a transaction has at most 64 accounts");
        let position =
            u16::try_from(self.call_accounts.len() - start).expect("a call has at most 255 accounts");
        let mut account = CallAccount { index, first_position: position, signer, writable };
        let list = &mut self.call_accounts[start..];
        if let Some(first) = list.iter().position(|other| other.index == index) {
            account.signer |= list[first].signer;
            account.writable |= list[first].writable;
            account.first_position = list[first].first_position;
            for other in list.iter_mut().filter(|other| other.index == index) {
                (other.signer, other.writable) = (account.signer, account.writable);
            }
        }
        self.call_accounts.push(account);
    }

    /// Makes the prepared call the running one, runs it, and checks what only the end can tell.
    fn enter(
        &mut self,
        program_index: usize,
        accounts_start: usize,
        data_start: usize,
    ) -> Result<(), CallError> {
        self.accounts.touch(program_index);
        let accounts = accounts_start..self.call_accounts.len();
        let data = data_start..self.call_data.len();
        let result = self.admit(program_index).and_then(|callee| {
            let trace_index = self.trace.len();
            self.push_trace(program_index, &accounts, &data);
            let lamports = self.sum_lamports(&accounts);
            self.frames.push(Frame { program_index, accounts, data, lamports, trace_index });
            let result = self.run(callee);
            self.frames.pop();
            result
        });
        self.call_accounts.truncate(accounts_start);
        self.call_data.truncate(data_start);
        result
    }

    /// Whether the program may be called now, and what it is.
    fn admit(&mut self, program_index: usize) -> Result<&'a Callee, CallError> {
        let entry = self.accounts.entry(program_index).expect("program indices are checked by the caller");
        let (program, callee) = (entry.address, entry.callee);
        let below = self.frames.split_last().map_or(&[][..], |(_, below)| below);
        let calls_itself = self.frames.last().is_some_and(|frame| frame.program_index == program_index);
        let error = if self.frames.len() >= MAX_STACK_HEIGHT {
            CallError::StackHeightExceeded
        } else if self.trace.len() >= MAX_INSTRUCTION_TRACE_COUNT {
            CallError::TraceFull
        } else if !calls_itself && below.iter().any(|frame| frame.program_index == program_index) {
            CallError::Reentrancy(*program)
        } else if let Some(callee) = callee {
            return Ok(callee);
        } else {
            CallError::NotCallable(*program)
        };
        // A refused nested call is its caller's failure; a refused top-level call fails in its own name.
        if self.frames.is_empty() {
            self.failure = Some(FailurePoint { trace_index: self.trace.len(), program: *program, error });
        }
        Err(error)
    }

    fn run(&mut self, callee: &'a Callee) -> Result<(), CallError> {
        let program = self.program_address();
        let stack_height = u8::try_from(self.frames.len()).expect("the stack is bounded");
        let limit = self.meter.remaining();
        self.logs.event(LogEvent::Invoke { program: *program, stack_height });
        self.return_data.data.clear();
        let result = match callee {
            Callee::Builtin(builtin) => {
                self.meter.consume(builtin.units).and_then(|()| (builtin.entry)(self))
            }
            Callee::Wasm(wasm) => {
                let result = instance::run(self, wasm);
                let units = limit - self.meter.remaining();
                self.logs.event(LogEvent::Consumed { program: *program, units, limit });
                if !self.return_data.data.is_empty() && self.return_data.program == *program {
                    let mut text = Vec::new();
                    base64(&self.return_data.data, &mut text);
                    self.logs.returned(*program, &text);
                }
                result
            }
        };
        let result = result.and_then(|()| self.check_balanced());
        let trace_index = self.frame().trace_index;
        self.trace[trace_index].units_consumed = limit - self.meter.remaining();
        match result {
            Ok(()) => self.logs.event(LogEvent::Success { program: *program }),
            Err(error) => {
                self.logs.event(LogEvent::Failed { program: *program, error });
                self.failure.get_or_insert(FailurePoint { trace_index, program: *program, error });
            }
        }
        result
    }

    fn push_trace(&mut self, program_index: usize, accounts: &Range<usize>, data: &Range<usize>) {
        let (accounts_start, data_start) = (self.trace_accounts.len(), self.trace_data.len());
        for account in &self.call_accounts[accounts.clone()] {
            self.trace_accounts.push(account.index.to_le_bytes()[0]);
            self.trace_privileges.push((account.signer, account.writable));
        }
        self.trace_data.extend_from_slice(&self.call_data[data.clone()]);
        self.trace.push(TraceEntry {
            program_index: u16::try_from(program_index).expect("a transaction has at most 64 accounts"),
            stack_height: u8::try_from(self.frames.len() + 1).expect("the stack is bounded"),
            units_consumed: 0,
            accounts: accounts_start..self.trace_accounts.len(),
            data: data_start..self.trace_data.len(),
        });
    }

    /// Checks that the running call has neither made nor lost lamports so far.
    fn check_balanced(&self) -> Result<(), CallError> {
        let frame = self.frame();
        if self.sum_lamports(&frame.accounts) == frame.lamports {
            Ok(())
        } else {
            Err(CallError::UnbalancedLamports)
        }
    }

    fn sum_lamports(&self, accounts: &Range<usize>) -> u128 {
        self.call_accounts[accounts.clone()]
            .iter()
            .enumerate()
            .filter(|(position, account)| *position == usize::from(account.first_position))
            .map(|(_, account)| u128::from(self.accounts.account(usize::from(account.index)).lamports))
            .sum()
    }
}
