//! What a Solana program's memory says of a nested call, altered at random: every structure that the host reads from there, in both
//! layouts. In: bytes. Out: nothing but a judgement, so a fuzz target can hand in what it likes.
//!
//! A program is given an image of its structures as instruction data, copies it to where they belong, and calls. The image is a right one
//! with some bytes changed; most changes are single ones, so that they get past the checks before them.

use crate::common::{self, PROGRAM, Report, Spec, address, call, callee, read_only, writable};
use sealane_vm::Program;
use std::sync::{Arc, OnceLock};

const CALLEE: u8 = 201;
/// Where the image goes, and where its parts lie.
const IMAGE: u32 = 4096;
const METAS: u32 = IMAGE + 128;
const KEYS: u32 = IMAGE + 384;
const DATA: u32 = IMAGE + 640;
const INFOS: u32 = IMAGE + 704;
const CELLS: u32 = IMAGE + 1024;
const SIGNERS: u32 = IMAGE + 1536;
const IMAGE_SIZE_BYTES: usize = 2048;
/// What stands before the image: layout, account infos, signers, and padding.
const HEAD_SIZE_BYTES: usize = 8;
/// Sizes of the data of the accounts, which lie behind the one page that the program has.
const SIZES: [u32; 3] = [24, 0, 7];
const REGION: u32 = 65_536;
const HEADER_SIZE_BYTES: u32 = 88;
const GROWTH_BYTES: u32 = 10 * 1024;

/// Layouts by number; 0 is Rust's.
const C: u8 = 1;
const NARROW_RUST: u8 = 2;

/// What came of the cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) succeeded: u32,
    pub(crate) refused: u32,
}

/// A part of the image: where it is, and its bytes.
type Part = (u32, Vec<u8>);

/// Where the header of each account lies.
fn headers() -> [u32; 3] {
    let mut next = REGION + 8;
    SIZES.map(|size| {
        let header = next;
        next += HEADER_SIZE_BYTES + (size + GROWTH_BYTES).next_multiple_of(8) + 8;
        header
    })
}

/// The caller: copies what lies behind the head of its instruction data to [`IMAGE`], and calls as the head says.
fn caller() -> Arc<Program> {
    static CALLER: OnceLock<Arc<Program>> = OnceLock::new();
    let make = || {
        let last = headers()[2];
        let behind = last + HEADER_SIZE_BYTES + (SIZES[2] + GROWTH_BYTES).next_multiple_of(8) + 8;
        // The callee's account has no data; behind it stands the size of the instruction data.
        let head = behind + HEADER_SIZE_BYTES + GROWTH_BYTES + 8 + 8;
        let call = |name: &str| {
            format!(
                "(call ${name} (i32.const {IMAGE}) (i32.const {INFOS}) (i64.load8_u (i32.const {})) (i32.const {SIGNERS})
                    (i64.load8_u (i32.const {})))",
                head + 1,
                head + 2
            )
        };
        common::load(&format!(
            r#"(module
                (import "env" "sol_invoke_signed_rust" (func $rust (param i32 i32 i64 i32 i64) (result i64)))
                (import "env" "sol_invoke_signed_c" (func $c (param i32 i32 i64 i32 i64) (result i64)))
                (memory (export "memory") 1)
                (func (export "entrypoint") (param i32) (result i64)
                    (memory.copy (i32.const {IMAGE}) (i32.const {}) (i32.const {IMAGE_SIZE_BYTES}))
                    (if (result i64) (i32.eq (i32.load8_u (i32.const {head})) (i32.const 1)) (then {}) (else {}))))"#,
            head + 8,
            call("c"),
            call("rust"),
        ))
    };
    Arc::clone(CALLER.get_or_init(make))
}

/// The callee: counts in the first account's data, gives one of its lamports to the second, and makes it longer.
fn counter() -> Arc<Program> {
    static COUNTER: OnceLock<Arc<Program>> = OnceLock::new();
    let [first, second, _] = headers();
    let add = |place: u32, addend: i64| {
        format!(
            "(i64.store (i32.const {place}) (i64.add (i64.load (i32.const {place})) (i64.const {addend})))"
        )
    };
    let make = || {
        common::load(&format!(
            r#"(module
                (import "env" "sol_log_compute_units_" (func $units))
                (memory (export "memory") 1)
                (func (export "entrypoint") (param i32) (result i64)
                    (call $units) {} {} {} {}
                    (i64.const 0)))"#,
            add(first + 88, 1),
            add(first + 72, -1),
            add(second + 72, 1),
            add(first + 80, 8),
        ))
    };
    Arc::clone(COUNTER.get_or_init(make))
}

fn words<T: Copy, const N: usize>(list: &[T], bytes: impl Fn(T) -> [u8; N]) -> Vec<u8> {
    list.iter().flat_map(|word| bytes(*word)).collect()
}

