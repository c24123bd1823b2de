//! Programs that look at the flags of their accounts and answer by them: the search for an access list stays bounded, and
//! says what it does not know.

use sealane_runtime::simulate::Verdict;
use sealane_sdk::Address;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_tests::Harness;
use sealane_tests::modules::assemble;
use sealane_tests::oracles::check_inferred;

/// A program that works if its first account is writable, and none is that stands behind one that is not.
const CUNNING: &str = r#"(module
    (memory (export "memory") 1)
    (global (export "__heap_base") i32 (i32.const 1024))
    (func (export "entrypoint") (param $input i32) (result i64)
        (local $entry i32) (local $left i32) (local $before i32) (local $flag i32)
        (local.set $left (i32.load offset=4 (local.get $input)))
        (local.set $entry (i32.add (local.get $input) (i32.load offset=8 (local.get $input))))
        (if (i32.eqz (i32.and (i32.load offset=80 (local.get $entry)) (i32.const 2)))
            (then (return (i64.const 1))))
        (local.set $before (i32.const 2))
        (loop $next
            (local.set $flag (i32.and (i32.load offset=80 (local.get $entry)) (i32.const 2)))
            (if (i32.gt_u (local.get $flag) (local.get $before)) (then (return (i64.const 2))))
            (local.set $before (local.get $flag))
            (local.set $entry (i32.add (local.get $entry) (i32.const 96)))
            (local.set $left (i32.sub (local.get $left) (i32.const 1)))
            (br_if $next (local.get $left)))
        (i64.const 0)))"#;

/// A program that works if its first account is read-only.
const SHY: &str = r#"(module
    (memory (export "memory") 1)
    (global (export "__heap_base") i32 (i32.const 1024))
    (func (export "entrypoint") (param $input i32) (result i64)
        (i64.extend_i32_u (i32.and (i32.const 2) (i32.load offset=80
            (i32.add (local.get $input) (i32.load offset=8 (local.get $input))))))))"#;

fn addresses(count: u8) -> Vec<Address> {
    (0..count).map(|number| Address::new_from_array([200 + number; 32])).collect()
}

fn writable(addresses: &[Address]) -> Vec<AccountMeta> {
    addresses.iter().map(|address| AccountMeta::new(*address, false)).collect()
}

/// The ledger of a program of this text, and a call of it with `accounts`, paid by user 0.
fn call_of(text: &str, accounts: Vec<AccountMeta>) -> (Harness, Vec<u8>) {
    let program_id = Address::new_from_array([100; 32]);
    let genesis = Harness::genesis().with_program(program_id, &assemble(text));
    let ledger = Harness::with(Harness::config(), &genesis);
    let call = Instruction { program_id, accounts, data: Vec::new() };
    let bytes = ledger.sign(&[call], &[&Harness::user(0)]);
    (ledger, bytes)
}

/// Every declaration that is taken away makes another one needless: the search is bounded, and says that it stopped.
#[test]
fn a_cunning_program_ends_the_search_not_the_patience() {
    let few = addresses(4);
    let (ledger, bytes) = call_of(CUNNING, writable(&few));
    let inferred = ledger.runtime.infer_access(&bytes, ledger.unix_time).unwrap();
    check_inferred(&ledger.runtime, ledger.unix_time, &bytes, &inferred);
    assert_eq!(inferred.access.writes[1..], few[..1]);

    let many = addresses(14);
    let (ledger, bytes) = call_of(CUNNING, writable(&many));
    let inferred = ledger.runtime.infer_access(&bytes, ledger.unix_time).unwrap();
    assert_eq!((inferred.is_minimal, inferred.run_count), (false, 5 * (many.len() + 2) + 3));
    assert!(inferred.simulation.receipt.body.succeeded(), "what was found works");
    let kept = inferred.access.writes.len() - 1;
    assert!((1..many.len()).contains(&kept) && inferred.access.writes[1..] == many[..kept]);
}

/// With everything writable it fails, so nothing better is found than what is declared.
#[test]
fn a_program_may_refuse_what_is_writable() {
    let (ledger, bytes) = call_of(SHY, vec![AccountMeta::new_readonly(addresses(1)[0], false)]);
    let inferred = ledger.runtime.infer_access(&bytes, ledger.unix_time).unwrap();
    assert_eq!((inferred.verdict, inferred.access.writes.len()), (Verdict::WorksAsDeclared, 1));
    let (ledger, bytes) = call_of(SHY, writable(&addresses(1)));
    let inferred = ledger.runtime.infer_access(&bytes, ledger.unix_time).unwrap();
    assert_eq!((inferred.verdict, &inferred.access.writes[1..]), (Verdict::Fails, &addresses(1)[..]));
}
