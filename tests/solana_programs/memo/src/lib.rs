//! `spl-memo`, unmodified.

extern crate spl_memo;
