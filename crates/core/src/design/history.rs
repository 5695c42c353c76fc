//! Undo as a cursor over snapshots. Editing after an undo drops what lay ahead of the cursor.
//!
//! The simulation's time is not part of it: undo never touches a run.

use super::Design;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

/// Snapshots of a design, oldest first, and where we stand among them.
#[derive(Clone, Debug)]
pub struct History {
    entries: Vec<Entry>,
    cursor: usize,
}

#[derive(Clone, Debug)]
struct Entry {
    design: Arc<Design>,
    /// Commits that follow each other with the same key are one step (typing in one field).
    merge_key: Option<String>,
}

impl History {
    /// A history that begins with `design`.
    #[must_use]
    pub fn new(design: Design) -> Self {
        Self {
            entries: vec![Entry {
                design: Arc::new(design),
                merge_key: None,
            }],
            cursor: 0,
        }
    }

    /// The design at the cursor.
    #[must_use]
    pub fn design(&self) -> &Arc<Design> {
        &self.entries[self.cursor].design
    }

    /// Adds a step and drops what could have been redone. A design equal to the present one adds
    /// none; one with the `merge_key` of the step before replaces that step.
    pub fn commit(&mut self, design: Design, merge_key: Option<String>) {
        if design == **self.design() {
            return;
        }
        self.entries.truncate(self.cursor + 1);
        let merges = merge_key.is_some() && self.entries[self.cursor].merge_key == merge_key;
        let entry = Entry {
            design: Arc::new(design),
            merge_key,
        };
        if merges {
            self.entries[self.cursor] = entry;
        } else {
            self.entries.push(entry);
            self.cursor += 1;
        }
    }

    /// Ends merging: the next commit is a step of its own whatever its key.
    pub fn seal(&mut self) {
        self.entries[self.cursor].merge_key = None;
    }

    /// Whether there is a step to undo.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        self.cursor > 0
    }

    /// Whether there is a step to redo.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        self.cursor + 1 < self.entries.len()
    }

    /// One step back; does nothing at the start.
    pub fn undo(&mut self) {
        self.cursor = self.cursor.saturating_sub(1);
        self.seal();
    }

    /// One step forward; does nothing at the end.
    pub fn redo(&mut self) {
        if self.can_redo() {
            self.cursor += 1;
            self.seal();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Design {
        Design {
            stowplan: 1,
            name: name.into(),
            ..Design::default()
        }
    }

    fn name(history: &History) -> &str {
        &history.design().name
    }

    #[test]
    fn undo_and_redo_walk_the_snapshots_and_an_edit_drops_the_future() {
        let mut history = History::new(named("a"));
        history.commit(named("b"), None);
        history.commit(named("c"), None);
        history.undo();
        history.undo();
        assert_eq!(
            (name(&history), history.can_undo(), history.can_redo()),
            ("a", false, true)
        );
        history.redo();
        history.commit(named("d"), None);
        assert_eq!((name(&history), history.can_redo()), ("d", false));
        history.undo();
        assert_eq!(name(&history), "b");
    }

    #[test]
    fn typing_merges_until_sealed_and_equal_designs_add_nothing() {
        let mut history = History::new(named("a"));
        for text in ["n", "ne", "new"] {
            history.commit(named(text), Some("/name".into()));
        }
        history.seal();
        history.commit(named("new!"), Some("/name".into()));
        history.commit(named("new!"), None);
        history.undo();
        assert_eq!(name(&history), "new");
        history.undo();
        assert_eq!(name(&history), "a");
    }
}
