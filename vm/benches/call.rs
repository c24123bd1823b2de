//! One program call, a token transfer: on a new instance, on a kept one, and as native code under the same rules; with a
//! memory of 128 KiB; by two threads at once; a nested call; and a call on a 10 MiB account of which 100 bytes are
//! touched; and one that stores 1,000 values, each of which is marked. Times are CPU time. The transfer once more by SPL
//! Token, unmodified, through Solana's ABI.
//!
//! `cargo bench -p sealane-vm`

use criterion::{Criterion, criterion_group, criterion_main};
use sealane_sdk::limits::MAX_ACCOUNT_DATA_SIZE_BYTES;
use sealane_sdk::{Account, Address, ids};
use sealane_vm::{
    AccountRef, Builtin, CallError, Callee, Context, Engine, InstancePolicy, Instances, Sysvars,
};
use std::convert::Infallible;
use std::hint::black_box;
use std::path::Path;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;
use wasm_encoder::reencode::{self, Reencode};

/// A transaction of one instruction: its accounts, the program's last.
struct Workload {
    addresses: Vec<Address>,
    accounts: Vec<Arc<Account>>,
    writable: usize,
    callees: Vec<Option<Callee>>,
    data: Vec<u8>,
}

impl Workload {
    /// Runs the instruction once; the accounts keep what it did.
    fn run<'a>(&'a self, context: &mut Context<'a>, accounts: &mut Vec<Arc<Account>>) {
        context.begin(200_000);
        for (index, account) in accounts.drain(..).enumerate() {
            let callee = self.callees[index].as_ref();
            let writable = index < self.writable;
            context.accounts.push(&self.addresses[index], AccountRef::Owned(account), callee, writable, true);
        }
        let program = self.addresses.len() - 1;
        let result = context.call(program, 0..program, &self.data);
        assert_eq!(result, Ok(()), "{:#?}", context.logs.lines());
        accounts.extend(context.accounts.drain().map(|entry| match entry.account {
            AccountRef::Owned(account) => account,
            AccountRef::Shared(_) => unreachable!("all were pushed as owned"),
        }));
    }

    fn bench(&self, criterion: &mut Criterion, name: &str, policy: InstancePolicy) {
        let sysvars = Sysvars::default();
        let mut context = Context::new(Instances::new(policy), &sysvars);
        let mut accounts = self.accounts.clone();
        // The first call makes each account this workload's own, and the instances that are kept.
        self.run(&mut context, &mut accounts);
        criterion.bench_function(name, |bencher| {
            bencher.iter_custom(|calls| {
                let start = thread_cpu_time();
                for _ in 0..calls {
                    self.run(&mut context, black_box(&mut accounts));
                }
                thread_cpu_time() - start
            })
        });
    }
}

/// Calls by each of `count` threads on accounts of its own. The time is that of the slowest, so one thread's time is what
/// several take if nothing is between them.
fn bench_threads(criterion: &mut Criterion, workload: &Workload, count: usize) {
    let sysvars = Sysvars::default();
    criterion.bench_function(&format!("call/transfer/kept, {count} at once"), |bencher| {
        bencher.iter_custom(|calls| {
            let ready = Barrier::new(count);
            let work = || {
                let mut context = Context::new(Instances::new(InstancePolicy::Kept), &sysvars);
                let copy = |account: &Arc<Account>| Arc::new(Account::clone(account));
                let mut accounts: Vec<_> = workload.accounts.iter().map(copy).collect();
                workload.run(&mut context, &mut accounts);
                ready.wait();
                let start = thread_cpu_time();
                for _ in 0..calls {
                    workload.run(&mut context, black_box(&mut accounts));
                }
                thread_cpu_time() - start
            };
            thread::scope(|scope| {
                let threads: Vec<_> = (0..count).map(|_| scope.spawn(work)).collect();
                let times = threads.into_iter().map(|thread| thread.join().expect("no panic"));
                times.max().expect("a thread at least")
            })
        });
    });
}

/// A module with `pages` pages of memory, otherwise as it was.
fn with_pages(module: &[u8], pages: u64) -> Vec<u8> {
    struct Pages(u64);
    impl Reencode for Pages {
        type Error = Infallible;

        fn memory_type(
            &mut self,
            memory: wasmparser::MemoryType,
        ) -> Result<wasm_encoder::MemoryType, reencode::Error> {
            Ok(reencode::utils::memory_type(self, wasmparser::MemoryType { initial: self.0, ..memory }))
        }
    }
    let mut output = wasm_encoder::Module::new();
    let parser = wasmparser::Parser::new(0);
    Pages(pages).parse_core_module(&mut output, parser, module).expect("a valid module");
    output.finish()
}

fn thread_cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("CPU time is never negative")
}

fn token_account(holder: u8, amount: u64) -> Account {
    let mut data = vec![0; 165];
    data[..32].fill(9);
    data[32..64].fill(holder);
    data[64..72].copy_from_slice(&amount.to_le_bytes());
    data[108] = 1;
    Account::with_data(ids::token::ID, data)
}

fn transfer(callee: Callee) -> Workload {
    let accounts =
        [token_account(3, u64::MAX / 2), token_account(4, 1), Account::system(1), Account::system(1)];
    Workload {
        addresses: vec![[1; 32].into(), [2; 32].into(), [3; 32].into(), ids::token::ID],
        accounts: accounts.into_iter().map(Arc::new).collect(),
        writable: 2,
        callees: vec![None, None, None, Some(callee)],
        // Transfer of one.
        data: [&[3], 1_u64.to_le_bytes().as_slice()].concat(),
    }
}

