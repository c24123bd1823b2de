//! The built-in programs against Solana's own instruction builders: a call, the accounts it meets, and what must come
//! out. Nothing here knows a transaction or a block: a context is filled by hand and the program called.

mod loader;
mod nonce;
mod program_bytes;
mod system;

use super::{builtins, genesis_accounts};
use crate::ledger::sysvars::block_sysvars;
use proptest::prelude::*;
use sealane_sdk::ids::{
    bpf_loader, bpf_loader_upgradeable, clock, compute_budget, native_loader, recent_blockhashes, rent,
    system_program,
};
use sealane_sdk::instruction::Hash;
use sealane_sdk::{Account, Address, ProgramError};
use sealane_vm::{AccountRef, CallError, Callee, Context, Instances, Rule, Sysvars};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An instruction, whichever version of Solana's type it was built as.
#[derive(Clone, Debug)]
struct Call {
    program: Address,
    /// Address, signer, writable.
    accounts: Vec<(Address, bool, bool)>,
    data: Vec<u8>,
}

/// A [`Call`] from an instruction that one of Solana's builders made.
macro_rules! call {
    ($instruction:expr) => {{
        let instruction = $instruction;
        $crate::execute::builtins::tests::Call {
            program: instruction.program_id,
            accounts: instruction
                .accounts
                .iter()
                .map(|meta| (meta.pubkey, meta.is_signer, meta.is_writable))
                .collect(),
            data: instruction.data,
        }
    }};
}
use call;

impl Call {
    /// The same, but the account at `position` does not sign.
    fn unsigned(mut self, position: usize) -> Self {
        self.accounts[position].1 = false;
        self
    }

    /// The same, but the account at `position` is read-only.
    fn read_only(mut self, position: usize) -> Self {
        self.accounts[position].2 = false;
        self
    }

    /// The same with another account at `position`.
    fn with(mut self, position: usize, address: Address) -> Self {
        self.accounts[position].0 = address;
        self
    }

    /// The same with only the first `count` accounts.
    fn cut(mut self, count: usize) -> Self {
        self.accounts.truncate(count);
        self
    }
}

type Accounts = BTreeMap<Address, Account>;

/// What a call left.
#[derive(Debug)]
struct Ran {
    result: Result<(), CallError>,
    accounts: Accounts,
    logs: Vec<String>,
    units: u64,
}

fn address(byte: u8) -> Address {
    Address::from([byte; 32])
}

/// The sysvars of block `number`, whose newest blockhash is that number repeated.
fn sysvars(number: u8) -> Sysvars {
    let hash = Hash::new_from_array([number; 32]);
    block_sysvars(u64::from(number), 0, &[hash], &[]).values
}

fn accounts<const N: usize>(listed: [(Address, Account); N]) -> Accounts {
    listed.into_iter().collect()
}

/// Runs a call on `before` with 1,400,000 units. Accounts that are not there are empty.
fn run(call: &Call, before: &Accounts, sysvars: &Sysvars) -> Ran {
    let mut keys: Vec<(Address, bool, bool)> = Vec::new();
    for (address, signer, writable) in &call.accounts {
        match keys.iter_mut().find(|key| key.0 == *address) {
            Some(key) => (key.1, key.2) = (key.1 | signer, key.2 | writable),
            None => keys.push((*address, *signer, *writable)),
        }
    }
    if keys.iter().all(|key| key.0 != call.program) {
        keys.push((call.program, false, false));
    }
    let callees: Vec<Option<Callee>> = keys.iter().map(|key| callee(&key.0)).collect();
    let mut context = Context::new(Instances::default(), sysvars);
    context.begin(1_400_000);
    for ((address, signer, writable), callee) in keys.iter().zip(&callees) {
        let account = before.get(address).cloned().unwrap_or_default();
        context.accounts.push(
            address,
            AccountRef::Owned(Arc::new(account)),
            callee.as_ref(),
            *writable,
            *signer,
        );
    }
    let index = |address: &Address| keys.iter().position(|key| key.0 == *address).unwrap();
    let indices = call.accounts.iter().map(|(address, ..)| index(address));
    let result = context.call(index(&call.program), indices, &call.data);
    let (logs, units) = (context.logs.lines(), context.meter.consumed());
    let mut after = before.clone();
    for entry in context.accounts.drain().filter(|entry| entry.changed) {
        let AccountRef::Owned(account) = entry.account else { panic!("all accounts are owned") };
        after.insert(*entry.address, Arc::unwrap_or_clone(account));
    }
    Ran { result, accounts: after, logs, units }
}

fn callee(address: &Address) -> Option<Callee> {
    let found = builtins().into_iter().find(|(builtin, _)| builtin == address);
    found.map(|(_, builtin)| Callee::Builtin(builtin))
}

/// Checks that a call succeeds, leaves `changed` so, and all other accounts as they were.
#[track_caller]
fn check_changes<const N: usize>(
    call: &Call,
    before: &Accounts,
    sysvars: &Sysvars,
    changed: [(Address, Account); N],
) -> Ran {
    let ran = run(call, before, sysvars);
    assert_eq!(ran.result, Ok(()), "{:?}", ran.logs);
    let mut expected = before.clone();
    expected.extend(changed);
    assert_eq!(ran.accounts, expected);
    ran
}

