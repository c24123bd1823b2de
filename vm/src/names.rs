//! The names of a program's functions, as its backtraces show them. In: the name section of a module, in which anybody
//! may have written anything. Out: a name section that the engine keeps beside the compiled code, with what people want
//! to read and no more.
//!
//! What is not a function's name is left out. Rust's mangled names are made readable, without their hashes; characters
//! that are not letters, digits or visible ASCII become U+FFFD; a name ends after [`MAX_FUNCTION_NAME_SIZE_BYTES`]. So
//! whoever writes a name into a log can write it as it is, and it costs no more than that. Custom sections decide about
//! nothing in WebAssembly: one that cannot be read to its end is read as far as it goes.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use wasm_encoder::{NameMap, NameSection};
use wasmparser::BinaryReader;

/// Most bytes of a function's name, those that say that it was cut included. Source: our own; three lines of a terminal
/// hold a long generic function of Rust's.
pub(crate) const MAX_FUNCTION_NAME_SIZE_BYTES: usize = 240;

/// What a name that was cut ends with.
const CUT: &str = "...";
/// Number of the subsection that holds the functions' names.
const FUNCTION_NAMES: u8 = 1;

/// A name section with the readable names of the first `function_count` functions; `None` if there are none.
pub(crate) fn function_names(section: &[u8], function_count: u32) -> Option<NameSection> {
    let mut names = BTreeMap::new();
    // What cannot be read ends the reading.
    let _ = read_subsections(section, function_count, &mut names);
    if names.is_empty() {
        return None;
    }
    let mut map = NameMap::new();
    names.iter().for_each(|(index, name)| map.append(*index, name));
    let mut section = NameSection::new();
    section.functions(&map);
    Some(section)
}

fn read_subsections(
    section: &[u8],
    function_count: u32,
    names: &mut BTreeMap<u32, String>,
) -> wasmparser::Result<()> {
    let mut reader = BinaryReader::new(section, 0);
    while !reader.eof() {
        let number = reader.read_u8()?;
        let size_bytes = reader.read_var_u32()? as usize;
        let content = reader.read_bytes(size_bytes)?;
        if number == FUNCTION_NAMES {
            read_names(content, function_count, names)?;
        }
    }
    Ok(())
}

fn read_names(
    content: &[u8],
    function_count: u32,
    names: &mut BTreeMap<u32, String>,
) -> wasmparser::Result<()> {
    let mut reader = BinaryReader::new(content, 0);
    for _ in 0..reader.read_var_u32()? {
        let index = reader.read_var_u32()?;
        let size_bytes = reader.read_var_u32()? as usize;
        let name = String::from_utf8_lossy(reader.read_bytes(size_bytes)?);
        if index < function_count && !name.is_empty() {
            names.insert(index, readable(&name));
        }
    }
    Ok(())
}

/// A name as people read it.
fn readable(name: &str) -> String {
    let mut text = Readable::default();
    // Only the end of the room for the text is an error.
    let _ = match rustc_demangle::try_demangle(name) {
        // The alternate form leaves hashes out.
        Ok(name) => write!(text, "{name:#}"),
        Err(_) => text.write_str(name),
    };
    text.0
}

/// A text that takes what can be shown, until it is full.
#[derive(Default)]
struct Readable(String);

impl Write for Readable {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            let is_plain = character.is_ascii_graphic() || character == ' ' || character.is_alphanumeric();
            let character = if is_plain { character } else { char::REPLACEMENT_CHARACTER };
            if self.0.len() + character.len_utf8() > MAX_FUNCTION_NAME_SIZE_BYTES - CUT.len() {
                self.0.push_str(CUT);
                return Err(fmt::Error);
            }
            self.0.push(character);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use wasm_encoder::Section;

    /// A section with the names of functions, as bytes.
    fn section(names: &[(u32, &[u8])]) -> Vec<u8> {
        let mut content = vec![u8::try_from(names.len()).expect("a few")];
        for (index, name) in names {
            wasm_encoder::Encode::encode(index, &mut content);
            wasm_encoder::Encode::encode(*name, &mut content);
        }
        let mut bytes = vec![FUNCTION_NAMES];
        wasm_encoder::Encode::encode(content.as_slice(), &mut bytes);
        bytes
    }

    /// The names that are left of a section, as wasmparser reads them.
    fn kept(bytes: &[u8], function_count: u32) -> Vec<(u32, String)> {
        let Some(section) = function_names(bytes, function_count) else { return Vec::new() };
        let mut module = wasm_encoder::Module::new().finish();
        section.append_to(&mut module);
        let mut names = Vec::new();
        for payload in wasmparser::Parser::new(0).parse_all(&module) {
            let wasmparser::Payload::CustomSection(custom) = payload.expect("well-formed") else { continue };
            let wasmparser::KnownCustom::Name(reader) = custom.as_known() else { panic!("a name section") };
            for subsection in reader {
                let wasmparser::Name::Function(map) = subsection.expect("well-formed") else {
                    panic!("names of functions alone")
                };
                names.extend(map.into_iter().map(|naming| {
                    let naming = naming.expect("well-formed");
                    (naming.index, naming.name.to_owned())
                }));
            }
        }
        names
    }

