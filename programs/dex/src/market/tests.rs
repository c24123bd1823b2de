//! Matching without a vm: worked examples, and random orders beside a plain model that keeps its orders in a list and its
//! balances in maps.

use super::builders::{MarketAddresses, MarketSnapshot};
use super::matching::{Kind, NewOrder, Placed, SelfTradeRule, cancel, cancel_all, place};
use super::state::{Market, MarketTerms, Order, Seat, Side};
use crate::DexError;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;
use sealane_sdk::Address;

const LOT_SIZE: u64 = 10;
const TICK_SIZE: u64 = 5;
const TAKER_FEE: u16 = 25;
const SEATS: u16 = 4;
const ORDERS: u16 = 6;

const fn named(byte: u8) -> Address {
    Address::new_from_array([byte; 32])
}

/// A market's account, in words so that it is aligned.
struct Ground(Vec<u64>);

impl Ground {
    fn new() -> Self {
        let terms =
            MarketTerms { lot_size: LOT_SIZE, tick_size: TICK_SIZE, taker_fee: TAKER_FEE, seat_count: SEATS };
        let addresses = MarketAddresses::derive(&named(91), &named(92), &named(93));
        let data = addresses.data(&terms, &named(94), ORDERS);
        let mut words = vec![0; data.len() / 8];
        bytemuck::cast_slice_mut(&mut words).copy_from_slice(&data);
        Self(words)
    }

    fn market(&mut self) -> Market<'_> {
        Market::in_place(bytemuck::cast_slice_mut(&mut self.0)).expect("it is a market")
    }

    fn snapshot(&self) -> MarketSnapshot {
        MarketSnapshot::read(bytemuck::cast_slice(&self.0)).expect("it is a market")
    }

    /// Drops all changes of a step that fails, as the ledger does.
    fn step<T>(
        &mut self,
        change: impl FnOnce(&mut Market<'_>) -> Result<T, DexError>,
    ) -> Result<T, DexError> {
        let before = self.0.clone();
        let result = change(&mut self.market());
        if result.is_err() {
            self.0 = before;
        }
        result
    }

    fn place(&mut self, owner: u8, order: NewOrder) -> Result<Placed, DexError> {
        self.step(|market| place(market, &named(owner), &order))
    }

    fn seat(&self, owner: u8) -> Seat {
        let snapshot = self.snapshot();
        snapshot.seats.into_iter().find(|seat| seat.owner == named(owner)).expect("it has a seat")
    }
}

fn order(side: Side, price: u64, lots: u64) -> NewOrder {
    let (kind, self_trade) = (Kind::Limit, SelfTradeRule::DecrementBoth);
    NewOrder { side, kind, self_trade, price, lots, client_id: 7 }
}

fn balances(seat: Seat) -> [u64; 4] {
    [seat.base_free, seat.base_locked, seat.quote_free, seat.quote_locked]
}

#[test]
fn the_best_price_trades_first_and_then_the_earlier_order() {
    let mut ground = Ground::new();
    for (owner, price, lots) in [(1, 105, 3), (2, 100, 2), (3, 100, 4)] {
        let placed = ground.place(owner, order(Side::Ask, price, lots)).expect("it rests");
        assert_eq!((placed.resting_lots, placed.due), (lots, lots * LOT_SIZE));
    }
    let placed = ground.place(4, order(Side::Bid, 105, 8)).expect("it trades");
    // 2 × 100 and 4 × 100 and 2 × 105; the fee is ⌈810 × 0.25 %⌉ = 3.
    let expected =
        Placed { sequence: 3, filled_lots: 8, filled_quote: 810, fee: 3, resting_lots: 0, due: 813 };
    assert_eq!(placed, expected);
    let seats = [1, 2, 3, 4].map(|owner| balances(ground.seat(owner)));
    assert_eq!(seats, [[0, 10, 210, 0], [0, 0, 200, 0], [0, 0, 400, 0], [80, 0, 0, 0]]);
    let snapshot = ground.snapshot();
    assert_eq!((snapshot.header.fees, snapshot.bids.len(), snapshot.asks.len()), (3, 0, 1));
    assert_eq!((snapshot.asks[0].price, snapshot.asks[0].lots), (105, 1));
    // A limit price is not a market order: it stops there, and the rest rests.
    let placed = ground.place(4, order(Side::Bid, 100, 1)).expect("it rests");
    assert_eq!((placed.filled_lots, placed.resting_lots, placed.due), (0, 1, 100));
}

