//! What a program changed of an account: the account's data and what the program left come in, the range that differs
//! goes out.

use std::ops::Range;

/// The range of bytes outside of which two slices of one size are equal, `None` if they are equal; a few equal bytes
/// may be in it.
pub(super) fn difference(left: &[u8], right: &[u8]) -> Option<Range<usize>> {
    // Large blocks are compared as a whole; where they differ, words tell more. Words also are what programs write: a
    // wider read of bytes just written waits until they have reached the cache.
    const BLOCK_SIZE_BYTES: usize = 256;
    const WORD_SIZE_BYTES: usize = 8;
    let (mut start, mut end) = (0, left.len().min(right.len()));
    while end - start > BLOCK_SIZE_BYTES
        && left[start..start + BLOCK_SIZE_BYTES] == right[start..start + BLOCK_SIZE_BYTES]
    {
        start += BLOCK_SIZE_BYTES;
    }
    while end - start > BLOCK_SIZE_BYTES
        && left[end - BLOCK_SIZE_BYTES..end] == right[end - BLOCK_SIZE_BYTES..end]
    {
        end -= BLOCK_SIZE_BYTES;
    }
    let (left_words, left_rest) = left[start..end].as_chunks::<WORD_SIZE_BYTES>();
    let (right_words, right_rest) = right[start..end].as_chunks::<WORD_SIZE_BYTES>();
    let differs = |(left, right): (&[u8; WORD_SIZE_BYTES], &[u8; WORD_SIZE_BYTES])| left != right;
    let first = left_words.iter().zip(right_words).position(differs);
    let last = if left_rest.iter().eq(right_rest) {
        left_words.iter().zip(right_words).rposition(differs)?
    } else {
        left_words.len()
    };
    let first = first.unwrap_or(last);
    Some(start + first * WORD_SIZE_BYTES..(start + (last + 1) * WORD_SIZE_BYTES).min(end))
}
