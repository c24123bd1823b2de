//! Random programs do the same, for the same units, whether they tell of their functions or not. Programs written for it, with
//! host functions and nested calls, are in `vm/tests/profile.rs`.

use super::*;
use crate::stack_limit::random_program::random_program;
use crate::{AccountRef, CallError, Callee, Context, InstancePolicy, Instances, Sysvars};
use proptest::prelude::*;
use sealane_sdk::Account;
use std::sync::OnceLock;

/// What comes of a call: result, units, backtrace aside.
type Outcome = (Result<(), CallError>, u64);

fn run(callee: &Callee, limit_units: u64) -> (Outcome, Vec<TraceEntry>) {
    let address = Address::from([1; 32]);
    let sysvars = Sysvars::default();
    let mut context = Context::new(Instances::new(InstancePolicy::Fresh), &sysvars);
    context.begin(limit_units);
    let account =
        AccountRef::Owned(Arc::new(Account { lamports: 1, executable: true, ..Account::default() }));
    context.accounts.push(&address, account, Some(callee), false, false);
    let result = context.call(0, std::iter::empty(), b"");
    let trace = context.trace().to_vec();
    let outcome = (result, context.meter.consumed());
    context.accounts.drain().for_each(drop);
    (outcome, trace)
}

fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(crate::WORKER_STACK_SIZE_BYTES);
        thread.spawn_scoped(scope, work).expect("a thread").join().expect("no panic")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn random_programs_do_the_same(
        seed in proptest::collection::vec(any::<u8>(), 500..2_000),
        limit_units in prop_oneof![1_000_u64..20_000, Just(200_000)],
    ) {
        static PLAIN: OnceLock<Engine> = OnceLock::new();
        static PROFILER: OnceLock<Profiler> = OnceLock::new();
        // One profiler for all cases: a case must not see another's.
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock();
        let plain = PLAIN.get_or_init(|| Engine::new().expect("this machine runs compiled WebAssembly"));
        let profiler = PROFILER.get_or_init(|| Profiler::new().expect("this machine runs compiled WebAssembly"));
        let Some((bytes, _)) = random_program(&seed) else { return Ok(()) };
        let expected = Callee::Wasm(plain.load(&bytes).expect("it is a program"));
        let telling = Callee::Wasm(profiler.programs().load(&bytes).expect("it is a program"));
        let (expected, found, profile) = on_large_stack(|| {
            let (expected, _) = run(&expected, limit_units);
            profiler.begin();
            let (found, trace) = run(&telling, limit_units);
            (expected, found, profiler.finish(&trace, |_| Address::from([1; 32])))
        });
        drop(turn);
        prop_assert_eq!(expected, found);
        let profile = profile.expect("what was recorded is what was charged");
        prop_assert_eq!(profile.total_units(), expected.1);
    }
}
