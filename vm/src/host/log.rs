//! `log`, `log_data`, `panic`: what a program says. Texts go to the transaction's log, which is never hashed.

use crate::host::prices::{LIST_ITEM_UNITS, price};
use crate::host::state::{Host, pay, serve, with_guest};
use crate::{CallError, HostCall, Trap};

/// Logs one line.
pub(crate) fn log(host: &mut Host<'_>, call: HostCall, offset: u32, size: u32) -> Result<(), CallError> {
    serve(host, call, size, |guest, context| {
        context.logs.message(guest.bytes(offset, size)?);
        Ok(())
    })
}

/// Logs pieces of data, in base64 with a space between them.
pub(crate) fn log_data(
    host: &mut Host<'_>,
    call: HostCall,
    slices: u32,
    count: u32,
) -> Result<(), CallError> {
    let price = price(call);
    pay(host, price.base_units + LIST_ITEM_UNITS * u64::from(count))?;
    let size = with_guest(host, call, |guest, _| guest.pieces_size_bytes(slices, count))?;
    pay(host, price.bytes_units(size))?;
    with_guest(host, call, |guest, context| {
        let mut text = Vec::new();
        for (index, piece) in guest.pieces(slices, count)?.enumerate() {
            if index > 0 {
                text.push(b' ');
            }
            base64(piece?, &mut text);
        }
        context.logs.data(&text);
        Ok(())
    })
}

/// Ends the program with a message.
pub(crate) fn panic(host: &mut Host<'_>, offset: u32, size: u32) -> Result<(), CallError> {
    serve(host, HostCall::Panic, size, |guest, context| {
        context.logs.message(guest.bytes(offset, size)?);
        Err(Trap::Panic.into())
    })
}

/// Appends `bytes` in base64 (RFC 4648, with padding).
pub(crate) fn base64(bytes: &[u8], text: &mut Vec<u8>) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for chunk in bytes.chunks(3) {
        let [first, second, third] = [0, 1, 2].map(|index| chunk.get(index).copied().unwrap_or(0));
        let bits = u32::from_be_bytes([0, first, second, third]);
        for position in 0..4 {
            let digit = (bits >> (18 - 6 * position)) & 0x3f;
            text.push(if position <= chunk.len() { ALPHABET[digit as usize] } else { b'=' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_matches_the_rfc() {
        // RFC 4648, section 10.
        let cases = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (input, expected) in cases {
            let mut text = Vec::new();
            base64(input.as_bytes(), &mut text);
            assert_eq!(text, expected.as_bytes());
        }
    }
}
