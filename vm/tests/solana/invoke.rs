//! Nested calls, described with Rust's structures and with C's: what the callee does is seen by the caller, in its input
//! and in its own structures; and what is described wrongly is refused.

use crate::common::{self, PROGRAM, Report, Spec, address, call, callee, read_only, writable};
use crate::{GROWTH_BYTES, data, headers, program, simple};
use sealane_sdk::Address;
use sealane_vm::{CallError, Privilege, Program, Rule, SeedsError};
use std::sync::Arc;

const CALLEE: u8 = 201;
/// Where the caller's structures lie: the instruction, its accounts, the infos, and what their cells hold.
const INSTRUCTION: u32 = 4096;
const METAS: u32 = 4352;
const KEYS: u32 = 4864;
const INFOS: u32 = 5376;
const CELLS: u32 = 6144;
const SIGNERS: u32 = 8192;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    Rust,
    /// As crates before `solana-program` 2 have it.
    NarrowRust,
    C,
}

const LAYOUTS: [Layout; 3] = [Layout::Rust, Layout::NarrowRust, Layout::C];

/// A nested call of [`CALLEE`], as a program has it in memory.
#[derive(Clone, Debug)]
struct Request {
    layout: Layout,
    /// Address, signer, writable.
    metas: Vec<(Address, bool, bool)>,
    /// Header in the caller's input, and the size that the info tells.
    infos: Vec<(u32, u32)>,
    data: Vec<u8>,
    seeds: Vec<Vec<u8>>,
}

impl Request {
    fn new(layout: Layout, metas: Vec<(Address, bool, bool)>, infos: Vec<(u32, u32)>) -> Self {
        Self { layout, metas, infos, data: b"nested".to_vec(), seeds: Vec::new() }
    }

    /// Data segments with all structures, and the text of the call.
    fn text(&self) -> String {
        let name = match self.layout {
            Layout::Rust | Layout::NarrowRust => "sol_invoke_signed_rust",
            Layout::C => "sol_invoke_signed_c",
        };
        let (infos, signers) = (self.infos.len(), u32::from(!self.seeds.is_empty()));
        format!(
            "(drop (call ${name} (i32.const {INSTRUCTION}) (i32.const {INFOS}) (i64.const {infos}) (i32.const {SIGNERS}) (i64.const {signers})))"
        )
    }

    fn segments(&self) -> String {
        let program = address(CALLEE);
        let (count, size) = (self.metas.len() as u64, self.data.len() as u64);
        let (metas, data_at) = (u64::from(METAS), u64::from(KEYS) + 1024);
        let mut keys = Vec::new();
        let mut metas_bytes = Vec::new();
        for (key, signer, is_writable) in &self.metas {
            let at = KEYS + u32::try_from(keys.len()).expect("a few keys");
            keys.extend_from_slice(key.as_ref());
            match self.layout {
                Layout::Rust | Layout::NarrowRust => {
                    metas_bytes.extend_from_slice(key.as_ref());
                    metas_bytes.extend([u8::from(*signer), u8::from(*is_writable)]);
                }
                Layout::C => {
                    metas_bytes.extend_from_slice(&at.to_le_bytes());
                    metas_bytes.extend([u8::from(*is_writable), u8::from(*signer), 0, 0]);
                }
            }
        }
        let program_at = KEYS + u32::try_from(keys.len()).expect("a few keys");
        keys.extend_from_slice(program.as_ref());
        let words = |list: &[u64]| list.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
        let instruction = match self.layout {
            Layout::Rust => {
                [words(&[metas, count, count, data_at, size, size]), program.to_bytes().to_vec()].concat()
            }
            Layout::NarrowRust => {
                let narrow = [metas, count, count, data_at, size, size];
                let narrow = narrow.map(|word| u32::try_from(word).expect("it is small").to_le_bytes());
                [narrow.as_flattened(), program.as_ref()].concat()
            }
            Layout::C => words(&[u64::from(program_at) | metas << 32, count, data_at, size]),
        };
        let (infos, cells) = self.infos();
        [
            data(INSTRUCTION, &instruction),
            data(METAS, &metas_bytes),
            data(KEYS, &keys),
            data(KEYS + 1024, &self.data),
            data(INFOS, &infos),
            data(CELLS, &cells),
            data(SIGNERS, &self.signers()),
        ]
        .concat()
    }

