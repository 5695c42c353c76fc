//! The size of the first load against its budget.
//!
//! A report, not a gate: the number grows by design and is judged by people.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;

/// What wasm, script and style sheet together may weigh under brotli.
const BUDGET_KIB: u64 = 450;

/// What a visitor loads first, by extension.
const FIRST_LOAD: [&str; 3] = ["wasm", "js", "css"];

/// Prints raw and compressed size of each file of the first load, and their sum.
pub(crate) fn print(dist: &Path) -> Result<()> {
    let mut sum = Size::default();
    for path in first_load(dist)? {
        let size = measure(&path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        line(&name, &size);
        sum.raw += size.raw;
        sum.brotli += size.brotli;
    }
    line("first load", &sum);
    let verdict = if sum.brotli <= BUDGET_KIB * 1024 {
        "within"
    } else {
        "OVER"
    };
    println!("    {verdict} the budget of {BUDGET_KIB} KiB under brotli");
    Ok(())
}

#[derive(Debug, Default)]
struct Size {
    raw: u64,
    brotli: u64,
}

fn first_load(dist: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(dist).with_context(|| format!("cannot read `{}`", dist.display()))?;
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .filter(|path: &Result<PathBuf>| path.as_ref().map_or(true, |path| is_first_load(path)))
        .collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn is_first_load(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| FIRST_LOAD.iter().any(|known| extension == *known))
}

fn measure(path: &Path) -> Result<Size> {
    let bytes = fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let mut compressed = Vec::new();
    // The default is the highest quality, which is what hosts that compress beforehand use.
    brotli::BrotliCompress(
        &mut bytes.as_slice(),
        &mut compressed,
        &BrotliEncoderParams::default(),
    )
    .with_context(|| format!("cannot compress `{}`", path.display()))?;
    Ok(Size {
        raw: bytes.len() as u64,
        brotli: compressed.len() as u64,
    })
}

fn line(name: &str, size: &Size) {
    println!(
        "    {name:<48} {:>9} raw {:>9} brotli",
        kib(size.raw),
        kib(size.brotli)
    );
}

fn kib(bytes: u64) -> String {
    format!("{} KiB", bytes.div_ceil(1024))
}
