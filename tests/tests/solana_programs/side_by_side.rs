//! The token program and SPL Token, both as WebAssembly, each through its own ABI, on the same random instructions: the same
//! error, or the same accounts.
//!
//! `programs/token/tests/` compares the same worlds without a vm. Here everything lies between: two layouts of the input,
//! two ways back, the rules, and the instances that are kept.

use super::worlds::{Random, World};
use sealane_sdk::guest::region::RegionAccount;
use sealane_sdk::{Account, Address, ids};
use sealane_tests::solana_programs;
use sealane_token::instruction::TokenInstruction;
use sealane_vm::{
    AccountRef, CallError, Callee, Context, Engine, InstancePolicy, Instances, LogEvent, Sysvars,
};
use std::sync::Arc;

/// Worlds that the test makes, with a few instructions each.
const WORLD_COUNT: u64 = 25_000;
const INSTRUCTIONS_PER_WORLD: usize = 4;
/// Units of a call: more than any takes.
const UNITS: u64 = 1_000_000;

/// What came of an instruction.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    accounts: Vec<Account>,
    return_data: Vec<u8>,
}

/// Runs an instruction of the token program and gives the accounts in the order of its list.
fn run<'a>(
    context: &mut Context<'a>,
    callee: &'a Callee,
    accounts: &'a [RegionAccount],
    data: &[u8],
) -> Result<Outcome, CallError> {
    let first_positions: Vec<usize> = accounts
        .iter()
        .map(|item| accounts.iter().position(|other| other.address == item.address).unwrap_or(0))
        .collect();
    context.begin(UNITS);
    let mut indices = vec![0; accounts.len()];
    for (position, item) in accounts.iter().enumerate() {
        if first_positions[position] == position {
            indices[position] = context.accounts.len();
            let account = AccountRef::Owned(Arc::new(item.account.clone()));
            context.accounts.push(&item.address, account, None, item.writable, item.signer);
        }
    }
    let listed: Vec<usize> = first_positions.iter().map(|position| indices[*position]).collect();
    static PROGRAM: Address = ids::token::ID;
    let program = context.accounts.len();
    let account = AccountRef::Owned(Arc::new(Account::default()));
    context.accounts.push(&PROGRAM, account, Some(callee), false, false);
    let result = context.call(program, listed.iter().copied(), data);
    let failed_in_vm = context.logs.events().iter().any(
        |event| matches!(event, LogEvent::Failed { error, .. } if !matches!(error, CallError::Returned(_))),
    );
    assert!(!failed_in_vm || result.is_err(), "a failure is the call's own");
    let outcome = Outcome {
        accounts: listed.iter().map(|index| context.accounts.account(*index).clone()).collect(),
        return_data: context.return_data.data.clone(),
    };
    context.accounts.drain().for_each(drop);
    result.map(|()| outcome)
}

/// The rent that is in the worlds' sysvar account, for instructions that do not name it.
fn sysvars() -> Sysvars {
    let mut rent_bytes = 3_480_u64.to_le_bytes().to_vec();
    rent_bytes.extend(2_f64.to_le_bytes());
    rent_bytes.push(50);
    Sysvars { rent_bytes, ..Sysvars::default() }
}

#[test]
fn errors_and_accounts_are_the_same() {
    let engine = Engine::new().expect("this machine runs compiled WebAssembly");
    let [ours, theirs] = [sealane_artifacts::TOKEN, solana_programs::token()]
        .map(|module| Callee::Wasm(engine.load(module).expect("the program loads")));
    let sysvars = sysvars();
    let (mut succeeded_by_tag, mut failed) = ([0_u32; 25], 0_u32);
    let mut instances = [InstancePolicy::Kept, InstancePolicy::Kept].map(Instances::new);
    for seed in 0..WORLD_COUNT {
        let random = &mut Random(seed);
        let mut world = World::new(random);
        for _ in 0..INSTRUCTIONS_PER_WORLD {
            let (accounts, data) = world.instruction(random);
            let mut run = |index: usize, callee| {
                let mut context = Context::new(std::mem::take(&mut instances[index]), &sysvars);
                let outcome = run(&mut context, callee, &accounts, &data);
                instances[index] = context.into_instances();
                outcome
            };
            let (our_outcome, their_outcome) = (run(0, &ours), run(1, &theirs));
            let story = || format!("seed {seed}: {:?}\n{accounts:#?}", TokenInstruction::decode(&data));
            match (our_outcome, their_outcome) {
                (Ok(ours), Ok(theirs)) => {
                    assert_eq!(ours.accounts, theirs.accounts, "{}", story());
                    check_return_data(&data, &ours.return_data, &theirs.return_data);
                    succeeded_by_tag[usize::from(data[0])] += 1;
                    world.keep(&accounts, &ours.accounts);
                }
                (ours, theirs) => {
                    assert_eq!(ours.err(), theirs.err(), "{}", story());
                    failed += 1;
                }
            }
        }
    }
    // The worlds must be such that every instruction gets past its checks often, and is refused often.
    assert!(succeeded_by_tag.iter().all(|count| *count >= 50), "{succeeded_by_tag:?}");
    assert!(failed > 10_000, "{failed}");
}

/// SPL Token returns a `usize`, which is four bytes long on wasm32: it must be the same number.
fn check_return_data(data: &[u8], ours: &[u8], theirs: &[u8]) {
    if matches!(TokenInstruction::decode(data), Ok(TokenInstruction::GetAccountDataSize)) {
        let (ours, rest) = ours.split_at(theirs.len());
        assert_eq!((ours, theirs.len()), (theirs, 4));
        assert!(rest.iter().all(|byte| *byte == 0));
    } else {
        assert_eq!(ours, theirs);
    }
}
