//! The answer to *why*: of the selected task where it was placed, of a service where the next one
//! goes, or where the first ones would go before anything runs.

use crate::session::Shown;
use stowplan_core::control::{ControlState, Explanation, Trial, explain};
use stowplan_core::design::Part;
use stowplan_core::id::ServiceIx;
use stowplan_core::model::{Model, Scheduling};
use stowplan_core::scene::{Subject, tasks_waiting};
use stowplan_core::sort::sort_by_key;
use stowplan_core::view::{
    Answer, Progress, Told, answer, progress_sentence, task_sentence, told_sentence,
};

/// Rows of the matrix that are shown; the panel says how many more there are.
pub const ROWS_MAX: usize = 200;

/// A design with more tasks than this is not placed for an answer: only the first task is asked
/// about, on empty hosts.
const TRIAL_TASKS_MAX: u32 = 20_000;

/// What the panel shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Why {
    /// Why there, or nowhere; what would help; the hosts, the chosen one first.
    pub answer: Answer,
    /// What the task does now, of a selected task.
    pub now: String,
    /// Hosts beyond [`ROWS_MAX`].
    pub more: usize,
}

/// The answer to the selection; of the first service where it is no task and no service.
#[must_use]
pub fn why(shown: &Shown<'_>, selection: Option<&Subject>, seed: u64) -> Why {
    let (answer, now) = match selection {
        Some(Subject::Task(task)) => match shown.control {
            Some(control) => {
                let now = task_sentence(shown.model, control, *task);
                (shown.past.cloned().unwrap_or_default(), now)
            }
            None => (said("show the run to ask about a task"), String::new()),
        },
        Some(Subject::Part(Part::Service(name))) => {
            let service = shown.model.service_named(name);
            (of_service(shown, service, seed), String::new())
        }
        Some(Subject::Part(_)) | None => {
            let first = shown.model.present_services().next();
            let first = first.map(|(service, _)| service);
            (of_service(shown, first, seed), String::new())
        }
    };
    cut(answer, now)
}

fn said(sentence: &str) -> Answer {
    Answer {
        sentence: sentence.into(),
        ..Answer::default()
    }
}

fn cut(mut answer: Answer, now: String) -> Why {
    sort_by_key(&mut answer.rows, |row| row.verdict != "chosen");
    let more = answer.rows.len().saturating_sub(ROWS_MAX);
    answer.rows.truncate(ROWS_MAX);
    Why { answer, now, more }
}

fn of_service(shown: &Shown<'_>, service: Option<ServiceIx>, seed: u64) -> Answer {
    let service = service.filter(|service| shown.model.service(*service).present);
    match (service, shown.control) {
        (None, _) => said("add a service to ask where its tasks go"),
        (Some(service), Some(control)) => of_next(shown.model, control, service),
        (Some(service), None) => before_run(shown.model, service, seed),
    }
}

fn of_next(model: &Model, control: &ControlState, service: ServiceIx) -> Answer {
    let told = explain(model, control, service);
    let desired = control.desired_count(model, service);
    let (running, pending) = control.counts(service);
    let is_next = running + pending < desired || tasks_waiting(model, control, service).is_some();
    let answer = answer(model, &told);
    if is_next {
        return answer;
    }
    let further = told_sentence(model, &told, Told::Further);
    let sentence = progress_sentence(Progress::AllPlaced(desired), &further);
    Answer { sentence, ..answer }
}

/// Places the services in the scheduler's order, and answers for the first task that finds no room,
/// else for the first one.
fn before_run(model: &Model, service: ServiceIx, seed: u64) -> Answer {
    let mut trial = Trial::new(model, seed);
    if tasks_of_all(model) <= TRIAL_TASKS_MAX {
        trial.place_before(service);
    }
    let first = trial.explain(service);
    let told = answer(model, &first);
    let desired = match model.service(service).scheduling {
        Scheduling::Daemon | Scheduling::RunTask => 0,
        Scheduling::Replica => model.service(service).desired_count,
    };
    let goes = told_sentence(model, &first, Told::First);
    if !(2..=TRIAL_TASKS_MAX).contains(&desired) || first.chosen.is_none() {
        return before(None, &goes, told);
    }
    match first_without_room(&mut trial, service, desired) {
        None => before(Some((desired, desired)), &goes, told),
        Some((placed, failed)) => {
            let told = answer(model, &failed);
            let sentence = told.sentence.clone();
            before(Some((placed, desired)), &sentence, told)
        }
    }
}

