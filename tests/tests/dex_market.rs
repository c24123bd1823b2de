//! Order books from end to end: a market is made, orders come, trade, are cancelled and paid out by real transactions; what
//! nobody may do; and over random sequences, that the vaults hold exactly what seats and fees say.

use proptest::prelude::*;
use sealane_benches::tokens::address;
use sealane_dex::market::builders::{MarketAddresses, MarketSnapshot, MarketTrader};
use sealane_dex::market::matching::{Kind, NewOrder, SelfTradeRule};
use sealane_dex::market::state::{HEADER_SIZE_BYTES, MarketTerms, Side, account_size_bytes};
use sealane_dex::pool::builders::PoolAddresses;
use sealane_dex::{DexError, ID as DEX};
use sealane_sdk::bytemuck::bytes_of;
use sealane_sdk::guest::declared::ConstraintError;
use sealane_sdk::ids::token;
use sealane_sdk::instruction::Instruction;
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Account, Address, ProgramError};
use sealane_tests::generators::{mint_account, token_account};
use sealane_tests::programs::replaced;
use sealane_tests::{Harness, User};
use sealane_vm::CallError;
use solana_system_interface::instruction as system;

const BASE: Address = Address::new_from_array([1; 32]);
const QUOTE: Address = Address::new_from_array([2; 32]);
const TOKENS: u64 = 1_000_000;
const TRADERS: u64 = 3;
const TERMS: MarketTerms = MarketTerms { lot_size: 10, tick_size: 5, taker_fee: 25, seat_count: 3 };
const ORDERS: u16 = 5;
/// The user who may collect the fees.
const COLLECTOR: u64 = 3;

/// The key pair of the market's account.
fn market_key() -> User {
    User::new(77, 0)
}

fn addresses() -> MarketAddresses {
    MarketAddresses::derive(&market_key().address, &BASE, &QUOTE)
}

fn pool() -> PoolAddresses {
    PoolAddresses::derive(&BASE, &QUOTE, 0)
}

fn trader(user: u64) -> MarketTrader {
    let tokens = |kind| address(user, "tokens", kind);
    MarketTrader { owner: Harness::user(user).address, base_tokens: tokens(0), quote_tokens: tokens(1) }
}

fn without_market() -> Harness {
    let held = |data| Account::with_data(token::ID, data);
    let authority = Harness::user(7).address;
    // A pool, which is no market.
    let state = pool().state(&authority, 0, [0, 0]);
    let pool = (pool().pool, Account::with_data(DEX, bytes_of(&state).to_vec()));
    let mut accounts: Vec<(Address, Account)> =
        [BASE, QUOTE].map(|mint| (mint, held(mint_account(&authority, 4 * TOKENS)))).into();
    accounts.push(pool);
    for user in 0..=COLLECTOR {
        let MarketTrader { owner, base_tokens, quote_tokens } = trader(user);
        accounts.push((base_tokens, held(token_account(&BASE, &owner, TOKENS))));
        accounts.push((quote_tokens, held(token_account(&QUOTE, &owner, TOKENS))));
    }
    Harness::with_program(DEX, sealane_artifacts::DEX, accounts)
}

/// Makes the market's account, and the market in it.
fn creation(payer: &User, size_bytes: usize, terms: &MarketTerms) -> [Instruction; 2] {
    let lamports = rent_exempt_minimum_lamports(size_bytes);
    let allocate =
        system::create_account(&payer.address, &market_key().address, lamports, size_bytes as u64, &DEX);
    [allocate, addresses().create(&payer.address, &Harness::user(COLLECTOR).address, terms)]
}

fn harness() -> Harness {
    let (mut harness, payer) = (without_market(), Harness::user(0));
    let size_bytes = account_size_bytes(TERMS.seat_count, ORDERS);
    harness.succeed(&creation(&payer, size_bytes, &TERMS), &[&payer, &market_key()]);
    harness
}

