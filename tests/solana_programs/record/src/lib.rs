//! `spl-record`, unmodified.

extern crate spl_record;
