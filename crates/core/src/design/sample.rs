//! The sample that the page opens with: two path-routed services on four hosts in three zones.

use super::Design;

/// The sample's text, as it would be saved.
const SAMPLE: &str = include_str!("sample.stowplan.json");

/// The sample design; it has no diagnostics and runs as it is.
#[must_use]
pub fn sample() -> Design {
    Design::read(SAMPLE).expect("the sample is a valid document")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    #[test]
    fn the_sample_is_written_as_it_was_read() {
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert!(value(&super::sample().write()) == value(super::SAMPLE));
    }
}
