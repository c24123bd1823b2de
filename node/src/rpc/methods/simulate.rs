//! What a transaction would do.

use super::fees::last_valid_block_height;
use crate::rpc::context::{Answer, answer_at};
use crate::rpc::encode::account::{AccountEncoding, AccountForm, AccountView};
use crate::rpc::encode::binary::{self, BinaryEncoding};
use crate::rpc::encode::meta::{
    BalancesView, InnerForm, InnerInstructionsView, LoadedAddressesView, ReturnDataView, inner_instructions,
};
use crate::rpc::encode::mints::Mints;
use crate::rpc::error::{RpcError, TRANSACTION_SIGNATURE_VERIFICATION_FAILURE};
use crate::rpc::options::check_min_context_slot;
use crate::rpc::params;
use crate::rpc::{Params, Rpc, Simulated};
use sealane_runtime::Signatures;
use sealane_runtime::error::Rejection;
use sealane_runtime::ingest::{SanitizedTransaction, sanitize};
use sealane_runtime::outcome::Failure;
use sealane_runtime::simulate::{Freshness, SimulateError, Simulation};
use sealane_sdk::instruction::TransactionError;
use sealane_sdk::limits::MAX_V1_TRANSACTION_SIZE_BYTES;
use sealane_sdk::{Account, Address};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SimulateOptions {
    sig_verify: bool,
    replace_recent_blockhash: bool,
    encoding: Option<BinaryEncoding>,
    accounts: Option<AccountsOption>,
    inner_instructions: bool,
    min_context_slot: Option<u64>,
}

/// Accounts to be shown as the transaction would leave them.
#[derive(Clone, Debug, Deserialize)]
struct AccountsOption {
    encoding: Option<AccountEncoding>,
    addresses: Vec<String>,
}

/// What a transaction would do, as JSON.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SimulationView {
    accounts: Option<Vec<Option<AccountView>>>,
    pub(super) err: Option<TransactionError>,
    fee: Option<u64>,
    inner_instructions: Option<Vec<InnerInstructionsView>>,
    loaded_accounts_data_size: Option<u64>,
    loaded_addresses: LoadedAddressesView,
    logs: Option<Vec<String>>,
    #[serde(flatten)]
    balances: Option<BalancesView>,
    replacement_blockhash: Option<BlockhashView>,
    return_data: Option<ReturnDataView>,
    units_consumed: Option<u64>,
}

/// A blockhash, as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct BlockhashView {
    blockhash: String,
    last_valid_block_height: u64,
}

/// A transaction as text.
///
/// # Errors
/// -32602 if it is too long or in another encoding.
pub(super) fn transaction_bytes(text: &str, encoding: Option<BinaryEncoding>) -> Result<Vec<u8>, RpcError> {
    binary::decode(text, encoding.unwrap_or(BinaryEncoding::Base58), MAX_V1_TRANSACTION_SIZE_BYTES)
}

/// What the bytes of a transaction say.
///
/// # Errors
/// -32602 if they are no transaction.
pub(super) fn transaction_of(bytes: &[u8]) -> Result<SanitizedTransaction<'_>, RpcError> {
    sanitize(bytes)
        .map_err(|error| RpcError::invalid(format_args!("failed to deserialize the transaction: {error}")))
}

pub(super) fn transaction(rpc: &Rpc, params: &Params<'_>) -> Answer {
    let text: String = params.required(0, "transaction")?;
    let options: SimulateOptions = params.options(1)?;
    let bytes = transaction_bytes(&text, options.encoding)?;
    let transaction = transaction_of(&bytes)?;
    if options.sig_verify && options.replace_recent_blockhash {
        return Err(RpcError::invalid("sigVerify may not be used with replaceRecentBlockhash"));
    }
    let shown = options.accounts.map(|accounts| accounts.read(&transaction)).transpose()?;
    let signatures = if options.sig_verify { Signatures::Verify } else { Signatures::Skip };
    let freshness = if options.replace_recent_blockhash { Freshness::Replace } else { Freshness::Check };
    let tried = try_out(rpc, &bytes, signatures, freshness)?;
    check_min_context_slot(options.min_context_slot, tried.slot)?;
    let mut view = tried.view(rpc, &transaction, options.inner_instructions)?;
    if let Some((form, addresses)) = shown {
        view.accounts = Some(tried.accounts(rpc, form, &addresses)?);
    }
    if options.replace_recent_blockhash {
        view.replacement_blockhash = Some(BlockhashView {
            blockhash: tried.blockhash.clone(),
            last_valid_block_height: last_valid_block_height(rpc, tried.slot),
        });
    }
    answer_at(tried.slot, view)
}

