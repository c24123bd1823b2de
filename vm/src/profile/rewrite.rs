//! Rewrites a module that was instrumented so that it tells when its functions, and the host's, begin and end.
//!
//! ```text
//! body:          i32.const f  i32.const p  call $enter
//!                block (result ...)  ...the body, with `return` as below...  end
//!                i32.const f  i32.const p  call $exit
//! return:        i32.const f  i32.const p  call $exit  return
//! call:          nop  call
//! host call:     nop  i32.const h  i32.const p  call $enter  call  i32.const h  i32.const p  call $exit
//! ```
//! A branch to the end of the body ends the block, and so comes by the end as well. The two functions are imported behind the
//! module's own imports, so all functions of its own move up by two; in what is told they have the numbers they had before.
//! Host functions that are called through a table tell nothing: their price is their caller's.

use super::recorder::Recorded;
use super::{ENTER, EXIT, PROFILE_MODULE};
use crate::stack_limit::NotTheModule;
use crate::validate::ModuleInfo;
use std::collections::BTreeMap;
use std::convert::Infallible;
use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{
    BlockType, CodeSection, EntityType, Function, ImportSection, Instruction, Module, SectionId, TypeSection,
    ValType,
};
use wasmparser::{CompositeInnerType, Name, Operator, Parser};

/// Functions that are imported beside the module's own.
const ADDED_COUNT: u32 = 2;

/// The module that tells, as program number `program`; and what the recorder must know of it.
///
/// # Errors
/// [`NotTheModule`] if `info` was not made of these bytes.
pub(crate) fn rewrite(
    instrumented: &[u8],
    info: &ModuleInfo,
    program: u32,
) -> Result<(Vec<u8>, Recorded), NotTheModule> {
    let imported_count = u32::try_from(info.imports.len()).map_err(|_| NotTheModule)?;
    let mut rewriter = Rewriter {
        program,
        imported_count,
        told_type: 0,
        block_types: Vec::new(),
        function_types: Vec::new(),
        has_imports: false,
        import_names: Vec::new(),
        names: BTreeMap::new(),
        next_function: 0,
    };
    let mut module = Module::new();
    rewriter.parse_core_module(&mut module, Parser::new(0), instrumented).map_err(|_| NotTheModule)?;
    let Rewriter { import_names, mut names, function_types, .. } = rewriter;
    let function_count = imported_count as usize + function_types.len();
    let all = (0..function_count).map(|index| {
        let imported = import_names.get(index).cloned();
        imported.or_else(|| names.remove(&index)).unwrap_or_else(|| format!("function {index}"))
    });
    let names = all.collect();
    Ok((module.finish(), Recorded::new(names, imported_count as usize, info)))
}

type Outcome<T> = Result<T, reencode::Error<Infallible>>;

struct Rewriter {
    program: u32,
    imported_count: u32,
    /// The type of what is called to tell.
    told_type: u32,
    /// For each type, that of a block with its results.
    block_types: Vec<BlockType>,
    /// The type of each function that the module defines.
    function_types: Vec<u32>,
    has_imports: bool,
    import_names: Vec<String>,
    names: BTreeMap<usize, String>,
    next_function: usize,
}

impl Reencode for Rewriter {
    type Error = Infallible;

    /// Functions of the module's own move up by those that are added to the imports.
    fn function_index(&mut self, function: u32) -> Outcome<u32> {
        Ok(if function < self.imported_count { function } else { function + ADDED_COUNT })
    }

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: wasmparser::TypeSectionReader<'_>,
    ) -> Outcome<()> {
        utils::parse_type_section(self, types, section.clone())?;
        self.told_type = types.len();
        types.ty().function([ValType::I32, ValType::I32], []);
        for group in section {
            for subtype in group?.into_types() {
                let CompositeInnerType::Func(function) = subtype.composite_type.inner else { continue };
                let results: Vec<ValType> =
                    function.results().iter().map(|result| self.val_type(*result)).collect::<Outcome<_>>()?;
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

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: wasmparser::ImportSectionReader<'_>,
    ) -> Outcome<()> {
        for import in section.clone().into_imports() {
            self.import_names.push(import?.name.to_owned());
        }
        utils::parse_import_section(self, imports, section)?;
        self.add_imports(imports);
        Ok(())
    }

    /// Writes the section of imports for a module that has none.
    fn intersperse_section_hook(
        &mut self,
        module: &mut Module,
        _after: Option<SectionId>,
        before: Option<SectionId>,
    ) -> Outcome<()> {
        if before == Some(SectionId::Function) && !self.has_imports {
            let mut imports = ImportSection::new();
            self.add_imports(&mut imports);
            module.section(&imports);
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut wasm_encoder::FunctionSection,
        section: wasmparser::FunctionSectionReader<'_>,
    ) -> Outcome<()> {
        for function_type in section.clone() {
            self.function_types.push(function_type?);
        }
        utils::parse_function_section(self, functions, section)
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: wasmparser::FunctionBody<'_>,
    ) -> Outcome<()> {
        let position = self.next_function;
        self.next_function += 1;
        let function_type = self.function_types.get(position).copied().unwrap_or(0) as usize;
        let block_type = self.block_types.get(function_type).copied().unwrap_or(BlockType::Empty);
        let mut writer = self.new_function_with_parsed_locals(&body)?;
        let position = u32::try_from(position).unwrap_or(u32::MAX);
        let index = self.imported_count.saturating_add(position);
        self.tell(&mut writer, index, self.imported_count);
        writer.instruction(&Instruction::Block(block_type));
        for operator in body.get_operators_reader()? {
            self.write_operator(&mut writer, index, operator?)?;
        }
        // The body's own end has ended the block.
        self.tell(&mut writer, index, self.imported_count + 1);
        writer.instruction(&Instruction::End);
        code.function(&writer);
        Ok(())
    }

    fn parse_custom_section(
        &mut self,
        module: &mut Module,
        section: wasmparser::CustomSectionReader<'_>,
    ) -> Outcome<()> {
        if let wasmparser::KnownCustom::Name(names) = section.as_known() {
            for name in names {
                let Ok(Name::Function(map)) = name else { continue };
                for naming in map {
                    let naming = naming?;
                    self.names.insert(naming.index as usize, naming.name.to_owned());
                }
            }
        }
        // With the numbers that the functions have now: backtraces tell them.
        utils::parse_custom_section(self, module, section)
    }
}

impl Rewriter {
    fn add_imports(&mut self, imports: &mut ImportSection) {
        self.has_imports = true;
        for name in [ENTER, EXIT] {
            imports.import(PROFILE_MODULE, name, EntityType::Function(self.told_type));
        }
    }

    /// Tells the host that `function` begins or ends.
    fn tell(&self, writer: &mut Function, function: u32, to: u32) {
        writer.instruction(&Instruction::I32Const(function.cast_signed()));
        writer.instruction(&Instruction::I32Const(self.program.cast_signed()));
        writer.instruction(&Instruction::Call(to));
    }

    fn write_operator(&mut self, writer: &mut Function, index: u32, operator: Operator<'_>) -> Outcome<()> {
        let (enter, exit) = (self.imported_count, self.imported_count + 1);
        match operator {
            Operator::Return => self.tell(writer, index, exit),
            Operator::Call { function_index } => {
                writer.instruction(&Instruction::Nop);
                if function_index < self.imported_count {
                    self.tell(writer, function_index, enter);
                    writer.instruction(&Instruction::Call(function_index));
                    self.tell(writer, function_index, exit);
                    return Ok(());
                }
            }
            _ => {}
        }
        writer.instruction(&self.instruction(operator)?);
        Ok(())
    }
}
