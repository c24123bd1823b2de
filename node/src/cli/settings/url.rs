//! URLs of nodes, and the short names that the `solana` CLI has for some.

use anyhow::{Context, bail};

/// The URL of a node's JSON-RPC.
pub(super) fn http(given: &str) -> anyhow::Result<String> {
    let url = match given {
        "l" | "localhost" => "http://127.0.0.1:8899",
        "d" | "devnet" => "https://api.devnet.solana.com",
        "t" | "testnet" => "https://api.testnet.solana.com",
        "m" | "mainnet-beta" => "https://api.mainnet-beta.solana.com",
        url => url,
    };
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    if rest.is_none_or(|rest| rest.is_empty() || rest.starts_with(['/', ':'])) {
        bail!(
            "{given:?} is no address of a node: give a URL such as http://127.0.0.1:8899, or one of localhost, devnet, \
             testnet, mainnet-beta"
        );
    }
    Ok(url.to_owned())
}

/// The URL of a node's WebSocket.
pub(super) fn websocket(given: &str) -> anyhow::Result<String> {
    if given.starts_with("ws://") || given.starts_with("wss://") {
        return Ok(given.to_owned());
    }
    bail!(
        "{given:?} is no address of a WebSocket: it begins with ws:// or wss://, such as ws://127.0.0.1:8900"
    )
}

/// The WebSocket that belongs to a JSON-RPC: the same address, one port higher if it names a port.
pub(super) fn websocket_beside(http: &str) -> anyhow::Result<String> {
    let (scheme, rest) = http.split_once("://").context("a URL has a scheme")?;
    let scheme = if scheme == "https" { "wss" } else { "ws" };
    let (authority, path) = rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
    let Some((host, port)) = authority.rsplit_once(':').filter(|(_, port)| !port.contains(']')) else {
        return Ok(format!("{scheme}://{authority}{path}"));
    };
    let port: u16 = port.parse().with_context(|| format!("{http}: {port:?} is no port"))?;
    let next = port.checked_add(1).with_context(|| format!("{http}: name its WebSocket by --ws"))?;
    Ok(format!("{scheme}://{host}:{next}{path}"))
}

#[cfg(test)]
mod tests {
    use super::{http, websocket, websocket_beside};

    #[test]
    fn short_names_are_those_of_solana() {
        assert_eq!(http("l").expect("a name"), "http://127.0.0.1:8899");
        assert_eq!(http("localhost").expect("a name"), "http://127.0.0.1:8899");
        assert_eq!(http("m").expect("a name"), "https://api.mainnet-beta.solana.com");
        assert_eq!(http("http://node:1/path").expect("a URL"), "http://node:1/path");
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for given in ["", "mainet", "localhost:8899", "ftp://node", "http://", "http:///path", "http://:1"] {
            assert!(http(given).is_err(), "{given:?}");
        }
        assert!(websocket("http://127.0.0.1:8900").is_err());
    }

    #[test]
    fn the_websocket_is_one_port_higher() {
        let check = |given: &str, expected: &str| assert_eq!(websocket_beside(given).expect(given), expected);
        check("http://127.0.0.1:8899", "ws://127.0.0.1:8900");
        check("http://[::1]:8899/", "ws://[::1]:8900/");
        check("http://[::1]", "ws://[::1]");
        check("https://node.example.com/rpc?key=1:2", "wss://node.example.com/rpc?key=1:2");
        assert!(websocket_beside("http://node:65535").is_err());
        assert!(websocket_beside("http://node:70000").is_err());
    }
}