/// SPL Token, built from the package registry.
fn spl_token(engine: &Engine) -> Callee {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/solana_programs/token");
    let module = sealane_artifacts::solana::build(&folder).expect("SPL Token builds");
    Callee::Wasm(engine.load(&module).expect("SPL Token loads"))
}

/// What the token program does for a transfer, as a built-in program.
fn native_transfer(context: &mut Context<'_>) -> Result<(), CallError> {
    let amount =
        context.data().get(1..9).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes);
    let data = |position: usize| {
        let index = usize::from(context.call_account(position)?.index);
        Ok::<_, CallError>(context.accounts.account(index).data.as_slice())
    };
    let (source, destination) = (data(0)?, data(1)?);
    let holder = *context.accounts.address(usize::from(context.call_account(2)?.index));
    let balance =
        |data: &[u8]| data.get(64..72).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes);
    let (from, to) = (balance(source), balance(destination));
    let good = source.get(..32) == destination.get(..32)
        && source.get(32..64) == Some(holder.as_ref())
        && (source.get(108), destination.get(108)) == (Some(&1), Some(&1));
    let (Some(from), Some(to), true) = (from.checked_sub(amount), to.checked_add(amount), good) else {
        return Err(CallError::Returned(1));
    };
    context.write_data(0, 64, &from.to_le_bytes())?;
    context.write_data(1, 64, &to.to_le_bytes())
}

/// A module whose entrypoint runs `body`; a nested instruction without accounts, to account 0, lies at 0.
fn module(engine: &Engine, body: &str) -> Callee {
    let text = format!(
        r#"(module
            (import "sealane" "invoke" (func $invoke (param i32 i32 i32)))
            (import "sealane" "account_read" (func $read (param i32 i32 i32 i32)))
            (import "sealane" "account_write" (func $write (param i32 i32 i32 i32)))
            (memory (export "memory") 1) (global (export "__heap_base") i32 (i32.const 1024))
            (func (export "entrypoint") (param i32) (result i64) (local $at i32) {body} (i64.const 0)))"#
    );
    let bytes = wat::parse_str(text).expect("the text of a module");
    Callee::Wasm(engine.load(&bytes).expect("a good module"))
}

/// A call on one account, with a program as second account if there is a nested call.
fn small(callee: Callee, account: Account, nested: Option<Callee>) -> Workload {
    let accounts = [account, Account::system(1), Account::system(1)];
    Workload {
        addresses: vec![[1; 32].into(), [2; 32].into(), [200; 32].into()],
        accounts: accounts.into_iter().map(Arc::new).collect(),
        writable: 1,
        callees: vec![None, nested, Some(callee)],
        data: Vec::new(),
    }
}

fn call(criterion: &mut Criterion) {
    let engine = Engine::new().expect("this machine runs compiled WebAssembly");
    let token = Callee::Wasm(engine.load(sealane_artifacts::TOKEN).expect("the token program loads"));
    let native = Callee::Builtin(Builtin { name: "token", units: 100, entry: native_transfer });
    transfer(native).bench(criterion, "call/transfer/native", InstancePolicy::Kept);
    transfer(token.clone()).bench(criterion, "call/transfer/kept", InstancePolicy::Kept);
    transfer(token.clone()).bench(criterion, "call/transfer/new", InstancePolicy::Fresh);
    let two_pages = engine.load(&with_pages(sealane_artifacts::TOKEN, 2)).expect("the token program loads");
    transfer(Callee::Wasm(two_pages)).bench(criterion, "call/transfer/kept, 128 KiB", InstancePolicy::Kept);
    let spl = spl_token(&engine);
    transfer(spl.clone()).bench(criterion, "call/transfer/SPL Token, kept", InstancePolicy::Kept);
    transfer(spl).bench(criterion, "call/transfer/SPL Token, new", InstancePolicy::Fresh);
    for count in [1, 2] {
        bench_threads(criterion, &transfer(token.clone()), count);
    }

    let own = |data| Account { owner: [200; 32].into(), ..Account::with_data(Address::default(), data) };
    let empty = || module(&engine, "");
    small(empty(), own(vec![]), None).bench(criterion, "call/empty/kept", InstancePolicy::Kept);
    let invoke = module(
        &engine,
        "(i32.store (i32.const 0) (i32.const 1)) (call $invoke (i32.const 0) (i32.const 0) (i32.const 0))",
    );
    small(invoke, own(vec![]), Some(empty())).bench(criterion, "call/nested/kept", InstancePolicy::Kept);
    let stores = module(
        &engine,
        "(local.set $at (i32.const 40000))
         (loop $l
            (i64.store (local.get $at) (i64.const -1))
            (br_if $l (i32.gt_u (local.tee $at (i32.sub (local.get $at) (i32.const 8))) (i32.const 32000))))",
    );
    small(stores, own(vec![]), None).bench(criterion, "call/1000 stores/kept", InstancePolicy::Kept);
    let window = module(
        &engine,
        "(call $read (i32.const 0) (i32.const 5000000) (i32.const 0) (i32.const 100))
         (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
         (call $write (i32.const 0) (i32.const 5000000) (i32.const 0) (i32.const 100))",
    );
    let large = own(vec![0; MAX_ACCOUNT_DATA_SIZE_BYTES]);
    small(window, large, None).bench(criterion, "call/100 of 10 MiB/kept", InstancePolicy::Kept);
}

criterion_group!(benches, call);
criterion_main!(benches);
