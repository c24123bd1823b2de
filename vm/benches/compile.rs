//! What programs cost that were made to be expensive to compile: for each family of `tests/compile/bombs/` the largest
//! function that the checks accept, checked, rewritten and compiled; and the programs of this repository beside them.
//! Times are CPU time of the process, since the compiler has a thread of its own.
//!
//! `cargo bench -p sealane-vm --bench compile`

#[path = "../tests/compile/bombs/mod.rs"]
mod bombs;

use bombs::{BOMBS, largest, module};
use criterion::{Criterion, criterion_group, criterion_main};
use sealane_vm::Engine;
use std::hint::black_box;
use std::time::Duration;

fn process_cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).expect("CPU time is never negative")
}

fn compile(criterion: &mut Criterion) {
    let engine = Engine::new().expect("this machine runs compiled WebAssembly");
    let mut group = criterion.benchmark_group("compile");
    group.sample_size(10);
    let mut bench = |name: &str, bytes: &[u8]| {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|rounds| {
                let start = process_cpu_time();
                for _ in 0..rounds {
                    engine.load(black_box(bytes)).expect("an accepted program");
                }
                process_cpu_time() - start
            })
        });
    };
    for program in sealane_artifacts::PROGRAMS {
        bench(program.name, program.bytes);
    }
    for bomb in BOMBS {
        let (pieces, _) = largest(*bomb, 1);
        bench(bomb.name, &module(*bomb, pieces, 1));
    }
    group.finish();
}

criterion_group!(benches, compile);
criterion_main!(benches);
