//! The suite: all generated workloads over levels of contention and numbers of workers, and a page about them.
//!
//! Options come in; [`measure`] makes each workload and gives a [`Cell`] for each contention and number of workers; a
//! [`SuiteReport`] holds all of them and goes out as JSON and, through [`page`], as one HTML page that needs no other file.

mod options;
mod workloads;

mod cell;
mod measure;
mod median;

mod machine;
mod report;
mod time;

mod page;
mod plots;
mod tables;

pub use cell::{Cell, EXPECTED_WORKERS, Expected, Side, Stages};
pub use machine::Machine;
pub use measure::{Watcher, measure};
pub use options::{SuiteOptions, doubling};
pub use page::page;
pub use report::SuiteReport;
pub use time::utc_now;
pub use workloads::{SuiteWorkload, WORKLOADS};
