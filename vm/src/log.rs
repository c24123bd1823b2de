//! What a transaction's programs said, kept as events and turned into Solana's log lines only when somebody reads
//! them: writing a line costs more than a token transfer. Logs are never hashed.

use crate::CallError;
use sealane_sdk::Address;
use sealane_sdk::limits::MAX_LOG_SIZE_BYTES;
use serde::{Deserialize, Serialize};

/// One thing that was logged. Texts lie one after the other in the collector; events hold their sizes in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogEvent {
    /// A call began.
    Invoke {
        /// The called program.
        program: Address,
        /// Height of the call on the stack, 1 for a top-level instruction.
        stack_height: u8,
    },
    /// A program that is part of the node wrote a line.
    BuiltinMessage {
        /// Size of the text in bytes.
        size_bytes: u32,
    },
    /// The program (or the host on its behalf) wrote a line.
    Message {
        /// Size of the text in bytes.
        size_bytes: u32,
    },
    /// The program logged data, already in base64 with spaces between the pieces.
    Data {
        /// Size of the text in bytes.
        size_bytes: u32,
    },
    /// The program returned data, already in base64.
    Return {
        /// The program that returned it.
        program: Address,
        /// Size of the text in bytes.
        size_bytes: u32,
    },
    /// A call ended, with the units it used.
    Consumed {
        /// The called program.
        program: Address,
        /// Units used by the call and those below it.
        units: u64,
        /// Units it had to use.
        limit: u64,
    },
    /// A call succeeded.
    Success {
        /// The called program.
        program: Address,
    },
    /// A call failed.
    Failed {
        /// The called program.
        program: Address,
        /// Why.
        error: CallError,
    },
    /// Here text was dropped: the transaction wrote more than it may.
    Truncated,
    /// The program stopped without returning. The functions that were running follow, the innermost first.
    Stopped {
        /// Why.
        error: CallError,
    },
    /// The program stopped because a call that it made failed. The functions that were running follow.
    StoppedBelow,
    /// A function that was running when the program stopped.
    Frame {
        /// Its index among the program's functions, imports included.
        function_index: u32,
        /// Size of its name in bytes; 0 if the program does not tell it.
        size_bytes: u32,
    },
    /// More functions were running, down to the entrypoint.
    FramesLeftOut,
}

impl LogEvent {
    /// Size of its text in bytes.
    const fn size_bytes(self) -> u32 {
        match self {
            Self::BuiltinMessage { size_bytes }
            | Self::Message { size_bytes }
            | Self::Data { size_bytes }
            | Self::Return { size_bytes, .. }
            | Self::Frame { size_bytes, .. } => size_bytes,
            Self::Invoke { .. }
            | Self::Consumed { .. }
            | Self::Success { .. }
            | Self::Failed { .. }
            | Self::Truncated
            | Self::Stopped { .. }
            | Self::StoppedBelow
            | Self::FramesLeftOut => 0,
        }
    }
}

/// Most bytes of function names that one transaction's backtraces hold; functions beyond are told by index.
/// Source: our own; whole backtraces of Rust programs five calls deep.
const MAX_FRAME_NAMES_SIZE_BYTES: usize = 4 * 1024;

/// The log of one transaction: events, and the text they speak of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogCollector {
    events: Vec<LogEvent>,
    text: Vec<u8>,
}

impl LogCollector {
    /// Forgets everything, keeps the room.
    pub fn clear(&mut self) {
        self.events.clear();
        self.text.clear();
    }

    pub(crate) const fn from_parts(events: Vec<LogEvent>, text: Vec<u8>) -> Self {
        Self { events, text }
    }

    /// The text that the events speak of.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// The events in order.
    #[must_use]
    pub fn events(&self) -> &[LogEvent] {
        &self.events
    }

    /// Adds an event without text. At most a few an instruction, so they are not counted against the limit.
    pub fn event(&mut self, event: LogEvent) {
        self.events.push(event);
    }

    /// Adds a line of the program's. Bytes that are not UTF-8 are shown as replacement characters when read.
    pub fn message(&mut self, text: &[u8]) {
        self.with_text(text, |size_bytes| LogEvent::Message { size_bytes });
    }

    /// Adds a line of a built-in program's, which Solana shows as it is.
    pub fn builtin_message(&mut self, text: &[u8]) {
        self.with_text(text, |size_bytes| LogEvent::BuiltinMessage { size_bytes });
    }

