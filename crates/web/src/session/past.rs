//! Why the selected task was placed where it is. The run is played again for the answer, so it is
//! found once for a task, and only while that task is selected.

use super::{Mode, Session};
use stowplan_core::id::TaskId;
use stowplan_core::scene::Subject;
use stowplan_core::view::{Answer, past_answer};

/// A task that was asked about, and the answer.
#[derive(Clone, Debug)]
pub(super) struct Past {
    asked: Asked,
    answer: Option<Answer>,
}

/// Which task of which history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asked {
    task: TaskId,
    run: u64,
    inputs: u64,
}

impl Session {
    /// Why the selected task was placed where it is; `None` if no task is selected or the run did
    /// not start it.
    #[must_use]
    pub fn past(&self) -> Option<&Answer> {
        self.past.as_ref()?.answer.as_ref()
    }

    /// Asks if another task is selected, or if the run before the present moment is another one.
    pub(super) fn look_back(&mut self) {
        let asked = self.task_asked_for();
        if self.past.as_ref().map(|past| past.asked) == asked {
            return;
        }
        self.past = asked.map(|asked| Past {
            asked,
            answer: self.placement_of(asked.task),
        });
    }

    fn task_asked_for(&self) -> Option<Asked> {
        let (Mode::Run, Some(Subject::Task(task))) = (self.mode, &self.selection) else {
            return None;
        };
        let run = self.run.as_ref()?;
        let is_known = run.timeline().world().control().tasks.contains_key(task);
        is_known.then(|| Asked {
            task: *task,
            run: self.runs,
            inputs: run.inputs(),
        })
    }

    fn placement_of(&self, task: TaskId) -> Option<Answer> {
        let (explanation, model) = self.run.as_ref()?.timeline().explain_start(task)?;
        Some(past_answer(&model, &explanation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Intent;
    use stowplan_core::design::sample;
    use stowplan_core::time::Instant;

    fn first_task(session: &Session) -> TaskId {
        *session
            .shown()
            .control
            .unwrap()
            .tasks
            .keys()
            .next()
            .unwrap()
    }

    #[test]
    fn a_selected_task_tells_why_it_was_placed_there() {
        let mut session = Session::new(sample());
        session.dispatch(Intent::Seek(Instant(120_000)));
        assert_eq!(session.past(), None);
        let task = first_task(&session);
        session.dispatch(Intent::Select(Some(Subject::Task(task))));
        let told = session.past().unwrap().clone();
        assert!(told.sentence.contains(" went to "), "{}", told.sentence);
        assert_eq!(told.rows.len(), 4);
        // What is done later makes no other past; where the task is not there yet, nothing is told.
        session.dispatch(Intent::TerminateInstance("i-0d".into()));
        assert_eq!(session.past(), Some(&told));
        session.dispatch(Intent::SetMode(Mode::Design));
        assert_eq!(session.past(), None);
        session.dispatch(Intent::SetMode(Mode::Run));
        assert_eq!(session.past(), Some(&told));
        session.dispatch(Intent::Select(None));
        assert_eq!(session.past(), None);
    }

    #[test]
    fn another_run_has_another_past() {
        let mut session = Session::new(sample());
        session.dispatch(Intent::Seek(Instant(120_000)));
        let task = first_task(&session);
        session.dispatch(Intent::Select(Some(Subject::Task(task))));
        assert!(session.past().is_some());
        session.dispatch(Intent::SetSeed(99));
        assert_eq!(session.past(), None);
    }
}
