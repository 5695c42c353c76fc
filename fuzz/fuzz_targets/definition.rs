//! Any bytes as a task definition: nothing is lost, every rule answers, every fix can be made.
//!
//! What begins like JSON is read as text; all else is the choices of a generator that knows the
//! API, which reaches rules that text finds only after hours.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stowplan_tests::generate::{Choices, definition};
use stowplan_tests::invariants::{ask_members, ask_text};

fuzz_target!(|bytes: &[u8]| {
    if let Some(b'{' | b'[' | b' ' | b'\n' | b'/') = bytes.first() {
        let _ = ask_text(&String::from_utf8_lossy(bytes));
    } else {
        ask_members(definition(&mut Choices::new(bytes)));
    }
});
