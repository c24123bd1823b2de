//! `spl-token`, unmodified.

extern crate spl_token;
