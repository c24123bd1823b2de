//! `spl-token`, unmodified.

extern crate solana_program_heap;
extern crate spl_token;
