//! Scenario files: read, held against the design, and what is wrong told with its place.

use crate::exit::Stop;
use crate::input::Source;
use crate::problem::Problem;
use crate::report::show_problems;
use crate::terminal::{Output, Terminal};
use anyhow::Context;
use std::path::Path;
use std::sync::Arc;
use stowplan_core::assert::Expression;
use stowplan_core::design::Design;
use stowplan_core::severity::Severity;
use stowplan_core::sim::traffic::{Profile, TrafficFault};
use stowplan_core::sim::{Prepared, Scenario, ScenarioFault, ScenarioFaultKind};
use stowplan_core::source::{Lines, Parsed, Span, from_node, parse};
use stowplan_core::time::Millis;
use stowplan_core::view::{
    Words, mistake_words, scenario_fault_words, traffic_fault_words, type_error_words,
};
use stowplan_runner::Complaint;

/// What is told of every run beside its assertions, in the assertion language; and whether more of
/// it is better.
const KEY_MEASURES: [(&str, Better); 9] = [
    ("availability", Better::More),
    ("min(healthy_tasks)", Better::More),
    ("max(pending_tasks)", Better::Less),
    ("deploy_duration", Better::Less),
    ("time_to_steady_state", Better::Less),
    ("stopped_tasks", Better::Neither),
    ("failed_tasks", Better::Less),
    ("max(cpu_reservation)", Better::Neither),
    ("max(memory_reservation)", Better::Neither),
];

/// Which way a measure improves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Better {
    More,
    Less,
    /// It is what it is: room that is used is neither good nor bad.
    Neither,
}

/// A measure that is told of every run.
#[derive(Clone, Debug)]
pub(crate) struct KeyMeasure {
    pub(crate) text: &'static str,
    pub(crate) better: Better,
    pub(crate) expression: Expression,
}

/// The measures that are told of every run.
pub(crate) fn key_measures() -> Result<Vec<KeyMeasure>, Stop> {
    let read = |(text, better): (&'static str, Better)| {
        // They are ours, so that a fault in one is our mistake.
        let expression = Expression::parse(text)
            .ok()
            .context("a measure is no expression")?;
        Ok(KeyMeasure {
            text,
            better,
            expression,
        })
    };
    KEY_MEASURES.into_iter().map(read).collect()
}

/// A scenario that can be run on one design.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    /// The file as it was given.
    pub(crate) file: String,
    /// The scenario's name, else the file's.
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) prepared: Prepared,
    source: Source,
}

/// The id of what keeps a scenario from being read.
const UNREADABLE: &str = "SC000";
/// The id of a moment that cannot be.
const IMPOSSIBLE_TIME: &str = "SC001";
/// The id of traffic that cannot be.
const FAULTY_TRAFFIC: &str = "SC003";
/// The id of an assertion that is none, or that asks for what is not there.
const FAULTY_ASSERTION: &str = "SC002";

impl Loaded {
    /// Reads a scenario for a design; `None` if something is wrong with it, which is told.
    pub(crate) fn new(
        path: &Path,
        design: &Arc<Design>,
        duration: Option<Millis>,
        terminal: &mut Terminal,
    ) -> Result<Option<Self>, Stop> {
        let source = Source::open(path).map_err(Stop::unusable)?;
        let parsed = parse(&source.text);
        let read = read(&parsed).and_then(|mut scenario| {
            let folder = path.parent().unwrap_or(Path::new(""));
            read_rows(&mut scenario, folder, &parsed)?;
            let prepared = Prepared::new(Arc::clone(design), &scenario, duration);
            let problem = |fault: &ScenarioFault| of_fault(fault, &parsed, &source.text);
            let prepared =
                prepared.map_err(|faults| faults.iter().map(problem).collect::<Vec<_>>());
            Ok((scenario, prepared?))
        });
        let (scenario, prepared) = match read {
            Ok(read) => read,
            Err(mut problems) => {
                problems.sort_by_key(|problem| problem.span.start);
                show_problems(&source, &problems, terminal, Output::Aside);
                return Ok(None);
            }
        };
        let file = path.display().to_string();
        let name = match scenario.name.trim() {
            "" => path.file_name().map_or(file.clone(), |name| {
                let name = name.to_string_lossy();
                name.strip_suffix(".scenario.json")
                    .unwrap_or(&name)
                    .to_owned()
            }),
            name => name.to_owned(),
        };
        Ok(Some(Self {
            file,
            name,
            description: scenario.description,
            prepared,
            source,
        }))
    }

    /// The line that an input stands in.
    pub(crate) fn line_of_input(&self, input: usize) -> usize {
        let span = parse(&self.source.text).span(&format!("/inputs/{input}"), false);
        Lines::new(&self.source.text).place(span.start).line
    }
}

