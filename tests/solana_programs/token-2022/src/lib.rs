//! `spl-token-2022`, unmodified.

extern crate spl_token_2022;