fn before(room: Option<(u32, u32)>, sentence: &str, answer: Answer) -> Answer {
    Answer {
        sentence: progress_sentence(Progress::BeforeRun(room), sentence),
        ..answer
    }
}

/// After the first task: how many of `desired` are placed when one finds no room, and why.
fn first_without_room(
    trial: &mut Trial<'_>,
    service: ServiceIx,
    desired: u32,
) -> Option<(u32, Explanation)> {
    let placed = (1..desired).find(|_| trial.place(service).is_none())?;
    Some((placed, trial.explain(service)))
}

fn tasks_of_all(model: &Model) -> u32 {
    let services = model.present_services();
    let counts = services.map(|(_, service)| service.desired_count);
    counts.fold(0, u32::saturating_add)
}

/// Why a task of the service waits for a host, and the smallest change that would help; `None`
/// where none waits.
#[must_use]
pub fn waiting(shown: &Shown<'_>, service: &str) -> Option<(String, Option<String>)> {
    let (service, control) = shown.model.service_named(service).zip(shown.control)?;
    tasks_waiting(shown.model, control, service)?;
    let told = answer(shown.model, &explain(shown.model, control, service));
    Some((told.sentence, told.remedies.into_iter().next()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Intent, Session, Tab};
    use stowplan_core::design::{Design, sample};
    use stowplan_core::time::Instant;

    /// The sample with a first service whose tasks fit nowhere.
    fn too_large() -> Design {
        let mut design = sample();
        design.task_definitions[0].container_definitions[0].memory = Some(4096);
        design.task_definitions[0].container_definitions[0].memory_reservation = None;
        design
    }

    fn service(name: &str) -> Subject {
        Subject::Part(Part::Service(name.into()))
    }

    fn told(session: &Session, subject: &Subject) -> Why {
        why(&session.shown(), Some(subject), session.seed())
    }

    #[test]
    fn a_design_answers_before_it_runs() {
        let session = Session::new(sample());
        let fits = told(&session, &service("primes"));
        let sentence = &fits.answer.sentence;
        let begin = "before the run: all 4 find room; the first primes:1 goes to ";
        assert!(sentence.starts_with(begin), "{sentence}");
        assert_eq!(fits.answer.rows[0].verdict, "chosen");
        let session = Session::new(too_large());
        let waits = told(&session, &service("primes"));
        let sentence = &waits.answer.sentence;
        assert!(
            sentence.starts_with("before the run: primes:1 waits: 0 of 4 hosts: "),
            "{sentence}"
        );
        assert!(!waits.answer.remedies.is_empty());
        let mut many = sample();
        many.services[1].desired_count = Some(50);
        let session = Session::new(many);
        let sentence = told(&session, &service("edges")).answer.sentence;
        assert!(
            sentence.contains(" of 50 find room; edges:1 waits: "),
            "{sentence}"
        );
    }

    #[test]
    fn a_service_that_cannot_place_is_explained_when_it_is_selected() {
        let mut session = Session::new(too_large());
        session.dispatch(Intent::Seek(Instant(60_000)));
        session.dispatch(Intent::Select(Some(service("edges"))));
        assert_eq!(session.tab(), Tab::Events);
        session.dispatch(Intent::Select(Some(service("primes"))));
        assert_eq!(session.tab(), Tab::Explain);
        let why = told(&session, &service("primes"));
        assert_eq!(why.answer.rows.len(), 4);
        assert!(why.answer.rows.iter().all(|row| row.verdict == "no"));
        let (sentence, change) = waiting(&session.shown(), "primes").unwrap();
        assert_eq!(sentence, why.answer.sentence);
        assert_eq!(change.as_ref(), why.answer.remedies.first());
        // The panel stays what the user makes it.
        session.dispatch(Intent::SetTab(Tab::Metrics));
        session.dispatch(Intent::Seek(Instant(90_000)));
        assert_eq!(session.tab(), Tab::Metrics);
    }

    #[test]
    fn a_service_with_all_its_tasks_is_asked_about_one_more() {
        let mut session = Session::new(sample());
        session.dispatch(Intent::Seek(Instant(300_000)));
        let sentence = told(&session, &service("primes")).answer.sentence;
        assert!(
            sentence.starts_with("all 4 are placed; one more primes:1 would "),
            "{sentence}"
        );
        assert_eq!(waiting(&session.shown(), "primes"), None);
    }
}
