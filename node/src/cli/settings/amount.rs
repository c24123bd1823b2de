//! Amounts in SOL, exact: no floating point stands between what is typed and what is paid.

use anyhow::{Context, bail};

/// Lamports of one SOL.
const LAMPORTS_PER_SOL: u64 = 1_000_000_000;
/// Digits behind the point.
const DIGITS_COUNT: usize = 9;

/// Lamports of an amount in SOL, such as `1`, `0.5` or `.000005`.
///
/// # Errors
/// If it is no such amount, or too large.
pub(in crate::cli) fn parse_lamports(text: &str) -> anyhow::Result<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        bail!("{text:?} is no amount of SOL: write it like 1 or 0.5");
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > DIGITS_COUNT {
        bail!("{text} SOL is no whole number of lamports: a SOL has nine digits behind the point");
    }
    let too_large = || format!("{text} SOL is more than there can be");
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().with_context(too_large)? };
    let fraction: u64 = format!("{fraction:0<DIGITS_COUNT$}").parse().context("nine digits are a number")?;
    let lamports = whole.checked_mul(LAMPORTS_PER_SOL).and_then(|lamports| lamports.checked_add(fraction));
    lamports.with_context(too_large)
}

/// An amount as people read it: `1.5 SOL`.
pub(in crate::cli) fn sol(lamports: u64) -> String {
    let (whole, fraction) = (lamports / LAMPORTS_PER_SOL, lamports % LAMPORTS_PER_SOL);
    let fraction = format!("{fraction:0DIGITS_COUNT$}");
    match fraction.trim_end_matches('0') {
        "" => format!("{whole} SOL"),
        fraction => format!("{whole}.{fraction} SOL"),
    }
}

#[cfg(test)]
mod tests {
    use super::{parse_lamports, sol};

    #[test]
    fn amounts_are_exact() {
        let check = |text: &str, lamports: u64| assert_eq!(parse_lamports(text).expect(text), lamports);
        check("1", 1_000_000_000);
        check("0.5", 500_000_000);
        check(".000000001", 1);
        check("1.", 1_000_000_000);
        check("0.1000000000000", 100_000_000);
        check("18446744073.709551615", u64::MAX);
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", ".", "-1", "+1", "1e3", "1,5", "0.0000000001", "18446744073.709551616", "٣", " 1"] {
            assert!(parse_lamports(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_is_printed_is_read_back() {
        for lamports in [0, 1, 5_000, 1_000_000_000, 1_500_000_000, u64::MAX] {
            let text = sol(lamports);
            let amount = text.strip_suffix(" SOL").expect("it has its unit");
            assert_eq!(parse_lamports(amount).expect("it is an amount"), lamports);
        }
        assert_eq!(sol(1_500_000_000), "1.5 SOL");
    }
}