fn snapshot(harness: &Harness) -> MarketSnapshot {
    MarketSnapshot::read(&harness.data(&addresses().market)).expect("a market")
}

fn order(side: Side, price: u64, lots: u64) -> NewOrder {
    let (kind, self_trade) = (Kind::Limit, SelfTradeRule::DecrementBoth);
    NewOrder { side, kind, self_trade, price, lots, client_id: 0 }
}

fn place(user: u64, order: NewOrder) -> Instruction {
    addresses().place(&trader(user), &order)
}

/// What must hold of the ledger at any time.
fn check(harness: &Harness) {
    let (market, vaults) = (snapshot(harness), addresses().vaults);
    let base: u64 = market.seats.iter().map(|seat| seat.base_free + seat.base_locked).sum();
    let quote: u64 = market.seats.iter().map(|seat| seat.quote_free + seat.quote_locked).sum();
    assert_eq!(harness.token_amount(&vaults.base), base);
    assert_eq!(harness.token_amount(&vaults.quote), quote + market.header.fees);
    for (index, seat) in market.seats.iter().enumerate() {
        let own = |orders: &[sealane_dex::market::state::Order], price: bool| -> u64 {
            let own = orders.iter().filter(|order| order.seat_index as usize == index);
            own.map(|order| order.lots * if price { order.price } else { TERMS.lot_size }).sum()
        };
        assert_eq!(
            (seat.base_locked, seat.quote_locked),
            (own(&market.asks, false), own(&market.bids, true))
        );
    }
    if let (Some(bid), Some(ask)) = (market.bids.first(), market.asks.first()) {
        assert!(bid.price < ask.price, "orders that could trade rest beside each other");
    }
    let held = |tokens: fn(&MarketTrader) -> Address| -> u64 {
        (0..=COLLECTOR).map(|user| harness.token_amount(&tokens(&trader(user)))).sum()
    };
    assert_eq!(held(|trader| trader.base_tokens) + base, 4 * TOKENS);
    assert_eq!(held(|trader| trader.quote_tokens) + quote + market.header.fees, 4 * TOKENS);
}

#[test]
fn orders_trade_and_are_paid_out() {
    let mut harness = harness();
    let user = Harness::user;
    harness.succeed(&[place(0, order(Side::Ask, 105, 3))], &[&user(0)]);
    harness.succeed(&[place(1, order(Side::Ask, 100, 2))], &[&user(1)]);
    check(&harness);
    let receipt = harness.succeed(&[place(2, order(Side::Bid, 105, 4))], &[&user(2)]);
    // The third order: 4 lots for 2 × 100 + 2 × 105, a fee of ⌈1.025⌉, nothing rests.
    let said: Vec<u8> = [2_u64, 4, 410, 2, 0].iter().flat_map(|word| word.to_le_bytes()).collect();
    assert_eq!(receipt.body.return_data, Some((DEX, said)));
    assert_eq!(harness.token_amount(&trader(2).quote_tokens), TOKENS - 412);
    check(&harness);
    // The maker's part is there although no account of his was named; settling pays it out.
    harness.succeed(&[addresses().settle(&trader(1))], &[&user(1)]);
    assert_eq!(harness.token_amount(&trader(1).quote_tokens), TOKENS + 200);
    harness.succeed(&[addresses().settle(&trader(2))], &[&user(2)]);
    assert_eq!(harness.token_amount(&trader(2).base_tokens), TOKENS + 40);
    check(&harness);
    let market = snapshot(&harness);
    let seats: Vec<Address> = market.seats.iter().map(|seat| seat.owner).collect();
    assert_eq!(
        seats,
        [user(0).address, Address::default(), Address::default()],
        "who has nothing, has no seat"
    );
    harness.succeed(&[addresses().cancel(&user(0).address, Side::Ask, 105, 0)], &[&user(0)]);
    harness.succeed(&[addresses().settle(&trader(0))], &[&user(0)]);
    assert_eq!(harness.token_amount(&trader(0).base_tokens), TOKENS - 20);
    assert_eq!(harness.token_amount(&trader(0).quote_tokens), TOKENS + 210);
    let collect = addresses().collect_fees(&user(COLLECTOR).address, &trader(COLLECTOR).quote_tokens);
    harness.succeed(&[collect], &[&user(COLLECTOR)]);
    assert_eq!(harness.token_amount(&trader(COLLECTOR).quote_tokens), TOKENS + 2);
    check(&harness);
}

