//! The model against exact request-by-request simulations, and what always holds.
//!
//! Measured errors are written in `docs/traffic-model.md`; the tests hold the page to them.

mod anomaly;
mod balancing;
mod books;
mod exact;
mod histograms;
mod latencies;
mod transients;

use alloc::string::String;

/// Whether the page holds a table as it is measured now; if not, the message is the new table.
fn check_page(table: &str) {
    let page: String = include_str!("../../../../../../docs/traffic-model.md").into();
    assert!(
        page.contains(table),
        "docs/traffic-model.md should hold this table:\n{table}"
    );
}
