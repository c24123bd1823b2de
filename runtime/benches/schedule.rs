//! What scheduling costs: building the dependency graph of a block, checking recorded batches, and handing
//! transactions to workers. Input is made here, of transactions with four locks each; output is Criterion's report.
//!
//! `cargo bench -p sealane-runtime --bench schedule`. `petgraph` is the same graph built with petgraph's own
//! structures, for comparison; `execute` runs tasks that do nothing or spin for about a microsecond.

use std::hint::{black_box, spin_loop};
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use petgraph::graph::{DiGraph, NodeIndex};
use sealane_runtime::schedule::{Access, AccessSets, Schedule, Workers, verify_batches};

const TRANSACTION_COUNTS: [u32; 3] = [1_000, 10_000, 100_000];
const CONTENTIONS: [Contention; 3] = [Contention::None, Contention::Zipf, Contention::Hot];

#[derive(Clone, Copy, Debug)]
enum Contention {
    /// No transaction writes what another one names.
    None,
    /// Source and destination are drawn from as many accounts as there are transactions, by Zipf's law, exponent 1.
    Zipf,
    /// All transactions write one account.
    Hot,
}

impl Contention {
    const fn name(self) -> &'static str {
        match self {
            Self::None => "uncontended",
            Self::Zipf => "zipf",
            Self::Hot => "hot",
        }
    }
}

/// Transfers: each writes its payer, a source and a destination, and reads the program. Slots are numbered by first
/// use, as interning does.
fn block(contention: Contention, transaction_count: u32) -> (AccessSets, usize) {
    const PROGRAM: u32 = 0;
    let mut sets = AccessSets::new();
    let mut random = Random(1);
    let zipf = Zipf::new(transaction_count as usize);
    let mut zipf_slots = vec![None; transaction_count as usize];
    let mut account_count = 1;
    let mut unused = || {
        account_count += 1;
        account_count - 1
    };
    let hot = unused();
    for _ in 0..transaction_count {
        let mut drawn =
            |unused: &mut dyn FnMut() -> u32| *zipf_slots[zipf.draw(&mut random)].get_or_insert_with(unused);
        let payer = unused();
        let (source, destination) = match contention {
            Contention::None => (unused(), unused()),
            Contention::Zipf => (drawn(&mut unused), drawn(&mut unused)),
            Contention::Hot => (hot, unused()),
        };
        sets.push([
            Access::write(payer),
            Access::write(source),
            Access::write(destination),
            Access::read(PROGRAM),
        ]);
    }
    (sets, account_count as usize)
}

/// The same graph in petgraph's structures: what one would write without thinking of flat arrays.
fn build_petgraph(sets: &AccessSets, account_count: usize) -> (DiGraph<u32, ()>, u32) {
    let mut graph = DiGraph::<u32, ()>::with_capacity(sets.len(), sets.access_count());
    let mut writers: Vec<Option<NodeIndex>> = vec![None; account_count];
    let mut readers: Vec<Vec<NodeIndex>> = vec![Vec::new(); account_count];
    let mut batch_count = 0;
    for accesses in sets.iter() {
        let node = graph.add_node(0);
        let mut batch = 0;
        for access in accesses {
            let account = access.account() as usize;
            let mut depend_on = |graph: &mut DiGraph<u32, ()>, other: NodeIndex| {
                if other != node {
                    graph.update_edge(other, node, ());
                    batch = batch.max(graph[other] + 1);
                }
            };
            if let Some(writer) = writers[account] {
                depend_on(&mut graph, writer);
            }
            if access.is_write() {
                for reader in readers[account].drain(..) {
                    depend_on(&mut graph, reader);
                }
                writers[account] = Some(node);
            } else {
                readers[account].push(node);
            }
        }
        graph[node] = batch;
        batch_count = batch_count.max(batch + 1);
    }
    (graph, batch_count)
}

fn build(criterion: &mut Criterion) {
    for contention in CONTENTIONS {
        let mut group = criterion.benchmark_group(format!("schedule/{}", contention.name()));
        for transaction_count in TRANSACTION_COUNTS {
            let (sets, account_count) = block(contention, transaction_count);
            group.throughput(Throughput::Elements(u64::from(transaction_count)));
            let mut schedule = Schedule::default();
            group.bench_function(BenchmarkId::new("rebuild", transaction_count), |bencher| {
                bencher.iter(|| schedule.rebuild(black_box(&sets), account_count));
            });
            group.bench_function(BenchmarkId::new("build", transaction_count), |bencher| {
                bencher.iter(|| Schedule::build(black_box(&sets), account_count));
            });
            group.bench_function(BenchmarkId::new("verify_batches", transaction_count), |bencher| {
                bencher.iter(|| verify_batches(black_box(&sets), account_count, schedule.batches()));
            });
            group.bench_function(BenchmarkId::new("petgraph", transaction_count), |bencher| {
                bencher.iter(|| build_petgraph(black_box(&sets), account_count));
            });
        }
        group.finish();
    }
}

fn execute(criterion: &mut Criterion) {
    const TRANSACTION_COUNT: u32 = 10_000;
    for (work, spin_count) in [("nothing", 0), ("spin", 30)] {
        let mut group = criterion.benchmark_group(format!("execute/{work}"));
        group.throughput(Throughput::Elements(u64::from(TRANSACTION_COUNT)));
        for contention in CONTENTIONS {
            let (sets, account_count) = block(contention, TRANSACTION_COUNT);
            let schedule = Schedule::build(&sets, account_count);
            for worker_count in [1, 2] {
                let workers = Workers::new(worker_count).expect("threads can be started");
                let mut states = vec![0u64; worker_count];
                group.bench_function(BenchmarkId::new(contention.name(), worker_count), |bencher| {
                    bencher.iter(|| {
                        workers.run(&schedule, &mut states, |state, index| {
                            (0..spin_count).for_each(|_| spin_loop());
                            *state = state.wrapping_add(index as u64);
                        })
                    });
                });
            }
        }
        group.finish();
    }
}

/// Draws by Zipf's law with exponent 1.
struct Zipf {
    cumulative: Vec<f64>,
}

impl Zipf {
    fn new(count: usize) -> Self {
        let mut sum = 0.0;
        let weights = (1..=count).map(|rank| {
            sum += 1.0 / rank as f64;
            sum
        });
        Self { cumulative: weights.collect() }
    }

    fn draw(&self, random: &mut Random) -> usize {
        let sum = self.cumulative.last().copied().unwrap_or(0.0);
        let target = random.fraction() * sum;
        self.cumulative.partition_point(|cumulative| *cumulative <= target).min(self.cumulative.len() - 1)
    }
}

/// A small random number generator (SplitMix64), so that every run measures the same blocks.
struct Random(u64);

impl Random {
    fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn short() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600))
}

criterion_group! { name = benches; config = short(); targets = build, execute }
criterion_main!(benches);
