//! The `mixed` workload: several kinds of traffic on one ledger, each with a share of the transactions.
//!
//! The shares come from a small TOML file, or are those of [`Shares::default`]:
//!
//! ```toml
//! # How often each kind is drawn, in relation to the sum of all. Kinds that are not named are not drawn.
//! transfer = 25
//! dex = 50
//! orderbook = 15
//! lending = 10
//! ```
//!
//! The same users take part in all kinds. The contention goes for each kind by itself.

use crate::dex::Trades;
use crate::lending::Lending;
use crate::orderbook::Orders;
use crate::traffic::{Plan, Progress, Traffic, Turn, generate};
use crate::transfer::Transfers;
use crate::workload::{Labels, Workload, WorkloadOptions};
use rand::distr::Distribution;
use rand::distr::weighted::WeightedIndex;
use rand_chacha::ChaCha8Rng;
use sealane_runtime::ledger::Genesis;
use sealane_runtime::{FileError, RuntimeConfig, file_error};
use serde::Deserialize;
use std::path::Path;

/// How often each kind of traffic is drawn, in relation to the sum of all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    /// Token transfers.
    pub transfer: f64,
    /// Trades on constant-product pools.
    pub dex: f64,
    /// Orders on limit order books.
    pub orderbook: f64,
    /// Deposits, loans, liquidations.
    pub lending: f64,
}

/// The file as it is written: a key missing is a kind that is not drawn.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SharesFile {
    transfer: Option<Share>,
    dex: Option<Share>,
    orderbook: Option<Share>,
    lending: Option<Share>,
}

/// A share: a whole number or a fraction, not negative.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "Number")]
struct Share(f64);

#[derive(Deserialize)]
#[serde(untagged, expecting = "a share is a number that is not negative")]
enum Number {
    Whole(u32),
    Fraction(f64),
}

impl TryFrom<Number> for Share {
    type Error = &'static str;

    fn try_from(number: Number) -> Result<Self, Self::Error> {
        let number = match number {
            Number::Whole(number) => f64::from(number),
            Number::Fraction(number) => number,
        };
        match number.is_finite() && (0.0..=1e9).contains(&number) {
            true => Ok(Self(number)),
            false => Err("a share is between 0 and 1,000,000,000"),
        }
    }
}

impl Default for Shares {
    /// A chain of decentralised finance: every other transaction trades on a pool, payments come next.
    fn default() -> Self {
        Self { transfer: 25.0, dex: 50.0, orderbook: 15.0, lending: 10.0 }
    }
}

impl Shares {
    /// Reads a file.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(path: &Path) -> Result<Self, FileError> {
        Self::parse(path, &file_error::read(path, "shares")?)
    }

    /// As [`Self::read`], from bytes; `name` is what errors call the file.
    ///
    /// # Errors
    /// [`FileError::Malformed`].
    pub fn parse(name: &Path, bytes: &[u8]) -> Result<Self, FileError> {
        let file: SharesFile = file_error::parse_toml(name, bytes)?;
        let share = |share: Option<Share>| share.map_or(0.0, |Share(share)| share);
        let shares = Self {
            transfer: share(file.transfer),
            dex: share(file.dex),
            orderbook: share(file.orderbook),
            lending: share(file.lending),
        };
        if shares.list().iter().all(|share| *share == 0.0) {
            let reason = "no kind has a share: give at least one of transfer, dex, orderbook and lending a number \
                          above 0, e.g. `dex = 50`";
            return Err(FileError::at(name, bytes, 0, reason.to_owned()));
        }
        Ok(shares)
    }

    const fn list(&self) -> [f64; 4] {
        [self.transfer, self.dex, self.orderbook, self.lending]
    }
}

/// Makes the workload with the default shares. `accounts` counts the users. `progress` is told after each signed
/// transaction.
///
/// # Errors
/// If there are fewer than two accounts, a block would be empty, or the genesis cannot be loaded.
pub fn mixed(
    options: &WorkloadOptions,
    config: &RuntimeConfig,
    progress: Progress<'_>,
) -> anyhow::Result<Workload> {
    mixed_by(&Shares::default(), options, config, progress)
}