#[test]
fn nobody_else_gets_at_the_tokens() {
    let mut harness = harness();
    let (user, other) = (Harness::user(1), Harness::user(0));
    harness.succeed(&[place(0, order(Side::Ask, 105, 3))], &[&other]);
    let dex = |error: DexError| ProgramError::from(error);
    let bid = || place(1, order(Side::Bid, 100, 3));
    let cases = [
        (addresses().cancel(&user.address, Side::Ask, 105, 0), dex(DexError::NoSeat)),
        (addresses().settle(&trader(1)), dex(DexError::NoSeat)),
        (addresses().cancel_all(&user.address), dex(DexError::NoSeat)),
        (addresses().collect_fees(&user.address, &trader(1).quote_tokens), dex(DexError::WrongAuthority)),
        // Paying into an own account, or into the vault of the other token.
        (replaced(bid(), 3, trader(1).quote_tokens), dex(DexError::WrongAccount)),
        (replaced(bid(), 3, addresses().vaults.base), dex(DexError::WrongAccount)),
        (replaced(bid(), 0, trader(1).base_tokens), ConstraintError::AccountOwnedByWrongProgram.into()),
        (replaced(bid(), 0, pool().pool), ConstraintError::AccountDiscriminatorMismatch.into()),
        (replaced(bid(), 4, DEX), ConstraintError::InvalidProgramId.into()),
        (replaced(addresses().settle(&trader(1)), 4, addresses().vaults.quote), dex(DexError::WrongAccount)),
        (replaced(addresses().settle(&trader(1)), 6, user.address), dex(DexError::WrongAccount)),
    ];
    for (index, (instruction, expected)) in cases.into_iter().enumerate() {
        assert_eq!(harness.program_error(&[instruction], &[&user]), expected, "case {index}");
    }
    harness.succeed(&[bid()], &[&user]);
    let cancel = addresses().cancel(&user.address, Side::Ask, 105, 0);
    assert_eq!(harness.program_error(&[cancel], &[&user]), dex(DexError::UnknownOrder));
    // In another's name: he did not sign.
    for mut instruction in [
        addresses().cancel(&other.address, Side::Ask, 105, 0),
        addresses().cancel_all(&other.address),
        addresses().settle(&MarketTrader { owner: other.address, ..trader(1) }),
        place(0, order(Side::Bid, 100, 1)),
    ] {
        instruction.accounts[1].is_signer = false;
        let unsigned = ConstraintError::AccountNotSigner;
        assert_eq!(harness.program_error(&[instruction], &[&user]), unsigned.into());
    }
    // Tokens of another, or more than one has.
    let error = harness.call_error(&[replaced(bid(), 2, trader(0).quote_tokens)], &[&user]);
    assert!(matches!(error, CallError::Returned(_)), "{error}");
    let error = harness.call_error(&[place(1, order(Side::Bid, 100, 20_000))], &[&user]);
    assert!(matches!(error, CallError::Returned(_)), "{error}");
    check(&harness);
}

