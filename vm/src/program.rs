//! A program: validated, instrumented, compiled and linked, once for all workers.
//!
//! In: the bytes that were deployed. Out: what makes an instance in a moment, and what a new instance looks like.

use crate::compile::{LocalFault, on_own_thread};
use crate::engine::Engine;
use crate::host::HostState;
use crate::instance::Instance;
use crate::profile;
use crate::stack_limit::{NotTheModule, global_export_name, instrument};
use crate::validate::{ModuleError, ModuleInfo, ValueType, validate};
use crate::write_marks::Granules;
use sealane_sdk::limits::WASM_PAGE_SIZE_BYTES;
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use wasmtime::{InstancePre, Module, Val};

/// Why a program could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// The bytes are not a program. Every machine comes to this verdict.
    #[error("{0}")]
    Refused(ModuleError),
    /// This machine could not compile it, which says nothing about the bytes and must never be recorded.
    #[error("this machine could not compile the program: {0}")]
    Local(LocalFault),
}

/// A WebAssembly program, ready to run.
pub struct Program {
    id: u64,
    code_hash: [u8; 32],
    info: ModuleInfo,
    pre: InstancePre<HostState>,
    granules: Option<Granules>,
    image: Image,
    globals: Vec<(String, Val)>,
}

impl Program {
    pub(crate) fn load(engine: &Engine, bytes: &[u8]) -> Result<Self, LoadError> {
        let info = validate(bytes).map_err(LoadError::Refused)?;
        // The module passed our own checks, so what goes wrong from here on is not its fault.
        Self::compile(engine, bytes, info).map_err(LoadError::Local)
    }

    fn compile(engine: &Engine, bytes: &[u8], info: ModuleInfo) -> Result<Self, LocalFault> {
        let failed = |error: wasmtime::Error| LocalFault::Failed(format!("{error:#}"));
        let not_the_module = |error: NotTheModule| LocalFault::Failed(error.to_string());
        let instrumented = instrument(bytes, &info).map_err(not_the_module)?;
        let instrumented = match engine.recorder() {
            None => instrumented,
            Some(recorder) => {
                let mut recorder = recorder.lock();
                let (telling, recorded) =
                    profile::rewrite(&instrumented, &info, recorder.next()).map_err(not_the_module)?;
                recorder.add(recorded);
                telling
            }
        };
        let compiler = engine.wasmtime().clone();
        let module =
            on_own_thread(engine.compile_time_limit(), move || Module::new(&compiler, &instrumented))?
                .map_err(failed)?;
        let pre = engine.linker().instantiate_pre(&module).map_err(failed)?;
        let globals = info.mutable_globals.iter().map(|global| {
            let value = initial_value(global.value_type, global.initial_bits);
            (global_export_name(global.index), value)
        });
        let globals = globals.collect();
        let granules = Granules::of(&info);
        let mut program = Self {
            id: next_id(),
            code_hash: Sha256::digest(bytes).into(),
            info,
            pre,
            granules,
            image: Image::default(),
            globals,
        };
        let sample = Instance::new(&program).map_err(failed)?;
        program.image = Image::of(sample.memory());
        Ok(program)
    }

    /// SHA-256 of the bytes that were deployed.
    #[must_use]
    pub const fn code_hash(&self) -> &[u8; 32] {
        &self.code_hash
    }

    /// What the checks found out about the module.
    #[must_use]
    pub const fn info(&self) -> &ModuleInfo {
        &self.info
    }

    /// A number no other program of this process has: for workers to find their kept instances by.
    pub(crate) const fn id(&self) -> u64 {
        self.id
    }

    pub(crate) const fn pre(&self) -> &InstancePre<HostState> {
        &self.pre
    }

    /// The memory of a new instance.
    pub(crate) const fn image(&self) -> &Image {
        &self.image
    }

    /// How the memory is divided for marking what a call writes; `None` if instances cannot be kept.
    pub(crate) const fn granules(&self) -> Option<Granules> {
        self.granules
    }

