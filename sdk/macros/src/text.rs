//! Expressions as people write them: for rules that are logged.

use proc_macro2::TokenStream;

/// The tokens as text, without the spaces that the compiler puts between all of them.
pub(crate) fn of(tokens: &TokenStream) -> String {
    let mut text = tokens.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    for (long, short) in [
        (" . ", "."),
        (" ? ", "? "),
        (" ?", "?"),
        ("? .", "?."),
        ("?. ", "?."),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" ::", "::"),
        (":: ", "::"),
        (" ,", ","),
        (" [", "["),
        ("& ", "&"),
        (" !", "!"),
        ("! ", "!"),
        ("!=", " !="),
        ("&&", "&& "),
        ("= * ", "= *"),
    ] {
        text = text.replace(long, short);
    }
    text
}

/// What is said of a constraint that there is not: the one that was meant, if its name is nearly that, or else all.
pub(crate) fn unknown_name(unknown: &str, known: &[&str]) -> String {
    let nearest = known.iter().map(|name| (distance(unknown, name), name)).min();
    match nearest {
        Some((0..=2, name)) => format!("`{unknown}` is no constraint: write `{name}`"),
        _ => format!("`{unknown}` is no constraint: there are {}", known.join(", ")),
    }
}

/// How many letters must be put in, taken away or changed to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = index;
        row[0] = index + 1;
        for (place, wanted) in (1..).zip(other.chars()) {
            let changed = diagonal + usize::from(letter != wanted);
            diagonal = row[place];
            row[place] = changed.min(row[place] + 1).min(row[place - 1] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_are_told_apart_by_letters() {
        for (one, other, expected) in [
            ("", "mut", 3),
            ("mut", "mut", 0),
            ("has_on", "has_one", 1),
            ("seed", "seeds", 1),
            ("init", "mint", 2),
        ] {
            assert_eq!(super::distance(one, other), expected, "{one}, {other}");
            assert_eq!(super::distance(other, one), expected, "{other}, {one}");
        }
    }

    #[test]
    fn expressions_are_readable() {
        for text in [
            "counter.load()?.count < 5",
            "a != b",
            "ids::token::ID",
            "constraint = *owner.address() == vault.load()?.owner",
            "rates.is_empty() || fee(rates, 3) >= LIMIT",
        ] {
            let tokens = text.parse().expect("the text is tokens");
            assert_eq!(super::of(&tokens), text);
        }
    }
}
