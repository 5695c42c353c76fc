//! Scenario files: one is read and played on the open design, its assertions are judged once the
//! run has been played to the scenario's end, and what was done by hand is written as one.
//!
//! Judging plays the run again from its start with a recorder, so that nothing is recorded while
//! nobody asks. What was done by hand since counts like what the file had.

use super::files::{at, complaint, sentence};
use super::{Effect, Mode, Run, Session, Tab};
use std::sync::Arc;
use stowplan_core::assert::Outcome;
use stowplan_core::control::EventKind;
use stowplan_core::sim::{
    Input, Prepared, Recording, Scenario, ScenarioFault, StampedInput, TURNS_DEFAULT, run_scenario,
};
use stowplan_core::source::{Node, Place, locate, read};
use stowplan_core::time::{Instant, Millis};
use stowplan_core::view::{Words, scenario_fault_words};

/// The end of a scenario file's name.
const SUFFIX: &str = ".scenario.json";

/// A scenario that a run plays.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// As it was read.
    pub scenario: Scenario,
    /// When its run ends.
    pub end: Instant,
}

/// What became of the assertions, in their order; or why they cannot be judged.
pub type Judged = Result<Vec<Outcome>, String>;

/// Whether a file is meant as a scenario: by its name, else by members that nothing else has.
pub(super) fn is_scenario(name: &str, root: Option<&Node>) -> bool {
    let has = |member| root.is_some_and(|root| root.member(member).is_some());
    let is_other = has("stowplan") || has("containerDefinitions");
    name.ends_with(SUFFIX) || (!is_other && (has("inputs") || has("assert") || has("traffic")))
}

impl Session {
    /// Reads a scenario and begins its run; tells whether it could.
    pub(super) fn import_scenario(&mut self, name: &str, text: &str) -> bool {
        let scenario = match read::<Scenario>(text) {
            Ok(scenario) => scenario,
            Err(error) => {
                self.complain(complaint(name, &error));
                return false;
            }
        };
        match Prepared::new(Arc::clone(self.document()), &scenario, None) {
            Err(faults) => {
                self.complain(refusal(name, text, &faults));
                false
            }
            Ok(prepared) => {
                let end = Instant::ZERO + prepared.duration;
                let (inputs, assertions) = (scenario.inputs.len(), prepared.assertions.len());
                self.seed = prepared.seed;
                self.play_script(Script { scenario, end });
                self.tab = Tab::Assertions;
                let inputs = counted(inputs, "input");
                let assertions = counted(assertions, "assertion");
                self.say(format!("{name} is loaded: {inputs}, {assertions}"));
                true
            }
        }
    }

    /// Begins the run of a scenario with the session's seed.
    pub(super) fn play_script(&mut self, script: Script) {
        let recording = Recording {
            design: Arc::clone(self.document()),
            seed: self.seed,
            inputs: script.scenario.inputs.clone(),
            traffic: script.scenario.traffic.clone(),
        };
        self.runs += 1;
        self.run = Some(Run::of(recording, Some(script)));
        self.mode = Mode::Run;
        self.typed = None;
    }

    /// What was done in this run as a file for `stowplan test`; with the design that it began with
    /// where the document has become another one.
    pub(super) fn export_scenario(&mut self) -> Vec<Effect> {
        self.sheet = None;
        let Some(run) = &self.run else {
            self.complain("there is no run yet: press play, then do something to it".into());
            return Vec::new();
        };
        let recording = run.timeline().recording();
        let scenario = written(run);
        let name = match scenario.name.as_str() {
            "" => "run",
            name => name,
        };
        let mut files = Vec::new();
        // By way of a value, whose writing code is in the page anyway.
        if let Ok(value) = serde_json::to_value(&scenario) {
            let name = format!("{}{SUFFIX}", file_name(name));
            let text = format!("{value:#}\n");
            files.push(Effect::Download { name, text });
        }
        if recording.design != *self.document() {
            let name = format!("{}.start.stowplan.json", file_name(name));
            let text = recording.design.write();
            self.say(format!("the run began with another design: it is {name}"));
            files.push(Effect::Download { name, text });
        }
        files
    }

    /// The reason why the last input had no effect, if it had none.
    pub(super) fn refusal_of_input(&self) -> Option<String> {
        let run = self.run.as_ref()?;
        let now = run.timeline().now();
        let mut events = run.timeline().events().iter().rev();
        let mut of_now = events.by_ref().take_while(|event| event.at == now);
        of_now.find_map(|event| refused(&event.kind).map(|(label, reason)| said(label, reason)))
    }
}

