//! Random programs called in random turns, on new instances and on kept ones. In: bytes that decide everything. Out: what
//! was run; or a panic that says where a kept instance is not as new.

use super::adapt::as_program;
use super::engines::{Counts, compare};
use super::modules::random_module;
use super::watching::{Leaves, WATCHED_SIZE_BYTES, as_watching_program};
use super::{Call, PROGRAM, address, call, engine, sysvars, writable};
use arbitrary::Unstructured;
use sealane_vm::{CallError, Context, InstancePolicy, Instances, Program};
use std::sync::Arc;

/// Programs that take turns at most.
const MAX_PROGRAM_COUNT: usize = 3;
/// Turns at most.
const MAX_TURN_COUNT: usize = 24;
/// Enough for most calls to come to an end, with two looks at a memory of four pages.
const TURN_UNITS: u64 = 3_000_000;

/// What was run.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    /// Calls that came back, with or without an error of their own.
    pub(crate) returned: u64,
    /// Calls that trapped.
    pub(crate) trapped: u64,
    /// Calls that ran out of units.
    pub(crate) out_of_units: u64,
    /// Programs that instances are kept of.
    pub(crate) kept: u64,
    /// The same modules on a second engine.
    pub(crate) second: Counts,
}

impl Turns {
    /// Makes programs and calls of `bytes`, runs the calls on new and on kept instances of one worker each, and the
    /// programs' modules on a second engine.
    ///
    /// # Panics
    /// If they differ.
    pub(crate) fn check(bytes: &[u8]) -> Self {
        let mut turns = Self::default();
        let mut source = Unstructured::new(bytes);
        let calls = turns.calls(&mut source);
        let sysvars = sysvars();
        let mut plain = Context::new(Instances::new(InstancePolicy::Fresh), &sysvars);
        let mut kept = Context::new(Instances::new(InstancePolicy::Kept), &sysvars);
        for (turn, call) in calls.iter().enumerate() {
            let expected = call.run_in(&mut plain);
            assert_eq!(expected, call.run_in(&mut kept), "turn {turn}");
            match expected.result {
                Ok(()) | Err(CallError::Returned(_)) => turns.returned += 1,
                Err(CallError::OutOfUnits) => turns.out_of_units += 1,
                Err(CallError::Trap(_)) => turns.trapped += 1,
                Err(error) => panic!("a program without host calls cannot fail like this: {error}"),
            }
        }
        turns
    }

    /// Counts what another run did too.
    pub(crate) fn add(&mut self, other: &Self) {
        self.returned += other.returned;
        self.trapped += other.trapped;
        self.out_of_units += other.out_of_units;
        self.kept += other.kept;
        self.second.modules += other.second.modules;
    }

    fn calls(&mut self, source: &mut Unstructured<'_>) -> Vec<Call> {
        let programs: Vec<_> = (0..MAX_PROGRAM_COUNT).map_while(|_| self.program(source)).collect();
        if programs.is_empty() {
            return Vec::new();
        }
        let turn = |_| a_call(&programs, source).ok();
        (0..MAX_TURN_COUNT).map_while(turn).collect()
    }

    /// The next program, if there are bytes left for one.
    fn program(&mut self, source: &mut Unstructured<'_>) -> Option<Arc<Program>> {
        if source.is_empty() {
            return None;
        }
        // Turns shall have their bytes, and a second program too.
        let leaves = *source.choose(&[Leaves::Anything, Leaves::MemoryAndGlobals]).ok()?;
        let size = source.len() / 2;
        let bytes = source.bytes(size).ok()?;
        let module = random_module(&mut Unstructured::new(bytes))?;
        let seed = bytes.iter().fold(0, |seed: u64, byte| seed.rotate_left(7) ^ u64::from(*byte));
        if let Some(program) = as_program(&module) {
            compare(seed, &program, &mut self.second);
        }
        // Segments that do not fit are refused.
        let program = engine().load(&as_watching_program(&module, leaves)?).ok()?;
        self.kept += u64::from(program.info().resets_by_memory_and_globals());
        Some(program)
    }
}

/// A call of one of the programs, of any of its functions, with any arguments.
fn a_call(programs: &[Arc<Program>], source: &mut Unstructured<'_>) -> arbitrary::Result<Call> {
    if source.is_empty() {
        return Err(arbitrary::Error::NotEnoughData);
    }
    let program = source.choose(programs)?;
    let function = source.int_in_range(0..=8_u32)?;
    let mut data = function.to_le_bytes().to_vec();
    data.resize(8, 0);
    for _ in 0..source.int_in_range(0..=6)? {
        let borders = [0, 1, u64::MAX, 1 << 31, 1 << 63, 65_535, 0x7ff4_0000_7fa0_0000];
        let argument = if source.arbitrary()? { *source.choose(&borders)? } else { source.arbitrary()? };
        data.extend(argument.to_le_bytes());
    }
    let account = writable(1, address(PROGRAM), 1, &[0; WATCHED_SIZE_BYTES]);
    Ok(Call { units: TURN_UNITS, ..call(program, vec![account], &data) })
}
