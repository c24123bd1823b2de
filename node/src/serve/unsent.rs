//! Bytes that wait to be sent, over all connections: answers and notices that are large are counted here until they are written.
//!
//! Each connection has its own bound; this one is for thousands of them together.

use axum::body::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Answers up to this size are not counted: connections times this are bounded anyway.
const SMALL_SIZE_BYTES: usize = 32 << 10;

/// Counts bytes that wait.
#[derive(Debug)]
pub(super) struct Unsent {
    limit_bytes: usize,
    size_bytes: AtomicUsize,
}

impl Unsent {
    /// Nothing waits yet.
    pub(super) fn new(limit_bytes: usize) -> Arc<Self> {
        Arc::new(Self { limit_bytes, size_bytes: AtomicUsize::new(0) })
    }

    /// Bytes that wait.
    pub(super) fn size_bytes(&self) -> usize {
        self.size_bytes.load(Ordering::Relaxed)
    }

    /// Counts `size_bytes` more, if there is room for them.
    pub(super) fn add(&self, size_bytes: usize) -> bool {
        let before = self.size_bytes.fetch_add(size_bytes, Ordering::Relaxed);
        let fits = before.saturating_add(size_bytes) <= self.limit_bytes;
        if !fits {
            self.remove(size_bytes);
        }
        fits
    }

    /// Counts off what [`Self::add`] counted.
    pub(super) fn remove(&self, size_bytes: usize) {
        self.size_bytes.fetch_sub(size_bytes, Ordering::Relaxed);
    }

    /// `answer` as bytes that are counted until the last copy is dropped; `None` if there is no room.
    pub(super) fn hold(self: &Arc<Self>, answer: Vec<u8>) -> Option<Bytes> {
        if answer.len() <= SMALL_SIZE_BYTES {
            return Some(answer.into());
        }
        let fits = self.add(answer.len());
        fits.then(|| Bytes::from_owner(Held { answer, unsent: Arc::clone(self) }))
    }
}

struct Held {
    answer: Vec<u8>,
    unsent: Arc<Unsent>,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.answer
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.unsent.remove(self.answer.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_answers_are_counted_until_they_are_dropped() {
        let unsent = Unsent::new(100_000);
        let small = unsent.hold(vec![0; SMALL_SIZE_BYTES]);
        assert_eq!((small.map(|bytes| bytes.len()), unsent.size_bytes()), (Some(SMALL_SIZE_BYTES), 0));
        let large = unsent.hold(vec![1; 60_000]).expect("there is room");
        assert!(unsent.hold(vec![2; 60_000]).is_none(), "there is no room for a second");
        let part = large.slice(10..20);
        drop(large);
        assert_eq!((&part[..], unsent.size_bytes()), (&[1; 10][..], 60_000));
        drop(part);
        assert_eq!(unsent.size_bytes(), 0);
        assert!(unsent.hold(vec![2; 60_000]).is_some());
    }
}
