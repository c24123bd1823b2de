//! The book for contract authors (`book/`): its blocks of code are run and compiled, its tables compared with the sources, and its
//! links followed. (Its Rust blocks are doctests of the crate in `book/`.)

mod blocks;
mod links;
mod pages;
mod tables;