    /// The mutable globals by export name, with their values in a new instance.
    pub(crate) fn globals(&self) -> &[(String, Val)] {
        &self.globals
    }
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program").field("id", &self.id).finish_non_exhaustive()
    }
}

fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[expect(clippy::cast_possible_truncation, reason = "the bits of 32-bit values are zero-extended")]
const fn initial_value(value_type: ValueType, bits: u64) -> Val {
    match value_type {
        ValueType::I32 => Val::I32(bits as u32 as i32),
        ValueType::I64 => Val::I64(bits.cast_signed()),
        ValueType::F32 => Val::F32(bits as u32),
        ValueType::F64 => Val::F64(bits),
    }
}

/// The memory of a new instance: its size, and the pieces of it that are not zero.
#[derive(Debug, Default)]
pub(crate) struct Image {
    size_bytes: usize,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    offset: usize,
    bytes: Box<[u8]>,
}

/// Zero bytes that a piece rather holds than ends at: two copies cost more than one that is a little longer.
const JOINED_GAP_BYTES: usize = 64;

impl Image {
    /// Takes down a memory that nothing has run on.
    fn of(memory: &[u8]) -> Self {
        let mut pieces: Vec<std::ops::Range<usize>> = Vec::new();
        for (index, chunk) in memory.chunks(JOINED_GAP_BYTES).enumerate() {
            let start = index * JOINED_GAP_BYTES;
            if chunk.iter().all(|byte| *byte == 0) {
                continue;
            }
            match pieces.last_mut() {
                Some(last) if last.end == start => last.end = start + chunk.len(),
                _ => pieces.push(start..start + chunk.len()),
            }
        }
        let pieces =
            pieces.into_iter().map(|range| Piece { offset: range.start, bytes: memory[range].into() });
        Self { size_bytes: memory.len(), pieces: pieces.collect() }
    }

    /// Makes a memory what it was, if only what is marked was written. It must be of the initial size.
    ///
    /// # Panics
    /// If it is not.
    pub(crate) fn restore(&self, memory: &mut [u8], granules: Granules, marks: u64) {
        assert_eq!(memory.len(), self.size_bytes, "a memory that grew is not restored");
        for range in granules.ranges(marks, memory.len()) {
            self.restore_range(memory, range);
        }
        debug_assert!(self.is(memory), "something was written that is not marked");
    }

    fn restore_range(&self, memory: &mut [u8], range: Range<usize>) {
        let mut cursor = range.start;
        let first = self.pieces.partition_point(|piece| piece.end() <= range.start);
        for piece in &self.pieces[first..] {
            if piece.offset >= range.end {
                break;
            }
            let (start, end) = (piece.offset.max(cursor), piece.end().min(range.end));
            memory[cursor..start].fill(0);
            memory[start..end].copy_from_slice(&piece.bytes[start - piece.offset..end - piece.offset]);
            cursor = end;
        }
        memory[cursor..range.end].fill(0);
    }

    /// Whether a memory is that of a new instance.
    fn is(&self, memory: &[u8]) -> bool {
        static ZEROS: [u8; WASM_PAGE_SIZE_BYTES] = [0; WASM_PAGE_SIZE_BYTES];
        let is_zero = |range: Range<usize>| {
            memory[range].chunks(ZEROS.len()).all(|chunk| *chunk == ZEROS[..chunk.len()])
        };
        let mut cursor = 0;
        for piece in &self.pieces {
            if !is_zero(cursor..piece.offset) || memory[piece.offset..piece.end()] != *piece.bytes {
                return false;
            }
            cursor = piece.end();
        }
        is_zero(cursor..memory.len())
    }
}

impl Piece {
    const fn end(&self) -> usize {
        self.offset + self.bytes.len()
    }
}

const _: () = assert!(WASM_PAGE_SIZE_BYTES.is_multiple_of(JOINED_GAP_BYTES));