    fn infos(&self) -> (Vec<u8>, Vec<u8>) {
        let (mut infos, mut cells) = (Vec::new(), Vec::new());
        for (header, size) in &self.infos {
            let [key, owner, lamports, data] = [8, 40, 72, 88].map(|offset| header + offset);
            let cell = CELLS + u32::try_from(cells.len()).expect("a few cells");
            let info: Vec<u32> = match self.layout {
                Layout::Rust | Layout::NarrowRust => vec![key, cell, cell + 16, owner, 0, 0, 0, 0],
                Layout::C => vec![key, lamports, *size, 0, data, owner, 0, 0, 0, 0],
            };
            infos.extend(info.iter().flat_map(|word| word.to_le_bytes()));
            let cell = [1, 1, 0, lamports, 1, 1, 0, data, *size, 0];
            cells.extend(cell.iter().flat_map(|word| word.to_le_bytes()));
        }
        (infos, cells)
    }

    /// One signer, whose seeds lie behind it.
    fn signers(&self) -> Vec<u8> {
        let list_at = SIGNERS + 64;
        let mut bytes_at = SIGNERS + 512;
        let count = u32::try_from(self.seeds.len()).expect("a few seeds");
        let item = |at: u32, count: u32| -> Vec<u8> {
            match self.layout {
                Layout::Rust | Layout::NarrowRust => {
                    [at, count].iter().flat_map(|word| word.to_le_bytes()).collect()
                }
                Layout::C => [at, 0, count, 0].iter().flat_map(|word| word.to_le_bytes()).collect(),
            }
        };
        let mut bytes = item(list_at, count);
        bytes.resize(64, 0);
        for seed in &self.seeds {
            let size = u32::try_from(seed.len()).expect("a short seed");
            bytes.extend(item(bytes_at, size));
            bytes_at += size;
        }
        bytes.resize(512, 0);
        bytes.extend(self.seeds.concat());
        bytes
    }

    /// A program that makes the call between `before` and `after`.
    fn program(&self, before: &str, after: &str) -> Arc<Program> {
        let body = format!("{before} {} {after}", self.text());
        program(&format!("{} {}", self.segments(), common::entrypoint(&body)))
    }

    /// Where the program keeps the size of the first account's data.
    const fn size_place(&self) -> u32 {
        match self.layout {
            Layout::Rust | Layout::NarrowRust => CELLS + 32,
            Layout::C => INFOS + 8,
        }
    }
}

/// Calls `program` with `specs`, the last of which is the callee's account, and passes all of it on.
fn run(program: &Arc<Program>, specs: Vec<Spec>) -> Report {
    call(program, specs, &[]).run()
}

/// Accounts 1 and 2, the callee's own, with 4 and 0 bytes of data; and the callee.
fn specs(callee_program: &Arc<Program>) -> Vec<Spec> {
    vec![
        writable(1, address(CALLEE), 10, b"data"),
        writable(2, address(9), 0, b""),
        callee(CALLEE, callee_program),
    ]
}

/// Both accounts passed on as writable.
fn both(layout: Layout) -> Request {
    let at = headers(&[4, 0]);
    let metas = vec![(address(1), false, true), (address(2), false, true)];
    Request::new(layout, metas, vec![(at[0], 4), (at[1], 0)])
}

fn trap_unless(condition: &str) -> String {
    format!("(if (i32.eqz {condition}) (then unreachable))")
}

#[test]
fn the_caller_sees_what_the_callee_did() {
    let at = headers(&[4, 0]);
    let (first, second) = (at[0], at[1]);
    // The callee has the same two accounts, so they lie at the same places in its own memory.
    let inner = simple(&format!(
        "(i32.store8 (i32.const {}) (i32.const 0x78))
         (i64.store (i32.const {}) (i64.const 7)) (i64.store (i32.const {}) (i64.const 3))",
        first + 88,
        first + 72,
        second + 72
    ));
    for layout in LAYOUTS {
        let seen = [
            trap_unless(&format!("(i32.eq (i32.load (i32.const {})) (i32.const 0x61746178))", first + 88)),
            trap_unless(&format!("(i64.eq (i64.load (i32.const {})) (i64.const 7))", first + 72)),
            trap_unless(&format!("(i64.eq (i64.load (i32.const {})) (i64.const 3))", second + 72)),
        ];
        let report = run(&both(layout).program("", &seen.concat()), specs(&inner));
        assert_eq!(report.result, Ok(()), "{layout:?}: {:#?}", report.logs);
        assert_eq!(report.accounts[0].data, b"xata");
        assert_eq!([report.accounts[0].lamports, report.accounts[1].lamports], [7, 3]);
        assert_eq!(report.trace.iter().map(|entry| entry.1).collect::<Vec<_>>(), [1, 2]);
    }
}

