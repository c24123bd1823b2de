//! Programs that tell what they see: a random module gets an entrypoint of ours, which calls the function that the
//! instruction data names, and hashes memory and globals before and afterwards. In: a module of `modules.rs`. Out: a
//! program.

use super::adapt::as_program;
use std::convert::Infallible;
use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{
    BlockType, CodeSection, ExportKind, ExportSection, Function, FunctionSection, Instruction, MemArg,
    Module, TypeSection, ValType,
};
use wasmparser::{CompositeInnerType, Operator, Parser, Payload};

/// What a call of a program can leave behind in its instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaves {
    /// Whatever the module has instructions for.
    Anything,
    /// Memory and globals alone, so that instances are kept: instructions that change tables or drop segments are put
    /// out of action.
    MemoryAndGlobals,
}

/// A module as a program whose entrypoint tells what it sees. The instruction data says what it does: the index of a
/// function (u32), four bytes of nothing, and eight bytes for each parameter. The first account's data becomes a hash
/// of memory and globals before the call, one of its results, and one of memory and globals after it; a call in eight
/// that has results fails. The memory has one to three pages. `None` if the bytes are no module of [`random_module`]'s.
pub(crate) fn as_watching_program(bytes: &[u8], leaves: Leaves) -> Option<Vec<u8>> {
    let shape = Shape::of(bytes)?;
    let mut module = Module::new();
    Watched { shape, leaves }.parse_core_module(&mut module, Parser::new(0), bytes).ok()?;
    as_program(&module.finish())
}

/// Bytes of account data that a watching program writes.
pub(crate) const WATCHED_SIZE_BYTES: usize = 24;

/// What of a module the entrypoint needs to know.
#[derive(Default)]
struct Shape {
    types: Vec<(Vec<ValType>, Vec<ValType>)>,
    /// For each function, the index of its type.
    functions: Vec<u32>,
    globals: Vec<ValType>,
}

impl Shape {
    fn of(bytes: &[u8]) -> Option<Self> {
        let mut shape = Self::default();
        for payload in Parser::new(0).parse_all(bytes) {
            match payload.ok()? {
                Payload::TypeSection(reader) => {
                    for group in reader {
                        for subtype in group.ok()?.into_types() {
                            let CompositeInnerType::Func(function) = subtype.composite_type.inner else {
                                return None;
                            };
                            shape.types.push((numbers(function.params())?, numbers(function.results())?));
                        }
                    }
                }
                Payload::FunctionSection(reader) => {
                    shape.functions = reader.into_iter().collect::<Result<_, _>>().ok()?;
                }
                Payload::GlobalSection(reader) => {
                    for global in reader {
                        shape.globals.push(number(&global.ok()?.ty.content_type)?);
                    }
                }
                _ => {}
            }
        }
        Some(shape)
    }

    fn function_count(&self) -> u32 {
        u32::try_from(self.functions.len()).expect("a few")
    }

    fn type_count(&self) -> u32 {
        u32::try_from(self.types.len()).expect("a few")
    }
}

/// The type, if it is one of numbers.
const fn number(value_type: &wasmparser::ValType) -> Option<ValType> {
    match value_type {
        wasmparser::ValType::I32 => Some(ValType::I32),
        wasmparser::ValType::I64 => Some(ValType::I64),
        wasmparser::ValType::F32 => Some(ValType::F32),
        wasmparser::ValType::F64 => Some(ValType::F64),
        _ => None,
    }
}

fn numbers(types: &[wasmparser::ValType]) -> Option<Vec<ValType>> {
    types.iter().map(number).collect()
}

/// Adds functions behind the module's own: one that hashes what there is, the entrypoint, and one that takes three
/// numbers and does nothing.
struct Watched {
    shape: Shape,
    leaves: Leaves,
}

impl Reencode for Watched {
    type Error = Infallible;

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: wasmparser::TypeSectionReader<'_>,
    ) -> Result<(), reencode::Error> {
        utils::parse_type_section(self, types, section)?;
        types.ty().function([], [ValType::I64]);
        types.ty().function([ValType::I32], [ValType::I64]);
        types.ty().function([ValType::I32; 3], []);
        Ok(())
    }

    /// As many pages as programs have that instances are kept of.
    fn memory_type(
        &mut self,
        memory: wasmparser::MemoryType,
    ) -> Result<wasm_encoder::MemoryType, reencode::Error> {
        let initial = memory.initial.clamp(1, 3);
        let maximum = memory.maximum.map(|maximum| maximum.max(initial));
        Ok(utils::memory_type(self, wasmparser::MemoryType { initial, maximum, ..memory }))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: wasmparser::FunctionSectionReader<'_>,
    ) -> Result<(), reencode::Error> {
        utils::parse_function_section(self, functions, section)?;
        (0..3).for_each(|added| {
            functions.function(self.shape.type_count() + added);
        });
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: wasmparser::ExportSectionReader<'_>,
    ) -> Result<(), reencode::Error> {
        utils::parse_export_section(self, exports, section)?;
        exports.export("entrypoint", ExportKind::Func, self.shape.function_count() + 1);
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: wasmparser::CodeSectionReader<'_>,
    ) -> Result<(), reencode::Error> {
        utils::parse_code_section(self, code, section)?;
        let mut nothing = Function::new([]);
        nothing.instruction(&Instruction::End);
        code.function(&look(&self.shape)).function(&entrypoint(&self.shape)).function(&nothing);
        Ok(())
    }

    fn instruction<'a>(&mut self, operator: Operator<'a>) -> Result<Instruction<'a>, reencode::Error> {
        match (self.leaves, &operator) {
            (Leaves::MemoryAndGlobals, Operator::DataDrop { .. } | Operator::ElemDrop { .. }) => {
                Ok(Instruction::Nop)
            }
            (Leaves::MemoryAndGlobals, Operator::TableInit { .. } | Operator::TableCopy { .. }) => {
                Ok(Instruction::Call(self.shape.function_count() + 2))
            }
            _ => utils::instruction(self, operator),
        }
    }
}