#[test]
fn kinds() {
    let cases = [
        (Kind::Limit, 5, Ok((3, 2))),
        (Kind::ImmediateOrCancel, 5, Ok((3, 0))),
        (Kind::FillOrKill, 3, Ok((3, 0))),
        (Kind::FillOrKill, 4, Err(DexError::NotFilled)),
        (Kind::PostOnly, 1, Err(DexError::WouldTrade)),
    ];
    for (kind, lots, expected) in cases {
        let mut ground = Ground::new();
        ground.place(1, order(Side::Bid, 100, 3)).expect("it rests");
        let placed = ground.place(2, NewOrder { kind, ..order(Side::Ask, 95, lots) });
        assert_eq!(placed.map(|placed| (placed.filled_lots, placed.resting_lots)), expected, "{kind:?}");
        let above = ground.place(3, NewOrder { kind: Kind::PostOnly, ..order(Side::Ask, 105, lots) });
        assert_eq!(above.map(|placed| placed.resting_lots), Ok(lots));
    }
}

#[test]
fn nobody_trades_with_himself() {
    use SelfTradeRule as Rule;
    // The own ask of 2 lots is in front of another's of 4; a bid of 5 comes.
    let cases = [
        (Rule::DecrementBoth, Ok((3, 0)), 20, 0),
        (Rule::CancelResting, Ok((4, 1)), 20, 0),
        (Rule::Fail, Err(DexError::SelfTrade), 0, 20),
    ];
    for (rule, expected, base_free, base_locked) in cases {
        let mut ground = Ground::new();
        ground.place(1, order(Side::Ask, 95, 2)).expect("it rests");
        ground.place(2, order(Side::Ask, 100, 4)).expect("it rests");
        let placed = ground.place(1, NewOrder { self_trade: rule, ..order(Side::Bid, 100, 5) });
        assert_eq!(placed.map(|placed| (placed.filled_lots, placed.resting_lots)), expected, "{rule:?}");
        let seat = ground.seat(1);
        let bought = expected.map_or(0, |(lots, _)| lots * LOT_SIZE);
        assert_eq!((seat.base_free, seat.base_locked), (base_free + bought, base_locked), "{rule:?}");
    }
}

#[test]
fn free_balances_are_spent_before_tokens_are_asked_for() {
    let mut ground = Ground::new();
    ground.place(1, order(Side::Bid, 100, 3)).expect("it rests");
    ground.step(|market| cancel(market, &named(1), Side::Bid, 100, 0)).expect("it is there");
    assert_eq!(balances(ground.seat(1)), [0, 0, 300, 0]);
    assert_eq!(ground.place(1, order(Side::Bid, 100, 2)).map(|placed| placed.due), Ok(0));
    assert_eq!(ground.place(1, order(Side::Bid, 100, 2)).map(|placed| placed.due), Ok(100));
    assert_eq!(balances(ground.seat(1)), [0, 0, 0, 400]);
}

#[test]
fn an_order_that_leaves_nothing_leaves_its_seat() {
    let mut ground = Ground::new();
    for owner in 1..=9 {
        let placed =
            ground.place(owner, NewOrder { kind: Kind::ImmediateOrCancel, ..order(Side::Bid, 100, 1) });
        assert_eq!(placed.map(|placed| (placed.filled_lots, placed.due)), Ok((0, 0)));
    }
    assert!(ground.snapshot().seats.iter().all(|seat| *seat == Seat::default()));
}

