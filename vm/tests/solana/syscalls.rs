//! Every syscall: what it does, what it refuses, and that no pointer or size makes it do more than fail.

use crate::common::{self, PROGRAM, address, call, writable};
use crate::{data, program, simple};
use curve25519_dalek::constants::{ED25519_BASEPOINT_COMPRESSED, ED25519_BASEPOINT_POINT};
use curve25519_dalek::constants::{RISTRETTO_BASEPOINT_COMPRESSED, RISTRETTO_BASEPOINT_POINT};
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::scalar::Scalar;
use sealane_sdk::{Address, ids};
use sealane_vm::validate::{SOLANA_IMPORTS, ValueType};
use sealane_vm::{CallError, HostCall, SeedsError, Trap};
use sha2::{Digest, Sha256, Sha512};
use sha3::Keccak256;

/// Runs `body` with `bytes` at address 0, and gives the `size` bytes that are then at 1000.
fn left(bytes: &[u8], body: &str, size: usize) -> Vec<u8> {
    let body = format!("{body} (call $sol_set_return_data (i32.const 1000) (i64.const {size}))");
    let program = program(&format!("{} {}", data(0, bytes), common::entrypoint(&body)));
    call(&program, vec![], &[]).succeed().return_data.data
}

/// Runs `body` with `bytes` at address 0 and gives the i64 that it computes.
fn answer(bytes: &[u8], body: &str) -> i64 {
    let stored = left(bytes, &format!("(i64.store (i32.const 1000) {body})"), 8);
    i64::from_le_bytes(stored.try_into().expect("eight bytes"))
}

/// What the call of a program that runs `body` with `bytes` at address 0 fails with.
fn error(bytes: &[u8], body: &str) -> CallError {
    let program = program(&format!("{} {}", data(0, bytes), common::entrypoint(body)));
    call(&program, vec![], &[]).fail()
}

/// What a program that runs `body` with `bytes` at address 0 logs.
fn lines(bytes: &[u8], body: &str) -> Vec<String> {
    let program = program(&format!("{} {}", data(0, bytes), common::entrypoint(body)));
    call(&program, vec![], &[]).succeed().logs
}

/// Slices at 2000 to pieces that follow each other from 0.
fn slices(sizes: &[usize]) -> String {
    let mut offset = 0;
    let store = |(index, size): (usize, &usize)| {
        let place = 2000 + 8 * index;
        let text = format!(
            "(i32.store (i32.const {place}) (i32.const {offset})) (i32.store offset=4 (i32.const {place}) (i32.const {size}))"
        );
        offset += size;
        text
    };
    sizes.iter().enumerate().map(store).collect()
}

#[test]
fn hashes() {
    let input: Vec<u8> = (0..=255).collect();
    for sizes in [&[0, 0][..], &[0, 3], &[136, 64], &[200, 0], &[]] {
        let whole = &input[..sizes.iter().sum()];
        let hash_of_size = |name: &str, size| {
            let call =
                format!("(call ${name} (i32.const 2000) (i64.const {}) (i32.const 1000))", sizes.len());
            left(
                &input,
                &format!("{} (if (i64.ne {call} (i64.const 0)) (then unreachable))", slices(sizes)),
                size,
            )
        };
        let hash = |name: &str| hash_of_size(name, 32);
        assert_eq!(hash("sol_sha256"), Sha256::digest(whole).to_vec());
        assert_eq!(hash("sol_keccak256"), Keccak256::digest(whole).to_vec());
        assert_eq!(hash("sol_blake3"), blake3::hash(whole).as_bytes());
        assert_eq!(hash_of_size("sol_sha512", 64), Sha512::digest(whole).to_vec());
    }
}

