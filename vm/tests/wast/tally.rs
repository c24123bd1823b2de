//! What came of the assertions: counted by suite and kind where they were judged, by reason where they were not; and
//! every disagreement in words.

use std::collections::BTreeMap;
use std::fmt;

/// The kinds of things that a script says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A module that is valid, and runs.
    Module,
    /// A call that returns.
    Return,
    /// A call, or an instantiation, that traps.
    Trap,
    /// A call that never ends.
    Exhaustion,
    /// A module that breaks the rules.
    Invalid,
    /// Bytes that are no module.
    Malformed,
    /// Anything else that scripts say.
    Other,
}

const KINDS: [Kind; 7] =
    [Kind::Module, Kind::Return, Kind::Trap, Kind::Exhaustion, Kind::Invalid, Kind::Malformed, Kind::Other];

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Module => "modules",
            Self::Return => "return",
            Self::Trap => "trap",
            Self::Exhaustion => "exhaustion",
            Self::Invalid => "invalid",
            Self::Malformed => "malformed",
            Self::Other => "other",
        })
    }
}

/// What came of one thing that a script says.
pub(crate) enum Verdict {
    /// Judged, and we agree with the suite.
    Agreed,
    /// Not judged, and why.
    Skipped(String),
    /// We disagree, and how.
    Failed(String),
}

/// Counts and failures.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    judged: BTreeMap<(String, Kind), usize>,
    skipped: BTreeMap<(String, Kind), usize>,
    reasons: BTreeMap<(String, Kind), usize>,
    failures: Vec<String>,
}

impl Tally {
    /// Notes what came of an assertion in `suite` that stands at `place`.
    pub(crate) fn note(&mut self, suite: &str, kind: Kind, place: &str, verdict: Verdict) {
        let count = match verdict {
            Verdict::Agreed => self.judged.entry((suite.to_owned(), kind)),
            Verdict::Skipped(reason) => {
                *self.reasons.entry((reason, kind)).or_default() += 1;
                self.skipped.entry((suite.to_owned(), kind))
            }
            Verdict::Failed(how) => {
                self.failures.push(format!("{place}: {how}"));
                return;
            }
        };
        *count.or_default() += 1;
    }

    /// Takes another's counts and failures over.
    pub(crate) fn add(&mut self, other: Self) {
        let merge = |into: &mut BTreeMap<_, usize>, from: BTreeMap<_, usize>| {
            for (key, count) in from {
                *into.entry(key).or_default() += count;
            }
        };
        merge(&mut self.judged, other.judged);
        merge(&mut self.skipped, other.skipped);
        merge(&mut self.reasons, other.reasons);
        self.failures.extend(other.failures);
        self.failures.sort();
    }

    /// How many of a kind were judged.
    pub(crate) fn judged(&self, kind: Kind) -> usize {
        total(&self.judged, kind)
    }

    /// Every disagreement, with its place.
    pub(crate) fn failures(&self) -> &[String] {
        &self.failures
    }

    /// Panics with the failures, if there are any.
    #[track_caller]
    pub(crate) fn expect_no_failure(&self) {
        let failures = &self.failures;
        assert!(failures.is_empty(), "{} disagreements:\n{}", failures.len(), failures.join("\n"));
    }
}

fn total(counts: &BTreeMap<(String, Kind), usize>, kind: Kind) -> usize {
    counts.iter().filter(|((_, other), _)| *other == kind).map(|(_, count)| count).sum()
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "\n{:40} judged (skipped)", "suite")?;
        let heading = |formatter: &mut fmt::Formatter<'_>, first: &str| {
            write!(formatter, "{first:40}")?;
            KINDS.iter().try_for_each(|kind| write!(formatter, "{kind:>16}"))?;
            writeln!(formatter)
        };
        heading(formatter, "")?;
        let mut suites: Vec<&String> =
            self.judged.keys().chain(self.skipped.keys()).map(|(suite, _)| suite).collect();
        suites.sort();
        suites.dedup();
        for suite in suites {
            write!(formatter, "{suite:40}")?;
            for kind in KINDS {
                let key = (suite.clone(), kind);
                let count = |counts: &BTreeMap<_, usize>| counts.get(&key).copied().unwrap_or(0);
                let cell = format!("{} ({})", count(&self.judged), count(&self.skipped));
                write!(formatter, "{cell:>16}")?;
            }
            writeln!(formatter)?;
        }
        write!(formatter, "{:40}", "total")?;
        for kind in KINDS {
            let cell = format!("{} ({})", total(&self.judged, kind), total(&self.skipped, kind));
            write!(formatter, "{cell:>16}")?;
        }
        writeln!(formatter, "\n")?;
        heading(formatter, "why skipped")?;
        let mut reasons: Vec<&String> = self.reasons.keys().map(|(reason, _)| reason).collect();
        reasons.dedup();
        for reason in reasons {
            write!(formatter, "{reason:40}")?;
            for kind in KINDS {
                let count = self.reasons.get(&(reason.clone(), kind)).copied().unwrap_or(0);
                write!(formatter, "{count:>16}")?;
            }
            writeln!(formatter)?;
        }
        Ok(())
    }
}
