//! Any bytes as JSON text: it is read without a panic, and places lie within the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stowplan_tests::invariants::ask_parser;

fuzz_target!(|bytes: &[u8]| ask_parser(&String::from_utf8_lossy(bytes)));
