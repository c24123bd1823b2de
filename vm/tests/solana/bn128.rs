//! `sol_alt_bn128_group_op` and `sol_alt_bn128_compression`: Ethereum's test vectors, both orders of bytes, what is refused,
//! and that no input does more than fail.

use crate::{OUT, computed, hex};
use proptest::prelude::*;
use sealane_vm::{CallError, HostCall};

const ADD: u64 = 0;
const MULTIPLY: u64 = 2;
const PAIR: u64 = 3;
const ADD_G2: u64 = 4;
const MULTIPLY_G2: u64 = 6;
const LITTLE_ENDIAN: u64 = 0x80;
const COMPRESS: u64 = 0;
const DECOMPRESS: u64 = 1;
const COMPRESS_G2: u64 = 2;
const DECOMPRESS_G2: u64 = 3;
/// Each operation on groups with the sizes of its input and of what it gives, in bytes.
const OPERATIONS: [(u64, usize, usize); 5] =
    [(ADD, 128, 64), (MULTIPLY, 96, 64), (PAIR, 192, 32), (ADD_G2, 256, 128), (MULTIPLY_G2, 160, 128)];
/// As [`OPERATIONS`], of compression.
const COMPRESSIONS: [(u64, usize, usize); 4] =
    [(COMPRESS, 64, 32), (DECOMPRESS, 32, 64), (COMPRESS_G2, 128, 64), (DECOMPRESS_G2, 64, 128)];
/// G2's generator.
const G2: &str = "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2\
    1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed\
    090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b\
    12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa";

fn call(name: &str, operation: u64, size: usize) -> String {
    format!("(call ${name} (i64.const {operation}) (i32.const 0) (i64.const {size}) (i32.const {OUT}))")
}

/// What an operation on groups gives; `None` where it answers with a failure.
fn group(operation: u64, input: &[u8], size: usize) -> Option<Vec<u8>> {
    answered(&call("sol_alt_bn128_group_op", operation, input.len()), input, size)
}

fn compression(operation: u64, input: &[u8], size: usize) -> Option<Vec<u8>> {
    answered(&call("sol_alt_bn128_compression", operation, input.len()), input, size)
}

fn answered(call: &str, input: &[u8], size: usize) -> Option<Vec<u8>> {
    match computed(input, call, size) {
        Ok((0, written)) => Some(written),
        Ok((1, written)) => {
            assert!(written.iter().all(|byte| *byte == 0), "a failure writes nothing");
            None
        }
        other => panic!("{call}: {other:?}"),
    }
}

/// Numbers of 32 bytes in the other order of bytes; of G2, where a number has two parts, those of 64.
fn turned(bytes: &[u8], number_size: usize) -> Vec<u8> {
    bytes.chunks(number_size).flat_map(|number| number.iter().rev().copied()).collect()
}

/// A pair of points in the other order of bytes.
fn turned_pair(pair: &[u8]) -> Vec<u8> {
    [turned(&pair[..64], 32), turned(&pair[64..], 64)].concat()
}

#[test]
fn ethereums_vectors() {
    let lines = include_str!("vectors/bn128.txt").lines().filter(|line| !line.starts_with('#'));
    let mut count = 0;
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        let [kind, name, input, expected] = words[..] else { panic!("{line}") };
        let input = hex(if input == "-" { "" } else { input });
        let (operation, full_size) = match kind {
            "add" => (ADD, 128),
            "multiply" => (MULTIPLY, 96),
            _ => (PAIR, input.len()),
        };
        let expected = hex(expected);
        assert_eq!(group(operation, &input, expected.len()).as_ref(), Some(&expected), "{kind} {name}");
        // Little-endian input must be whole.
        let whole = [input.as_slice(), &vec![0; full_size - input.len()]].concat();
        let whole = match operation {
            PAIR => whole.chunks(192).flat_map(turned_pair).collect(),
            _ => turned(&whole, 32),
        };
        let little = group(operation | LITTLE_ENDIAN, &whole, expected.len());
        assert_eq!(little, Some(turned(&expected, 32)), "{kind} {name}, little-endian");
        count += 1;
    }
    assert_eq!(count, 41);
}

