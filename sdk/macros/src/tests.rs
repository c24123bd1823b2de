//! The expansion of a small program, as people read it: `tests/expanded/` holds what it must be.

use proc_macro2::{TokenStream, TokenTree};
use std::path::Path;

/// Paths as the sample writes them: the whole ones are long, and the same everywhere.
const SHORT: [(&str, &str); 9] = [
    (":: sealane_sdk :: guest :: declared ::", "declared ::"),
    (":: sealane_sdk :: guest :: codec ::", "codec ::"),
    (":: sealane_sdk :: guest ::", "guest ::"),
    (":: sealane_sdk :: idl ::", "idl ::"),
    (":: sealane_sdk :: instruction ::", ""),
    (":: sealane_sdk ::", ""),
    (":: core :: convert ::", ""),
    (":: core :: option :: Option ::", ""),
    (":: core :: result :: Result ::", "Result ::"),
];

const HEAD: &str = "\
//! What the macros make of `counter.input.rs`, as the test `the_expansion_stays_readable` writes it: `counter.program.rs` is
//! compiled into the program, `counter.clients.rs` stands in `host_only!`. Paths are shortened (`declared` is
//! `sealane_sdk::guest::declared`).
";

/// What the macros make of the source: what is compiled into the program, and what only clients have.
fn expanded(source: &str) -> [String; 2] {
    let file: syn::File = syn::parse_str(source).expect("the source parses");
    let mut tokens = TokenStream::new();
    for item in file.items {
        tokens.extend(expand_item(item).expect("the macros accept it"));
    }
    let mut clients = TokenStream::new();
    let program = take_out(tokens, &mut clients);
    [program, clients].map(|tokens| {
        let mut text = tokens.to_string();
        for (long, short) in SHORT {
            text = text.replace(long, short);
        }
        prettyplease::unparse(&syn::parse_str(&text).expect("the expansion parses"))
    })
}

/// Takes what stands in `::sealane_sdk::host_only! { … }` out of the rest.
fn take_out(tokens: TokenStream, clients: &mut TokenStream) -> TokenStream {
    let mut found: Vec<TokenTree> = Vec::new();
    let mut rest = tokens.into_iter();
    while let Some(token) = rest.next() {
        match token {
            TokenTree::Ident(ident) if ident == "host_only" => {
                // `::sealane_sdk::` stands before it, `!` behind it.
                found.truncate(found.len() - 5);
                let content = rest.nth(1);
                let Some(TokenTree::Group(content)) = content else { panic!("the macro has a body") };
                clients.extend(content.stream());
            }
            TokenTree::Group(group) => {
                let content = take_out(group.stream(), clients);
                found.push(proc_macro2::Group::new(group.delimiter(), content).into());
            }
            other => found.push(other),
        }
    }
    found.into_iter().collect()
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
    let names = ["counter.program.rs", "counter.clients.rs"];
    for (name, expansion) in names.into_iter().zip(expanded(&source)) {
        let (path, found) = (folder.join(name), format!("{HEAD}\n{expansion}"));
        if std::env::var_os("SEALANE_UPDATE_EXPANDED").is_some() {
            std::fs::write(&path, &found).expect("the expansion is written");
        }
        let expected = std::fs::read_to_string(&path).expect("the expansion is there");
        assert!(found == expected, "the expansion is another one than {}:\n{found}", path.display());
    }
}
