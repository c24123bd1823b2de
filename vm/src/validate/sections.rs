//! Everything of a module but its function bodies: bounds before a section is validated, and after that what the vm
//! demands of it.

use super::RESERVED_EXPORT_PREFIX;
use super::Refusal;
use super::error::{Bound, ItemKind, ModuleError, Place, RequiredExport};
use super::features::{Phase, classify, offset};
use super::imports;
use super::info::{DataRange, FunctionInfo, ModuleInfo, MutableGlobal, Signature, ValueType};
use super::plain::reader_of_solanas_input;
use crate::HostCall;
use crate::abi::Abi;
use hashbrown::HashMap;
use sealane_sdk::abi;
use sealane_sdk::limits::WASM_PAGE_SIZE_BYTES;
use wasmparser::{
    CompositeInnerType, ConstExpr, DataKind, ElementItems, ElementKind, ExternalKind, FuncType, Operator,
    Payload, TypeRef,
};

/// What was read of a module so far.
#[derive(Debug, Default)]
pub(super) struct Sections {
    types: Vec<FuncType>,
    canonical_types: Vec<u32>,
    first_of_type: HashMap<FuncType, u32>,
    /// What the imports seen so far speak.
    abi: Option<Abi>,
    imports: Vec<HostCall>,
    import_types: Vec<u32>,
    /// Types of the functions the module defines.
    function_types: Vec<u32>,
    table_elements: Option<u32>,
    memory: Option<(u32, Option<u32>)>,
    globals: Vec<GlobalInfo>,
    exported_globals: Vec<u32>,
    heap_base: Option<u32>,
    exports_memory: bool,
    exports_entrypoint: bool,
    address_taken: Vec<u32>,
    data_ranges: Vec<DataRange>,
    /// A crate that reads Solana's input, if the data names one.
    reader_of_solanas_input: Option<&'static str>,
    has_names: bool,
    grows_memory: bool,
    mutates_tables: bool,
    uses_passive_data: bool,
    drops_data: bool,
    pub(super) functions: Vec<FunctionInfo>,
    /// Work of the functions read so far.
    work_units: u64,
}

#[derive(Debug)]
struct GlobalInfo {
    value_type: Option<ValueType>,
    mutable: bool,
    initial_bits: u64,
}

/// The bounds, held against a section before wasmparser takes it apart.
impl Sections {
    /// Checks how many things a section has, and how large they are where that does not need types.
    pub(super) fn check_bounds(&self, payload: &Payload<'_>) -> Result<(), Refusal> {
        let counted = |bound: Bound, count: u32, position: usize| {
            bound.check(u64::from(count), Place::Offset(offset(position))).map_err(Refusal::from)
        };
        match payload {
            Payload::TypeSection(reader) => counted(Bound::Types, reader.count(), reader.range().start),
            Payload::ImportSection(reader) => {
                counted(Bound::Imports, reader.count(), reader.range().start)?;
                check_imported_kinds(reader.clone())
            }
            Payload::FunctionSection(reader) => {
                counted(Bound::Functions, reader.count(), reader.range().start)
            }
            Payload::TableSection(reader) => counted(Bound::Tables, reader.count(), reader.range().start),
            Payload::MemorySection(reader) if reader.count() != 1 => {
                Err(ModuleError::Memories { count: reader.count() }.into())
            }
            Payload::GlobalSection(reader) => counted(Bound::Globals, reader.count(), reader.range().start),
            Payload::ExportSection(reader) => counted(Bound::Exports, reader.count(), reader.range().start),
            Payload::ElementSection(reader) => {
                counted(Bound::ElementSegments, reader.count(), reader.range().start)
            }
            Payload::DataCountSection { count, range } => counted(Bound::DataSegments, *count, range.start),
            Payload::DataSection(reader) => {
                counted(Bound::DataSegments, reader.count(), reader.range().start)
            }
            _ => Ok(()),
        }
    }
}