#[test]
fn the_callee_sees_what_the_caller_did() {
    let at = headers(&[4, 0]);
    let inner = simple(&trap_unless(&format!(
        "(i32.eq (i32.load (i32.const {})) (i32.const 0x61746171))",
        at[0] + 88
    )));
    for layout in LAYOUTS {
        let before = format!("(i32.store8 (i32.const {}) (i32.const 0x71))", at[0] + 88);
        let mut specs = specs(&inner);
        specs[0].account.owner = address(PROGRAM);
        let report = run(&both(layout).program(&before, ""), specs);
        assert_eq!(report.result, Ok(()), "{layout:?}: {:#?}", report.logs);
        assert_eq!(report.accounts[0].data, b"qata");
    }
}

/// The callee changes the size: the caller's input has the new one, and so has the structure that it called with.
#[test]
fn sizes_are_told() {
    let at = headers(&[4, 0]);
    for layout in LAYOUTS {
        for (size, expected) in [(6, 0x6461_u64 | 0x6174 << 16), (2, 0x6164)] {
            let inner = simple(&format!("(i64.store (i32.const {}) (i64.const {size}))", at[0] + 80));
            let request = both(layout);
            let first_bytes = if size == 2 { expected } else { 0x6174_6164 };
            let seen = [
                trap_unless(&format!("(i64.eq (i64.load (i32.const {})) (i64.const {size}))", at[0] + 80)),
                trap_unless(&format!(
                    "(i32.eq (i32.load (i32.const {})) (i32.const {size}))",
                    request.size_place()
                )),
                trap_unless(&format!(
                    "(i64.eq (i64.load (i32.const {})) (i64.const {first_bytes}))",
                    at[0] + 88
                )),
            ];
            let report = run(&request.program("", &seen.concat()), specs(&inner));
            assert_eq!(report.result, Ok(()), "{layout:?}, {size}: {:#?}", report.logs);
            assert_eq!(report.accounts[0].data.len(), size);
        }
    }
}

#[test]
fn growth_is_bounded_for_caller_and_callee_together() {
    let at = headers(&[4, 0]);
    let size = 4 + GROWTH_BYTES;
    let grow = |size: u32| simple(&format!("(i64.store (i32.const {}) (i64.const {size}))", at[0] + 80));
    for layout in LAYOUTS {
        let request = both(layout).program("", "");
        assert_eq!(run(&request, specs(&grow(size))).result, Ok(()));
        let refused = CallError::rule(Rule::GrowthPerCall, address(1));
        assert_eq!(run(&request, specs(&grow(size + 1))).result, Err(refused));
    }
}

#[test]
fn what_is_not_passed_on_is_missing() {
    let at = headers(&[4, 0]);
    let inner = simple("");
    for layout in LAYOUTS {
        let no_info = Request { infos: vec![(at[1], 0)], ..both(layout) };
        let missing = Err(CallError::MissingAccount(address(1)));
        assert_eq!(run(&no_info.program("", ""), specs(&inner)).result, missing);
        let mut unknown = both(layout);
        unknown.metas.push((address(77), false, false));
        let missing = Err(CallError::MissingAccount(address(77)));
        assert_eq!(run(&unknown.program("", ""), specs(&inner)).result, missing);
        // A program needs no info; the caller itself is not among its accounts.
        let mut with_program = both(layout);
        with_program.metas.push((address(CALLEE), false, false));
        assert_eq!(run(&with_program.program("", ""), specs(&inner)).result, Ok(()));
        let mut callee_missing = specs(&inner);
        callee_missing.pop();
        let missing = Err(CallError::MissingAccount(address(CALLEE)));
        assert_eq!(run(&both(layout).program("", ""), callee_missing).result, missing);
    }
}

/// An info must point to the account in the input, with all of it: lamports elsewhere would be lost.
#[test]
fn infos_must_point_into_the_input() {
    let inner = simple("");
    let moved = |layout: Layout| match layout {
        // Lamports, data and owner.
        Layout::Rust | Layout::NarrowRust => [CELLS + 12, CELLS + 28, INFOS + 12],
        Layout::C => [INFOS + 4, INFOS + 16, INFOS + 20],
    };
    for layout in LAYOUTS {
        for place in moved(layout) {
            let before = format!(
                "(i32.store (i32.const {place}) (i32.add (i32.load (i32.const {place})) (i32.const 8)))"
            );
            let report = run(&both(layout).program(&before, ""), specs(&inner));
            assert_eq!(report.result, Err(CallError::ForeignAccountInfo(address(1))), "{layout:?} {place}");
        }
    }
}

