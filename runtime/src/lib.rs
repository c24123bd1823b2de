//! The pipeline: sanitize, verify, schedule, execute, commit, store, root.

pub mod ingest;
pub mod schedule;
