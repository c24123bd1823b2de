//! Writes the module anew: prologue and epilogue around the bodies that count, the counter, and the exports that the
//! host needs. Everything else stays as it was, in the shortest encoding.

use super::charges::charges;
use super::{NotTheModule, STACK_EXPORT, global_export_name};
use crate::validate::ModuleInfo;
use sealane_sdk::limits::MAX_STACK_SLOTS;
use std::convert::Infallible;
use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, CustomSection, ExportKind, ExportSection, Function, GlobalSection,
    GlobalType, Instruction, Module, TypeSection, ValType,
};
use wasmparser::{CompositeInnerType, Operator, Parser};

/// Makes the module that is compiled out of one that was validated: see the folder's description.
///
/// # Errors
/// [`NotTheModule`] if `info` was not made of these bytes.
pub fn instrument(bytes: &[u8], info: &ModuleInfo) -> Result<Vec<u8>, NotTheModule> {
    let mut rewriter =
        Rewriter { info, charges: charges(info), block_types: Vec::new(), next_function: 0, failed: false };
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
    /// For each type, the type of a block with its results.
    block_types: Vec<BlockType>,
    /// Position of the next body among the functions that the module defines.
    next_function: usize,
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
        let counter = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        globals.global(counter, &ConstExpr::i32_const(MAX_STACK_SLOTS.cast_signed()));
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: wasmparser::ExportSectionReader<'_>,
    ) -> Outcome<()> {
        utils::parse_export_section(self, exports, section)?;
        exports.export(STACK_EXPORT, ExportKind::Global, self.info.global_count);
        for global in &self.info.mutable_globals {
            exports.export(&global_export_name(global.index), ExportKind::Global, global.index);
        }
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: wasmparser::FunctionBody<'_>,
    ) -> Outcome<()> {
        let position = self.next_function;
        self.next_function += 1;
        match self.charges.get(position).copied() {
            Some(Some(charge)) => self.wrap_body(code, &body, position, charge),
            Some(None) => utils::parse_function_body(self, code, body),
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
        if section.name() == "name" {
            module.section(&CustomSection { name: section.name().into(), data: section.data().into() });
        }
        Ok(())
    }
}

impl Rewriter<'_> {
    /// Writes a body that takes `charge` slots when it begins and gives them back when it ends.
    fn wrap_body(
        &mut self,
        code: &mut CodeSection,
        body: &wasmparser::FunctionBody<'_>,
        position: usize,
        charge: u32,
    ) -> Outcome<()> {
        let info = self.info;
        let function = info.functions.get(position);
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
        locals.push((1, ValType::I32));
        let mut writer = Function::new(locals);
        let (saved, counter) = (function.local_count, info.global_count);
        write_prologue(&mut writer, saved, counter, charge);
        writer.instruction(&Instruction::Block(block_type));

        let mut depth: u32 = 0;
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            match operator {
                Operator::Return => {
                    writer.instruction(&Instruction::Br(depth));
                    continue;
                }
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => depth += 1,
                // The last end is the function's own; here it ends the block around the body.
                Operator::End => depth = depth.saturating_sub(1),
                _ => {}
            }
            writer.instruction(&self.instruction(operator)?);
        }

        writer.instruction(&Instruction::LocalGet(saved));
        writer.instruction(&Instruction::GlobalSet(counter));
        writer.instruction(&Instruction::End);
        code.function(&writer);
        Ok(())
    }
}

fn write_prologue(writer: &mut Function, saved: u32, counter: u32, charge: u32) {
    // A charge beyond the limit traps whatever it is.
    let charge = i32::try_from(charge).unwrap_or(i32::MAX);
    for instruction in [
        Instruction::GlobalGet(counter),
        Instruction::LocalTee(saved),
        Instruction::I32Const(charge),
        Instruction::I32LtS,
        Instruction::If(BlockType::Empty),
        Instruction::I32Const(-1),
        Instruction::GlobalSet(counter),
        Instruction::Unreachable,
        Instruction::End,
        Instruction::LocalGet(saved),
        Instruction::I32Const(charge),
        Instruction::I32Sub,
        Instruction::GlobalSet(counter),
    ] {
        writer.instruction(&instruction);
    }
}
