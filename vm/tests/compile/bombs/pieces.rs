//! What several families are made of.

use super::*;

pub(super) const fn bomb(name: &'static str, body: fn(&mut Body, u32)) -> Bomb {
    Bomb { name, body }
}

/// Computes `count` values, does something as often, and computes the same values again: an optimiser may keep them.
pub(super) fn computed_twice(
    body: &mut Body,
    count: u32,
    operator: &Instruction<'_>,
    between: &[Instruction<'_>],
) {
    body.seeded(0, 1, ValType::I64);
    for round in 0..2 {
        for piece in 0..count {
            // Odd numbers beyond the reach of cheaper instructions, none of them a constant's neighbour.
            let factor = i64::from(piece) * 2 + 12_345;
            match operator {
                Instruction::I64Rotl => body.put(&[Instruction::I64Const(factor), Instruction::LocalGet(0)]),
                _ => body.put(&[Instruction::LocalGet(0), Instruction::I64Const(factor)]),
            }
            body.put(&[operator.clone(), Instruction::GlobalSet(1)]);
        }
        if round == 0 {
            body.repeat(count, between);
        }
    }
}

/// Access to eight bytes somewhere in the first page.
pub(super) fn at(piece: u32) -> MemArg {
    MemArg { offset: u64::from(piece % 4096 * 8), align: 0, memory_index: 0 }
}

/// Makes the values of i64 locals matter.
pub(super) fn keep(body: &mut Body, locals: &[u32]) {
    for local in locals {
        body.put(&[Instruction::LocalGet(*local), Instruction::GlobalSet(1)]);
    }
}

pub(super) fn bulk(body: &mut Body, count: u32, instruction: Instruction<'_>) {
    body.seeded(0, 3, ValType::I32);
    body.repeat(
        count,
        &[Instruction::LocalGet(0), Instruction::LocalGet(1), Instruction::LocalGet(2), instruction],
    );
}

/// Blocks nested as deep as may be, one such nest after the other.
pub(super) fn nested(body: &mut Body, count: u32, open: &[Instruction<'_>], close: &[Instruction<'_>]) {
    body.seeded(0, 1, ValType::I32);
    let mut left = count;
    while left > 0 {
        let depth = left.min(limits::MAX_FUNCTION_BLOCK_DEPTH);
        body.repeat(depth, open);
        body.repeat(depth, close);
        left -= depth;
    }
}

/// `count` times a `br_table` with so many targets, out of `depth` blocks.
pub(super) fn table_branches(body: &mut Body, count: u32, target_count: u32, depth: u32) {
    body.seeded(0, 1, ValType::I32);
    body.repeat(depth, &[Instruction::Block(BlockType::Empty)]);
    for _ in 0..count {
        let targets: Vec<u32> = (0..target_count).map(|target| 1 + target % depth).collect();
        body.put(&[
            Instruction::Block(BlockType::Empty),
            Instruction::LocalGet(0),
            Instruction::BrIf(0),
            Instruction::LocalGet(0),
            Instruction::BrTable(targets.into(), 1),
            Instruction::End,
        ]);
    }
    for _ in 0..depth {
        body.put(&[
            Instruction::End,
            Instruction::LocalGet(0),
            Instruction::I32Clz,
            Instruction::LocalSet(0),
        ]);
    }
}

/// An i32 local, and `count` i64 locals behind it that get values.
pub(super) fn many_locals(body: &mut Body, count: u32) -> u32 {
    let local_count = count.max(1);
    body.seeded(0, 1, ValType::I32);
    body.seeded(1, local_count, ValType::I64);
    local_count
}

pub(super) fn use_locals(body: &mut Body, local_count: u32) {
    for local in 1..=local_count {
        keep(body, &[local]);
    }
}