#[test]
fn memory_operations() {
    let bytes = b"abcdefgh";
    let copied = "(call $sol_memcpy_ (i32.const 1000) (i32.const 2) (i64.const 4))";
    assert_eq!(left(bytes, copied, 6), b"cdef\0\0");
    let moved = "(call $sol_memcpy_ (i32.const 1000) (i32.const 0) (i64.const 8))
        (call $sol_memmove_ (i32.const 1002) (i32.const 1000) (i64.const 6))";
    assert_eq!(left(bytes, moved, 8), b"ababcdef");
    let filled = "(call $sol_memset_ (i32.const 1001) (i32.const 0x178) (i64.const 3))";
    assert_eq!(left(bytes, filled, 5), b"\0xxx\0");
    let overlapping = "(call $sol_memcpy_ (i32.const 3) (i32.const 0) (i64.const 4))";
    assert_eq!(error(bytes, overlapping), CallError::BadArgument { call: HostCall::SolMemcpy, argument: 4 });
    let touching = "(call $sol_memcpy_ (i32.const 4) (i32.const 0) (i64.const 4))
        (call $sol_memcpy_ (i32.const 1000) (i32.const 0) (i64.const 8))";
    assert_eq!(left(bytes, touching, 8), b"abcdabcd");
    for (at, size, expected) in [(0, 4, -1), (8, 4, -2), (8, 3, 0), (12, 1, 158), (0, 0, 0)] {
        let compared =
            format!("(call $sol_memcmp_ (i32.const {at}) (i32.const 4) (i64.const {size}) (i32.const 1000))");
        let difference = left(b"aaaxabczabcx\xff___", &compared, 4);
        assert_eq!(difference, i32::to_le_bytes(expected), "{at} {size}");
    }
}

#[test]
fn logs() {
    let key = Address::from([7; 32]);
    let program_lines = |body: &str| {
        let lines = lines(key.as_ref(), body);
        lines[1..lines.len() - 2].to_vec()
    };
    let text = "(call $sol_memset_ (i32.const 100) (i32.const 65) (i64.const 3))
        (call $sol_log_ (i32.const 100) (i64.const 3))";
    assert_eq!(program_lines(text), ["Program log: AAA"]);
    let numbers =
        "(call $sol_log_64_ (i64.const 1) (i64.const 0) (i64.const 255) (i64.const -1) (i64.const 16))";
    assert_eq!(program_lines(numbers), ["Program log: 0x1, 0x0, 0xff, 0xffffffffffffffff, 0x10"]);
    assert_eq!(program_lines("(call $sol_log_pubkey (i32.const 0))"), [format!("Program log: {key}")]);
    let pieces = format!("{} (call $sol_log_data (i32.const 2000) (i64.const 2))", slices(&[2, 1]));
    assert_eq!(program_lines(&pieces), ["Program data: Bwc= Bw=="]);
    let units = program_lines("(call $sol_log_compute_units_)");
    let left = units[0].strip_prefix("Program consumption: ").and_then(|line| line.split(' ').next());
    let left: u64 = left.and_then(|number| number.parse().ok()).expect("a number");
    assert!(left < common::UNITS && left > common::UNITS - 10_000, "{left}");
}

#[test]
fn programs_end_themselves() {
    assert_eq!(error(b"", "(call $abort)"), Trap::Panic.into());
    let program = program(&format!(
        "{} {}",
        data(0, b"lib.rs"),
        common::entrypoint("(call $sol_panic_ (i32.const 0) (i64.const 6) (i64.const 12) (i64.const 5))")
    ));
    let report = call(&program, vec![], &[]).run();
    assert_eq!(report.result, Err(Trap::Panic.into()));
    let messages = report.messages();
    assert_eq!(messages[..2], ["panicked at lib.rs:12:5", "trap: panic"]);
    assert!(messages[2..].iter().all(|message| message.starts_with("  at ")), "a backtrace: {messages:?}");
}

