//! What Solana's syscalls cost and what they are paid: CPU time and units of one call, each measured as a program makes it, in
//! rounds with the others, the lowest time of all rounds.
//!
//! `cargo run --release -p sealane-vm --example syscall_prices [part of a name]`

use sealane_sdk::{Account, Address};
use sealane_vm::validate::{SOLANA_IMPORTS, ValueType};
use sealane_vm::{AccountRef, Callee, Context, Engine, InstancePolicy, Instances, Sysvars};
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

/// Rounds over all cases.
const ROUNDS: usize = 7;
/// CPU time that a case takes in a round, about.
const ROUND_TIME: Duration = Duration::from_millis(20);
/// Units that suffice for anything here.
const UNITS: u64 = 1 << 40;
/// Where syscalls write.
const OUT: u32 = 32_768;
/// Where slices to the input are listed: pieces of 32 bytes from 0 on, and then what is said of large numbers.
const SLICES: usize = 16_384;
const NUMBERS: usize = 20_480;

/// A syscall with its arguments.
struct Case {
    name: String,
    memory: Vec<u8>,
    call: String,
}

/// A case that is measured.
struct Measured {
    case: Case,
    callee: Callee,
    calls: u32,
    units: u64,
    time: Duration,
}

fn main() -> anyhow::Result<()> {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let engine = Engine::new()?;
    let sysvars = Sysvars::default();
    let mut context = Context::new(Instances::new(InstancePolicy::Kept), &sysvars);
    let mut all = Vec::new();
    for case in cases().into_iter().filter(|case| case.name.contains(&wanted)) {
        let callee = load(&engine, &case, 1)?;
        let (units, time) = run(&mut context, &callee)?;
        let calls = ROUND_TIME.as_nanos().div_ceil(time.as_nanos().max(100));
        let calls = u32::try_from(calls.min(20_000))?;
        let callee = load(&engine, &case, calls)?;
        all.push(Measured { case, callee, calls, units, time });
    }
    for _ in 0..ROUNDS {
        for measured in &mut all {
            let (units, time) = run(&mut context, &measured.callee)?;
            measured.units = units / u64::from(measured.calls);
            measured.time = measured.time.min(time / measured.calls);
        }
    }
    println!("{:44} {:>12} {:>10} {:>12}", "", "ns", "units", "ns a unit");
    for Measured { case, units, time, .. } in &all {
        let ns = time.as_nanos();
        println!("{:44} {ns:12} {units:10} {:12.2}", case.name, time.as_secs_f64() * 1e9 / *units as f64);
    }
    Ok(())
}

/// A program that makes the call so many times.
fn load(engine: &Engine, case: &Case, calls: u32) -> anyhow::Result<Callee> {
    let mut text = String::from("(module ");
    for import in SOLANA_IMPORTS {
        let list = |types: &[ValueType]| types.iter().map(|value| format!("{value} ")).collect::<String>();
        let (parameters, results) = (list(import.parameters), list(import.results));
        write!(
            text,
            r#"(import "env" "{0}" (func ${0} (param {parameters}) (result {results})))"#,
            import.name
        )?;
    }
    write!(text, r#"(memory (export "memory") 1) (data (i32.const 0) ""#)?;
    for byte in &case.memory {
        write!(text, "\\{byte:02x}")?;
    }
    write!(
        text,
        r#"") (func (export "entrypoint") (param i32) (result i64) (local $left i32)
            (local.set $left (i32.const {calls}))
            (loop $l
                (if (i64.ne (i64.const 0) {}) (then unreachable))
                (br_if $l (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
            (i64.const 0)))"#,
        case.call
    )?;
    Ok(Callee::Wasm(engine.load(&wat::parse_str(text)?)?))
}

/// Units and CPU time of the program.
fn run<'a>(context: &mut Context<'a>, callee: &'a Callee) -> anyhow::Result<(u64, Duration)> {
    const PROGRAM: &Address = &Address::new_from_array([9; 32]);
    context.begin(UNITS);
    let account = AccountRef::Owned(Arc::new(Account::system(1)));
    context.accounts.push(PROGRAM, account, Some(callee), false, false);
    let start = thread_cpu_time()?;
    let result = context.call(0, std::iter::empty(), &[]);
    let time = thread_cpu_time()? - start;
    anyhow::ensure!(result.is_ok(), "{result:?} {:#?}", context.logs.lines());
    context.accounts.drain().for_each(drop);
    Ok((UNITS - context.meter.remaining(), time))
}

fn thread_cpu_time() -> anyhow::Result<Duration> {
    Ok(Duration::try_from(rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime))?)
}

