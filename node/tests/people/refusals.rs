//! What the commands say when something is not as it should be; above all, that they spend on no other node than ours.

use crate::desk::Desk;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

/// Somebody who answers every call the same, and remembers what was asked.
struct Answerer {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Answerer {
    fn new(status: &'static str, answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it has an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        thread::Builder::new()
            .spawn(move || {
                for stream in listener.incoming() {
                    let mut stream = stream.expect("a connection is taken");
                    let mut request = String::new();
                    let mut buffer = [0; 4096];
                    while !request.ends_with('}') {
                        let size = stream.read(&mut buffer).expect("the request is read");
                        if size == 0 {
                            break;
                        }
                        request += &String::from_utf8_lossy(&buffer[..size]);
                    }
                    heard.lock().expect("nobody panics").push(request);
                    let size = answer.len();
                    let head =
                        format!("HTTP/1.1 {status}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n");
                    drop(stream.write_all(format!("{head}{answer}").as_bytes()));
                }
            })
            .expect("a thread starts");
        Self { address, asked }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

#[test]
fn what_spends_is_refused_by_a_node_that_is_no_sealane() {
    let solana = Answerer::new(
        "200 OK",
        r#"{"jsonrpc":"2.0","id":1,"result":{"solana-core":"3.0.1","feature-set":1}}"#,
    );
    let desk = Desk::at(&solana.url());
    let module = desk.write("token.wasm", sealane_artifacts::TOKEN);
    let module = crate::desk::text(&module);
    let to = "11111111111111111111111111111112";
    for arguments in [
        &["transfer", to, "1"][..],
        &["deploy", module],
        &["program", "upgrade", to, module],
        &["program", "close", to],
        &["program", "set-authority", to, "--final"],
    ] {
        let error = desk.refused(arguments);
        assert!(error.contains("is no Sealane node (it says solana-core 3.0.1)"), "{arguments:?}: {error}");
        assert!(error.contains("--url"), "{arguments:?}: {error}");
    }
    for request in solana.asked.lock().expect("nobody panics").iter() {
        assert!(request.contains("\"getVersion\""), "nothing else was asked: {request}");
    }
}

#[test]
fn a_node_that_does_not_run_is_said_how_to_start() {
    let desk = Desk::new();
    // Port 1 is nobody's.
    let error = desk.refused(&["balance", "11111111111111111111111111111111", "--url", "http://127.0.0.1:1"]);
    assert!(error.contains("no node answers at http://127.0.0.1:1"), "{error}");
    assert!(error.contains("`sealane node`"), "{error}");
}

#[test]
fn whoever_answers_something_else_is_named() {
    let desk = Desk::new();
    let page = Answerer::new("404 Not Found", "<html>no such page</html>}");
    let error = desk.refused(&["balance", "11111111111111111111111111111111", "--url", &page.url()]);
    assert!(error.contains("HTTP status 404") && error.contains("no such page"), "{error}");
    let odd = Answerer::new("200 OK", r#"{"jsonrpc":"2.0","id":1,"result":{"value":"much"}}"#);
    let error = desk.refused(&["balance", "11111111111111111111111111111111", "--url", &odd.url()]);
    assert!(error.contains("getBalance") && error.contains("something else than a node does"), "{error}");
    let refusing =
        Answerer::new("200 OK", r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"behind"}}"#);
    let error = desk.refused(&["balance", "11111111111111111111111111111111", "--url", &refusing.url()]);
    assert!(error.contains("the node refuses getBalance: behind (code -32005)"), "{error}");
}

#[test]
fn a_module_is_refused_before_any_node_is_asked() {
    let desk = Desk::new();
    desk.write("program.so", b"\x7fELF\x02\x01\x01\0");
    let error = desk.refused(&["deploy", "program.so", "--url", "http://127.0.0.1:1"]);
    assert!(error.contains("program.so cannot be a program") && error.contains("sealane build"), "{error}");
    let error = desk.refused(&["deploy", "nowhere.wasm", "--url", "http://127.0.0.1:1"]);
    assert!(error.contains("there is no file nowhere.wasm"), "{error}");
}

#[test]
fn keypairs_and_configurations_that_are_none_are_named() {
    let desk = Desk::new();
    let error = desk.refused(&["keygen", "pubkey"]);
    assert!(error.contains("id.json") && error.contains("sealane keygen new"), "{error}");
    desk.write("broken.json", "[1, 2, 3]");
    assert!(desk.refused(&["keygen", "pubkey", "broken.json"]).contains("holds no keypair"));
    desk.write("config.yml", "json_rpc_url: [\n");
    let error = desk.refused(&["balance", "-C", "config.yml", "11111111111111111111111111111111"]);
    assert!(error.contains("config.yml is not in order"), "{error}");
    let error = desk.refused(&["balance", "-C", "missing.yml", "11111111111111111111111111111111"]);
    assert!(error.contains("missing.yml"), "{error}");
    let error = desk.refused(&["balance", "--url", "mainet", "11111111111111111111111111111111"]);
    assert!(error.contains("\"mainet\" is no address of a node"), "{error}");
    let error = desk.refused(&["balance", "nonsense"]);
    assert!(error.contains("\"nonsense\" is neither an address"), "{error}");
    let error = desk.refused(&["balance", "--keypair", "usb://ledger"]);
    assert!(error.contains("hardware wallets"), "{error}");
}
