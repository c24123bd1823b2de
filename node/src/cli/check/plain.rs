//! How a program for Solana is told that was compiled without what makes it one: on the way to WebAssembly its calls of the
//! host became stand-ins that do nothing and say that all is well.

use wasmparser::{KnownCustom, Name, Parser, Payload};

/// Crates whose code only stands in programs for Solana, as they are called in names of functions.
const CRATES: [&str; 7] = [
    "solana_program",
    "solana_program_entrypoint",
    "solana_account_info",
    "solana_cpi",
    "solana_invoke",
    "anchor_lang",
    "pinocchio",
];

/// The sign by which a module is a plain build of a program for Solana, in words; nothing if it is none.
pub(crate) fn plain_build(module: &[u8]) -> Option<String> {
    let mut sign = None;
    for payload in Parser::new(0).parse_all(module).map_while(Result::ok) {
        match payload {
            Payload::ImportSection(imports) => {
                let mut imports = imports.into_imports().map_while(Result::ok);
                if imports.any(|import| import.module == "env" && import.name.starts_with("sol_")) {
                    return None;
                }
            }
            Payload::DataSection(segments) => {
                let mut segments = segments.into_iter().map_while(Result::ok);
                let source = segments.find_map(|segment| source_of_crate(segment.data));
                let words = |name| {
                    format!("it holds a place in the sources of {name} and imports nothing of Solana's")
                };
                sign = sign.or(source.map(words));
            }
            Payload::CustomSection(section) => {
                let KnownCustom::Name(names) = section.as_known() else { continue };
                let functions = names.into_iter().map_while(Result::ok).find_map(|name| match name {
                    Name::Function(functions) => Some(functions),
                    _ => None,
                });
                let mut functions = functions.into_iter().flatten().map_while(Result::ok);
                let found =
                    functions.find(|function| is_of_crate(function.name)).map(|function| function.name);
                let words = |name| format!("it has the function {name} and imports nothing of Solana's");
                sign = sign.or(found.map(words));
            }
            _ => {}
        }
    }
    sign
}

/// Whether a mangled name has one of the crates in it: each part of a name stands behind its length.
fn is_of_crate(name: &str) -> bool {
    CRATES.iter().any(|part| {
        let measured = format!("{}{part}", part.len());
        name.starts_with("_ZN") && name.contains(&measured)
            || name.starts_with("_R") && name.contains(&measured)
    })
}

/// The crate that a piece of data names a source file of, as panics do.
fn source_of_crate(data: &[u8]) -> Option<&'static str> {
    CRATES.into_iter().find(|name| {
        let folder = format!("/{}-", name.replace('_', "-"));
        data.windows(folder.len() + 1)
            .any(|window| window.starts_with(folder.as_bytes()) && window[folder.len()].is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_paths() {
        assert!(is_of_crate("_ZN14solana_program10entrypoint11deserialize17h0123456789abcdefE"));
        assert!(is_of_crate("_RNvNtCs1_9pinocchio10entrypoint11deserialize"));
        assert!(!is_of_crate("_ZN11my_solana_program17h0123456789abcdefE"));
        assert!(!is_of_crate("solana_program"));
        assert_eq!(source_of_crate(b"xx/registry/x/solana-cpi-3.1.0/src/lib.rs"), Some("solana_cpi"));
        assert_eq!(source_of_crate(b"/registry/x/solana-cpi-tools/src/lib.rs"), None);
    }
}