fn cases() -> Vec<Case> {
    let mut cases = hashes();
    cases.extend(curve25519());
    cases.extend(bn128());
    cases.extend(large_numbers());
    cases
}

fn case(name: impl Into<String>, memory: Vec<u8>, call: impl Into<String>) -> Case {
    Case { name: name.into(), memory, call: call.into() }
}

/// Bytes from 0 on, and slices of 32 bytes each to them.
fn sliced(mut bytes: Vec<u8>) -> Vec<u8> {
    let count = bytes.len() / 32;
    bytes.resize(SLICES, 0);
    for piece in 0..u32::try_from(count).unwrap_or(u32::MAX) {
        bytes.extend((32 * piece).to_le_bytes());
        bytes.extend(32_u32.to_le_bytes());
    }
    bytes
}

fn hashes() -> Vec<Case> {
    let mut cases = Vec::new();
    for name in ["sol_sha256", "sol_sha512", "sol_keccak256", "sol_blake3"] {
        for size in [32, 1024, 16_384] {
            // One piece.
            let mut memory = vec![7; SLICES];
            memory.extend([0, size].map(u32::to_le_bytes).concat());
            let call = format!("(call ${name} (i32.const {SLICES}) (i64.const 1) (i32.const {OUT}))");
            cases.push(case(format!("{name}, {size} bytes"), memory, call));
        }
    }
    for count in [1, 2, 4, 8, 12] {
        let memory = sliced([1; 32].repeat(count));
        let call = format!(
            "(call $sol_poseidon (i64.const 0) (i64.const 0) (i32.const {SLICES}) (i64.const {count}) (i32.const {OUT}))"
        );
        cases.push(case(format!("sol_poseidon, {count} inputs"), memory, call));
    }
    cases
}

fn curve25519() -> Vec<Case> {
    let point = curve25519_dalek::constants::ED25519_BASEPOINT_COMPRESSED.0;
    let mut scalar = [0xab; 32];
    scalar[31] = 0x0b;
    let memory = [scalar, point].concat();
    let product = format!(
        "(call $sol_curve_group_op (i64.const 0) (i64.const 2) (i32.const 0) (i32.const 32) (i32.const {OUT}))"
    );
    let valid = "(call $sol_curve_validate_point (i64.const 0) (i32.const 32) (i32.const 0))";
    vec![
        case("sol_curve_validate_point", memory.clone(), valid),
        case("sol_curve_group_op, product", memory, product),
    ]
}

