//! Arguments and events that cannot be written.
use sealane_sdk::prelude::*;

#[derive(Argument)]
pub struct Generic<T> {
    pub value: T,
}

#[derive(Argument)]
pub enum Never {}

#[derive(Argument)]
pub union Either {
    pub one: u8,
    pub other: i8,
}

#[event]
pub struct Tuple(u64);

#[event(name = "Other")]
pub struct Named {
    pub value: u64,
}

fn main() {}