const fn at(offset: u64) -> MemArg {
    MemArg { offset, align: 0, memory_index: 0 }
}

/// Takes an i64 from the stack into the hash in `local`.
fn mix(function: &mut Function, local: u32) {
    for instruction in [
        Instruction::LocalGet(local),
        Instruction::I64Xor,
        Instruction::I64Const(0x9e37_79b9_7f4a_7c15_u64.cast_signed()),
        Instruction::I64Mul,
        Instruction::I64Const(29),
        Instruction::I64Rotl,
        Instruction::LocalSet(local),
    ] {
        function.instruction(&instruction);
    }
}

/// Makes the value on the stack an i64 that keeps all its bits.
fn to_bits(function: &mut Function, value: ValType) {
    let instructions: &[Instruction<'_>] = match value {
        ValType::I32 => &[Instruction::I64ExtendI32U],
        ValType::F32 => &[Instruction::I32ReinterpretF32, Instruction::I64ExtendI32U],
        ValType::F64 => &[Instruction::I64ReinterpretF64],
        _ => &[],
    };
    instructions.iter().for_each(|instruction| {
        function.instruction(instruction);
    });
}

/// The reverse.
fn from_bits(function: &mut Function, value: ValType) {
    let instructions: &[Instruction<'_>] = match value {
        ValType::I32 => &[Instruction::I32WrapI64],
        ValType::F32 => &[Instruction::I32WrapI64, Instruction::F32ReinterpretI32],
        ValType::F64 => &[Instruction::F64ReinterpretI64],
        _ => &[],
    };
    instructions.iter().for_each(|instruction| {
        function.instruction(instruction);
    });
}

/// A function that hashes the memory, its size and the globals.
fn look(shape: &Shape) -> Function {
    let (cursor, end, hash) = (0, 1, 2);
    let mut function = Function::new([(2, ValType::I32), (1, ValType::I64)]);
    for instruction in [
        Instruction::MemorySize(0),
        Instruction::I32Const(16),
        Instruction::I32Shl,
        Instruction::LocalTee(end),
        Instruction::I64ExtendI32U,
        Instruction::LocalSet(hash),
        Instruction::Block(BlockType::Empty),
        Instruction::Loop(BlockType::Empty),
        Instruction::LocalGet(cursor),
        Instruction::LocalGet(end),
        Instruction::I32GeU,
        Instruction::BrIf(1),
        Instruction::LocalGet(cursor),
        Instruction::I64Load(at(0)),
    ] {
        function.instruction(&instruction);
    }
    mix(&mut function, hash);
    for instruction in [
        Instruction::LocalGet(cursor),
        Instruction::I32Const(8),
        Instruction::I32Add,
        Instruction::LocalSet(cursor),
        Instruction::Br(0),
        Instruction::End,
        Instruction::End,
    ] {
        function.instruction(&instruction);
    }
    for (index, global) in (0..).zip(&shape.globals) {
        function.instruction(&Instruction::GlobalGet(index));
        to_bits(&mut function, *global);
        mix(&mut function, hash);
    }
    function.instruction(&Instruction::LocalGet(hash)).instruction(&Instruction::End);
    function
}

/// The entrypoint. It reads where account data and instruction data lie before anything can overwrite that.
fn entrypoint(shape: &Shape) -> Function {
    let (input, account, arguments, results) = (0, 1, 2, 3);
    let looks = shape.function_count();
    let mut function = Function::new([(2, ValType::I32), (1, ValType::I64)]);
    for instruction in [
        // The first entry of the table stands 64 bytes into the region, its data offset 72 bytes into the entry.
        Instruction::LocalGet(input),
        Instruction::I32Load(at(64 + 72)),
        Instruction::LocalSet(account),
        Instruction::LocalGet(input),
        Instruction::LocalGet(input),
        Instruction::I32Load(at(12)),
        Instruction::I32Add,
        Instruction::LocalSet(arguments),
        Instruction::LocalGet(account),
        Instruction::Call(looks),
        Instruction::I64Store(at(0)),
    ] {
        function.instruction(&instruction);
    }
    for (index, type_index) in (0..).zip(&shape.functions) {
        let (parameters, values) = &shape.types[*type_index as usize];
        for instruction in [
            Instruction::LocalGet(arguments),
            Instruction::I32Load(at(0)),
            Instruction::I32Const(index),
            Instruction::I32Eq,
            Instruction::If(BlockType::Empty),
        ] {
            function.instruction(&instruction);
        }
        for (position, parameter) in (1..).zip(parameters) {
            function.instruction(&Instruction::LocalGet(arguments));
            function.instruction(&Instruction::I64Load(at(8 * position)));
            from_bits(&mut function, *parameter);
        }
        function.instruction(&Instruction::Call(index.cast_unsigned()));
        for value in values.iter().rev() {
            to_bits(&mut function, *value);
            mix(&mut function, results);
        }
        function.instruction(&Instruction::End);
    }
    for instruction in [
        Instruction::LocalGet(account),
        Instruction::LocalGet(results),
        Instruction::I64Store(at(8)),
        Instruction::LocalGet(account),
        Instruction::Call(looks),
        Instruction::I64Store(at(16)),
        // One call in eight that has results fails.
        Instruction::LocalGet(results),
        Instruction::I64Const(7),
        Instruction::I64And,
        Instruction::I64Const(7),
        Instruction::I64Eq,
        Instruction::I64ExtendI32U,
        Instruction::End,
    ] {
        function.instruction(&instruction);
    }
    function
}
