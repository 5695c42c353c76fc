//! The tester of requests: what is typed there, and what the listener does with it as things stand.

use super::{Session, Tab};
use crate::data::request::{RequestField, Tested, Typed, tested};
use std::sync::Arc;
use stowplan_core::scene::Route;

/// The tester and its answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Tester {
    typed: Typed,
    tested: Arc<Tested>,
    /// What was last asked, and of what.
    seen: Option<Key>,
}

/// Equal keys mean equal answers.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    typed: Typed,
    design: u64,
    /// The run's counter, where one is shown.
    run: Option<u64>,
}

impl Session {
    /// The tester of requests as it was last shown.
    #[must_use]
    pub const fn tested(&self) -> &Arc<Tested> {
        &self.tester.tested
    }

    /// The way of the request, while the tester is open.
    pub(super) fn route(&self) -> Option<Arc<Route>> {
        let is_open = self.tab == Tab::Request;
        self.tested().route().filter(|_| is_open).cloned()
    }

    pub(super) fn set_request(&mut self, field: RequestField, text: String) {
        self.tester.typed.set(field, text);
    }

    /// Asks again where a field, the design or the run changed, while somebody looks.
    pub(super) fn test_request(&mut self) {
        if self.tab != Tab::Request {
            return;
        }
        let shown = self.shown();
        let key = Key {
            typed: self.tester.typed.clone(),
            design: self.stamp.design,
            run: shown.control.map(|_| self.stamp.run),
        };
        if self.tester.seen.as_ref() != Some(&key) {
            let next = tested(&shown, &key.typed);
            self.tester.tested = Arc::new(next);
            self.tester.seen = Some(key);
        }
    }
}
