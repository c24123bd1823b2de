//! The instructions that mark a write, put before the instruction that writes.

use super::Granules;
use wasm_encoder::{Function, Instruction, ValType};
use wasmparser::Operator;

/// An instruction that writes memory, as its marking needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    /// A value of this type at an address plus an offset.
    Store {
        /// What is on the stack above the address.
        value: ValType,
        /// The instruction's own offset.
        offset: u64,
    },
    /// A range: where it starts, something else, its size.
    Range,
}

impl Write {
    /// What `operator` writes, if it writes memory. Programs have no other such instructions.
    pub(crate) const fn of(operator: &Operator<'_>) -> Option<Self> {
        let (value, offset) = match operator {
            Operator::I32Store { memarg }
            | Operator::I32Store8 { memarg }
            | Operator::I32Store16 { memarg } => (ValType::I32, memarg.offset),
            Operator::I64Store { memarg }
            | Operator::I64Store8 { memarg }
            | Operator::I64Store16 { memarg }
            | Operator::I64Store32 { memarg } => (ValType::I64, memarg.offset),
            Operator::F32Store { memarg } => (ValType::F32, memarg.offset),
            Operator::F64Store { memarg } => (ValType::F64, memarg.offset),
            Operator::MemoryFill { .. } | Operator::MemoryCopy { .. } | Operator::MemoryInit { .. } => {
                return Some(Self::Range);
            }
            _ => return None,
        };
        Some(Self::Store { value, offset })
    }
}

/// The locals that a function needs to mark what it writes, and what they are used with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scratch {
    granules: Granules,
    /// Index of the global.
    marks: u32,
    /// Index of the first local; the types are [`Self::LOCALS`].
    first: u32,
}

impl Scratch {
    /// The locals to add to a function.
    pub(crate) const LOCALS: [(u32, ValType); 4] =
        [(3, ValType::I32), (1, ValType::I64), (1, ValType::F32), (1, ValType::F64)];

    /// With the locals from `first` on.
    pub(crate) const fn new(granules: Granules, marks: u32, first: u32) -> Self {
        Self { granules, marks, first }
    }

    /// Writes the instructions that go before a write. They leave the stack as it was.
    pub(crate) fn mark(self, writer: &mut Function, write: Write) {
        match write {
            Write::Store { value, offset } => self.mark_store(writer, value, offset),
            Write::Range => self.mark_range(writer),
        }
    }

    fn mark_store(self, writer: &mut Function, value: ValType, offset: u64) {
        let address = self.first;
        let value = self.first
            + match value {
                ValType::I64 => 3,
                ValType::F32 => 4,
                ValType::F64 => 5,
                _ => 1,
            };
        put(writer, &[Instruction::LocalSet(value), Instruction::LocalTee(address)]);
        put(writer, &[Instruction::I64Const(1), Instruction::LocalGet(address)]);
        if offset != 0 {
            // Where this wraps around, the store traps.
            #[expect(clippy::cast_possible_truncation, reason = "offsets of 32-bit memories have 32 bits")]
            put(writer, &[Instruction::I32Const((offset as u32).cast_signed()), Instruction::I32Add]);
        }
        self.put_granule(writer);
        put(writer, &[Instruction::I64Shl]);
        self.put_marks(writer);
        put(writer, &[Instruction::LocalGet(value)]);
    }

    fn mark_range(self, writer: &mut Function) {
        let (to, other, size) = (self.first, self.first + 1, self.first + 2);
        put(writer, &[Instruction::LocalSet(size), Instruction::LocalSet(other), Instruction::LocalSet(to)]);
        put(writer, &[Instruction::I64Const(-1), Instruction::LocalGet(to)]);
        self.put_granule(writer);
        put(writer, &[Instruction::I64Shl, Instruction::I64Const(-1), Instruction::I64Const(63)]);
        put(writer, &[Instruction::LocalGet(to), Instruction::I64ExtendI32U]);
        put(writer, &[Instruction::LocalGet(size), Instruction::I64ExtendI32U, Instruction::I64Add]);
        put(writer, &[Instruction::I64Const(1), Instruction::I64Sub]);
        put(writer, &[Instruction::I64Const(i64::from(self.granules.shift())), Instruction::I64ShrU]);
        put(writer, &[Instruction::I64Sub, Instruction::I64ShrU, Instruction::I64And]);
        self.put_marks(writer);
        put(writer, &[Instruction::LocalGet(to), Instruction::LocalGet(other), Instruction::LocalGet(size)]);
    }

    /// Makes an address the index of its granule.
    fn put_granule(self, writer: &mut Function) {
        put(writer, &[Instruction::I64ExtendI32U, Instruction::I64Const(i64::from(self.granules.shift()))]);
        put(writer, &[Instruction::I64ShrU]);
    }

    /// Takes bits off the stack and adds them to the marks.
    fn put_marks(self, writer: &mut Function) {
        put(writer, &[Instruction::GlobalGet(self.marks), Instruction::I64Or]);
        put(writer, &[Instruction::GlobalSet(self.marks)]);
    }
}

fn put(writer: &mut Function, instructions: &[Instruction<'_>]) {
    for instruction in instructions {
        writer.instruction(instruction);
    }
}
