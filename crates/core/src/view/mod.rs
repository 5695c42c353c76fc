//! Words: every text that a user reads about a design or a run is made here, as plain data for
//! panels, reports and terminals. It decides nothing.

mod actions;
mod diagnostics;
mod events;
mod explain;
mod flaws;
mod json;
mod tasks;

pub use actions::action_line;
pub use diagnostics::{Words, diagnostic_words, severity_word};
pub use events::{Tone, event_is_listed, event_text, event_tone, service_message};
pub use explain::{explanation_rows, explanation_sentence};
pub use flaws::flaw_words;
pub use json::event_line;
pub use tasks::{stopped_reason, task_sentence};
