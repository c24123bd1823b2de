//! Spending compute units: rounds of work of a known price, until as many units are used as were recorded.
//!
//! The price of a round is that of the instructions the compiler makes of it, one unit each. It is known by
//! measurement, and a test holds it for every cost (`tests/tests/trace.rs`): a compiler that makes something else of this
//! file shows there.

use core::hint::black_box;

/// Units that a transaction may end short of its cost. It never ends above, unless touching its accounts takes more.
pub const MAX_UNSPENT_UNITS: u32 = 16;
/// Units that suffice to touch as many accounts as a transaction can name: no replay needs a lower limit than this.
pub const TOUCHING_UNITS: u32 = 20_000;

/// Units that one round takes.
const ROUND_UNITS: u64 = 15;
/// Units that entering the rounds, leaving them and returning to the host take.
const LEAVING_UNITS: u64 = 36;

/// Spends the rest of `cost_units`, of which all but what `remaining_units` tells of `limit_units` is spent already.
pub(crate) fn spend(limit_units: u32, cost_units: u32, remaining_units: impl FnOnce() -> u64) {
    let keep_units = u64::from(limit_units.saturating_sub(cost_units)).saturating_add(LEAVING_UNITS);
    let excess_units = remaining_units().saturating_sub(keep_units);
    work(excess_units / ROUND_UNITS);
}

/// Rounds that no compiler may leave out or take together: it knows neither how many are left nor, so, how many to
/// unroll.
#[inline(never)]
fn work(round_count: u64) {
    let mut left_count = round_count;
    while left_count > 0 {
        left_count = black_box(left_count - 1);
    }
}
