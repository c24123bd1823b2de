//! The transaction's log: lines for people, and binary data for programs that follow the ledger.
//!
//! A transaction keeps 10,000 bytes of log; what goes beyond is dropped, and the log says so.

use super::host_calls;
use core::fmt::{self, Write};

/// Longest line that [`log!`](crate::log) formats, in bytes; what goes beyond is cut.
pub const MAX_FORMATTED_SIZE_BYTES: usize = 512;

/// Writes a line to the transaction's log: `log!("text")`, or with arguments as `format!` takes them.
///
/// A literal without braces costs no more than [`log()`]. Anything else is formatted in 512 bytes of stack;
/// what goes beyond is cut.
#[macro_export]
macro_rules! log {
    ($text:literal) => {
        if const { $crate::guest::log::is_plain($text) } {
            $crate::guest::log::log($text)
        } else {
            $crate::guest::log::log_arguments(format_args!($text))
        }
    };
    ($($argument:tt)*) => {
        $crate::guest::log::log_arguments(format_args!($($argument)*))
    };
}

/// [`log!`](crate::log) under the name that it has in Solana's programs.
#[macro_export]
macro_rules! msg {
    ($($argument:tt)*) => {
        $crate::log!($($argument)*)
    };
}

/// Writes a line to the transaction's log.
pub fn log(text: &str) {
    host_calls::log(text.as_bytes());
}

/// Writes a line to the transaction's log. Bytes that are not UTF-8 are shown as replacement characters.
pub fn log_bytes(text: &[u8]) {
    host_calls::log(text);
}

/// Writes binary data to the log, where it appears in base64, piece by piece.
pub fn log_data(pieces: &[&[u8]]) {
    host_calls::log_data(pieces);
}

/// Formats a line on the stack and logs it.
#[doc(hidden)]
#[inline(never)]
pub fn log_arguments(arguments: fmt::Arguments<'_>) {
    let mut buffer = Buffer::new();
    // The buffer cuts what does not fit and never fails; a `Display` that fails leaves what it wrote so far.
    let _ = buffer.write_fmt(arguments);
    host_calls::log(buffer.bytes());
}

/// Logs pieces of text as one line, without what formatting takes.
#[cold]
#[inline(never)]
pub(super) fn log_pieces(pieces: &[&str]) {
    let mut line = Buffer::new();
    line.push_all(pieces);
    log_bytes(line.bytes());
}

/// Whether a literal can be logged as it is.
#[doc(hidden)]
#[must_use]
pub const fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if matches!(bytes[index], b'{' | b'}') {
            return false;
        }
        index += 1;
    }
    true
}

/// A line being formatted.
#[derive(Debug)]
pub(super) struct Buffer {
    bytes: [u8; MAX_FORMATTED_SIZE_BYTES],
    size: usize,
}

impl Buffer {
    /// An empty line.
    pub(super) const fn new() -> Self {
        Self { bytes: [0; MAX_FORMATTED_SIZE_BYTES], size: 0 }
    }

    /// Adds text; what does not fit is cut. Where lines are put together nobody waits, so the code is there once.
    #[cold]
    #[inline(never)]
    pub(super) fn push(&mut self, text: &str) {
        // The buffer cuts what does not fit and never fails.
        let _ = self.write_str(text);
    }

    /// Adds pieces of text.
    pub(super) fn push_all(&mut self, pieces: &[&str]) {
        for piece in pieces {
            self.push(piece);
        }
    }

    /// Adds a number in decimal digits, without what formatting takes.
    pub(super) fn push_number(&mut self, number: u32) {
        if number >= 10 {
            self.push_number(number / 10);
        }
        let digit = (number % 10) as usize;
        self.push("0123456789".get(digit..=digit).unwrap_or_default());
    }

    /// What was written so far, as far as it fits.
    pub(super) fn bytes(&self) -> &[u8] {
        // Never beyond the buffer; and no panic here keeps its machinery out of programs that have no other.
        self.bytes.get(..self.size).unwrap_or_default()
    }
}

impl Write for Buffer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.size..).unwrap_or_default();
        let fitting = text.len().min(room.len());
        if let (Some(place), Some(part)) = (room.get_mut(..fitting), text.as_bytes().get(..fitting)) {
            place.copy_from_slice(part);
            self.size += fitting;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn only_literals_without_braces_are_plain() {
        for (text, expected) in [("", true), ("text", true), ("{}", false), ("{{", false), ("}", false)] {
            assert_eq!(is_plain(text), expected, "{text}");
        }
    }

    #[test]
    fn the_buffer_cuts_what_does_not_fit() {
        let mut buffer = Buffer::new();
        let long = "x".repeat(MAX_FORMATTED_SIZE_BYTES - 2);
        assert!(write!(buffer, "{long}{}", 12_345).is_ok());
        assert_eq!(buffer.bytes(), (long + "12").as_bytes());
        assert!(buffer.write_str("more").is_ok());
        assert_eq!(buffer.bytes().len(), MAX_FORMATTED_SIZE_BYTES);
    }

    #[test]
    fn every_form_of_the_macro_compiles() {
        let name = String::from("x");
        crate::log!("plain");
        crate::log!("captured {name}");
        crate::log!("argument {}", 5);
        crate::msg!("argument {}, captured {name}", 5);
    }
}
