//! Pools from end to end: created, traded with and emptied by real transactions; what nobody may do; and over random
//! sequences, that tokens are conserved and no trade lowers the product.

use proptest::prelude::*;
use sealane_benches::tokens::address;
use sealane_dex::pool::builders::{PoolAddresses, Provider, Trader};
use sealane_dex::pool::create::CreatePoolAddresses;
use sealane_dex::pool::state::{Direction, LOCKED_LIQUIDITY, Pool};
use sealane_dex::{DexError, ID as DEX, builders};
use sealane_sdk::guest::declared::ConstraintError;
use sealane_sdk::ids::token;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::{Account, Address, ProgramError};
use sealane_tests::generators::{mint_account, token_account};
use sealane_tests::harness::explain;
use sealane_tests::programs::replaced;
use sealane_tests::{Harness, User};
use sealane_token::TokenError;
use sealane_token::state::{Mint, load};
use sealane_vm::CallError;

/// 0.3 %, a fifth of it the protocol's.
const TRADE_FEE: u16 = 30;
const PROTOCOL_SHARE: u16 = 2_000;
/// Tokens of each mint that each trader begins with.
const TOKENS: u64 = 1_000_000_000;
const TRADERS: u64 = 3;

const fn mint(number: u8) -> Address {
    Address::new_from_array([number + 1; 32])
}

/// The account of a user for a mint (0 and 1), or for liquidity tokens (2).
fn tokens_of(user: u64, kind: u64) -> Address {
    address(user, "tokens", kind)
}

fn addresses() -> PoolAddresses {
    PoolAddresses::derive(&mint(0), &mint(1), TRADE_FEE)
}

fn provider(user: u64) -> Provider {
    let [a, b, lp_tokens] = [0, 1, 2].map(|kind| tokens_of(user, kind));
    Provider { owner: Harness::user(user).address, tokens: [a, b], lp_tokens }
}

fn trader(user: u64) -> Trader {
    let Provider { owner, tokens, .. } = provider(user);
    Trader { owner, tokens }
}

/// A ledger with mints and token accounts, and a pool without liquidity.
fn harness() -> Harness {
    let held = |data| Account::with_data(token::ID, data);
    let authority = Harness::user(7).address;
    let mut accounts: Vec<(Address, Account)> =
        [0, 1].map(|number| (mint(number), held(mint_account(&authority, TRADERS * TOKENS)))).into();
    for user in 0..TRADERS {
        let owner = Harness::user(user).address;
        for (kind, mint, amount) in [(0, mint(0), TOKENS), (1, mint(1), TOKENS), (2, addresses().lp_mint, 0)]
        {
            accounts.push((tokens_of(user, kind), held(token_account(&mint, &owner, amount))));
        }
    }
    let mut harness = Harness::with_program(DEX, sealane_artifacts::DEX, accounts);
    let payer = Harness::user(0);
    let create = addresses().create(&payer.address, &Harness::user(2).address, PROTOCOL_SHARE);
    harness.succeed(&[create], &[&payer]);
    harness
}

fn with_liquidity(a: u64, b: u64) -> Harness {
    let mut harness = harness();
    let add = addresses().add_liquidity(&provider(0), [a, b], 0);
    harness.succeed(&[add], &[&Harness::user(0)]);
    harness
}

fn pool(harness: &Harness) -> Pool {
    sealane_sdk::bytemuck::pod_read_unaligned(&harness.data(&addresses().pool))
}

fn amounts(harness: &Harness, user: u64) -> [u64; 3] {
    [0, 1, 2].map(|kind| harness.token_amount(&tokens_of(user, kind)))
}

fn lp_supply(harness: &Harness) -> u64 {
    load::<Mint>(&harness.data(&addresses().lp_mint)).expect("a mint").supply()
}

/// What must hold of the ledger at any time.
fn check(harness: &Harness) {
    let (state, addresses) = (pool(harness), addresses());
    let vaults = addresses.vaults.map(|vault| harness.token_amount(&vault));
    assert_eq!(vaults[0], state.reserve_a + state.protocol_fees_a);
    assert_eq!(vaults[1], state.reserve_b + state.protocol_fees_b);
    let held: Vec<[u64; 3]> = (0..TRADERS).map(|user| amounts(harness, user)).collect();
    for kind in 0..2 {
        assert_eq!(held.iter().map(|held| held[kind]).sum::<u64>() + vaults[kind], TRADERS * TOKENS);
    }
    assert_eq!(held.iter().map(|held| held[2]).sum::<u64>(), lp_supply(harness));
}

