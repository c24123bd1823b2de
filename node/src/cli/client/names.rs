//! Names as the languages write them. In: names of a description, in whatever case. Out: `camelCase`, `PascalCase`,
//! `snake_case`, `SCREAMING_SNAKE_CASE`.

/// Splits a name where its case changes, and at everything that is no letter and no digit.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let characters: Vec<char> = name.chars().collect();
    let mut in_word = false;
    for (position, character) in characters.iter().enumerate() {
        if !character.is_ascii_alphanumeric() {
            in_word = false;
            continue;
        }
        let before = position.checked_sub(1).map(|before| characters[before]);
        let behind = characters.get(position + 1);
        let begins = character.is_ascii_uppercase()
            && (before.is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit())
                || behind.is_some_and(char::is_ascii_lowercase));
        if !in_word || begins {
            words.push(String::new());
        }
        in_word = true;
        if let Some(word) = words.last_mut() {
            word.push(character.to_ascii_lowercase());
        }
    }
    words
}

/// `someName`.
pub(super) fn camel(name: &str) -> String {
    let pascal = pascal(name);
    let mut characters = pascal.chars();
    characters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(characters).collect()
}

/// `SomeName`.
pub(super) fn pascal(name: &str) -> String {
    words(name)
        .iter()
        .map(|word| {
            let mut characters = word.chars();
            let first = characters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(characters).collect::<String>()
        })
        .collect()
}

/// `some_name`.
pub(super) fn snake(name: &str) -> String {
    words(name).join("_")
}

/// `SOME_NAME`.
pub(super) fn screaming(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_their_case() {
        for (name, expected) in [
            ("system_program", ["systemProgram", "SystemProgram", "system_program", "SYSTEM_PROGRAM"]),
            ("CounterV1", ["counterV1", "CounterV1", "counter_v1", "COUNTER_V1"]),
            ("NFTMint", ["nftMint", "NftMint", "nft_mint", "NFT_MINT"]),
            ("token2Mint", ["token2Mint", "Token2Mint", "token2_mint", "TOKEN2_MINT"]),
            ("_label", ["label", "Label", "label", "LABEL"]),
        ] {
            assert_eq!([camel(name), pascal(name), snake(name), screaming(name)], expected, "{name}");
        }
    }
}
