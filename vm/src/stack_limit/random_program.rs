//! Random programs for the tests of what the rewriter does: from a seed of random bytes to a module that the validator
//! accepts. The generator's functions hardly ever write to memory, so writes are strewn into them.

use crate::validate::{ModuleInfo, validate};
use std::convert::Infallible;
use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{Instruction, MemArg, ValType};

/// A random module in the shape of a program: what the generator exports is beside the point, so the exports that a
/// program needs are added by hand.
pub(crate) fn random_program(seed: &[u8]) -> Option<(Vec<u8>, ModuleInfo)> {
    let mut source = arbitrary::Unstructured::new(seed);
    let config = wasm_smith::Config {
        allow_start_export: false,
        allow_invalid_funcs: false,
        bulk_memory_enabled: true,
        exceptions_enabled: false,
        extended_const_enabled: false,
        gc_enabled: false,
        reference_types_enabled: false,
        simd_enabled: false,
        relaxed_simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        memory64_enabled: false,
        wide_arithmetic_enabled: false,
        custom_page_sizes_enabled: false,
        max_imports: 0,
        min_funcs: 1,
        max_funcs: 6,
        min_globals: 1,
        max_globals: 4,
        max_memories: 1,
        min_memories: 1,
        max_memory32_bytes: 4 * 65_536,
        max_tables: 1,
        max_table_elements: 100,
        max_data_segments: 2,
        max_element_segments: 3,
        max_elements: 10,
        min_exports: 1,
        max_exports: 1,
        disallow_traps: true,
        memory_max_size_required: true,
        table_max_size_required: true,
        ..wasm_smith::Config::default()
    };
    let module = wasm_smith::Module::new(config, &mut source).ok()?.to_bytes();
    let state = seed.iter().fold(1, |state, byte| step(state ^ u64::from(*byte)));
    let bytes = AddExports::apply(&module, state)?;
    let info = validate(&bytes).ok()?;
    Some((bytes, info))
}

/// The next state of a generator of random numbers, of which the upper bits are good.
const fn step(state: u64) -> u64 {
    state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407)
}

/// Adds `memory`, `__heap_base` and an entrypoint, which calls every function of the module with zeros.
#[derive(Default)]
struct AddExports {
    types: Vec<wasmparser::FuncType>,
    function_types: Vec<u32>,
    global_count: u32,
    state: u64,
}

impl AddExports {
    fn apply(module: &[u8], state: u64) -> Option<Vec<u8>> {
        let mut output = wasm_encoder::Module::new();
        Self { state, ..Self::default() }
            .parse_core_module(&mut output, wasmparser::Parser::new(0), module)
            .ok()?;
        Some(output.finish())
    }

    /// A random number below `bound`.
    fn random(&mut self, bound: u32) -> u32 {
        self.state = step(self.state);
        u32::try_from((self.state >> 32) % u64::from(bound)).expect("below the bound")
    }

    /// Instructions that write somewhere into the first page and leave the stack as it was.
    fn write(&mut self) -> Vec<Instruction<'static>> {
        // Often at the border of some part of it.
        let border = (self.random(64) + 1) * 1_024;
        let place = if self.random(2) == 0 { border - self.random(16) } else { self.random(65_536) };
        let place = place.min(65_536 - 8);
        let offset = self.random(2) * self.random(place + 1);
        let address = Instruction::I32Const((place - offset).cast_signed());
        let memarg = MemArg { offset: offset.into(), align: 0, memory_index: 0 };
        let integer = Instruction::I64Const(self.state.cast_signed());
        match self.random(9) {
            0 => vec![address, Instruction::I32Const(-1), Instruction::I32Store(memarg)],
            1 => vec![address, Instruction::I32Const(-1), Instruction::I32Store16(memarg)],
            2 => vec![address, integer, Instruction::I64Store(memarg)],
            3 => vec![address, integer, Instruction::I64Store8(memarg)],
            4 => vec![address, integer, Instruction::I64Store32(memarg)],
            5 => vec![address, Instruction::F32Const(1.5.into()), Instruction::F32Store(memarg)],
            6 => vec![address, Instruction::F64Const(1.5.into()), Instruction::F64Store(memarg)],
            kind => {
                let size = self.random(3_000).min(65_536 - place);
                let (place, size) =
                    (Instruction::I32Const(place.cast_signed()), Instruction::I32Const(size.cast_signed()));
                if kind == 7 {
                    vec![place, Instruction::I32Const(77), size, Instruction::MemoryFill(0)]
                } else {
                    let from = Instruction::I32Const(self.random(60_000).cast_signed());
                    vec![place, from, size, Instruction::MemoryCopy { src_mem: 0, dst_mem: 0 }]
                }
            }
        }
    }
}

