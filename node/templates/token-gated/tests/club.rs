//! The club on a ledger in this process, without a node.

use sealane_sdk::Address;
use sealane_template_token_gated::{
    ClubError, EnterAddresses, Entered, JoinAddresses, OpenAddresses, Pass, builders,
};
use sealane_testing::{TestLedger, User, assert_parallel, deploy_crate};

struct Ground {
    ledger: TestLedger,
    host: User,
    guests: [User; 2],
    tokens: [Address; 2],
    club: Address,
}

/// A club for those who hold ten tokens, and two guests with a pass, who hold ten each.
fn ground() -> Ground {
    let mut ledger = TestLedger::new();
    deploy_crate!(ledger, sealane_template_token_gated);
    let [host, alice, bob] = ["host", "alice", "bob"].map(|name| ledger.user(name));
    let mint = ledger.create_mint("gold", &host, 0);
    let open = OpenAddresses { host: host.address, mint };
    ledger.succeed(&[builders::open(&open, 10)], &[&host]);
    let (club, guests) = (open.club(), [alice, bob]);
    let tokens = guests.each_ref().map(|guest| {
        let tokens = ledger.create_token_account(&mint, &guest.address, &host);
        ledger.mint_to(&mint, &tokens, &host, 10);
        ledger.succeed(&[builders::join(&JoinAddresses { guest: guest.address, club })], &[guest]);
        tokens
    });
    Ground { ledger, host, guests, tokens, club }
}

impl Ground {
    fn enter(&self, guest: usize, tokens: usize) -> EnterAddresses {
        EnterAddresses { guest: self.guests[guest].address, club: self.club, tokens: self.tokens[tokens] }
    }
}

#[test]
fn who_holds_enough_comes_in() {
    let mut ground = ground();
    let enter = ground.enter(0, 0);
    let alice = &ground.guests[0];
    ground.ledger.succeed(&[builders::enter(&enter)], &[alice]);
    let sent = ground.ledger.succeed(&[builders::enter(&enter)], &[alice]);
    let sent = sent.expect_event(&Entered { guest: alice.address, visits: 2 });
    assert_eq!(sent.returned::<u64>(), 2);
    assert_eq!(ground.ledger.load::<Pass>(&enter.pass()).visits, 2);
}

#[test]
fn who_holds_too_few_or_others_does_not() {
    let mut ground = ground();
    let (hers, others) = (ground.enter(0, 0), ground.enter(0, 1));
    let alice = &ground.guests[0];
    let _ = ground.ledger.send(&[builders::enter(&others)], &[alice]).expect_error(ClubError::NotYours);
    ground.ledger.transfer_tokens(&ground.tokens[0], &ground.tokens[1], alice, 1);
    let _ = ground.ledger.send(&[builders::enter(&hers)], &[alice]).expect_error(ClubError::TooFew);
    let silver = ground.ledger.create_mint("silver", &ground.host, 0);
    let tokens = ground.ledger.create_token_account(&silver, &alice.address, &ground.host);
    let silver = EnterAddresses { tokens, ..hers };
    let _ = ground.ledger.send(&[builders::enter(&silver)], &[alice]).expect_error(ClubError::OtherToken);
}

#[test]
fn guests_do_not_wait_for_each_other() {
    let ground = ground();
    let [hers, his] = [ground.enter(0, 0), ground.enter(1, 1)].map(|enter| builders::enter(&enter));
    assert_parallel!(ground.ledger, hers, his);
}
