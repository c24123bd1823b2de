//! What a suite ran on, as far as the operating system says.

use serde::Serialize;
use std::fs;

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// What its processor is called, if `/proc/cpuinfo` says so.
    pub processor: Option<String>,
    /// Processors that this process may use.
    pub processors: usize,
    /// Memory, if `/proc/meminfo` says so.
    pub memory_bytes: Option<u64>,
    /// The operating system and what it runs on.
    pub system: String,
}

impl Machine {
    /// This one.
    #[must_use]
    pub fn this() -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        Self {
            processor: value(&read("/proc/cpuinfo"), "model name").map(str::to_owned),
            processors: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            memory_bytes: memory_bytes(&read("/proc/meminfo")),
            system: format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH),
        }
    }
}

/// What stands behind the first `key:`.
fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.trim() == key).then(|| value.trim()).filter(|value| !value.is_empty())
    })
}

fn memory_bytes(text: &str) -> Option<u64> {
    let kibibytes: u64 = value(text, "MemTotal")?.strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_linux_writes() {
        let text = "processor\t: 0\nmodel name\t: Fast: 9000 <x>\nmodel name\t: Other\n";
        assert_eq!(value(text, "model name"), Some("Fast: 9000 <x>"));
        assert_eq!(value(text, "model"), None);
        assert_eq!(memory_bytes("MemTotal:       16384 kB\nMemFree: 1 kB\n"), Some(16 << 20));
        assert_eq!(memory_bytes("MemTotal: many kB\n"), None);
        assert_eq!(memory_bytes(""), None);
    }
}