#[test]
fn privileges_never_grow() {
    let inner = simple("");
    for layout in LAYOUTS {
        let at = headers(&[4]);
        let pass_on = |spec: Spec, signer: bool, is_writable: bool| {
            let request = Request::new(layout, vec![(address(1), signer, is_writable)], vec![(at[0], 4)]);
            run(&request.program("", ""), vec![spec, callee(CALLEE, &inner)]).result
        };
        let refused = |privilege| Err(CallError::PrivilegeEscalation { privilege, account: address(1) });
        let (changed, looked_at) =
            (writable(1, address(9), 1, b"data"), read_only(1, address(9), 1, b"data"));
        assert_eq!(pass_on(changed.clone().signed(), true, true), Ok(()));
        assert_eq!(pass_on(looked_at, false, true), refused(Privilege::Writable));
        assert_eq!(pass_on(changed, true, true), refused(Privilege::Signer));
    }
}

#[test]
fn seeds_sign() {
    let program_address = address(PROGRAM);
    let (derived, bump) = Address::find_program_address(&[b"vault", b"x"], &program_address);
    let at = headers(&[4]);
    let check =
        simple(&trap_unless(&format!("(i32.eq (i32.load8_u (i32.const {})) (i32.const 1))", at[0] + 1)));
    for layout in LAYOUTS {
        let sign = |seeds: Vec<Vec<u8>>| {
            let metas = vec![(derived, true, false)];
            let request = Request { seeds, ..Request::new(layout, metas, vec![(at[0], 4)]) };
            let spec = Spec { address: derived, ..read_only(1, address(9), 1, b"data") };
            run(&request.program("", ""), vec![spec, callee(CALLEE, &check)]).result
        };
        assert_eq!(sign(vec![b"vault".to_vec(), b"x".to_vec(), vec![bump]]), Ok(()));
        let refused = CallError::PrivilegeEscalation { privilege: Privilege::Signer, account: derived };
        let (_, other) = Address::find_program_address(&[b"vault", b"y"], &program_address);
        assert_eq!(sign(vec![b"vault".to_vec(), b"y".to_vec(), vec![other]]), Err(refused));
        assert_eq!(sign(vec![vec![0; 33]]), Err(CallError::Seeds(SeedsError::TooLong)));
        assert_eq!(sign(vec![vec![0; 1]; 17]), Err(CallError::Seeds(SeedsError::TooMany)));
    }
}

/// Programs of both ABIs call each other.
#[test]
fn a_native_program_is_called() {
    let native = common::simple(
        "(i32.store8 (call $data (i32.const 0)) (i32.const 0x79)) (call $move (i32.const 0) (i32.const 1) (i64.const 4))",
    );
    let at = headers(&[4, 0]);
    for layout in LAYOUTS {
        let seen =
            trap_unless(&format!("(i32.eq (i32.load8_u (i32.const {})) (i32.const 0x79))", at[0] + 88));
        let report = run(&both(layout).program("", &seen), specs(&native));
        assert_eq!(report.result, Ok(()), "{:#?}", report.logs);
        assert_eq!([report.accounts[0].lamports, report.accounts[1].lamports], [6, 4]);
    }
}

/// The callee asks what its caller called before it: nothing at first, then the same instruction.
#[test]
fn siblings_are_told() {
    // The sizes are asked for at 512, and all of it when they are known; program, data and accounts follow from 1000 on.
    let ask = "(call $sol_get_processed_sibling_instruction
        (i64.const 0) (i32.const 512) (i32.const 1000) (i32.const 1032) (i32.const 1038))";
    let inner = simple(&format!(
        "(call $sol_log_64_ {ask} (i64.load (i32.const 512)) (i64.load (i32.const 520)) (i64.load (i32.const 1000)) (i64.const 0))
         (drop {ask}) (call $sol_set_return_data (i32.const 1000) (i64.const 106))"
    ));
    for layout in LAYOUTS {
        let request = both(layout);
        let report = run(&request.program(&request.text(), ""), specs(&inner));
        assert_eq!(report.result, Ok(()), "{:#?}", report.logs);
        assert_eq!(report.messages(), ["0x0, 0x0, 0x0, 0x0, 0x0", "0x1, 0x6, 0x2, 0x0, 0x0"]);
        let metas = [1, 2].map(|number| [address(number).as_ref(), &[0, 1]].concat()).concat();
        let expected = [address(CALLEE).as_ref(), b"nested", &metas].concat();
        assert_eq!(report.return_data.data, expected);
    }
}

/// The caller itself has none: what it calls is no sibling of its own.
#[test]
fn a_first_instruction_has_no_sibling() {
    let inner = simple("");
    let after = "(if (i64.ne (i64.const 0) (call $sol_get_processed_sibling_instruction
        (i64.const 0) (i32.const 512) (i32.const 1000) (i32.const 1032) (i32.const 1038))) (then unreachable))";
    for layout in LAYOUTS {
        assert_eq!(run(&both(layout).program("", after), specs(&inner)).result, Ok(()));
    }
}