    /// Adds logged data, `text` in base64.
    pub fn data(&mut self, text: &[u8]) {
        self.with_text(text, |size_bytes| LogEvent::Data { size_bytes });
    }

    /// Adds a program's return data, `text` in base64.
    pub fn returned(&mut self, program: Address, text: &[u8]) {
        self.with_text(text, |size_bytes| LogEvent::Return { program, size_bytes });
    }

    /// Adds why a program stopped, and the functions that were running in it with their names, the innermost first. An
    /// empty name says that the program tells none.
    pub(crate) fn backtrace<'n>(&mut self, stopped: LogEvent, frames: impl Iterator<Item = (u32, &'n str)>) {
        let mut room_bytes = MAX_FRAME_NAMES_SIZE_BYTES.saturating_sub(self.frame_names_size_bytes());
        self.events.push(stopped);
        for (function_index, name) in frames {
            let name = if name.len() <= room_bytes { name } else { "" };
            room_bytes -= name.len();
            let size_bytes = u32::try_from(name.len()).expect("below the limit");
            self.text.extend_from_slice(name.as_bytes());
            self.events.push(LogEvent::Frame { function_index, size_bytes });
        }
    }

    /// Bytes of function names, which are not the program's to pay from its text. They all stand behind the last line that
    /// a program wrote: what stops a program stops the transaction.
    fn frame_names_size_bytes(&self) -> usize {
        use LogEvent::{BuiltinMessage, Data, Frame, Message};
        let is_written =
            |event: &&LogEvent| matches!(event, Message { .. } | BuiltinMessage { .. } | Data { .. });
        let behind = self.events.iter().rev().take_while(|event| !is_written(event));
        behind.map(|event| if let Frame { size_bytes, .. } = event { *size_bytes as usize } else { 0 }).sum()
    }

    fn with_text(&mut self, text: &[u8], event: impl FnOnce(u32) -> LogEvent) {
        let is_too_long = |before: usize| before.saturating_add(text.len()) > MAX_LOG_SIZE_BYTES;
        if is_too_long(self.text.len()) && is_too_long(self.text.len() - self.frame_names_size_bytes()) {
            if !matches!(self.events.last(), Some(LogEvent::Truncated)) {
                self.events.push(LogEvent::Truncated);
            }
            return;
        }
        let size_bytes = u32::try_from(text.len()).expect("below the log limit");
        self.text.extend_from_slice(text);
        self.events.push(event(size_bytes));
    }

    /// The events in order, each with its text, which is empty for those that have none.
    pub fn told(&self) -> impl Iterator<Item = (LogEvent, String)> {
        let mut rest = self.text.as_slice();
        self.events.iter().map(move |event| {
            let (head, tail) = rest.split_at(rest.len().min(event.size_bytes() as usize));
            rest = tail;
            (*event, String::from_utf8_lossy(head).into_owned())
        })
    }

    /// The log as Solana's clients know it, a line an event.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.told()
            .map(|(event, text)| match event {
                LogEvent::Invoke { program, stack_height } => {
                    format!("Program {program} invoke [{stack_height}]")
                }
                LogEvent::BuiltinMessage { .. } => text,
                LogEvent::Message { .. } => format!("Program log: {text}"),
                LogEvent::Data { .. } => format!("Program data: {text}"),
                LogEvent::Return { program, .. } => format!("Program return: {program} {text}"),
                LogEvent::Consumed { program, units, limit } => {
                    format!("Program {program} consumed {units} of {limit} compute units")
                }
                LogEvent::Success { program } => format!("Program {program} success"),
                LogEvent::Failed { program, error } => match error {
                    CallError::Returned(code) if u32::try_from(code).is_ok() => {
                        format!("Program {program} failed: custom program error: {code:#x}")
                    }
                    error => format!("Program {program} failed: {error}"),
                },
                LogEvent::Truncated => "Log truncated".to_owned(),
                LogEvent::Stopped { error: CallError::Trap(trap) } => format!("Program log: trap: {trap}"),
                LogEvent::Stopped { error } => format!("Program log: stopped: {error}"),
                LogEvent::StoppedBelow => "Program log: stopped: the call above failed".to_owned(),
                LogEvent::Frame { function_index, size_bytes: 0 } => {
                    format!("Program log:   at function {function_index}")
                }
                LogEvent::Frame { .. } => format!("Program log:   at {text}"),
                LogEvent::FramesLeftOut => "Program log:   ... and others, down to the entrypoint".to_owned(),
            })
            .collect()
    }
}
