//! Results for people: a line that says what happened, the tree of calls with units and logs, and what it cost.
//!
//! ```text
//! failed: counter::increment: account counter: must be writable [ConstraintMut, 2000]
//!   ✗ #0 counter::increment  1,204 units
//!     │ authority  alice (5Dt…)
//!     │ counter    9xQ…
//!     │ log: Error: increment: account counter: must be writable
//!     └ ✓ token::transfer  1,100 units
//!   1,204 units, fee 5,000 lamports
//! ```

use crate::calls::{Call, CallEnd, CallEvent};
use crate::result::{TransactionResult, Verdict};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::env;
use std::fmt::Write;
use std::io::IsTerminal;

/// Whether there are colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    Plain,
    Colours,
}

impl Paint {
    /// Colours if a terminal shows what is written to the error stream, and `NO_COLOR` does not say otherwise.
    pub(crate) fn of_stderr() -> Self {
        let is_wanted = env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        if is_wanted && std::io::stderr().is_terminal() { Self::Colours } else { Self::Plain }
    }

    fn red(self, text: &str) -> String {
        self.in_colour(text, "31")
    }

    fn green(self, text: &str) -> String {
        self.in_colour(text, "32")
    }

    fn faint(self, text: &str) -> String {
        self.in_colour(text, "2")
    }

    fn in_colour(self, text: &str, code: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colours => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

/// All there is to know about a transaction.
pub(crate) fn show(result: &TransactionResult, paint: Paint) -> String {
    let mut text = match (&result.verdict, result.cause()) {
        (Verdict::Rejected(rejection), _) => return paint.red(&format!("rejected: {rejection}")),
        (Verdict::Failed(failure), None) => paint.red(&format!("failed: {failure}")),
        (_, Some(cause)) => paint.red(&format!("failed: {cause}")),
        (Verdict::Succeeded, None) => paint.green("succeeded"),
    };
    text.push('\n');
    for (index, call) in result.calls.iter().enumerate() {
        show_call(&mut text, result, call, Some(index), "  ", paint);
    }
    let (units, fee) = (grouped(result.units), grouped(result.fee_lamports));
    let _ = write!(text, "  {units} units, fee {fee} lamports");
    text
}

fn show_call(
    text: &mut String,
    result: &TransactionResult,
    call: &Call,
    index: Option<usize>,
    indent: &str,
    paint: Paint,
) {
    let sign = match call.end {
        CallEnd::Succeeded => paint.green("✓"),
        CallEnd::Failed(_) => paint.red("✗"),
        CallEnd::NotReached => paint.faint("·"),
    };
    let number = index.map_or_else(String::new, |index| format!("#{index} "));
    let units = match call.end {
        CallEnd::NotReached => "not reached".to_owned(),
        _ => format!("{} units", grouped(call.units)),
    };
    let _ = writeln!(text, "{indent}{sign} {number}{}  {}", result.name_of(call), paint.faint(&units));
    let inner = format!("{indent}    ");
    if matches!(call.end, CallEnd::Failed(_)) {
        show_accounts(text, result, call, &inner, paint);
    }
    for event in &call.events {
        match event {
            CallEvent::Log(line) => drop(writeln!(text, "{inner}{} {line}", paint.faint("log:"))),
            CallEvent::Data(data) => {
                let bytes = BASE64.decode(data).unwrap_or_default();
                let event = result.names.event(&call.program, &bytes);
                let shown = event.map_or_else(|| format!("data: {data}"), |event| format!("event: {event}"));
                let _ = writeln!(text, "{inner}{}", paint.faint(&shown));
            }
            CallEvent::Returned(data) => {
                let _ = writeln!(text, "{inner}{}", paint.faint(&format!("returned: {data}")));
            }
            CallEvent::Stopped { error, functions } => {
                let _ = writeln!(text, "{inner}{}", paint.red(&error.to_string()));
                for function in functions {
                    let _ = writeln!(text, "{inner}{}", paint.faint(&format!("  at {function}")));
                }
            }
            CallEvent::Called(call) => show_call(text, result, call, None, &inner, paint),
            CallEvent::Truncated => drop(writeln!(text, "{inner}{}", paint.faint("log truncated"))),
        }
    }
}

/// The accounts of a call that failed, by the names that the instruction has for them.
fn show_accounts(text: &mut String, result: &TransactionResult, call: &Call, indent: &str, paint: Paint) {
    let names = &result.names;
    let known = names.instruction(&call.program, &call.data);
    for (position, address) in call.accounts.iter().enumerate() {
        let called = known.and_then(|known| known.accounts.get(position)).cloned();
        let called = called.unwrap_or_else(|| format!("account {position}"));
        let shown = format!("{called}: {}", names.address_in_full(address));
        let _ = writeln!(text, "{indent}{}", paint.faint(&shown));
    }
}

/// A number with commas between groups of three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn plain_text_has_no_colours() {
        assert_eq!(Paint::Plain.red("x"), "x");
        assert_eq!(Paint::Colours.red("x"), "\u{1b}[31mx\u{1b}[0m");
    }
}
