//! How much work a function is for the compiler, estimated while its body is read and bounded like its size: bytes alone
//! do not bound it. A rule of the ledger like every bound, so it knows instructions and counts, and no compiler's time.
//!
//! ```text
//! work(f)  = sum over its instructions of weight × (1 + values that travel)  +  spans(f) / SPANS_PER_UNIT
//!          + locals × sum over its loops of (1 + depth / DEPTH_PER_LOOP)
//! spans(f) = (locals + most operands at once + branches)²  +  SPANS_PER_DIVISION × computed values × divisions
//! ```
//! One unit is an instruction that does one simple thing. Values travel at calls (parameters and results) and where
//! control comes together (blocks, branches, each target of a `br_table`), where every one needs a place. A *branch* is
//! any instruction that begins or ends a stretch of straight code, those included that the engine takes apart into
//! several.
//!
//! *Spans* are what a compiler of this kind takes beyond linear time: values times branches for making values of locals
//! and finding out what is alive where (for a loop, before its end is known, every local is taken for changed), branches times branches for what comes together at one place, values times
//! values for giving out registers. Divisions need certain registers, which what lives there has to leave; there computed
//! values count, because the optimiser may keep each of them for a second use at the other end of the function. How units and time relate,
//! `benches/RESULTS.md` says.

use super::Refusal;
use super::error::{Bound, Place};
use super::sections::Sections;
use wasmparser::{BlockType, FrameKind, FuncValidator, Operator, ValidatorResources};

/// Work of a function that does nothing. Source: measured.
const FUNCTION_UNITS: u64 = 100;
/// Spans that are as much work as one simple instruction. Source: measured.
const SPANS_PER_UNIT: u64 = 96;
/// Spans of a value that has to make way for a division, against those of a value at a branch. Source: measured.
const SPANS_PER_DIVISION: u64 = 8;
/// Blocks around a loop that make it as much work as one loop more: a local changed inside is changed for all of them.
const DEPTH_PER_LOOP: u64 = 32;
/// Targets of a `br_table` that count as one branch in spans. Source: measured.
const TARGETS_PER_BRANCH: u64 = 2;
/// Work of a branch beside spans: a stretch of code of its own. Source: measured.
const BRANCH_WEIGHT: u64 = 8;
/// Work of arithmetic with floats: results that are no numbers are made the same everywhere. Source: measured.
const FLOAT_WEIGHT: u64 = 10;

/// The work of one function, as far as it was read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Work {
    units: u64,
    branch_count: u64,
    division_count: u64,
    loop_count: u64,
}

/// What one instruction adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cost {
    weight: u64,
    /// Values that travel.
    value_count: u64,
    branch_count: u64,
    division_count: u64,
    loop_count: u64,
}

impl Work {
    /// Adds an instruction, before it is validated: that takes time too.
    ///
    /// # Errors
    /// A broken bound.
    pub(super) fn count(
        &mut self,
        operator: &Operator<'_>,
        validator: &FuncValidator<ValidatorResources>,
        sections: &Sections,
    ) -> Result<(), Refusal> {
        let Cost { weight, value_count, branch_count, division_count, loop_count } =
            cost(operator, validator, sections);
        self.units = self.units.saturating_add(weight.saturating_mul(value_count.saturating_add(1)));
        self.branch_count = self.branch_count.saturating_add(branch_count);
        self.division_count = self.division_count.saturating_add(division_count);
        self.loop_count = self.loop_count.saturating_add(loop_count);
        Ok(Bound::FunctionWork.check(self.units, Place::Function(validator.index()))?)
    }

    /// The whole of it, for a function that has so many locals, operands at once and computed values.
    ///
    /// # Errors
    /// A broken bound.
    pub(super) fn finish(
        self,
        index: u32,
        local_count: u32,
        operand_height: u32,
        computed_count: u32,
    ) -> Result<u64, Refusal> {
        let width = u64::from(local_count).saturating_add(u64::from(operand_height));
        let width = width.saturating_add(self.branch_count);
        let divisions = self.division_count.saturating_mul(SPANS_PER_DIVISION);
        let kept = u64::from(computed_count).saturating_mul(divisions);
        let spans = width.saturating_mul(width).saturating_add(kept);
        let in_loops = u64::from(local_count).saturating_mul(self.loop_count);
        let beyond_linear = in_loops.saturating_add(spans / SPANS_PER_UNIT);
        let units = self.units.saturating_add(FUNCTION_UNITS).saturating_add(beyond_linear);
        Bound::FunctionWork.check(units, Place::Function(index))?;
        Ok(units)
    }
}

