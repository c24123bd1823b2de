//! Figures and names in few characters, for pictures.

/// Longest name that a picture shows whole, in columns: a letter takes one, an ideograph or a pictograph two.
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

/// The text, or its begin if it is longer than `count` columns.
pub(crate) fn shorten(text: &str, count: usize) -> String {
    if column_count(text) <= count {
        return text.to_owned();
    }
    let mut taken = 1;
    let fits = |sign: &char| {
        taken += columns(*sign);
        taken <= count
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// Columns that a text takes.
pub(crate) fn column_count(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Two for the blocks of East Asian scripts and of pictographs (Unicode Standard Annex 11, roughly), else one.
const fn columns(sign: char) -> usize {
    match sign as u32 {
        0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F => 2,
        0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F000..=0x3FFFD => 2,
        _ => 1,
    }
}

/// What to show of a character of a name: blanks for other white space, and U+FFFD for what XML has no way to write and
/// for what changes the direction of all the text behind it (Unicode Standard Annex 9: embeddings, overrides, isolates;
/// letters of scripts written from right to left do not).
pub(crate) const fn shown(sign: char) -> char {
    match sign {
        '\t' | '\n' | '\r' => ' ',
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}' => '\u{FFFD}',
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => '\u{FFFD}',
        _ => sign,
    }
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
        assert_eq!(shorten("\u{6C60}\u{6C60}\u{6C60}", 6), "\u{6C60}\u{6C60}\u{6C60}");
        assert_eq!(shorten("\u{6C60}\u{6C60}\u{6C60}!", 6), "\u{6C60}\u{6C60}…");
        assert_eq!([shorten("", 0), shorten("ab", 1), shorten("ab", 0)], ["", "…", "…"]);
        assert_eq!(ends("4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM"), "4uQeVj…JziofM");
        assert_eq!(ends("user 7"), "user 7");
    }
}
