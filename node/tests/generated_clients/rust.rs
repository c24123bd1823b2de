//! The Rust clients: compiled into this test, so that they are what the command writes today, and called.

use super::{NAMES, client, folder};
use sealane_sdk::Address;
use sealane_sdk::instruction::Instruction;
use std::fs;

#[rustfmt::skip]
#[path = "generated/anchor_counter.rs.txt"]
mod anchor_counter;
#[rustfmt::skip]
#[path = "generated/counter.rs.txt"]
mod counter;
#[rustfmt::skip]
#[path = "generated/every_shape.rs.txt"]
mod every_shape;

pub(super) fn key(byte: u8) -> Address {
    Address::new_from_array([byte; 32])
}

/// The instructions that both languages make, as the programs' own builders or plain bytes say.
pub(super) fn expected() -> Vec<(&'static str, Instruction)> {
    use sealane_counter::{CloseAddresses, CreateAddresses, IncrementAddresses, builders};
    let create = CreateAddresses { authority: key(1) };
    let mut list = vec![
        ("counter create", builders::create(&create, Some(70_000))),
        ("counter create without limit", builders::create(&create, None)),
        ("counter increment", builders::increment(&IncrementAddresses { authority: key(2) }, 5)),
        ("counter close", builders::close(&CloseAddresses { authority: key(3) })),
    ];
    list.extend(made().into_iter().filter(|(name, _)| !name.starts_with("counter")));
    list
}

/// The same, made by the generated clients.
fn made() -> Vec<(&'static str, Instruction)> {
    let create = counter::CreateAccounts { authority: key(1), ..Default::default() };
    let increment = counter::IncrementAccounts { authority: key(2), ..Default::default() };
    let close = counter::CloseAccounts { authority: key(3), ..Default::default() };
    let open = anchor_counter::OpenAccounts { owner: key(4), ..Default::default() };
    let opened = anchor_counter::find_counter_address(&key(4)).0;
    let count = anchor_counter::CountAccounts { owner: key(4), counter: opened, ..Default::default() };
    let extend = anchor_counter::ExtendAccounts { owner: key(4), counter: opened, ..Default::default() };
    let terms = every_shape::Terms {
        fee: -2,
        kind: every_shape::Kind::Shared { with: key(9), amount: 12 },
        label: "ab".to_owned(),
        pair: every_shape::Pair { field_0: 1, field_1: 0.5 },
        price: 3,
        empty: every_shape::Empty {},
        flag: true,
    };
    let shape = every_shape::OpenAccounts { payer: key(5), group_payer: key(6), ..Default::default() };
    let all = every_shape::OpenAccounts { witness: Some(key(8)), id: Some(key(10)), ..shape };
    let kinds = vec![every_shape::Kind::Plain, every_shape::Kind::Locked { field_0: 3, field_1: -1 }];
    let shape_count = every_shape::CountAccounts { owner: key(5), chest: key(6) };
    vec![
        ("counter create", counter::create(&create, &Some(70_000))),
        ("counter create without limit", counter::create(&create, &None)),
        ("counter increment", counter::increment(&increment, 5)),
        ("counter close", counter::close(&close)),
        ("anchor open", anchor_counter::open(&open, 7)),
        ("anchor count", anchor_counter::count(&count, 9)),
        ("anchor extend", anchor_counter::extend(&extend, 500)),
        ("every shape open", every_shape::open(&shape, 7, &terms, &None)),
        ("every shape open with all", every_shape::open(&all, 7, &terms, &Some(4))),
        (
            "every shape count",
            every_shape::count(&shape_count, &kinds, &vec![1, 2], &[3; 32], &[[1, -1], [2, -2], [3, -3]]),
        ),
        ("every shape nothing", every_shape::nothing(&every_shape::NothingAccounts {})),
    ]
}

