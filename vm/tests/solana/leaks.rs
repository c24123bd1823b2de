//! Nothing leaks from one call to the next: `Call::run` runs every call on a new instance and three times on kept ones and
//! compares; the programs here leave something wherever they can, and trap if they find it when they begin.

use crate::common::{self, PROGRAM, address, call, writable};
use crate::{GROWTH_BYTES, REGION, headers, program, simple};

/// The text of a loop that traps if a byte of `from..to` is not zero.
fn scan(from: u32, to: u32) -> String {
    format!(
        "(local.set $at (i32.const {from}))
        (loop $l
            (if (i32.load8_u (local.get $at)) (then unreachable))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br_if $l (i32.lt_u (local.get $at) (i32.const {to}))))"
    )
}

fn entrypoint(body: &str) -> String {
    common::entrypoint(&format!("(local $at i32) {body}"))
}

/// The program's own memory, the room that accounts may grow into, and what lies behind the region.
#[test]
fn memory() {
    let first = headers(&[8])[0];
    let room = first + 88 + 8;
    let region_end = room + GROWTH_BYTES + 8 + 8 + 5 + 32;
    let memory_end = 3 * 65_536;
    let body = format!(
        "{} {} {} (memory.fill (i32.const 0) (i32.const 0xff) (i32.const {REGION}))
         (memory.fill (i32.const {room}) (i32.const 0xff) (i32.const {GROWTH_BYTES}))
         (memory.fill (i32.const {region_end}) (i32.const 0xff) (i32.const {}))",
        scan(0, REGION),
        scan(room, room + GROWTH_BYTES),
        scan(region_end, memory_end),
        memory_end - region_end
    );
    let specs = vec![writable(1, address(9), 1, b"eightful")];
    let mut call = call(&program(&entrypoint(&body)), specs, b"hello");
    call.units = 10 * common::UNITS;
    call.succeed();
}

/// An account that grows, shrinks and is written by the host after a nested call.
#[test]
fn what_accounts_grew_to() {
    let first = headers(&[8])[0];
    let body = format!(
        "{} (i64.store (i32.const {}) (i64.const 5000)) (memory.fill (i32.const {}) (i32.const 7) (i32.const 5000))",
        scan(first + 96, first + 96 + GROWTH_BYTES),
        first + 80,
        first + 88
    );
    let report = call(&program(&entrypoint(&body)), vec![writable(1, address(PROGRAM), 1, b"eightful")], b"")
        .succeed();
    assert_eq!(report.accounts[0].data, [7; 5000]);
}

/// A region larger than the pages that are there for it: memory grows, and the instance is not used again.
#[test]
fn a_large_region() {
    let body = "(if (i32.lt_u (memory.size) (i32.const 4)) (then unreachable)) (i32.store (i32.const 0) (i32.const 1))";
    let large = vec![7; 200_000];
    let specs = vec![writable(1, address(PROGRAM), 1, &large)];
    let units = call(&simple(body), specs, b"").succeed().units;
    // Its bytes and its pages are paid.
    assert!(units > 200_000 / 32 + 2 * 2_000, "{units}");
    let specs = vec![writable(1, address(PROGRAM), 1, &vec![7; 17 << 20])];
    assert_eq!(call(&simple(body), specs, b"").fail(), sealane_vm::Trap::InputTooLarge.into());
}

#[test]
fn globals_and_return_data() {
    let body = "(if (i32.or (global.get $g) (i32.wrap_i64 (call $sol_get_return_data (i32.const 0) (i64.const 8) (i32.const 16))))
            (then unreachable))
        (global.set $g (i32.const 1)) (call $sol_set_return_data (i32.const 0) (i64.const 8))";
    let text = format!("(global $g (mut i32) (i32.const 0)) {}", entrypoint(body));
    call(&program(&text), vec![], &[]).succeed();
}

/// Each syscall that writes into the program's memory, far from all else it has there.
#[test]
fn what_the_host_writes() {
    for work in [
        "(drop (call $sol_sha256 (i32.const 0) (i64.const 0) (i32.const 30710)))",
        "(drop (call $sol_keccak256 (i32.const 0) (i64.const 0) (i32.const 30710)))",
        "(drop (call $sol_blake3 (i32.const 0) (i64.const 0) (i32.const 30710)))",
        "(call $sol_memset_ (i32.const 30710) (i32.const 1) (i64.const 20))",
        "(call $sol_memcpy_ (i32.const 30710) (i32.const 65536) (i64.const 20))",
        "(call $sol_memmove_ (i32.const 30710) (i32.const 65536) (i64.const 20))",
        "(i32.store8 (i32.const 64) (i32.const 1))
         (call $sol_memcmp_ (i32.const 0) (i32.const 64) (i64.const 1) (i32.const 30718))",
        "(drop (call $sol_try_find_program_address (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 30710) (i32.const 50000)))",
        "(drop (call $sol_get_clock_sysvar (i32.const 30710)))",
        "(call $sol_set_return_data (i32.const 65536) (i64.const 100))
         (drop (call $sol_get_return_data (i32.const 30710) (i64.const 100) (i32.const 50000)))",
    ] {
        let body = format!("{} {work}", scan(2048, REGION));
        call(&program(&entrypoint(&body)), vec![], &[]).succeed();
    }
}
