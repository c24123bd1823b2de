//! Stands for `solana-zk-sdk`, which cannot be compiled for wasm32 as a program: there it offers itself to JavaScript, with
//! what programs do without. Here are the types that the layouts of Token-2022's accounts and instructions name, and no
//! proofs: whatever would need one is an error.

/// Encryption, as far as accounts hold its results.
pub mod encryption {
    /// Its results as bytes.
    pub use crate::ciphertexts as pod;
}

pub mod ciphertexts;
/// Numbers.
pub mod pod;
/// The proof program, as far as instructions name it.
pub mod zk_elgamal_proof_program;
