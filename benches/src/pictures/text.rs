//! Figures and names in few characters, for pictures.

/// Longest name that a picture shows whole, in characters.
pub(crate) const MAX_NAME_COUNT: usize = 32;

/// A figure in few characters: `1.25M`, `350k`, `0.5`.
pub(crate) fn short(value: f64) -> String {
    match value.abs() {
        large if large >= 1e9 => format!("{}G", trimmed(value / 1e9, 2)),
        large if large >= 1e6 => format!("{}M", trimmed(value / 1e6, 2)),
        medium if medium >= 1e3 => format!("{}k", trimmed(value / 1e3, 1)),
        _ => trimmed(value, 2),
    }
}

/// A number with so many decimals at most, without zeros at its end.
pub(crate) fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A whole number with commas between the thousands.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 transaction`, `2,000 transactions`.
pub(crate) fn counted(count: u64, what: &str) -> String {
    format!("{} {what}{}", thousands(count), if count == 1 { "" } else { "s" })
}

/// A span of time in the unit that suits it.
pub(crate) fn time(ns: u64) -> String {
    let (unit, unit_ns) = time_unit(ns);
    format!("{} {unit}", trimmed(ns as f64 / unit_ns, 2))
}

/// The unit in which spans up to `longest_ns` are read best, and its nanoseconds.
pub(crate) const fn time_unit(longest_ns: u64) -> (&'static str, f64) {
    match longest_ns {
        0..1_000 => ("ns", 1.0),
        1_000..1_000_000 => ("µs", 1e3),
        1_000_000..10_000_000_000 => ("ms", 1e6),
        _ => ("s", 1e9),
    }
}

/// The text, or its begin if it is longer than `count` characters.
pub(crate) fn shorten(text: &str, count: usize) -> String {
    if text.chars().count() <= count {
        return text.to_owned();
    }
    text.chars().take(count.saturating_sub(1)).chain(['…']).collect()
}

/// The two ends of a long address.
pub(crate) fn ends(address: &str) -> String {
    match (address.get(..6), address.get(address.len().saturating_sub(6)..)) {
        (Some(begin), Some(end)) if address.len() > 16 => format!("{begin}…{end}"),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        let figures = [0.0, -0.001, 0.5, 20.0, 999.0, 1_000.0, 350_500.0, 1_250_000.0, 3e9];
        assert_eq!(figures.map(short), ["0", "0", "0.5", "20", "999", "1k", "350.5k", "1.25M", "3G"]);
        let counts = [0, 999, 1_000, 12_345, 1_234_567];
        assert_eq!(counts.map(thousands), ["0", "999", "1,000", "12,345", "1,234,567"]);
        assert_eq!([1, 2].map(|count| counted(count, "unit")), ["1 unit", "2 units"]);
        let spans = [999, 1_500, 2_340_000, 12_000_000_000];
        assert_eq!(spans.map(time), ["999 ns", "1.5 µs", "2.34 ms", "12 s"]);
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(shorten("tokens", 6), "tokens");
        assert_eq!(shorten("äöüßéè!", 6), "äöüßé…");
        assert_eq!(ends("4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM"), "4uQeVj…JziofM");
        assert_eq!(ends("user 7"), "user 7");
    }
}
