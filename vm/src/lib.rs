//! One program call: load, validate, meter, run, classify.
//!
//! The runtime fills a [`Context`] with the accounts that a chain of calls may see and calls programs through it; the
//! vm enforces what a program may change, counts units, runs nested calls, and says what went wrong in closed errors.
//! It knows no transaction, block or thread.

mod abi;
mod accounts;
mod cache;
mod compile;
mod config;
mod context;
mod engine;
mod error;
mod host;
mod instance;
mod log;
mod log_record;
mod meter;
mod names;
mod profile;
mod program;
mod rules;
pub mod stack_limit;
mod sysvars;
pub mod validate;
mod write_marks;

pub use accounts::{AccountRef, AccountTable, Mark, TableEntry};
pub use cache::{CacheKey, ProgramCache};
pub use compile::LocalFault;
pub use config::WORKER_STACK_SIZE_BYTES;
pub use context::{
    Builtin, CallAccount, Callee, Context, FailurePoint, NestedAccount, ReturnData, TraceEntry,
};
pub use engine::{Engine, EngineError};
pub use error::{CallError, HostCall, Privilege, Rule, SeedsError, Trap};
pub use instance::{Exports, InstancePolicy, Instances, Value};
pub use log::{LogCollector, LogEvent};
pub use log_record::LogRecord;
pub use meter::Meter;
pub use profile::{DataHead, FrameKind, FunctionUnits, Profile, ProfileFrame, ProfileMismatch, Profiler};
pub use program::{LoadError, Program};
pub use sysvars::{Clock, Sysvars};