#[test]
fn addresses() {
    let owner = address(9);
    let bytes = [b"seedmore".as_slice(), owner.as_ref()].concat();
    let (expected, bump) = Address::find_program_address(&[b"seed", b"more"], &owner);
    let find = "(if (i64.ne (i64.const 0) (call $sol_try_find_program_address (i32.const 2000) (i64.const 2)
        (i32.const 8) (i32.const 1000) (i32.const 1032))) (then unreachable))";
    let found = left(&bytes, &format!("{} {find}", slices(&[4, 4])), 33);
    assert_eq!(found, [expected.as_ref(), &[bump]].concat());

    // With the bump as a third seed, which lies behind the owner.
    let create = |bump: u8| {
        let bytes = [bytes.as_slice(), &[bump]].concat();
        let place = "(i32.store (i32.const 2016) (i32.const 40)) (i32.store (i32.const 2020) (i32.const 1))";
        let create = "(i64.store (i32.const 1000) (call $sol_create_program_address
            (i32.const 2000) (i64.const 3) (i32.const 8) (i32.const 1008)))";
        let body = format!("{} {place} {create}", slices(&[4, 4]));
        left(&bytes, &body, 40)
    };
    assert_eq!(create(bump), [&[0; 8], expected.as_ref()].concat());
    let on_curve = (0..=255)
        .find(|bump| Address::create_program_address(&[b"seed", b"more", &[*bump]], &owner).is_err())
        .expect("about half of all hashes are on the curve");
    assert_eq!(create(on_curve), [&1_u64.to_le_bytes()[..], &[0; 32]].concat());

    let too_long = format!(
        "{} (drop (call $sol_create_program_address (i32.const 2000) (i64.const 1) (i32.const 8) (i32.const 1000)))",
        slices(&[33])
    );
    assert_eq!(error(&bytes, &too_long), CallError::Seeds(SeedsError::TooLong));
    let too_many = "(drop (call $sol_try_find_program_address (i32.const 2000) (i64.const 17) (i32.const 8) (i32.const 1000) (i32.const 1100)))";
    assert_eq!(error(&bytes, too_many), CallError::Seeds(SeedsError::TooMany));
}

#[test]
fn secp256k1() {
    let recover = |hash: [u8; 32], id: u64, signature: [u8; 64]| {
        let bytes = [hash.as_slice(), &signature].concat();
        let call = format!(
            "(call $sol_secp256k1_recover (i32.const 0) (i64.const {id}) (i32.const 32) (i32.const 1008))"
        );
        left(&bytes, &format!("(i64.store (i32.const 1000) {call})"), 72)
    };
    let key = k256::ecdsa::SigningKey::from_slice(&[3; 32]).expect("a key");
    let hash = [5; 32];
    let (signature, id) = key.sign_prehash_recoverable(&hash);
    let signature: [u8; 64] = signature.to_bytes().into();
    let expected = key.verifying_key().to_sec1_point(false);
    let id = u64::from(id.to_byte());
    assert_eq!(recover(hash, id, signature), [&[0; 8], &expected.as_bytes()[1..]].concat());
    let failed = |code: u64| [&code.to_le_bytes()[..], &[0; 64]].concat();
    assert_eq!(recover(hash, 4, signature), failed(2));
    assert_eq!(recover(hash, id, [0; 64]), failed(3));
    assert_eq!(recover(hash, id, [255; 64]), failed(3));
}

