//! Block building: its limits, and that what it chooses is what a plain rule chooses.

use super::super::building::{BlockLimits, choose, units};
use super::super::mempool::{Mempool, MempoolLimits, Waiting};
use super::{checked, ledger, transfer, waiting};
use proptest::prelude::*;
use sealane_runtime::schedule::{Access, AccessSets, Schedule};
use sealane_sdk::Address;
use sealane_sdk::instruction::{AccountMeta, Hash, Instruction};
use sealane_tests::harness::Harness;
use sealane_tests::user::{MessageVersion, sign};
use std::collections::BTreeMap;

fn address(number: u8) -> Address {
    Address::new_from_array([number + 100; 32])
}

/// A call of a program that is not built in, which asks for so many units and names so many accounts.
fn call(payer: u64, accounts: &[(u8, bool)], units: u32) -> Waiting {
    let metas = accounts.iter().map(|(number, writes)| AccountMeta {
        pubkey: address(*number),
        is_signer: false,
        is_writable: *writes,
    });
    let program = Instruction { program_id: address(99), accounts: metas.collect(), data: Vec::new() };
    let limit = solana_compute_budget_interface::ComputeBudgetInstruction::set_compute_unit_limit(units);
    let bytes = sign(&[limit, program], &[&Harness::user(payer)], Hash::default(), MessageVersion::Legacy);
    waiting(&ledger().checker(), bytes)
}

fn chosen(all: &[Waiting], limits: BlockLimits) -> Vec<[u8; 64]> {
    let mut mempool = Mempool::new(MempoolLimits::default());
    for waiting in all {
        // The same twice is one.
        let _ = mempool.add(waiting.clone());
    }
    let ranks = choose(mempool.by_rank(), &limits);
    mempool.take(&ranks).into_iter().map(|waiting| waiting.signature).collect()
}

/// The units along the longest chain of dependencies, by the scheduler's own graph.
fn longest_chain_units(block: &[&Waiting]) -> u64 {
    let mut slots: BTreeMap<Address, u32> = BTreeMap::new();
    let mut sets = AccessSets::default();
    for waiting in block {
        let view = waiting.transaction.view();
        let accesses = view.keys().iter().enumerate().map(|(index, key)| {
            let next = u32::try_from(slots.len()).expect("few");
            let slot = *slots.entry(*key).or_insert(next);
            let writes = waiting.transaction.write_locks() >> index & 1 == 1;
            if writes { Access::write(slot) } else { Access::read(slot) }
        });
        let accesses: Vec<Access> = accesses.collect();
        sets.push(accesses);
    }
    let schedule = Schedule::build(&sets, slots.len());
    let mut ends = vec![0_u64; block.len()];
    for (index, waiting) in block.iter().enumerate() {
        ends[index] += waiting.units;
        for successor in schedule.successors(index) {
            let successor = *successor as usize;
            ends[successor] = ends[successor].max(ends[index]);
        }
    }
    ends.into_iter().max().unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn blocks_keep_their_limits(
        calls in proptest::collection::vec(
            (0..4_u64, proptest::collection::btree_map(0..6_u8, any::<bool>(), 1..4), 1..40_u32), 1..24,
        ),
        block_units in 50..600_u64,
        account_units in 40..200_u64,
    ) {
        let calls: Vec<Waiting> = calls
            .into_iter()
            .map(|(payer, accounts, units)| call(payer, &accounts.into_iter().collect::<Vec<_>>(), units))
            .collect();
        let limits = BlockLimits { units: block_units, account_units };
        let block = chosen(&calls, limits);
        let find = |signature: &[u8; 64]| calls.iter().find(|call| call.signature == *signature).expect("ours");
        let block: Vec<&Waiting> = block.iter().map(find).collect();
        prop_assert!(!block.is_empty(), "one of them fits an empty block");
        prop_assert!(block.iter().map(|waiting| waiting.units).sum::<u64>() <= block_units);
        prop_assert!(longest_chain_units(&block) <= account_units);
    }
}

#[test]
fn a_hot_account_does_not_hold_up_the_others() {
    let hot: Vec<Waiting> = (1..9).map(|units| call(0, &[(1, true)], units + 100)).collect();
    let cold = call(1, &[(2, true)], 200);
    let all: Vec<Waiting> = hot.iter().chain([&cold]).cloned().collect();
    let limits = BlockLimits { units: 10_000, account_units: 305 };
    // The dearest a unit are the first two of the hot ones; a third does not fit its account, but the cold one fits the block.
    assert_eq!(chosen(&all, limits), [hot[0].signature, hot[1].signature, cold.signature]);
}

#[test]
fn readers_do_not_wait_for_each_other() {
    let readers: Vec<Waiting> = (0..4).map(|payer| call(payer, &[(1, false)], 100)).collect();
    let limits = BlockLimits { units: 10_000, account_units: 100 };
    assert_eq!(chosen(&readers, limits).len(), 4);
}

#[test]
fn instructions_of_built_in_programs_count_for_what_they_can_use() {
    let checker = ledger().checker();
    let plain = |units| units_of(&checker, units);
    assert_eq!(plain(1_400_000), 9_000);
    assert_eq!(plain(450), 450);
    assert_eq!(call(0, &[(1, true)], 123_456).units, 123_456);
}

fn units_of(checker: &sealane_runtime::Checker, asked_for: u32) -> u64 {
    units(&checked(checker, transfer(0, &address(1), 1, asked_for, 0, Hash::default())))
}