impl Run {
    /// Judges the assertions if the run has been played to the scenario's end and that was not
    /// done yet. Tells whether what is known of them changed.
    pub(super) fn judge(&mut self) -> bool {
        let Some(script) = &self.script else {
            return false;
        };
        if self.timeline.end() < script.end {
            return self.judged.take().is_some();
        }
        let key = self.inputs();
        if self
            .judged
            .as_ref()
            .is_some_and(|(judged, _)| *judged == key)
        {
            return false;
        }
        self.judged = Some((key, judged(script, self.timeline.recording())));
        true
    }

    /// Inputs that had no effect up to the present moment, in words.
    #[must_use]
    pub fn refused(&self) -> Vec<(Instant, String)> {
        let events = self.timeline.events().iter();
        let told = events.filter_map(|event| Some((event.at, refused(&event.kind)?)));
        told.map(|(at, (label, reason))| (at, said(label, reason)))
            .collect()
    }
}

fn said(label: &str, reason: &str) -> String {
    format!("`{label}` had no effect: {reason}")
}

fn refused(kind: &EventKind) -> Option<(&str, &str)> {
    let EventKind::InputRefused { label, reason } = kind else {
        return None;
    };
    Some((label, reason))
}

fn judged(script: &Script, recording: &Recording) -> Judged {
    let duration = script.end.since(Instant::ZERO);
    let inputs = recording.inputs.iter();
    let scenario = Scenario {
        inputs: inputs.filter(|it| it.at <= duration).cloned().collect(),
        ..script.scenario.clone()
    };
    let design = Arc::clone(&recording.design);
    let prepared = Prepared::new(design, &scenario, Some(duration)).map_err(|faults| {
        let first = faults.first().map(scenario_fault_words);
        first.map(sentence).unwrap_or_default()
    })?;
    let run = run_scenario(&prepared, recording.seed, TURNS_DEFAULT);
    match run.exhausted {
        None => Ok(run.outcomes),
        Some(at) => Err(format!("the run is too long to be judged: it got to {at}")),
    }
}

/// The run as a scenario: everything that was done, and the assertions if it had any.
fn written(run: &Run) -> Scenario {
    let recording = run.timeline().recording();
    let script = run.script().cloned();
    let scenario = script.map(|script| Scenario {
        duration: Some(script.end.since(Instant::ZERO)),
        ..script.scenario
    });
    let last = recording.inputs.iter().map(|input| input.at).max();
    let played = run.timeline().end().since(Instant::ZERO);
    let wanted = last.unwrap_or_default().max(played).0.div_ceil(1000).max(1);
    let known = scenario.unwrap_or_else(|| Scenario {
        name: recording.design.name.clone(),
        ..Scenario::default()
    });
    let stated = known.duration.unwrap_or_default();
    Scenario {
        seed: Some(recording.seed),
        // What was done after the end of a scenario would never happen.
        duration: Some(stated.max(match known.duration {
            None => Millis::seconds(wanted),
            Some(_) => last.unwrap_or_default(),
        })),
        inputs: recording.inputs.clone(),
        traffic: recording.traffic.clone(),
        ..known
    }
}

/// A name as files have it.
fn file_name(name: &str) -> String {
    let fits = |c: char| {
        if c.is_alphanumeric() || c == '.' {
            c
        } else {
            '-'
        }
    };
    name.chars().map(fits).collect()
}

fn counted(count: usize, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}

/// Why a scenario cannot be played on this design: the first fault with its place, and how many
/// more there are.
fn refusal(name: &str, text: &str, faults: &[ScenarioFault]) -> String {
    let line = |fault: &ScenarioFault| {
        let place = locate(text, &fault.pointer).unwrap_or(Place { line: 1, column: 1 });
        let words: Words = scenario_fault_words(fault);
        format!("{}{}", at(name, place, &fault.pointer), sentence(words))
    };
    let first = faults.first().map(line).unwrap_or_default();
    match faults.len() {
        0 | 1 => first,
        count => format!("{first} (and {} more)", count - 1),
    }
}

/// Whether an edit is among the inputs after a moment.
pub(super) fn edits_after(inputs: &[StampedInput], now: Instant) -> bool {
    let later = inputs.iter().filter(|it| it.at.0 > now.0);
    let mut later = later.map(|it| &it.input);
    later.any(|input| matches!(input, Input::Edit { .. }))
}

#[cfg(test)]
mod tests;
