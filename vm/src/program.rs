//! A validated, compiled program.

/// A WebAssembly program, ready to run.
#[derive(Debug)]
pub struct Program;
