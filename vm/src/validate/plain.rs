//! How a program for Solana is told that was compiled as if for no chain at all. Its calls of the host are then stand-ins that do
//! nothing and say that all is well (`invoke` returns `Ok`), so it must not run.
//!
//! It imports nothing, as few programs may rightly do, and it holds what no such program has a use for: the code that takes
//! Solana's input region apart, in one of two crates, which names its place in their sources for when it panics. What was built
//! without such texts, or with pinocchio, whose code never panics there, cannot be told from a program of this ledger's own.

/// Sources that read Solana's input region: the crate, and the file behind its folder.
const READERS: [(&str, &str); 2] =
    [("solana-program-entrypoint", "/src/lib.rs"), ("solana-program", "/src/entrypoint.rs")];
/// Longest version that is looked for in a folder's name, in bytes.
const MAX_VERSION_BYTES: usize = 32;

/// The crate that takes Solana's input region apart, if `data` names a place in its sources.
pub(super) fn reader_of_solanas_input(data: &[u8]) -> Option<&'static str> {
    let slashes = data.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(position, _)| position);
    let mut folders = slashes.filter_map(|slash| data.get(slash + 1..));
    folders.find_map(|folder| {
        READERS.iter().find(|(name, file)| begins_with(folder, name, file)).map(|(name, _)| *name)
    })
}

/// Whether `path` begins with `name-version` and `file`.
fn begins_with(path: &[u8], name: &str, file: &str) -> bool {
    let Some(rest) = path.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"-")) else {
        return false;
    };
    let is_version = |byte: &&u8| byte.is_ascii_alphanumeric() || b".-+".contains(byte);
    let size = rest.iter().take(MAX_VERSION_BYTES).take_while(is_version).count();
    rest.first().is_some_and(u8::is_ascii_digit) && rest[size..].starts_with(file.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_sources() {
        let found = |text: &str| reader_of_solanas_input(text.as_bytes());
        let registry = "/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f";
        let entrypoint = Some("solana-program-entrypoint");
        assert_eq!(found(&format!("{registry}/solana-program-entrypoint-3.1.1/src/lib.rs")), entrypoint);
        assert_eq!(found("x/solana-program-entrypoint-3.1.1-rc.1/src/lib.rsmore"), entrypoint);
        assert_eq!(found("/solana-program-1.18.26/src/entrypoint.rs"), Some("solana-program"));
        // Other places in the same crates, other crates, other texts.
        for text in [
            "",
            "/",
            "/solana-program-1.18.26/src/pubkey.rs",
            "/solana-program-entrypoint-3",
            "solana-program-entrypoint-3.1.1/src/lib.rs",
            "/my-solana-program-entrypoint-3.1.1/src/lib.rs",
            "/solana-program-entrypoint-tools/src/lib.rs",
            "/solana-program-entrypoint/src/lib.rs",
            "/solana-address-2.9.0/src/lib.rs",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
