//! Writes the module anew: prologue and epilogue around the bodies that count, the marks of `write_marks/`, the globals
//! for both, and the exports that the host needs. Everything else stays as it was, in the shortest encoding.

use super::charges::charges;
use super::{NotTheModule, STACK_EXPORT, global_export_name};
use crate::names::function_names;
use crate::validate::ModuleInfo;
use crate::write_marks::{Granules, MARKS_EXPORT, Scratch, Write, is_free};
use sealane_sdk::limits::{MAX_MEMORY_PAGES, MAX_STACK_SLOTS};
use std::convert::Infallible;
use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ExportKind, ExportSection, Function, GlobalSection, GlobalType,
    Instruction, MemoryType, Module, SectionId, TypeSection, ValType,
};
use wasmparser::{CompositeInnerType, Operator, Parser};

/// Makes the module that is compiled out of one that was validated: see the folder's description.
///
/// # Errors
/// [`NotTheModule`] if `info` was not made of these bytes.
pub fn instrument(bytes: &[u8], info: &ModuleInfo) -> Result<Vec<u8>, NotTheModule> {
    let mut rewriter = Rewriter {
        info,
        charges: charges(info),
        granules: Granules::of(info),
        block_types: Vec::new(),
        has_globals: false,
        next_function: 0,
        named: false,
        failed: false,
    };
    let mut module = Module::new();
    rewriter.parse_core_module(&mut module, Parser::new(0), bytes).map_err(|_| NotTheModule)?;
    if rewriter.failed || rewriter.next_function != info.functions.len() {
        return Err(NotTheModule);
    }
    Ok(module.finish())
}

type Outcome<T> = Result<T, reencode::Error<Infallible>>;

struct Rewriter<'a> {
    info: &'a ModuleInfo,
    charges: Vec<Option<u32>>,
    /// How the memory is divided, if instances will be kept.
    granules: Option<Granules>,
    /// For each type, the type of a block with its results.
    block_types: Vec<BlockType>,
    /// Whether the section of globals has been written.
    has_globals: bool,
    /// Position of the next body among the functions that the module defines.
    next_function: usize,
    /// Whether names of functions have been written: those of the first section that has any.
    named: bool,
    /// Whether the bytes turned out not to fit the information.
    failed: bool,
}

impl Reencode for Rewriter<'_> {
    type Error = Infallible;

    /// Adds a type for each block with several results: those cannot be written in place.
    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: wasmparser::TypeSectionReader<'_>,
    ) -> Outcome<()> {
        utils::parse_type_section(self, types, section.clone())?;
        for group in section {
            for subtype in group?.into_types() {
                let CompositeInnerType::Func(function) = subtype.composite_type.inner else {
                    self.failed = true;
                    return Ok(());
                };
                let results = self.val_types(function.results().to_vec())?;
                self.block_types.push(match results.as_slice() {
                    [] => BlockType::Empty,
                    [result] => BlockType::Result(*result),
                    _ => {
                        let index = types.len();
                        types.ty().function([], results);
                        BlockType::FunctionType(index)
                    }
                });
            }
        }
        Ok(())
    }

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: wasmparser::GlobalSectionReader<'_>,
    ) -> Outcome<()> {
        self.failed |= section.count() != self.info.global_count;
        utils::parse_global_section(self, globals, section)?;
        self.add_globals(globals);
        Ok(())
    }

    /// Writes the section of globals for a module that has none, before that of exports, which every program has.
    fn intersperse_section_hook(
        &mut self,
        module: &mut Module,
        _after: Option<SectionId>,
        before: Option<SectionId>,
    ) -> Outcome<()> {
        if before == Some(SectionId::Export) && !self.has_globals {
            let mut globals = GlobalSection::new();
            self.add_globals(&mut globals);
            module.section(&globals);
        }
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: wasmparser::ExportSectionReader<'_>,
    ) -> Outcome<()> {
        utils::parse_export_section(self, exports, section)?;
        exports.export(STACK_EXPORT, ExportKind::Global, self.counter());
        exports.export(MARKS_EXPORT, ExportKind::Global, self.marks());
        for global in &self.info.mutable_globals {
            exports.export(&global_export_name(global.index), ExportKind::Global, global.index);
        }
        Ok(())
    }

    /// Adds the pages that the program's ABI needs behind those of the program.
    fn memory_type(&mut self, memory: wasmparser::MemoryType) -> Outcome<MemoryType> {
        let pages = u64::from(self.info.abi.region_pages());
        let mut memory = utils::memory_type(self, memory);
        memory.minimum += pages;
        memory.maximum = memory.maximum.map(|maximum| (maximum + pages).min(u64::from(MAX_MEMORY_PAGES)));
        Ok(memory)
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: wasmparser::FunctionBody<'_>,
    ) -> Outcome<()> {
        let position = self.next_function;
        self.next_function += 1;
        match self.charges.get(position).copied() {
            Some(charge) => self.write_body(code, &body, position, charge),
            None => {
                self.failed = true;
                Ok(())
            }
        }
    }

    fn parse_custom_section(
        &mut self,
        module: &mut Module,
        section: wasmparser::CustomSectionReader<'_>,
    ) -> Outcome<()> {
        if section.name() == "name" && !self.named {
            let function_count = self.info.imports.len() + self.info.functions.len();
            let function_count = u32::try_from(function_count).unwrap_or(u32::MAX);
            if let Some(names) = function_names(section.data(), function_count) {
                module.section(&names);
                self.named = true;
            }
        }
        Ok(())
    }
}

