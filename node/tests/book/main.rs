//! The book for contract authors (`book/`): its blocks of code are run and compiled, its tables compared with the sources, and its
//! links followed. (Its Rust blocks are doctests of the crate in `book/`.)

mod blocks;
mod journey;
mod links;
mod pages;
mod shown;
mod tables;

#[path = "../running/flamegraph.rs"]
mod flamegraph;
#[path = "../running/ports.rs"]
mod ports;