impl AccountsOption {
    fn read(self, transaction: &SanitizedTransaction<'_>) -> Result<(AccountForm, Vec<Address>), RpcError> {
        let encoding = self.encoding.unwrap_or(AccountEncoding::Base64);
        if matches!(encoding, AccountEncoding::Bare | AccountEncoding::Base58) {
            return Err(RpcError::invalid("base58 encoding not supported"));
        }
        let limit = transaction.keys().len();
        if self.addresses.len() > limit {
            return Err(RpcError::invalid(format_args!("Too many accounts provided; max {limit}")));
        }
        let addresses: Result<Vec<_>, _> = self.addresses.iter().map(|text| params::address(text)).collect();
        Ok((AccountForm { encoding, data_slice: None }, addresses?))
    }
}

/// What came of trying a transaction out.
pub(super) struct Tried {
    /// Number of the block upon which it was tried.
    pub(super) slot: u64,
    blockhash: String,
    result: Result<Simulation, Rejection>,
}

/// Tries a transaction out upon the last block.
///
/// # Errors
/// -32003 if its signatures are not valid and were to be checked, -32603 if this node is at fault.
pub(super) fn try_out(
    rpc: &Rpc,
    bytes: &[u8],
    signatures: Signatures,
    freshness: Freshness,
) -> Result<Tried, RpcError> {
    let Simulated { slot, hash, result } = rpc.chain().simulate(bytes, signatures, freshness);
    let result = match result {
        Ok(simulation) => Ok(simulation),
        Err(SimulateError::Rejected(Rejection::Verify(_))) => return Err(signature_failure()),
        Err(SimulateError::Rejected(rejection)) => Err(rejection),
        Err(error) => return Err(RpcError::internal(error)),
    };
    Ok(Tried { slot, blockhash: hash.to_string(), result })
}

/// Signatures that are not valid.
pub(super) fn signature_failure() -> RpcError {
    RpcError::new(TRANSACTION_SIGNATURE_VERIFICATION_FAILURE, "Transaction signature verification failure")
}

impl Tried {
    /// What is told of it, but for accounts and blockhash.
    ///
    /// # Errors
    /// -32603 if the ledger cannot be read.
    pub(super) fn view(
        &self,
        rpc: &Rpc,
        transaction: &SanitizedTransaction<'_>,
        shows_inner_instructions: bool,
    ) -> Result<SimulationView, RpcError> {
        let Simulation { receipt, keys, .. } = match &self.result {
            Ok(simulation) => simulation,
            Err(rejection) => {
                return Ok(SimulationView {
                    err: Some(rejection.transaction_error()),
                    loaded_accounts_data_size: Some(0),
                    logs: Some(Vec::new()),
                    units_consumed: Some(0),
                    ..SimulationView::default()
                });
            }
        };
        let body = &receipt.body;
        let loaded = rpc.reader().accounts(keys)?.accounts;
        let loaded_size_bytes = loaded.iter().flatten().map(|account| account.data.len() as u64).sum();
        let mints = self.mints(rpc);
        let inner = || inner_instructions(transaction, &body.inner_calls, InnerForm::Told);
        Ok(SimulationView {
            err: body.failure.as_ref().map(Failure::transaction_error),
            fee: Some(body.fee_lamports),
            inner_instructions: shows_inner_instructions.then(inner),
            loaded_accounts_data_size: Some(loaded_size_bytes),
            logs: Some(receipt.logs.lines()),
            balances: Some(BalancesView::of(receipt, &mints)?),
            return_data: ReturnDataView::of(body.return_data.as_ref()),
            units_consumed: Some(body.units_consumed),
            ..SimulationView::default()
        })
    }

    /// These accounts as the transaction would leave them; nothing of those it does not name, or if it fails.
    fn accounts(
        &self,
        rpc: &Rpc,
        form: AccountForm,
        addresses: &[Address],
    ) -> Result<Vec<Option<AccountView>>, RpcError> {
        let Some(simulation) =
            self.result.as_ref().ok().filter(|simulation| simulation.receipt.body.succeeded())
        else {
            return Ok(addresses.iter().map(|_| None).collect());
        };
        let mints = self.mints(rpc);
        let view = |address: &Address| -> Result<Option<AccountView>, RpcError> {
            if !simulation.keys.contains(address) {
                return Ok(None);
            }
            let account = match simulation.changes.iter().find(|(changed, _)| changed == address) {
                Some((_, account)) => account.clone(),
                None => rpc.reader().account(address)?,
            };
            account.map(|account| AccountView::new(address, &account, form, &mints)).transpose()
        };
        addresses.iter().map(view).collect()
    }

    /// Mints as the transaction would leave them.
    fn mints<'r>(&self, rpc: &'r Rpc) -> Mints<'r> {
        let mints = Mints::new(rpc.reader());
        if let Ok(simulation) = &self.result {
            let changed =
                simulation.changes.iter().filter_map(|(address, account)| Some((address, account.as_ref()?)));
            changed
                .for_each(|(address, account): (_, &std::sync::Arc<Account>)| mints.note(address, account));
        }
        mints
    }
}