#[test]
fn a_pool_lives_and_is_emptied() {
    let mut harness = with_liquidity(1_000_000, 4_000_000);
    assert_eq!(amounts(&harness, 0), [TOKENS - 1_000_000, TOKENS - 4_000_000, 2_000_000 - LOCKED_LIQUIDITY]);
    check(&harness);

    let swap = addresses().swap_exact_input(&trader(1), Direction::AForB, 10_000, 39_486);
    let receipt = harness.succeed(&[swap], &[&Harness::user(1)]);
    assert_eq!(receipt.body.return_data, Some((DEX, 39_486_u64.to_le_bytes().to_vec())));
    assert_eq!(amounts(&harness, 1), [TOKENS - 10_000, TOKENS + 39_486, 0]);
    let state = pool(&harness);
    assert_eq!((state.reserve_a, state.protocol_fees_a), (1_009_994, 6));
    assert_eq!((state.reserve_b, state.protocol_fees_b), (3_960_514, 0));
    check(&harness);

    let swap = addresses().swap_exact_output(&trader(1), Direction::BForA, 1_000, u64::MAX);
    harness.succeed(&[swap], &[&Harness::user(1)]);
    check(&harness);

    let add = addresses().add_liquidity(&provider(1), [1_000, u64::MAX / 4], 0);
    harness.succeed(&[add], &[&Harness::user(1)]);
    check(&harness);

    for user in [0, 1] {
        let remove = addresses().remove_liquidity(&provider(user), amounts(&harness, user)[2], [0, 0]);
        harness.succeed(&[remove], &[&Harness::user(user)]);
        check(&harness);
    }
    assert_eq!(lp_supply(&harness), 0);
    let state = pool(&harness);
    assert!(state.reserve_a > 0 && state.reserve_b > 0, "what is locked stays");

    let fees = [state.protocol_fees_a, state.protocol_fees_b];
    let collect = addresses().collect_protocol_fees(&Harness::user(2).address, trader(2).tokens);
    harness.succeed(&[collect], &[&Harness::user(2)]);
    assert_eq!(amounts(&harness, 2), [TOKENS + fees[0], TOKENS + fees[1], 0]);
    check(&harness);
}

#[test]
fn nobody_else_gets_at_the_tokens() {
    let mut harness = with_liquidity(1_000_000, 4_000_000);
    let before = harness.accounts();
    let user = Harness::user(1);
    let swap = || addresses().swap_exact_input(&trader(1), Direction::AForB, 10_000, 0);
    let add = || addresses().add_liquidity(&provider(1), [1_000, 4_000], 0);
    let remove = || addresses().remove_liquidity(&provider(1), 1, [0, 0]);
    let collect = || addresses().collect_protocol_fees(&user.address, trader(1).tokens);
    let dex = |error: DexError| ProgramError::from(error);
    let forged = tokens_of(1, 0);
    let cases = [
        // A vault that is somebody's own account, on either side, and the same vault twice.
        (replaced(swap(), 1, forged), dex(DexError::WrongAccount)),
        (replaced(swap(), 2, forged), dex(DexError::WrongAccount)),
        (replaced(swap(), 2, addresses().vaults[0]), dex(DexError::WrongAccount)),
        (replaced(add(), 3, mint(0)), dex(DexError::WrongAccount)),
        (replaced(remove(), 1, addresses().vaults[1]), dex(DexError::WrongAccount)),
        // A pool that is none.
        (replaced(swap(), 0, forged), ConstraintError::AccountOwnedByWrongProgram.into()),
        // A token program that only says that it moved something.
        (replaced(swap(), 6, DEX), ConstraintError::InvalidProgramId.into()),
        (collect(), dex(DexError::WrongAuthority)),
        (addresses().remove_liquidity(&provider(1), u64::MAX, [0, 0]), dex(DexError::InsufficientLiquidity)),
        (addresses().remove_liquidity(&provider(1), 0, [0, 0]), dex(DexError::ZeroAmount)),
        (
            addresses().swap_exact_input(&trader(1), Direction::AForB, 10_000, 39_487),
            dex(DexError::SlippageExceeded),
        ),
        (
            addresses().swap_exact_output(&trader(1), Direction::AForB, 39_486, 9_999),
            dex(DexError::SlippageExceeded),
        ),
        (
            addresses().swap_exact_output(&trader(1), Direction::AForB, 4_000_000, u64::MAX),
            dex(DexError::InsufficientLiquidity),
        ),
        // The pool would take it; the token program says that the trader does not have it.
        (
            addresses().swap_exact_input(&trader(1), Direction::AForB, u64::MAX, 0),
            TokenError::InsufficientFunds.into(),
        ),
        (addresses().add_liquidity(&provider(1), [1_000, 4_000], 3_000), dex(DexError::SlippageExceeded)),
        (addresses().add_liquidity(&provider(1), [0, 4_000], 0), dex(DexError::ZeroAmount)),
    ];
    for (index, (instruction, expected)) in cases.into_iter().enumerate() {
        assert_eq!(harness.program_error(&[instruction], &[&user]), expected, "case {index}");
    }
    // Tokens of somebody who did not sign: the token program refuses.
    for instruction in [
        replaced(swap(), 3, tokens_of(0, 0)),
        replaced(add(), 4, tokens_of(0, 0)),
        replaced(remove(), 6, tokens_of(0, 2)),
    ] {
        let error = harness.call_error(&[instruction], &[&user]);
        assert!(matches!(error, CallError::Returned(_)), "{error}");
    }
    let mut unsigned = swap();
    unsigned.accounts[5] = AccountMeta::new_readonly(Harness::user(0).address, false);
    let error = harness.program_error(&[replaced(unsigned, 3, tokens_of(0, 0))], &[&user]);
    assert_eq!(error, ConstraintError::AccountNotSigner.into());
    // Nothing has moved but fees.
    let token_accounts = |accounts: &sealane_tests::harness::Accounts| {
        let held = accounts.iter().filter(|(_, account)| account.owner == token::ID || account.owner == DEX);
        held.map(|(address, account)| (*address, account.data.clone())).collect::<Vec<_>>()
    };
    assert_eq!(token_accounts(&harness.accounts()), token_accounts(&before));
}

