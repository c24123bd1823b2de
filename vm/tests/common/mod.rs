//! What the suites share: programs written as text, a transaction's accounts, and one way to call them that runs the
//! plain and the fast instances side by side.
#![allow(dead_code, reason = "each suite uses a part of this")]

pub(crate) mod adapt;
pub(crate) mod engines;
pub(crate) mod interpreter;
pub(crate) mod modules;
pub(crate) mod turns;
pub(crate) mod watching;

use sealane_sdk::{Account, Address};
use sealane_vm::{
    AccountRef, CallError, Callee, Clock, Context, Engine, FailurePoint, InstancePolicy, Instances, Program,
    ReturnData, Sysvars,
};
use std::sync::{Arc, OnceLock};

/// Where the input region of every test program starts.
pub(crate) const REGION: u32 = 4096;
/// Units of a call unless a test says otherwise.
pub(crate) const UNITS: u64 = 1_000_000;

/// One engine a process: each reserves terabytes of addresses.
pub(crate) fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new().expect("this machine runs compiled WebAssembly"))
}

/// Runs on a thread with the stack that workers have: for programs that come to the end of theirs.
pub(crate) fn on_worker_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(sealane_vm::WORKER_STACK_SIZE_BYTES);
        let thread = thread.spawn_scoped(scope, work).expect("a thread");
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// A program of functions written as text, with all imports, one page of memory, and helpers to reach the region.
pub(crate) fn program(body: &str) -> Arc<Program> {
    program_with_memory("(memory (export \"memory\") 1)", body)
}

/// As [`program`], with a memory of one's own.
pub(crate) fn program_with_memory(memory: &str, body: &str) -> Arc<Program> {
    load(&text(memory, body))
}

/// The module of [`program`], as bytes.
pub(crate) fn assemble(body: &str) -> Vec<u8> {
    wat::parse_str(text("(memory (export \"memory\") 1)", body)).expect("text that assembles")
}

fn text(memory: &str, body: &str) -> String {
    format!(
        r#"(module {IMPORTS} {memory}
            (global (export "__heap_base") i32 (i32.const {REGION}))
            {HELPERS}
            {body})"#
    )
}

/// A whole module written as text.
pub(crate) fn load(text: &str) -> Arc<Program> {
    let bytes = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    engine().load(&bytes).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The text of an `entrypoint` that runs `body` and answers with 0.
pub(crate) fn entrypoint(body: &str) -> String {
    format!(r#"(func (export "entrypoint") (param $input i32) (result i64) {body} (i64.const 0))"#)
}

/// A program whose entrypoint runs `body` and answers with 0.
pub(crate) fn simple(body: &str) -> Arc<Program> {
    program(&entrypoint(body))
}

const IMPORTS: &str = r#"
    (import "sealane" "log" (func $log (param i32 i32)))
    (import "sealane" "log_data" (func $log_data (param i32 i32)))
    (import "sealane" "panic" (func $panic (param i32 i32)))
    (import "sealane" "sha256" (func $sha256 (param i32 i32 i32)))
    (import "sealane" "blake3" (func $blake3 (param i32 i32 i32)))
    (import "sealane" "ed25519_verify" (func $ed25519_verify (param i32 i32 i32 i32) (result i32)))
    (import "sealane" "secp256k1_recover" (func $secp256k1_recover (param i32 i32 i32 i32) (result i32)))
    (import "sealane" "create_address" (func $create_address (param i32 i32 i32 i32) (result i32)))
    (import "sealane" "find_address" (func $find_address (param i32 i32 i32 i32 i32) (result i32)))
    (import "sealane" "invoke" (func $invoke (param i32 i32 i32)))
    (import "sealane" "set_return_data" (func $set_return_data (param i32 i32)))
    (import "sealane" "get_return_data" (func $get_return_data (param i32 i32 i32) (result i32)))
    (import "sealane" "sysvar_read" (func $sysvar_read (param i32 i32 i32 i32) (result i32)))
    (import "sealane" "account_read" (func $account_read (param i32 i32 i32 i32)))
    (import "sealane" "account_write" (func $account_write (param i32 i32 i32 i32)))
    (import "sealane" "account_resize" (func $account_resize (param i32 i32)))
    (import "sealane" "remaining_units" (func $remaining_units (result i64)))"#;

const HELPERS: &str = r#"
    (func $entry (param $index i32) (result i32)
        (i32.add (i32.const 4160) (i32.mul (local.get $index) (i32.const 96))))
    (func $owner (param i32) (result i32) (i32.add (call $entry (local.get 0)) (i32.const 32)))
    (func $lamports (param i32) (result i64) (i64.load offset=64 (call $entry (local.get 0))))
    (func $set_lamports (param i32 i64) (i64.store offset=64 (call $entry (local.get 0)) (local.get 1)))
    (func $move (param $from i32) (param $to i32) (param $amount i64)
        (call $set_lamports (local.get $from) (i64.sub (call $lamports (local.get $from)) (local.get $amount)))
        (call $set_lamports (local.get $to) (i64.add (call $lamports (local.get $to)) (local.get $amount))))
    (func $data (param i32) (result i32) (i32.load offset=72 (call $entry (local.get 0))))
    (func $size (param i32) (result i32) (i32.load offset=76 (call $entry (local.get 0))))
    (func $flags (param i32) (result i32) (i32.load offset=80 (call $entry (local.get 0))))
    (func $instruction (result i32)
        (i32.add (i32.const 4096) (i32.load (i32.const 4108))))
    ;; Builds at 1024 a nested instruction: program, one u32 an account (index, flags << 16) at 2048, data at 3072.
    (func $call (param $program i32) (param $accounts i32) (param $data_size i32)
        (call $call_signed (local.get $program) (local.get $accounts) (local.get $data_size)
            (i32.const 0) (i32.const 0)))
    (func $call_signed (param $program i32) (param $accounts i32) (param $data_size i32)
        (param $signers i32) (param $signer_count i32)
        (i32.store (i32.const 1024) (local.get $program))
        (i32.store (i32.const 1028) (i32.const 2048))
        (i32.store (i32.const 1032) (local.get $accounts))
        (i32.store (i32.const 1036) (i32.const 3072))
        (i32.store (i32.const 1040) (local.get $data_size))
        (call $invoke (i32.const 1024) (local.get $signers) (local.get $signer_count)))"#;

/// An address that a test can recognise.
pub(crate) fn address(number: u8) -> Address {
    Address::from([number; 32])
}

/// One account of a test's transaction.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) address: Address,
    pub(crate) account: Account,
    pub(crate) writable: bool,
    pub(crate) signer: bool,
    pub(crate) callee: Option<Callee>,
}

/// A writable account.
pub(crate) fn writable(number: u8, owner: Address, lamports: u64, data: &[u8]) -> Spec {
    let account = Account { lamports, owner, executable: false, data: data.to_vec() };
    Spec { address: address(number), account, writable: true, signer: false, callee: None }
}

/// An account that is only read.
pub(crate) fn read_only(number: u8, owner: Address, lamports: u64, data: &[u8]) -> Spec {
    Spec { writable: false, ..writable(number, owner, lamports, data) }
}

/// The account of a program.
pub(crate) fn callee(number: u8, program: &Arc<Program>) -> Spec {
    let account = Account { lamports: 1, executable: true, ..Account::default() };
    let callee = Some(Callee::Wasm(Arc::clone(program)));
    Spec { address: address(number), account, writable: false, signer: false, callee }
}

impl Spec {
    pub(crate) fn signed(self) -> Self {
        Self { signer: true, ..self }
    }
}

/// One top-level call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The transaction's accounts.
    pub(crate) accounts: Vec<Spec>,
    /// Index of the program among them.
    pub(crate) program: usize,
    /// Indices of the accounts passed on.
    pub(crate) passed: Vec<usize>,
    pub(crate) data: Vec<u8>,
    pub(crate) units: u64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) result: Result<(), CallError>,
    pub(crate) units: u64,
    pub(crate) accounts: Vec<Account>,
    pub(crate) logs: Vec<String>,
    pub(crate) return_data: ReturnData,
    pub(crate) failure: Option<FailurePoint>,
    pub(crate) trace: Vec<(u16, u8, u64)>,
}

