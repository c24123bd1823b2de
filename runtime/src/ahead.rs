//! Blocks prepared one after another, while those before them execute and commit.
//!
//! In: the bytes of blocks, in order. Out: [`PreparedBlocks`], in the same order. Two blocks are prepared beyond the one that was
//! taken last, so that there is work for every core whatever the stages of a block can share: while one thread alone
//! commits a block, the next one is waiting, ready to execute, and the one after that is being prepared.

use crate::error::Fatal;
use crate::prepare::{PreparedBlock, Preparer};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::Scope;

/// Blocks that are ready and wait to be taken. One more is being prepared meanwhile.
const WAITING_COUNT: usize = 1;

/// The blocks that a thread of its own prepares, in order. Dropping it ends that thread after the block at hand.
#[derive(Debug)]
pub struct PreparedBlocks<'b> {
    receiver: Receiver<Result<PreparedBlock<'b>, Fatal>>,
}

impl Preparer {
    /// Begins to prepare `blocks` on a thread of `scope`, never more than two beyond the one taken last: memory is bounded
    /// by that, however many there are.
    ///
    /// Each item is what [`Preparer::prepare`] gives.
    ///
    /// # Panics
    /// If the operating system refuses the thread.
    pub fn prepare_ahead<'scope, 'b: 'scope, T: AsRef<[u8]> + Sync + 'b>(
        &self,
        scope: &'scope Scope<'scope, '_>,
        blocks: impl IntoIterator<Item = &'b [T], IntoIter: Send + 'scope>,
    ) -> PreparedBlocks<'b> {
        let (sender, receiver) = sync_channel(WAITING_COUNT);
        let preparer = self.clone();
        let mut blocks = blocks.into_iter();
        scope.spawn(move || {
            // Nobody to send to is a consumer that has seen enough.
            blocks.all(|block| sender.send(preparer.prepare(block)).is_ok());
        });
        PreparedBlocks { receiver }
    }
}

impl<'b> Iterator for PreparedBlocks<'b> {
    type Item = Result<PreparedBlock<'b>, Fatal>;

    /// The next block, waiting for it if need be; `None` after the last.
    fn next(&mut self) -> Option<Self::Item> {
        self.receiver.recv().ok()
    }
}
