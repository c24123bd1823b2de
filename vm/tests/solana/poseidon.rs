//! `sol_poseidon`: circom's test vectors, both orders of bytes, and what is refused.

use crate::{OUT, computed, hex};
use proptest::prelude::*;
use sealane_vm::{CallError, HostCall};

const BIG_ENDIAN: u64 = 0;
const LITTLE_ENDIAN: u64 = 1;
/// What circomlib gives for 1 to 12 inputs that are all 1.
const OF_ONES: [&str; 12] = [
    "29176100eaa962bdc1fe6c654d6a3c130e96a4d1168b33848b897dc502820133",
    "007af346e2d304279e79e0a9f3023f771294a78acb70e73f90afe27cad401e81",
    "02c0066e10a72abd2b33c3b214cb3e81bcb1b6e30961cd23c202b18673bf2543",
    "082c9c370a0d24f4416fbc414a37681f78442d27d86385991c17d6fc0c4b7d71",
    "10389605ae688d4f14db853122c47d66a803c72b41589cb1bf868741b206b9bb",
    "2a73f679328c3eab724aa3e5bdbf50b39035d7729f135b9709890f85c5dc5e76",
    "2276310aa7f3343a284214139d9da959be2a31b2c708a5f81954b265e53a30b8",
    "177e1453c446e1b07d2b4233425147095c4fcabb233d230b6d46a214d95b2884",
    "0e8fee2fe49da30fdeeb48c42ebb44cc6ee7055f61fbca5e313b8a5fca834c47",
    "2ec4c65e6378ab8c7330854f4a7077c1ff9260e44885c4b81dd131ad3a86cd96",
    "00713d41eca635f117d4ecbceb5f3a66dc4142eb70b56765bc358f1bec40bb9b",
    "14390be0baef249bd47c65ddac65c2e52e8513c081c1cd72c98006098e9a8fbe",
];
/// The order of the scalars' field.
const MODULUS: &str = "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";

/// Hashes `inputs`, which stand one after the other from 0; the slices that list them are behind 2000.
fn hash(order: u64, inputs: &[Vec<u8>]) -> Result<(i64, Vec<u8>), CallError> {
    let mut memory = vec![0; 2000];
    let mut offset = 0;
    for input in inputs {
        memory[offset..offset + input.len()].copy_from_slice(input);
        let slice = [offset, input.len()].map(|number| u32::try_from(number).expect("small").to_le_bytes());
        memory.extend(slice.concat());
        offset += input.len();
    }
    computed(&memory, &call(0, order, inputs.len() as u64), 32)
}

fn call(parameters: u64, order: u64, count: u64) -> String {
    format!(
        "(call $sol_poseidon (i64.const {parameters}) (i64.const {order}) (i32.const 2000) (i64.const {count}) (i32.const {OUT}))"
    )
}

fn number(value: u8) -> Vec<u8> {
    [vec![0; 31], vec![value]].concat()
}

fn reversed(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().rev().copied().collect()
}

#[test]
fn circoms_vectors() {
    for (position, expected) in OF_ONES.iter().enumerate() {
        let inputs = vec![number(1); position + 1];
        assert_eq!(hash(BIG_ENDIAN, &inputs), Ok((0, hex(expected))), "{} inputs", position + 1);
        let inputs = vec![reversed(&number(1)); position + 1];
        let expected = reversed(&hex(expected));
        assert_eq!(hash(LITTLE_ENDIAN, &inputs), Ok((0, expected)), "{} inputs", position + 1);
    }
    // The example of Solana's documentation.
    let expected = hex("0d54e1938f8a8c1c7deb5e0355f26319207b84fe9ca2ce1b26e735c829821990");
    assert_eq!(hash(BIG_ENDIAN, &[vec![1; 32], vec![2; 32]]), Ok((0, expected)));
}

#[test]
fn what_is_no_scalar_is_answered_with_a_failure() {
    let failed = Ok((1, vec![0; 32]));
    let modulus = hex(MODULUS);
    assert_eq!(hash(BIG_ENDIAN, std::slice::from_ref(&modulus)), failed, "the modulus");
    assert_eq!(hash(LITTLE_ENDIAN, &[reversed(&modulus)]), failed, "the modulus");
    let mut largest = modulus;
    largest[31] -= 1;
    assert_eq!(hash(BIG_ENDIAN, &[largest]).map(|(code, _)| code), Ok(0), "one less");
    for size in [0, 1, 31, 33] {
        assert_eq!(hash(BIG_ENDIAN, &[number(1), vec![0; size]]), failed, "{size} bytes");
    }
    assert_eq!(hash(BIG_ENDIAN, &[]), failed, "no input");
}

#[test]
fn what_there_is_not_ends_the_program() {
    let error = |call: &str| computed(&[], call, 0).expect_err("it is refused");
    let bad = |argument| CallError::BadArgument { call: HostCall::SolPoseidon, argument };
    assert_eq!(error(&call(1, BIG_ENDIAN, 1)), bad(1));
    assert_eq!(error(&call(0, 2, 1)), bad(2));
    let limit = CallError::HostLimit { call: HostCall::SolPoseidon, value: 13, limit: 12 };
    assert_eq!(error(&call(0, BIG_ENDIAN, 13)), limit);
    let outside =
        "(call $sol_poseidon (i64.const 0) (i64.const 0) (i32.const -4) (i64.const 1) (i32.const 0))";
    let pointer = CallError::BadPointer { call: HostCall::SolPoseidon, offset: u32::MAX - 3, size: 8 };
    assert_eq!(error(outside), pointer);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Any inputs: an answer, never a fault of the host.
    #[test]
    fn no_input_does_more_than_fail(
        order in 0..2_u64,
        inputs in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 32),
                prop::collection::vec(any::<u8>(), 0..60),
                (0..=255_u8).prop_map(number),
            ],
            0..13,
        ),
    ) {
        let (code, _) = hash(order, &inputs).expect("an answer");
        prop_assert!(code == 0 || code == 1);
    }
}