/// As [`mixed`], with the shares given.
///
/// # Errors
/// As [`mixed`]; or if no share is above 0.
pub fn mixed_by(
    shares: &Shares,
    options: &WorkloadOptions,
    config: &RuntimeConfig,
    progress: Progress<'_>,
) -> anyhow::Result<Workload> {
    generate("mixed", &mut Mixture::new(shares, options)?, options, config, progress)
}

/// The traffic: the kinds that have a share.
struct Mixture {
    kinds: Vec<Box<dyn Traffic>>,
    draw: WeightedIndex<f64>,
}

impl Mixture {
    fn new(shares: &Shares, options: &WorkloadOptions) -> anyhow::Result<Self> {
        let mut kinds: Vec<Box<dyn Traffic>> = Vec::new();
        if shares.transfer > 0.0 {
            kinds.push(Box::new(Transfers::new(options)?));
        }
        if shares.dex > 0.0 {
            kinds.push(Box::new(Trades::new(options)?));
        }
        if shares.orderbook > 0.0 {
            kinds.push(Box::new(Orders::new(options)?));
        }
        if shares.lending > 0.0 {
            kinds.push(Box::new(Lending::new(options)?));
        }
        let draw = WeightedIndex::new(shares.list().into_iter().filter(|share| *share > 0.0))?;
        Ok(Self { kinds, draw })
    }
}

impl Traffic for Mixture {
    fn furnish(&self, genesis: &mut Genesis, labels: &mut Labels) {
        self.kinds.iter().for_each(|kind| kind.furnish(genesis, labels));
    }

    fn next(&mut self, turn: Turn, random: &mut ChaCha8Rng) -> Plan {
        let kind = self.draw.sample(random);
        self.kinds[kind].next(turn, random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read() {
        type Expected = Result<[f64; 4], &'static str>;
        let cases: [(&[u8], Expected); 14] = [
            (b"dex = 1\n", Ok([0.0, 1.0, 0.0, 0.0])),
            (b"# all\ntransfer = 1\ndex = 2.5\norderbook = 0\nlending = 4\n", Ok([1.0, 2.5, 0.0, 4.0])),
            (b"", Err("f:1:1: no kind has a share: ")),
            (b"dex = 0\n", Err("f:1:1: no kind has a share: ")),
            (b"dex = 1\nsw\xc3\xa4p = 2\n", Err("f:2:3: ")),
            (b"dex = 1\n  swap = 2\n", Err("f:2:3: unknown field `swap`, expected one of ")),
            (b"dex = 1\ndex = 2\n", Err("f:2:1: duplicate key")),
            (b"dex = -1\n", Err("f:1:7: a share is between 0 and 1,000,000,000")),
            (b"dex = inf\n", Err("f:1:7: a share is between 0 and 1,000,000,000")),
            (b"dex = nan\n", Err("f:1:7: a share is between 0 and 1,000,000,000")),
            (b"dex = \"much\"\n", Err("f:1:7: a share is a number")),
            (b"dex = 1\nlending = \n", Err("f:2:11: ")),
            (b"dex = 1\n\xff", Err("f:2:1: the file is not UTF-8")),
            (b"[shares]\ndex = 1\n", Err("f:1:2: unknown field `shares`")),
        ];
        for (bytes, expected) in cases {
            let parsed = Shares::parse(Path::new("f"), bytes);
            match (parsed, expected) {
                (Ok(shares), Ok(expected)) => assert_eq!(shares.list(), expected),
                (Err(error), Err(begin)) => {
                    assert!(error.to_string().starts_with(begin), "{error} / {begin}")
                }
                (parsed, expected) => panic!("{parsed:?} and not {expected:?}"),
            }
        }
    }
}