#[test]
fn creating() {
    let mut harness = harness();
    let payer = Harness::user(0);
    let again = addresses().create(&payer.address, &payer.address, 0);
    let taken = ConstraintError::AccountDiscriminatorAlreadySet;
    assert_eq!(harness.program_error(&[again], &[&payer]), taken.into());
    let other = PoolAddresses::derive(&mint(0), &mint(1), TRADE_FEE + 1);
    let create = || other.create(&payer.address, &payer.address, 0);
    let turned = CreatePoolAddresses {
        payer: payer.address,
        mint_a: mint(1),
        mint_b: mint(0),
        fee_authority: payer.address,
    };
    let greedy = PoolAddresses::derive(&mint(0), &mint(1), 1_001).create(&payer.address, &payer.address, 0);
    let share = other.create(&payer.address, &payer.address, 10_001);
    let seeds = ProgramError::from(ConstraintError::ConstraintSeeds);
    let cases = [
        (builders::create_pool(&turned, TRADE_FEE, 0), DexError::MintOrder.into()),
        (greedy, DexError::InvalidFee.into()),
        (share, DexError::InvalidFee.into()),
        (replaced(create(), 1, tokens_of(9, 0)), seeds.clone()),
        (replaced(create(), 2, tokens_of(9, 0)), seeds.clone()),
        (replaced(create(), 3, tokens_of(9, 0)), seeds.clone()),
        (replaced(create(), 4, tokens_of(9, 0)), seeds),
        (replaced(create(), 7, Address::default()), DexError::WrongAuthority.into()),
        (replaced(create(), 5, tokens_of(0, 0)), ConstraintError::AccountDidNotDeserialize.into()),
        (replaced(create(), 6, addresses().pool), ConstraintError::AccountOwnedByWrongProgram.into()),
    ];
    for (index, (instruction, expected)) in cases.into_iter().enumerate() {
        assert_eq!(harness.program_error(&[instruction], &[&payer]), expected, "case {index}");
    }
    harness.succeed(&[create()], &[&payer]);
    use ConstraintError::{InstructionDidNotDeserialize, InstructionFallbackNotFound, InstructionMissing};
    for (data, expected) in [
        (vec![], InstructionMissing),
        (vec![6], InstructionFallbackNotFound),
        (vec![63], InstructionFallbackNotFound),
        (vec![3; 16], InstructionDidNotDeserialize),
        (vec![3; 18], InstructionDidNotDeserialize),
        (vec![0, 1], InstructionDidNotDeserialize),
        (vec![5, 0], InstructionDidNotDeserialize),
    ] {
        let instruction = Instruction { data, ..create() };
        assert_eq!(harness.program_error(&[instruction], &[&payer]), expected.into());
    }
}

#[test]
fn what_is_written_is_writable_and_who_decides_signs() {
    let mut harness = with_liquidity(1_000_000, 4_000_000);
    let payer = Harness::user(0);
    let fee_authority = Harness::user(2).address;
    let instructions = [
        (1, addresses().add_liquidity(&provider(1), [1_000, 4_000], 0)),
        (1, addresses().remove_liquidity(&provider(1), 1, [0, 0])),
        (1, addresses().swap_exact_input(&trader(1), Direction::AForB, 10_000, 0)),
        (1, addresses().swap_exact_output(&trader(1), Direction::BForA, 10_000, u64::MAX)),
        (2, addresses().collect_protocol_fees(&fee_authority, trader(2).tokens)),
    ];
    for (user, instruction) in instructions {
        let user = Harness::user(user);
        let written = instruction.accounts.iter().filter(|meta| meta.is_writable).count();
        assert!(written >= 5, "the pool, its vaults and two accounts of a user's");
        harness.demand_rights(&instruction, &user, &payer);
    }
}

