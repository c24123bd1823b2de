//! Which accounts a workload's transactions meet on: evenly spread, by a power law, or on a single hot one.

use rand::Rng;
use serde::{Serialize, Serializer};
use std::fmt::{Display, Formatter};
use std::str::FromStr;

/// How often each account is chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Contention {
    /// Every account as often as any other.
    Uniform,
    /// The account of rank k in proportion to 1 / k^exponent.
    Zipf {
        /// 0 is uniform; 1 resembles what decentralised exchanges see.
        exponent: f64,
    },
    /// One account by this many per cent of the transactions, the others evenly by the rest.
    Hot {
        /// 0 to 100.
        percent: f64,
    },
}

impl FromStr for Contention {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, number) = text.split_once(':').map_or((text, None), |(kind, number)| (kind, Some(number)));
        let number = number.map(|number| {
            let parsed: Result<f64, _> = number.parse();
            parsed.ok().filter(|number| number.is_finite()).ok_or(format!("`{number}` is not a number"))
        });
        match (kind, number.transpose()?) {
            ("uniform", None) => Ok(Self::Uniform),
            ("zipf", Some(exponent)) if (0.0..=10.0).contains(&exponent) => Ok(Self::Zipf { exponent }),
            ("zipf", Some(exponent)) => Err(format!("the exponent {exponent} is not between 0 and 10")),
            ("hot", Some(percent)) if (0.0..=100.0).contains(&percent) => Ok(Self::Hot { percent }),
            ("hot", Some(percent)) => Err(format!("{percent} is not a percentage between 0 and 100")),
            _ => Err(format!(
                "`{text}` is none of `uniform`, `zipf:EXPONENT` and `hot:PERCENT`, e.g. `zipf:1.1`"
            )),
        }
    }
}

impl Display for Contention {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Uniform => f.write_str("uniform"),
            Self::Zipf { exponent } => write!(f, "zipf:{exponent}"),
            Self::Hot { percent } => write!(f, "hot:{percent}"),
        }
    }
}

impl Serialize for Contention {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Chooses indices by a [`Contention`]; the hottest is index 0.
#[derive(Clone, Debug)]
pub struct Chooser {
    contention: Contention,
    count: usize,
    /// For a power law, the running sums of the weights.
    cumulative: Vec<f64>,
}

impl Chooser {
    /// Chooses among `count` indices.
    ///
    /// # Panics
    /// If `count` is 0.
    #[must_use]
    pub fn new(contention: Contention, count: usize) -> Self {
        assert!(count > 0, "there must be something to choose from");
        let cumulative = match contention {
            Contention::Zipf { exponent } => (1..=count)
                .scan(0.0, |sum, rank| {
                    *sum += (rank as f64).powf(-exponent);
                    Some(*sum)
                })
                .collect(),
            Contention::Uniform | Contention::Hot { .. } => Vec::new(),
        };
        Self { contention, count, cumulative }
    }

    /// The next index.
    pub fn choose(&self, random: &mut impl Rng) -> usize {
        match self.contention {
            Contention::Uniform => random.random_range(0..self.count),
            Contention::Hot { percent } => {
                if random.random_range(0.0..100.0) < percent {
                    0
                } else {
                    random.random_range(0..self.count)
                }
            }
            Contention::Zipf { .. } => {
                let total = self.cumulative.last().copied().unwrap_or(0.0);
                let point = random.random_range(0.0..total);
                self.cumulative.partition_point(|sum| *sum <= point).min(self.count - 1)
            }
        }
    }

    /// The next index other than `excluded`, if there is another one.
    pub fn choose_other(&self, random: &mut impl Rng, excluded: usize) -> usize {
        let chosen = self.choose(random);
        if chosen != excluded || self.count == 1 {
            return chosen;
        }
        (excluded + random.random_range(1..self.count)) % self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn parses_what_it_prints_and_refuses_the_rest() {
        for text in ["uniform", "zipf:1.1", "zipf:0", "hot:100", "hot:2.5"] {
            assert_eq!(
                text.parse::<Contention>().map(|contention| contention.to_string()),
                Ok(text.to_owned())
            );
        }
        for text in ["", "zipf", "hot", "uniform:1", "zipf:x", "zipf:-1", "zipf:NaN", "hot:101", "cold:1"] {
            assert!(text.parse::<Contention>().is_err(), "{text}");
        }
    }

    #[test]
    fn choices_follow_the_weights() {
        let count_of_first = |contention| {
            let chooser = Chooser::new(contention, 100);
            let mut random = ChaCha8Rng::seed_from_u64(7);
            (0..10_000).filter(|_| chooser.choose(&mut random) == 0).count()
        };
        assert!((50..200).contains(&count_of_first(Contention::Uniform)));
        // The first of 100 ranks has 1 / H(100) = 19.3 % at exponent 1.
        assert!((1_700..2_150).contains(&count_of_first(Contention::Zipf { exponent: 1.0 })));
        assert_eq!(count_of_first(Contention::Hot { percent: 100.0 }), 10_000);
        assert!((4_700..5_400).contains(&count_of_first(Contention::Hot { percent: 50.0 })));
    }

    #[test]
    fn the_other_is_another() {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        for contention in
            [Contention::Uniform, Contention::Zipf { exponent: 1.5 }, Contention::Hot { percent: 100.0 }]
        {
            let chooser = Chooser::new(contention, 3);
            assert!((0..1_000).all(|_| chooser.choose_other(&mut random, 0) != 0));
        }
        assert_eq!(Chooser::new(Contention::Uniform, 1).choose_other(&mut random, 0), 0);
    }
}