#[test]
fn curve25519() {
    let curves = [
        (0, ED25519_BASEPOINT_COMPRESSED.0, (ED25519_BASEPOINT_POINT * Scalar::from(7_u8)).compress().0),
        (1, RISTRETTO_BASEPOINT_COMPRESSED.0, (RISTRETTO_BASEPOINT_POINT * Scalar::from(7_u8)).compress().0),
    ];
    let no_point = (0..=255)
        .map(|byte| [byte; 32])
        .find(|bytes| {
            CompressedEdwardsY(*bytes).decompress().is_none()
                && CompressedRistretto(*bytes).decompress().is_none()
        })
        .expect("about half of all bytes are no point");
    for (curve, base, seven) in curves {
        let validate =
            format!("(call $sol_curve_validate_point (i64.const {curve}) (i32.const 0) (i32.const 0))");
        assert_eq!(answer(&base, &validate), 0);
        assert_eq!(answer(&no_point, &validate), 1, "no point");
        let (six, four, three) = (scalar(6), scalar(4), scalar(3));
        let operate = |operation: u64, left_operand: [u8; 32], right: [u8; 32]| {
            let call = format!(
                "(call $sol_curve_group_op (i64.const {curve}) (i64.const {operation}) (i32.const 0) (i32.const 32) (i32.const 1008))"
            );
            let result =
                left(&[left_operand, right].concat(), &format!("(i64.store (i32.const 1000) {call})"), 40);
            let (code, point) = result.split_at(8);
            (code[0], <[u8; 32]>::try_from(point).expect("a point"))
        };
        let (_, times_six) = operate(2, six, base);
        assert_eq!(operate(0, times_six, base), (0, seven));
        assert_eq!(operate(1, seven, base), (0, times_six));
        assert_eq!(operate(2, [255; 32], base), (1, [0; 32]), "no canonical scalar");
        assert_eq!(operate(0, no_point, base), (1, [0; 32]), "no point");
        // 4 × base + 3 × base.
        let multiply = format!(
            "(i64.store (i32.const 1000) (call $sol_curve_multiscalar_mul (i64.const {curve}) (i32.const 0) (i32.const 64) (i64.const 2) (i32.const 1008)))"
        );
        let result = left(&[four, three, base, base].concat(), &multiply, 40);
        assert_eq!(result, [&[0; 8], seven.as_slice()].concat());
    }
    let bad = "(drop (call $sol_curve_validate_point (i64.const 2) (i32.const 0) (i32.const 0)))";
    assert_eq!(
        error(b"", bad),
        CallError::BadArgument { call: HostCall::SolCurveValidatePoint, argument: 2 }
    );
    let many = "(drop (call $sol_curve_multiscalar_mul (i64.const 0) (i32.const 0) (i32.const 0) (i64.const 513) (i32.const 0)))";
    let limit = CallError::HostLimit { call: HostCall::SolCurveMultiscalarMul, value: 513, limit: 512 };
    assert_eq!(error(b"", many), limit);
}

fn scalar(number: u8) -> [u8; 32] {
    Scalar::from(number).to_bytes()
}

#[test]
fn return_data() {
    let get = |capacity: u64| {
        format!("(call $sol_get_return_data (i32.const 1008) (i64.const {capacity}) (i32.const 1016))")
    };
    let body = |capacity: u64| {
        format!(
            "(call $sol_set_return_data (i32.const 0) (i64.const 5)) (i64.store (i32.const 1000) {})",
            get(capacity)
        )
    };
    let all = left(b"abcde", &body(8), 48);
    assert_eq!(all, [&5_u64.to_le_bytes()[..], b"abcde\0\0\0", address(PROGRAM).as_ref()].concat());
    // Who asks for nothing is told the size alone.
    assert_eq!(left(b"abcde", &body(0), 48), [&5_u64.to_le_bytes()[..], &[0; 40]].concat());
    assert_eq!(answer(b"", &get(8)), 0);
}

/// One epoch of 2^52 slots, in as many bytes.
fn epoch_schedule(size: usize) -> Vec<u8> {
    let mut bytes = [(1_u64 << 52).to_le_bytes(); 2].concat();
    bytes.resize(size, 0);
    bytes
}

