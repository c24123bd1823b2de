//! What became of a transaction, as clients see it.

use super::amount::TokenAmount;
use super::binary::{self, BinaryEncoding, Encoded};
use super::instruction::InstructionView;
use super::mints::Mints;
use super::transaction::{CompiledView, TransactionEncoding, called};
use crate::rpc::error::RpcError;
use sealane_runtime::balances::{TokenBalance, TransactionBalances};
use sealane_runtime::ingest::SanitizedTransaction;
use sealane_runtime::outcome::Failure;
use sealane_runtime::receipt::{InnerCall, Receipt, ReceiptBody};
use sealane_sdk::Address;
use sealane_sdk::instruction::TransactionError;
use serde::Serialize;

/// What became of a transaction, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MetaView {
    #[serde(skip_serializing_if = "Option::is_none")]
    compute_units_consumed: Option<u64>,
    err: Option<TransactionError>,
    fee: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    inner_instructions: Option<Vec<InnerInstructionsView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    loaded_addresses: Option<LoadedAddressesView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_messages: Option<Vec<String>>,
    #[serde(flatten)]
    balances: BalancesView,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_data: Option<ReturnDataView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rewards: Option<[(); 0]>,
    status: StatusView,
}

/// Success or the error, as an older form has it: `{"Ok":null}` or `{"Err":…}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) enum StatusView {
    /// It succeeded.
    Ok(()),
    /// It failed.
    Err(TransactionError),
}

/// Balances before and after, as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BalancesView {
    post_balances: Vec<u64>,
    post_token_balances: Option<Vec<TokenBalanceView>>,
    pre_balances: Vec<u64>,
    pre_token_balances: Option<Vec<TokenBalanceView>>,
}

/// What a token account held, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenBalanceView {
    account_index: u8,
    mint: String,
    owner: String,
    program_id: String,
    ui_token_amount: TokenAmount,
}

/// The nested instructions below a top-level one, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct InnerInstructionsView {
    index: u8,
    instructions: Vec<InnerInstructionView>,
}

/// A nested instruction, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum InnerInstructionView {
    /// With indices.
    Compiled(CompiledView),
    /// With addresses.
    Told(InstructionView),
}

/// What a program returned, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReturnDataView {
    data: Encoded,
    program_id: String,
}

/// Addresses out of address tables: none, as there are no tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct LoadedAddressesView {
    readonly: [(); 0],
    writable: [(); 0],
}

impl MetaView {
    /// What the receipt says of the transaction.
    ///
    /// # Errors
    /// -32603 if the ledger cannot be read.
    pub(crate) fn new(
        transaction: &SanitizedTransaction<'_>,
        receipt: &Receipt,
        encoding: TransactionEncoding,
        shows_rewards: bool,
        mints: &Mints<'_>,
    ) -> Result<Self, RpcError> {
        let Receipt { body, logs, .. } = receipt;
        let form =
            if encoding == TransactionEncoding::Parsed { InnerForm::Told } else { InnerForm::Compiled };
        Ok(Self {
            compute_units_consumed: Some(body.units_consumed),
            inner_instructions: Some(inner_instructions(transaction, &body.inner_calls, form)),
            loaded_addresses: (form == InnerForm::Compiled).then(LoadedAddressesView::default),
            log_messages: Some(logs.lines()),
            return_data: ReturnDataView::of(body.return_data.as_ref()),
            rewards: shows_rewards.then_some([]),
            ..Self::simple(receipt, mints)?
        })
    }

    /// The error, the fee and the balances alone.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub(crate) fn simple(receipt: &Receipt, mints: &Mints<'_>) -> Result<Self, RpcError> {
        let ReceiptBody { failure, fee_lamports, .. } = &receipt.body;
        let err = failure.as_ref().map(Failure::transaction_error);
        Ok(Self {
            compute_units_consumed: None,
            status: StatusView::of(err.as_ref()),
            err,
            fee: *fee_lamports,
            inner_instructions: None,
            loaded_addresses: None,
            log_messages: None,
            balances: BalancesView::of(receipt, mints)?,
            return_data: None,
            rewards: None,
        })
    }
}

impl StatusView {
    /// Success if there is no error.
    pub(crate) fn of(err: Option<&TransactionError>) -> Self {
        err.map_or(Self::Ok(()), |err| Self::Err(err.clone()))
    }
}

impl BalancesView {
    /// What the receipt recorded; empty lists and `null` if it did not.
    ///
    /// # Errors
    /// -32603 if the ledger cannot be read.
    pub(crate) fn of(receipt: &Receipt, mints: &Mints<'_>) -> Result<Self, RpcError> {
        let Some(balances) = receipt.balances.unpack() else { return Ok(Self::default()) };
        let TransactionBalances { lamports_before, lamports_after, tokens_before, tokens_after } = balances;
        Ok(Self {
            post_balances: lamports_after,
            post_token_balances: Some(token_balances(&tokens_after, mints)?),
            pre_balances: lamports_before,
            pre_token_balances: Some(token_balances(&tokens_before, mints)?),
        })
    }
}

impl ReturnDataView {
    /// What a program returned, if one did.
    pub(crate) fn of(returned: Option<&(Address, Vec<u8>)>) -> Option<Self> {
        returned.map(|(program, data)| Self {
            data: Encoded::new(data, BinaryEncoding::Base64),
            program_id: program.to_string(),
        })
    }
}

/// Balances of accounts whose mint is there.
fn token_balances(tokens: &[TokenBalance], mints: &Mints<'_>) -> Result<Vec<TokenBalanceView>, RpcError> {
    let mut views = Vec::with_capacity(tokens.len());
    for TokenBalance { account_index, program, mint, owner, amount } in tokens {
        let Some(decimals) = mints.decimals(mint)? else { continue };
        views.push(TokenBalanceView {
            account_index: *account_index,
            mint: mint.to_string(),
            owner: owner.to_string(),
            program_id: program.to_string(),
            ui_token_amount: TokenAmount::new(*amount, decimals),
        });
    }
    Ok(views)
}

/// How nested instructions are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InnerForm {
    /// With indices.
    Compiled,
    /// With addresses, and told where they are understood.
    Told,
}

/// Nested instructions, gathered below the top-level ones that have some.
pub(crate) fn inner_instructions(
    transaction: &SanitizedTransaction<'_>,
    calls: &[InnerCall],
    form: InnerForm,
) -> Vec<InnerInstructionsView> {
    let same = |first: &InnerCall, second: &InnerCall| first.instruction_index == second.instruction_index;
    let groups = calls.chunk_by(same).filter_map(|calls| {
        let view = |call| inner_instruction(transaction, call, form);
        let index = calls.first()?.instruction_index;
        Some(InnerInstructionsView { index, instructions: calls.iter().map(view).collect() })
    });
    groups.collect()
}

fn inner_instruction(
    transaction: &SanitizedTransaction<'_>,
    call: &InnerCall,
    form: InnerForm,
) -> InnerInstructionView {
    let InnerCall { stack_height, program_index, accounts, data, .. } = call;
    match form {
        InnerForm::Compiled => InnerInstructionView::Compiled(CompiledView {
            accounts: accounts.clone(),
            data: binary::base58(data),
            program_id_index: *program_index,
            stack_height: *stack_height,
        }),
        InnerForm::Told => InnerInstructionView::Told(InstructionView::new(&called(
            transaction,
            *program_index,
            accounts,
            data,
            *stack_height,
        ))),
    }
}
