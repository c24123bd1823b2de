//! `sha256`, `blake3`: hashes of the pieces of a list, one after the other.

use crate::host::prices::{LIST_ITEM_UNITS, price};
use crate::host::state::{Host, pay, with_guest};
use crate::{CallError, HostCall};
use sha2::{Digest, Sha256};

/// Writes the SHA-256 of the pieces to `out`, 32 bytes.
pub(crate) fn sha256(host: &mut Host<'_>, slices: u32, count: u32, out: u32) -> Result<(), CallError> {
    hash(
        host,
        HostCall::Sha256,
        (slices, count, out),
        Sha256::new(),
        |hasher, piece| hasher.update(piece),
        |hasher| hasher.finalize().into(),
    )
}

/// Writes the BLAKE3 hash of the pieces to `out`, 32 bytes.
pub(crate) fn blake3(host: &mut Host<'_>, slices: u32, count: u32, out: u32) -> Result<(), CallError> {
    let hasher = blake3::Hasher::new();
    hash(
        host,
        HostCall::Blake3,
        (slices, count, out),
        hasher,
        |hasher, piece| {
            hasher.update(piece);
        },
        |hasher| hasher.finalize().into(),
    )
}

fn hash<H>(
    host: &mut Host<'_>,
    call: HostCall,
    (slices, count, out): (u32, u32, u32),
    mut hasher: H,
    update: impl Fn(&mut H, &[u8]),
    finish: impl FnOnce(H) -> [u8; 32],
) -> Result<(), CallError> {
    let price = price(call);
    pay(host, price.base_units + LIST_ITEM_UNITS * u64::from(count))?;
    let size = with_guest(host, call, |guest, _| guest.pieces_size_bytes(slices, count))?;
    pay(host, price.bytes_units(size))?;
    with_guest(host, call, |guest, _| {
        for piece in guest.pieces(slices, count)? {
            update(&mut hasher, piece?);
        }
        guest.bytes_mut(out, 32)?.copy_from_slice(&finish(hasher));
        Ok(())
    })
}
