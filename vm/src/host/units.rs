//! `remaining_units`: what the program may still spend.

use crate::host::prices::price;
use crate::host::state::{Host, pay, units};
use crate::{CallError, HostCall};
use wasmtime::AsContextMut;

/// Units left after paying for this call.
pub(crate) fn remaining(host: &mut Host<'_>, call: HostCall) -> Result<i64, CallError> {
    pay(host, price(call).units(0))?;
    let left = units(&mut host.as_context_mut()).unwrap_or(0);
    Ok(i64::try_from(left).unwrap_or(i64::MAX))
}
