//! `spl-associated-token-account`, unmodified.

extern crate spl_associated_token_account;