#[test]
fn refusals() {
    let mut ground = Ground::new();
    assert_eq!(ground.place(1, order(Side::Bid, 100, 0)), Err(DexError::ZeroAmount));
    assert_eq!(ground.place(1, order(Side::Bid, 0, 1)), Err(DexError::InvalidPrice));
    assert_eq!(ground.place(1, order(Side::Bid, 101, 1)), Err(DexError::InvalidPrice));
    assert_eq!(ground.place(1, order(Side::Ask, 100, u64::MAX)), Err(DexError::Overflow));
    let cancelled = |ground: &mut Ground, owner, sequence| {
        ground.step(|market| cancel(market, &named(owner), Side::Bid, 100, sequence))
    };
    assert_eq!(cancelled(&mut ground, 1, 0), Err(DexError::NoSeat));
    for owner in 1..=4 {
        ground.place(owner, order(Side::Bid, 100, 1)).expect("it rests");
    }
    assert_eq!(ground.place(5, order(Side::Bid, 100, 1)), Err(DexError::SeatsFull));
    assert_eq!(cancelled(&mut ground, 1, 1), Err(DexError::UnknownOrder));
    assert_eq!(cancelled(&mut ground, 1, 9), Err(DexError::UnknownOrder));
    for _ in 4..6 {
        ground.place(1, order(Side::Bid, 100, 1)).expect("it rests");
    }
    assert_eq!(ground.place(2, order(Side::Bid, 100, 1)), Err(DexError::BookFull));
    // The latest of the worst makes way for a better one, and its owner has his tokens back.
    ground.place(2, order(Side::Bid, 105, 1)).expect("it rests");
    let seat = ground.seat(1);
    assert_eq!((seat.quote_free, seat.quote_locked), (100, 200));
}

/// The plain model.
#[derive(Clone, Default)]
struct Model {
    /// In the order in which they came: side, owner, price, lots, sequence.
    orders: Vec<(Side, u8, u64, u64, u64)>,
    /// By owner: base and quote, what is offered included.
    base: [u64; 8],
    quote: [u64; 8],
    fees: u64,
}

impl Model {
    fn best(&self, side: Side) -> Option<usize> {
        let of_side = self.orders.iter().enumerate().filter(|(_, order)| order.0 == side);
        let key = |order: &(Side, u8, u64, u64, u64)| match side {
            Side::Bid => (u64::MAX - order.2, order.4),
            Side::Ask => (order.2, order.4),
        };
        of_side.min_by_key(|(_, order)| key(order)).map(|(index, _)| index)
    }

    /// Follows an order that was accepted: its owner paid in `due`.
    fn place(&mut self, owner: u8, order: &NewOrder, placed: &Placed) {
        let who = usize::from(owner);
        match order.side {
            Side::Bid => self.quote[who] += placed.due,
            Side::Ask => self.base[who] += placed.due,
        }
        let mut rest = order.lots;
        let mut traded = 0;
        while rest > 0
            && let Some(index) = self.best(order.side.opposite())
            && order.side.crosses(order.price, self.orders[index].2)
        {
            let (_, maker, price, lots, _) = self.orders[index];
            let together = rest.min(lots);
            if maker == owner {
                match order.self_trade {
                    SelfTradeRule::DecrementBoth => {
                        rest -= together;
                        self.orders[index].3 -= together;
                    }
                    _ => self.orders[index].3 = 0,
                }
            } else {
                let (buyer, seller) = if order.side == Side::Bid { (owner, maker) } else { (maker, owner) };
                let quote = together * price;
                self.quote[usize::from(buyer)] -= quote;
                self.base[usize::from(buyer)] += together * LOT_SIZE;
                self.quote[usize::from(seller)] += quote;
                self.base[usize::from(seller)] -= together * LOT_SIZE;
                self.orders[index].3 -= together;
                rest -= together;
                traded += quote;
            }
            self.orders.retain(|order| order.3 > 0);
        }
        let fee = traded * u64::from(TAKER_FEE);
        let fee = fee.div_ceil(10_000);
        self.quote[who] -= fee;
        self.fees += fee;
        if rest > 0 && matches!(order.kind, Kind::Limit | Kind::PostOnly) {
            self.orders.push((order.side, owner, order.price, rest, placed.sequence));
            let of_side = self.orders.iter().filter(|resting| resting.0 == order.side).count();
            if of_side > usize::from(ORDERS) {
                let worst = self.worst(order.side);
                self.orders.remove(worst);
            }
        }
    }

