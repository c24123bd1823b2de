//! Errors that say nothing, or too much.
use sealane_sdk::prelude::*;

#[error_code]
pub enum Silent {
    Failed,
}

#[error_code]
pub enum Telling {
    #[msg("Too much.")]
    TooMuch(u64),
}

#[error_code]
enum Private {
    #[msg("Nobody knows.")]
    Unknown,
}

#[error_code(start = 5)]
pub enum Elsewhere {
    #[msg("Failed.")]
    Failed,
}

#[error_code]
pub enum Numbered {
    #[msg("Failed.")]
    Failed = 1 + 1,
}

#[error_code]
pub enum Unquoted {
    #[msg(Failed)]
    Failed,
}

fn main() {}
