//! Programs that are expensive to compile for their size: families of functions that grow by the piece, from which the
//! suite, the bench and the example of this name make modules.
//!
//! Each family goes for one cost: an instruction that becomes much code, blocks, values that live long, or a product of
//! two of these. What a family costs at its largest is decided by the bounds of the checks alone.

mod families;
mod pieces;

pub(crate) use families::BOMBS;

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
