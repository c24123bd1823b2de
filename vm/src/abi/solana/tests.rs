//! The region against the code that reads it in Solana's programs: their own entrypoint takes it apart, and their own
//! `AccountInfo` changes it.
#![expect(unsafe_code, reason = "Solana's entrypoint takes a pointer and promises nothing about it")]

use super::Region;
use crate::host::{GuestMemory, HostMarks};
use crate::{AccountRef, Builtin, CallError, Callee, Context, Instances, Rule, Sysvars};
use proptest::prelude::*;
use sealane_sdk::limits::MAX_DATA_GROWTH_PER_CALL_BYTES;
use sealane_sdk::{Account, Address};
use solana_program_entrypoint::{__AccountInfo as AccountInfo, deserialize};
use std::sync::Arc;

const PROGRAM: Address = Address::new_from_array([200; 32]);

/// One account of a test's call.
#[derive(Clone, Debug)]
struct Spec {
    lamports: u64,
    data: Vec<u8>,
    owned: bool,
    executable: bool,
    signer: bool,
    writable: bool,
}

impl Spec {
    fn owned(data: &[u8]) -> Self {
        let data = data.to_vec();
        Self { lamports: 5, data, owned: true, executable: false, signer: true, writable: true }
    }

    fn account(&self) -> Account {
        let owner = if self.owned { PROGRAM } else { Address::new_from_array([9; 32]) };
        Account { lamports: self.lamports, owner, executable: self.executable, data: self.data.clone() }
    }
}

