//! The first bytes that tell what follows: as Anchor computes them.

use sha2::{Digest, Sha256};

/// Size of a discriminator that nobody chose.
pub(crate) const SIZE_BYTES: usize = 8;

/// The first 8 bytes of SHA-256 of `namespace:name`.
pub(crate) fn of(namespace: &str, name: &str) -> [u8; SIZE_BYTES] {
    let hash: [u8; 32] = Sha256::digest(format!("{namespace}:{name}")).into();
    std::array::from_fn(|index| hash[index])
}

#[cfg(test)]
mod tests {
    /// Figures that every Anchor client knows.
    #[test]
    fn they_are_anchors() {
        assert_eq!(super::of("global", "initialize"), [175, 175, 109, 31, 13, 152, 155, 237]);
        assert_eq!(super::of("account", "Counter"), [255, 176, 4, 245, 188, 253, 124, 25]);
    }
}
