//! Keeps an engine's panic from becoming the node's: engines assert what they believe of their own files, and files can
//! be damaged. A panic while an engine works is damage found; the panic's own message still goes to standard error.

use crate::ledger::store::StoreError;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Calls `work`, which does `operation` on the tables in `path` and calls nothing but the engine.
///
/// What the engine leaves behind after a panic is its own affair: it either refuses further work or panics again, and both
/// end up here.
pub(super) fn contain<T>(
    operation: &'static str,
    path: &Path,
    work: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(StoreError::Damaged {
            operation,
            path: path.into(),
            what: "the engine stopped at something that cannot be".into(),
            source: Some(message(&*panic).into()),
        })
    })
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it did not say what")
        .into()
}
