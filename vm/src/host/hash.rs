//! SHA-256, SHA-512, BLAKE3 and Keccak-256: hashes of the pieces of a list, one after the other.

use crate::host::prices::{LIST_ITEM_UNITS, price};
use crate::host::state::{Host, pay, with_guest};
use crate::{CallError, HostCall};
use sha2::{Digest, Sha256, Sha512};
use sha3::Keccak256;

/// What is hashed, and where the hash goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pieces {
    /// Address of a list of slices.
    pub(crate) slices: u32,
    /// How many there are.
    pub(crate) count: u32,
    /// Where the hash is written.
    pub(crate) out: u32,
}

/// Writes the SHA-256 of the pieces to `out`, 32 bytes.
pub(crate) fn sha256(host: &mut Host<'_>, call: HostCall, pieces: Pieces) -> Result<(), CallError> {
    hash(
        host,
        call,
        pieces,
        Sha256::new(),
        |hasher, piece| hasher.update(piece),
        |hasher| hasher.finalize().into(),
    )
}

/// Writes the SHA-512 of the pieces to `out`, 64 bytes.
pub(crate) fn sha512(host: &mut Host<'_>, call: HostCall, pieces: Pieces) -> Result<(), CallError> {
    hash(
        host,
        call,
        pieces,
        Sha512::new(),
        |hasher, piece| hasher.update(piece),
        |hasher| -> [u8; 64] { hasher.finalize().into() },
    )
}

/// Writes the BLAKE3 hash of the pieces to `out`, 32 bytes.
pub(crate) fn blake3(host: &mut Host<'_>, call: HostCall, pieces: Pieces) -> Result<(), CallError> {
    let hasher = blake3::Hasher::new();
    hash(
        host,
        call,
        pieces,
        hasher,
        |hasher, piece| {
            hasher.update(piece);
        },
        |hasher| hasher.finalize().into(),
    )
}

/// Writes the Keccak-256 hash of the pieces to `out`, 32 bytes: Ethereum's, which pads otherwise than SHA-3.
pub(crate) fn keccak256(host: &mut Host<'_>, call: HostCall, pieces: Pieces) -> Result<(), CallError> {
    hash(
        host,
        call,
        pieces,
        Keccak256::new(),
        |hasher, piece| hasher.update(piece),
        |hasher| hasher.finalize().into(),
    )
}

fn hash<H, const SIZE_BYTES: usize>(
    host: &mut Host<'_>,
    call: HostCall,
    Pieces { slices, count, out }: Pieces,
    mut hasher: H,
    update: impl Fn(&mut H, &[u8]),
    finish: impl FnOnce(H) -> [u8; SIZE_BYTES],
) -> Result<(), CallError> {
    let price = price(call);
    pay(host, price.base_units + LIST_ITEM_UNITS * u64::from(count))?;
    let size = with_guest(host, call, |guest, _| guest.pieces_size_bytes(slices, count))?;
    pay(host, price.bytes_units(size))?;
    with_guest(host, call, |guest, _| {
        for piece in guest.pieces(slices, count)? {
            update(&mut hasher, piece?);
        }
        let size = u32::try_from(SIZE_BYTES).expect("a hash is short");
        guest.bytes_mut(out, size)?.copy_from_slice(&finish(hasher));
        Ok(())
    })
}
