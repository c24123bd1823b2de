//! What waits to be sent to one WebSocket beside the answers to its calls: notices, bounded in bytes.
//!
//! Whoever has something to tell never waits for a reader: if there is no room, the outbox overflows, what is in it is dropped,
//! and its socket closes.

use super::unsent::Unsent;
use axum::extract::ws::Utf8Bytes;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::Notify;

/// What a message takes beside its text, roughly.
const OVERHEAD_BYTES: usize = 64;
/// A reader with no more than this waiting is not dropped because others have much.
const FAIR_SIZE_BYTES: usize = 64 << 10;

/// Messages that wait for one socket.
#[derive(Debug)]
pub(super) struct Outbox {
    limit_bytes: usize,
    unsent: Arc<Unsent>,
    waiting: Mutex<Waiting>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    messages: VecDeque<Utf8Bytes>,
    size_bytes: usize,
    /// Of these, what was counted in [`Unsent`].
    counted_bytes: usize,
    has_overflowed: bool,
}

/// What a socket finds in its outbox.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// Messages, to be sent in this order.
    Messages(Vec<Utf8Bytes>),
    /// The reader was too slow: messages are lost.
    Overflow,
}

impl Outbox {
    /// An empty one, for up to `limit_bytes`.
    pub(super) fn new(limit_bytes: usize, unsent: Arc<Unsent>) -> Self {
        Self { limit_bytes, unsent, waiting: Mutex::default(), changed: Notify::new() }
    }

    /// Adds a message; `false` if there is no room, now or earlier.
    pub(super) fn push(&self, message: String) -> bool {
        let mut waiting = self.waiting.lock();
        if waiting.has_overflowed {
            return false;
        }
        let size_bytes = message.len() + OVERHEAD_BYTES;
        let total_bytes = waiting.size_bytes + size_bytes;
        let is_counted = self.unsent.add(size_bytes);
        if total_bytes > self.limit_bytes || (!is_counted && total_bytes > FAIR_SIZE_BYTES) {
            self.unsent.remove(waiting.counted_bytes + if is_counted { size_bytes } else { 0 });
            *waiting = Waiting { has_overflowed: true, ..Waiting::default() };
        } else {
            waiting.counted_bytes += if is_counted { size_bytes } else { 0 };
            waiting.size_bytes = total_bytes;
            waiting.messages.push_back(message.into());
        }
        let has_room = !waiting.has_overflowed;
        drop(waiting);
        self.changed.notify_one();
        has_room
    }

    /// Waits until there is something, and takes at least one message and about `size_bytes` of them. Nothing is lost if the wait
    /// is given up.
    pub(super) async fn take(&self, size_bytes: usize) -> Taken {
        loop {
            if let Some(taken) = self.try_take(size_bytes) {
                return taken;
            }
            self.changed.notified().await;
        }
    }

    /// Waits until messages were lost.
    pub(super) async fn overflow(&self) {
        loop {
            if self.waiting.lock().has_overflowed {
                return;
            }
            self.changed.notified().await;
        }
    }

    fn try_take(&self, size_bytes: usize) -> Option<Taken> {
        let mut waiting = self.waiting.lock();
        if waiting.has_overflowed {
            return Some(Taken::Overflow);
        }
        let mut taken_bytes = 0;
        let mut messages = Vec::new();
        while taken_bytes < size_bytes {
            let Some(message) = waiting.messages.pop_front() else { break };
            taken_bytes += message.len() + OVERHEAD_BYTES;
            messages.push(message);
        }
        waiting.size_bytes -= taken_bytes;
        let counted_bytes = waiting.counted_bytes.min(taken_bytes);
        waiting.counted_bytes -= counted_bytes;
        self.unsent.remove(counted_bytes);
        (!messages.is_empty()).then_some(Taken::Messages(messages))
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.unsent.remove(self.waiting.get_mut().counted_bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_come_out_in_order_and_are_counted() {
        let unsent = Unsent::new(10_000);
        let outbox = Outbox::new(1_000, Arc::clone(&unsent));
        for text in ["a", "b", "c"] {
            assert!(outbox.push(text.to_owned()));
        }
        assert_eq!(unsent.size_bytes(), 3 * (1 + OVERHEAD_BYTES));
        assert_eq!(outbox.take(OVERHEAD_BYTES + 2).await, Taken::Messages(vec!["a".into(), "b".into()]));
        assert_eq!(outbox.take(1).await, Taken::Messages(vec!["c".into()]));
        assert_eq!(unsent.size_bytes(), 0);
        assert!(outbox.push("d".to_owned()));
        drop(outbox);
        assert_eq!(unsent.size_bytes(), 0);
    }

    #[tokio::test]
    async fn a_full_outbox_overflows_for_good() {
        let unsent = Unsent::new(10_000);
        let outbox = Outbox::new(1_000, Arc::clone(&unsent));
        assert!(outbox.push("x".repeat(500)));
        assert!(!outbox.push("x".repeat(500)));
        assert_eq!(unsent.size_bytes(), 0);
        assert!(!outbox.push("y".to_owned()));
        outbox.overflow().await;
        assert_eq!(outbox.take(1).await, Taken::Overflow);
    }

    #[tokio::test]
    async fn if_much_waits_for_all_those_with_much_are_dropped() {
        let unsent = Unsent::new(3 * FAIR_SIZE_BYTES);
        let outbox = || Outbox::new(10 * FAIR_SIZE_BYTES, Arc::clone(&unsent));
        let (greedy, modest) = (outbox(), outbox());
        assert!(greedy.push("x".repeat(2 * FAIR_SIZE_BYTES)));
        assert!(greedy.push("x".repeat(FAIR_SIZE_BYTES / 2)));
        assert!(modest.push("y".repeat(FAIR_SIZE_BYTES / 2)), "there is no room for all, but it has little");
        assert!(!greedy.push("x".repeat(FAIR_SIZE_BYTES)));
        assert_eq!(greedy.take(1).await, Taken::Overflow);
        assert_eq!(unsent.size_bytes(), 0);
        assert_eq!(modest.take(1).await, Taken::Messages(vec!["y".repeat(FAIR_SIZE_BYTES / 2).into()]));
        assert_eq!(unsent.size_bytes(), 0);
    }
}
