//! Writes first inputs for the fuzz targets: `cargo run -p sealane-tests --example fuzz_seeds -- fuzz/corpus`.

use sealane_runtime::Runtime;
use sealane_runtime::ledger::Genesis;
use sealane_runtime::ledger::snapshot::write_snapshot;
use sealane_tests::generators::{BlockGenerator, Contention};
use sealane_tests::oracles::loose_snapshot;
use sealane_tests::user::from_bytes;
use sealane_tests::{Harness, modules};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("say where the corpus is: fuzz/corpus")?;
    let folder = Path::new(&folder);
    let mut generator = BlockGenerator::new(1, Contention::Hot { percent: 0 });
    let ledger = Runtime::new(Harness::config(), &generator.world.genesis)?;
    let transactions = generator.block(&ledger, 200);
    let whole = transactions.iter().zip(generator.kinds()).filter(|(_, kind)| **kind != "spoiled");
    let data: Vec<Vec<u8>> = whole
        .flat_map(|(bytes, _)| from_bytes(bytes).message.instructions().to_vec())
        .map(|instruction| instruction.data)
        .collect();
    let small = [modules::saying("seed"), modules::failing(1), modules::without_entrypoint()];
    let programs = [sealane_artifacts::TOKEN, sealane_artifacts::ASSOCIATED_TOKEN, sealane_artifacts::PROBE];
    write(&folder.join("sanitize"), &transactions)?;
    write(&folder.join("instruction"), &data)?;
    write(&folder.join("loader"), &small)?;
    write(&folder.join("validate_module"), &[&small[..], &programs.map(<[u8]>::to_vec)].concat())?;
    let mut small_ledger = Runtime::new(Harness::config(), &Genesis::default())?;
    small_ledger.produce_block::<&[u8]>(1, &[])?;
    let mut file = Vec::new();
    write_snapshot(&small_ledger, &mut file, &mut |_| ())?;
    write(&folder.join("snapshot"), &[loose_snapshot(&file), file])?;
    Ok(())
}

fn write(folder: &Path, inputs: &[Vec<u8>]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (number, input) in inputs.iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{number}")), input)?;
    }
    println!("{} inputs in {}", inputs.len(), folder.display());
    Ok(())
}
