//! Compute-budget requests: what they grant, what they cost, and which are refused.

use super::*;
use crate::ingest::{Budget, BudgetError, budget};
use sealane_sdk::ids::compute_budget;

const MIB: u32 = 1024 * 1024;
const DEFAULT: Budget = Budget {
    units: 0,
    priority_fee_lamports: 0,
    heap_size_bytes: 32 * 1024,
    loaded_data_size_limit_bytes: 64 * MIB,
};

/// The budget of a transaction with `other_count` other instructions and these requests behind the first of them.
fn budget_of(other_count: usize, requests: &[Vec<u8>]) -> Result<Budget, BudgetError> {
    let mut instructions = vec![instruction(1, &[0], &[2, 0, 0, 0]); other_count];
    let at = other_count.min(1);
    instructions.splice(at..at, requests.iter().map(|data| instruction(2, &[], data)));
    let keys = [address(1), address(2), compute_budget::ID];
    budget(&sanitized(&to_bytes(&legacy_transaction((1, 0, 2), &keys, instructions))))
}

#[expect(clippy::needless_pass_by_value, reason = "cases read better as values")]
fn check(other_count: usize, requests: &[Vec<u8>], expected: Result<Budget, BudgetError>) {
    assert_eq!(budget_of(other_count, requests), expected, "{requests:?}");
}

fn request(tag: u8, value: u32) -> Vec<u8> {
    [&[tag], value.to_le_bytes().as_slice()].concat()
}

fn price(micro_lamports: u64) -> Vec<u8> {
    [&[3], micro_lamports.to_le_bytes().as_slice()].concat()
}

#[test]
fn requests_and_defaults_make_the_budget() {
    check(0, &[], Ok(DEFAULT));
    check(1, &[], Ok(Budget { units: 200_000, ..DEFAULT }));
    check(3, &[price(0)], Ok(Budget { units: 600_000, ..DEFAULT }));
    check(8, &[], Ok(Budget { units: 1_400_000, ..DEFAULT }));
    check(1, &[request(2, 0)], Ok(DEFAULT));
    check(1, &[request(2, 1_400_000)], Ok(Budget { units: 1_400_000, ..DEFAULT }));
    check(1, &[request(2, u32::MAX)], Ok(Budget { units: 1_400_000, ..DEFAULT }));
    check(
        1,
        &[request(1, 256 * 1024)],
        Ok(Budget { units: 200_000, heap_size_bytes: 256 * 1024, ..DEFAULT }),
    );
    check(1, &[request(4, 1)], Ok(Budget { units: 200_000, loaded_data_size_limit_bytes: 1, ..DEFAULT }));
    check(1, &[request(4, u32::MAX)], Ok(Budget { units: 200_000, ..DEFAULT }));
    let all = Budget {
        units: 5,
        priority_fee_lamports: 92_233_720_368_548,
        heap_size_bytes: 33 * 1024,
        loaded_data_size_limit_bytes: 7,
    };
    check(2, &[request(4, 7), price(u64::MAX), request(1, 33 * 1024), request(2, 5)], Ok(all));
    // Bytes behind a request are ignored.
    check(1, &[[request(2, 9), vec![1, 2, 3]].concat()], Ok(Budget { units: 9, ..DEFAULT }));
}

#[test]
fn each_bad_request_is_named() {
    use BudgetError as E;
    let malformed = [vec![], vec![0; 9], vec![5, 0, 0, 0, 0], vec![2, 0, 0, 0], price(1)[..8].to_vec()];
    for request in malformed {
        check(1, &[request], Err(E::Malformed { instruction_index: 1 }));
    }
    for repeated in [request(1, 32 * 1024), request(2, 1), price(1), request(4, 1)] {
        check(1, &[repeated.clone(), repeated], Err(E::Duplicate { instruction_index: 2 }));
    }
    for size_bytes in [0, 31 * 1024, 32 * 1024 + 1, 257 * 1024, u32::MAX] {
        check(1, &[request(1, size_bytes)], Err(E::HeapSize { instruction_index: 1, size_bytes }));
    }
    check(0, &[price(1), request(4, 0)], Err(E::LoadedDataSizeLimit { instruction_index: 1 }));
}

#[test]
fn the_fee_is_the_signatures_and_the_rounded_up_priority() {
    let cases = [
        (0, 0, 1, 5_000),
        (1, 1_000_000, 1, 5_001),
        (1, 1_000_001, 1, 5_002),
        (200_000, 1, 2, 10_001),
        (1_400_000, 1_000_000, 0, 1_400_000),
        (0, u64::MAX, 1, 5_000),
        (1_400_000, u64::MAX, 1, u64::MAX),
        (1_000_000, u64::MAX, 1, u64::MAX),
        (1_000_000, u64::MAX - 5_000, 1, u64::MAX),
    ];
    for (units, price_micro_lamports, signature_count, expected) in cases {
        let budget = budget_of(1, &[price(price_micro_lamports), request(2, units)]).unwrap();
        assert_eq!(budget.fee(signature_count), expected, "{budget:?}");
    }
}

/// The budget of a version-1 transaction with one instruction and this configuration.
fn budget_of_config(config: TransactionConfig, data: &[u8]) -> Budget {
    let keys = [address(1), address(2), compute_budget::ID];
    let instructions = vec![instruction(1, &[0], &[2, 0, 0, 0]), instruction(2, &[], data)];
    let transaction = as_v1(legacy_transaction((1, 0, 2), &keys, instructions), config);
    budget(&sanitized(&to_bytes(&transaction))).unwrap()
}

#[test]
fn version_1_asks_in_its_configuration() {
    let none = TransactionConfig::empty();
    let least = Budget { loaded_data_size_limit_bytes: 0, ..DEFAULT };
    let cases = [
        (none, least),
        (none.with_priority_fee(7), Budget { priority_fee_lamports: 7, ..least }),
        (none.with_priority_fee(u64::MAX), Budget { priority_fee_lamports: u64::MAX, ..least }),
        (none.with_compute_unit_limit(9), Budget { units: 9, ..least }),
        (none.with_compute_unit_limit(u32::MAX), Budget { units: 1_400_000, ..least }),
        (none.with_loaded_accounts_data_size_limit(5), Budget { loaded_data_size_limit_bytes: 5, ..least }),
        (none.with_loaded_accounts_data_size_limit(u32::MAX), Budget { units: 0, ..DEFAULT }),
        (none.with_heap_size(256 * 1024), Budget { heap_size_bytes: 256 * 1024, ..least }),
    ];
    for (config, expected) in cases {
        // Instructions to the compute-budget program mean nothing, whether they are well formed or not.
        for ignored in [request(2, 77), price(1_000_000), vec![], vec![9, 9], request(1, 1), request(4, 0)] {
            assert_eq!(budget_of_config(config, &ignored), expected, "{config:?}");
        }
    }
    let all =
        none.with_priority_fee(1_000).with_compute_unit_limit(3).with_loaded_accounts_data_size_limit(4);
    assert_eq!(budget_of_config(all, &[]).fee(2), 11_000);
    assert_eq!(budget_of_config(none.with_priority_fee(u64::MAX), &[]).fee(1), u64::MAX);
}

proptest! {
    #[test]
    fn arbitrary_requests_never_panic(requests in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..12), 0..4)) {
        if let Ok(budget) = budget_of(1, &requests) {
            prop_assert!(budget.units <= 1_400_000);
            prop_assert!(budget.fee(1) >= 5_000);
        }
    }
}
