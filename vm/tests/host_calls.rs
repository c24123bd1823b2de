//! Every host call: what it does, what it refuses, and that no pointer or size makes it do more than fail.

mod common;

use common::{PROGRAM, address, call, entrypoint, program, read_only, simple};
use sealane_sdk::limits::{MAX_INVOKE_DATA_SIZE_BYTES, MAX_LOG_SIZE_BYTES, MAX_RETURN_DATA_SIZE_BYTES};
use sealane_sdk::{Address, ids};
use sealane_vm::{CallError, HostCall};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Bytes as the text format writes them.
fn escaped(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "\\{byte:02x}").expect("a string takes everything");
        text
    })
}

/// Runs `body` with `bytes` at address 0 and gives back the return data that it sets.
fn returned(bytes: &[u8], body: &str) -> Vec<u8> {
    let text = format!(r#"(data (i32.const 0) "{}") {}"#, escaped(bytes), entrypoint(body));
    call(&program(&text), vec![], &[]).succeed().return_data.data
}

/// Runs `body` with `bytes` at address 0 and gives the i32 that it computes.
fn answer(bytes: &[u8], body: &str) -> u32 {
    let body =
        format!("(i32.store (i32.const 3000) {body}) (call $set_return_data (i32.const 3000) (i32.const 4))");
    u32::from_le_bytes(returned(bytes, &body).try_into().expect("four bytes"))
}

/// Two slices at 2000 to `first` and `second` bytes that follow each other from 0.
fn slices(first: usize, second: usize) -> String {
    format!(
        "(i32.store (i32.const 2000) (i32.const 0)) (i32.store (i32.const 2004) (i32.const {first}))
         (i32.store (i32.const 2008) (i32.const {first})) (i32.store (i32.const 2012) (i32.const {second}))"
    )
}

#[test]
fn hashes() {
    let input: Vec<u8> = (0..200).collect();
    for (first, second) in [(0, 0), (0, 3), (64, 136), (200, 0)] {
        let whole = &input[..first + second];
        let hash = |name: &str| {
            let call = format!("(call ${name} (i32.const 2000) (i32.const 2) (i32.const 1000))");
            let body = format!(
                "{} {call} (call $set_return_data (i32.const 1000) (i32.const 32))",
                slices(first, second)
            );
            returned(&input, &body)
        };
        assert_eq!(hash("sha256"), Sha256::digest(whole).to_vec());
        assert_eq!(hash("blake3"), blake3::hash(whole).as_bytes());
    }
}

#[test]
fn ed25519() {
    // RFC 8032, section 7.1, test 2.
    let signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
    let key = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    let bytes = [hex(signature), hex(key), vec![0x72]].concat();
    let verify = "(call $ed25519_verify (i32.const 0) (i32.const 64) (i32.const 96) (i32.const 1))";
    assert_eq!(answer(&bytes, verify), 1);
    for flipped in [0, 40, 70, 96] {
        let mut bytes = bytes.clone();
        bytes[flipped] ^= 1;
        assert_eq!(answer(&bytes, verify), 0, "byte {flipped}");
    }
}

#[test]
fn secp256k1() {
    use k256::ecdsa::SigningKey;
    let key = SigningKey::from_slice(&[7; 32]).expect("a scalar");
    let hash = Sha256::digest(b"message");
    let (signature, recovery_id) = key.sign_prehash_recoverable(&hash);
    let bytes = [hash.as_slice(), &signature.to_bytes()].concat();
    let id = recovery_id.to_byte();
    let recover = |id: u32| {
        format!("(call $secp256k1_recover (i32.const 0) (i32.const {id}) (i32.const 32) (i32.const 1000))")
    };
    let body =
        format!("(drop {}) (call $set_return_data (i32.const 1000) (i32.const 64))", recover(u32::from(id)));
    let expected = key.verifying_key().to_sec1_point(false);
    assert_eq!(returned(&bytes, &body), expected.as_bytes()[1..]);
    assert_eq!(answer(&bytes, &recover(u32::from(id))), 1);
    assert_eq!(answer(&bytes, &recover(4)), 0);
    assert_eq!(answer(&bytes, &recover(256)), 0);
    let mut broken = bytes;
    broken[32..].fill(0);
    assert_eq!(answer(&broken, &recover(0)), 0);
}

#[test]
fn derived_addresses() {
    // Seeds "ab" and "cde", the program's address at 100.
    let mut bytes = vec![0; 132];
    bytes[..5].copy_from_slice(b"abcde");
    bytes[100..].fill(PROGRAM);
    let program = address(PROGRAM);
    let find = "(call $find_address (i32.const 2000) (i32.const 2) (i32.const 100) (i32.const 1000) (i32.const 1032))";
    let (expected, bump) = Address::find_program_address(&[b"ab", b"cde"], &program);
    let body =
        format!("{} (drop {find}) (call $set_return_data (i32.const 1000) (i32.const 33))", slices(2, 3));
    assert_eq!(returned(&bytes, &body), [expected.as_ref(), &[bump]].concat());
    let create = "(call $create_address (i32.const 2000) (i32.const 2) (i32.const 100) (i32.const 1000))";
    let created = Address::create_program_address(&[b"ab", b"cde"], &program);
    assert_eq!(answer(&bytes, &with(&slices(2, 3), create)), u32::from(created.is_ok()));
    for (prepare, call) in [
        (slices(33, 3), create.to_owned()),
        (slices(33, 3), find.to_owned()),
        (slices(2, 3), create.replace("(i32.const 2) ", "(i32.const 17) ")),
        (slices(2, 3), find.replace("(i32.const 2) ", "(i32.const 16) ")),
    ] {
        assert_eq!(answer(&bytes, &with(&prepare, &call)), 0, "{call}");
    }
}

/// An i32 expression behind statements.
fn with(statements: &str, expression: &str) -> String {
    format!("(block (result i32) {statements} {expression})")
}

#[test]
fn sysvars() {
    let read = |id: u32, offset: u32, size: u32| {
        format!("(call $sysvar_read (i32.const {id}) (i32.const {offset}) (i32.const 0) (i32.const {size}))")
    };
    let body = format!("(drop {}) (call $set_return_data (i32.const 0) (i32.const 40))", read(0, 0, 40));
    assert_eq!(returned(&[], &body), common::sysvars().clock_bytes);
    for (id, offset, size, expected) in [
        (0, 0, 40, 1),
        (0, 40, 0, 1),
        (0, 1, 40, 0),
        (0, u32::MAX, 1, 0),
        (1, 0, 17, 1),
        (2, 40, 8, 1),
        (3, 0, 49, 0),
        (4, 0, 0, 0),
    ] {
        assert_eq!(answer(&[], &read(id, offset, size)), expected, "{id} {offset} {size}");
    }
    let unknown = call(&simple(&format!("(drop {})", read(5, 0, 0))), vec![], &[]).fail();
    assert_eq!(unknown, CallError::BadArgument { call: HostCall::SysvarRead, argument: 5 });
    // The transaction's own instructions, where it names their account.
    let mut spec = read_only(1, address(9), 1, b"the instructions");
    spec.address = ids::instructions::ID;
    let body = format!("(drop {}) (call $log (i32.const 0) (i32.const 12))", read(4, 4, 12));
    assert_eq!(call(&simple(&body), vec![spec], &[]).succeed().messages(), ["instructions"]);
}

#[test]
fn logs_and_return_data_are_bounded() {
    let log = |size: usize| format!("(call $log (i32.const 0) (i32.const {size}))");
    let report = call(&simple(&(log(MAX_LOG_SIZE_BYTES) + &log(1) + &log(1))), vec![], &[]).succeed();
    assert_eq!(report.messages().len(), 1);
    assert_eq!(report.logs.iter().filter(|line| *line == "Log truncated").count(), 1);
    let set = |size: usize| format!("(call $set_return_data (i32.const 0) (i32.const {size}))");
    assert_eq!(returned(&[], &set(MAX_RETURN_DATA_SIZE_BYTES)).len(), MAX_RETURN_DATA_SIZE_BYTES);
    let error = call(&simple(&set(MAX_RETURN_DATA_SIZE_BYTES + 1)), vec![], &[]).fail();
    let (value, limit) = (MAX_RETURN_DATA_SIZE_BYTES as u64 + 1, MAX_RETURN_DATA_SIZE_BYTES as u64);
    assert_eq!(error, CallError::HostLimit { call: HostCall::SetReturnData, value, limit });
}

#[test]
fn data_is_logged_in_base64() {
    let body = slices(2, 3) + "(call $log_data (i32.const 2000) (i32.const 2))";
    let text = format!(r#"(data (i32.const 0) "abcde") {}"#, entrypoint(&body));
    let report = call(&program(&text), vec![], &[]).succeed();
    assert!(report.logs.contains(&"Program data: YWI= Y2Rl".to_owned()), "{:#?}", report.logs);
}

#[test]
fn remaining_units_are_exact() {
    let body = "(i64.store (i32.const 0) (call $remaining_units)) (call $set_return_data (i32.const 0) (i32.const 8))";
    let report = call(&simple(body), vec![], &[]).succeed();
    let left = u64::from_le_bytes(report.return_data.data.try_into().expect("eight bytes"));
    // Behind the call: a store, two constants and the price of the return data.
    let behind = common::UNITS - report.units;
    assert!(left - behind < 120, "{left} {behind}");
}

/// The memory ends here.
const END: u32 = 65_536;

/// Each host call with each pointer just outside the memory, and with sizes that wrap around.
const BAD_POINTERS: &[(&str, CallError)] = &[
    ("(call $log (i32.const 65536) (i32.const 1))", pointer(HostCall::Log, END, 1)),
    ("(call $log (i32.const -1) (i32.const 1000))", pointer(HostCall::Log, u32::MAX, 1000)),
    ("(call $log_data (i32.const 65529) (i32.const 1))", pointer(HostCall::LogData, END - 7, 8)),
    ("(call $panic (i32.const 65536) (i32.const 1))", pointer(HostCall::Panic, END, 1)),
    ("(call $sha256 (i32.const 0) (i32.const 0) (i32.const 65505))", pointer(HostCall::Sha256, END - 31, 32)),
    ("(call $blake3 (i32.const 65536) (i32.const 1) (i32.const 0))", pointer(HostCall::Blake3, END, 8)),
    (
        "(drop (call $ed25519_verify (i32.const 65473) (i32.const 0) (i32.const 0) (i32.const 0)))",
        pointer(HostCall::Ed25519Verify, END - 63, 64),
    ),
    (
        "(drop (call $ed25519_verify (i32.const 0) (i32.const 65505) (i32.const 0) (i32.const 0)))",
        pointer(HostCall::Ed25519Verify, END - 31, 32),
    ),
    (
        "(drop (call $ed25519_verify (i32.const 0) (i32.const 0) (i32.const 65536) (i32.const 1)))",
        pointer(HostCall::Ed25519Verify, END, 1),
    ),
    (
        "(drop (call $secp256k1_recover (i32.const 65505) (i32.const 0) (i32.const 0) (i32.const 0)))",
        pointer(HostCall::Secp256k1Recover, END - 31, 32),
    ),
    (
        "(drop (call $secp256k1_recover (i32.const 0) (i32.const 0) (i32.const 65473) (i32.const 0)))",
        pointer(HostCall::Secp256k1Recover, END - 63, 64),
    ),
    (
        "(drop (call $secp256k1_recover (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 65473)))",
        pointer(HostCall::Secp256k1Recover, END - 63, 64),
    ),
    (
        "(drop (call $create_address (i32.const 65529) (i32.const 1) (i32.const 0) (i32.const 0)))",
        pointer(HostCall::CreateAddress, END - 7, 8),
    ),
    (
        "(drop (call $create_address (i32.const 0) (i32.const 0) (i32.const 65505) (i32.const 0)))",
        pointer(HostCall::CreateAddress, END - 31, 32),
    ),
    (
        "(drop (call $create_address (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 65505)))",
        pointer(HostCall::CreateAddress, END - 31, 32),
    ),
    (
        "(drop (call $find_address (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 65505) (i32.const 0)))",
        pointer(HostCall::FindAddress, END - 31, 32),
    ),
    (
        "(drop (call $find_address (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 65536)))",
        pointer(HostCall::FindAddress, END, 1),
    ),
    ("(call $invoke (i32.const 65517) (i32.const 0) (i32.const 0))", pointer(HostCall::Invoke, END - 19, 20)),
    ("(call $invoke (i32.const 0) (i32.const 65529) (i32.const 1))", pointer(HostCall::Invoke, END - 7, 8)),
    (
        "(i32.store (i32.const 4) (i32.const 65535)) (i32.store (i32.const 8) (i32.const 1)) (call $invoke (i32.const 0) (i32.const 0) (i32.const 0))",
        pointer(HostCall::Invoke, END - 1, 4),
    ),
    (
        "(i32.store (i32.const 12) (i32.const 65535)) (i32.store (i32.const 16) (i32.const 2)) (call $invoke (i32.const 0) (i32.const 0) (i32.const 0))",
        pointer(HostCall::Invoke, END - 1, 2),
    ),
    ("(call $set_return_data (i32.const 65535) (i32.const 2))", pointer(HostCall::SetReturnData, END - 1, 2)),
    (
        "(call $set_return_data (i32.const 0) (i32.const 2)) (drop (call $get_return_data (i32.const 65535) (i32.const 9) (i32.const 0)))",
        pointer(HostCall::GetReturnData, END - 1, 2),
    ),
    (
        "(call $set_return_data (i32.const 0) (i32.const 2)) (drop (call $get_return_data (i32.const 0) (i32.const 9) (i32.const 65505)))",
        pointer(HostCall::GetReturnData, END - 31, 32),
    ),
    (
        "(drop (call $sysvar_read (i32.const 0) (i32.const 0) (i32.const 65535) (i32.const 2)))",
        pointer(HostCall::SysvarRead, END - 1, 2),
    ),
];

const fn pointer(call: HostCall, offset: u32, size: u32) -> CallError {
    CallError::BadPointer { call, offset, size }
}

#[test]
fn bad_pointers() {
    for (body, expected) in BAD_POINTERS {
        assert_eq!(call(&simple(body), vec![], &[]).fail(), *expected, "{body}");
    }
}

#[test]
fn lists_are_bounded() {
    for (field, value, limit) in
        [(8, 256, 255), (16, MAX_INVOKE_DATA_SIZE_BYTES as u64 + 1, MAX_INVOKE_DATA_SIZE_BYTES as u64)]
    {
        let body = format!(
            "(i32.store (i32.const {field}) (i32.const {value})) (call $invoke (i32.const 0) (i32.const 0) (i32.const 0))"
        );
        let expected = CallError::HostLimit { call: HostCall::Invoke, value, limit };
        assert_eq!(call(&simple(&body), vec![], &[]).fail(), expected);
    }
    let signers =
        call(&simple("(call $invoke (i32.const 0) (i32.const 0) (i32.const 17))"), vec![], &[]).fail();
    assert_eq!(signers, CallError::HostLimit { call: HostCall::Invoke, value: 17, limit: 16 });
    // A list as long as a number can say is too dear before it is outside the memory.
    let endless =
        call(&simple("(call $sha256 (i32.const 0) (i32.const -1) (i32.const 0))"), vec![], &[]).fail();
    assert_eq!(endless, CallError::OutOfUnits);
}

fn hex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).expect("a hexadecimal digit");
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::try_from(digit(pair[0]) * 16 + digit(pair[1])).expect("a byte"))
        .collect()
}
