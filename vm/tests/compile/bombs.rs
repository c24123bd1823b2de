//! Programs that are expensive to compile for their size: families of functions that grow by the piece, from which the
//! suite, the bench and the example of this name make modules.
//!
//! Each family goes for one cost: an instruction that becomes much code, blocks, values that live long, or a product of
//! two of these. What a family costs at its largest is decided by the bounds of the checks alone.

use sealane_sdk::limits;
use sealane_vm::validate::{ModuleError, validate};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements, Encode,
    ExportKind, ExportSection, Function, FunctionSection, GlobalSection, GlobalType, Instruction, MemArg,
    MemorySection, MemoryType, Module, RefType, TableSection, TableType, TypeSection, ValType,
};

/// A family of functions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bomb {
    pub(crate) name: &'static str,
    /// Writes a body of so many pieces.
    pub(crate) body: fn(&mut Body, u32),
}

/// A function body being written.
#[derive(Debug, Default)]
pub(crate) struct Body {
    locals: Vec<(u32, ValType)>,
    code: Vec<u8>,
}

impl Body {
    pub(crate) fn locals(&mut self, count: u32, value_type: ValType) {
        self.locals.push((count, value_type));
    }

    /// Declares locals from index `first` on and gives each a value that the compiler does not know.
    fn seeded(&mut self, first: u32, count: u32, value_type: ValType) {
        self.locals(count, value_type);
        for local in first..first + count {
            self.put(&[Instruction::GlobalGet(1 + local % GLOBAL_COUNT)]);
            match value_type {
                ValType::I32 => self.put(&[Instruction::I32WrapI64]),
                ValType::F32 => self.put(&[Instruction::F32ConvertI64U]),
                ValType::F64 => self.put(&[Instruction::F64ReinterpretI64]),
                _ => {}
            }
            self.put(&[Instruction::LocalSet(local)]);
        }
    }

    pub(crate) fn put(&mut self, instructions: &[Instruction<'_>]) {
        for instruction in instructions {
            instruction.encode(&mut self.code);
        }
    }

    /// Puts the same instructions many times.
    pub(crate) fn repeat(&mut self, count: u32, instructions: &[Instruction<'_>]) {
        for _ in 0..count {
            self.put(instructions);
        }
    }

    fn into_function(self) -> Function {
        let mut function = Function::new(self.locals);
        function.raw(self.code);
        function.instruction(&Instruction::End);
        function
    }
}

/// Type `(i32) -> i64`, the entrypoint's.
const ENTRYPOINT_TYPE: u32 = 0;
/// Type `() -> ()`: that of the bombs, and of a callee that does nothing.
pub(crate) const EMPTY_TYPE: u32 = 1;
/// As many parameters as are allowed, no results.
pub(crate) const PARAMETERS_TYPE: u32 = 2;
/// As many results as are allowed, and as many parameters.
pub(crate) const RESULTS_TYPE: u32 = 3;
/// No parameters, as many results as are allowed.
pub(crate) const CONSTANTS_TYPE: u32 = 4;
/// First of the callees of the types from [`EMPTY_TYPE`] to [`RESULTS_TYPE`], in that order.
pub(crate) const FIRST_CALLEE: u32 = 1;
const CALLEE_COUNT: u32 = 3;
/// Mutable i64 globals there are, from index 1 on.
pub(crate) const GLOBAL_COUNT: u32 = 16;

/// A module with `function_count` functions of the family, of `piece_count` pieces each.
pub(crate) fn module(bomb: Bomb, piece_count: u32, function_count: u32) -> Vec<u8> {
    let mut body = Body::default();
    (bomb.body)(&mut body, piece_count);
    let body = body.into_function();

    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    functions.function(ENTRYPOINT_TYPE);
    code.function(&callee(&[Instruction::I64Const(0)]));
    for type_index in EMPTY_TYPE..EMPTY_TYPE + CALLEE_COUNT {
        functions.function(type_index);
        let result_count = if type_index < RESULTS_TYPE { 0 } else { limits::MAX_FUNCTION_RESULTS };
        code.function(&callee(&vec![Instruction::I64Const(0); result_count as usize]));
    }
    for _ in 0..function_count {
        functions.function(EMPTY_TYPE);
        code.function(&body);
    }

    let mut module = Module::new();
    module.section(&types()).section(&functions);
    frame(&mut module);
    module.section(&code);
    let mut data = DataSection::new();
    data.passive([1; 16]);
    module.section(&data);
    module.finish()
}

fn callee(instructions: &[Instruction<'_>]) -> Function {
    let mut body = Body::default();
    body.put(instructions);
    body.into_function()
}

fn types() -> TypeSection {
    let many = |count: u32| vec![ValType::I64; count as usize];
    let (parameters, results) = (limits::MAX_FUNCTION_PARAMETERS, limits::MAX_FUNCTION_RESULTS);
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I64]);
    types.ty().function([], []);
    types.ty().function(many(parameters), []);
    types.ty().function(many(results), many(results));
    types.ty().function([], many(results));
    types
}

/// The sections between those of functions and code.
fn frame(module: &mut Module) {
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 8,
        maximum: Some(8),
        shared: false,
    });
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut globals = GlobalSection::new();
    let global = |val_type, mutable| GlobalType { val_type, mutable, shared: false };
    globals.global(global(ValType::I32, false), &ConstExpr::i32_const(1024));
    for _ in 0..GLOBAL_COUNT {
        globals.global(global(ValType::I64, true), &ConstExpr::i64_const(0));
    }
    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    exports.export("__heap_base", ExportKind::Global, 0);
    exports.export("entrypoint", ExportKind::Func, 0);
    let mut elements = ElementSection::new();
    let callees: Vec<u32> = (FIRST_CALLEE..FIRST_CALLEE + CALLEE_COUNT).collect();
    elements.active(None, &ConstExpr::i32_const(0), Elements::Functions(callees.into()));
    module.section(&tables).section(&memories).section(&globals).section(&exports).section(&elements);
    module.section(&DataCountSection { count: 1 });
}