fn bn128() -> Vec<Case> {
    use solana_bn254::compression::prelude as compression;
    let (g1, g2) = bn128_points();
    let scalar = vec![0x2f; 32];
    let group = |name: &str, operation: u64, input: Vec<u8>| {
        let size = input.len();
        let call = format!(
            "(call $sol_alt_bn128_group_op (i64.const {operation}) (i32.const 0) (i64.const {size}) (i32.const {OUT}))"
        );
        case(format!("sol_alt_bn128_group_op, {name}"), input, call)
    };
    let short = |name: &str, operation: u64, input: Vec<u8>| {
        let size = input.len();
        let call = format!(
            "(call $sol_alt_bn128_compression (i64.const {operation}) (i32.const 0) (i64.const {size}) (i32.const {OUT}))"
        );
        case(format!("sol_alt_bn128_compression, {name}"), input, call)
    };
    let short_g1 = compression::alt_bn128_g1_compress_be(&g1).expect("a point").to_vec();
    let short_g2 = compression::alt_bn128_g2_compress_be(&g2).expect("a point").to_vec();
    let mut cases = vec![
        group("sum in G1", 0, [g1.clone(), g1.clone()].concat()),
        group("product in G1", 2, [g1.clone(), scalar.clone()].concat()),
        group("sum in G2", 4, [g2.clone(), g2.clone()].concat()),
        group("product in G2", 6, [g2.clone(), scalar].concat()),
        short("G1", 0, g1.clone()),
        short("G1 back", 1, short_g1),
        short("G2", 2, g2.clone()),
        short("G2 back", 3, short_g2),
    ];
    for count in [0, 1, 2, 4, 8] {
        cases.push(group(&format!("{count} pairs"), 3, [g1.clone(), g2.clone()].concat().repeat(count)));
    }
    cases
}

/// A point of each group whose coordinates are as any other's.
fn bn128_points() -> (Vec<u8>, Vec<u8>) {
    use solana_bn254::versioned::{
        Endianness, VersionedG1Multiplication, VersionedG2Multiplication,
        alt_bn128_versioned_g1_multiplication, alt_bn128_versioned_g2_multiplication,
    };
    const G2: [u64; 16] = [
        0x198e_9393_920d_483a,
        0x7260_bfb7_31fb_5d25,
        0xf1aa_4933_35a9_e712,
        0x97e4_85b7_aef3_12c2,
        0x1800_deef_121f_1e76,
        0x426a_0066_5e5c_4479,
        0x6743_22d4_f75e_dadd,
        0x46de_bd5c_d992_f6ed,
        0x0906_89d0_585f_f075,
        0xec9e_99ad_690c_3395,
        0xbc4b_3133_70b3_8ef3,
        0x55ac_dadc_d122_975b,
        0x12c8_5ea5_db8c_6deb,
        0x4aab_7180_8dcb_408f,
        0xe3d1_e769_0c43_d37b,
        0x4ce6_cc01_66fa_7daa,
    ];
    let scalar = vec![0x1b; 32];
    let one_two = [[vec![0; 31], vec![1]].concat(), [vec![0; 31], vec![2]].concat()].concat();
    let g2: Vec<u8> = G2.iter().flat_map(|word| word.to_be_bytes()).collect();
    let g1 = alt_bn128_versioned_g1_multiplication(
        VersionedG1Multiplication::V1,
        &[one_two, scalar.clone()].concat(),
        Endianness::BE,
    );
    let g2 = alt_bn128_versioned_g2_multiplication(
        VersionedG2Multiplication::V0,
        &[g2, scalar].concat(),
        Endianness::BE,
    );
    (g1.expect("a point"), g2.expect("a point"))
}

fn large_numbers() -> Vec<Case> {
    // Dense numbers: as slow as any of their sizes.
    let sizes = [
        (32, 32, 32),
        (32, 512, 32),
        (512, 32, 8),
        (512, 1, 32),
        (128, 128, 128),
        (256, 3, 256),
        (512, 3, 512),
    ];
    let cases = sizes.map(|(base, exponent, modulus)| {
        let mut memory = vec![0xff; SLICES];
        memory.resize(NUMBERS, 0);
        for (offset, size) in [(0, base), (4096, exponent), (8192, modulus)] {
            memory.extend([offset, size].map(u64::to_le_bytes).concat());
        }
        memory[..4096].fill(0xe1);
        memory[8192..12_288].fill(0xf3);
        let call = format!("(call $sol_big_mod_exp (i32.const {NUMBERS}) (i32.const {OUT}))");
        case(format!("sol_big_mod_exp, {base} to the {exponent} by {modulus}"), memory, call)
    });
    cases.into()
}
