//! The claim that `sealane node` is a node: it starts with nothing but a folder, stops by a signal with everything on disk, loses nothing
//! that it told anybody of, and says what is wrong where it cannot start. Everything here drives the real binary over its ports.

mod running;

mod kill;
mod life;
mod refusals;