#[test]
fn creating() {
    let (mut harness, payer) = (without_market(), Harness::user(0));
    let size_bytes = account_size_bytes(TERMS.seat_count, ORDERS);
    let cases = [
        (size_bytes, MarketTerms { taker_fee: 1_001, ..TERMS }, DexError::InvalidFee),
        (size_bytes, MarketTerms { lot_size: 0, ..TERMS }, DexError::InvalidMarket),
        (size_bytes, MarketTerms { tick_size: 0, ..TERMS }, DexError::InvalidMarket),
        (size_bytes, MarketTerms { seat_count: 0, ..TERMS }, DexError::InvalidMarket),
        (size_bytes, MarketTerms { seat_count: 4, ..TERMS }, DexError::InvalidMarket),
        (size_bytes - 8, TERMS, DexError::InvalidMarket),
        (account_size_bytes(TERMS.seat_count, 0), TERMS, DexError::InvalidMarket),
    ];
    let cases = cases.map(|(size_bytes, terms, error)| (size_bytes, terms, ProgramError::from(error)));
    let of_size = |size_bytes| (size_bytes, TERMS, ConstraintError::AccountDidNotDeserialize.into());
    // Smaller than a header, and larger than what a program reaches in memory.
    let sizes = [HEADER_SIZE_BYTES - 1, account_size_bytes(TERMS.seat_count, 500)].map(of_size);
    for (index, (size_bytes, terms, expected)) in cases.into_iter().chain(sizes).enumerate() {
        let error = harness.program_error(&creation(&payer, size_bytes, &terms), &[&payer, &market_key()]);
        assert_eq!(error, expected, "case {index}");
    }
    let [allocate, create] = creation(&payer, size_bytes, &TERMS);
    let signers = [&payer, &market_key()];
    // The vault of one mint is made for base, and cannot be made again for quote.
    let same = replaced(replaced(create.clone(), 5, BASE), 3, addresses().vaults.base);
    let twice = ConstraintError::AccountDiscriminatorAlreadySet;
    assert_eq!(harness.program_error(&[allocate.clone(), same], &signers), twice.into());
    let seeds = replaced(create.clone(), 6, BASE);
    let error = harness.program_error(&[allocate.clone(), seeds], &signers);
    assert_eq!(error, ConstraintError::ConstraintSeeds.into());
    let nobody = replaced(create.clone(), 7, Address::default());
    let error = harness.program_error(&[allocate.clone(), nobody], &signers);
    assert_eq!(error, DexError::WrongAuthority.into());
    // Somebody else's account, allocated but not signed for.
    harness.succeed(&[allocate], &signers);
    let mut unsigned = create.clone();
    unsigned.accounts[1].is_signer = false;
    let error = harness.program_error(&[unsigned], &[&payer]);
    assert_eq!(error, ConstraintError::ConstraintSigner.into());
    harness.succeed(std::slice::from_ref(&create), &signers);
    assert_eq!(harness.program_error(&[create], &signers), ConstraintError::ConstraintZero.into());
    check(&harness);
}

#[test]
fn what_is_written_is_writable_and_who_decides_signs() {
    let mut harness = harness();
    let [user, payer] = [1, 0].map(Harness::user);
    let collector = Harness::user(COLLECTOR).address;
    let instructions = [
        (1, place(1, order(Side::Bid, 100, 3))),
        (1, addresses().cancel(&user.address, Side::Bid, 100, 0)),
        (1, addresses().cancel_all(&user.address)),
        (1, addresses().settle(&trader(1))),
        (COLLECTOR, addresses().collect_fees(&collector, &trader(COLLECTOR).quote_tokens)),
    ];
    for (user, instruction) in instructions {
        let user = Harness::user(user);
        harness.demand_rights(&instruction, &user, &payer);
    }
    for tail in [&[2][..], &[0, 4], &[0, 0, 3], &[0; 26], &[0; 28]] {
        let data = [&sealane_dex::discriminators::PLACE_ORDER[..], tail].concat();
        let instruction = Instruction { data, ..place(1, order(Side::Bid, 100, 3)) };
        let error = harness.program_error(&[instruction], &[&user]);
        assert_eq!(error, ConstraintError::InstructionDidNotDeserialize.into(), "{tail:?}");
    }
}

