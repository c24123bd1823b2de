//! What each instruction costs, beside what it cost when the program was written without the macros.

use crate::acts::{
    accrue, collect_fees, configure, flash_borrow, flash_repay, init_market, init_obligation, init_oracle,
    init_reserve, update_price,
};
use crate::bank::{A, B, Bank, ONE, TOKENS, config};
use sealane_sdk::instruction::Instruction;

/// Units by instruction of the last version that was written by hand, nested calls of the token program included, without
/// the line that it logged at the beginning of each.
const BY_HAND: [(&str, u64); 16] = [
    ("init_market", 577),
    ("init_oracle", 593),
    ("init_reserve", 11_228),
    ("init_obligation", 695),
    ("update_price", 735),
    ("configure_reserve", 6_558),
    ("deposit", 12_229),
    ("withdraw", 13_169),
    ("deposit_collateral", 2_932),
    ("borrow", 31_233),
    ("withdraw_collateral", 29_372),
    ("repay", 14_219),
    ("flash_borrow, flash_repay", 15_962),
    ("accrue", 12_112),
    ("collect_fees", 11_827),
    ("liquidate", 54_733),
];
/// Size of its module in bytes.
const BY_HAND_SIZE_BYTES: usize = 51_841;
/// Most units that an instruction may cost, in per cent of that. All cost less than by hand.
const MAX_PERCENT: u64 = 102;
/// Most bytes: a quarter is what it takes to say of each account what is wrong with it, where by hand there was one word
/// for the whole instruction.
const MAX_SIZE_PERCENT: usize = 127;

/// Every kind of instruction in the order of the table, each on a ledger where it does its work.
fn costs() -> Vec<u64> {
    let mut costs = Vec::new();
    let mut send = |bank: &mut Bank, user: u64, instructions: &[Instruction]| {
        let (admin, user) = (bank.admin.clone(), bank.user(user));
        costs.push(bank.harness.succeed(instructions, &[&admin, &user]).body.units_consumed);
    };
    let mut bank = Bank::bare();
    let (admin, owner) = (bank.admin.address, bank.user(1).address);
    send(&mut bank, 1, &[init_market(0, admin)]);
    send(&mut bank, 1, &[init_oracle(A, admin, -8)]);
    send(&mut bank, 1, &[init_reserve(A, admin, config())]);
    send(&mut bank, 1, &[init_obligation(1, 0, owner)]);

    let mut bank = Bank::stocked();
    send(&mut bank, 1, &[update_price(A, admin, 10 * ONE, 1_000)]);
    send(&mut bank, 1, &[configure(A, admin, config())]);
    let instruction = bank.deposit_of(1, A, 1_000_000);
    send(&mut bank, 1, &[instruction]);
    let instruction = bank.withdraw(1, A, 500_000);
    send(&mut bank, 1, &[instruction]);
    let instruction = bank.deposit_collateral(1, A, 500_000);
    send(&mut bank, 1, &[instruction]);
    let instruction = bank.borrow(1, B, TOKENS / 4);
    send(&mut bank, 1, &[instruction]);
    let instruction = bank.withdraw_collateral(1, A, 500_000);
    send(&mut bank, 1, &[instruction]);
    let instruction = bank.repay(1, B, TOKENS / 100);
    send(&mut bank, 1, &[instruction]);
    let loan = [flash_borrow(1, A, 1_000_000, 1), flash_repay(1, owner, A, 1_000_000)];
    send(&mut bank, 1, &loan);
    bank.harness.empty_blocks(40);
    send(&mut bank, 1, &[accrue(B)]);
    send(&mut bank, 1, &[collect_fees(B, admin, 0)]);
    bank.set_prices([ONE / 1_000, 2 * ONE, ONE]);
    let instruction = bank.liquidate(2, 1, [B, A], [1_000, 0]);
    send(&mut bank, 2, &[instruction]);
    costs
}

#[test]
fn the_macros_cost_no_units() {
    let costs = costs();
    assert_eq!(costs.len(), BY_HAND.len());
    for ((name, by_hand), declared) in BY_HAND.into_iter().zip(&costs) {
        println!("{name}: {declared} units declared, {by_hand} by hand");
    }
    for ((name, by_hand), declared) in BY_HAND.into_iter().zip(costs) {
        assert!(declared * 100 <= by_hand * MAX_PERCENT, "{name}: {declared} units, {by_hand} by hand");
    }
}

#[test]
fn the_macros_cost_a_quarter_more_bytes() {
    let size_bytes = sealane_artifacts::LENDING.len();
    println!("{size_bytes} bytes declared, {BY_HAND_SIZE_BYTES} by hand");
    assert!(size_bytes * 100 <= BY_HAND_SIZE_BYTES * MAX_SIZE_PERCENT, "{size_bytes}");
}