impl Report {
    /// The text of logged lines alone.
    pub(crate) fn messages(&self) -> Vec<&str> {
        self.logs.iter().filter_map(|line| line.strip_prefix("Program log: ")).collect()
    }
}

/// The address that programs under test have.
pub(crate) const PROGRAM: u8 = 200;

/// A call of `program`, which stands last in the transaction, on all `accounts` before it.
pub(crate) fn call(program: &Arc<Program>, accounts: Vec<Spec>, data: &[u8]) -> Call {
    let passed = (0..accounts.len()).collect();
    let index = accounts.len();
    let mut accounts = accounts;
    accounts.push(callee(PROGRAM, program));
    Call { accounts, program: index, passed, data: data.to_vec(), units: UNITS }
}

impl Call {
    /// Runs the call on new instances and, three times, on kept ones: whatever way, the same must come of it.
    pub(crate) fn run(&self) -> Report {
        let sysvars = sysvars();
        let plain = self.run_in(&mut Context::new(Instances::new(InstancePolicy::Fresh), &sysvars));
        let mut kept = Context::new(Instances::new(InstancePolicy::Kept), &sysvars);
        for round in 0..3 {
            assert_eq!(plain, self.run_in(&mut kept), "kept instance, round {round}");
        }
        plain
    }

    /// Runs the call and expects it to succeed.
    pub(crate) fn succeed(&self) -> Report {
        let report = self.run();
        assert_eq!(report.result, Ok(()), "{:#?}", report.logs);
        report
    }

    /// Runs the call and expects it to fail.
    pub(crate) fn fail(&self) -> CallError {
        let report = self.run();
        report.result.expect_err("the call fails")
    }

    pub(crate) fn run_in<'a>(&'a self, context: &mut Context<'a>) -> Report {
        context.begin(self.units);
        for spec in &self.accounts {
            let account = AccountRef::Owned(Arc::new(spec.account.clone()));
            context.accounts.push(&spec.address, account, spec.callee.as_ref(), spec.writable, spec.signer);
        }
        let result = context.call(self.program, self.passed.iter().copied(), &self.data);
        let accounts = (0..context.accounts.len()).map(|index| context.accounts.account(index).clone());
        let trace = context.trace().iter();
        let report = Report {
            result,
            units: context.meter.consumed(),
            accounts: accounts.collect(),
            logs: context.logs.lines(),
            return_data: context.return_data.clone(),
            failure: context.failure().copied(),
            trace: trace
                .map(|entry| (entry.program_index, entry.stack_height, entry.units_consumed))
                .collect(),
        };
        context.accounts.drain().for_each(drop);
        report
    }
}

/// Sysvars of a block.
pub(crate) fn sysvars() -> Sysvars {
    let clock = Clock { slot: 7, unix_timestamp: 1_700_000_000, ..Clock::default() };
    Sysvars {
        clock_bytes: sealane_sdk::bytemuck::bytes_of(&clock).to_vec(),
        clock,
        rent_bytes: (1..=17).collect(),
        recent_blockhashes_bytes: vec![3; 48],
        slot_hashes_bytes: vec![4; 48],
        ..Sysvars::default()
    }
}
