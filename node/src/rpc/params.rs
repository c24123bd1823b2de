//! The parameters of a call: an array, of which methods take one place after another.
//!
//! Comes from the envelope as text that is JSON; whatever stands in it, reading gives a value or an error.

use super::error::RpcError;
use sealane_sdk::Address;
use sealane_sdk::instruction::{Hash, Signature};
use serde::Deserialize;
use serde_json::value::RawValue;

/// The parameters of one call, still text.
#[derive(Clone, Debug)]
pub(crate) struct Params<'p>(Vec<&'p RawValue>);

impl<'p> Params<'p> {
    /// Takes the array apart; nothing and `null` are an empty one.
    ///
    /// # Errors
    /// -32602 if it is no array: Solana's methods know no parameters by name.
    pub(crate) fn new(params: Option<&'p RawValue>) -> Result<Self, RpcError> {
        let Some(params) = params else { return Ok(Self(Vec::new())) };
        let places: Option<Vec<&RawValue>> = serde_json::from_str(params.get())
            .map_err(|_| RpcError::invalid("expected an array of parameters, in their order"))?;
        Ok(Self(places.unwrap_or_default()))
    }

    /// The parameter at `index`, which must be there.
    ///
    /// # Errors
    /// -32602 if it is missing or something else, here and in all below.
    pub(crate) fn required<T: Deserialize<'p>>(&self, index: usize, name: &str) -> Result<T, RpcError> {
        self.optional(index, name)?
            .ok_or_else(|| RpcError::invalid(format_args!("parameter {index} ({name}) is missing")))
    }

    /// The parameter at `index`; `None` if it is missing or `null`.
    pub(crate) fn optional<T: Deserialize<'p>>(
        &self,
        index: usize,
        name: &str,
    ) -> Result<Option<T>, RpcError> {
        let Some(place) = self.0.get(index) else { return Ok(None) };
        serde_json::from_str(place.get())
            .map_err(|error| RpcError::invalid(format_args!("parameter {index} ({name}): {error}")))
    }

    /// The object of options at `index`; what is not mentioned there has its default.
    pub(crate) fn options<T: Deserialize<'p> + Default>(&self, index: usize) -> Result<T, RpcError> {
        Ok(self.optional(index, "options")?.unwrap_or_default())
    }

    /// The address at `index`.
    pub(crate) fn address(&self, index: usize) -> Result<Address, RpcError> {
        address(&self.required::<String>(index, "address")?)
    }

    /// The signature at `index`.
    pub(crate) fn signature(&self, index: usize) -> Result<[u8; 64], RpcError> {
        signature(&self.required::<String>(index, "signature")?)
    }
}

/// An address in base58.
///
/// # Errors
/// -32602 with Solana's words, here and in all below.
pub(crate) fn address(text: &str) -> Result<Address, RpcError> {
    fixed(text).map(Address::new_from_array)
}

/// A hash in base58.
pub(crate) fn hash(text: &str) -> Result<Hash, RpcError> {
    fixed(text).map(Hash::new_from_array)
}

/// A signature in base58.
pub(crate) fn signature(text: &str) -> Result<[u8; 64], RpcError> {
    fixed(text)
}

/// A signature as text.
pub(crate) fn signature_text(signature: &[u8; 64]) -> String {
    Signature::from(*signature).to_string()
}

/// `SIZE` bytes in base58. Longer texts are refused unread: decoding takes time with the square of the length.
fn fixed<const SIZE: usize>(text: &str) -> Result<[u8; SIZE], RpcError> {
    if text.len() > SIZE.saturating_mul(3) / 2 {
        return Err(RpcError::invalid_param("WrongSize"));
    }
    let mut bytes = [0; SIZE];
    match bs58::decode(text).onto(&mut bytes) {
        Ok(size) if size == SIZE => Ok(bytes),
        Ok(_) | Err(bs58::decode::Error::BufferTooSmall) => Err(RpcError::invalid_param("WrongSize")),
        Err(_) => Err(RpcError::invalid_param("Invalid")),
    }
}
