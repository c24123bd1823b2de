//! Gathers what running functions tell into a tree. In: for each begin and end, how many units were left. Out: for each stack
//! of frames, the units that were used while it was the stack.

use super::ProfileMismatch;
use super::tree::{DataHead, Frame, NodeId, Profile, Tree};
use crate::TraceEntry;
use crate::host::{Host, prices, units};
use crate::validate::ModuleInfo;
use sealane_sdk::Address;
use wasmtime::AsContextMut;

/// Units that the engine counts for entering a function, before its first instruction.
const ENTRY_UNITS: u64 = 1;

/// What the recorder knows of a program that was rewritten.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// Names of its functions, the imported ones first.
    pub(crate) names: Vec<String>,
    /// How many of them are host functions.
    pub(crate) imported_count: usize,
    /// Pages of its memory, and elements of its table, when a call begins.
    pub(crate) initial: (u32, u32),
}

impl Recorded {
    pub(crate) const fn new(names: Vec<String>, imported_count: usize, info: &ModuleInfo) -> Self {
        Self { names, imported_count, initial: (info.instance_memory_pages(), info.table_elements) }
    }
}

/// The state of the chain of calls at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Units left.
    units: u64,
    /// Height of the running call.
    height: usize,
    /// Calls that have begun so far.
    trace_count: usize,
    /// The running program.
    program: Address,
    /// How its instruction data begins.
    data_head: DataHead,
    /// Bytes of the running call's input.
    input_bytes: u64,
}

impl Moment {
    /// As a host function sees it.
    pub(crate) fn of(host: &mut Host<'_>) -> Self {
        // A program that has overdrawn its units has none; the engine will notice.
        let units = units(&mut host.as_context_mut()).unwrap_or(0);
        let input_bytes = host.data().region.written_bytes();
        host.data_mut().lent.with(|context| {
            let mut data_head = DataHead::default();
            let head_size = context.data().len().min(data_head.len());
            data_head[..head_size].copy_from_slice(&context.data()[..head_size]);
            let (height, trace_count) = (context.stack_height(), context.trace().len());
            Self { units, height, trace_count, program: *context.program_address(), data_head, input_bytes }
        })
    }
}

/// A call that is running, or was when it was stopped.
#[derive(Debug)]
struct Invocation {
    trace_index: usize,
    /// Units that were left when it began, its price not yet paid.
    start_units: u64,
    /// The frames that run, the program first.
    stack: Vec<NodeId>,
    /// Of these, positions in `host_calls` of the host functions that run.
    host_calls: Vec<usize>,
}

impl Invocation {
    fn top(&self) -> NodeId {
        self.stack.last().copied().unwrap_or(Tree::ROOT)
    }
}

/// A call of a host function.
#[derive(Debug)]
struct HostCall {
    node: NodeId,
    /// Calls of programs that had begun before: if it calls one, that is the number of it.
    trace_count: usize,
    finished: bool,
}

/// What has been told since a transaction began.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    programs: Vec<Recorded>,
    tree: Tree,
    running: Vec<Invocation>,
    host_calls: Vec<HostCall>,
    /// Of calls that returned: index in the trace, units.
    finished: Vec<(usize, u64)>,
    /// Units that were left when something was told last.
    last_units: u64,
}

impl Recorder {
    /// Adds a program that was rewritten, under the number that [`Self::next`] gave.
    pub(crate) fn add(&mut self, program: Recorded) {
        self.programs.push(program);
    }

