//! Bytes that are no transaction, or not the one that was signed.

use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

/// Spoils a transaction in one way or another.
pub(super) fn spoil(random: &mut ChaCha8Rng, mut bytes: Vec<u8>) -> Vec<u8> {
    let ways: &[fn(&mut ChaCha8Rng, &mut Vec<u8>)] =
        &[flip_bit, cut, append, flip_signature, garbage, stale_blockhash];
    let way = ways.choose(random).expect("there are ways");
    way(random, &mut bytes);
    bytes
}

fn flip_bit(random: &mut ChaCha8Rng, bytes: &mut Vec<u8>) {
    let index = random.random_range(0..bytes.len());
    bytes[index] ^= 1 << random.random_range(0..8);
}

fn cut(random: &mut ChaCha8Rng, bytes: &mut Vec<u8>) {
    bytes.truncate(random.random_range(0..bytes.len()));
}

fn append(random: &mut ChaCha8Rng, bytes: &mut Vec<u8>) {
    bytes.push(random.random());
}

fn flip_signature(random: &mut ChaCha8Rng, bytes: &mut Vec<u8>) {
    let index = random.random_range(1..bytes.len().clamp(2, 65));
    if let Some(byte) = bytes.get_mut(index) {
        *byte ^= 1;
    }
}

fn garbage(random: &mut ChaCha8Rng, bytes: &mut Vec<u8>) {
    bytes.resize(random.random_range(0..1_300), 0);
    random.fill(&mut bytes[..]);
}

/// Breaks the signature as well; which of the two is found first is for the pipeline to say, always the same way.
fn stale_blockhash(random: &mut ChaCha8Rng, bytes: &mut Vec<u8>) {
    let middle = bytes.len() / 2;
    random.fill(&mut bytes[middle..]);
}
