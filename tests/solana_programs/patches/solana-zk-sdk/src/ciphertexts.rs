//! Ciphertexts and keys as bytes that nobody looks into.

use bytemuck::{Pod, Zeroable};
use std::fmt;

/// Declares a type of so many bytes.
macro_rules! opaque {
    ($($(#[$documentation:meta])* $name:ident = $size:literal;)*) => {$(
        $(#[$documentation])*
        #[derive(Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
        #[repr(transparent)]
        pub struct $name(pub [u8; $size]);

        impl Default for $name {
            fn default() -> Self {
                Self::zeroed()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{:?}", self.0)
            }
        }
    )*};
}

/// Symmetric encryption.
pub mod auth_encryption {
    use super::*;

    opaque! {
        /// An amount that its owner can read.
        PodAeCiphertext = 36;
    }
}

/// ElGamal encryption.
pub mod elgamal {
    use super::*;

    opaque! {
        /// A ciphertext: a commitment and a handle.
        PodElGamalCiphertext = 64;
        /// A public key.
        PodElGamalPubkey = 32;
        /// The part of a ciphertext that one key opens.
        PodDecryptHandle = 32;
    }
}

/// Commitments.
pub mod pedersen {
    use super::*;

    opaque! {
        /// A commitment.
        PodPedersenCommitment = 32;
    }
}

/// A ciphertext for several keys: a commitment, and a handle for each.
pub mod grouped_elgamal {
    use super::elgamal::PodElGamalCiphertext;
    use super::pedersen::PodPedersenCommitment;
    use super::*;

    opaque! {
        /// For two keys.
        PodGroupedElGamalCiphertext2Handles = 96;
        /// For three keys.
        PodGroupedElGamalCiphertext3Handles = 128;
    }

    impl PodGroupedElGamalCiphertext2Handles {
        /// The commitment.
        pub fn extract_commitment(&self) -> PodPedersenCommitment {
            commitment(&self.0)
        }

        /// The ciphertext for the key at `index`.
        pub fn try_extract_ciphertext(&self, index: usize) -> Result<PodElGamalCiphertext, ()> {
            extract(&self.0, index)
        }
    }

    impl PodGroupedElGamalCiphertext3Handles {
        /// The commitment.
        pub fn extract_commitment(&self) -> PodPedersenCommitment {
            commitment(&self.0)
        }

        /// The ciphertext for the key at `index`.
        pub fn try_extract_ciphertext(&self, index: usize) -> Result<PodElGamalCiphertext, ()> {
            extract(&self.0, index)
        }
    }

    fn commitment(bytes: &[u8]) -> PodPedersenCommitment {
        let mut commitment = PodPedersenCommitment::default();
        commitment.0.copy_from_slice(&bytes[..32]);
        commitment
    }

    fn extract(bytes: &[u8], index: usize) -> Result<PodElGamalCiphertext, ()> {
        let (commitment, handles) = bytes.as_chunks::<32>().0.split_first().ok_or(())?;
        let handle = handles.get(index).ok_or(())?;
        let mut ciphertext = PodElGamalCiphertext::default();
        ciphertext.0[..32].copy_from_slice(commitment);
        ciphertext.0[32..].copy_from_slice(handle);
        Ok(ciphertext)
    }
}