#[test]
fn sysvars() {
    let known = common::sysvars();
    for (name, bytes) in [
        ("sol_get_clock_sysvar", known.clock_bytes.clone()),
        ("sol_get_rent_sysvar", known.rent_bytes.clone()),
        ("sol_get_fees_sysvar", 5_000_u64.to_le_bytes().to_vec()),
        ("sol_get_last_restart_slot", vec![0; 8]),
        ("sol_get_epoch_schedule_sysvar", epoch_schedule(40)),
        ("sol_get_epoch_rewards_sysvar", vec![0; 96]),
    ] {
        let body = format!("(if (i64.ne (i64.const 0) (call ${name} (i32.const 1000))) (then unreachable))");
        assert_eq!(left(b"", &body, bytes.len()), bytes, "{name}");
    }
    let read = |id: Address, offset: u64, size: u64| {
        let call = format!(
            "(call $sol_get_sysvar (i32.const 0) (i32.const 1008) (i64.const {offset}) (i64.const {size}))"
        );
        let result = left(id.as_ref(), &format!("(i64.store (i32.const 1000) {call})"), 24);
        (result[0], result[8..].to_vec())
    };
    let padded = |bytes: &[u8]| [bytes, &vec![0; 16 - bytes.len()]].concat();
    assert_eq!(read(ids::rent::ID, 3, 5), (0, padded(&known.rent_bytes[3..8])));
    assert_eq!(read(ids::slot_hashes::ID, 0, 16), (0, vec![4; 16]));
    assert_eq!(read(ids::sysvar::epoch_schedule::ID, 4, 12), (0, padded(&epoch_schedule(33)[4..16])));
    assert_eq!(read(ids::sysvar::epoch_schedule::ID, 32, 2), (1, vec![0; 16]));
    assert_eq!(read(ids::sysvar::epoch_rewards::ID, 80, 1), (0, vec![0; 16]));
    assert_eq!(read(ids::sysvar::stake_history::ID, 0, 8), (0, vec![0; 16]), "no epoch has ended");
    assert_eq!(read(ids::sysvar::stake_history::ID, 8, 32), (1, vec![0; 16]));
    assert_eq!(read(ids::rent::ID, 10, 8), (1, vec![0; 16]), "beyond its end");
    assert_eq!(read(ids::rent::ID, u64::MAX, 1), (1, vec![0; 16]));
    assert_eq!(read(address(1), 0, 1), (2, vec![0; 16]), "no sysvar");
}

#[test]
fn height_and_units() {
    assert_eq!(answer(b"", "(call $sol_get_stack_height)"), 1);
    let left = answer(b"", "(call $sol_remaining_compute_units)");
    let limit = i64::try_from(common::UNITS).expect("a small number");
    assert!(left < limit && left > limit - 10_000, "{left}");
}

/// Every syscall with extreme arguments, which `run` compares over new and kept instances: an error or an answer, never
/// a fault of the host.
#[test]
fn no_argument_does_more_than_fail() {
    let extremes = |value_type: &ValueType| match value_type {
        ValueType::I32 => ["0", "65535", "-1", "196600"].map(|value| format!("(i32.const {value})")),
        _ => ["0", "1", "-1", "4294967295"].map(|value| format!("(i64.const {value})")),
    };
    for import in SOLANA_IMPORTS {
        for round in 0..4_usize.pow(u32::try_from(import.parameters.len().min(3)).expect("few")) {
            let digits = (0..).scan(round, |rest, _| {
                let digit = *rest % 4;
                *rest /= 4;
                Some(digit)
            });
            let arguments = import.parameters.iter().zip(digits);
            let arguments: String =
                arguments.map(|(value_type, digit)| extremes(value_type)[digit].clone()).collect();
            let call = format!("(call ${} {arguments})", import.name);
            let body = if import.results.is_empty() { call } else { format!("(drop {call})") };
            let specs = vec![writable(1, address(PROGRAM), 1, b"a")];
            let _ = common::call(&simple(&body), specs, b"x").run();
        }
    }
}

/// Each syscall is paid before it works: with one unit less than it takes nothing has happened, in the log either.
#[test]
fn what_cannot_be_paid_is_not_done() {
    for work in [
        "(call $sol_log_ (i32.const 0) (i64.const 400))",
        "(call $sol_log_64_ (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0))",
        "(call $sol_log_pubkey (i32.const 0))",
        "(call $sol_log_compute_units_)",
        "(call $sol_set_return_data (i32.const 0) (i64.const 100))",
    ] {
        let mut call = call(&simple(work), vec![], &[]);
        // What follows the syscall takes less than this, and no syscall does.
        call.units = call.succeed().units - 10;
        let report = call.run();
        assert_eq!(report.result, Err(CallError::OutOfUnits), "{work}");
        let messages = report.messages();
        let is_backtrace = |message: &&str| message.starts_with("stopped: ") || message.starts_with("  at ");
        assert!(messages.iter().all(is_backtrace), "{work}: {messages:?}");
        assert!(report.return_data.data.is_empty(), "{work}");
    }
}
