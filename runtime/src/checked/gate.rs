//! Where threads that check signatures at the same time meet: whoever comes while a group is being verified is in the next group.
//!
//! A signature alone costs several times what it costs in a group (`ingest/verify.rs`). Nobody waits for a group to fill: the first
//! to come verifies at once, alone; those who come meanwhile wait, and then one of them verifies for all of them.
//!
//! ```text
//!             room to lead            ┌────────▶ verifies the group ── hands answers out ──▶ leaves; who waits by now is a
//! comes ──────────┤                   │                                                      group, and one of them leads it
//!             no room ── waits ── is told to lead, or is given the answer
//! ```

use super::{CheckedTransaction, Unverified};
use crate::error::Rejection;
use crate::ingest::verify::GROUP_COUNT;
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;

/// The answer to one transaction.
type Answer = Result<CheckedTransaction, Rejection>;

/// One who waits, and the transaction.
type Waiting = (Unverified, Arc<Ticket>);

/// Where threads meet.
#[derive(Debug)]
pub(super) struct Gate {
    inside: Mutex<Inside>,
    most_leaders_count: usize,
}

#[derive(Debug, Default)]
struct Inside {
    leaders_count: usize,
    waiting: Vec<Waiting>,
}

/// What one who waits is told.
#[derive(Debug, Default)]
struct Ticket {
    told: Mutex<Option<Told>>,
    is_told: Condvar,
}

#[derive(Debug)]
enum Told {
    /// Verify these, and hand their answers out. The first is one's own.
    Lead(Vec<Waiting>),
    Answer(Answer),
    /// Whoever led failed by a bug: verify alone.
    Alone(Unverified),
}

impl Gate {
    /// A gate where so many groups, at least one, may be verified at the same time.
    pub(super) fn new(most_leaders_count: usize) -> Self {
        Self { inside: Mutex::default(), most_leaders_count: most_leaders_count.max(1) }
    }

    /// Verifies a transaction, and perhaps those of others with it; `verify` gives an answer for each it is given.
    pub(super) fn pass(
        &self,
        unverified: Unverified,
        verify: impl Fn(Vec<Unverified>) -> Vec<Answer>,
    ) -> Answer {
        let ticket = Arc::<Ticket>::default();
        {
            let mut inside = self.inside.lock();
            if inside.leaders_count < self.most_leaders_count {
                inside.leaders_count += 1;
                drop(inside);
                return self.lead(vec![(unverified, ticket)], &verify);
            }
            inside.waiting.push((unverified, Arc::clone(&ticket)));
        }
        match ticket.wait() {
            Told::Answer(answer) => answer,
            Told::Lead(group) => self.lead(group, &verify),
            Told::Alone(unverified) => own_answer(verify(vec![unverified])),
        }
    }

    /// Verifies a group whose first is one's own, and gives that one's answer.
    fn lead(&self, group: Vec<Waiting>, verify: &impl Fn(Vec<Unverified>) -> Vec<Answer>) -> Answer {
        let (transactions, tickets): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        // If verifying panics, the others go on alone, and somebody else leads.
        let mut leading = Leading { gate: self, spare: transactions.clone(), tickets };
        let mut answers = verify(transactions);
        leading.spare.clear();
        for ticket in leading.tickets.drain(1..).rev() {
            ticket.tell(Told::Answer(own_answer(answers.split_off(answers.len().saturating_sub(1)))));
        }
        own_answer(answers)
    }

    /// Lets the next group begin, if there is one.
    fn hand_on(&self) {
        let mut inside = self.inside.lock();
        let count = inside.waiting.len().min(GROUP_COUNT);
        let group: Vec<Waiting> = inside.waiting.drain(..count).collect();
        match group.first().map(|(_, ticket)| Arc::clone(ticket)) {
            Some(next) => next.tell(Told::Lead(group)),
            None => inside.leaders_count -= 1,
        }
    }
}

/// Somebody leads; when this is dropped, the next one does.
struct Leading<'g> {
    gate: &'g Gate,
    /// What those who wait need if this fails; empty once it has not.
    spare: Vec<Unverified>,
    tickets: Vec<Arc<Ticket>>,
}

impl Drop for Leading<'_> {
    fn drop(&mut self) {
        let others = self.spare.drain(..).zip(self.tickets.drain(..)).skip(1);
        others.for_each(|(unverified, ticket)| ticket.tell(Told::Alone(unverified)));
        self.gate.hand_on();
    }
}

impl Ticket {
    fn tell(&self, told: Told) {
        *self.told.lock() = Some(told);
        self.is_told.notify_one();
    }

    fn wait(&self) -> Told {
        let mut told = self.told.lock();
        loop {
            if let Some(told) = told.take() {
                return told;
            }
            self.is_told.wait(&mut told);
        }
    }
}

/// The only one of `answers`.
fn own_answer(mut answers: Vec<Answer>) -> Answer {
    answers.pop().unwrap_or_else(|| crate::bug!("each transaction has its answer"))
}