    fn worst(&self, side: Side) -> usize {
        let of_side = self.orders.iter().enumerate().filter(|(_, order)| order.0 == side);
        let key = |order: &(Side, u8, u64, u64, u64)| match side {
            Side::Bid => (u64::MAX - order.2, order.4),
            Side::Ask => (order.2, order.4),
        };
        of_side.max_by_key(|(_, order)| key(order)).map(|(index, _)| index).expect("the side is full")
    }

    fn check(&self, ground: &Ground) {
        let snapshot = ground.snapshot();
        let orders = |side: Side| {
            let mut orders: Vec<_> = self.orders.iter().filter(|order| order.0 == side).collect();
            orders
                .sort_by_key(|order| (if side == Side::Bid { u64::MAX - order.2 } else { order.2 }, order.4));
            orders.into_iter().map(|order| (named(order.1), order.2, order.3, order.4)).collect::<Vec<_>>()
        };
        let read = |orders: &[Order]| {
            let owner = |order: &Order| snapshot.seats[order.seat_index as usize].owner;
            orders
                .iter()
                .map(|order| (owner(order), order.price, order.lots, order.sequence))
                .collect::<Vec<_>>()
        };
        assert_eq!(read(&snapshot.bids), orders(Side::Bid));
        assert_eq!(read(&snapshot.asks), orders(Side::Ask));
        assert_eq!(snapshot.header.fees, self.fees);
        for seat in snapshot.seats.iter().filter(|seat| seat.owner != Address::default()) {
            let who = seat.owner.to_bytes()[0];
            let offers = |side: Side| {
                let own = self.orders.iter().filter(|order| (order.0, order.1) == (side, who));
                own.map(|order| if side == Side::Bid { order.2 * order.3 } else { order.3 * LOT_SIZE })
                    .sum::<u64>()
            };
            let (base_locked, quote_locked) = (offers(Side::Ask), offers(Side::Bid));
            let [base, quote] = [self.base[usize::from(who)], self.quote[usize::from(who)]];
            assert_eq!(
                balances(*seat),
                [base - base_locked, base_locked, quote - quote_locked, quote_locked]
            );
        }
    }
}

fn new_order() -> impl Strategy<Value = NewOrder> {
    (any::<bool>(), 0_u8..5, 0_u8..3, 1_u64..8, 1_u64..9).prop_map(|(bid, kind, rule, price, lots)| {
        NewOrder {
            side: if bid { Side::Bid } else { Side::Ask },
            kind: [Kind::Limit, Kind::Limit, Kind::PostOnly, Kind::ImmediateOrCancel, Kind::FillOrKill]
                [usize::from(kind)],
            self_trade: [SelfTradeRule::DecrementBoth, SelfTradeRule::CancelResting, SelfTradeRule::Fail]
                [usize::from(rule)],
            price: price * TICK_SIZE,
            lots,
            client_id: 0,
        }
    })
}

proptest! {
    /// Orders, balances and fees are the model's after every step, and what is refused changes nothing.
    #[test]
    fn random_orders_do_what_the_model_does(
        steps in prop::collection::vec((0_u8..10, 1_u8..6, new_order(), 0_u64..30), 1..60),
    ) {
        let (mut ground, mut model) = (Ground::new(), Model::default());
        for (step, owner, order, sequence) in steps {
            match step {
                0 => {
                    let result = ground.step(|market| cancel_all(market, &named(owner)));
                    if result.is_ok() {
                        model.orders.retain(|resting| resting.1 != owner);
                    }
                }
                1 => {
                    let (side, price) = (order.side, order.price);
                    let result = ground.step(|market| cancel(market, &named(owner), side, price, sequence));
                    let wanted = (side, owner, price, sequence);
                    let count = model.orders.len();
                    model.orders.retain(|resting| (resting.0, resting.1, resting.2, resting.4) != wanted);
                    prop_assert_eq!(result.is_ok(), model.orders.len() < count);
                }
                _ => {
                    let before = model.clone();
                    if let Ok(placed) = ground.place(owner, order) {
                        model.place(owner, &order, &placed);
                    } else {
                        model = before;
                    }
                }
            }
            model.check(&ground);
        }
    }
}