/// What the vm demands, of sections that are valid.
impl Sections {
    /// Reads a valid section.
    pub(super) fn collect(&mut self, payload: &Payload<'_>) -> Result<(), Refusal> {
        match payload {
            Payload::TypeSection(reader) => self.collect_types(reader.clone()),
            Payload::ImportSection(reader) => self.collect_imports(reader.clone()),
            Payload::FunctionSection(reader) => {
                self.function_types = reader.clone().into_iter().collect::<Result<_, _>>().map_err(decode)?;
                Ok(())
            }
            Payload::TableSection(reader) => self.collect_tables(reader.clone()),
            Payload::MemorySection(reader) => self.collect_memory(reader.clone()),
            Payload::GlobalSection(reader) => self.collect_globals(reader.clone()),
            Payload::ExportSection(reader) => self.collect_exports(reader.clone()),
            Payload::StartSection { func, .. } => Err(ModuleError::StartFunction { function: *func }.into()),
            Payload::ElementSection(reader) => self.collect_elements(reader.clone()),
            Payload::DataSection(reader) => self.collect_data(reader.clone()),
            Payload::CustomSection(reader) => {
                self.has_names |= reader.name() == "name";
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Notes what an instruction can change that outlives a call.
    pub(super) const fn note_operator(&mut self, operator: &Operator<'_>) {
        match operator {
            Operator::MemoryGrow { .. } => self.grows_memory = true,
            Operator::MemoryInit { .. } => self.uses_passive_data = true,
            Operator::DataDrop { .. } => self.drops_data = true,
            Operator::TableInit { .. } | Operator::TableCopy { .. } | Operator::ElemDrop { .. } => {
                self.mutates_tables = true;
            }
            _ => {}
        }
    }

    /// Adds the work of a function.
    ///
    /// # Errors
    /// [`Bound::ModuleWork`].
    pub(super) fn add_work(&mut self, units: u64, place: Place) -> Result<(), ModuleError> {
        self.work_units = self.work_units.saturating_add(units);
        Bound::ModuleWork.check(self.work_units, place)
    }

    /// How many parameters functions of a type have.
    pub(super) fn parameter_count(&self, type_index: u32) -> u32 {
        let parameters = self.types.get(type_index as usize).map_or(&[][..], FuncType::params);
        u32::try_from(parameters.len()).unwrap_or(u32::MAX)
    }

    /// How many parameters and results functions of a type have.
    pub(super) fn arities(&self, type_index: u32) -> (u64, u64) {
        let function = self.types.get(type_index as usize);
        function.map_or((0, 0), |function| (function.params().len() as u64, function.results().len() as u64))
    }

    /// How many parameters and results functions of a type have together.
    pub(super) fn type_arity(&self, type_index: u32) -> u64 {
        let (parameters, results) = self.arities(type_index);
        parameters.saturating_add(results)
    }

    /// How many parameters and results a function has together.
    pub(super) fn function_arity(&self, index: u32) -> u64 {
        self.type_of(index).map_or(0, |type_index| self.type_arity(type_index))
    }

    /// The type of a function, imports counted.
    fn type_of(&self, index: u32) -> Option<u32> {
        let imported = self.import_types.len();
        let index = index as usize;
        let defined = || self.function_types.get(index.checked_sub(imported)?);
        self.import_types.get(index).or_else(defined).copied()
    }

    /// What all sections together say.
    ///
    /// # Errors
    /// [`ModuleError::MissingExport`], [`ModuleError::Memories`], [`ModuleError::PlainSolanaBuild`].
    pub(super) fn into_info(self) -> Result<ModuleInfo, ModuleError> {
        let (initial_memory_pages, maximum_memory_pages) =
            self.memory.ok_or(ModuleError::Memories { count: 0 })?;
        let missing = |export| ModuleError::MissingExport { export };
        if !self.exports_memory {
            return Err(missing(RequiredExport::Memory));
        }
        let abi = self.abi.unwrap_or_default();
        let heap_base = match (abi, self.heap_base) {
            (Abi::Native, heap_base) => heap_base.ok_or(missing(RequiredExport::HeapBase))?,
            (Abi::Solana, _) => 0,
        };
        let pages = u64::from(initial_memory_pages) + u64::from(abi.region_pages());
        Bound::InstanceMemory.check(pages, Place::Offset(0))?;
        if !self.exports_entrypoint {
            return Err(missing(RequiredExport::Entrypoint));
        }
        if let Some(name) = self.reader_of_solanas_input
            && self.imports.is_empty()
        {
            return Err(ModuleError::PlainSolanaBuild { name: name.to_owned() });
        }
        let mutable_globals = (0..)
            .zip(&self.globals)
            .filter(|(_, global)| global.mutable)
            .filter_map(|(index, global)| {
                Some(MutableGlobal {
                    index,
                    value_type: global.value_type?,
                    initial_bits: global.initial_bits,
                    exported: self.exported_globals.contains(&index),
                })
            })
            .collect();
        Ok(ModuleInfo {
            abi,
            type_count: count(self.types.len()),
            imports: self.imports,
            global_count: count(self.globals.len()),
            mutable_globals,
            initial_memory_pages,
            maximum_memory_pages,
            heap_base,
            data_ranges: self.data_ranges,
            table_elements: self.table_elements.unwrap_or(0),
            grows_memory: self.grows_memory,
            mutates_tables: self.mutates_tables,
            uses_passive_data: self.uses_passive_data,
            drops_data: self.drops_data,
            has_names: self.has_names,
            functions: self.functions,
            address_taken: self.address_taken,
            canonical_types: self.canonical_types,
            import_types: self.import_types,
        })
    }

    fn collect_types(&mut self, reader: wasmparser::TypeSectionReader<'_>) -> Result<(), Refusal> {
        for group in reader.into_iter_with_offsets() {
            let (position, group) = group.map_err(decode)?;
            for subtype in group.into_types() {
                // Only function types are valid under our features.
                let CompositeInnerType::Func(function) = subtype.composite_type.inner else {
                    return Err(ModuleError::Invalid { offset: offset(position), function: None }.into());
                };
                let place = Place::Offset(offset(position));
                Bound::Parameters.check(function.params().len() as u64, place)?;
                Bound::Results.check(function.results().len() as u64, place)?;
                let index = count(self.types.len());
                self.canonical_types.push(*self.first_of_type.entry(function.clone()).or_insert(index));
                self.types.push(function);
            }
        }
        Ok(())
    }

    fn collect_imports(&mut self, reader: wasmparser::ImportSectionReader<'_>) -> Result<(), Refusal> {
        for import in reader.into_imports_with_offsets() {
            let (position, import) = import.map_err(decode)?;
            let place = Place::Offset(offset(position));
            Bound::NameSize.check(import.module.len() as u64, place)?;
            Bound::NameSize.check(import.name.len() as u64, place)?;
            let (module, name) = (import.module.to_owned(), import.name.to_owned());
            let type_index = match import.ty {
                TypeRef::Func(type_index) | TypeRef::FuncExact(type_index) => type_index,
                TypeRef::Table(_) => return Err(import_kind(module, name, ItemKind::Table)),
                TypeRef::Memory(_) => return Err(import_kind(module, name, ItemKind::Memory)),
                TypeRef::Global(_) => return Err(import_kind(module, name, ItemKind::Global)),
                TypeRef::Tag(_) => return Err(import_kind(module, name, ItemKind::Tag)),
            };
            let found = self.signature(type_index);
            let Some(abi) = imports::abi_of(&module, &name, &found) else {
                return Err(ModuleError::ImportModule { module, name }.into());
            };
            if *self.abi.get_or_insert(abi) != abi {
                return Err(ModuleError::TwoAbis { module, name }.into());
            }
            self.imports.push(imports::resolve(abi, &name, found)?);
            self.import_types.push(type_index);
        }
        Ok(())
    }

    fn collect_tables(&mut self, reader: wasmparser::TableSectionReader<'_>) -> Result<(), Refusal> {
        for table in reader.into_iter_with_offsets() {
            let (position, table) = table.map_err(decode)?;
            Bound::TableElements.check(table.ty.initial, Place::Offset(offset(position)))?;
            self.table_elements = Some(narrow(table.ty.initial));
        }
        Ok(())
    }

    fn collect_memory(&mut self, reader: wasmparser::MemorySectionReader<'_>) -> Result<(), Refusal> {
        for memory in reader.into_iter_with_offsets() {
            let (position, memory) = memory.map_err(decode)?;
            let place = Place::Offset(offset(position));
            Bound::InitialMemory.check(memory.initial, place)?;
            if let Some(maximum) = memory.maximum {
                Bound::MaximumMemory.check(maximum, place)?;
            }
            self.memory = Some((narrow(memory.initial), memory.maximum.map(narrow)));
        }
        Ok(())
    }

    fn collect_globals(&mut self, reader: wasmparser::GlobalSectionReader<'_>) -> Result<(), Refusal> {
        for global in reader {
            let global = global.map_err(decode)?;
            self.globals.push(GlobalInfo {
                value_type: ValueType::from_wasm(global.ty.content_type),
                mutable: global.ty.mutable,
                initial_bits: constant(&global.init_expr)?,
            });
        }
        Ok(())
    }

    fn collect_exports(&mut self, reader: wasmparser::ExportSectionReader<'_>) -> Result<(), Refusal> {
        for export in reader.into_iter_with_offsets() {
            let (position, export) = export.map_err(decode)?;
            let place = Place::Offset(offset(position));
            Bound::NameSize.check(export.name.len() as u64, place)?;
            if export.name.starts_with(RESERVED_EXPORT_PREFIX) {
                return Err(ModuleError::ReservedExport { name: export.name.to_owned() }.into());
            }
            let kind = item_kind(export.kind);
            if kind == ItemKind::Global {
                self.exported_globals.push(export.index);
            }
            let (required, expected) = match export.name {
                abi::MEMORY_EXPORT => (RequiredExport::Memory, ItemKind::Memory),
                abi::HEAP_BASE_EXPORT => (RequiredExport::HeapBase, ItemKind::Global),
                abi::ENTRYPOINT_EXPORT => (RequiredExport::Entrypoint, ItemKind::Function),
                _ => continue,
            };
            if kind != expected {
                return Err(ModuleError::ExportKind { export: required, found: kind }.into());
            }
            match required {
                RequiredExport::Memory => self.exports_memory = true,
                RequiredExport::HeapBase => self.heap_base = Some(self.check_heap_base(export.index, place)?),
                RequiredExport::Entrypoint => self.check_entrypoint(export.index)?,
            }
        }
        Ok(())
    }

    fn check_heap_base(&self, index: u32, place: Place) -> Result<u32, ModuleError> {
        let constant = self
            .globals
            .get(index as usize)
            .filter(|global| !global.mutable && global.value_type == Some(ValueType::I32));
        let global = constant.ok_or(ModuleError::HeapBaseType { global: index })?;
        Bound::HeapBase.check(global.initial_bits, place)?;
        Ok(narrow(global.initial_bits))
    }

    fn check_entrypoint(&mut self, index: u32) -> Result<(), ModuleError> {
        let found = self.signature(self.type_of(index).unwrap_or(u32::MAX));
        if found.parameters != [ValueType::I32] || found.results != [ValueType::I64] {
            return Err(ModuleError::EntrypointType { found });
        }
        self.exports_entrypoint = true;
        Ok(())
    }

    fn collect_elements(&mut self, reader: wasmparser::ElementSectionReader<'_>) -> Result<(), Refusal> {
        for (segment, element) in (0..).zip(reader.into_iter_with_offsets()) {
            let (position, element) = element.map_err(decode)?;
            // Expressions need reference types, so valid segments list functions.
            let ElementItems::Functions(functions) = element.items else {
                return Err(ModuleError::Invalid { offset: offset(position), function: None }.into());
            };
            let element_count = functions.count();
            Bound::SegmentElements.check(u64::from(element_count), Place::Offset(offset(position)))?;
            for function in functions {
                self.address_taken.push(function.map_err(decode)?);
            }
            if let ElementKind::Active { offset_expr, .. } = element.kind {
                let start = narrow(constant(&offset_expr)?);
                let table_size = self.table_elements.unwrap_or(0);
                if u64::from(start) + u64::from(element_count) > u64::from(table_size) {
                    let (offset, count) = (start, element_count);
                    return Err(
                        ModuleError::ElementsOutOfBounds { segment, offset, count, table_size }.into()
                    );
                }
            }
        }
        Ok(())
    }

    fn collect_data(&mut self, reader: wasmparser::DataSectionReader<'_>) -> Result<(), Refusal> {
        for (segment, data) in (0..).zip(reader) {
            let data = data.map_err(decode)?;
            if self.reader_of_solanas_input.is_none() {
                self.reader_of_solanas_input = reader_of_solanas_input(data.data);
            }
            if let DataKind::Active { offset_expr, .. } = data.kind {
                let (offset, size) = (narrow(constant(&offset_expr)?), count(data.data.len()));
                let pages = self.memory.map_or(0, |(initial, _)| initial);
                let memory_size = narrow(u64::from(pages) * WASM_PAGE_SIZE_BYTES as u64);
                if u64::from(offset) + u64::from(size) > u64::from(memory_size) {
                    return Err(ModuleError::DataOutOfBounds { segment, offset, size, memory_size }.into());
                }
                self.data_ranges.push(DataRange { offset, size });
            }
        }
        Ok(())
    }

    fn signature(&self, type_index: u32) -> Signature {
        let types =
            |list: &[wasmparser::ValType]| list.iter().copied().filter_map(ValueType::from_wasm).collect();
        self.types.get(type_index as usize).map_or(
            Signature { parameters: Vec::new(), results: Vec::new() },
            |function| Signature { parameters: types(function.params()), results: types(function.results()) },
        )
    }
}

/// Several imported memories or tables are valid WebAssembly; wasmparser, with these features off, says only "invalid".
fn check_imported_kinds(reader: wasmparser::ImportSectionReader<'_>) -> Result<(), Refusal> {
    let (mut memory_count, mut table_count) = (0_u32, 0_u32);
    for import in reader.into_imports_with_offsets() {
        // What cannot be decoded is for wasmparser to refuse.
        let Ok((position, import)) = import else { break };
        match import.ty {
            TypeRef::Memory(_) => memory_count = memory_count.saturating_add(1),
            TypeRef::Table(_) => {
                table_count = table_count.saturating_add(1);
                Bound::Tables.check(u64::from(table_count), Place::Offset(offset(position)))?;
            }
            _ => {}
        }
    }
    if memory_count > 1 { Err(ModuleError::Memories { count: memory_count }.into()) } else { Ok(()) }
}

/// The value of an initializer: under our features a single constant.
fn constant(expression: &ConstExpr<'_>) -> Result<u64, Refusal> {
    let mut reader = expression.get_operators_reader();
    let position = reader.original_position();
    match reader.read().map_err(decode)? {
        Operator::I32Const { value } => Ok(u64::from(value.cast_unsigned())),
        Operator::I64Const { value } => Ok(value.cast_unsigned()),
        Operator::F32Const { value } => Ok(u64::from(value.bits())),
        Operator::F64Const { value } => Ok(value.bits()),
        _ => Err(ModuleError::Invalid { offset: offset(position), function: None }.into()),
    }
}

fn decode(error: wasmparser::Error) -> Refusal {
    classify(error, Phase::Decode, None)
}

fn import_kind(module: String, name: String, kind: ItemKind) -> Refusal {
    ModuleError::ImportKind { module, name, kind }.into()
}

const fn item_kind(kind: ExternalKind) -> ItemKind {
    match kind {
        ExternalKind::Func | ExternalKind::FuncExact => ItemKind::Function,
        ExternalKind::Table => ItemKind::Table,
        ExternalKind::Memory => ItemKind::Memory,
        ExternalKind::Global => ItemKind::Global,
        ExternalKind::Tag => ItemKind::Tag,
    }
}

/// A value that a check has already bounded far below 2^32.
fn narrow(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// How many things there are; modules are far smaller than 4 GiB.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
