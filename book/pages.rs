//! The pages of the book that have Rust in them: each block is compiled and run as a documentation test of this crate. What else
//! the book has is tested in `node/tests/book/`.
#![allow(
    rustdoc::invalid_codeblock_attributes,
    reason = "`file=PATH` is a tag of this book's own, which its tests read"
)]

/// The tutorial.
#[doc = include_str!("src/tutorial.md")]
pub mod tutorial {}

/// The how-to pages.
pub mod guide {
    #[doc = include_str!("src/guide/accounts.md")]
    pub mod accounts {}
    #[doc = include_str!("src/guide/from-anchor.md")]
    pub mod from_anchor {}
    #[doc = include_str!("src/guide/nested-calls.md")]
    pub mod nested_calls {}
    #[doc = include_str!("src/guide/parallelism.md")]
    pub mod parallelism {}
    #[doc = include_str!("src/guide/solana-programs.md")]
    pub mod solana_programs {}
    #[doc = include_str!("src/guide/testing.md")]
    pub mod testing {}
    #[doc = include_str!("src/guide/upgrades.md")]
    pub mod upgrades {}
}
