//! What the workers' protocols are made of. Tests put a model of threads in the place of this file (`tests/model.rs`).

pub(super) use parking_lot::{Condvar, Mutex};
pub(super) use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering, fence};
