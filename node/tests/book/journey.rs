//! The author's day, as the pages tell it: every `console` block is typed, in the order of the pages, by somebody with a home directory
//! of their own, and prints what is shown; `ts` and `rust` blocks with `file=PATH` are written where they say.
//!
//! - `console,node` is the other terminal: it runs until the day is over, on free ports in place of those that the page shows.
//! - `console,slow` compiles a whole ledger: it is run on the machine that judges changes (`CI` is set), and if `SEALANE_BOOK` is `all`.
//! - `console,npm` needs node and npm, and so does what a node is called by.

use super::blocks::{has, run};
use super::flamegraph::frames;
use super::pages::{Block, Page, pages, root};
use super::ports::free_ports;
use super::shown::matches;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Longest wait for what the other terminal shows, in steps of [`STEP`].
const MOST_STEPS: u32 = 1_200;
const STEP: Duration = Duration::from_millis(50);
/// Ports that pages show, JSON-RPC's and WebSocket's.
const SHOWN_PORTS: [u16; 2] = [8899, 8900];

#[test]
fn what_is_typed_prints_what_is_shown() {
    let mut day = Day::new();
    // The tutorial comes first: the other pages go on in its project.
    let tutorial = Page::named("tutorial.md");
    let others = pages().into_iter().filter(|page| page.path != tutorial.path);
    for page in std::iter::once(tutorial.clone()).chain(others) {
        day.read(&page);
    }
    assert!(day.ran >= 5, "only {} commands were run", day.ran);
    if runs_slow_blocks() {
        check_flamegraph(&day.project().join("profile.svg"));
    }
    compile_typescript(&tutorial, &day.project().join("client"));
}

/// Whether what takes minutes shall be run.
fn runs_slow_blocks() -> bool {
    env::var_os("CI").is_some() || env::var("SEALANE_BOOK").as_deref() == Ok("all")
}

/// The flamegraph that the page on profiling draws has the program's functions in it by name.
fn check_flamegraph(path: &Path) {
    let frames = frames(path, "book-profile.svg");
    for name in ["all (", "counter::create (", "counter::increment (", "entrypoint (", "host: find_address ("]
    {
        assert!(frames.iter().any(|frame| frame.starts_with(name)), "{name}: {frames:#?}");
    }
}

/// Somebody at a terminal or two.
struct Day {
    room: TempDir,
    /// Where they are.
    folder: PathBuf,
    /// The port of the node's JSON-RPC; the WebSocket's is one above.
    port: u16,
    /// The other terminals.
    children: Vec<Child>,
    ran: usize,
}

impl Day {
    fn new() -> Self {
        let room = tempfile::tempdir().expect("a folder");
        let (folder, home) = (room.path().join("work"), room.path().join("home"));
        let config = home.join(".config/solana/cli/config.yml");
        fs::create_dir_all(&folder).expect("the folder is ours");
        fs::create_dir_all(config.parent().expect("a folder")).expect("the folder is ours");
        let port = free_ports();
        fs::write(config, format!("json_rpc_url: \"http://127.0.0.1:{port}\"\n"))
            .expect("the folder is ours");
        Self { room, folder, port, children: Vec::new(), ran: 0 }
    }

    /// Where the tutorial's project is.
    fn project(&self) -> PathBuf {
        self.room.path().join("work/my-counter")
    }

    /// Types what stands in a page.
    fn read(&mut self, page: &Page) {
        if page.path != Path::new("tutorial.md") {
            self.folder = self.project();
        }
        for block in page.blocks() {
            let place = format!("{}:{}", page.path.display(), block.line);
            match block.tags[0].as_str() {
                "ts" | "rust" => {
                    if let Some(path) = block.tags.iter().find_map(|tag| tag.strip_prefix("file=")) {
                        fs::write(self.folder.join(path), self.with_own_ports(&block.text))
                            .unwrap_or_else(|error| panic!("{place}: {path}: {error}"));
                    }
                }
                "console" if self.shall_run(&block, &place) => self.type_block(&block, &place),
                _ => {}
            }
        }
    }

    fn shall_run(&self, block: &Block, place: &str) -> bool {
        let is_tagged = |name: &str| block.tags.iter().any(|tag| tag == name);
        if is_tagged("slow") && !runs_slow_blocks() {
            eprintln!("{place}: not run, it takes minutes: set SEALANE_BOOK=all");
            return false;
        }
        !is_tagged("npm") || has("npm")
    }

    fn type_block(&mut self, block: &Block, place: &str) {
        let is_other_terminal = block.tags.iter().any(|tag| tag == "node");
        for (command, expected) in commands(block) {
            if let Some(inner) = command.strip_prefix("cd ") {
                self.folder.push(inner);
            } else if is_other_terminal {
                self.start(command, &expected, place);
            } else {
                let output = self.shell(command).output().expect("a shell");
                let printed = String::from_utf8_lossy(&output.stdout).into_owned();
                let errors = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{place}: {command}\n{printed}{errors}");
                let printed = self.with_shown_ports(printed.trim_end());
                let lines: Vec<&str> = printed.lines().collect();
                let is_as_shown = expected.is_empty() || matches(&expected, &lines);
                assert!(is_as_shown, "{place}: {command} prints\n{printed}\n{errors}");
            }
            self.ran += 1;
        }
    }

