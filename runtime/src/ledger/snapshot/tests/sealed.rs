//! Snapshots taken apart and put together again with every hash right: what only a liar could make, not an accident.

use super::super::format::{
    CHUNK_HEADER_SIZE_BYTES, ChunkHeader, Kind, MAGIC, PREAMBLE_SIZE_BYTES, Trailer, VERSION, decode, encode,
    first_digest, next_digest,
};
use sealane_sdk::instruction::Hash;

/// A chunk, not compressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) kind: Kind,
    pub(super) item_count: u32,
    pub(super) plain: Vec<u8>,
}

/// The chunks of a good snapshot.
pub(super) fn parts(bytes: &[u8]) -> Vec<Part> {
    let (mut parts, mut rest) = (Vec::new(), &bytes[PREAMBLE_SIZE_BYTES..]);
    while !rest.is_empty() {
        let (header, behind) = rest.split_first_chunk::<CHUNK_HEADER_SIZE_BYTES>().expect("a header");
        let header = ChunkHeader::parse(header).expect("a good header");
        let (stored, behind) = behind.split_at(header.stored_size_bytes as usize);
        let plain = lz4_flex::block::decompress(stored, header.plain_size_bytes as usize).expect("LZ4");
        parts.push(Part { kind: header.kind, item_count: header.item_count, plain });
        rest = behind;
    }
    parts
}

/// Where each chunk begins.
pub(super) fn offsets(bytes: &[u8]) -> Vec<usize> {
    let (mut offsets, mut offset) = (Vec::new(), PREAMBLE_SIZE_BYTES);
    while offset < bytes.len() {
        offsets.push(offset);
        let header = bytes[offset..].first_chunk().expect("a header");
        let header = ChunkHeader::parse(header).expect("a good header");
        offset += CHUNK_HEADER_SIZE_BYTES + header.stored_size_bytes as usize;
    }
    offsets
}

/// The snapshot of these chunks. The trailer is made to fit, with `change` as the last word.
pub(super) fn sealed(parts: &[Part], change: impl Fn(&mut Trailer)) -> Vec<u8> {
    let mut bytes = [MAGIC.as_slice(), &VERSION.to_le_bytes()].concat();
    let mut digest = first_digest();
    for (chunk_index, part) in (0_u64..).zip(parts) {
        let mut plain = part.plain.clone();
        if part.kind == Kind::Trailer
            && let Some(mut trailer) = decode::<Trailer>(&plain)
        {
            trailer.digest = Hash::new_from_array(digest);
            trailer.chunk_count = chunk_index;
            change(&mut trailer);
            plain = encode(&trailer);
        }
        let stored = lz4_flex::block::compress(&plain);
        let size_bytes = u32::try_from(plain.len()).expect("a small chunk");
        let header = ChunkHeader::new(part.kind, part.item_count, size_bytes, chunk_index, &stored);
        bytes.extend_from_slice(&header.to_bytes());
        bytes.extend_from_slice(&stored);
        digest = next_digest(&digest, &header.hash);
    }
    bytes
}
