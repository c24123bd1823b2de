//! A workload made once and run many times, for profilers and for comparing two builds: where the CPU time of a transaction
//! goes, how fast blocks follow each other, how many pages of memory are touched for the first time.
//!
//! ```text
//! cargo run --release --example rounds -- [KEY=VALUE …]
//!    workload=transfer|dex|orderbook|lending  contention=uniform|zipf:E|hot:P  transactions=N  accounts=N  block=N
//!    workers=N  rounds=N  signatures=true|false  roots=true|false  side=parallel|serial
//! ```
//!
//! Each round begins with a new ledger. Printed are the lowest and the median of all rounds but the first.

use anyhow::{Context, bail};
use sealane_benches::measure::{Measurement, run, runtime_config};
use sealane_benches::{
    Checks, Contention, Side, Workload, WorkloadOptions, dex, lending, orderbook, transfer,
};
use sealane_runtime::RuntimeConfig;
use std::time::Duration;

/// The allocator of the node.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is measured.
struct Asked {
    workload: String,
    options: WorkloadOptions,
    workers: usize,
    rounds: usize,
    checks: Checks,
    side: Side,
}

/// One round: what it took, and the pages that the process touched for the first time in it.
struct Round {
    measurement: Measurement,
    page_faults: u64,
}

fn main() -> anyhow::Result<()> {
    let asked = Asked::read()?;
    let config = runtime_config(asked.workers, asked.checks);
    let (before_bytes, workload) = (resident_bytes()?, asked.make(&config)?);
    let workload_bytes = resident_bytes()?.saturating_sub(before_bytes);
    let mut rounds = Vec::with_capacity(asked.rounds);
    for _ in 0..asked.rounds {
        let faults_before = page_faults()?;
        let measurement = run(&workload, &config, asked.side, |_| ())?;
        rounds.push(Round { measurement, page_faults: page_faults()? - faults_before });
    }
    anyhow::ensure!(
        rounds.iter().all(|round| round.measurement.agrees_with(&rounds[0].measurement)),
        "rounds differ"
    );
    println!(
        "{} transactions a round, the workload takes {} MB",
        workload.transaction_count(),
        workload_bytes >> 20
    );
    print(&rounds[1.min(rounds.len() - 1)..], workload.transaction_count());
    Ok(())
}

impl Asked {
    fn read() -> anyhow::Result<Self> {
        let options = WorkloadOptions {
            transactions: 100_000,
            accounts: 10_000,
            block_size: 10_000,
            seed: 1,
            contention: Contention::Uniform,
        };
        let mut asked = Self {
            workload: "transfer".to_owned(),
            options,
            workers: 2,
            rounds: 10,
            checks: Checks { signatures: true, roots: true },
            side: Side::Parallel,
        };
        for argument in std::env::args().skip(1) {
            let (key, value) =
                argument.split_once('=').with_context(|| format!("{argument}: not KEY=VALUE"))?;
            match key {
                "workload" => value.clone_into(&mut asked.workload),
                "contention" => asked.options.contention = value.parse().map_err(anyhow::Error::msg)?,
                "transactions" => asked.options.transactions = value.parse()?,
                "accounts" => asked.options.accounts = value.parse()?,
                "block" => asked.options.block_size = value.parse()?,
                "workers" => asked.workers = value.parse()?,
                "rounds" => asked.rounds = value.parse::<usize>()?.max(1),
                "signatures" => asked.checks.signatures = value.parse()?,
                "roots" => asked.checks.roots = value.parse()?,
                "side" => asked.side = if value == "serial" { Side::Serial } else { Side::Parallel },
                _ => bail!("{key}: not known"),
            }
        }
        Ok(asked)
    }

    fn make(&self, config: &RuntimeConfig) -> anyhow::Result<Workload> {
        let nobody = || ();
        match self.workload.as_str() {
            "transfer" => transfer(&self.options, config, &nobody),
            "dex" => dex(&self.options, config, &nobody),
            "orderbook" => orderbook(&self.options, config, &nobody),
            "lending" => lending(&self.options, config, &nobody),
            other => bail!("{other}: no such workload"),
        }
    }
}

fn print(rounds: &[Round], transaction_count: usize) {
    let count = transaction_count as f64;
    let us = |time: Duration| time.as_secs_f64() * 1e6 / count;
    let figure = |name: &str, of: &dyn Fn(&Round) -> f64| {
        let mut values: Vec<f64> = rounds.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        println!("{name:>26} {:9.3} {:9.3}", values[0], values[values.len() / 2]);
    };
    println!("{:>26} {:>9} {:>9}", "a transaction", "lowest", "median");
    figure("sanitize, us of CPU", &|round| us(round.measurement.stages.sanitize));
    figure("verify", &|round| us(round.measurement.stages.verify));
    figure("schedule", &|round| us(round.measurement.stages.schedule));
    figure("load", &|round| us(round.measurement.stages.load));
    figure("execute", &|round| us(round.measurement.stages.execute));
    figure("commit", &|round| us(round.measurement.stages.commit));
    figure("root", &|round| us(round.measurement.stages.root));
    figure("all stages", &|round| us(round.measurement.stages.sum()));
    figure("wall, us", &|round| round.measurement.seconds * 1e6 / count);
    figure("page faults, thousandths", &|round| round.page_faults as f64 * 1e3 / count);
    let mut rates: Vec<f64> = rounds.iter().map(|round| count / round.measurement.seconds).collect();
    rates.sort_by(f64::total_cmp);
    println!(
        "transactions a second: median {:.0}, best {:.0}",
        rates[rates.len() / 2],
        rates[rates.len() - 1]
    );
}

/// Pages this process has touched for the first time so far.
fn page_faults() -> anyhow::Result<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name, which may have blanks in it, ends with the last bracket; the count is the eighth field behind it.
    let (_, fields) = stat.rsplit_once(')').context("no name")?;
    Ok(fields.split_whitespace().nth(7).context("too few fields")?.parse()?)
}

/// Memory of this process that is resident, in bytes.
fn resident_bytes() -> anyhow::Result<u64> {
    let pages: u64 = std::fs::read_to_string("/proc/self/statm")?
        .split_whitespace()
        .nth(1)
        .context("too few fields")?
        .parse()?;
    Ok(pages * 4096)
}
