//! The contract author's API: what a program written in Rust uses.