fn cost(operator: &Operator<'_>, validator: &FuncValidator<ValidatorResources>, sections: &Sections) -> Cost {
    let height = u64::from(validator.control_stack_height());
    let label = |depth: u32| label_arity(depth, validator, sections);
    let many = |weight, value_count, branch_count| Cost {
        weight,
        value_count,
        branch_count,
        division_count: 0,
        loop_count: 0,
    };
    let straight = |weight| many(weight, 0, 0);
    let branching = |value_count, branch_count| many(BRANCH_WEIGHT, value_count, branch_count);
    match operator {
        Operator::Call { function_index } => many(6, sections.function_arity(*function_index), 0),
        // Looks whether the table's element was made already, and compares types.
        Operator::CallIndirect { type_index, .. } => many(8, sections.type_arity(*type_index), 2),
        // What a block costs comes with the branches out of it, and with its end.
        Operator::Block { blockty } => branching(block_arity(*blockty, sections), 0),
        // Looks whether units are left.
        Operator::Loop { blockty } => {
            Cost { loop_count: 1 + height / DEPTH_PER_LOOP, ..branching(block_arity(*blockty, sections), 3) }
        }
        Operator::If { blockty } => branching(block_arity(*blockty, sections), 1),
        Operator::Else | Operator::End | Operator::Unreachable => branching(0, 1),
        Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => {
            branching(label(*relative_depth), 1)
        }
        Operator::Return => branching(sections.function_arity(validator.index()), 1),
        Operator::BrTable { targets } => {
            let depths = targets.targets().map_while(Result::ok).chain([targets.default()]);
            let value_count = depths.map(|depth| label(depth).saturating_add(1)).fold(0, u64::saturating_add);
            let branch_count = u64::from(targets.len()).div_ceil(TARGETS_PER_BRANCH).saturating_add(1);
            many(2, value_count, branch_count)
        }
        Operator::MemoryFill { .. } | Operator::MemoryCopy { .. } | Operator::MemoryInit { .. } => {
            many(32, 0, 2)
        }
        Operator::TableInit { .. } | Operator::TableCopy { .. } => many(192, 0, 4),
        Operator::MemoryGrow { .. } => many(24, 0, 1),
        operator if is_float_arithmetic(operator) => straight(FLOAT_WEIGHT),
        operator if is_division(operator) => Cost { division_count: 1, ..straight(2) },
        _ => straight(1),
    }
}

/// Whether an instruction divides integers.
const fn is_division(operator: &Operator<'_>) -> bool {
    use Operator as O;
    matches!(
        operator,
        O::I32DivS | O::I32DivU | O::I32RemS | O::I32RemU | O::I64DivS | O::I64DivU | O::I64RemS | O::I64RemU
    )
}

/// Whether an instruction computes with floats, other than by moving bits or comparing.
const fn is_float_arithmetic(operator: &Operator<'_>) -> bool {
    use Operator as O;
    matches!(
        operator,
        O::F32Ceil
            | O::F32Floor
            | O::F32Trunc
            | O::F32Nearest
            | O::F32Sqrt
            | O::F32Add
            | O::F32Sub
            | O::F32Mul
            | O::F32Div
            | O::F32Min
            | O::F32Max
            | O::F64Ceil
            | O::F64Floor
            | O::F64Trunc
            | O::F64Nearest
            | O::F64Sqrt
            | O::F64Add
            | O::F64Sub
            | O::F64Mul
            | O::F64Div
            | O::F64Min
            | O::F64Max
            | O::F32DemoteF64
            | O::F64PromoteF32
            | O::I32TruncF32S
            | O::I32TruncF32U
            | O::I32TruncF64S
            | O::I32TruncF64U
            | O::I64TruncF32S
            | O::I64TruncF32U
            | O::I64TruncF64S
            | O::I64TruncF64U
            | O::I32TruncSatF32S
            | O::I32TruncSatF32U
            | O::I32TruncSatF64S
            | O::I32TruncSatF64U
            | O::I64TruncSatF32S
            | O::I64TruncSatF32U
            | O::I64TruncSatF64S
            | O::I64TruncSatF64U
    )
}

fn label_arity(depth: u32, validator: &FuncValidator<ValidatorResources>, sections: &Sections) -> u64 {
    let Some(frame) = validator.get_control_frame(depth as usize) else { return 0 };
    let BlockType::FuncType(type_index) = frame.block_type else {
        return u64::from(frame.kind != FrameKind::Loop && frame.block_type != BlockType::Empty);
    };
    let (parameters, results) = sections.arities(type_index);
    if frame.kind == FrameKind::Loop { parameters } else { results }
}

fn block_arity(block_type: BlockType, sections: &Sections) -> u64 {
    match block_type {
        BlockType::Empty => 0,
        BlockType::Type(_) => 1,
        BlockType::FuncType(type_index) => sections.type_arity(type_index),
    }
}
