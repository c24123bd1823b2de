//! `spl-stake-pool`, unmodified.

extern crate spl_stake_pool;
