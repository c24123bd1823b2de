//! Seed phrases: from words to a keypair, and asking for them.
//!
//! BIP 39 makes a seed of 64 bytes of the words and the passphrase. `solana-keygen` takes its first 32 bytes for the secret key;
//! wallets derive another from it by BIP 32 (SLIP 10) along a path.

use anyhow::{Context, anyhow, bail};
use bip39::{Language, Mnemonic};
use console::Term;
use solana_derivation_path::DerivationPath;
use solana_keypair::Keypair;
use solana_keypair::keypair_from_seed;
use solana_keypair::seed_derivable::keypair_from_seed_and_derivation_path;
use std::io::{BufRead, stdin};

/// The path of wallets' first account.
pub(super) const WALLET_PATH: &str = "m/44'/501'/0'/0'";

/// Reads a phrase; blanks between the words do not matter.
///
/// # Errors
/// Which word is none, or that the checksum is wrong.
pub(super) fn parse(text: &str) -> anyhow::Result<Mnemonic> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    Mnemonic::parse_in_normalized(Language::English, &words.join(" ")).map_err(|error| match error {
        bip39::Error::UnknownWord(index) => {
            let word = words.get(index).map_or("", String::as_str);
            anyhow!("word {} of the seed phrase, {word:?}, is none of BIP 39's English words", index + 1)
        }
        bip39::Error::BadWordCount(count) => {
            anyhow!("the seed phrase has {count} words; they are 12, 15, 18, 21 or 24")
        }
        bip39::Error::InvalidChecksum => anyhow!(
            "the seed phrase's checksum is wrong: a word is not the right one, or they are not in order"
        ),
        error => anyhow!("the seed phrase is not in order: {error}"),
    })
}

/// The keypair of a phrase.
///
/// # Errors
/// If the path is none.
pub(super) fn keypair(phrase: &Mnemonic, passphrase: &str, path: Option<&str>) -> anyhow::Result<Keypair> {
    let seed = phrase.to_seed(passphrase);
    let keypair = match path {
        None => keypair_from_seed(&seed),
        Some(path) => keypair_from_seed_and_derivation_path(&seed, Some(parse_path(path)?)),
    };
    keypair.map_err(|error| anyhow!("cannot make a keypair of the seed phrase: {error}"))
}

/// Reads a derivation path such as `m/44'/501'/0'/0'`, or one without the leading `m/`.
fn parse_path(text: &str) -> anyhow::Result<DerivationPath> {
    let absolute = if text.starts_with('m') { text.to_owned() } else { format!("m/{text}") };
    DerivationPath::from_absolute_path_str(&absolute)
        .map_err(|error| anyhow!("{text:?} is no derivation path such as {WALLET_PATH}: {error}"))
}

/// Asks for a phrase and a passphrase, and makes the keypair.
///
/// # Errors
/// If there is no phrase, or it is not in order.
pub(in crate::cli) fn ask_for_keypair(path: Option<&str>) -> anyhow::Result<Keypair> {
    let text = ask("seed phrase: ")?.context("there is no seed phrase on stdin")?;
    let phrase = parse(&text)?;
    let passphrase = ask("passphrase (none if there is none): ")?.unwrap_or_default();
    keypair(&phrase, &passphrase, path)
}

/// Asks for a passphrase twice; nothing typed means none.
///
/// # Errors
/// If the two differ.
pub(super) fn ask_for_new_passphrase() -> anyhow::Result<String> {
    if !Term::stderr().is_term() {
        bail!("stderr is no terminal to ask for a passphrase on: give --no-passphrase, or run it in one");
    }
    let first = ask("passphrase (empty for none): ")?.unwrap_or_default();
    if !first.is_empty() && ask("the same passphrase again: ")?.unwrap_or_default() != first {
        bail!("the two passphrases differ; nothing was written");
    }
    Ok(first)
}

/// A line that is not shown while it is typed; from stdin where that is no terminal. Nothing at its end.
fn ask(question: &str) -> anyhow::Result<Option<String>> {
    let terminal = Term::stderr();
    if std::io::IsTerminal::is_terminal(&stdin()) && terminal.is_term() {
        terminal.write_str(question)?;
        return Ok(Some(terminal.read_secure_line()?));
    }
    let mut line = String::new();
    let count = stdin().lock().read_line(&mut line)?;
    Ok((count > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{WALLET_PATH, keypair, parse};
    use solana_signer::Signer;

    const PHRASE: &str =
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    /// What Solana's own functions make of the same words.
    fn as_solana(phrase: &str, passphrase: &str, path: Option<&str>) -> String {
        let keypair = match path {
            None => solana_keypair::keypair_from_seed_phrase_and_passphrase(phrase, passphrase)
                .expect("a keypair"),
            Some(path) => {
                let seed = bip39::Mnemonic::parse_normalized(phrase)
                    .expect("in order")
                    .to_seed_normalized(passphrase);
                let path =
                    solana_derivation_path::DerivationPath::from_absolute_path_str(path).expect("a path");
                solana_keypair::seed_derivable::keypair_from_seed_and_derivation_path(&seed, Some(path))
                    .expect("a keypair")
            }
        };
        keypair.pubkey().to_string()
    }

    #[test]
    fn keys_are_those_of_solana_and_of_wallets() {
        let check = |passphrase: &str, path: Option<&str>, address: &str| {
            let phrase = parse(PHRASE).expect("in order");
            let made = keypair(&phrase, passphrase, path).expect("a keypair").pubkey().to_string();
            assert_eq!(made, as_solana(PHRASE, passphrase, path));
            assert_eq!(made, address);
        };
        // What Phantom shows for these well-known words.
        check("", Some(WALLET_PATH), "HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk");
        check("", None, &as_solana(PHRASE, "", None));
        check("a passphrase", None, &as_solana(PHRASE, "a passphrase", None));
    }

    #[test]
    fn blanks_and_capitals_do_not_matter() {
        let spread = PHRASE.to_uppercase().replace(' ', " \t ");
        assert_eq!(parse(&spread).expect("in order"), parse(PHRASE).expect("in order"));
    }

    #[test]
    fn what_is_wrong_with_a_phrase_is_said() {
        let check = |text: &str, expected: &str| {
            let error = parse(text).expect_err(text).to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(&PHRASE.replace("about", "abuot"), "word 12 of the seed phrase, \"abuot\"");
        check(&PHRASE.replace("about", "abandon"), "checksum");
        check("abandon abandon", "has 2 words");
    }

    #[test]
    fn a_path_that_is_none_is_refused() {
        let phrase = parse(PHRASE).expect("in order");
        assert!(keypair(&phrase, "", Some("m/44'/x")).is_err());
        assert!(keypair(&phrase, "", Some("44'/501'/0'/0'")).is_ok());
    }
}
