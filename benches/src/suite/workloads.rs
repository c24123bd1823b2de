//! The workloads of the suite, as data: those that are made and not recorded.

use crate::traffic::Generator;
use crate::{dex, lending, mixed, orderbook, transfer};
use serde::{Serialize, Serializer};

/// A workload that the suite can make at any level of contention.
#[derive(Clone, Copy, Debug)]
pub struct SuiteWorkload {
    /// Its name, as the command line knows it.
    pub name: &'static str,
    /// What makes it.
    pub generator: Generator,
}

/// All of them, in the order in which they are measured and shown.
pub const WORKLOADS: [SuiteWorkload; 5] = [
    SuiteWorkload { name: "transfer", generator: transfer },
    SuiteWorkload { name: "dex", generator: dex },
    SuiteWorkload { name: "orderbook", generator: orderbook },
    SuiteWorkload { name: "lending", generator: lending },
    SuiteWorkload { name: "mixed", generator: mixed },
];

impl SuiteWorkload {
    /// The workload of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        WORKLOADS.into_iter().find(|workload| workload.name == name)
    }
}

impl Serialize for SuiteWorkload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}