type Outcome<T> = Result<T, reencode::Error<Infallible>>;

impl Reencode for AddExports {
    type Error = Infallible;

    fn parse_type_section(
        &mut self,
        types: &mut wasm_encoder::TypeSection,
        section: wasmparser::TypeSectionReader<'_>,
    ) -> Outcome<()> {
        self.types = section.clone().into_iter_err_on_gc_types().collect::<Result<_, _>>()?;
        utils::parse_type_section(self, types, section)?;
        types.ty().function([ValType::I32], [ValType::I64]);
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut wasm_encoder::FunctionSection,
        section: wasmparser::FunctionSectionReader<'_>,
    ) -> Outcome<()> {
        self.function_types = section.clone().into_iter().collect::<Result<_, _>>()?;
        utils::parse_function_section(self, functions, section)?;
        functions.function(u32::try_from(self.types.len()).expect("few types"));
        Ok(())
    }

    /// One page of memory at least.
    fn memory_type(&mut self, memory: wasmparser::MemoryType) -> Outcome<wasm_encoder::MemoryType> {
        let minimum = memory.initial.max(1);
        let maximum = memory.maximum.map(|maximum| maximum.max(minimum));
        Ok(utils::memory_type(self, wasmparser::MemoryType { initial: minimum, maximum, ..memory }))
    }

    fn parse_function_body(
        &mut self,
        code: &mut wasm_encoder::CodeSection,
        body: wasmparser::FunctionBody<'_>,
    ) -> Outcome<()> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        for operator in body.get_operators_reader()? {
            if self.random(4) == 0 {
                for instruction in self.write() {
                    function.instruction(&instruction);
                }
            }
            function.instruction(&self.instruction(operator?)?);
        }
        code.function(&function);
        Ok(())
    }

    fn parse_global_section(
        &mut self,
        globals: &mut wasm_encoder::GlobalSection,
        section: wasmparser::GlobalSectionReader<'_>,
    ) -> Outcome<()> {
        self.global_count = section.count();
        utils::parse_global_section(self, globals, section)?;
        let constant = wasm_encoder::GlobalType { val_type: ValType::I32, mutable: false, shared: false };
        globals.global(constant, &wasm_encoder::ConstExpr::i32_const(8));
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut wasm_encoder::ExportSection,
        _: wasmparser::ExportSectionReader<'_>,
    ) -> Outcome<()> {
        let entrypoint = u32::try_from(self.function_types.len()).expect("few functions");
        exports.export("memory", wasm_encoder::ExportKind::Memory, 0);
        exports.export("__heap_base", wasm_encoder::ExportKind::Global, self.global_count);
        exports.export("entrypoint", wasm_encoder::ExportKind::Func, entrypoint);
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut wasm_encoder::CodeSection,
        section: wasmparser::CodeSectionReader<'_>,
    ) -> Outcome<()> {
        utils::parse_code_section(self, code, section)?;
        let mut entrypoint = wasm_encoder::Function::new([]);
        for (index, type_index) in (0..).zip(&self.function_types) {
            let function = &self.types[*type_index as usize];
            for parameter in function.params() {
                entrypoint.instruction(&match parameter {
                    wasmparser::ValType::I32 => Instruction::I32Const(0),
                    wasmparser::ValType::I64 => Instruction::I64Const(0),
                    wasmparser::ValType::F32 => Instruction::F32Const(0.0.into()),
                    _ => Instruction::F64Const(0.0.into()),
                });
            }
            entrypoint.instruction(&Instruction::Call(index));
            for _ in function.results() {
                entrypoint.instruction(&Instruction::Drop);
            }
        }
        entrypoint.instruction(&Instruction::I64Const(0)).instruction(&Instruction::End);
        code.function(&entrypoint);
        Ok(())
    }
}