/// The structures as they should be: two accounts to change, one to read, one signer that is not one of them.
fn parts(layout: u8) -> Vec<Part> {
    let (is_c, is_narrow) = (layout == C, layout == NARROW_RUST);
    let narrow = |list: &[u32]| words(list, u32::to_le_bytes);
    let wide = |list: &[u64]| words(list, u64::to_le_bytes);
    let accounts = [(1_u8, 1_u8), (2, 1), (3, 0)];
    let (mut metas, mut keys) = (Vec::new(), Vec::new());
    for ((number, is_writable), at) in accounts.into_iter().zip((KEYS..).step_by(32)) {
        keys.extend_from_slice(address(number).as_ref());
        if is_c {
            metas.extend([&at.to_le_bytes()[..], &[is_writable, 0, 0, 0]].concat());
        } else {
            metas.extend([address(number).as_ref(), &[0, is_writable]].concat());
        }
    }
    keys.extend_from_slice(address(CALLEE).as_ref());
    let (metas_at, data_at) = (u64::from(METAS), u64::from(DATA));
    let instruction = if is_narrow {
        [narrow(&[METAS, 3, 3, DATA, 6, 6]), address(CALLEE).as_ref().to_vec()].concat()
    } else if is_c {
        wide(&[u64::from(KEYS + 96) | metas_at << 32, 3, data_at, 6])
    } else {
        [wide(&[metas_at, 3, 3, data_at, 6, 6]), address(CALLEE).as_ref().to_vec()].concat()
    };
    let (mut infos, mut cells) = (Vec::new(), Vec::new());
    for (header, size) in headers().into_iter().zip(SIZES) {
        let [key, owner, lamports, data] = [8, 40, 72, 88].map(|offset| header + offset);
        let cell = CELLS + u32::try_from(cells.len()).expect("a few cells");
        infos.extend(narrow(&if is_c {
            vec![key, lamports, size, 0, data, owner, 0, 0, 0, 0]
        } else {
            vec![key, cell, cell + 16, owner, 0, 0, 0, 0]
        }));
        cells.extend(narrow(&[1, 1, 0, lamports, 1, 1, 0, data, size, 0]));
    }
    let seeds = if is_c { narrow(&[SIGNERS + 64, 0, 1, 0]) } else { narrow(&[SIGNERS + 64, 1]) };
    let seed = if is_c { narrow(&[DATA, 0, 6, 0]) } else { narrow(&[DATA, 6]) };
    vec![
        (IMAGE, instruction),
        (METAS, metas),
        (KEYS, keys),
        (DATA, b"nested".to_vec()),
        (INFOS, infos),
        (CELLS, cells),
        (SIGNERS, seeds),
        (SIGNERS + 64, seed),
    ]
}

/// The first bytes say the layout and the counts; each further four change a byte of the image.
fn input(bytes: &[u8]) -> Vec<u8> {
    let (head, changes) = bytes.split_at(bytes.len().min(3));
    let byte = |index: usize| head.get(index).copied().unwrap_or(0);
    let layout = byte(0) % 3;
    let infos = if byte(1) < 192 { 3 } else { byte(1) };
    let signers = if byte(2) < 128 { 0 } else { (byte(2) - 128) / 16 };
    let parts = parts(layout);
    let mut input = vec![0; HEAD_SIZE_BYTES + IMAGE_SIZE_BYTES];
    input[..3].copy_from_slice(&[layout, infos, signers]);
    for (at, bytes) in &parts {
        let start = HEAD_SIZE_BYTES + (at - IMAGE) as usize;
        input[start..start + bytes.len()].copy_from_slice(bytes);
    }
    for change in changes.as_chunks::<4>().0 {
        // A part, a place in it, and how its byte changes: a little, or to anything.
        let [part, place, how, value] = *change;
        let (at, bytes) = &parts[usize::from(part) % parts.len()];
        let place = HEAD_SIZE_BYTES + (at - IMAGE) as usize + usize::from(place) % bytes.len();
        input[place] = match how % 4 {
            0 => input[place].wrapping_add(1),
            1 => input[place] ^ 1 << (value % 8),
            2 => 0,
            _ => value,
        };
    }
    input
}

fn specs() -> Vec<Spec> {
    vec![
        writable(1, address(CALLEE), 10, &[7; SIZES[0] as usize]),
        writable(2, address(9), 5, b""),
        read_only(3, address(9), 3, b"seventh"),
        callee(CALLEE, &counter()),
    ]
}

impl Described {
    /// Makes the call that `bytes` describe, on a new instance and on kept ones, and judges what came of it.
    ///
    /// # Panics
    /// If the host does, the instances differ, or something changed that must not.
    pub(crate) fn check(bytes: &[u8]) -> Self {
        let Report { result, accounts, .. } = call(&caller(), specs(), &input(bytes)).run();
        let before: Vec<_> = specs().into_iter().map(|spec| spec.account).collect();
        let lamports =
            |list: &[sealane_sdk::Account]| list.iter().map(|account| account.lamports).sum::<u64>();
        assert_eq!(accounts[2..4], before[2..4], "what is only read stays");
        assert!(accounts.iter().zip(&before).all(|(after, before)| after.owner == before.owner));
        if result.is_ok() {
            assert_eq!(lamports(&accounts[..4]), lamports(&before), "lamports stay the same in all");
            // The callee did all of what it does, or nothing was called that has effects.
            assert!(accounts[0].data.len() == before[0].data.len() + 8 || accounts[..2] == before[..2]);
            return Self { succeeded: 1, refused: 0 };
        }
        Self { succeeded: 0, refused: 1 }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.succeeded += other.succeeded;
        self.refused += other.refused;
    }
}

/// The host's own programs are left out of the reports' accounts.
const _: () = assert!(PROGRAM != CALLEE);
