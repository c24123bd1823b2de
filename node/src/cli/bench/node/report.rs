//! What sending came to, for people and as JSON.

use super::load::Sent;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

/// What sending came to.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// Transactions a second that were to be sent.
    offered_a_second: u32,
    /// Transactions that were sent.
    sent: usize,
    /// Of these, what the node accepted.
    pub(super) accepted: usize,
    /// Accepted transactions over the wall time of sending.
    accepted_a_second: f64,
    /// Errors by what they say.
    refused: BTreeMap<String, usize>,
    /// From writing a request to its answer, in milliseconds.
    answer_ms: Option<Percentiles>,
    /// Transactions whose confirmation was waited for.
    sampled: usize,
    /// Of these, what was confirmed.
    confirmed: usize,
    /// From writing the request to the notice over the WebSocket, in milliseconds.
    confirmation_ms: Option<Percentiles>,
    /// CPU time of the node's process a transaction sent, block making included, in microseconds.
    node_cpu_us: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
struct Percentiles {
    p50: f64,
    p90: f64,
    p99: f64,
    max: f64,
}

impl Report {
    pub(super) fn new(
        offered_a_second: u32,
        sent: &Sent,
        sending: Duration,
        sampled: &[usize],
        confirmed: &BTreeMap<usize, Instant>,
        cpu: Option<(f64, f64)>,
        begin: Instant,
    ) -> Self {
        let waits = confirmed.iter().filter_map(|(sample, heard)| {
            let sent_after = sent.sent_after[sampled[*sample]]?;
            Some(heard.duration_since(begin).saturating_sub(sent_after))
        });
        let count = sent.answered_within.len();
        Self {
            offered_a_second,
            sent: count,
            accepted: sent.accepted,
            accepted_a_second: sent.accepted as f64 / sending.as_secs_f64(),
            refused: sent.refused.clone(),
            answer_ms: Percentiles::of(sent.answered_within.clone()),
            sampled: sampled.len(),
            confirmed: confirmed.len(),
            confirmation_ms: Percentiles::of(waits.collect()),
            node_cpu_us: cpu.map(|(before, after)| (after - before) * 1e6 / count.max(1) as f64),
        }
    }
}

impl Percentiles {
    fn of(mut times: Vec<Duration>) -> Option<Self> {
        times.sort_unstable();
        let at = |percent: usize| {
            let index = (times.len() * percent).div_ceil(100).saturating_sub(1);
            times.get(index).map(|time| time.as_secs_f64() * 1e3)
        };
        Some(Self { p50: at(50)?, p90: at(90)?, p99: at(99)?, max: at(100)? })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "offered       {:>10} a second", self.offered_a_second)?;
        writeln!(
            f,
            "accepted      {:>10.0} a second, {} of {}",
            self.accepted_a_second, self.accepted, self.sent
        )?;
        for (reason, count) in &self.refused {
            writeln!(f, "refused       {count:>10} {reason}")?;
        }
        if let Some(times) = self.answer_ms {
            writeln!(f, "answer        {times}")?;
        }
        match self.confirmation_ms {
            Some(times) => {
                writeln!(f, "confirmation  {times}, {} of {} sampled", self.confirmed, self.sampled)?
            }
            None => writeln!(f, "confirmation  none of {} sampled", self.sampled)?,
        }
        if let Some(us) = self.node_cpu_us {
            write!(f, "node          {us:>10.1} µs of CPU time a transaction")?;
        }
        Ok(())
    }
}

impl fmt::Display for Percentiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { p50, p90, p99, max } = self;
        write!(f, "{p50:>10.1} ms median, {p90:.1} p90, {p99:.1} p99, {max:.1} longest")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_times_there_are() {
        let times = |range: std::ops::RangeInclusive<u64>| range.map(Duration::from_millis).rev().collect();
        let hundred = Percentiles { p50: 50.0, p90: 90.0, p99: 99.0, max: 100.0 };
        assert_eq!(Percentiles::of(times(1..=100)), Some(hundred));
        assert_eq!(Percentiles::of(times(7..=7)).map(|one| (one.p50, one.p99)), Some((7.0, 7.0)));
        assert_eq!(Percentiles::of(Vec::new()), None);
    }
}
