//! What the loader says of a module, held against what the suite says.

use crate::common::adapt::{as_program, with_spectest_defined};
use crate::common::engine;
use crate::tally::Verdict;
use sealane_vm::validate::{ModuleError, explain, validate};
use sealane_vm::{LoadError, Program, Trap};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// What became of a module that the suite calls valid.
pub(crate) enum Loaded {
    Program(Arc<Program>),
    /// Refused for one of the reasons that a valid module may be refused for.
    Refused(String),
    /// A segment does not fit: where instances are made, WebAssembly calls this a trap.
    SegmentOutOfBounds(Trap),
    Wrong(String),
}

/// Loads a valid module as a program. Modules repeat from one version of the suite to the next: they are compiled once.
pub(crate) fn load(bytes: &[u8]) -> Loaded {
    // As it stands, a valid module may lack what a program has, but there is nothing wrong with it.
    if let Err(error) = validate(bytes)
        && let Verdict::Failed(how) = refusal_of_valid(&error, bytes)
    {
        return Loaded::Wrong(how);
    }
    let Some(adapted) = with_spectest_defined(bytes).and_then(|defined| as_program(&defined)) else {
        return Loaded::Wrong("a valid module that cannot be taken apart".to_owned());
    };
    match load_once(&adapted) {
        Ok(program) => Loaded::Program(program),
        Err(LoadError::Local(how)) => Loaded::Wrong(format!("did not compile: {how}")),
        Err(LoadError::Refused(error)) => match refusal_of_valid(&error, &adapted) {
            Verdict::Skipped(reason) => {
                segment_trap(&error).map_or(Loaded::Refused(reason), Loaded::SegmentOutOfBounds)
            }
            Verdict::Agreed => Loaded::Wrong(format!("a program that still lacks something: {error}")),
            Verdict::Failed(how) => Loaded::Wrong(how),
        },
    }
}

fn load_once(bytes: &[u8]) -> Result<Arc<Program>, LoadError> {
    static KNOWN: Mutex<BTreeMap<[u8; 32], Arc<Program>>> = Mutex::new(BTreeMap::new());
    let hash = Sha256::digest(bytes).into();
    let known = KNOWN.lock().expect("no panic").get(&hash).cloned();
    if let Some(program) = known {
        return Ok(program);
    }
    let program = engine().load(bytes)?;
    KNOWN.lock().expect("no panic").insert(hash, Arc::clone(&program));
    Ok(program)
}

/// Whether a module that the suite calls wrong is refused, and because it is wrong.
pub(crate) fn is_refused(bytes: &[u8]) -> Verdict {
    let as_it_stands = match validate(bytes) {
        // Said of a memory section without a memory before the rest is looked at, and at the very end.
        Err(ModuleError::Memories { count: 0 }) => match as_program(bytes) {
            Some(program) => why_refused(&program),
            None => Verdict::Agreed,
        },
        _ => why_refused(bytes),
    };
    let Verdict::Skipped(_) = as_it_stands else { return as_it_stands };
    // An import, which the ABI does not allow, hid what is wrong.
    match with_spectest_defined(bytes) {
        Some(defined) => why_refused(&defined),
        None => as_it_stands,
    }
}

fn why_refused(bytes: &[u8]) -> Verdict {
    use ModuleError as E;
    match validate(bytes) {
        // What is missing is only looked for at the very end: all of the module was found to be in order.
        Ok(_) | Err(E::MissingExport { .. } | E::Memories { count: 0 }) => {
            Verdict::Failed("wrong for the suite, but the loader finds nothing wrong".to_owned())
        }
        Err(
            E::NotAModule
            | E::Version { .. }
            | E::Malformed { .. }
            | E::Invalid { .. }
            | E::Bound { .. }
            | E::Memories { .. }
            | E::DataOutOfBounds { .. }
            | E::ElementsOutOfBounds { .. },
        ) => Verdict::Agreed,
        // Refused, but for what it is to be refused for, nobody knows.
        Err(error) => Verdict::Skipped(reason(&error)),
    }
}

/// Judges the refusal of a valid module: `Agreed` where only the ABI's exports are missing, `Skipped` with the reason
/// where it is one of those that stand in DESIGN section 5, and `Failed` where the loader calls the module wrong.
fn refusal_of_valid(error: &ModuleError, bytes: &[u8]) -> Verdict {
    match error {
        ModuleError::MissingExport { .. } | ModuleError::Memories { count: 0 } => Verdict::Agreed,
        ModuleError::NotAModule | ModuleError::Malformed { .. } | ModuleError::Invalid { .. } => {
            let words = explain(bytes).unwrap_or_default();
            Verdict::Failed(format!("valid for the suite, but the loader says: {error} ({words})"))
        }
        error => Verdict::Skipped(reason(error)),
    }
}

const fn segment_trap(error: &ModuleError) -> Option<Trap> {
    match error {
        ModuleError::DataOutOfBounds { .. } => Some(Trap::MemoryOutOfBounds),
        ModuleError::ElementsOutOfBounds { .. } => Some(Trap::TableOutOfBounds),
        _ => None,
    }
}

/// The closed list of reasons for which a valid module may be refused, in few words.
fn reason(error: &ModuleError) -> String {
    match error {
        ModuleError::Feature { feature, .. } => format!("feature: {feature}"),
        ModuleError::Bound { bound, .. } => format!("bound: {bound}"),
        ModuleError::Memories { .. } => "feature: several memories".to_owned(),
        ModuleError::StartFunction { .. } => "start function".to_owned(),
        ModuleError::ImportKind { kind, .. } => format!("import of a {kind}"),
        ModuleError::ImportModule { .. } => "import of another module's function".to_owned(),
        ModuleError::ReservedExport { .. } => "reserved export".to_owned(),
        ModuleError::ExportKind { .. }
        | ModuleError::EntrypointType { .. }
        | ModuleError::HeapBaseType { .. } => "export under a name of the ABI".to_owned(),
        ModuleError::DataOutOfBounds { .. } | ModuleError::ElementsOutOfBounds { .. } => {
            "segment out of bounds".to_owned()
        }
        ModuleError::UnknownImport { .. }
        | ModuleError::ImportType { .. }
        | ModuleError::TwoAbis { .. }
        | ModuleError::UnsupportedSyscall { .. } => "import of what the host does not have".to_owned(),
        ModuleError::PlainSolanaBuild { .. } => "program without its host".to_owned(),
        // What is valid and of another version is a component.
        ModuleError::Version { .. } => "component".to_owned(),
        // Judged before anyone asks for a reason.
        ModuleError::MissingExport { .. }
        | ModuleError::NotAModule
        | ModuleError::Malformed { .. }
        | ModuleError::Invalid { .. } => error.to_string(),
    }
}
