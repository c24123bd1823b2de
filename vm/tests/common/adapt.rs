//! Makes programs of modules that were never meant to be: bytes of a test suite or a generator come in, and bytes with
//! the exports that the loader demands go out. Sections are cut and pasted as they are, so that whatever is odd or wrong
//! in a module is still there for the loader to judge.

use wasm_encoder::Encode;
use wasmparser::{BinaryReader, ImportSectionReader, TypeRef};

const HEADER_SIZE_BYTES: usize = 8;
/// What comes before a section number, in the order of a module. Number 12 (the data count) stands out of line.
const ORDER: [u8; 14] = [0, 1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];
const TYPE: u8 = 1;
const IMPORT: u8 = 2;
const FUNCTION: u8 = 3;
const TABLE: u8 = 4;
const MEMORY: u8 = 5;
const GLOBAL: u8 = 6;
const EXPORT: u8 = 7;
const CODE: u8 = 10;

/// Adds the exports that a program has (`memory`, `__heap_base`, `entrypoint`, which does nothing), and a memory of one
/// page if there is none. `None` if the bytes cannot be taken apart.
pub(crate) fn as_program(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut module = Sections::split(bytes)?;
    let imports = module.imports()?;
    let imported = |kind: Kind| imports.iter().filter(|import| import.kind == kind).count();
    let function = imported(Kind::Function) + module.count(FUNCTION)?;
    let global = imported(Kind::Global) + module.count(GLOBAL)?;
    let entrypoint_type = module.count(TYPE)?;
    // (i32) -> i64; i64.const 0.
    module.append(TYPE, &[vec![0x60, 1, 0x7f, 1, 0x7e]])?;
    module.append(FUNCTION, &[leb128(entrypoint_type)])?;
    module.append(CODE, &[vec![4, 0, 0x42, 0, 0x0b]])?;
    // A constant i32 of 1024.
    module.append(GLOBAL, &[vec![0x7f, 0, 0x41, 0x80, 8, 0x0b]])?;
    if imported(Kind::Memory) + module.count(MEMORY)? == 0 {
        module.append(MEMORY, &[vec![0, 1]])?;
    }
    let exported = module.exported_names()?;
    let exports = [("memory", 2, 0), ("__heap_base", 3, global), ("entrypoint", 0, function)];
    let missing = exports.iter().filter(|(name, ..)| !exported.iter().any(|other| other == name));
    let items: Vec<_> = missing
        .map(|(name, kind, index)| [&leb128(name.len()), name.as_bytes(), &[*kind], &leb128(*index)].concat())
        .collect();
    module.append(EXPORT, &items)?;
    Some(module.join())
}

/// Defines in the module itself what it imports from `spectest`, the host of the test suite: its functions, which do
/// nothing, its memory and its table. Indices stay as they are, which takes that nothing else of the kind is imported
/// from elsewhere; then the imports stay too. `None` if the bytes cannot be taken apart.
pub(crate) fn with_spectest_defined(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut module = Sections::split(bytes)?;
    let imports = module.imports()?;
    let all_replaceable = |kind: Kind| {
        let names: &[&str] = match kind {
            Kind::Function => &[
                "print",
                "print_i32",
                "print_i64",
                "print_f32",
                "print_f64",
                "print_i32_f32",
                "print_f64_f64",
            ],
            Kind::Memory => &["memory"],
            Kind::Table => &["table"],
            Kind::Global | Kind::Other => &[],
        };
        imports
            .iter()
            .filter(|import| import.kind == kind)
            .all(|import| import.module == "spectest" && names.contains(&import.name.as_str()))
    };
    let (gone, kept): (Vec<_>, Vec<_>) =
        imports.iter().partition(|import| import.kind != Kind::Global && all_replaceable(import.kind));
    let of_kind = |kind: Kind| gone.iter().filter(move |import| import.kind == kind);
    let function_types: Vec<_> =
        of_kind(Kind::Function).map(|import| leb128(import.type_index as usize)).collect();
    let bodies = vec![vec![2, 0, 0x0b]; function_types.len()];
    let tables: Vec<_> = of_kind(Kind::Table).map(|_| vec![0x70, 1, 10, 20]).collect();
    let memories: Vec<_> = of_kind(Kind::Memory).map(|_| vec![1, 1, 2]).collect();
    if gone.is_empty() {
        return Some(bytes.to_vec());
    }
    module.prepend(FUNCTION, &function_types)?;
    module.prepend(CODE, &bodies)?;
    module.prepend(TABLE, &tables)?;
    module.prepend(MEMORY, &memories)?;
    let kept_items: Vec<u8> = kept.iter().flat_map(|import| import.bytes.clone()).collect();
    module.replace(IMPORT, [leb128(kept.len()), kept_items].concat());
    Some(module.join())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Function,
    Table,
    Memory,
    Global,
    Other,
}

