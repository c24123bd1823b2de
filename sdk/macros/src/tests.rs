//! The expansion of a small program, as people read it: `tests/expanded/counter.rs` is what it must be.

use proc_macro2::TokenStream;
use std::path::Path;

/// What the macros make of the source in `tests/expanded/counter.input.rs`, item by item.
fn expanded(source: &str) -> String {
    let file: syn::File = syn::parse_str(source).expect("the source parses");
    let mut tokens = TokenStream::new();
    for item in file.items {
        tokens.extend(expand_item(item).expect("the macros accept it"));
    }
    prettyplease::unparse(&syn::parse2(tokens).expect("the expansion parses"))
}

fn expand_item(mut item: syn::Item) -> syn::Result<TokenStream> {
    use quote::ToTokens;
    let attributes = match &mut item {
        syn::Item::Mod(module) => &mut module.attrs,
        syn::Item::Struct(item) => &mut item.attrs,
        syn::Item::Enum(item) => &mut item.attrs,
        _ => return Ok(item.into_token_stream()),
    };
    let own = ["program", "account", "event", "error_code"];
    let position =
        attributes.iter().position(|attribute| own.iter().any(|name| attribute.path().is_ident(name)));
    let Some(position) = position else {
        return crate::accounts::expand(item.into_token_stream());
    };
    let attribute = attributes.remove(position);
    let arguments = match &attribute.meta {
        syn::Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let item = item.into_token_stream();
    match attribute.path().get_ident().map(ToString::to_string).as_deref() {
        Some("program") => crate::program::expand(arguments, item),
        Some("account") => crate::account::expand(arguments, item),
        Some("event") => crate::event::expand(arguments, item),
        _ => crate::error_code::expand(arguments, item),
    }
}

/// To write it anew: `SEALANE_UPDATE_EXPANDED=1 cargo test -p sealane-sdk-macros --lib`, and read what has changed.
#[test]
fn the_expansion_stays_readable() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expanded");
    let source = std::fs::read_to_string(folder.join("counter.input.rs")).expect("the source is there");
    let head = "//! What the macros make of `counter.input.rs`: written by the test `the_expansion_stays_readable`.\n\n";
    let found = head.to_owned() + &expanded(&source);
    let path = folder.join("counter.rs");
    if std::env::var_os("SEALANE_UPDATE_EXPANDED").is_some() {
        std::fs::write(&path, &found).expect("the expansion is written");
    }
    let expected = std::fs::read_to_string(&path).expect("the expansion is there");
    assert!(found == expected, "the expansion is another one than {}:\n{found}", path.display());
}
