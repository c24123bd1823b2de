//! The mempool against a list that is sorted anew each time.

use super::super::mempool::{AddError, Mempool, MempoolLimits, Waiting};
use super::{ledger, transfer, waiting};
use proptest::prelude::*;
use sealane_sdk::Address;
use sealane_sdk::instruction::Hash;
use std::sync::LazyLock;

/// Transactions of different prices and blockhashes; some prices are the same.
static TRANSACTIONS: LazyLock<Vec<Waiting>> = LazyLock::new(|| {
    let checker = ledger().checker();
    let make = |number: u64| {
        let blockhash = Hash::new_from_array([(number % 3) as u8; 32]);
        let price = (number % 7) * 1_000_000;
        waiting(
            &checker,
            transfer(number % 4, &Address::new_from_array([9; 32]), number + 1, 9_000, price, blockhash),
        )
    };
    (0..40).map(make).collect()
});

/// The plain twin: transactions in the order of their arrival.
#[derive(Default)]
struct Plain {
    waiting: Vec<usize>,
    in_blocks: Vec<usize>,
}

fn fee(index: usize) -> u64 {
    TRANSACTIONS[index].transaction.fee_lamports()
}

impl Plain {
    /// Highest first: all ask for the same units, so the fee decides, then who came first.
    fn by_rank(&self) -> Vec<usize> {
        let mut waiting = self.waiting.clone();
        waiting.sort_by_key(|index| std::cmp::Reverse(fee(*index)));
        waiting
    }

    fn add(&mut self, index: usize, limit: usize) -> Result<usize, AddError> {
        if self.waiting.contains(&index) || self.in_blocks.contains(&index) {
            return Err(AddError::Known);
        }
        self.waiting.push(index);
        if self.waiting.len() <= limit {
            return Ok(0);
        }
        let lowest = *self.by_rank().last().expect("one waits");
        self.waiting.retain(|other| *other != lowest);
        if lowest == index { Err(AddError::Full) } else { Ok(1) }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Add(usize),
    Take(usize),
    Settle,
    Expire(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0..40_usize).prop_map(Step::Add),
        1 => (0..6_usize).prop_map(Step::Take),
        1 => Just(Step::Settle),
        1 => (0..3_u8).prop_map(Step::Expire),
    ];
    proptest::collection::vec(step, 0..80)
}

fn indices(mempool: &Mempool) -> Vec<usize> {
    let index = |signature: &[u8; 64]| TRANSACTIONS.iter().position(|other| other.signature == *signature);
    mempool.by_rank().map(|(_, waiting)| index(&waiting.signature).expect("one of ours")).collect()
}

proptest! {
    #[test]
    fn it_is_the_sorted_list(limit in 1..12_usize, steps in steps()) {
        let limits = MempoolLimits { transaction_count: limit, ..MempoolLimits::default() };
        let (mut mempool, mut plain) = (Mempool::new(limits), Plain::default());
        for step in steps {
            match step {
                Step::Add(index) => {
                    prop_assert_eq!(mempool.add(TRANSACTIONS[index].clone()), plain.add(index, limit));
                }
                Step::Take(count) => {
                    let ranks: Vec<_> = mempool.by_rank().take(count).map(|(rank, _)| rank).collect();
                    mempool.take(&ranks);
                    let taken: Vec<usize> = plain.by_rank().into_iter().take(count).collect();
                    plain.waiting.retain(|index| !taken.contains(index));
                    plain.in_blocks.extend(taken);
                }
                Step::Settle => {
                    mempool.settle(plain.in_blocks.drain(..).map(|index| &TRANSACTIONS[index].signature));
                }
                Step::Expire(blockhash) => {
                    let is_recent = |hash: &Hash| hash.as_bytes()[0] != blockhash;
                    let before = plain.waiting.len();
                    plain.waiting.retain(|index| is_recent(&TRANSACTIONS[*index].blockhash));
                    prop_assert_eq!(mempool.expire(is_recent), before - plain.waiting.len());
                }
            }
            prop_assert_eq!(indices(&mempool), plain.by_rank());
            let status = mempool.status();
            prop_assert_eq!(status.transaction_count, plain.waiting.len());
            prop_assert_eq!(status.size_bytes == 0, plain.waiting.is_empty());
            for (index, waiting) in TRANSACTIONS.iter().enumerate() {
                let is_known = plain.waiting.contains(&index) || plain.in_blocks.contains(&index);
                prop_assert_eq!(mempool.knows(&waiting.signature), is_known);
            }
        }
    }
}

#[test]
fn bytes_are_bounded_too() {
    let one = TRANSACTIONS[0].transaction.bytes().len();
    let limits = MempoolLimits { size_bytes: 3 * (one + 384) + 20, ..MempoolLimits::default() };
    let mut mempool = Mempool::new(limits);
    // 0, 7, 14 and 21 pay the same.
    for index in [0, 7, 14] {
        assert_eq!(mempool.add(TRANSACTIONS[index].clone()), Ok(0));
    }
    assert_eq!(mempool.add(TRANSACTIONS[21].clone()), Err(AddError::Full), "who came first stays");
    assert_eq!(mempool.add(TRANSACTIONS[1].clone()), Ok(1), "who pays more takes a place");
    assert_eq!(indices(&mempool), [1, 0, 7]);
    assert!(mempool.status().size_bytes <= limits.size_bytes);
}

#[test]
fn a_durable_nonce_does_not_age() {
    let mut mempool = Mempool::new(MempoolLimits::default());
    mempool.add(Waiting { is_nonce: true, ..TRANSACTIONS[0].clone() }).expect("there is room");
    mempool.add(TRANSACTIONS[3].clone()).expect("there is room");
    assert_eq!(mempool.expire(|_| false), 1);
    assert_eq!(indices(&mempool), [0]);
}
