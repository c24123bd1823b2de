//! One program call: load, validate, meter, run, classify.
//!
//! The runtime fills a [`Context`] with the accounts that a chain of calls may see and calls programs through it; the
//! vm enforces what a program may change, counts units, runs nested calls, and says what went wrong in closed errors.
//! It knows no transaction, block or thread.

mod accounts;
mod context;
mod error;
mod instance;
mod log;
mod meter;
mod program;
mod rules;
pub mod stack_limit;
mod sysvars;
pub mod validate;

pub use accounts::{AccountRef, AccountTable, Mark, TableEntry};
pub use context::{
    Builtin, CallAccount, Callee, Context, FailurePoint, NestedAccount, ReturnData, TraceEntry,
};
pub use error::{CallError, HostCall, Privilege, Rule, SeedsError, Trap};
pub use instance::Instances;
pub use log::{LogCollector, LogEvent};
pub use meter::Meter;
pub use program::Program;
pub use sysvars::{Clock, Sysvars};
