//! One line of a trace: from JSON to a block's number or a transaction.
//!
//! Rules are checked while the JSON is read, so that its reader knows the place of what breaks them.

use sealane_sdk::limits::MAX_TRANSACTION_UNITS;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Formatter};

/// What stands in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A block with this number begins.
    Block(u64),
    /// A transaction.
    Transaction {
        id: String,
        /// The accounts, each once, and whether it is written.
        accounts: BTreeMap<String, bool>,
        cost_units: u32,
    },
}

/// Why a line is none: a reason and the column in bytes, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LineError {
    pub(super) column_bytes: usize,
    pub(super) reason: String,
}

impl Line {
    /// Reads one line, without its end.
    pub(super) fn parse(text: &str) -> Result<Self, LineError> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let line = reader.deserialize_map(LineVisitor);
        line.and_then(|line| reader.end().map(|()| line)).map_err(|error| {
            let place = format!(" at line {} column {}", error.line(), error.column());
            let text = error.to_string();
            let reason = text.strip_suffix(&place).unwrap_or(&text).to_owned();
            LineError { column_bytes: error.column(), reason }
        })
    }
}

/// The keys that mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Id,
    Writes,
    Reads,
    Cost,
    Block,
    #[serde(other)]
    Other,
}

struct LineVisitor;

impl<'de> Visitor<'de> for LineVisitor {
    type Value = Line;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object: a transaction, or {\"block\": number}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Line, A::Error> {
        let (mut id, mut writes, mut reads, mut cost, mut block) = (None, None, None, None, None);
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::Id => set(&mut id, "id", &mut map)?,
                Key::Writes => set(&mut writes, "writes", &mut map)?,
                Key::Reads => set(&mut reads, "reads", &mut map)?,
                Key::Cost => set(&mut cost, "cost", &mut map)?,
                Key::Block => set(&mut block, "block", &mut map)?,
                Key::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            check_width(writes.as_ref(), reads.as_ref())?;
        }
        let is_transaction = id.is_some() || writes.is_some() || reads.is_some() || cost.is_some();
        if let Some(Number(number)) = block {
            let message = "a line is a block or a transaction, not both";
            return if is_transaction { Err(A::Error::custom(message)) } else { Ok(Line::Block(number)) };
        }
        let missing = |key: &'static str| {
            A::Error::custom(format_args!(
                "`{key}` is missing: a transaction has `id`, `writes`, `reads` and `cost`"
            ))
        };
        let Text(id) = id.ok_or_else(|| missing("id"))?;
        let Names(writes) = writes.ok_or_else(|| missing("writes"))?;
        let Names(reads) = reads.ok_or_else(|| missing("reads"))?;
        let Cost(cost_units) = cost.ok_or_else(|| missing("cost"))?;
        let mut accounts: BTreeMap<String, bool> = reads.into_iter().map(|name| (name, false)).collect();
        accounts.extend(writes.into_iter().map(|name| (name, true)));
        Ok(Line::Transaction { id, accounts, cost_units })
    }
}

/// Reads the value of a key that must not stand twice.
fn set<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    place: &mut Option<T>,
    key: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    if place.is_some() {
        return Err(A::Error::custom(format_args!("the key `{key}` stands twice")));
    }
    *place = Some(map.next_value()?);
    Ok(())
}

/// Refuses more accounts than a transaction can name, as soon as they are known.
fn check_width<E: Error>(writes: Option<&Names>, reads: Option<&Names>) -> Result<(), E> {
    let empty = Names::default();
    let (writes, reads) = (writes.unwrap_or(&empty), reads.unwrap_or(&empty));
    let read_only = reads.0.iter().filter(|name| !writes.0.contains(*name)).count();
    let count = writes.0.len() + read_only;
    if count <= super::MAX_ACCOUNTS {
        return Ok(());
    }
    let limit = super::MAX_ACCOUNTS;
    Err(E::custom(format_args!(
        "{count} accounts are listed; at most {limit} fit into a transaction's bytes"
    )))
}

struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl Visitor<'_> for TextVisitor {
            type Value = Text;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_owned()))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// A list of accounts, each once.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NamesVisitor;
        impl<'de> Visitor<'de> for NamesVisitor {
            type Value = Names;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of strings")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Names, A::Error> {
                let mut names = Names::default();
                while let Some(Text(name)) = sequence.next_element()? {
                    names.0.insert(name);
                }
                Ok(names)
            }
        }
        deserializer.deserialize_seq(NamesVisitor)
    }
}

struct Number(u64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = NumberVisitor { expected: "a whole block number, 0 or more", check: Ok };
        deserializer.deserialize_u64(visitor).map(Number)
    }
}

struct Cost(u32);

impl<'de> Deserialize<'de> for Cost {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor =
            NumberVisitor { expected: "a whole number of compute units, 0 or more", check: check_cost };
        deserializer.deserialize_u64(visitor).map(Cost)
    }
}

fn check_cost(units: u64) -> Result<u32, String> {
    let fitting = u32::try_from(units).ok().filter(|units| *units <= MAX_TRANSACTION_UNITS);
    fitting.ok_or_else(|| {
        format!(
            "a cost of {units} units: a transaction may use at most {MAX_TRANSACTION_UNITS}; \
             divide all costs of the trace by the same number"
        )
    })
}

/// A number that says what it should be, and is checked while its place is known.
struct NumberVisitor<T> {
    expected: &'static str,
    check: fn(u64) -> Result<T, String>,
}

impl<T> Visitor<'_> for NumberVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        (self.check)(number).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        let invalid = |_| E::invalid_value(Unexpected::Signed(number), &self);
        u64::try_from(number).map_err(invalid).and_then(|number| self.visit_u64(number))
    }
}