/// What each instruction cost, in units, when the program was written without the macros.
const BY_HAND: [(&str, u64); 6] = [
    ("create", 34_283),
    ("add_liquidity", 9_402),
    ("swap_exact_input", 6_695),
    ("swap_exact_output", 6_706),
    ("remove_liquidity", 10_731),
    ("collect_protocol_fees", 7_762),
];

/// The macros may cost a twentieth of what is written by hand.
#[test]
fn declarations_cost_next_to_nothing() {
    let (mut harness, fee_authority) = (harness(), Harness::user(2));
    let other = PoolAddresses::derive(&mint(0), &mint(1), TRADE_FEE + 1);
    let create = other.create(&Harness::user(0).address, &fee_authority.address, PROTOCOL_SHARE);
    let first = addresses().add_liquidity(&provider(0), [1_000_000, 4_000_000], 0);
    harness.succeed(std::slice::from_ref(&first), &[&Harness::user(0)]);
    let steps = [
        (0, create),
        (1, addresses().add_liquidity(&provider(1), [1_000, 8_000], 0)),
        (1, addresses().swap_exact_input(&trader(1), Direction::AForB, 10_000, 0)),
        (1, addresses().swap_exact_output(&trader(1), Direction::BForA, 1_000, u64::MAX)),
        (1, addresses().remove_liquidity(&provider(1), 1_000, [0, 0])),
        (2, addresses().collect_protocol_fees(&fee_authority.address, trader(2).tokens)),
    ];
    for ((user, instruction), (name, by_hand)) in steps.into_iter().zip(BY_HAND) {
        let units = harness.succeed(&[instruction], &[&Harness::user(user)]).body.units_consumed;
        println!("{name}: {units} units, {by_hand} by hand");
        assert!(units * 100 <= by_hand * 105, "{name}: {units} units, {by_hand} by hand");
    }
}

/// What a user tries.
#[derive(Clone, Copy, Debug)]
enum Step {
    Add([u64; 2]),
    Remove(u64),
    Input(Direction, u64),
    Output(Direction, u64),
    Collect,
}

fn step() -> impl Strategy<Value = (u64, Step)> {
    let amount = || (0_u32..30, 1_u64..1_000).prop_map(|(shift, number)| (number << shift) >> 5);
    let direction = || prop_oneof![Just(Direction::AForB), Just(Direction::BForA)];
    let step = prop_oneof![
        [amount(), amount()].prop_map(Step::Add),
        amount().prop_map(Step::Remove),
        (direction(), amount()).prop_map(|(direction, amount)| Step::Input(direction, amount)),
        (direction(), amount()).prop_map(|(direction, amount)| Step::Output(direction, amount)),
        Just(Step::Collect),
    ];
    (0..TRADERS, step)
}

fn instruction(user: u64, step: Step) -> Instruction {
    let (addresses, trader, provider) = (addresses(), trader(user), provider(user));
    match step {
        Step::Add(most) => addresses.add_liquidity(&provider, most, 0),
        Step::Remove(liquidity) => addresses.remove_liquidity(&provider, liquidity, [0, 0]),
        Step::Input(direction, amount) => addresses.swap_exact_input(&trader, direction, amount, 0),
        Step::Output(direction, amount) => addresses.swap_exact_output(&trader, direction, amount, u64::MAX),
        Step::Collect => addresses.collect_protocol_fees(&Harness::user(2).address, trader.tokens),
    }
}

/// Whether the product of the reserves, over the square of all liquidity, has not fallen.
fn share_is_worth_as_much(before: (Pool, u64), after: (Pool, u64)) -> bool {
    // Reserves are below 2³², so nothing here reaches 2¹²⁸.
    let product = |pool: Pool| u128::from(pool.reserve_a) * u128::from(pool.reserve_b);
    let whole = |supply: u64| u128::from(supply + LOCKED_LIQUIDITY).pow(2);
    product(after.0) * whole(before.1) >= product(before.0) * whole(after.1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn random_sequences(steps in prop::collection::vec(step(), 1..40)) {
        let mut harness = with_liquidity(3_000_000, 1_000_000);
        for (user, step) in steps {
            let before = (pool(&harness), lp_supply(&harness));
            let signer: User = if matches!(step, Step::Collect) { Harness::user(2) } else { Harness::user(user) };
            let receipt = harness.send(&[instruction(user, step)], &[&signer]).expect("it runs");
            check(&harness);
            let after = (pool(&harness), lp_supply(&harness));
            if receipt.body.succeeded() {
                prop_assert!(share_is_worth_as_much(before, after), "{step:?}: {before:?} {after:?}");
            } else {
                prop_assert_eq!(before, after, "{}", explain(&receipt));
            }
        }
    }
}
