//! What the macros cost: a token transfer declared with them, and the same written by hand, do the same, and cost the same
//! units and bytes but for a twentieth.

use sealane_runtime::ledger::Genesis;
use sealane_sdk::instruction::{Instruction, readonly, signer, writable};
use sealane_sdk::{Account, Address, ProgramError, bytemuck, ids};
use sealane_tests::{Harness, User};
use sealane_transfer::{ID, TokenAccount, TransferAddresses, TransferError, builders};

/// Where the program that was written by hand is.
const BY_HAND: Address = Address::from_str_const("TransferByHand11111111111111111111111111111");
/// Most that the macros may cost, in per cent of what is written by hand.
const MAX_PERCENT: u64 = 105;

const MINT: Address = Address::new_from_array([5; 32]);

fn token_account(owner: &Address, amount: u64) -> TokenAccount {
    let mut account = TokenAccount::zeroed();
    (account.mint, account.owner, account.amount) = (MINT, *owner, amount);
    account
}

/// Changes source and destination, before a transfer between them.
type Change<'a> = &'a dyn Fn(&mut TokenAccount, &mut TokenAccount);

/// One of the two programs, and its accounts.
struct Side {
    program: Address,
    source: Address,
    destination: Address,
}

impl Side {
    fn new(program: Address, seed: u8) -> Self {
        let [source, destination] = [seed, seed + 1].map(|seed| Address::new_from_array([seed; 32]));
        Self { program, source, destination }
    }

    fn transfer(&self, authority: &Address, amount: u64) -> Instruction {
        let accounts = vec![writable(&self.source), writable(&self.destination), signer(authority)];
        let data = [&[3][..], &amount.to_le_bytes()].concat();
        Instruction { program_id: self.program, accounts, data }
    }
}

/// Both programs with the same accounts.
fn world(user: &User, change: impl Fn(&mut TokenAccount, &mut TokenAccount)) -> (Harness, [Side; 2]) {
    let sides = [Side::new(ID, 10), Side::new(BY_HAND, 20)];
    let mut genesis: Genesis = Harness::genesis()
        .with_program(ID, sealane_artifacts::TRANSFER)
        .with_program(BY_HAND, sealane_artifacts::TRANSFER_BY_HAND);
    for side in &sides {
        let (mut source, mut destination) =
            (token_account(&user.address, 100), token_account(&user.address, 1));
        change(&mut source, &mut destination);
        for (address, state) in [(side.source, source), (side.destination, destination)] {
            let account = Account::with_data(side.program, bytemuck::bytes_of(&state).to_vec());
            genesis.accounts.push((address, account));
        }
    }
    (Harness::with(Harness::config(), &genesis), sides)
}

#[test]
fn the_macros_cost_no_units() {
    let user = Harness::user(0);
    let delegated = |source: &mut TokenAccount, _: &mut TokenAccount| {
        (source.owner, source.delegate, source.allowance) = (MINT, user.address, 50);
    };
    let cases: [(&str, Change<'_>); 2] = [("the owner's", &|_, _| {}), ("a delegate's", &delegated)];
    for (name, change) in cases {
        let (mut harness, sides) = world(&user, change);
        let units = sides.each_ref().map(|side| {
            let receipt = harness.succeed(&[side.transfer(&user.address, 30)], &[&user]);
            let amounts = [side.source, side.destination]
                .map(|address| bytemuck::pod_read_unaligned::<TokenAccount>(&harness.data(&address)).amount);
            assert_eq!(amounts, [70, 31], "{name} transfer");
            receipt.body.units_consumed
        });
        println!("{name} transfer: {} units declared, {} by hand", units[0], units[1]);
        assert!(units[0] * 100 <= units[1] * MAX_PERCENT, "{name} transfer: {units:?}");
    }
}

/// A transfer of the token program's tokens, by `TokenAccount` fields and by views; what both refuse, too.
#[test]
fn token_accounts_cost_no_units() {
    let user = Harness::user(0);
    let (mut harness, _) = world(&user, |_, _| {});
    let mint = harness.create_mint("mint", &user, 0);
    let [source, destination] =
        [0, 1].map(|number| harness.create_token_account(&mint, &Harness::user(number).address, &user));
    harness.mint_to(&mint, &source, &user, 100);
    let forward = |program: Address, source: &Address, amount: u64| Instruction {
        program_id: program,
        accounts: vec![
            writable(source),
            writable(&destination),
            signer(&user.address),
            readonly(&ids::token::ID),
        ],
        data: [&[4][..], &amount.to_le_bytes()].concat(),
    };
    let units = [ID, BY_HAND]
        .map(|program| harness.succeed(&[forward(program, &source, 30)], &[&user]).body.units_consumed);
    assert_eq!(harness.tokens(&destination), 60);
    println!("a nested transfer: {} units declared, {} by hand", units[0], units[1]);
    assert!(units[0] * 100 <= units[1] * MAX_PERCENT, "{units:?}");

    for (from, amount) in [(&source, 41), (&destination, 1), (&mint, 1)] {
        let errors =
            [ID, BY_HAND].map(|program| harness.program_error(&[forward(program, from, amount)], &[&user]));
        assert_eq!(errors[0], errors[1], "{amount} of {from}");
    }
}

#[test]
fn the_macros_cost_no_bytes() {
    let sizes = [sealane_artifacts::TRANSFER, sealane_artifacts::TRANSFER_BY_HAND].map(<[u8]>::len);
    println!("{} bytes declared, {} by hand", sizes[0], sizes[1]);
    assert!(sizes[0] * 100 <= sizes[1] * 105, "{sizes:?}");
}

#[test]
fn both_refuse_the_same() {
    let [user, other] = [0, 1].map(Harness::user);
    let cases: [(&User, u64, Change<'_>, TransferError); 6] = [
        (&user, 101, &|_, _| {}, TransferError::Insufficient),
        (&other, 1, &|_, _| {}, TransferError::NotYours),
        (&user, 1, &|source, _| source.is_frozen = 1, TransferError::Frozen),
        (&user, 1, &|_, destination| destination.is_frozen = 1, TransferError::Frozen),
        (&user, 1, &|_, destination| destination.mint = Address::default(), TransferError::OtherMint),
        (&user, 1, &|_, destination| destination.amount = u64::MAX, TransferError::Overflow),
    ];
    for (authority, amount, change, expected) in cases {
        let (mut harness, sides) = world(&user, change);
        for side in &sides {
            let found = harness.program_error(&[side.transfer(&authority.address, amount)], &[authority]);
            assert_eq!(found, ProgramError::from(expected), "{expected:?} of {}", side.program);
        }
    }
}

#[test]
fn an_account_in_both_places_is_refused_by_both() {
    let user = Harness::user(0);
    let (mut harness, sides) = world(&user, |_, _| {});
    for side in sides {
        let same = Side { destination: side.source, ..side };
        let instruction = same.transfer(&user.address, 1);
        harness.program_error(&[instruction], &[&user]);
        let amount = bytemuck::pod_read_unaligned::<TokenAccount>(&harness.data(&same.source)).amount;
        assert_eq!(amount, 100);
    }
}

#[test]
fn the_builder_makes_what_was_written_by_hand() {
    let user = Harness::user(0);
    let side = Side::new(ID, 10);
    let Side { source, destination, .. } = side;
    let built = builders::transfer(&TransferAddresses { source, destination, authority: user.address }, 30);
    assert_eq!(built, side.transfer(&user.address, 30));
}
