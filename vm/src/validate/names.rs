//! What the name section calls a function, for texts that people read. It may lie, be broken or not be there; nothing
//! that is recorded depends on it.

use wasmparser::{KnownCustom, Name, Parser, Payload};

/// Bytes of a name that are shown.
const MAX_SHOWN_SIZE_BYTES: usize = 200;

/// The name of the function with this index, imports counted.
pub(super) fn function_name(bytes: &[u8], function: u32) -> Option<String> {
    // A module that is refused may break off anywhere, so whatever can be read is looked at.
    let sections = Parser::new(0).parse_all(bytes).map_while(Result::ok);
    let mut names = sections.filter_map(|payload| match payload {
        Payload::CustomSection(section) => match section.as_known() {
            KnownCustom::Name(names) => Some(names),
            _ => None,
        },
        _ => None,
    });
    let functions = names.next()?.map_while(Result::ok).find_map(|names| match names {
        Name::Function(functions) => Some(functions),
        _ => None,
    })?;
    let naming = functions.into_iter().map_while(Result::ok).find(|naming| naming.index == function)?;
    let mut shown = naming.name.to_owned();
    shown.truncate(shown.floor_char_boundary(MAX_SHOWN_SIZE_BYTES));
    Some(shown)
}
