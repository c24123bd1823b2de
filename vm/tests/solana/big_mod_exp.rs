//! `sol_big_mod_exp`: the vectors of SIMD-0529, powers found another way, and each end of the program.

use crate::{OUT, computed, data, hex, program};
use proptest::prelude::*;
use sealane_vm::{CallError, HostCall};

/// Where the three numbers are described.
const PARAMETERS: usize = 2000;

/// `base` to the power of `exponent` by `modulus`, all little-endian.
fn power(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Result<Vec<u8>, CallError> {
    let call = format!("(call $sol_big_mod_exp (i32.const {PARAMETERS}) (i32.const {OUT}))");
    let (code, power) = computed(&memory([base, exponent, modulus], 0), &call, modulus.len())?;
    assert_eq!(code, 0, "what it cannot compute ends the program");
    Ok(power)
}

/// Three numbers one after the other, and at [`PARAMETERS`] what describes them; `padding` stands above each address.
fn memory(numbers: [&[u8]; 3], padding: u32) -> Vec<u8> {
    let mut memory = numbers.concat();
    assert!(memory.len() <= PARAMETERS);
    memory.resize(PARAMETERS, 0);
    let mut offset = 0_u32;
    for number in numbers {
        memory.extend(offset.to_le_bytes());
        memory.extend(padding.to_le_bytes());
        memory.extend((number.len() as u64).to_le_bytes());
        offset += u32::try_from(number.len()).expect("small");
    }
    memory
}

fn reversed(digits: &str) -> Vec<u8> {
    hex(digits).into_iter().rev().collect()
}

#[test]
fn vectors() {
    // Of EIP-198: Fermat's little theorem.
    let base = [vec![3], vec![0; 31]].concat();
    let exponent = hex("2efcfffffeffffffffffffffffffffffffffffffffffffffffffffffffffffff");
    let modulus = hex("2ffcfffffeffffffffffffffffffffffffffffffffffffffffffffffffffffff");
    assert_eq!(power(&base, &exponent, &modulus), Ok([vec![1], vec![0; 31]].concat()));
    assert_eq!(power(&[], &[], &[3]), Ok(vec![1]), "0 to the power of 0 is 1");
    let (base, modulus) = (100_000_000_u32.to_le_bytes(), 5555_u16.to_le_bytes());
    assert_eq!(power(&base, &[1], &modulus), Ok(hex("5d11")), "a base longer than the modulus");
    // Of the tests of Solana's crate, which are written big-endian.
    let word = "22".repeat(32);
    let (two, one) = (reversed(&word), reversed(&"11".repeat(32)));
    assert_eq!(power(&two, &two, &one), Ok(vec![0; 32]));
    // The result fills the modulus' bytes, trailing zeros too.
    assert_eq!(power(&[2, 0, 0], &[3, 0], &[101, 0, 0, 0]), Ok(vec![8, 0, 0, 0]));
}

#[test]
fn what_it_does_not_compute_ends_the_program() {
    let call = HostCall::SolBigModExp;
    for modulus in [&[][..], &[0], &[0; 40], &[1], &[1, 0, 0], &[2], &[8, 1]] {
        let argument = modulus.iter().rev().take(8).fold(0, |word, byte| word << 8 | u64::from(*byte));
        assert_eq!(power(&[3], &[3], modulus), Err(CallError::BadArgument { call, argument }), "{modulus:?}");
    }
    let long = [1; 513];
    for [base, exponent, modulus] in [[&long[..], &[3], &[3]], [&[3], &long, &[3]], [&[3], &[3], &long]] {
        let error = CallError::HostLimit { call, value: 513, limit: 512 };
        assert_eq!(power(base, exponent, modulus), Err(error));
    }
    let largest = [0xff; 512];
    assert_eq!(power(&largest, &[1], &largest), Ok(vec![0; 512]));
    assert_eq!(power(&largest, &largest, &largest), Err(CallError::OutOfUnits), "it can be too much");
    for [parameters, out] in [[-8, 0], [2000, -8]] {
        let text = format!("(call $sol_big_mod_exp (i32.const {parameters}) (i32.const {out}))");
        let error = computed(&memory([&[3], &[3], &[7; 20]], 0), &text, 0).expect_err("outside");
        assert!(matches!(error, CallError::BadPointer { call: HostCall::SolBigModExp, .. }), "{error}");
    }
}

/// What stands above an address is padding in C, and may be anything.
#[test]
fn addresses_have_32_bits() {
    let call = format!("(call $sol_big_mod_exp (i32.const {PARAMETERS}) (i32.const {OUT}))");
    assert_eq!(computed(&memory([&[3], &[4], &[100, 1]], u32::MAX), &call, 2).expect_err("even"), {
        CallError::BadArgument { call: HostCall::SolBigModExp, argument: 356 }
    });
    assert_eq!(computed(&memory([&[3], &[4], &[101, 1]], u32::MAX), &call, 2), Ok((0, vec![81, 0])));
}

/// The result may lie over the numbers.
#[test]
fn the_result_may_overlap() {
    let body = format!(
        "(drop (call $sol_big_mod_exp (i32.const {PARAMETERS}) (i32.const 0)))
         (call $sol_set_return_data (i32.const 0) (i64.const 3))"
    );
    let memory = memory([&[3], &[4], &[101]], 0);
    let program = program(&format!("{} {}", data(0, &memory), crate::common::entrypoint(&body)));
    let report = crate::common::call(&program, vec![], &[]).succeed();
    assert_eq!(report.return_data.data, [81, 4, 101]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// As squaring and multiplying in numbers of 128 bits finds it.
    #[test]
    fn small_powers(base: u64, exponent: u64, modulus: u64) {
        let modulus = (modulus | 1).max(3);
        let by_modulus = |left: u64, right: u64| {
            u64::try_from(u128::from(left) * u128::from(right) % u128::from(modulus)).expect("less than the modulus")
        };
        let bits = (0..64).rev().map(|bit| exponent >> bit & 1 == 1);
        let expected = bits.fold(1, |power, is_set| {
            let square = by_modulus(power, power);
            if is_set { by_modulus(square, base % modulus) } else { square }
        });
        let found = power(&base.to_le_bytes(), &exponent.to_le_bytes(), &modulus.to_le_bytes());
        prop_assert_eq!(found, Ok(expected.to_le_bytes().to_vec()));
    }

    /// Any numbers of any sizes: a result, or one of the refusals; never a fault of the host.
    #[test]
    fn no_numbers_do_more_than_fail(
        base in prop::collection::vec(any::<u8>(), 0..80),
        exponent in prop::collection::vec(any::<u8>(), 0..40),
        modulus in prop::collection::vec(prop_oneof![any::<u8>(), Just(0), Just(1)], 0..80),
    ) {
        match power(&base, &exponent, &modulus) {
            Ok(power) => prop_assert_eq!(power.len(), modulus.len()),
            Err(CallError::BadArgument { call: HostCall::SolBigModExp, .. }) => {
                let above_one = modulus.iter().skip(1).any(|byte| *byte != 0) || modulus.first() > Some(&1);
                prop_assert!(!above_one || modulus[0] % 2 == 0);
            }
            Err(error) => panic!("{error}"),
        }
    }
}
