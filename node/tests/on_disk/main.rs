//! `sealane run` and `sealane ledger` as other programs use them: both formats, going on, faults of the input with their place,
//! what is read back, and damage that is found.

mod ground;
mod world;

mod faults;
mod read;
mod run;
mod snapshot;
mod verify;
