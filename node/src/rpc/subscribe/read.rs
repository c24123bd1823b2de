//! From the parameters of a subscription to what it is about.

use super::{Kind, Mention};
use crate::rpc::encode::account::{AccountEncoding, AccountForm, DataSlice};
use crate::rpc::error::RpcError;
use crate::rpc::filter::{Filter, FilterOption};
use crate::rpc::methods::BlockOptions;
use crate::rpc::options::Commitment;
use crate::rpc::params::{self, Params};
use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Options {
    encoding: Option<AccountEncoding>,
    data_slice: Option<DataSlice>,
    filters: Option<Vec<FilterOption>>,
    /// Read to be checked.
    #[serde(rename = "commitment")]
    _commitment: Option<Commitment>,
}

impl Options {
    fn form(&self) -> AccountForm {
        AccountForm { encoding: self.encoding.unwrap_or_default(), data_slice: self.data_slice }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum LogsFilter {
    All,
    AllWithVotes,
    Mentions(Vec<String>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum BlockFilter {
    All,
    MentionsAccountOrProgram(String),
}

/// What the subscription of that name is about.
///
/// # Errors
/// -32601 if there is none of that name, -32602 if its parameters are wrong.
pub(super) fn kind(method: &str, params: &Params<'_>) -> Result<Kind, RpcError> {
    Ok(match method {
        "signatureSubscribe" => {
            params.options::<Options>(1)?;
            Kind::Signature(params.signature(0)?)
        }
        "accountSubscribe" => {
            Kind::Account { address: params.address(0)?, form: params.options::<Options>(1)?.form() }
        }
        "programSubscribe" => {
            let options: Options = params.options(1)?;
            let form = options.form();
            let filters = Filter::read_all(options.filters.unwrap_or_default())?;
            Kind::Program { program: params.address(0)?, form, filters }
        }
        "logsSubscribe" => Kind::Logs(logs_mention(params)?),
        "slotSubscribe" => Kind::Slot,
        "rootSubscribe" => Kind::Root,
        "slotsUpdatesSubscribe" => Kind::SlotsUpdates,
        "blockSubscribe" => {
            let mention = match params.required(0, "filter")? {
                BlockFilter::All => Mention::All,
                BlockFilter::MentionsAccountOrProgram(text) => Mention::Of(params::address(&text)?),
            };
            Kind::Block { mention, options: params.options::<BlockOptions>(1)? }
        }
        "voteSubscribe" => return Err(RpcError::not_here("nobody votes on this ledger")),
        _ => return Err(RpcError::method_not_found()),
    })
}

fn logs_mention(params: &Params<'_>) -> Result<Mention, RpcError> {
    params.options::<Options>(1)?;
    match params.required(0, "filter")? {
        LogsFilter::All | LogsFilter::AllWithVotes => Ok(Mention::All),
        LogsFilter::Mentions(texts) => match texts.as_slice() {
            [text] => Ok(Mention::Of(params::address(text)?)),
            _ => Err(RpcError::invalid("Invalid Request: Only 1 address supported")),
        },
    }
}
