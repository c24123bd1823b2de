//! `spl-associated-token-account`, unmodified.

extern crate solana_program_heap;
extern crate spl_associated_token_account;
