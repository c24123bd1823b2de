//! What an author who knows Anchor writes for a field's type, where this crate has another word for it: told with that word.

use quote::ToTokens;
use syn::{Error, GenericArgument, PathArguments, PathSegment, Result, Type};

/// Refuses the types of Anchor's that there are none of here, with the one to use instead.
pub(super) fn check_type(ty: &Type) -> Result<()> {
    let Type::Path(path) = ty else { return Ok(()) };
    let Some(segment) = path.path.segments.last() else { return Ok(()) };
    let name = segment.ident.to_string();
    if let Some(lifetime) = lifetimes(segment).next() {
        return Err(Error::new_spanned(
            lifetime,
            format!("accounts have no lifetimes here: write `{}`", without_lifetimes(segment)),
        ));
    }
    let inner = types(segment).next();
    let inner_text = inner.map(text).unwrap_or_default();
    let instead = match (name.as_str(), inner_text.as_str()) {
        ("Box", _) => format!("an account is a pointer already: write `{inner_text}`, without the `Box`"),
        ("AccountLoader", _) => format!("an `Account` is read where it lies: write `Account<{inner_text}>`"),
        // `Account<TokenAccount>` may be an account of the program's own that has this name.
        ("InterfaceAccount", "TokenAccount" | "Mint") => {
            format!("it belongs to the token program, and has a type of its own: write `{inner_text}`")
        }
        ("InterfaceAccount", _) => format!("write `Account<{inner_text}>`"),
        ("Interface", "TokenInterface") => "there is one token program: write `Program<Token>`".to_owned(),
        ("AccountInfo", _) => "an account of which nothing is known is an `UncheckedAccount`".to_owned(),
        _ => return inner.map_or(Ok(()), |inner| if name == "Option" { check_type(inner) } else { Ok(()) }),
    };
    Err(Error::new_spanned(ty, instead))
}

fn lifetimes(segment: &PathSegment) -> impl Iterator<Item = &syn::Lifetime> {
    arguments(segment).filter_map(|argument| match argument {
        GenericArgument::Lifetime(lifetime) => Some(lifetime),
        _ => None,
    })
}

fn types(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    arguments(segment).filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn arguments(segment: &PathSegment) -> impl Iterator<Item = &GenericArgument> {
    let list = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(arguments.args.iter()),
        _ => None,
    };
    list.into_iter().flatten()
}

/// The type as it is to be written: `Account<Counter>`.
fn without_lifetimes(segment: &PathSegment) -> String {
    let types: Vec<String> = types(segment).map(text).collect();
    let name = &segment.ident;
    if types.is_empty() { name.to_string() } else { format!("{name}<{}>", types.join(", ")) }
}

/// The type without the spaces that the compiler puts between tokens.
fn text(ty: &Type) -> String {
    match ty {
        Type::Path(path) if path.path.segments.len() == 1 => without_lifetimes(&path.path.segments[0]),
        other => other.to_token_stream().to_string(),
    }
}
