//! Whether a node is a Sealane node.
//!
//! The configuration that the commands share with `solana` often names Solana's mainnet. What spends must not do so there
//! because somebody typed the wrong word, so it asks the node first what it is.

use super::http::Client;
use anyhow::bail;
use serde_json::{Value, json};

/// The key of `getVersion`'s answer that a Sealane node alone has.
const SEALANE_VERSION: &str = "sealane-core";

impl Client {
    /// Checks that the node is a Sealane node.
    ///
    /// # Errors
    /// If nobody answers, and if who answers is no Sealane node.
    pub(crate) fn require_sealane(&self) -> anyhow::Result<()> {
        let version: Value = self.call("getVersion", &json!([]))?;
        if version.get(SEALANE_VERSION).is_some_and(Value::is_string) {
            return Ok(());
        }
        let found = match version.get("solana-core").and_then(Value::as_str) {
            Some(version) => format!("solana-core {version}"),
            None => "no version".to_owned(),
        };
        bail!(
            "{} is no Sealane node (it says {found}), and this command spends on those alone: name one by --url, such as \
             --url localhost; the address came from --url or from the configuration file of `solana`",
            self.url()
        );
    }
}