    #[test]
    fn names_become_readable() {
        let long = "é".repeat(MAX_FUNCTION_NAME_SIZE_BYTES);
        let cut = format!("{}{CUT}", "é".repeat((MAX_FUNCTION_NAME_SIZE_BYTES - CUT.len()) / 2));
        for (name, expected) in [
            (&b"entrypoint"[..], "entrypoint"),
            // Both ways in which rustc mangles, of functions in this repository's programs.
            (b"_ZN13sealane_probe9interpret3run17hb47a634e53014e25E", "sealane_probe::interpret::run"),
            (
                b"_ZN44_$LT$$RF$T$u20$as$u20$core..fmt..Display$GT$3fmt17he722803f4d7497b6E",
                "<&T as core::fmt::Display>::fmt",
            ),
            (b"_RNvNtCsgXGp5Oqx2Ny_4core9panicking9panic_fmt", "core::panicking::panic_fmt"),
            // What only looks mangled stays as it is.
            (b"_ZN4core", "_ZN4core"),
            (b"_R", "_R"),
            (b"a b\tc\nd\x1b[31m\x7f", "a b\u{fffd}c\u{fffd}d\u{fffd}[31m\u{fffd}"),
            ("left\u{202e}right\u{2028}".as_bytes(), "left\u{fffd}right\u{fffd}"),
            (b"not \xff UTF-8", "not \u{fffd} UTF-8"),
            (long.as_bytes(), &cut),
        ] {
            let text = String::from_utf8_lossy(name);
            assert_eq!(kept(&section(&[(0, name)]), 1), [(0, expected.to_owned())], "{text}");
        }
    }

    #[test]
    fn only_functions_that_exist_have_names() {
        let names: [(u32, &[u8]); 4] = [(3, b"three"), (1, b"one"), (1, b"the last counts"), (2, b"")];
        let mut bytes = section(&names);
        let expected = [(1, "the last counts".to_owned()), (3, "three".to_owned())];
        assert_eq!(kept(&bytes, 4), expected);
        assert_eq!(kept(&bytes, 3), expected[..1]);
        assert_eq!(kept(&bytes, 1), []);
        // Other subsections, in front of it and behind it.
        bytes.splice(0..0, [0, 2, 1, b'm']);
        bytes.extend([2, 1, 0]);
        assert_eq!(kept(&bytes, 4), expected);
    }

    /// A name whose parts refer back to each other, so that written out it is 2^40 parts long: it is written as far as
    /// there is room, and not further.
    #[test]
    fn a_name_that_grows_without_end_is_cut() {
        let mut name = "_RINvC1a1f".to_owned();
        let mut last = "m".to_owned();
        for _ in 0..40 {
            let at = name.len() - 2;
            name += &format!("T{last}{last}E");
            last = backref(at);
        }
        name += "E";
        let readable = kept(&section(&[(0, name.as_bytes())]), 1).remove(0).1;
        assert!(readable.starts_with("a::f::<(u32, u32), (") && readable.ends_with(CUT), "{readable}");
    }

    /// A reference to a position in a name, in base 62 as the mangling has it.
    fn backref(position: usize) -> String {
        let digit = |value: usize| {
            char::from(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[value])
        };
        let Some(mut rest) = position.checked_sub(1) else { return "B_".to_owned() };
        let mut digits = vec![digit(rest % 62)];
        while rest >= 62 {
            rest /= 62;
            digits.push(digit(rest % 62));
        }
        format!("B{}_", digits.iter().rev().collect::<String>())
    }

    proptest! {
        /// Whatever stands in the section: what is kept can be read, is short, and can be written into a log.
        #[test]
        fn any_bytes(mut bytes in prop::collection::vec(any::<u8>(), 0..200), named: bool) {
            if named {
                bytes = section(&[(0, &bytes), (5, &bytes)]);
            }
            for (index, name) in kept(&bytes, 10) {
                prop_assert!(index < 10 && !name.is_empty());
                prop_assert!(name.len() <= MAX_FUNCTION_NAME_SIZE_BYTES);
                prop_assert!(!name.contains(char::is_control));
            }
        }

        /// A section that ends too early gives the names that stand before its end.
        #[test]
        fn a_section_that_was_cut(size in 0_usize..40) {
            let bytes = section(&[(0, b"first"), (1, b"second"), (2, b"third")]);
            let size = size.min(bytes.len());
            // The sizes of what holds the names must allow it, or nothing is read of them.
            let content = &bytes[2..size.max(2)];
            let mut cut = vec![FUNCTION_NAMES];
            wasm_encoder::Encode::encode(content, &mut cut);
            let whole = kept(&bytes, 3);
            let part = kept(&cut, 3);
            prop_assert!(part.len() <= whole.len());
            prop_assert_eq!(&part[..], &whole[..part.len()]);
            prop_assert_eq!(part.len() == 3, size == bytes.len());
        }
    }
}
