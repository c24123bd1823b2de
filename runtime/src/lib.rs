//! The pipeline: sanitize, verify, schedule, execute, commit, store, root.

pub mod schedule;