    /// Starts a node, and waits until it has printed what is shown.
    fn start(&mut self, command: &str, expected: &[&str], place: &str) {
        let log = self.room.path().join("node.log");
        let [file, errors] = [&log, &log.with_extension("errors")]
            .map(|path| fs::File::create(path).expect("the folder is ours"));
        let ports = format!(" --rpc-port {} --ws-port {}", self.port, self.port + 1);
        let child = self
            .shell(&format!("exec {command}{ports}"))
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(errors)
            .spawn()
            .expect("a shell");
        self.children.push(child);
        for _ in 0..MOST_STEPS {
            let printed = fs::read_to_string(&log).unwrap_or_default();
            let printed = self.with_shown_ports(printed.trim_end());
            if matches(expected, &printed.lines().collect::<Vec<_>>()) {
                return;
            }
            std::thread::sleep(STEP);
        }
        panic!("{place}: {command} prints\n{}", fs::read_to_string(&log).unwrap_or_default());
    }

    /// A command as it is typed: with the binary that is tested, and a home directory in which the caches of the real one are.
    fn shell(&self, command: &str) -> Command {
        let binary = Path::new(env!("CARGO_BIN_EXE_sealane"));
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = binary.parent().map(Path::to_owned).into_iter().chain(env::split_paths(&path));
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(&self.folder);
        shell
            .env("PATH", env::join_paths(folders).expect("paths"))
            .env("HOME", self.room.path().join("home"));
        for (name, folder) in
            [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup"), ("npm_config_cache", ".npm")]
        {
            if let Some(place) = kept(name, folder) {
                shell.env(name, place);
            }
        }
        // What this test was built with is not what an author's shell has.
        for name in [
            "CARGO",
            "CARGO_TARGET_DIR",
            "CARGO_MANIFEST_DIR",
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
            "RUSTUP_TOOLCHAIN",
        ] {
            shell.env_remove(name);
        }
        shell
    }

    fn with_own_ports(&self, text: &str) -> String {
        text.replace(&SHOWN_PORTS[0].to_string(), &self.port.to_string())
            .replace(&SHOWN_PORTS[1].to_string(), &(self.port + 1).to_string())
    }

    fn with_shown_ports(&self, text: &str) -> String {
        text.replace(&format!(":{}", self.port), &format!(":{}", SHOWN_PORTS[0]))
            .replace(&format!(":{}", self.port + 1), &format!(":{}", SHOWN_PORTS[1]))
    }
}

impl Drop for Day {
    fn drop(&mut self) {
        for child in &mut self.children {
            drop(child.kill());
            drop(child.wait());
        }
        if std::thread::panicking() {
            eprintln!(
                "the node:\n{}",
                fs::read_to_string(self.room.path().join("node.log")).unwrap_or_default()
            );
        }
    }
}

/// What a variable says, or the folder of this name in the home directory.
fn kept(variable: &str, folder: &str) -> Option<OsString> {
    env::var_os(variable).or_else(|| Some(env::home_dir()?.join(folder).into_os_string()))
}

/// The commands of a block, each with the lines that it prints.
fn commands(block: &Block) -> Vec<(&str, Vec<&str>)> {
    let mut commands: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in block.text.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command, Vec::new())),
            (None, Some((_, expected))) => expected.push(line),
            (None, None) => panic!("line {}: a block of commands begins with one", block.line),
        }
    }
    commands
}

/// Compiles the page's TypeScript, as strictly as can be, beside the client that its commands made.
fn compile_typescript(page: &Page, client: &Path) {
    if !has("npm") {
        return;
    }
    // The packages of the tests of generated clients.
    let packages = root().join("node/tests/generated_clients/typescript");
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book-typescript");
    fs::create_dir_all(&room).expect("cargo's folder is ours");
    for file in ["package.json", "package-lock.json", "tsconfig.json"] {
        fs::copy(packages.join(file), room.join(file)).expect("it is there");
    }
    if !room.join("node_modules").is_dir() {
        run(Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(&room));
    }
    fs::copy(client.join("counter.ts"), room.join("counter.ts")).expect("the commands made it");
    let blocks: Vec<Block> = page.blocks().into_iter().filter(|block| block.tags[0] == "ts").collect();
    assert!(!blocks.is_empty());
    for (index, block) in blocks.iter().enumerate() {
        fs::write(room.join(format!("block_{index}.ts")), &block.text).expect("the folder is ours");
    }
    run(Command::new("npx").args(["--no-install", "tsc", "-p", ".", "--noEmit"]).current_dir(&room));
}
