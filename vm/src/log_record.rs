//! A transaction's log as a receipt keeps it: the events of a [`LogCollector`], packed, so that the log of a plain
//! transaction lies in the receipt itself and takes nothing from the allocator.
//!
//! ```text
//! event     tag (1 byte), then by tag:
//!   0       any event, as bincode writes it: those that are rare, or have a text
//!   1       call began         program, stack height (1 byte)
//!   2       call ended         program, units used and units allowed (LEB128)
//!   3       call succeeded     program
//! program   its number among the programs named so far (1 byte), and its address if it is the first time
//! ```

use crate::{LogCollector, LogEvent};
use sealane_sdk::Address;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

/// Enough for a transaction that calls one program, and says nothing.
const INLINE_SIZE_BYTES: usize = 64;

/// Programs told apart by number; those beyond are written out each time.
const MAX_PROGRAMS_COUNT: usize = 8;

const OTHER: u8 = 0;
const INVOKE: u8 = 1;
const CONSUMED: u8 = 2;
const SUCCESS: u8 = 3;

/// The log of one transaction, at rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRecord {
    events: SmallVec<[u8; INLINE_SIZE_BYTES]>,
    text: Vec<u8>,
}

impl LogRecord {
    /// The log as it was collected. Of a record that was altered, what comes before the first fault.
    #[must_use]
    pub fn unpack(&self) -> LogCollector {
        let mut unpacker = Unpacker { rest: &self.events, programs: Vec::new() };
        LogCollector::from_parts(std::iter::from_fn(|| unpacker.event()).collect(), self.text.clone())
    }

    /// The log as Solana's clients know it, a line an event.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.unpack().lines()
    }
}

impl From<&LogCollector> for LogRecord {
    fn from(log: &LogCollector) -> Self {
        let mut packer = Packer { events: SmallVec::new(), programs: SmallVec::new() };
        log.events().iter().for_each(|event| packer.event(event));
        Self { events: packer.events, text: log.text().to_vec() }
    }
}

struct Packer<'l> {
    events: SmallVec<[u8; INLINE_SIZE_BYTES]>,
    programs: SmallVec<[&'l Address; MAX_PROGRAMS_COUNT]>,
}

impl<'l> Packer<'l> {
    fn event(&mut self, event: &'l LogEvent) {
        match event {
            LogEvent::Invoke { program, stack_height } if self.program(INVOKE, program) => {
                self.events.push(*stack_height);
            }
            LogEvent::Consumed { program, units, limit } if self.program(CONSUMED, program) => {
                self.number(*units);
                self.number(*limit);
            }
            LogEvent::Success { program } if self.program(SUCCESS, program) => {}
            other => {
                let bytes = bincode::serde::encode_to_vec(other, bincode::config::standard())
                    .expect("an event can be encoded");
                self.events.push(OTHER);
                self.events.extend_from_slice(&bytes);
            }
        }
    }

    /// Writes the tag and the program; `false`, and nothing, if there are too many programs.
    fn program(&mut self, tag: u8, program: &'l Address) -> bool {
        let known = self.programs.iter().position(|other| *other == program);
        let number = known.unwrap_or(self.programs.len());
        if number >= MAX_PROGRAMS_COUNT {
            return false;
        }
        self.events.push(tag);
        self.events.push(u8::try_from(number).expect("a few programs"));
        if known.is_none() {
            self.programs.push(program);
            self.events.extend_from_slice(program.as_array());
        }
        true
    }

    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.events.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.events.push(number.to_le_bytes()[0]);
    }
}

struct Unpacker<'l> {
    rest: &'l [u8],
    programs: Vec<Address>,
}

impl Unpacker<'_> {
    fn event(&mut self) -> Option<LogEvent> {
        Some(match self.byte()? {
            OTHER => {
                let decoded = bincode::serde::decode_from_slice(self.rest, bincode::config::standard());
                let (event, size) = decoded.ok()?;
                self.rest = self.rest.get(size..)?;
                event
            }
            INVOKE => LogEvent::Invoke { program: self.program()?, stack_height: self.byte()? },
            CONSUMED => {
                LogEvent::Consumed { program: self.program()?, units: self.number()?, limit: self.number()? }
            }
            SUCCESS => LogEvent::Success { program: self.program()? },
            _ => return None,
        })
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn program(&mut self) -> Option<Address> {
        let number = usize::from(self.byte()?);
        if number == self.programs.len() {
            let (address, rest) = self.rest.split_first_chunk()?;
            self.rest = rest;
            self.programs.push(Address::new_from_array(*address));
        }
        self.programs.get(number).copied()
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CallError;
    use proptest::prelude::*;

    fn event() -> impl Strategy<Value = LogEvent> {
        // More programs than have a number.
        let program = || (0..12_u8).prop_map(|number| Address::new_from_array([number; 32]));
        prop_oneof![
            (program(), any::<u8>())
                .prop_map(|(program, stack_height)| LogEvent::Invoke { program, stack_height }),
            (program(), any::<u64>(), 0..300_u64)
                .prop_map(|(program, units, limit)| { LogEvent::Consumed { program, units, limit } }),
            program().prop_map(|program| LogEvent::Success { program }),
            (program(), program()).prop_map(|(program, account)| LogEvent::Failed {
                program,
                error: CallError::Reentrancy(account)
            }),
            any::<u32>().prop_map(|size_bytes| LogEvent::Message { size_bytes }),
            Just(LogEvent::Truncated),
        ]
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_out_again(events in prop::collection::vec(event(), 0..40), text in any::<Vec<u8>>()) {
            let log = LogCollector::from_parts(events, text);
            prop_assert_eq!(LogRecord::from(&log).unpack(), log);
        }

        #[test]
        fn altered_records_are_read_without_a_panic(events in any::<Vec<u8>>()) {
            let record = LogRecord { events: events.into(), text: Vec::new() };
            let _ = record.unpack();
        }
    }

    #[test]
    fn a_plain_call_needs_no_room_elsewhere() {
        let program = Address::new_from_array([7; 32]);
        let mut log = LogCollector::default();
        log.event(LogEvent::Invoke { program, stack_height: 1 });
        log.event(LogEvent::Consumed { program, units: 1_399_000, limit: 1_400_000 });
        log.event(LogEvent::Success { program });
        let record = LogRecord::from(&log);
        assert!(!record.events.spilled(), "{} bytes", record.events.len());
        assert_eq!(record.lines(), log.lines());
    }
}