struct Import {
    module: String,
    name: String,
    kind: Kind,
    /// Of a function.
    type_index: u32,
    /// As it stands in the section.
    bytes: Vec<u8>,
}

/// A module, cut at the borders of its sections: numbers and contents.
struct Sections {
    header: Vec<u8>,
    sections: Vec<(u8, Vec<u8>)>,
}

impl Sections {
    fn split(bytes: &[u8]) -> Option<Self> {
        let (header, mut rest) = bytes.split_at_checked(HEADER_SIZE_BYTES)?;
        let mut sections = Vec::new();
        while let Some((id, behind_id)) = rest.split_first() {
            let mut reader = BinaryReader::new(behind_id, 0);
            let size = reader.read_var_u32().ok()? as usize;
            sections.push((*id, reader.read_bytes(size).ok()?.to_vec()));
            rest = &behind_id[reader.original_position()..];
        }
        Some(Self { header: header.to_vec(), sections })
    }

    fn join(self) -> Vec<u8> {
        let mut bytes = self.header;
        for (id, content) in self.sections {
            bytes.push(id);
            bytes.extend(leb128(content.len()));
            bytes.extend(content);
        }
        bytes
    }

    fn content(&self, id: u8) -> Option<&[u8]> {
        self.sections.iter().find(|(other, _)| *other == id).map(|(_, content)| content.as_slice())
    }

    /// How many items a section says it has; 0 without the section.
    fn count(&self, id: u8) -> Option<usize> {
        let Some(content) = self.content(id) else { return Some(0) };
        Some(BinaryReader::new(content, 0).read_var_u32().ok()? as usize)
    }

    fn imports(&self) -> Option<Vec<Import>> {
        let Some(content) = self.content(IMPORT) else { return Some(Vec::new()) };
        let reader = ImportSectionReader::new(BinaryReader::new(content, 0)).ok()?;
        let items: Vec<_> = reader.into_imports_with_offsets().collect::<Result<_, _>>().ok()?;
        let ends = items.iter().skip(1).map(|(start, _)| *start).chain([content.len()]);
        let imports = items.iter().zip(ends).map(|((start, import), end)| {
            let (kind, type_index) = match import.ty {
                TypeRef::Func(type_index) => (Kind::Function, type_index),
                TypeRef::Table(_) => (Kind::Table, 0),
                TypeRef::Memory(_) => (Kind::Memory, 0),
                TypeRef::Global(_) => (Kind::Global, 0),
                _ => (Kind::Other, 0),
            };
            let (module, name) = (import.module.to_owned(), import.name.to_owned());
            Import { module, name, kind, type_index, bytes: content[*start..end].to_vec() }
        });
        Some(imports.collect())
    }

    fn exported_names(&self) -> Option<Vec<String>> {
        let Some(content) = self.content(EXPORT) else { return Some(Vec::new()) };
        let reader = wasmparser::ExportSectionReader::new(BinaryReader::new(content, 0)).ok()?;
        reader.into_iter().map(|export| Some(export.ok()?.name.to_owned())).collect()
    }

    fn append(&mut self, id: u8, items: &[Vec<u8>]) -> Option<()> {
        self.insert(id, items, false)
    }

    fn prepend(&mut self, id: u8, items: &[Vec<u8>]) -> Option<()> {
        self.insert(id, items, true)
    }

    fn insert(&mut self, id: u8, items: &[Vec<u8>], in_front: bool) -> Option<()> {
        if items.is_empty() {
            return Some(());
        }
        let count = leb128(self.count(id)? + items.len());
        let old = self.content(id).unwrap_or(&[0]);
        let mut reader = BinaryReader::new(old, 0);
        reader.read_var_u32().ok()?;
        let (old, new) = (old[reader.original_position()..].to_vec(), items.concat());
        let content = if in_front { [count, new, old].concat() } else { [count, old, new].concat() };
        self.replace(id, content);
        Some(())
    }

    /// Puts a content in the place of a section, or where the section belongs.
    fn replace(&mut self, id: u8, content: Vec<u8>) {
        let rank = |id: u8| ORDER.iter().position(|other| *other == id);
        if let Some((_, old)) = self.sections.iter_mut().find(|(other, _)| *other == id) {
            *old = content;
            return;
        }
        let behind = self.sections.iter().position(|(other, _)| *other != 0 && rank(*other) > rank(id));
        self.sections.insert(behind.unwrap_or(self.sections.len()), (id, content));
    }
}

fn leb128(value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.encode(&mut bytes);
    bytes
}
