//! Builds the crate that is tested to WebAssembly, once a process.
//!
//! Cargo looks each time whether anything has changed, in a target directory that all tests share: `programs` in the one that the
//! test itself was built to.

use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names a folder in which modules lie that were built before, as `name-of-the-package.wasm`, where `sealane build` leaves them; they are taken instead.
pub const MODULES_VARIABLE: &str = "SEALANE_PROGRAM_DIR";

/// Modules by the folder of their manifest and the name of their package.
type Modules = BTreeMap<(PathBuf, String), Arc<[u8]>>;

/// The module of the crate in the folder `manifest`, whose package is `package`, as it is deployed.
///
/// # Panics
/// If it cannot be built: cargo has printed why by then.
#[must_use]
#[track_caller]
pub fn crate_module(manifest: &str, package: &str) -> Arc<[u8]> {
    static BUILT: Mutex<Modules> = Mutex::new(BTreeMap::new());
    let key = (PathBuf::from(manifest), package.to_owned());
    // Held while cargo runs: other tests wait for the same module.
    let mut built = BUILT.lock();
    if let Some(module) = built.get(&key) {
        return Arc::clone(module);
    }
    let module =
        match env::var_os(MODULES_VARIABLE).and_then(|folder| ready_made(Path::new(&folder), package)) {
            Some(module) => module,
            None => sealane_artifacts::build_crate(Path::new(manifest), package)
                .unwrap_or_else(|error| panic!("{error}")),
        };
    let module: Arc<[u8]> = module.into();
    built.insert(key, Arc::clone(&module));
    module
}

fn ready_made(folder: &Path, package: &str) -> Option<Vec<u8>> {
    std::fs::read(folder.join(format!("{package}.wasm"))).ok()
}
