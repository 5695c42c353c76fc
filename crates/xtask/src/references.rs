//! Checks that every reference of the built page is relative and leads to a file.
//!
//! An absolute path would work at the root of a host and break in any folder of it. This reads
//! only what our page and Trunk's loader write; it is no HTML parser.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::error::hinted;

/// What stands before a quoted reference in the page and in its loader script.
const MARKERS: [&str; 4] = ["href=", "src=", "from ", "module_or_path: "];

/// Checks the `index.html` of a folder.
pub(crate) fn check(dist: &Path) -> Result<()> {
    let path = dist.join("index.html");
    let page =
        fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let found = references(&page);
    // Guards against a change of Trunk's loader that this search would not see.
    if !found.iter().any(|reference| reference.ends_with(".wasm")) {
        bail!("`{}` loads no wasm", path.display());
    }
    found
        .into_iter()
        .try_for_each(|reference| check_one(dist, reference))
}

fn check_one(dist: &Path, reference: &str) -> Result<()> {
    if reference.starts_with("data:") || reference.starts_with('#') {
        return Ok(());
    }
    if reference.starts_with('/') || reference.contains("://") {
        return Err(hinted(
            format!("`dist/index.html` refers to `{reference}`, which is not relative"),
            "keep `public_url = \"./\"` in Trunk.toml, and links in index.html relative",
        ));
    }
    if !dist.join(reference).is_file() {
        bail!("`dist/index.html` refers to `{reference}`, which is not in `dist`");
    }
    Ok(())
}

/// Every quoted text that follows a marker.
fn references(page: &str) -> Vec<&str> {
    MARKERS
        .into_iter()
        .flat_map(|marker| {
            page.match_indices(marker)
                .map(move |(at, _)| &page[at + marker.len()..])
        })
        .filter_map(quoted)
        .collect()
}

fn quoted(text: &str) -> Option<&str> {
    let quote = text
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''))?;
    text[1..].split(quote).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_tags_and_of_the_loader_are_found() {
        let page = r#"<link rel="stylesheet" href="./main-1.css"><img src='a.png'>
            <script type="module">import init from './web-1.js';
            init({ module_or_path: './web-1_bg.wasm' });</script>"#;
        assert_eq!(
            references(page),
            ["./main-1.css", "a.png", "./web-1.js", "./web-1_bg.wasm"]
        );
    }

    #[test]
    fn absolute_and_missing_references_are_refused() {
        let nowhere = Path::new("no-such-folder");
        for reference in ["/a.css", "https://example.com/a.css", "./missing.css"] {
            assert!(check_one(nowhere, reference).is_err(), "{reference}");
        }
        assert!(check_one(nowhere, "data:image/svg+xml,x").is_ok());
    }
}
