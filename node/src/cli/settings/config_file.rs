//! The configuration file of the `solana` CLI, `~/.config/solana/cli/config.yml`, which is read and never written here.
//!
//! ```yaml
//! json_rpc_url: http://localhost:8899
//! websocket_url: ''
//! keypair_path: /home/me/.config/solana/id.json
//! address_labels: {}
//! commitment: confirmed
//! ```

use crate::client::Commitment;
use anyhow::{Context, bail};
use serde::Deserialize;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What the file says, as far as it concerns the commands here. Other keys are not looked at.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ConfigFile {
    pub(super) json_rpc_url: Option<String>,
    pub(super) websocket_url: Option<String>,
    keypair_path: Option<String>,
    commitment: Option<String>,
    /// Where it was found, for what is wrong with it.
    #[serde(skip)]
    path: PathBuf,
}

impl ConfigFile {
    /// Reads the file named, which must be there, or the one in its usual place, which need not.
    pub(super) fn load(named: Option<&Path>) -> anyhow::Result<Self> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => match home() {
                Some(home) => home.join(".config/solana/cli/config.yml"),
                None => return Ok(Self::default()),
            },
        };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => {
                return Ok(Self::default());
            }
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("cannot read the configuration file {}", path.display()));
            }
        };
        let file = Self::parse(&text)
            .with_context(|| format!("the configuration file {} is not in order", path.display()))?;
        Ok(Self { path, ..file })
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        Ok(serde_saphyr::from_str(text)?)
    }

    /// The commitment, if the file has one.
    pub(super) fn commitment(&self) -> anyhow::Result<Option<Commitment>> {
        let Some(name) = self.commitment.as_deref().filter(|name| !name.is_empty()) else {
            return Ok(None);
        };
        match Commitment::of_name(name) {
            Some(commitment) => Ok(Some(commitment)),
            None => bail!(
                "{}: commitment {name:?} is none of processed, confirmed, finalized",
                self.path.display()
            ),
        }
    }

    /// Where the keypair is: a path, or another of the places that `--keypair` takes.
    pub(super) fn keypair_place(&self) -> anyhow::Result<String> {
        if let Some(place) = self.keypair_path.as_deref().filter(|place| !place.is_empty()) {
            return Ok(place.to_owned());
        }
        let home =
            home().context("there is no home directory (HOME is not set): name a keypair by --keypair")?;
        Ok(home.join(".config/solana/id.json").display().to_string())
    }
}

/// The home directory.
pub(super) fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::ConfigFile;
    use crate::client::Commitment;

    #[test]
    fn what_solana_writes_is_read() {
        let text = "---\njson_rpc_url: \"http://localhost:8899\"\nwebsocket_url: \"\"\nkeypair_path: /home/me/id.json\n\
                    address_labels:\n  \"11111111111111111111111111111111\": System Program\ncommitment: finalized\n";
        let file = ConfigFile::parse(text).expect("it is in order");
        assert_eq!(file.json_rpc_url.as_deref(), Some("http://localhost:8899"));
        assert_eq!(file.websocket_url.as_deref(), Some(""));
        assert_eq!(file.keypair_place().expect("there is one"), "/home/me/id.json");
        assert_eq!(file.commitment().expect("it is one"), Some(Commitment::Finalized));
    }

    #[test]
    fn keys_may_be_missing_and_all_of_them() {
        for text in ["", "\n", "address_labels: {}\n", "json_rpc_url: null\n"] {
            let file = ConfigFile::parse(text).expect(text);
            assert_eq!(file.json_rpc_url, None);
            assert_eq!(file.commitment().expect("there is none"), None);
        }
    }

    #[test]
    fn what_is_no_configuration_is_refused() {
        for text in ["json_rpc_url: [1, 2]\n", "- a\n- b\n", "json_rpc_url: \"open\n"] {
            assert!(ConfigFile::parse(text).is_err(), "{text:?}");
        }
        let file = ConfigFile::parse("commitment: soon\n").expect("it is in order");
        assert!(file.commitment().expect_err("no such commitment").to_string().contains("\"soon\""));
    }
}