impl Rewriter<'_> {
    /// Index of the global that counts the stack.
    const fn counter(&self) -> u32 {
        self.info.global_count
    }

    /// Index of the global that holds the marks.
    const fn marks(&self) -> u32 {
        self.info.global_count + 1
    }

    /// Adds the globals of our own behind the module's.
    fn add_globals(&mut self, globals: &mut GlobalSection) {
        self.has_globals = true;
        let counter = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        globals.global(counter, &ConstExpr::i32_const(MAX_STACK_SLOTS.cast_signed()));
        let marks = GlobalType { val_type: ValType::I64, mutable: true, shared: false };
        globals.global(marks, &ConstExpr::i64_const(0));
    }

    /// Writes a body, which takes `charge` slots when it begins, if it counts, and gives them back when it ends.
    fn write_body(
        &mut self,
        code: &mut CodeSection,
        body: &wasmparser::FunctionBody<'_>,
        position: usize,
        charge: Option<u32>,
    ) -> Outcome<()> {
        let function = self.info.functions.get(position);
        let block_type =
            function.and_then(|function| self.block_types.get(function.type_index as usize)).copied();
        let (Some(function), Some(block_type)) = (function, block_type) else {
            self.failed = true;
            return Ok(());
        };
        let mut locals = Vec::new();
        for pair in body.get_locals_reader()? {
            let (count, value_type) = pair?;
            locals.push((count, self.val_type(value_type)?));
        }
        let mut local_count = function.local_count;
        let counted = charge.map(|charge| Counted { charge, saved: local_count, counter: self.counter() });
        if counted.is_some() {
            locals.push((1, ValType::I32));
            local_count += 1;
        }
        let scratch = match self.granules {
            Some(granules) if writes_memory(body)? => {
                locals.extend(Scratch::LOCALS);
                Some(Scratch::new(granules, self.marks(), local_count))
            }
            _ => None,
        };
        let mut writer = Function::new(locals);
        if let Some(counted) = counted {
            counted.write_prologue(&mut writer);
            writer.instruction(&Instruction::Block(block_type));
        }
        self.write_operators(&mut writer, body, counted.is_some(), scratch)?;
        if let Some(counted) = counted {
            counted.write_epilogue(&mut writer);
        }
        code.function(&writer);
        Ok(())
    }

    /// Writes a body's own instructions. In a function that counts, they end with the block around them.
    fn write_operators(
        &mut self,
        writer: &mut Function,
        body: &wasmparser::FunctionBody<'_>,
        counts: bool,
        scratch: Option<Scratch>,
    ) -> Outcome<()> {
        let mut depth: u32 = 0;
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            match operator {
                Operator::Nop => continue,
                Operator::Return if counts => {
                    writer.instruction(&Instruction::Br(depth));
                    continue;
                }
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => depth += 1,
                // The last end is the function's own; in a function that counts it ends the block around the body.
                Operator::End => depth = depth.saturating_sub(1),
                _ => {}
            }
            if let (Some(scratch), Some(write)) = (scratch, Write::of(&operator)) {
                scratch.mark(writer, write);
            }
            if is_free(&operator) {
                writer.instruction(&Instruction::Nop);
            }
            writer.instruction(&self.instruction(operator)?);
        }
        Ok(())
    }
}

/// Whether a body has an instruction that writes memory.
fn writes_memory(body: &wasmparser::FunctionBody<'_>) -> Outcome<bool> {
    for operator in body.get_operators_reader()? {
        if Write::of(&operator?).is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A function that counts. What its counting costs is part of what programs pay, so `nop`s pay for instructions that
/// are free.
#[derive(Clone, Copy)]
struct Counted {
    charge: u32,
    /// The local that keeps how many slots were free when the function began.
    saved: u32,
    counter: u32,
}

impl Counted {
    fn write_prologue(self, writer: &mut Function) {
        // A charge beyond the limit traps whatever it is.
        let charge = i32::try_from(self.charge).unwrap_or(i32::MAX);
        for instruction in [
            Instruction::Nop,
            Instruction::GlobalGet(self.counter),
            Instruction::Nop,
            Instruction::LocalTee(self.saved),
            Instruction::Nop,
            Instruction::I32Const(charge),
            Instruction::I32LtS,
            Instruction::If(BlockType::Empty),
            Instruction::I32Const(-1),
            Instruction::GlobalSet(self.counter),
            Instruction::Unreachable,
            Instruction::End,
            Instruction::Nop,
            Instruction::LocalGet(self.saved),
            Instruction::Nop,
            Instruction::I32Const(charge),
            Instruction::I32Sub,
            Instruction::Nop,
            Instruction::GlobalSet(self.counter),
        ] {
            writer.instruction(&instruction);
        }
    }

    fn write_epilogue(self, writer: &mut Function) {
        for instruction in [
            Instruction::Nop,
            Instruction::LocalGet(self.saved),
            Instruction::Nop,
            Instruction::GlobalSet(self.counter),
            Instruction::End,
        ] {
            writer.instruction(&instruction);
        }
    }
}
