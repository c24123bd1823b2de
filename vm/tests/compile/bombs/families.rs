//! The families, each with the body that so many pieces make.

use super::pieces::*;
use super::*;

/// Every family.
pub(crate) const BOMBS: &[Bomb] = &[
    bomb("arithmetic", |body, count| {
        body.seeded(0, 4, ValType::I64);
        for piece in 0..count {
            body.put(&[
                Instruction::LocalGet(piece % 4),
                Instruction::LocalGet((piece + 1) % 4),
                Instruction::I64Mul,
                Instruction::LocalGet((piece + 2) % 4),
                Instruction::I64Xor,
                Instruction::LocalSet((piece + 3) % 4),
            ]);
        }
        keep(body, &[0, 1, 2, 3]);
    }),
    bomb("a web of locals", |body, count| {
        let local_count = count.clamp(1, limits::MAX_FUNCTION_LOCALS - 10);
        body.seeded(0, local_count, ValType::I64);
        for piece in 0..count {
            body.put(&[
                Instruction::LocalGet(piece.wrapping_mul(7) % local_count),
                Instruction::LocalGet(piece.wrapping_mul(13).wrapping_add(1) % local_count),
                Instruction::I64Add,
                Instruction::LocalSet(piece.wrapping_mul(31).wrapping_add(5) % local_count),
            ]);
        }
        for local in 0..local_count {
            keep(body, &[local]);
        }
    }),
    bomb("values that live long", |body, count| {
        for piece in 0..count {
            body.put(&[Instruction::I32Const(0), Instruction::I64Load(at(piece))]);
        }
        body.put(&[Instruction::I64Const(0)]);
        body.repeat(count, &[Instruction::I64Add]);
        body.put(&[Instruction::GlobalSet(1)]);
    }),
    bomb("values that live across calls", |body, count| {
        for piece in 0..count {
            body.put(&[
                Instruction::I32Const(0),
                Instruction::I64Load(at(piece)),
                Instruction::Call(FIRST_CALLEE),
            ]);
        }
        body.put(&[Instruction::I64Const(0)]);
        body.repeat(count, &[Instruction::I64Add]);
        body.put(&[Instruction::GlobalSet(1)]);
    }),
    bomb("values that live across blocks", |body, count| {
        body.seeded(0, 1, ValType::I32);
        for piece in 0..count {
            body.put(&[Instruction::I32Const(0), Instruction::I64Load(at(piece))]);
        }
        body.repeat(
            count.min(limits::MAX_FUNCTION_BLOCKS),
            &[
                Instruction::Block(BlockType::Empty),
                Instruction::LocalGet(0),
                Instruction::BrIf(0),
                Instruction::Call(FIRST_CALLEE),
                Instruction::End,
            ],
        );
        body.put(&[Instruction::I64Const(0)]);
        body.repeat(count, &[Instruction::I64Add]);
        body.put(&[Instruction::GlobalSet(1)]);
    }),
    bomb("products computed twice", |body, count| {
        computed_twice(body, count, &Instruction::I64Mul, &[]);
    }),
    bomb("shifts computed twice", |body, count| {
        computed_twice(body, count, &Instruction::I64Rotl, &[]);
    }),
    bomb("remainders computed twice", |body, count| {
        computed_twice(body, count, &Instruction::I64RemU, &[]);
    }),
    bomb("products computed twice, calls between", |body, count| {
        computed_twice(body, count, &Instruction::I64Mul, &[Instruction::Call(FIRST_CALLEE)]);
    }),
    bomb("products computed twice, blocks between", |body, count| {
        let between = [
            Instruction::Block(BlockType::Empty),
            Instruction::GlobalGet(1),
            Instruction::I32WrapI64,
            Instruction::BrIf(0),
            Instruction::Call(FIRST_CALLEE),
            Instruction::End,
        ];
        computed_twice(body, count, &Instruction::I64Mul, &between);
    }),
    bomb("calls", |body, count| body.repeat(count, &[Instruction::Call(FIRST_CALLEE)])),
    bomb("calls with parameters", |body, count| {
        for _ in 0..count {
            for _ in 0..limits::MAX_FUNCTION_PARAMETERS {
                body.put(&[Instruction::GlobalGet(1)]);
            }
            body.put(&[Instruction::Call(FIRST_CALLEE + 1)]);
        }
    }),
    bomb("calls with results", |body, count| {
        body.repeat(limits::MAX_FUNCTION_RESULTS, &[Instruction::I64Const(1)]);
        body.repeat(count, &[Instruction::Call(FIRST_CALLEE + 2)]);
        body.repeat(limits::MAX_FUNCTION_RESULTS, &[Instruction::Drop]);
    }),
    bomb("indirect calls", |body, count| {
        body.repeat(
            count,
            &[Instruction::I32Const(0), Instruction::CallIndirect { type_index: EMPTY_TYPE, table_index: 0 }],
        );
    }),
    bomb("indirect calls with results", |body, count| {
        body.repeat(limits::MAX_FUNCTION_RESULTS, &[Instruction::I64Const(1)]);
        body.repeat(
            count,
            &[
                Instruction::I32Const(0),
                Instruction::CallIndirect { type_index: RESULTS_TYPE, table_index: 0 },
            ],
        );
        body.repeat(limits::MAX_FUNCTION_RESULTS, &[Instruction::Drop]);
    }),
    bomb("loads", |body, count| {
        body.seeded(0, 1, ValType::I32);
        body.repeat(
            count,
            &[Instruction::LocalGet(0), Instruction::I32Load(at(4)), Instruction::LocalSet(0)],
        );
        body.put(&[Instruction::LocalGet(0), Instruction::I64ExtendI32U, Instruction::GlobalSet(1)]);
    }),
    bomb("stores", |body, count| {
        body.seeded(0, 1, ValType::I32);
        body.repeat(
            count,
            &[Instruction::LocalGet(0), Instruction::LocalGet(0), Instruction::I32Store(at(4))],
        );
    }),
    bomb("memory.fill", |body, count| bulk(body, count, Instruction::MemoryFill(0))),
    bomb("memory.copy", |body, count| {
        bulk(body, count, Instruction::MemoryCopy { src_mem: 0, dst_mem: 0 });
    }),
    bomb("memory.copy of 128 bytes", |body, count| {
        body.seeded(0, 1, ValType::I32);
        body.repeat(
            count,
            &[
                Instruction::LocalGet(0),
                Instruction::I32Const(0),
                Instruction::I32Const(128),
                Instruction::MemoryCopy { src_mem: 0, dst_mem: 0 },
            ],
        );
    }),
    bomb("memory.init", |body, count| bulk(body, count, Instruction::MemoryInit { mem: 0, data_index: 0 })),
    bomb("table.copy", |body, count| {
        bulk(body, count, Instruction::TableCopy { src_table: 0, dst_table: 0 });
    }),
    bomb("table.init", |body, count| bulk(body, count, Instruction::TableInit { elem_index: 0, table: 0 })),
    bomb("memory.grow", |body, count| {
        body.seeded(0, 1, ValType::I32);
        body.repeat(count, &[Instruction::LocalGet(0), Instruction::MemoryGrow(0), Instruction::LocalSet(0)]);
    }),
    bomb("f64.add", |body, count| {
        body.seeded(0, 2, ValType::F64);
        body.repeat(
            count,
            &[
                Instruction::LocalGet(0),
                Instruction::LocalGet(1),
                Instruction::F64Add,
                Instruction::LocalSet(0),
            ],
        );
        body.put(&[Instruction::LocalGet(0), Instruction::I64ReinterpretF64, Instruction::GlobalSet(1)]);
    }),
    bomb("f32.nearest", |body, count| {
        body.seeded(0, 1, ValType::F32);
        body.put(&[Instruction::LocalGet(0)]);
        body.repeat(count, &[Instruction::F32Nearest]);
        body.put(&[Instruction::I32ReinterpretF32, Instruction::I64ExtendI32U, Instruction::GlobalSet(1)]);
    }),
    bomb("f64.min", |body, count| {
        body.seeded(0, 2, ValType::F64);
        body.put(&[Instruction::LocalGet(0)]);
        body.repeat(count, &[Instruction::LocalGet(1), Instruction::F64Min]);
        body.put(&[Instruction::I64ReinterpretF64, Instruction::GlobalSet(1)]);
    }),
    bomb("conversions that trap", |body, count| {
        body.seeded(0, 1, ValType::F64);
        body.put(&[Instruction::LocalGet(0)]);
        body.repeat(count, &[Instruction::I64TruncF64U, Instruction::F64ConvertI64U]);
        body.put(&[Instruction::I64ReinterpretF64, Instruction::GlobalSet(1)]);
    }),
    bomb("conversions that saturate", |body, count| {
        body.seeded(0, 1, ValType::F64);
        body.put(&[Instruction::LocalGet(0)]);
        body.repeat(count, &[Instruction::I64TruncSatF64U, Instruction::F64ConvertI64U]);
        body.put(&[Instruction::I64ReinterpretF64, Instruction::GlobalSet(1)]);
    }),
    bomb("divisions", |body, count| {
        body.seeded(0, 2, ValType::I64);
        body.put(&[Instruction::LocalGet(0)]);
        body.repeat(count, &[Instruction::LocalGet(1), Instruction::I64RemS]);
        body.put(&[Instruction::GlobalSet(1)]);
    }),
    bomb("bit counts", |body, count| {
        body.seeded(0, 1, ValType::I64);
        body.put(&[Instruction::LocalGet(0)]);
        body.repeat(count, &[Instruction::I64Popcnt, Instruction::I64Clz]);
        body.put(&[Instruction::GlobalSet(1)]);
    }),
    bomb("globals", |body, count| {
        for piece in 0..count {
            body.put(&[
                Instruction::GlobalGet(1 + piece % GLOBAL_COUNT),
                Instruction::GlobalSet(1 + (piece + 1) % GLOBAL_COUNT),
            ]);
        }
    }),
    bomb("select", |body, count| {
        body.seeded(0, 3, ValType::I32);
        body.put(&[Instruction::LocalGet(0)]);
        body.repeat(count, &[Instruction::LocalGet(1), Instruction::LocalGet(2), Instruction::Select]);
        body.put(&[Instruction::I64ExtendI32U, Instruction::GlobalSet(1)]);
    }),
    bomb("constants", |body, count| {
        for piece in 0..count {
            body.put(&[Instruction::F64Const(f64::from(piece).into()), Instruction::Drop]);
        }
    }),
    bomb("branches out of one block", |body, count| {
        body.seeded(0, 1, ValType::I32);
        body.put(&[Instruction::Block(BlockType::Empty)]);
        body.repeat(count, &[Instruction::LocalGet(0), Instruction::BrIf(0)]);
        body.put(&[Instruction::End]);
    }),
    bomb("branches with values", |body, count| {
        body.seeded(0, 1, ValType::I32);
        body.put(&[Instruction::Block(BlockType::FunctionType(CONSTANTS_TYPE))]);
        body.repeat(limits::MAX_FUNCTION_RESULTS, &[Instruction::GlobalGet(1)]);
        body.repeat(count, &[Instruction::LocalGet(0), Instruction::BrIf(0)]);
        body.put(&[Instruction::End]);
        body.repeat(limits::MAX_FUNCTION_RESULTS, &[Instruction::GlobalSet(1)]);
    }),
    bomb("branches back with values", |body, count| {
        body.seeded(0, 1, ValType::I32);
        body.repeat(limits::MAX_FUNCTION_PARAMETERS, &[Instruction::GlobalGet(1)]);
        body.put(&[Instruction::Loop(BlockType::FunctionType(PARAMETERS_TYPE))]);
        body.repeat(count, &[Instruction::LocalGet(0), Instruction::BrIf(0)]);
        body.repeat(limits::MAX_FUNCTION_PARAMETERS, &[Instruction::GlobalSet(1)]);
        body.put(&[Instruction::End]);
    }),
    bomb("returns", |body, count| {
        body.seeded(0, 1, ValType::I32);
        body.repeat(
            count,
            &[
                Instruction::LocalGet(0),
                Instruction::If(BlockType::Empty),
                Instruction::Return,
                Instruction::End,
            ],
        );
    }),
    bomb("blocks in a row", |body, count| {
        body.seeded(0, 1, ValType::I32);
        body.repeat(
            count,
            &[
                Instruction::Block(BlockType::Empty),
                Instruction::LocalGet(0),
                Instruction::BrIf(0),
                Instruction::End,
            ],
        );
    }),
    bomb("loops in a row", |body, count| {
        body.seeded(0, 1, ValType::I32);
        body.repeat(
            count,
            &[
                Instruction::Loop(BlockType::Empty),
                Instruction::LocalGet(0),
                Instruction::BrIf(0),
                Instruction::End,
            ],
        );
    }),
    bomb("if and else in a row", |body, count| {
        body.seeded(0, 3, ValType::I32);
        body.repeat(
            count,
            &[
                Instruction::LocalGet(0),
                Instruction::If(BlockType::Result(ValType::I32)),
                Instruction::LocalGet(1),
                Instruction::Else,
                Instruction::LocalGet(2),
                Instruction::End,
                Instruction::LocalSet(0),
            ],
        );
    }),
    bomb("nested blocks", |body, count| {
        nested(
            body,
            count,
            &[Instruction::Block(BlockType::Empty)],
            &[Instruction::LocalGet(0), Instruction::BrIf(0), Instruction::End],
        );
    }),
    bomb("nested loops", |body, count| {
        nested(
            body,
            count,
            &[Instruction::Loop(BlockType::Empty)],
            &[Instruction::LocalGet(0), Instruction::BrIf(0), Instruction::End],
        );
    }),
    bomb("nested ifs", |body, count| {
        nested(
            body,
            count,
            &[Instruction::LocalGet(0), Instruction::If(BlockType::Empty)],
            &[
                Instruction::Else,
                Instruction::LocalGet(0),
                Instruction::I32Eqz,
                Instruction::LocalSet(0),
                Instruction::End,
            ],
        );
    }),
    bomb("blocks with many values", |body, count| {
        let wide = BlockType::FunctionType(RESULTS_TYPE);
        body.seeded(0, 1, ValType::I32);
        body.repeat(limits::MAX_FUNCTION_RESULTS, &[Instruction::GlobalGet(1)]);
        body.repeat(
            count,
            &[Instruction::Block(wide), Instruction::LocalGet(0), Instruction::BrIf(0), Instruction::End],
        );
        body.repeat(limits::MAX_FUNCTION_RESULTS, &[Instruction::GlobalSet(1)]);
    }),
    bomb("loops with many values", |body, count| {
        let wide = BlockType::FunctionType(RESULTS_TYPE);
        body.seeded(0, 1, ValType::I32);
        body.repeat(limits::MAX_FUNCTION_RESULTS, &[Instruction::GlobalGet(1)]);
        body.repeat(
            count,
            &[Instruction::Loop(wide), Instruction::LocalGet(0), Instruction::BrIf(0), Instruction::End],
        );
        body.repeat(limits::MAX_FUNCTION_RESULTS, &[Instruction::GlobalSet(1)]);
    }),
    bomb("one br_table", |body, count| table_branches(body, 1, count, 1)),
    bomb("many small br_tables", |body, count| table_branches(body, count, 2, 2)),
    bomb("many large br_tables", |body, count| {
        table_branches(body, count, limits::MAX_BR_TABLE_TARGETS, 1);
    }),
    bomb("many br_tables to many blocks", |body, count| {
        table_branches(body, count, limits::MAX_BR_TABLE_TARGETS, 500);
    }),
    bomb("br_tables with values", |body, count| {
        body.seeded(0, 1, ValType::I32);
        let depth = 100;
        body.repeat(limits::MAX_FUNCTION_PARAMETERS, &[Instruction::GlobalGet(1)]);
        for _ in 0..depth {
            body.put(&[Instruction::Loop(BlockType::FunctionType(PARAMETERS_TYPE))]);
            body.repeat(limits::MAX_FUNCTION_PARAMETERS, &[Instruction::GlobalSet(1)]);
            body.repeat(limits::MAX_FUNCTION_PARAMETERS, &[Instruction::GlobalGet(1)]);
        }
        for _ in 0..count {
            let targets: Vec<u32> = (0..limits::MAX_BR_TABLE_TARGETS).map(|target| target % depth).collect();
            body.put(&[Instruction::Block(BlockType::Empty), Instruction::LocalGet(0), Instruction::BrIf(0)]);
            body.repeat(limits::MAX_FUNCTION_PARAMETERS, &[Instruction::GlobalGet(1)]);
            let targets: Vec<u32> = targets.iter().map(|target| target + 1).collect();
            body.put(&[Instruction::LocalGet(0), Instruction::BrTable(targets.into(), 1), Instruction::End]);
        }
        body.repeat(limits::MAX_FUNCTION_PARAMETERS, &[Instruction::GlobalSet(1)]);
        body.repeat(depth, &[Instruction::End]);
    }),
    bomb("locals through loops in a row", |body, count| {
        let locals = many_locals(body, count);
        body.repeat(
            count.min(limits::MAX_FUNCTION_BLOCKS),
            &[
                Instruction::Loop(BlockType::Empty),
                Instruction::LocalGet(0),
                Instruction::BrIf(0),
                Instruction::End,
            ],
        );
        use_locals(body, locals);
    }),
    bomb("locals through ifs in a row", |body, count| {
        let locals = many_locals(body, count);
        for piece in 0..count.min(limits::MAX_FUNCTION_BLOCKS) {
            body.put(&[
                Instruction::LocalGet(0),
                Instruction::If(BlockType::Empty),
                Instruction::I64Const(i64::from(piece)),
                Instruction::LocalSet(1 + piece % locals),
                Instruction::End,
            ]);
        }
        use_locals(body, locals);
    }),
    bomb("locals through nested loops", |body, count| {
        let locals = many_locals(body, count);
        let depth = count.min(limits::MAX_FUNCTION_BLOCK_DEPTH);
        body.repeat(depth, &[Instruction::Loop(BlockType::Empty)]);
        for local in 1..=locals {
            body.put(&[
                Instruction::LocalGet(local),
                Instruction::GlobalGet(1),
                Instruction::I64Add,
                Instruction::LocalSet(local),
            ]);
        }
        body.repeat(depth, &[Instruction::LocalGet(0), Instruction::BrIf(0), Instruction::End]);
        use_locals(body, locals);
    }),
    bomb("locals through nested blocks", |body, count| {
        let locals = many_locals(body, count);
        let depth = count.min(limits::MAX_FUNCTION_BLOCK_DEPTH);
        body.repeat(depth, &[Instruction::Block(BlockType::Empty)]);
        for target in 0..depth {
            for local in 0..locals.div_ceil(depth) {
                let local = 1 + (target * 7 + local) % locals;
                body.put(&[Instruction::GlobalGet(1), Instruction::LocalSet(local)]);
            }
            body.put(&[Instruction::LocalGet(0), Instruction::BrIf(target)]);
        }
        body.repeat(depth, &[Instruction::End]);
        use_locals(body, locals);
    }),
    bomb("code that is never reached", |body, count| {
        body.put(&[Instruction::Unreachable]);
        body.repeat(count, &[Instruction::I32Add]);
        body.put(&[Instruction::Drop]);
    }),
];
