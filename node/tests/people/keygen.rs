//! `sealane keygen`: what is written, by whom it can be read, and that nothing is lost.

use crate::desk::{Desk, errors, prints, text};
use std::os::unix::fs::PermissionsExt;

const PHRASE: &str =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

#[test]
fn a_new_keypair_is_recovered_from_its_phrase() {
    let desk = Desk::new();
    for (name, more) in
        [("plain", &[][..]), ("wallet", &["--derivation-path"]), ("long", &["--word-count", "24"])]
    {
        let file = desk.path(&format!("{name}.json"));
        let made = desk.ok(&[&["keygen", "new", "--no-passphrase", "--outfile", text(&file)], more].concat());
        let phrase = made.trim_end().lines().last().expect("the phrase is the last line");
        let again = desk.path(&format!("{name}-again.json"));
        let path = if name == "wallet" { &["--derivation-path"][..] } else { &[] };
        let output = desk.fed(&[&["keygen", "recover", "--outfile", text(&again)], path].concat(), phrase);
        assert!(output.status.success(), "{}", errors(&output));
        assert_eq!(std::fs::read(&file).expect("it is there"), std::fs::read(&again).expect("it is there"));
    }
}

#[test]
fn a_file_is_for_its_owner_alone_and_in_solana_s_form() {
    let desk = Desk::new();
    desk.ok(&["keygen", "new", "--no-passphrase"]);
    let path = desk.path(".config/solana/id.json");
    assert_eq!(std::fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
    let keypair = solana_keypair::read_keypair_file(&path).expect("Solana reads it");
    let address = solana_signer::Signer::pubkey(&keypair).to_string();
    assert_eq!(desk.ok(&["keygen", "pubkey"]).trim(), address);
    assert!(desk.ok(&["keygen", "verify", &address]).contains("Success"));
    let other = desk.run(&["keygen", "verify", "11111111111111111111111111111111"]);
    assert_eq!(other.status.code(), Some(1));
    assert!(prints(&other).contains(&address));
}

#[test]
fn a_keypair_is_never_replaced_unless_forced() {
    let desk = Desk::new();
    desk.ok(&["keygen", "new", "--no-passphrase"]);
    let path = desk.path(".config/solana/id.json");
    let before = std::fs::read(&path).expect("it is there");
    assert!(desk.refused(&["keygen", "new", "--no-passphrase"]).contains("--force"));
    let recovered = desk.fed(&["keygen", "recover"], PHRASE);
    assert!(!recovered.status.success() && errors(&recovered).contains("--force"));
    assert_eq!(std::fs::read(&path).expect("it is there"), before);
    desk.ok(&["keygen", "new", "--no-passphrase", "--force", "--silent"]);
    assert_ne!(std::fs::read(&path).expect("it is there"), before);
    let left: Vec<_> =
        std::fs::read_dir(path.parent().expect("it has a folder")).expect("it is read").collect();
    assert_eq!(left.len(), 1, "nothing else is left: {left:?}");
}

#[test]
fn passphrase_and_phrase_come_from_stdin_and_mistakes_are_named() {
    let desk = Desk::new();
    let plain = desk.fed(&["keygen", "recover", "--outfile", "plain.json"], PHRASE);
    let secret = desk.fed(&["keygen", "recover", "--outfile", "secret.json"], &format!("{PHRASE}\nsesame\n"));
    assert!(plain.status.success() && secret.status.success(), "{}{}", errors(&plain), errors(&secret));
    assert_ne!(desk.address("plain.json"), desk.address("secret.json"));
    let mistyped =
        desk.fed(&["keygen", "recover", "--outfile", "no.json"], &PHRASE.replace("about", "abuot"));
    assert!(errors(&mistyped).contains("word 12"), "{}", errors(&mistyped));
    assert!(!desk.path("no.json").exists());
}

#[test]
fn grinding_finds_what_is_asked_for() {
    let desk = Desk::new();
    desk.ok(&["keygen", "grind", "--starts-with", "a", "--ignore-case", "--count", "2", "--outdir", "found"]);
    let found: Vec<_> = std::fs::read_dir(desk.path("found")).expect("it is read").flatten().collect();
    assert_eq!(found.len(), 2);
    for entry in found {
        let name = entry.file_name().into_string().expect("an address is ASCII");
        assert!(name.starts_with(['a', 'A']), "{name}");
        assert_eq!(format!("{}.json", desk.address(&format!("found/{name}"))), name);
    }
}

#[test]
fn shells_get_their_completions() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = desk.ok(&["completions", shell]);
        for command in ["keygen", "airdrop", "deploy", "explain"] {
            assert!(script.contains(command), "{shell} lacks {command}");
        }
    }
}
