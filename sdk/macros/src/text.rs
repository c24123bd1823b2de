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

#[cfg(test)]
mod tests {
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
