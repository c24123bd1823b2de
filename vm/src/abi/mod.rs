//! How a call's input lies in a program's memory and how changes come back from it, one file an ABI.

pub(crate) mod native;
