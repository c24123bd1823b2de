//! Batches hold what the graph says, and the check of recorded ones finds every flaw.

use proptest::prelude::*;

use super::{case, cases};
use crate::schedule::{BatchError, Batches, verify_batches};

proptest! {
    #[test]
    fn own_batches_are_valid(case in cases(64)) {
        let schedule = case.schedule();
        prop_assert_eq!(verify_batches(&case.sets, case.account_count, schedule.batches()), Ok(()));
        let batches = Batches::from_numbers(schedule.batches()).expect("no gaps");
        prop_assert_eq!(batches.len(), schedule.batch_count());
        let mut seen = vec![false; schedule.len()];
        for (number, batch) in batches.iter().enumerate() {
            prop_assert!(!batch.is_empty() && batch.is_sorted());
            for transaction in batch {
                prop_assert_eq!(schedule.batches()[*transaction as usize] as usize, number);
                prop_assert!(!std::mem::replace(&mut seen[*transaction as usize], true));
            }
        }
        prop_assert!(seen.iter().all(|seen| *seen));
    }

    /// Against the naive relation, for recorded numbers of any kind.
    #[test]
    fn accepts_exactly_the_valid(case in cases(12), numbers in proptest::collection::vec(0..6u32, 12)) {
        let numbers = &numbers[..case.sets.len()];
        let ordered = case.conflicting_pairs().all(|(first, second)| numbers[first] < numbers[second]);
        let last = numbers.iter().copied().max();
        let gap = last.and_then(|last| (0..last).find(|batch| !numbers.contains(batch)));
        let verdict = verify_batches(&case.sets, case.account_count, numbers);
        match (gap, ordered) {
            (Some(batch), _) => prop_assert_eq!(verdict, Err(BatchError::Gap { batch })),
            (None, true) => prop_assert_eq!(verdict, Ok(())),
            (None, false) => {
                let Err(BatchError::Conflict { first, second, account, batch }) = verdict else {
                    return Err(TestCaseError::fail(format!("{verdict:?}")));
                };
                prop_assert!(first < second && case.conflict(first, second));
                prop_assert!(numbers[first] >= numbers[second] && numbers[second] == batch);
                prop_assert!(case.sets.get(second).iter().any(|lock| lock.account() == account));
            }
        }
    }
}

#[track_caller]
fn check(text: &str, numbers: &[u32], expected: Result<(), BatchError>) {
    let case = case(text);
    assert_eq!(verify_batches(&case.sets, case.account_count, numbers), expected, "{text} {numbers:?}");
}

#[test]
fn verify_names_the_flaw() {
    check("", &[], Ok(()));
    check("w0 w0", &[0, 1], Ok(()));
    check("w0 w1", &[1, 0], Ok(()));
    check("w0 w0", &[0], Err(BatchError::Count { expected: 2, found: 1 }));
    check("w0", &[0, 0], Err(BatchError::Count { expected: 1, found: 2 }));
    check("w0", &[1], Err(BatchError::Gap { batch: 0 }));
    check("w0 w0", &[0, u32::MAX], Err(BatchError::Gap { batch: 1 }));
    let conflict = |first, second, batch| Err(BatchError::Conflict { first, second, account: 0, batch });
    check("w0 w0", &[0, 0], conflict(0, 1, 0));
    check("w0 w0", &[1, 0], conflict(0, 1, 0));
    check("r0 w0", &[0, 0], conflict(0, 1, 0));
    check("w0 r0", &[0, 0], conflict(0, 1, 0));
    check("r0 w1 r0 w0 w1", &[0, 0, 1, 1, 1], conflict(2, 3, 1));
    // A set that names an account twice does not hide the reader before it.
    check("r0 r0,w0", &[0, 0], conflict(0, 1, 0));
    check("r0,w0", &[0], Ok(()));
}

#[test]
fn from_numbers_refuses_gaps_of_any_size() {
    assert_eq!(Batches::from_numbers(&[]), Ok(Batches::default()));
    assert!(Batches::from_numbers(&[]).is_ok_and(|batches| batches.is_empty()));
    assert_eq!(Batches::from_numbers(&[u32::MAX]), Err(BatchError::Gap { batch: 0 }));
    assert_eq!(Batches::from_numbers(&[0, 2, 2]), Err(BatchError::Gap { batch: 1 }));
    let batches = Batches::from_numbers(&[1, 0, 1]).expect("no gaps");
    assert_eq!(batches.iter().collect::<Vec<_>>(), [&[1][..], &[0, 2]]);
}
