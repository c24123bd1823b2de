//! What programs cost that were made to be expensive to compile: for each family, the CPU time at a quarter, at half
//! and at the whole of the largest function that the checks accept, and of the largest module of such functions.
//!
//! `cargo run --release -p sealane-vm --example compile_bombs [part of a family's name [divisor]]`
//!
//! With a divisor, functions are that much smaller than the largest. With the name of a `.wasm` file instead of a
//! family's, says how far that module is from the bounds, and what it costs.

#[path = "../tests/compile/bombs/mod.rs"]
mod bombs;

use bombs::{BOMBS, Bomb, largest, module};
use sealane_vm::Engine;
use sealane_vm::validate::{FunctionInfo, describe, validate};
use std::time::Duration;

fn main() -> anyhow::Result<()> {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let divisor = std::env::args().nth(2).map_or(Ok(1), |divisor| divisor.parse())?;
    let engine = Engine::new()?;
    if wanted.ends_with(".wasm") {
        return report_file(&engine, &std::fs::read(wanted)?);
    }
    println!(
        "{:32} {:>8} {:>9} {:>9} {:>9} {:>9} {:>6}",
        "", "pieces", "bytes", "s ms", "2s ms", "4s ms", "growth"
    );
    for bomb in BOMBS.iter().filter(|bomb| bomb.name.contains(&wanted)) {
        report(&engine, *bomb, divisor)?;
    }
    Ok(())
}

fn report(engine: &Engine, bomb: Bomb, divisor: u32) -> anyhow::Result<()> {
    let (pieces, refusal) = largest(bomb, 1);
    let pieces = (pieces / divisor).max(1);
    let mut times = Vec::new();
    for divisor in [4, 2, 1] {
        times.push(compile_time(engine, &module(bomb, (pieces / divisor).max(1), 1))?);
    }
    let bytes = module(bomb, pieces, 1);
    let ms = |time: &Duration| time.as_secs_f64() * 1e3;
    println!(
        "{:40} {pieces:6} {:7} {:7.1} {:7.1} {:7.1} {:5.2} {:6.1} {:5}  {refusal}",
        bomb.name,
        bytes.len(),
        ms(&times[0]),
        ms(&times[1]),
        ms(&times[2]),
        times[2].as_secs_f64() / times[1].as_secs_f64(),
        ms(&cpu_time(|| validate(&bytes).map(drop))?),
        peak_memory_mib()?,
    );
    Ok(())
}

fn report_file(engine: &Engine, bytes: &[u8]) -> anyhow::Result<()> {
    let info = validate(bytes).map_err(|error| anyhow::anyhow!(describe(bytes, &error)))?;
    let work = |function: &FunctionInfo| function.work_units;
    println!(
        "{} bytes, {} functions, work {}, the largest function's {}",
        bytes.len(),
        info.functions.len(),
        info.functions.iter().map(work).sum::<u64>(),
        info.functions.iter().map(work).max().unwrap_or(0),
    );
    println!("checked, rewritten and compiled in {:.1} ms", compile_time(engine, bytes)?.as_secs_f64() * 1e3);
    Ok(())
}

fn compile_time(engine: &Engine, bytes: &[u8]) -> anyhow::Result<Duration> {
    cpu_time(|| engine.load(bytes).map(drop))
}

/// The most memory that was resident since the last call of this function, in MiB; not reset where that is not allowed.
fn peak_memory_mib() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next());
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    Ok(peak.map_or(Ok(0), str::parse::<u64>)? / 1024)
}

/// CPU time of this process: the compiler may have a thread of its own.
fn cpu_time<E: Into<anyhow::Error>>(work: impl FnOnce() -> Result<(), E>) -> anyhow::Result<Duration> {
    let now = || Duration::try_from(rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime));
    let start = now()?;
    work().map_err(Into::into)?;
    Ok(now()? - start)
}
