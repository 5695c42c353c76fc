//! The box that asks for hosts: what is typed there, and which hosts match as things stand.

use super::{Session, Shown};
use std::sync::Arc;
use stowplan_core::control::{ControlState, InstanceStatus, matching};
use stowplan_core::design::Part;
use stowplan_core::query::Query;
use stowplan_core::scene::Subject;
use stowplan_core::view::{matching_words, query_error_excerpt, query_error_words};

/// The box and what it finds.
#[derive(Clone, Debug, Default)]
pub(super) struct Find {
    text: String,
    found: Found,
    /// What it was last looked for in.
    seen: Option<Key>,
}

/// Equal keys mean equal answers.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    text: String,
    design: u64,
    /// The run's counter, where one is shown.
    run: Option<u64>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Found {
    /// Nothing is asked.
    #[default]
    Nothing,
    /// The hosts that match, in the order of their names as subjects, of so many.
    Hosts {
        /// Those that match.
        matches: Arc<[Subject]>,
        /// All that could.
        of: usize,
    },
    /// The text is not an expression.
    Fault {
        /// What is wrong with it, and what to do.
        words: String,
        /// The text with the place marked.
        excerpt: String,
    },
}

impl Found {
    /// `3 of 12 hosts match`, or what is wrong; empty where nothing is asked.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Hosts { matches, of } => matching_words(matches.len(), *of),
            Self::Fault { words, .. } => words.clone(),
        }
    }

    /// The hosts that match, if hosts are asked for.
    #[must_use]
    pub fn matches(&self) -> Option<&Arc<[Subject]>> {
        match self {
            Self::Hosts { matches, .. } => Some(matches),
            Self::Nothing | Self::Fault { .. } => None,
        }
    }
}

impl Session {
    /// What is typed in the box that asks for hosts.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.find.text
    }

    /// What it finds.
    #[must_use]
    pub const fn found(&self) -> &Found {
        &self.find.found
    }

    pub(super) fn set_query(&mut self, text: String) {
        self.find.text = text;
    }

    /// Looks again where the text, the design or the run changed.
    pub(super) fn look_for_hosts(&mut self) {
        let shown = self.shown();
        let key = Key {
            text: self.find.text.trim().into(),
            design: self.stamp.design,
            run: shown.control.map(|_| self.stamp.run),
        };
        if self.find.seen.as_ref() != Some(&key) {
            self.find.found = find(&shown, &key.text, self.seed);
            self.find.seen = Some(key);
        }
    }
}

fn find(shown: &Shown<'_>, text: &str, seed: u64) -> Found {
    if text.is_empty() {
        return Found::Nothing;
    }
    match Query::parse(text) {
        Ok(query) => hosts(shown, &query, seed),
        Err(error) => {
            let words = query_error_words(&error);
            let hint = words.hint.map(|hint| format!(": {hint}"));
            Found::Fault {
                words: words.message + &hint.unwrap_or_default(),
                excerpt: query_error_excerpt(text, &error),
            }
        }
    }
}

fn hosts(shown: &Shown<'_>, query: &Query, seed: u64) -> Found {
    let registered;
    let state = match shown.control {
        Some(control) => control,
        None => {
            registered = ControlState::registered(shown.model, seed);
            &registered
        }
    };
    let hosts = matching(shown.model, state, None, query);
    let hosts = hosts
        .into_iter()
        .map(|at| Part::ContainerInstance(shown.model.instance(at).name.clone()));
    let mut matches: Vec<Subject> = hosts.map(Subject::Part).collect();
    stowplan_core::sort::sort(&mut matches);
    let here = state.instances.iter().filter(|(at, state)| {
        state.status != InstanceStatus::Inactive && shown.model.instance(**at).present
    });
    Found::Hosts {
        matches: matches.into(),
        of: here.count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Intent, Session};
    use stowplan_core::design::{Edit, sample};

    fn asked(session: &mut Session, text: &str) -> String {
        session.dispatch(Intent::SetQuery(text.into()));
        session.found().words()
    }

    fn host(id: &str) -> Subject {
        Subject::Part(Part::ContainerInstance(id.into()))
    }

    #[test]
    fn hosts_match_as_it_is_typed_and_nothing_typed_asks_nothing() {
        let mut session = Session::new(sample());
        let text = "attribute:ecs.availability-zone == us-east-1b";
        assert_eq!(asked(&mut session, text), "1 of 4 hosts matches");
        let matches = session.marks().matches.unwrap();
        assert_eq!(&*matches, [host("i-0c")]);
        assert_eq!(asked(&mut session, "  "), "");
        assert_eq!(session.marks().matches, None);
        assert_eq!(
            asked(&mut session, "runningTasksCount > 0"),
            "0 of 4 hosts match"
        );
    }

    #[test]
    fn a_text_that_is_no_expression_is_answered_with_its_place() {
        let mut session = Session::new(sample());
        let words = asked(&mut session, "attribute:x =~");
        assert!(words.starts_with("a value is missing here: "), "{words}");
        let Found::Fault { excerpt, .. } = session.found() else {
            panic!("{words}");
        };
        assert_eq!(excerpt, "attribute:x =~\n              ^");
        assert_eq!(session.marks().matches, None);
    }

    #[test]
    fn what_matches_follows_edits_and_the_run() {
        let mut session = Session::new(sample());
        let text = "attribute:ecs.instance-type =~ t3.*";
        assert_eq!(asked(&mut session, text), "4 of 4 hosts match");
        session.dispatch(Intent::edit(Edit::Set {
            pointer: "/containerInstances/1/instanceType".into(),
            value: Some("m5.large".into()),
        }));
        assert_eq!(session.found().words(), "3 of 4 hosts match");
        session.dispatch(Intent::Undo);
        assert_eq!(session.found().words(), "4 of 4 hosts match");
        session.dispatch(Intent::Seek(stowplan_core::time::Instant(60_000)));
        session.dispatch(Intent::TerminateInstance("i-0a".into()));
        assert_eq!(session.found().words(), "3 of 3 hosts match");
        assert_eq!(
            asked(&mut session, "runningTasksCount > 9"),
            "0 of 3 hosts match"
        );
    }
}
