//! A reserve's arithmetic over random sequences, natively: held against a plain twin, against its invariants, and against
//! users who go round in circles to earn something.

use proptest::prelude::*;
use sealane_lending::math::WAD;
use sealane_lending::state::{Reserve, ReserveConfig, SLOTS_PER_YEAR};

/// The plain twin: a few numbers, and divisions that are obviously right.
#[derive(Clone, Debug, PartialEq)]
struct Plain {
    slot: u64,
    available: u128,
    supply: u128,
    index: u128,
    scaled: u128,
    fees: u128,
}

/// Quotient and remainder of left × right / divisor, by adding up doublings; divisors are below 2^126.
fn divide(left: u128, right: u128, divisor: u128) -> (u128, u128) {
    let (mut quotient, mut rest) = (0, 0);
    for bit in (0..128).rev() {
        (quotient, rest) = (quotient * 2 + rest * 2 / divisor, rest * 2 % divisor);
        if right >> bit & 1 == 1 {
            rest += left % divisor;
            quotient += left / divisor + rest / divisor;
            rest %= divisor;
        }
    }
    (quotient, rest)
}

fn down(left: u128, right: u128, divisor: u128) -> u128 {
    divide(left, right, divisor).0
}

fn up(left: u128, right: u128, divisor: u128) -> u128 {
    let (quotient, rest) = divide(left, right, divisor);
    quotient + u128::from(rest > 0)
}

impl Plain {
    fn debt(&self) -> u128 {
        down(self.scaled, self.index, WAD)
    }

    /// What all shares and the one that does not exist are worth.
    fn value(&self) -> u128 {
        self.available * WAD + self.debt() - self.fees + WAD
    }

    /// Rates in parts of 10,000 a year, as `config` has them: base 2 %, 20 % at 80 %, 300 % at 100 %.
    fn rate(&self) -> u128 {
        let all = self.available * WAD + self.debt();
        let used = if self.debt() == 0 { 0 } else { down(self.debt(), WAD, all) };
        let (kink, percent) = (WAD / 10 * 8, WAD / 100);
        let a_year = if used <= kink {
            2 * percent + up(18 * percent, used, kink)
        } else {
            20 * percent + up(280 * percent, used - kink, WAD - kink)
        };
        up(a_year, 1, SLOTS_PER_YEAR)
    }

    fn accrue(&mut self, slot: u64) {
        let (mut power, mut factor, mut slots) = (WAD + self.rate(), WAD, slot - self.slot);
        while slots > 0 {
            if slots % 2 == 1 {
                factor = up(factor, power, WAD);
            }
            power = up(power, power, WAD);
            slots /= 2;
        }
        let grown = up(self.index, factor, WAD);
        self.fees += down(self.scaled, grown - self.index, WAD) / 10;
        (self.index, self.slot) = (grown, slot);
    }

    fn of(reserve: &Reserve) -> Self {
        Self {
            slot: reserve.accrued_slot,
            available: reserve.available.into(),
            supply: reserve.share_supply.into(),
            index: reserve.index.get(),
            scaled: reserve.scaled_debt.get(),
            fees: reserve.protocol_fees.get(),
        }
    }

    /// Whether a share is worth at least as much as in `before`; the numbers are small enough for a plain comparison of
    /// whole and rest.
    fn is_no_worse_than(&self, before: &Self) -> bool {
        let share = |one: &Self| down(one.value(), 1 << 40, one.supply + 1);
        share(self) >= share(before)
    }
}

fn config() -> ReserveConfig {
    ReserveConfig {
        base_rate_basis_points: 200,
        kink_rate_basis_points: 2_000,
        max_rate_basis_points: 30_000,
        max_price_age_slots: 50,
        ..ReserveConfig::ORDINARY
    }
}

fn reserve() -> Reserve {
    let mut reserve = Reserve::zeroed();
    reserve.config = config();
    reserve.start(0);
    reserve
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Wait(u64),
    Deposit(u64),
    /// A part of all shares, of 2^16.
    Withdraw(u16),
    /// A part of what is available.
    Borrow(u16),
    /// A part of the debt.
    Repay(u16),
    Flash(u16),
    CollectFees,
}

fn amount() -> impl Strategy<Value = u64> {
    (1..1_000_000_000_000_u64, 0..40_u32).prop_map(|(amount, shift)| (amount >> shift).max(1))
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..10_000_000_u64, 0..24_u32).prop_map(|(slots, shift)| Step::Wait(slots >> shift)),
        amount().prop_map(Step::Deposit),
        any::<u16>().prop_map(Step::Withdraw),
        any::<u16>().prop_map(Step::Borrow),
        any::<u16>().prop_map(Step::Repay),
        any::<u16>().prop_map(Step::Flash),
        Just(Step::CollectFees),
    ];
    prop::collection::vec(step, 1..60)
}

fn part(whole: u64, part: u16) -> u64 {
    u64::try_from(u128::from(whole) * (u128::from(part) + 1) / (1 << 16)).expect("a part of it")
}