/// Twice a point is its sum with itself, in both groups and orders.
#[test]
fn the_second_group() {
    let g2 = hex(G2);
    let two = [vec![0; 31], vec![2]].concat();
    let sum = group(ADD_G2, &[g2.clone(), g2.clone()].concat(), 128).expect("points");
    let product = group(MULTIPLY_G2, &[g2.clone(), two.clone()].concat(), 128).expect("a point");
    assert_eq!(sum, product);
    assert_ne!(sum, g2);
    let little = turned(&g2, 64);
    let sum_little = group(ADD_G2 | LITTLE_ENDIAN, &[little.clone(), little.clone()].concat(), 128);
    assert_eq!(sum_little, Some(turned(&sum, 64)));
    let product_little =
        group(MULTIPLY_G2 | LITTLE_ENDIAN, &[little, turned(&two, 32)].concat(), 128).expect("a point");
    assert_eq!(product_little, turned(&product, 64));
    // e(G1, 2 G2) = e(2 G1, G2), so that the first by the inverse of the second is one.
    let one = [[vec![0; 31], vec![1]].concat(), two].concat();
    let minus_two = hex("30644e72e131a029b85045b68181585d2833e84879b9709143e1f593efffffff");
    let minus_two_g1 = group(MULTIPLY, &[one.clone(), minus_two].concat(), 64).expect("a point");
    let pairs = [one, sum, minus_two_g1, g2].concat();
    assert_eq!(group(PAIR, &pairs, 32), Some([vec![0; 31], vec![1]].concat()));
}

#[test]
fn short_forms() {
    let g1 = hex("2dceffa69837808a4fd991a4194a78eaead94495a22c8578b8cd0c2caf62a8ac\
         1418d80fd1af6a4b93ec5a657bdbf597d1cada68940820fef3bfda7a2a51c154");
    for (point, number_size, [compress, decompress]) in
        [(g1, 32, [COMPRESS, DECOMPRESS]), (hex(G2), 64, [COMPRESS_G2, DECOMPRESS_G2])]
    {
        let size = point.len();
        let short = compression(compress, &point, size / 2).expect("a point");
        assert_eq!(compression(decompress, &short, size).as_ref(), Some(&point));
        let little = turned(&point, number_size);
        let short_little = compression(compress | LITTLE_ENDIAN, &little, size / 2).expect("a point");
        assert_eq!(short_little, turned(&short, number_size));
        assert_eq!(compression(decompress | LITTLE_ENDIAN, &short_little, size), Some(little));
        // The first coordinate is kept; all but its flags, which are its highest bits.
        assert_eq!(short[1..], point[1..size / 2]);
        // The point at infinity.
        assert_eq!(compression(compress, &vec![0; size], size / 2), Some(vec![0; size / 2]));
        assert_eq!(compression(decompress, &vec![0; size / 2], size), Some(vec![0; size]));
    }
    // x = 4 is on no point of G1: 4³ + 3 is no square.
    assert_eq!(compression(DECOMPRESS, &[vec![0; 31], vec![4]].concat(), 64), None);
    assert_eq!(compression(DECOMPRESS, &[0xff; 32], 64), None, "no field element");
    assert_eq!(compression(COMPRESS, &[0xff; 64], 32), None, "no field elements");
}

