//! The methods that the commands use, typed.

use super::error::ClientError;
use super::http::Client;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sealane_sdk::{Account, Address};
use serde::Deserialize;
use serde_json::{Value, json};

/// A blockhash to sign with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LatestBlockhash {
    /// The hash.
    pub(crate) hash: solana_message::Hash,
    /// The last block height at which it is good.
    pub(crate) last_valid_block_height: u64,
}

/// What became of a transaction.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignatureStatus {
    /// The block it is in.
    pub(crate) slot: u64,
    /// Its error as Solana writes it, or `null`.
    pub(crate) err: Value,
    /// How final it is.
    pub(crate) confirmation_status: Option<String>,
}

/// What stands beside a value: the block it is of.
#[derive(Deserialize)]
struct WithContext<T> {
    value: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BlockhashValue {
    blockhash: String,
    last_valid_block_height: u64,
}

/// An account as it is sent.
#[derive(Deserialize)]
struct SentAccount {
    lamports: u64,
    owner: String,
    data: (String, String),
    executable: bool,
}

/// An account with its address as it is sent.
#[derive(Deserialize)]
struct SentKeyedAccount {
    pubkey: String,
    account: SentAccount,
}

impl Client {
    /// The newest blockhash.
    pub(crate) fn latest_blockhash(&self) -> Result<LatestBlockhash, ClientError> {
        let method = "getLatestBlockhash";
        let value: BlockhashValue = self.value(method, &json!([self.commitment_config()]))?;
        let hash = value.blockhash.parse().map_err(|error| self.shape(method, error))?;
        Ok(LatestBlockhash { hash, last_valid_block_height: value.last_valid_block_height })
    }

    /// How many blocks there are.
    pub(crate) fn block_height(&self) -> Result<u64, ClientError> {
        self.call("getBlockHeight", &json!([self.commitment_config()]))
    }

    /// What an address holds, in lamports.
    pub(crate) fn balance(&self, address: &Address) -> Result<u64, ClientError> {
        self.value("getBalance", &json!([address.to_string(), self.commitment_config()]))
    }

    /// An account.
    pub(crate) fn account(&self, address: &Address) -> Result<Option<Account>, ClientError> {
        let method = "getAccountInfo";
        let config = json!({ "encoding": "base64", "commitment": self.commitment().name() });
        let sent: Option<SentAccount> = self.value(method, &json!([address.to_string(), config]))?;
        sent.map(|sent| self.read_account(method, &sent)).transpose()
    }

    /// The accounts that `owner` owns and `filters` let through.
    pub(crate) fn program_accounts(
        &self,
        owner: &Address,
        filters: &Value,
        data_slice: Option<(usize, usize)>,
    ) -> Result<Vec<(Address, Account)>, ClientError> {
        let method = "getProgramAccounts";
        let mut config =
            json!({ "encoding": "base64", "commitment": self.commitment().name(), "filters": filters });
        if let Some((offset, length)) = data_slice {
            config["dataSlice"] = json!({ "offset": offset, "length": length });
        }
        let sent: Vec<SentKeyedAccount> = self.call(method, &json!([owner.to_string(), config]))?;
        let read = |keyed: &SentKeyedAccount| {
            let address = keyed.pubkey.parse().map_err(|error| self.shape(method, error))?;
            Ok((address, self.read_account(method, &keyed.account)?))
        };
        sent.iter().map(read).collect()
    }

    /// What a message would cost, in lamports.
    pub(crate) fn fee(&self, message: &[u8]) -> Result<Option<u64>, ClientError> {
        self.value("getFeeForMessage", &json!([STANDARD.encode(message), self.commitment_config()]))
    }

    /// Asks the faucet; gives the signature of its transfer.
    pub(crate) fn request_airdrop(&self, to: &Address, lamports: u64) -> Result<String, ClientError> {
        self.call("requestAirdrop", &json!([to.to_string(), lamports, self.commitment_config()]))
    }

    /// Hands in a transaction; gives its signature.
    pub(crate) fn send_transaction(
        &self,
        transaction: &[u8],
        preflight: Preflight,
    ) -> Result<String, ClientError> {
        let config = json!({
            "encoding": "base64",
            "skipPreflight": preflight == Preflight::Skip,
            "preflightCommitment": self.commitment().name(),
        });
        self.call("sendTransaction", &json!([STANDARD.encode(transaction), config]))
    }

    /// What became of transactions, those that are long past included; at most 256.
    pub(crate) fn signature_statuses(
        &self,
        signatures: &[String],
    ) -> Result<Vec<Option<SignatureStatus>>, ClientError> {
        self.value("getSignatureStatuses", &json!([signatures, { "searchTransactionHistory": true }]))
    }

    /// A transaction with what it did, as JSON.
    pub(crate) fn transaction(&self, signature: &str) -> Result<Option<Value>, ClientError> {
        let config = json!({
            "encoding": "json",
            "commitment": self.commitment().name(),
            "maxSupportedTransactionVersion": 1,
        });
        self.call("getTransaction", &json!([signature, config]))
    }

    /// `{"commitment": …}`.
    pub(super) fn commitment_config(&self) -> Value {
        json!({ "commitment": self.commitment().name() })
    }

    /// Calls a method whose answer stands in a context.
    pub(crate) fn value<T: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        params: &Value,
    ) -> Result<T, ClientError> {
        self.call::<WithContext<T>>(method, params).map(|answer| answer.value)
    }

    fn read_account(&self, method: &str, sent: &SentAccount) -> Result<Account, ClientError> {
        let (data, encoding) = &sent.data;
        if encoding != "base64" {
            return Err(self.shape(method, format_args!("data in {encoding}")));
        }
        Ok(Account {
            lamports: sent.lamports,
            owner: sent.owner.parse().map_err(|error| self.shape(method, error))?,
            executable: sent.executable,
            data: STANDARD.decode(data).map_err(|error| self.shape(method, error))?,
        })
    }

    pub(super) fn shape(&self, method: &str, reason: impl std::fmt::Display) -> ClientError {
        ClientError::Shape {
            url: self.url().to_owned(),
            method: method.to_owned(),
            reason: reason.to_string(),
        }
    }
}

/// Whether a transaction is simulated before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preflight {
    /// What would fail costs nothing.
    Simulate,
    /// For many transactions that cannot fail.
    Skip,
}