proptest! {
    /// One borrower who owes all; whatever happens, the reserve does what the twin does, and no share loses value.
    #[test]
    fn the_reserve_is_its_plain_twin(steps in steps()) {
        let mut reserve = reserve();
        let mut slot = 0;
        for step in steps {
            let before = Plain::of(&reserve);
            let mut twin = before.clone();
            match step {
                Step::Wait(slots) => {
                    slot += slots;
                    reserve.accrue(slot).unwrap();
                    twin.accrue(slot);
                }
                Step::Deposit(amount) => {
                    let shares = down(u128::from(amount) * WAD, twin.supply + 1, twin.value());
                    prop_assert_eq!(reserve.deposit(amount).map(u128::from).unwrap_or(0), shares);
                    if shares > 0 {
                        twin.available += u128::from(amount);
                        twin.supply += shares;
                    }
                }
                Step::Withdraw(of_all) => {
                    let shares = part(reserve.share_supply, of_all);
                    let tokens = down(twin.value(), shares.into(), twin.supply + 1) / WAD;
                    let is_there = tokens > 0 && tokens <= twin.available;
                    prop_assert_eq!(reserve.withdraw(shares).ok().map(u128::from), is_there.then_some(tokens));
                    if is_there {
                        twin.available -= tokens;
                        twin.supply -= u128::from(shares);
                    }
                }
                Step::Borrow(of_all) => {
                    let amount = part(reserve.available, of_all);
                    let scaled = up(u128::from(amount) * WAD, WAD, twin.index);
                    prop_assert_eq!(reserve.borrow(amount), Ok(scaled));
                    twin.available -= u128::from(amount);
                    twin.scaled += scaled;
                }
                Step::Repay(of_all) => {
                    let debt = up(up(twin.scaled, twin.index, WAD), 1, WAD);
                    let most = part(u64::try_from(debt).unwrap(), of_all);
                    let scaled = if u128::from(most) >= debt {
                        twin.scaled
                    } else {
                        down(u128::from(most) * WAD, WAD, twin.index).min(twin.scaled)
                    };
                    let repaid = reserve.repay(most, reserve.scaled_debt.get());
                    prop_assert_eq!(repaid.is_ok(), scaled > 0);
                    if scaled > 0 {
                        twin.available += u128::from(most);
                        twin.scaled -= scaled;
                    }
                }
                Step::Flash(of_all) => {
                    let amount = part(reserve.available, of_all);
                    if amount == 0 {
                        continue;
                    }
                    let value = reserve.total_value();
                    reserve.flash_borrow(amount, 3).unwrap();
                    prop_assert_eq!(reserve.total_value(), value, "a loan that is out moves nothing");
                    let fee = up(amount.into(), 9, 10_000).max(1);
                    prop_assert_eq!(reserve.flash_repay(amount, 3).map(u128::from), Ok(u128::from(amount) + fee));
                    twin.available += fee;
                }
                Step::CollectFees => {
                    let amount = (twin.fees / WAD).min(twin.available);
                    prop_assert_eq!(reserve.collect_fees().map(u128::from).unwrap_or(0), amount);
                    twin.available -= amount;
                    twin.fees -= amount * WAD;
                }
            }
            prop_assert_eq!(&Plain::of(&reserve), &twin, "{:?}", step);
            prop_assert!(twin.is_no_worse_than(&before), "{:?}: {:?} {:?}", step, before, twin);
        }
    }

    /// Whoever deposits and withdraws, or borrows and repays, at once, has no more than before.
    #[test]
    fn round_trips_earn_nothing(
        first in amount(),
        lent in any::<u16>(),
        slots in 0..100_000_000_u64,
        amount in amount(),
        pieces in 1..5_u64,
    ) {
        let mut reserve = reserve();
        reserve.deposit(first).unwrap();
        let lent = part(reserve.available, lent);
        reserve.borrow(lent).unwrap();
        reserve.accrue(slots).unwrap();
        let mut other = reserve;

        if let Ok(shares) = reserve.deposit(amount) {
            let mut back = 0;
            for piece in (0..pieces).map(|_| shares / pieces).chain([shares % pieces]) {
                // A failed instruction leaves no trace.
                let mut after = reserve;
                if let Ok(tokens) = after.withdraw(piece) {
                    (reserve, back) = (after, back + tokens);
                }
            }
            prop_assert!(back <= amount, "{} came back for {}", back, amount);
        }

        let borrowed = amount.min(other.available);
        if borrowed > 0 {
            let mut scaled = other.borrow(borrowed).unwrap();
            let mut paid = 0;
            let most = (borrowed / pieces).max(1);
            while scaled > 0 && paid < 2 * borrowed {
                let Ok(repayment) = other.repay(most, scaled) else { break };
                scaled -= repayment.scaled;
                paid += repayment.amount;
            }
            if scaled > 0 {
                paid += other.repay(u64::MAX, scaled).unwrap().amount;
            }
            prop_assert!(paid >= borrowed, "{} paid for {}", paid, borrowed);
        }
    }

    /// A flash loan's fee stays with those who had shares before: taking shares around it earns nothing either.
    #[test]
    fn nobody_gets_others_shares_cheaper_by_a_nearly_empty_reserve(
        attack in amount(),
        fees in 1..200_u32,
        victim in amount(),
    ) {
        let mut reserve = reserve();
        let mine = reserve.deposit(attack).unwrap();
        let mut spent = u128::from(attack);
        for _ in 0..fees {
            let all = reserve.available;
            reserve.flash_borrow(all, 1).unwrap();
            spent += u128::from(reserve.flash_repay(all, 1).unwrap() - all);
        }
        let Ok(theirs) = reserve.deposit(victim) else { return Ok(()) };
        let got = reserve.withdraw(mine).map_or(0, u128::from);
        prop_assert!(got <= spent, "{} for {}", got, spent);
        let back = reserve.tokens_of(theirs).unwrap();
        prop_assert!(back <= victim);
    }
}