fn read(parsed: &Parsed) -> Result<Scenario, Vec<Problem>> {
    let mistakes = parsed.mistakes.iter();
    let mistakes = mistakes.map(|it| {
        let words = mistake_words(&it.kind);
        problem(UNREADABLE, String::new(), it.span, words)
    });
    let mistakes: Vec<Problem> = mistakes.collect();
    let Some(root) = parsed.root.as_ref().filter(|_| mistakes.is_empty()) else {
        return Err(mistakes);
    };
    from_node::<Scenario>(root).map_err(|error| {
        let pointer = error.pointer();
        let is_name = error.message.starts_with("unknown field");
        let words = type_error_words(&error.message);
        let span = parsed.span(&pointer, is_name);
        vec![problem(UNREADABLE, pointer, span, words)]
    })
}

/// Puts the content of files into the profiles that name one, by their path from the scenario's
/// folder.
fn read_rows(scenario: &mut Scenario, folder: &Path, parsed: &Parsed) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    for (pointer, profile) in scenario.profiles_mut() {
        match rows(profile, folder) {
            Ok(Some(read)) => *profile = read,
            Ok(None) => {}
            Err(Complaint { message, hint }) => {
                let pointer = pointer + "/file";
                let span = parsed.span(&pointer, false);
                let words = Words { message, hint };
                problems.push(problem(FAULTY_TRAFFIC, pointer, span, words));
            }
        }
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems),
    }
}

/// The profile with its file's content, if it names one. What is wrong with the rows is told here,
/// since it stands in that file and not in the scenario.
fn rows(profile: &Profile, folder: &Path) -> Result<Option<Profile>, Complaint> {
    let Some(file) = profile.file() else {
        return Ok(None);
    };
    let source = Source::open(&folder.join(file))?;
    let read = profile.with_csv(&source.text);
    match read.csv_fault() {
        None => Ok(Some(read)),
        Some(fault) => {
            let words = traffic_fault_words(&TrafficFault::Csv(fault.clone()));
            let (message, hint) = (format!("{}: {}", source.name, words.message), words.hint);
            Err(Complaint { message, hint })
        }
    }
}

const fn problem(code: &'static str, pointer: String, span: Span, words: Words) -> Problem {
    Problem {
        code,
        severity: Severity::Error,
        pointer,
        span,
        words,
        fix: None,
    }
}

fn of_fault(fault: &ScenarioFault, parsed: &Parsed, text: &str) -> Problem {
    let mut span = parsed.span(&fault.pointer, false);
    let code = match &fault.kind {
        ScenarioFaultKind::Assertion {
            text: assertion,
            fault,
        } => {
            // Where the text has no escapes, the fault's own place is known.
            let inner = text.get(span.start + 1..span.end.saturating_sub(1));
            if inner == Some(assertion.as_str()) {
                let start = span.start + 1;
                span = Span {
                    start: start + fault.span.start,
                    end: start + fault.span.end.max(fault.span.start + 1),
                };
            }
            FAULTY_ASSERTION
        }
        ScenarioFaultKind::TooManyAssertions(_) => FAULTY_ASSERTION,
        ScenarioFaultKind::Traffic(fault) => code_of_traffic(fault),
        ScenarioFaultKind::TooLong(_)
        | ScenarioFaultKind::InputBehindEnd { .. }
        | ScenarioFaultKind::MeasureFromBehindEnd { .. } => IMPOSSIBLE_TIME,
    };
    let words = scenario_fault_words(fault);
    problem(code, fault.pointer.clone(), span, words)
}

const fn code_of_traffic(fault: &TrafficFault) -> &'static str {
    match fault {
        TrafficFault::BehindEnd { .. } | TrafficFault::Over { .. } => IMPOSSIBLE_TIME,
        TrafficFault::TooManySources(_)
        | TrafficFault::Text { .. }
        | TrafficFault::DuplicateName(_)
        | TrafficFault::UnknownListener { .. }
        | TrafficFault::Nameless
        | TrafficFault::NoRequests
        | TrafficFault::TooManyRequests(_)
        | TrafficFault::Weight(_)
        | TrafficFault::Method(_)
        | TrafficFault::Path(_)
        | TrafficFault::Header(_)
        | TrafficFault::Attempts(_)
        | TrafficFault::NoSteps
        | TrafficFault::TooManySteps(_)
        | TrafficFault::StepNotLater { .. }
        | TrafficFault::ShortPeriod(_)
        | TrafficFault::LowAboveHigh
        | TrafficFault::PeakBelowBase
        | TrafficFault::Host(_)
        | TrafficFault::Query(_)
        | TrafficFault::File(_)
        | TrafficFault::Csv(_) => FAULTY_TRAFFIC,
    }
}
