//! Bytes that are no transaction, or not the one that was signed.

use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use solana_message::v1::V1_PREFIX;

/// A way to spoil a transaction.
type Way = fn(&mut ChaCha8Rng, Vec<u8>) -> Vec<u8>;

const WAYS: [Way; 6] = [flip_bit, cut, append, flip_signature, garbage, overwrite_half];

/// Spoils a transaction in one way or another.
pub(super) fn spoil(random: &mut ChaCha8Rng, bytes: Vec<u8>) -> Vec<u8> {
    let way = WAYS.choose(random).expect("there are ways");
    way(random, bytes)
}

fn flip_bit(random: &mut ChaCha8Rng, mut bytes: Vec<u8>) -> Vec<u8> {
    let index = random.random_range(0..bytes.len());
    bytes[index] ^= 1 << random.random_range(0..8);
    bytes
}

fn cut(random: &mut ChaCha8Rng, mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(random.random_range(0..bytes.len()));
    bytes
}

fn append(random: &mut ChaCha8Rng, mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.push(random.random());
    bytes
}

/// The signatures stand behind the first byte, their count; in version 1, at the end.
fn flip_signature(random: &mut ChaCha8Rng, mut bytes: Vec<u8>) -> Vec<u8> {
    let index = random.random_range(1..65);
    let index = if bytes[0] == V1_PREFIX { bytes.len() - index } else { index };
    bytes[index] ^= 1;
    bytes
}

fn garbage(random: &mut ChaCha8Rng, _bytes: Vec<u8>) -> Vec<u8> {
    let mut bytes = vec![0; random.random_range(0..1_300)];
    random.fill(&mut bytes[..]);
    bytes
}

/// Breaks keys, blockhash and instructions, and with them the signature.
fn overwrite_half(random: &mut ChaCha8Rng, mut bytes: Vec<u8>) -> Vec<u8> {
    let middle = bytes.len() / 2;
    random.fill(&mut bytes[middle..]);
    bytes
}
