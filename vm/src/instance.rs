//! Instances of programs, and one call on an instance.

use crate::program::Program;
use crate::{CallError, Context};

/// The instances one worker keeps.
#[derive(Debug, Default)]
pub struct Instances;

/// Runs the context's current call on an instance of `program`.
pub(crate) fn run(_context: &mut Context<'_>, _program: &Program) -> Result<(), CallError> {
    Err(CallError::OutOfUnits)
}