/// A built-in program that stands for the one under test: works on the region as a program would, then takes over
/// what it left.
type Work = fn(&mut Context<'_>) -> Result<(), CallError>;

/// Runs `work` as a program on the accounts at `listed` of `specs`; gives what became of all of them.
fn run(specs: &[Spec], listed: &[usize], data: &[u8], work: Work) -> Result<Vec<Account>, CallError> {
    let addresses: Vec<Address> = (0..specs.len())
        .map(|index| Address::new_from_array([u8::try_from(index).expect("few accounts") + 1; 32]))
        .collect();
    let callee = Callee::Builtin(Builtin { name: "test", units: 0, entry: work });
    let sysvars = Sysvars::default();
    let mut context = Context::new(Instances::default(), &sysvars);
    context.begin(1_000);
    for (address, spec) in addresses.iter().zip(specs) {
        let account = AccountRef::Owned(Arc::new(spec.account()));
        context.accounts.push(address, account, None, spec.writable, spec.signer);
    }
    let program = AccountRef::Owned(Arc::new(Account::default()));
    context.accounts.push(&PROGRAM, program, Some(&callee), false, false);
    context.call(specs.len(), listed.iter().copied(), data)?;
    Ok((0..specs.len()).map(|index| context.accounts.account(index).clone()).collect())
}

/// Plans and writes the region from `START` on, lets `change` work on what Solana's entrypoint makes of it, and takes the
/// changes back.
fn with_infos(
    context: &mut Context<'_>,
    change: impl FnOnce(&Address, &[AccountInfo<'_>], &[u8]),
) -> Result<(), CallError> {
    const START: usize = 65_536;
    let mut region = Region::default();
    region.plan(context, START as u64)?;
    // Words, so that the bytes are aligned as a page is.
    let mut words = vec![0_u64; (region.end() as usize).div_ceil(8)];
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
    region.write(&mut GuestMemory::new(bytes, &mut HostMarks::default()), context);
    let input = bytes[region.start() as usize..].as_mut_ptr();
    // SAFETY: the region is what the entrypoint expects, which is what this test is about; the bytes outlive the infos.
    let (program, infos, data) = unsafe { deserialize(input) };
    let places = infos.iter().map(|info| std::ptr::from_ref(info.key).addr() - input.addr());
    for (position, key) in places.enumerate() {
        let first = usize::from(context.call_account(position)?.first_position);
        let key = u32::try_from(START + key).expect("a small region");
        assert_eq!(region.position_of(key), Some(first));
        assert_eq!(region.places(first).map(|places| places.key), Some(key));
    }
    change(program, &infos, data);
    region.copy_back(bytemuck::cast_slice(&words), context)
}

fn spec() -> impl Strategy<Value = Spec> {
    let data = prop::collection::vec(any::<u8>(), 0..40);
    (any::<u32>(), data, any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(lamports, data, owned, executable, signer, writable)| Spec {
            lamports: u64::from(lamports),
            data,
            owned,
            executable,
            signer,
            writable,
        },
    )
}

proptest! {
    /// Solana's entrypoint finds everything, with accounts listed several times, and nothing has changed afterwards.
    #[test]
    fn the_entrypoint_reads_what_was_written(
        specs in prop::collection::vec(spec(), 1..6),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..9),
        data in prop::collection::vec(any::<u8>(), 0..30),
    ) {
        let listed: Vec<usize> = picks.iter().map(|pick| pick.index(specs.len())).collect();
        let after = run(&specs, &listed, &data, |context| {
            let expected: Vec<_> = context
                .call_accounts()
                .iter()
                .map(|listed| {
                    let index = usize::from(listed.index);
                    let account = context.accounts.account(index).clone();
                    (*context.accounts.address(index), account, listed.signer, listed.writable)
                })
                .collect();
            let instruction = context.data().to_vec();
            with_infos(context, |program, infos, data| {
                assert_eq!(*program, PROGRAM);
                assert_eq!(data, instruction);
                let found = infos.iter().map(|info| {
                    let account = Account {
                        lamports: info.lamports(),
                        owner: *info.owner,
                        executable: info.executable,
                        data: info.data.borrow().to_vec(),
                    };
                    (*info.key, account, info.is_signer, info.is_writable)
                });
                assert_eq!(found.collect::<Vec<_>>(), expected);
            })
        });
        let before: Vec<Account> = specs.iter().map(Spec::account).collect();
        prop_assert_eq!(after, Ok(before));
    }
}

#[test]
fn changes_come_back() {
    let specs = [Spec::owned(b"abc"), Spec { owned: false, ..Spec::owned(b"") }];
    let after = run(&specs, &[0, 1, 0], b"", |context| {
        with_infos(context, |_, infos, _| {
            infos[0].data.borrow_mut()[1] = b'x';
            **infos[2].lamports.borrow_mut() -= 3;
            **infos[1].lamports.borrow_mut() += 3;
        })
    })
    .expect("the changes are allowed");
    assert_eq!(after[0].data, b"axc");
    assert_eq!([after[0].lamports, after[1].lamports], [2, 8]);
}

#[test]
fn sizes_change_within_the_room() {
    let size_after =
        |work: Work| run(&[Spec::owned(b"abc")], &[0], b"", work).map(|after| after[0].data.clone());
    let grown = size_after(|context| {
        with_infos(context, |_, infos, _| {
            infos[0].resize(3 + MAX_DATA_GROWTH_PER_CALL_BYTES).expect("there is room");
            infos[0].data.borrow_mut()[3] = b'd';
        })
    });
    let mut expected = b"abcd".to_vec();
    expected.resize(3 + MAX_DATA_GROWTH_PER_CALL_BYTES, 0);
    assert_eq!(grown, Ok(expected));
    let shrunk = size_after(|context| {
        with_infos(context, |_, infos, _| infos[0].resize(1).expect("shrinking needs no room"))
    });
    assert_eq!(shrunk, Ok(b"a".to_vec()));
    // A program that writes sizes itself instead of asking.
    let claims = |size: u64| match size {
        0 => size_after(|context| with_infos(context, |_, infos, _| claim(&infos[0], u64::MAX))),
        _ => size_after(|context| {
            with_infos(context, |_, infos, _| claim(&infos[0], 4 + MAX_DATA_GROWTH_PER_CALL_BYTES as u64))
        }),
    };
    let refused = Err(CallError::rule(Rule::GrowthPerCall, Address::new_from_array([1; 32])));
    assert_eq!([claims(0), claims(1)], [refused.clone(), refused]);
}

/// Writes a data size into the region, which stands before the data.
fn claim(info: &AccountInfo<'_>, size: u64) {
    let data = info.data.borrow_mut().as_mut_ptr();
    // SAFETY: the eight bytes before an account's data are its size.
    unsafe { data.sub(8).cast::<u64>().write(size) };
}

#[test]
fn an_account_is_given_away_with_zeroed_data() {
    let after = run(&[Spec::owned(b"abc")], &[0], b"", |context| {
        with_infos(context, |_, infos, _| {
            infos[0].data.borrow_mut().fill(0);
            infos[0].assign(&Address::new_from_array([7; 32]));
        })
    })
    .expect("the owner may");
    assert_eq!(after[0].owner, Address::new_from_array([7; 32]));
    let refused = run(&[Spec::owned(b"abc")], &[0], b"", |context| {
        with_infos(context, |_, infos, _| infos[0].assign(&Address::new_from_array([7; 32])))
    });
    assert_eq!(refused, Err(CallError::rule(Rule::OwnerWithData, Address::new_from_array([1; 32]))));
}

/// One of each change that a rule forbids, on an account that is not the program's or not writable.
#[test]
fn the_rules_hold() {
    let foreign = Spec { owned: false, ..Spec::owned(b"abc") };
    let read_only = Spec { writable: false, ..Spec::owned(b"abc") };
    let write: Work = |context| with_infos(context, |_, infos, _| infos[0].data.borrow_mut()[0] = 0);
    let take: Work = |context| with_infos(context, |_, infos, _| **infos[0].lamports.borrow_mut() -= 1);
    let shrink: Work =
        |context| with_infos(context, |_, infos, _| infos[0].resize(1).expect("shrinking needs no room"));
    let cases: [(&Spec, Work, Rule); 6] = [
        (&foreign, write, Rule::ForeignData),
        (&foreign, take, Rule::ForeignLamports),
        (&foreign, shrink, Rule::ForeignData),
        (&read_only, write, Rule::ReadOnlyData),
        (&read_only, take, Rule::ReadOnlyLamports),
        (&read_only, shrink, Rule::ReadOnlyData),
    ];
    for (spec, work, rule) in cases {
        let result = run(std::slice::from_ref(spec), &[0], b"", work);
        assert_eq!(result, Err(CallError::rule(rule, Address::new_from_array([1; 32]))));
    }
}
