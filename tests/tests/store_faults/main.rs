//! A store survives what befalls it: killed processes, damaged files, full and read-only disks, a second process. After each
//! of them a directory opens to what was acknowledged, or to an error that says what is wrong; never to something else.
//!
//! What is killed or confined is this test binary itself, started again as a child that does as `story::ENVIRONMENT` says.

mod crash;
mod creation;
mod damage;
mod limits;
mod story;
