//! A compiler that fails on this machine, one way after the other, by modules that it cannot compile within what it is
//! given. Each time the answer is that this machine failed; the module is refused nowhere, and is compiled as soon as
//! the machine can.

use super::bombs::{BOMBS, largest, module};
use super::common::engine;
use sealane_vm::{LoadError, LocalFault, ProgramCache};
use std::process::Command;
use std::time::Duration;

/// A module that takes long and much memory to compile, and is accepted.
fn slow_module() -> Vec<u8> {
    let name = "locals through ifs in a row";
    let bomb = BOMBS.iter().find(|bomb| bomb.name == name).expect("a family of this name");
    let (pieces, _) = largest(*bomb, 1);
    module(*bomb, pieces, 1)
}

/// A node whose compiler was too slow once must not go on refusing what all others run.
#[test]
fn a_compiler_that_takes_too_long_gives_no_verdict() {
    let bytes = slow_module();
    let limit = Duration::from_nanos(1);
    let hurried = engine().clone().with_compile_time_limit(limit);
    assert_eq!(hurried.key(), engine().key(), "the time limit decides about no program");
    let cache = ProgramCache::new(hurried, 4);
    for _ in 0..2 {
        assert_eq!(cache.load(&bytes).err(), Some(LoadError::Local(LocalFault::TimedOut(limit))));
        assert!(cache.is_empty(), "a failure is not kept");
    }
    let cache = ProgramCache::new(engine().clone(), 4);
    assert!(cache.load(&bytes).is_ok() && cache.len() == 1);
}

/// Tells the process started by the test below what it is.
const CHILD: &str = "SEALANE_TEST_COMPILES_WITHOUT_MEMORY";
/// Memory that process has, in KiB: enough for the engine and a small program.
const CHILD_MEMORY_KIB: u32 = 160 * 1024;

/// What memory the compiler takes cannot be taken back, so a process that has no more ends. What must not happen is that
/// it goes on with a refusal.
#[cfg(target_os = "linux")]
#[test]
fn a_compiler_without_memory_gives_no_verdict() {
    let this = std::env::current_exe().expect("the path of this test");
    let script =
        format!(r#"ulimit -d {CHILD_MEMORY_KIB} && exec "$0" --exact local_faults::child --nocapture"#);
    let output = Command::new("sh")
        .args(["-c", &script])
        .arg(this)
        .env(CHILD, "1")
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("a shell");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("small: compiled"), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains("large: "), "ended or failed locally, with {said}");
    assert!(!output.status.success(), "memory was short");
}

/// The other process. Alone, it does nothing.
#[test]
fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let bomb = BOMBS.iter().find(|bomb| bomb.name == "arithmetic").expect("a family of this name");
    assert!(engine().load(&module(*bomb, 1, 1)).is_ok());
    println!("small: compiled");
    match engine().load(&slow_module()) {
        Ok(_) => println!("large: compiled"),
        Err(LoadError::Refused(error)) => println!("large: refused, {error}"),
        Err(LoadError::Local(fault)) => panic!("this machine's fault: {fault}"),
    }
}
