//! `spl-token-swap`, unmodified.

extern crate spl_token_swap;
