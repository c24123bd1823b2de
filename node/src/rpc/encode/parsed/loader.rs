//! Programs, their data and the buffers they are uploaded to.

use super::fields::Fields;
use crate::rpc::encode::binary::{BinaryEncoding, Encoded};
use serde_json::{Value, json};

/// Bytes of a buffer before the program's, and of a program's data account: room for an authority is kept.
const BUFFER_HEAD_SIZE_BYTES: usize = 37;
const PROGRAM_DATA_HEAD_SIZE_BYTES: usize = 45;

pub(super) fn parse(data: &[u8]) -> Option<(&'static str, Value)> {
    let mut fields = Fields(data);
    match fields.u32()? {
        1 => {
            let authority = fields.optional(Fields::text)?;
            let program = data.get(BUFFER_HEAD_SIZE_BYTES..)?;
            Some(("buffer", json!({ "authority": authority, "data": base64(program) })))
        }
        2 => Some(("program", json!({ "programData": fields.text()? }))),
        3 => {
            let (slot, authority) = (fields.u64()?, fields.optional(Fields::text)?);
            let program = data.get(PROGRAM_DATA_HEAD_SIZE_BYTES..)?;
            Some(("programData", json!({ "authority": authority, "data": base64(program), "slot": slot })))
        }
        _ => None,
    }
}

fn base64(bytes: &[u8]) -> Encoded {
    Encoded::new(bytes, BinaryEncoding::Base64)
}
