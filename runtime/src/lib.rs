//! The pipeline: sanitize, verify, schedule, execute, commit, store, root.