/// Checks that a call fails with `expected`.
#[track_caller]
fn check_error(call: &Call, before: &Accounts, sysvars: &Sysvars, expected: impl Into<CallError>) {
    let ran = run(call, before, sysvars);
    assert_eq!(ran.result, Err(expected.into()), "{:?}", ran.logs);
}

#[test]
fn the_table_is_solanas() {
    let listed = builtins().map(|(address, builtin)| (address, builtin.units));
    let expected = [
        (system_program::ID, 150),
        (compute_budget::ID, 150),
        (bpf_loader_upgradeable::ID, 2_370),
        (bpf_loader::ID, 570),
    ];
    assert_eq!(listed, expected);
    for ((address, account), (_, builtin)) in genesis_accounts().into_iter().zip(builtins()) {
        assert!(builtins().iter().any(|(builtin, _)| *builtin == address));
        assert_eq!((account.lamports, account.owner, account.executable), (1, native_loader::ID, true));
        assert_eq!(account.data, builtin.name.as_bytes());
    }
}

#[test]
fn programs_without_instructions() {
    let nothing = Accounts::new();
    let call = |program: Address| Call { program, accounts: vec![], data: vec![1, 2, 3] };
    let ran = check_changes(&call(compute_budget::ID), &nothing, &sysvars(1), []);
    assert_eq!(ran.units, 150);
    let ran = run(&call(bpf_loader::ID), &nothing, &sysvars(1));
    assert_eq!(ran.result, Err(CallError::NotCallable(bpf_loader::ID)));
    let line = "BPF loader management instructions are no longer supported";
    assert!(ran.logs.iter().any(|logged| logged == line), "{:?}", ran.logs);
}

/// Accounts in every state the programs know, and some they do not.
fn any_account() -> impl Strategy<Value = Account> {
    let owner = prop_oneof![
        Just(system_program::ID),
        Just(bpf_loader_upgradeable::ID),
        any::<[u8; 32]>().prop_map(Address::from),
    ];
    let head = (0_u8..5, 0_u8..3).prop_map(|(first, fifth)| vec![first, 0, 0, 0, fifth, 0, 0, 0]);
    let body = prop::collection::vec(any::<u8>(), 0..120);
    let data = prop_oneof![
        Just(vec![]),
        (head, body).prop_map(|(head, body)| [head, body].concat()),
        prop::collection::vec(Just(0), 0..120),
    ];
    let lamports = prop_oneof![Just(0), 0..10_000_000_u64, Just(u64::MAX)];
    (lamports, owner, data).prop_map(|(lamports, owner, data)| Account {
        lamports,
        owner,
        executable: false,
        data,
    })
}

/// Instruction data that often begins like an instruction.
fn any_data() -> impl Strategy<Value = Vec<u8>> {
    let rest = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..120),
        prop::collection::vec(0_u8..3, 0..120),
        prop::collection::vec(Just(0), 0..120),
    ];
    (0_u8..16, rest).prop_map(|(tag, rest)| [vec![tag, 0, 0, 0], rest].concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_input_panics_or_makes_lamports(
        program in 0_usize..4,
        data in prop_oneof![any_data(), prop::collection::vec(any::<u8>(), 0..60)],
        present in prop::collection::vec(any_account(), 9),
        listed in prop::collection::vec((0_usize..9, any::<bool>(), any::<bool>()), 0..9),
        sysvars_in_place in any::<bool>(),
    ) {
        let address_of = |index: usize| address(u8::try_from(index).unwrap() + 1);
        let mut call_accounts: Vec<_> =
            listed.iter().map(|(index, signer, writable)| (address_of(*index), *signer, *writable)).collect();
        if sysvars_in_place {
            // Each program finds the sysvars at other positions; put them where the most instructions want them.
            let places = [(1, recent_blockhashes::ID), (2, rent::ID), (4, rent::ID), (5, clock::ID)];
            for (position, sysvar) in places.into_iter().filter(|(position, _)| *position < listed.len()) {
                call_accounts[position] = (sysvar, false, false);
            }
        }
        let call = Call { program: builtins()[program].0, accounts: call_accounts, data };
        let present = present.into_iter().enumerate();
        let before: Accounts = present.map(|(index, account)| (address_of(index), account)).collect();
        let ran = run(&call, &before, &sysvars(9));
        if ran.result.is_ok() {
            prop_assert_eq!(sum_lamports(&ran.accounts), sum_lamports(&before));
        }
    }
}

fn sum_lamports(accounts: &Accounts) -> u128 {
    accounts.values().map(|account| u128::from(account.lamports)).sum()
}

/// A [`CallError`] for a broken rule.
fn rule(rule: Rule, account: Address) -> CallError {
    CallError::rule(rule, account)
}

fn custom(number: u32) -> ProgramError {
    ProgramError::Custom(number)
}