    /// The number that the next program will have.
    pub(crate) fn next(&self) -> u32 {
        u32::try_from(self.programs.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn begin(&mut self) {
        let programs = std::mem::take(&mut self.programs);
        *self = Self { programs, ..Self::default() };
    }

    /// A function of the running call begins.
    pub(super) fn enter(&mut self, moment: &Moment, program: u32, function: u32) {
        let Some(recorded) = self.programs.get(program as usize) else { return };
        let is_host = (function as usize) < recorded.imported_count;
        let (pages, elements) = recorded.initial;
        if moment.height > self.running.len() {
            let price = prices::call_units(pages, elements, moment.input_bytes);
            self.begin_call(moment, price);
        }
        // Being entered is the function's own affair; host functions are entered for nothing.
        let entry_units =
            if is_host { 0 } else { ENTRY_UNITS.min(self.last_units.saturating_sub(moment.units)) };
        self.spend_until(moment.units + entry_units);
        self.last_units = moment.units;
        let Some(invocation) = self.running.last_mut() else { return };
        let frame = Frame::Function { program, function, is_host };
        let node = self.tree.child(invocation.top(), frame);
        self.tree.count(node);
        self.tree.spend(node, entry_units);
        invocation.stack.push(node);
        if is_host {
            invocation.host_calls.push(self.host_calls.len());
            self.host_calls.push(HostCall { node, trace_count: moment.trace_count, finished: false });
        }
    }

    /// The function that began last ends.
    pub(super) fn exit(&mut self, moment: &Moment) {
        self.spend_until(moment.units);
        let Some(invocation) = self.running.last_mut() else { return };
        let ended = invocation.stack.pop();
        if let Some(last) = invocation.host_calls.last().copied()
            && Some(self.host_calls[last].node) == ended
            && self.tree.is_host(self.host_calls[last].node)
        {
            self.host_calls[last].finished = true;
            invocation.host_calls.pop();
        }
        if invocation.stack.len() == 1 {
            let units = invocation.start_units.saturating_sub(moment.units);
            self.finished.push((invocation.trace_index, units));
            self.running.pop();
        }
    }

    /// The first function of a call is about to begin: what it paid before stands beside it.
    fn begin_call(&mut self, moment: &Moment, price_units: u64) {
        let start_units = moment.units + ENTRY_UNITS + price_units;
        if !self.running.is_empty() {
            self.spend_until(start_units);
        }
        let parent = self.running.last().map_or(Tree::ROOT, Invocation::top);
        let frame = Frame::Program { address: moment.program, data_head: Some(moment.data_head) };
        let program = self.tree.child(parent, frame);
        self.tree.count(program);
        let input = self.tree.child(program, Frame::Input);
        self.tree.count(input);
        self.tree.spend(input, price_units);
        self.last_units = moment.units + ENTRY_UNITS;
        let trace_index = moment.trace_count.saturating_sub(1);
        let (stack, host_calls) = (vec![program], Vec::new());
        self.running.push(Invocation { trace_index, start_units, stack, host_calls });
    }

    /// The running frame has used what was left before beyond `units`.
    fn spend_until(&mut self, units: u64) {
        let node = self.running.last().map_or(Tree::ROOT, Invocation::top);
        self.tree.spend(node, self.last_units.saturating_sub(units));
        self.last_units = units;
    }

    /// See [`Profiler::finish`](super::Profiler::finish).
    pub(super) fn finish(
        &mut self,
        trace: &[TraceEntry],
        address: impl Fn(&TraceEntry) -> Address,
    ) -> Result<Profile, ProfileMismatch> {
        for (trace_index, recorded_units) in &self.finished {
            let charged_units = trace.get(*trace_index).map_or(0, |entry| entry.units_consumed);
            check(*trace_index, charged_units, *recorded_units)?;
        }
        let mut left_units = self.last_units;
        for (trace_index, entry) in trace.iter().enumerate() {
            if !self.knows(trace_index) {
                self.add_silent(trace_index, entry, address(entry), &mut left_units);
            }
        }
        while let Some(invocation) = self.running.pop() {
            let trace_index = invocation.trace_index;
            let charged_units = trace.get(trace_index).map_or(0, |entry| entry.units_consumed);
            let recorded_units = invocation.start_units.saturating_sub(left_units);
            let Some(rest_units) = charged_units.checked_sub(recorded_units) else {
                return Err(ProfileMismatch { trace_index, charged_units, recorded_units });
            };
            if rest_units > 0 {
                let stopped = self.tree.child(invocation.top(), Frame::Stopped);
                self.tree.count(stopped);
                self.tree.spend(stopped, rest_units);
            }
            left_units = invocation.start_units.saturating_sub(charged_units);
        }
        Ok(std::mem::take(&mut self.tree).named(&self.programs))
    }

    /// Whether a call has told of itself.
    fn knows(&self, trace_index: usize) -> bool {
        self.finished.iter().map(|(index, _)| *index).any(|index| index == trace_index)
            || self.running.iter().any(|invocation| invocation.trace_index == trace_index)
    }

    /// Adds a call that told nothing: of a program that is part of the node, or one that failed before it ran. Its units have
    /// been taken for those of the host function that called it.
    fn add_silent(&mut self, trace_index: usize, entry: &TraceEntry, program: Address, left_units: &mut u64) {
        let units = entry.units_consumed;
        let called_by = self.host_calls.iter().rposition(|call| call.trace_count == trace_index);
        let parent = match called_by.filter(|_| entry.stack_height > 1) {
            None => Tree::ROOT,
            Some(position) => {
                let HostCall { node, finished, .. } = self.host_calls[position];
                if finished {
                    self.tree.take_back(node, units);
                } else {
                    *left_units = left_units.saturating_sub(units);
                }
                node
            }
        };
        let node = self.tree.child(parent, Frame::Program { address: program, data_head: None });
        self.tree.count(node);
        self.tree.spend(node, units);
    }
}

const fn check(trace_index: usize, charged_units: u64, recorded_units: u64) -> Result<(), ProfileMismatch> {
    if charged_units == recorded_units {
        Ok(())
    } else {
        Err(ProfileMismatch { trace_index, charged_units, recorded_units })
    }
}
