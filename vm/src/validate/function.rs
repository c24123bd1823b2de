//! The checks of one function body: bounds as it is read, validity by wasmparser, and on the way its measure for the
//! stack limit and its place in the call graph.

use super::Refusal;
use super::error::{Bound, Place};
use super::features::{Phase, classify};
use super::info::FunctionInfo;
use super::sections::Sections;
use super::work::Work;
use std::collections::BTreeSet;
use wasmparser::{
    FuncToValidate, FuncValidator, FuncValidatorAllocations, FunctionBody, Operator, ValidatorResources,
};

/// Checks a function body.
///
/// # Errors
/// A broken bound, or what wasmparser refuses.
pub(super) fn check(
    function: FuncToValidate<ValidatorResources>,
    body: &FunctionBody<'_>,
    sections: &mut Sections,
    allocations: FuncValidatorAllocations,
) -> Result<(FunctionInfo, FuncValidatorAllocations), Refusal> {
    let index = function.index;
    let type_index = function.ty;
    Bound::BodySize.check(body.range().len() as u64, Place::Function(index))?;
    let parameter_count = sections.parameter_count(type_index);
    let mut validator = function.into_validator(allocations);
    define_locals(&mut validator, body, parameter_count)?;

    let decode = |error| classify(error, Phase::Decode, Some(index));
    let mut tally = Tally::new(index);
    let mut work = Work::default();
    let mut operand_height = 0;
    let mut reader = body.get_operators_reader().map_err(decode)?;
    while !reader.eof() {
        let (operator, offset) = reader.read_with_offset().map_err(decode)?;
        tally.count(&operator)?;
        work.count(&operator, &validator, sections)?;
        sections.note_operator(&operator);
        validator.op(offset, &operator).map_err(|error| classify(error, Phase::Validate, Some(index)))?;
        operand_height = operand_height.max(validator.operand_stack_height());
    }
    reader.finish().map_err(decode)?;
    let work_units = work.finish(index, validator.len_locals(), operand_height, tally.computed_count)?;
    sections.add_work(work_units, Place::Function(index))?;

    let info = FunctionInfo {
        type_index,
        local_count: validator.len_locals(),
        parameter_count,
        operand_height,
        computed_count: tally.computed_count,
        work_units,
        calls: tally.calls.into_iter().collect(),
        indirect_calls: tally.indirect_calls.into_iter().collect(),
    };
    Ok((info, validator.into_allocations()))
}

/// Bounds the locals before the validator makes room for them.
fn define_locals(
    validator: &mut FuncValidator<ValidatorResources>,
    body: &FunctionBody<'_>,
    parameter_count: u32,
) -> Result<(), Refusal> {
    let index = validator.index();
    let decode = |error| classify(error, Phase::Decode, Some(index));
    let mut total = u64::from(parameter_count);
    let mut reader = body.get_locals_reader().map_err(decode)?;
    for _ in 0..reader.get_count() {
        let offset = reader.original_position();
        let (count, value_type) = reader.read().map_err(decode)?;
        total = total.saturating_add(u64::from(count));
        Bound::Locals.check(total, Place::Function(index))?;
        validator
            .define_locals(offset, count, value_type)
            .map_err(|error| classify(error, Phase::Validate, Some(index)))?;
    }
    Ok(())
}

/// What is counted while a body is read.
struct Tally {
    index: u32,
    block_count: u32,
    depth: u32,
    computed_count: u32,
    calls: BTreeSet<u32>,
    indirect_calls: BTreeSet<u32>,
}

impl Tally {
    const fn new(index: u32) -> Self {
        Self {
            index,
            block_count: 0,
            depth: 0,
            computed_count: 0,
            calls: BTreeSet::new(),
            indirect_calls: BTreeSet::new(),
        }
    }

    fn count(&mut self, operator: &Operator<'_>) -> Result<(), Refusal> {
        let place = Place::Function(self.index);
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                self.block_count = self.block_count.saturating_add(1);
                self.depth = self.depth.saturating_add(1);
                Bound::Blocks.check(u64::from(self.block_count), place)?;
                Bound::BlockDepth.check(u64::from(self.depth), place)?;
            }
            // The function's own end comes at depth 0.
            Operator::End => self.depth = self.depth.saturating_sub(1),
            Operator::BrTable { targets } => Bound::BranchTargets.check(u64::from(targets.len()), place)?,
            Operator::Call { function_index } => {
                self.calls.insert(*function_index);
            }
            Operator::CallIndirect { type_index, .. } => {
                self.indirect_calls.insert(*type_index);
            }
            _ => {}
        }
        if computes(operator) {
            self.computed_count = self.computed_count.saturating_add(1);
        }
        Ok(())
    }
}

/// Whether an instruction makes a value that the compiler may keep alive longer than the operand stack does, by using
/// it again where the same computation stands a second time. Constants are made anew each time; locals are counted.
const fn computes(operator: &Operator<'_>) -> bool {
    !matches!(
        operator,
        Operator::Unreachable
            | Operator::Nop
            | Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::Else
            | Operator::End
            | Operator::Br { .. }
            | Operator::BrIf { .. }
            | Operator::Return
            | Operator::Drop
            | Operator::LocalGet { .. }
            | Operator::LocalSet { .. }
            | Operator::LocalTee { .. }
            | Operator::I32Const { .. }
            | Operator::I64Const { .. }
    )
}