/// `SEALANE_BLESS=1` writes the files anew; then read what has changed.
#[test]
fn the_files_are_what_the_command_writes() {
    let room = tempfile::tempdir().expect("a folder");
    for name in NAMES {
        let path = folder().join(format!("generated/{name}.rs.txt"));
        let text = client("rust", name, room.path());
        if std::env::var_os("SEALANE_BLESS").is_some() {
            fs::write(&path, &text).expect("the folder is there");
        }
        let kept = fs::read_to_string(&path).expect("it was written once");
        assert!(
            kept == text,
            "{} is not what the command writes now: run this with SEALANE_BLESS=1",
            path.display()
        );
    }
}

#[test]
fn instructions_are_those_of_the_programs_own_builders() {
    for ((name, expected), (_, made)) in expected().into_iter().zip(made()) {
        assert_eq!(made, expected, "{name}");
    }
}

/// Nobody else builds these, so here are the bytes.
#[test]
fn shapes_are_written_as_borsh_has_them() {
    let made: std::collections::BTreeMap<_, _> = made().into_iter().collect();
    let open = &made["every shape open"];
    let terms = [
        &(-2_i16).to_le_bytes()[..],
        &[2],
        key(9).as_ref(),
        &12_u64.to_le_bytes(),
        &[2, 0, 0, 0, b'a', b'b'],
        &1_u32.to_le_bytes(),
        &0.5_f64.to_le_bytes(),
        &3_u64.to_le_bytes(),
        &[1],
    ]
    .concat();
    assert_eq!(open.data, [&[1][..], &7_u64.to_le_bytes(), &terms, &[0]].concat());
    let program = every_shape::ID;
    let vault = Address::find_program_address(&[key(5).as_ref()], &key(7)).0;
    let new_box = Address::find_program_address(
        &[b"box", vault.as_ref(), &7_u64.to_le_bytes(), b"ab", &[0, 255]],
        &program,
    );
    let group_mine = Address::find_program_address(&[key(6).as_ref()], &program).0;
    let clock = sealane_sdk::ids::clock::ID;
    let metas: Vec<_> =
        open.accounts.iter().map(|meta| (meta.pubkey, meta.is_signer, meta.is_writable)).collect();
    let expected = [
        (key(5), true, true),
        (new_box.0, false, true),
        (vault, false, false),
        (clock, false, true),
        (program, false, false),
        (key(6), false, true),
        (group_mine, false, false),
        (program, false, false),
    ];
    assert_eq!(metas, expected);
    let all = &made["every shape open with all"];
    assert_eq!((all.accounts[4].pubkey, all.accounts[4].is_signer), (key(8), true));
    assert_eq!((all.accounts[7].pubkey, all.accounts[7].is_writable), (key(10), true));
    let kinds = [&[2, 0, 0, 0, 0, 1, 3][..], &(-1_i128).to_le_bytes()].concat();
    let grid: Vec<u8> = [1_i16, -1, 2, -2, 3, -3].iter().flat_map(|number| number.to_le_bytes()).collect();
    let expected = [&[2, 0][..], &kinds, &[2, 0, 0, 0, 1, 2], &[3; 32], &grid].concat();
    assert_eq!(made["every shape count"].data, expected);
}

#[test]
fn accounts_and_events_are_read_back() {
    let mut data = counter::Counter::ACCOUNT_DISCRIMINATOR.to_vec();
    data.extend(key(1).as_ref());
    data.extend([5_u64.to_le_bytes(), 70_000_u64.to_le_bytes()].concat());
    data.extend([254, 0, 0, 0, 0, 0, 0, 0]);
    let read = counter::Counter::from_account(&data).expect("a counter");
    assert_eq!((read.authority, read.count, read.limit, read.bump), (key(1), 5, 70_000, 254));
    assert!(counter::Counter::from_account(&data[..data.len() - 1]).is_none(), "it was cut");
    assert!(counter::Counter::from_account(&data[1..]).is_none(), "it begins with something else");
    assert_eq!(counter::read_increment_return(&5_u64.to_le_bytes()), Some(5));
    assert_eq!(counter::ERRORS[0].1, "NotYours");
}
