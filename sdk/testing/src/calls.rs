//! The tree of calls that a transaction made, put together again from its instructions, its receipt and its log.
//!
//! The log says which calls began and ended, what was said in each and how many units it took; the transaction and the receipt
//! say on which accounts, and with what data.

use sealane_runtime::execute::builtins::builtins;
use sealane_runtime::ingest::SanitizedTransaction;
use sealane_runtime::receipt::Receipt;
use sealane_sdk::Address;
use sealane_vm::{CallError, LogEvent};

/// A call of a program, and those below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The program.
    pub program: Address,
    /// Index of the top-level instruction that it is, or that it was made for.
    pub instruction_index: usize,
    /// Its accounts, in the order of the instruction.
    pub accounts: Vec<Address>,
    /// Its instruction data.
    pub data: Vec<u8>,
    /// Height on the call stack, 1 for an instruction of the transaction.
    pub stack_height: u8,
    /// Units it used, the calls below it included. Those of built-in programs are their fixed prices.
    pub units: u64,
    /// How it ended.
    pub end: CallEnd,
    /// What was logged while it ran, and the calls that it made, in order.
    pub events: Vec<CallEvent>,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallEnd {
    /// It returned 0.
    Succeeded,
    /// It failed, or a call below it did.
    Failed(CallError),
    /// It never began: an instruction before it failed.
    NotReached,
}

/// What happened during a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallEvent {
    /// The program logged a line.
    Log(String),
    /// It logged data (in base64, a space between pieces), as events are.
    Data(String),
    /// It returned data.
    Returned(String),
    /// It stopped without returning; the functions that were running, the innermost first.
    Stopped {
        /// Why.
        error: CallError,
        /// Names of functions.
        functions: Vec<String>,
    },
    /// It called a program.
    Called(Call),
    /// From here on text is missing: the transaction logged more than it may.
    Truncated,
}

impl Call {
    /// The calls that it made itself, in order.
    pub fn inner(&self) -> impl Iterator<Item = &Self> {
        self.events
            .iter()
            .filter_map(|event| if let CallEvent::Called(call) = event { Some(call) } else { None })
    }

    /// The lines that the program logged itself, in order.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.events
            .iter()
            .filter_map(|event| if let CallEvent::Log(line) = event { Some(line.as_str()) } else { None })
    }

    /// This call and all below it, in the order in which they began.
    #[must_use]
    pub fn flat(&self) -> Vec<&Self> {
        let mut all = vec![self];
        self.inner().for_each(|call| all.extend(call.flat()));
        all
    }

    /// The innermost call that failed, if this one failed.
    #[must_use]
    pub fn innermost_failed(&self) -> Option<&Self> {
        if !matches!(self.end, CallEnd::Failed(_)) {
            return None;
        }
        // Only the last one can have failed: what fails below ends everything above.
        Some(self.inner().last().and_then(Self::innermost_failed).unwrap_or(self))
    }
}

/// The top-level calls of a transaction, those that were not reached included.
pub(crate) fn calls(transaction: &SanitizedTransaction<'_>, receipt: &Receipt) -> Vec<Call> {
    let mut builder = Builder { transaction, receipt, nested: 0, open: Vec::new(), done: Vec::new() };
    let log = receipt.logs.unpack();
    log.told().for_each(|(event, text)| builder.event(event, text));
    builder.end_all();
    let reached = builder.done.len();
    builder.done.extend((reached..transaction.instructions().len()).map(|index| {
        let mut call = top_level(transaction, index);
        call.end = CallEnd::NotReached;
        call
    }));
    builder.done
}

struct Builder<'t> {
    transaction: &'t SanitizedTransaction<'t>,
    receipt: &'t Receipt,
    /// Nested calls that began so far.
    nested: usize,
    /// Calls that are running, the innermost last.
    open: Vec<Call>,
    done: Vec<Call>,
}

impl Builder<'_> {
    fn event(&mut self, event: LogEvent, text: String) {
        match event {
            LogEvent::Invoke { stack_height, .. } => self.begin(stack_height),
            LogEvent::Consumed { units, .. } => {
                if let Some(call) = self.open.last_mut() {
                    call.units = units;
                }
            }
            LogEvent::Success { .. } => self.end(CallEnd::Succeeded),
            LogEvent::Failed { error, .. } => self.end(CallEnd::Failed(error)),
            LogEvent::BuiltinMessage { .. } | LogEvent::Message { .. } => self.push(CallEvent::Log(text)),
            LogEvent::Data { .. } => self.push(CallEvent::Data(text)),
            LogEvent::Return { .. } => self.push(CallEvent::Returned(text)),
            LogEvent::Truncated => self.push(CallEvent::Truncated),
            LogEvent::Stopped { error } => self.push(CallEvent::Stopped { error, functions: Vec::new() }),
            LogEvent::StoppedBelow => {}
            LogEvent::Frame { function_index, .. } => {
                let name = if text.is_empty() { format!("function {function_index}") } else { text };
                let last = self.open.last_mut().and_then(|call| call.events.last_mut());
                if let Some(CallEvent::Stopped { functions, .. }) = last {
                    functions.push(name);
                }
            }
            LogEvent::FramesLeftOut => {}
        }
    }

    fn begin(&mut self, stack_height: u8) {
        let call = if stack_height <= 1 {
            top_level(self.transaction, self.done.len())
        } else {
            self.nested += 1;
            nested(self.transaction, self.receipt, self.nested - 1)
        };
        self.open.push(Call { stack_height, ..call });
    }

    fn end(&mut self, end: CallEnd) {
        let Some(mut call) = self.open.pop() else { return };
        call.end = end;
        match self.open.last_mut() {
            Some(caller) => caller.events.push(CallEvent::Called(call)),
            None => self.done.push(call),
        }
    }

    /// A call that was refused before it began ends in no line of its own.
    fn end_all(&mut self) {
        while !self.open.is_empty() {
            self.end(CallEnd::NotReached);
        }
    }

    fn push(&mut self, event: CallEvent) {
        if let Some(call) = self.open.last_mut() {
            call.events.push(event);
        }
    }
}

fn top_level(transaction: &SanitizedTransaction<'_>, index: usize) -> Call {
    let instruction =
        transaction.instructions().nth(index).expect("the log tells of the transaction's own calls");
    let keys = transaction.keys();
    let program = keys[usize::from(instruction.program_index)];
    Call {
        program,
        instruction_index: index,
        accounts: instruction.accounts.iter().map(|index| keys[usize::from(*index)]).collect(),
        data: instruction.data.to_vec(),
        stack_height: 1,
        units: builtin_units(&program),
        end: CallEnd::NotReached,
        events: Vec::new(),
    }
}

fn nested(transaction: &SanitizedTransaction<'_>, receipt: &Receipt, index: usize) -> Call {
    let inner = receipt.body.inner_calls.get(index).expect("the receipt tells of all nested calls");
    let keys = transaction.keys();
    let program = keys[usize::from(inner.program_index)];
    Call {
        program,
        instruction_index: usize::from(inner.instruction_index),
        accounts: inner.accounts.iter().map(|index| keys[usize::from(*index)]).collect(),
        data: inner.data.clone(),
        stack_height: inner.stack_height,
        units: builtin_units(&program),
        end: CallEnd::NotReached,
        events: Vec::new(),
    }
}

/// Units of a call of a built-in program, which logs none.
fn builtin_units(program: &Address) -> u64 {
    builtins().iter().find(|(address, _)| address == program).map_or(0, |(_, builtin)| builtin.units)
}
