//! The claim that a ledger on disk is the ledger in memory that outlives the process: the same blocks and accounts, whenever it is
//! closed and opened again, whatever write fails; with a history, and readers that see whole blocks.

mod beside;
mod equality;
mod faults;
mod history;
mod kill;
mod open;
mod readers;
mod restore;
mod tables;
