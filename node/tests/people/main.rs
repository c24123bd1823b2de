//! The commands for people, run as people run them: by the binary, with a home directory of their own.

#[path = "../running/mod.rs"]
mod running;

mod declared;
mod deploy;
mod desk;
mod keygen;
mod money;
mod refusals;