/// More pieces than fit into any function.
const MAX_PIECE_COUNT: u32 = 1 << 20;

/// The most pieces of a function that the checks accept in a module of `function_count`, and the refusal of one more.
pub(crate) fn largest(bomb: Bomb, function_count: u32) -> (u32, ModuleError) {
    let refusal = |piece_count: u32| validate(&module(bomb, piece_count, function_count)).err();
    let mut accepted = 0;
    let mut refused = 1;
    let mut error;
    loop {
        match refusal(refused) {
            None if refused < MAX_PIECE_COUNT => (accepted, refused) = (refused, refused * 2),
            None => panic!("{}: nothing bounds it", bomb.name),
            Some(refusal) => {
                error = refusal;
                break;
            }
        }
    }
    while refused - accepted > 1 {
        let middle = accepted.midpoint(refused);
        match refusal(middle) {
            None => accepted = middle,
            Some(refusal) => (refused, error) = (middle, refusal),
        }
    }
    (accepted, error)
}

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

const fn bomb(name: &'static str, body: fn(&mut Body, u32)) -> Bomb {
    Bomb { name, body }
}

/// Computes `count` values, does something as often, and computes the same values again: an optimiser may keep them.
fn computed_twice(body: &mut Body, count: u32, operator: &Instruction<'_>, between: &[Instruction<'_>]) {
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
fn at(piece: u32) -> MemArg {
    MemArg { offset: u64::from(piece % 4096 * 8), align: 0, memory_index: 0 }
}

/// Makes the values of i64 locals matter.
fn keep(body: &mut Body, locals: &[u32]) {
    for local in locals {
        body.put(&[Instruction::LocalGet(*local), Instruction::GlobalSet(1)]);
    }
}

fn bulk(body: &mut Body, count: u32, instruction: Instruction<'_>) {
    body.seeded(0, 3, ValType::I32);
    body.repeat(
        count,
        &[Instruction::LocalGet(0), Instruction::LocalGet(1), Instruction::LocalGet(2), instruction],
    );
}

/// Blocks nested as deep as may be, one such nest after the other.
fn nested(body: &mut Body, count: u32, open: &[Instruction<'_>], close: &[Instruction<'_>]) {
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
fn table_branches(body: &mut Body, count: u32, target_count: u32, depth: u32) {
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
fn many_locals(body: &mut Body, count: u32) -> u32 {
    let local_count = count.max(1);
    body.seeded(0, 1, ValType::I32);
    body.seeded(1, local_count, ValType::I64);
    local_count
}

fn use_locals(body: &mut Body, local_count: u32) {
    for local in 1..=local_count {
        keep(body, &[local]);
    }
}