/// What each instruction cost, in units, when the program was written without the macros.
const BY_HAND: [(&str, u64); 7] = [
    ("create", 37_314),
    ("place, which rests", 3_617),
    ("place, which trades", 3_946),
    ("cancel", 911),
    ("cancel_all", 672),
    ("settle", 7_874),
    ("collect_fees", 4_211),
];

/// The macros may cost a twentieth of what is written by hand.
#[test]
fn declarations_cost_next_to_nothing() {
    let (mut harness, payer) = (without_market(), Harness::user(0));
    let [allocate, create] = creation(&payer, account_size_bytes(TERMS.seat_count, ORDERS), &TERMS);
    harness.succeed(&[allocate], &[&payer, &market_key()]);
    let owner = |user| Harness::user(user).address;
    let steps = [
        (0, create),
        (0, place(0, order(Side::Ask, 105, 3))),
        (1, place(1, order(Side::Bid, 105, 4))),
        (1, addresses().cancel(&owner(1), Side::Bid, 105, 1)),
        (1, addresses().cancel_all(&owner(1))),
        (1, addresses().settle(&trader(1))),
        (COLLECTOR, addresses().collect_fees(&owner(COLLECTOR), &trader(COLLECTOR).quote_tokens)),
    ];
    for ((user, instruction), (name, by_hand)) in steps.into_iter().zip(BY_HAND) {
        let (user, market) = (Harness::user(user), market_key());
        let signers: &[&User] = if name == "create" { &[&user, &market] } else { &[&user] };
        let units = harness.succeed(&[instruction], signers).body.units_consumed;
        println!("{name}: {units} units, {by_hand} by hand");
        assert!(units * 100 <= by_hand * 105, "{name}: {units} units, {by_hand} by hand");
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Place(NewOrder),
    Cancel(Side, u64, u64),
    CancelAll,
    Settle,
    Collect,
}

fn step() -> impl Strategy<Value = (u64, Step)> {
    let side = || prop_oneof![Just(Side::Bid), Just(Side::Ask)];
    let kind = prop_oneof![
        3 => Just(Kind::Limit), 1 => Just(Kind::PostOnly), 1 => Just(Kind::ImmediateOrCancel), 1 => Just(Kind::FillOrKill)
    ];
    let rule = prop_oneof![
        Just(SelfTradeRule::DecrementBoth),
        Just(SelfTradeRule::CancelResting),
        Just(SelfTradeRule::Fail)
    ];
    let price = || (1_u64..8).prop_map(|ticks| ticks * TERMS.tick_size);
    let new = (side(), kind, rule, price(), 1_u64..9).prop_map(|(side, kind, self_trade, price, lots)| {
        Step::Place(NewOrder { side, kind, self_trade, price, lots, client_id: 0 })
    });
    let step = prop_oneof![
        8 => new,
        2 => (side(), price(), 0_u64..20).prop_map(|(side, price, sequence)| Step::Cancel(side, price, sequence)),
        1 => Just(Step::CancelAll),
        2 => Just(Step::Settle),
        1 => Just(Step::Collect),
    ];
    (0..TRADERS, step)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn random_sequences(steps in prop::collection::vec(step(), 1..50)) {
        let mut harness = harness();
        for (user, step) in steps {
            let (owner, before) = (Harness::user(user).address, snapshot(&harness));
            let (signer, instruction) = match step {
                Step::Place(order) => (user, place(user, order)),
                Step::Cancel(side, price, sequence) => (user, addresses().cancel(&owner, side, price, sequence)),
                Step::CancelAll => (user, addresses().cancel_all(&owner)),
                Step::Settle => (user, addresses().settle(&trader(user))),
                Step::Collect => {
                    let collector = Harness::user(COLLECTOR).address;
                    (COLLECTOR, addresses().collect_fees(&collector, &trader(COLLECTOR).quote_tokens))
                }
            };
            let receipt = harness.send(&[instruction], &[&Harness::user(signer)]).expect("it runs");
            check(&harness);
            if !receipt.body.succeeded() {
                prop_assert_eq!(before, snapshot(&harness));
            }
        }
    }
}
