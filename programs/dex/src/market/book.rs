//! One side of an order book: orders in a sorted array, the best one last, so that the one that trades next is taken off
//! the end and a new one near the best price moves few others.

use super::state::{Order, Side};
use crate::DexError;

/// The orders of one side, worst first: by price, and at the same price the latest first.
#[derive(Debug)]
pub struct Book<'a> {
    side: Side,
    count: &'a mut u16,
    /// The first `count` are orders, the others are free.
    places: &'a mut [Order],
}

impl<'a> Book<'a> {
    pub(super) fn new(side: Side, count: &'a mut u16, places: &'a mut [Order]) -> Self {
        Self { side, count, places }
    }

    /// The orders, worst first.
    #[must_use]
    #[inline]
    pub fn orders(&self) -> &[Order] {
        self.places.get(..usize::from(*self.count)).unwrap_or(&[])
    }

    /// The order that trades next.
    #[must_use]
    #[inline]
    pub fn best(&self) -> Option<Order> {
        self.orders().last().copied()
    }

    /// Takes lots off the best order, and the order off the book once it has none left.
    #[inline]
    pub fn reduce_best(&mut self, lots: u64) {
        let last = usize::from(*self.count).wrapping_sub(1);
        if let Some(best) = self.places.get_mut(last) {
            best.lots = best.lots.saturating_sub(lots);
            if best.lots == 0 {
                *best = Order::default();
                *self.count = self.count.saturating_sub(1);
            }
        }
    }

    /// Puts in an order that came after all others. If the book is full, its worst order makes way for a better one, and
    /// is given back.
    ///
    /// # Errors
    /// [`DexError::BookFull`] if all orders are at least as good.
    pub fn insert(&mut self, order: Order) -> Result<Option<Order>, DexError> {
        let side = self.side;
        let worse = |resting: &Order| match side {
            Side::Bid => resting.price < order.price,
            Side::Ask => resting.price > order.price,
        };
        let position = self.orders().partition_point(worse);
        let count = usize::from(*self.count);
        if count < self.places.len() {
            self.places.copy_within(position..count, position + 1);
            self.place(position, order);
            *self.count += 1;
            return Ok(None);
        }
        let Some(before) = position.checked_sub(1) else {
            return Err(DexError::BookFull);
        };
        let evicted = self.places.first().copied();
        self.places.copy_within(1..position, 0);
        self.place(before, order);
        Ok(evicted)
    }

    /// Takes out the order with this price and sequence number, if there is one.
    pub fn remove(&mut self, price: u64, sequence: u64) -> Option<Order> {
        let side = self.side;
        let before = |resting: &Order| {
            let worse = match side {
                Side::Bid => resting.price < price,
                Side::Ask => resting.price > price,
            };
            worse || (resting.price == price && resting.sequence > sequence)
        };
        let position = self.orders().partition_point(before);
        let found = self.orders().get(position).copied()?;
        if (found.price, found.sequence) != (price, sequence) {
            return None;
        }
        self.take(position);
        Some(found)
    }

    /// Takes out one order of the seat's, if there is one.
    pub fn remove_of_seat(&mut self, seat_index: u32) -> Option<Order> {
        let position = self.orders().iter().rposition(|order| order.seat_index == seat_index)?;
        let found = self.orders().get(position).copied();
        self.take(position);
        found
    }

    fn take(&mut self, position: usize) {
        let count = usize::from(*self.count);
        self.places.copy_within(position + 1..count, position);
        self.place(count - 1, Order::default());
        *self.count -= 1;
    }

    fn place(&mut self, position: usize, order: Order) {
        if let Some(place) = self.places.get_mut(position) {
            *place = order;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    const CAPACITY: usize = 6;

    /// The plain twin: a list that is sorted anew each time.
    #[derive(Default)]
    struct Plain(Vec<Order>);

    impl Plain {
        fn sort(&mut self, side: Side) {
            self.0.sort_by_key(|order| {
                let price = i128::from(order.price);
                (if side == Side::Bid { price } else { -price }, u64::MAX - order.sequence)
            });
        }

        fn insert(&mut self, side: Side, order: Order) -> Result<Option<Order>, DexError> {
            self.0.push(order);
            self.sort(side);
            if self.0.len() <= CAPACITY {
                return Ok(None);
            }
            let worst = self.0.remove(0);
            if worst == order { Err(DexError::BookFull) } else { Ok(Some(worst)) }
        }

        fn remove(&mut self, is: impl Fn(&Order) -> bool) -> Option<Order> {
            let position = self.0.iter().rposition(is)?;
            Some(self.0.remove(position))
        }
    }

    proptest! {
        #[test]
        fn the_array_is_a_sorted_list(
            bids in any::<bool>(),
            steps in prop::collection::vec((0_u8..8, 1_u64..5, 0_u64..40, 0_u32..3), 0..60),
        ) {
            let side = if bids { Side::Bid } else { Side::Ask };
            let (mut count, mut places) = (0, [Order::default(); CAPACITY]);
            let mut plain = Plain::default();
            for (sequence, (step, price, number, seat_index)) in (0..).zip(steps) {
                let mut book = Book::new(side, &mut count, &mut places);
                match step {
                    0..4 => {
                        let order = Order { price, sequence, lots: number + 1, seat_index, ..Order::default() };
                        prop_assert_eq!(book.insert(order), plain.insert(side, order));
                    }
                    4 => {
                        let is = |order: &Order| (order.price, order.sequence) == (price, number);
                        prop_assert_eq!(book.remove(price, number), plain.remove(is));
                    }
                    5 => {
                        let is = |order: &Order| order.seat_index == seat_index;
                        prop_assert_eq!(book.remove_of_seat(seat_index), plain.remove(is));
                    }
                    _ => {
                        book.reduce_best(number);
                        if let Some(best) = plain.0.last_mut() {
                            best.lots = best.lots.saturating_sub(number);
                            if best.lots == 0 {
                                plain.0.pop();
                            }
                        }
                    }
                }
                prop_assert_eq!(book.best(), plain.0.last().copied());
                prop_assert_eq!(book.orders(), &plain.0[..]);
                prop_assert!(places[usize::from(count)..].iter().all(|place| *place == Order::default()));
            }
        }
    }
}
