//! `spl-governance`, unmodified.

extern crate spl_governance;
