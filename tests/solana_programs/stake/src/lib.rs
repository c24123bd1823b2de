//! Solana's stake program, unmodified.

extern crate solana_stake_program;
