//! What the operating system says of this process, under Prometheus' usual names; nothing where it has no `/proc`.

use super::now::gauge;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use std::fmt::Error;
use std::fs;

/// Ticks of `/proc/self/stat` a second, on every Linux there is.
const TICKS_A_SECOND: f64 = 100.0;
/// Fields of `/proc/self/stat` behind the name: the times in user and kernel mode.
const USER_FIELD: usize = 11;
const KERNEL_FIELD: usize = 12;

/// Reads `/proc`.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        if let Some(bytes) = resident_bytes() {
            gauge(&mut encoder, "process_resident_memory_bytes", "Resident memory size in bytes", bytes)?;
        }
        if let Some(count) = fs::read_dir("/proc/self/fd").ok().map(Iterator::count) {
            gauge(&mut encoder, "process_open_fds", "Number of open file descriptors", count as f64)?;
        }
        if let Some(seconds) = cpu_seconds() {
            let counter = ConstCounter::new(seconds);
            let (name, help) = ("process_cpu_seconds", "Total user and system CPU time spent in seconds");
            counter.encode(encoder.encode_descriptor(name, help, None, counter.metric_type())?)?;
        }
        Ok(())
    }
}

fn resident_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0)
}

fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the process stands in brackets, and may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some((ticks(USER_FIELD)? + ticks(KERNEL_FIELD)?) / TICKS_A_SECOND)
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_memory_and_has_used_time() {
        let bytes = super::resident_bytes().expect("Linux tells");
        assert!((1e6..1e12).contains(&bytes), "{bytes}");
        assert!((0.0..1e6).contains(&super::cpu_seconds().expect("Linux tells")));
    }
}