#[test]
fn what_is_no_input_is_answered_with_a_failure() {
    let mut off_the_curve = vec![0; 128];
    (off_the_curve[31], off_the_curve[63]) = (1, 3);
    assert_eq!(group(ADD, &off_the_curve, 64), None);
    assert_eq!(group(MULTIPLY, &off_the_curve[..96], 64), None);
    // The field's modulus, where its elements must be less.
    let modulus = hex("30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47");
    assert_eq!(group(ADD, &[modulus, vec![0; 32]].concat(), 64), None);
    // On the curve over the field's extension, but not in G2: only addition does not mind.
    let outside = hex("0000000000000000000000000000000000000000000000000000000000000000\
         0000000000000000000000000000000000000000000000000000000000000001\
         0d1271953ed9ea0836846e70a1934187998c7f790cb4d7511b7f8da82de048a4\
         2869111d5381f072f8e2728fdb825a51aadd70e52c9830e9ab4b871c0531f1bb");
    assert!(group(ADD_G2, &[outside.clone(), outside.clone()].concat(), 128).is_some());
    assert_eq!(group(MULTIPLY_G2, &[outside.clone(), vec![0; 32]].concat(), 128), None);
    assert_eq!(group(PAIR, &[vec![0; 64], outside].concat(), 32), None);
    // Sizes: big-endian input to G1 may be shorter, all other must be exact.
    for (operation, size, output) in OPERATIONS {
        assert_eq!(group(operation, &vec![0; size + 1], output), None, "{operation}: too long");
        assert_eq!(
            group(operation | LITTLE_ENDIAN, &vec![0; size - 1], output),
            None,
            "{operation}: too short"
        );
    }
    for (operation, size, output) in COMPRESSIONS {
        for wrong in [0, size - 1, size + 1] {
            assert_eq!(compression(operation, &vec![0; wrong], output), None, "{operation}: {wrong} bytes");
        }
    }
}

#[test]
fn what_there_is_not_ends_the_program() {
    let bad = |name: &str, operation| computed(&[], &call(name, operation, 0), 0);
    for operation in [1, 5, 7, 0x81, 0x100, u64::MAX] {
        let error = CallError::BadArgument { call: HostCall::SolAltBn128GroupOp, argument: operation };
        assert_eq!(bad("sol_alt_bn128_group_op", operation), Err(error));
    }
    for operation in [4, 0x84, 0x103] {
        let error = CallError::BadArgument { call: HostCall::SolAltBn128Compression, argument: operation };
        assert_eq!(bad("sol_alt_bn128_compression", operation), Err(error));
    }
    let outside = "(call $sol_alt_bn128_group_op (i64.const 0) (i32.const 0) (i64.const 128) (i32.const -8))";
    let pointer =
        CallError::BadPointer { call: HostCall::SolAltBn128GroupOp, offset: u32::MAX - 7, size: 64 };
    assert_eq!(computed(&[], outside, 0), Err(pointer));
    // More pairs than can be paid.
    let many = call("sol_alt_bn128_group_op", PAIR, 192 * 10_000);
    assert_eq!(computed(&[], &many, 0), Err(CallError::OutOfUnits));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Random bytes, and points with random bits turned, in every operation: an answer, never a fault of the host.
    #[test]
    fn no_input_does_more_than_fail(
        which in 0..OPERATIONS.len() + COMPRESSIONS.len(),
        little in any::<bool>(),
        mut input in prop::collection::vec(any::<u8>(), 0..400),
        exact in any::<bool>(),
        zeros in 0..400_usize,
    ) {
        let (name, (operation, size, output)) = match which.checked_sub(OPERATIONS.len()) {
            None => ("sol_alt_bn128_group_op", OPERATIONS[which]),
            Some(which) => ("sol_alt_bn128_compression", COMPRESSIONS[which]),
        };
        if exact {
            input.resize(size, 0);
        }
        // Small numbers are points more often.
        let zeros = zeros.min(input.len());
        input[..zeros].fill(0);
        let operation = operation | if little { LITTLE_ENDIAN } else { 0 };
        let (code, _) = computed(&input, &call(name, operation, input.len()), output).expect("an answer");
        prop_assert!(code == 0 || code == 1);
    }
}
