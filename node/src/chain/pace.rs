//! When the next block is due. A pure function of times, which count from when the chain began.

use std::time::Duration;

/// How long somebody who looked at time passing is taken to go on looking.
const INTEREST: Duration = Duration::from_secs(30);

/// How often blocks come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    /// The shortest time from block to block.
    pub(super) block: Duration,
    /// The longest, when nothing waits and nobody looks.
    pub(super) idle: Duration,
}

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Demand {
    /// When the last block began.
    pub(super) last_block: Duration,
    /// When somebody last looked at time passing: asked for a blockhash, or the height.
    pub(super) last_interest: Option<Duration>,
    /// Whether transactions wait.
    pub(super) is_waited: bool,
}

impl Pace {
    /// When the next block is due, as seen at `now`.
    pub(super) fn due(&self, now: Duration, demand: &Demand) -> Duration {
        let is_looked_at = demand.last_interest.is_some_and(|seen| now < seen + INTEREST);
        let pause = if demand.is_waited || is_looked_at { self.block } else { self.idle.max(self.block) };
        demand.last_block + pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace { block: Duration::from_millis(400), idle: Duration::from_secs(10) };

    fn check(now_ms: u64, last_interest_ms: Option<u64>, is_waited: bool, due_ms: u64) {
        let last_interest = last_interest_ms.map(Duration::from_millis);
        let demand = Demand { last_block: Duration::from_millis(1_000), last_interest, is_waited };
        assert_eq!(PACE.due(Duration::from_millis(now_ms), &demand), Duration::from_millis(due_ms));
    }

    #[test]
    fn a_block_is_due_soon_when_something_waits_or_somebody_looks() {
        check(1_100, None, false, 11_000);
        check(1_100, None, true, 1_400);
        check(1_100, Some(900), false, 1_400);
        check(30_899, Some(900), false, 1_400);
        check(30_900, Some(900), false, 11_000);
        check(9_000, None, true, 1_400);
    }

    #[test]
    fn idle_blocks_come_no_sooner_than_others() {
        let pace = Pace { block: Duration::from_secs(2), idle: Duration::from_secs(1) };
        let demand = Demand { last_block: Duration::ZERO, last_interest: None, is_waited: false };
        assert_eq!(pace.due(Duration::ZERO, &demand), Duration::from_secs(2));
    }
}
