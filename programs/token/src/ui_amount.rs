//! Amounts as people read them: decimal strings, to and from the smallest unit.
//!
//! `AmountToUiAmount` and `UiAmountToAmount` hand their results back as return data.

use sealane_sdk::ProgramError;

/// Longest formatted amount in bytes: 255 decimals, one digit before them, and the point.
pub const MAX_UI_AMOUNT_SIZE_BYTES: usize = 257;

/// Formats `amount` with `decimals` digits behind the point, without trailing zeros, at the end of `buffer`.
pub fn format(amount: u64, decimals: u8, buffer: &mut [u8; MAX_UI_AMOUNT_SIZE_BYTES]) -> &[u8] {
    let decimals = usize::from(decimals);
    let mut start = buffer.len();
    let mut rest = amount;
    let mut digit_count = 0;
    while digit_count <= decimals || rest > 0 {
        if digit_count == decimals && decimals > 0 {
            start -= 1;
            buffer[start] = b'.';
        }
        start -= 1;
        let digit = (rest % 10) as u8;
        buffer[start] = b'0' + digit;
        rest /= 10;
        digit_count += 1;
    }
    let text = &buffer[start..];
    if decimals == 0 {
        return text;
    }
    let zero_count = text.iter().rev().take_while(|byte| **byte == b'0').count();
    let text = &text[..text.len() - zero_count];
    text.strip_suffix(b".").unwrap_or(text)
}

/// Parses a decimal string into the smallest unit. As in SPL Token, either side of the point may be empty, zeros may
/// trail without end, and a plus sign may lead.
///
/// # Errors
/// `InvalidArgument` for an empty string, anything but digits and one point, more decimals than the mint has, or an
/// amount above 64 bits.
pub fn parse(text: &str, decimals: u8) -> Result<u64, ProgramError> {
    let decimals = usize::from(decimals);
    let mut parts = text.as_bytes().split(|byte| *byte == b'.');
    let whole = parts.next().unwrap_or_default();
    let fraction = parts.next().unwrap_or_default();
    let fraction_size = fraction.iter().rposition(|byte| *byte != b'0').map_or(0, |last| last + 1);
    let fraction = &fraction[..fraction_size];
    if (whole.is_empty() && fraction.is_empty()) || parts.next().is_some() || fraction.len() > decimals {
        return Err(ProgramError::InvalidArgument);
    }
    let padding = core::iter::repeat_n(b'0', decimals - fraction.len());
    parse_digits(whole.iter().chain(fraction).copied().chain(padding)).ok_or(ProgramError::InvalidArgument)
}

/// What `str::parse::<u64>` makes of these bytes.
fn parse_digits(bytes: impl Iterator<Item = u8>) -> Option<u64> {
    let mut bytes = bytes.peekable();
    bytes.next_if_eq(&b'+');
    bytes.peek()?;
    bytes.try_fold(0_u64, |amount, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit <= 9)?;
        amount.checked_mul(10)?.checked_add(u64::from(digit))
    })
}
