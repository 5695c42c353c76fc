//! Running a scenario to its end and judging it: a pure function of design, scenario, seed and a
//! budget of turns, so that no scenario can hang whoever runs it.

use super::input::Input;
use super::metrics::Recorder;
use super::recording::{Recording, Scenario, StampedInput};
use super::traffic::{Checks, TrafficFault, TrafficSource};
use super::world::World;
use crate::assert::{
    Assertion, Expression, Fault, Measured, Names, Outcome, Selector, Window, evaluate, measure,
};
use crate::control::{Event, EventKind};
use crate::design::Design;
use crate::model::compile;
use crate::time::{Instant, Millis};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Longest run: a month is what a pull request can wait for, and no review asks for more.
pub const DURATION_MAX: Millis = Millis::minutes(31 * 24 * 60);

/// Length of a run that names none.
pub const DURATION_DEFAULT: Millis = Millis::minutes(60);

/// Seed of a run that names none; the browser uses the same.
pub const SEED_DEFAULT: u64 = 1;

/// Turns that a run may take unless its caller says otherwise: a month of a large design, of which
/// every second is a turn where there is traffic.
pub const TURNS_DEFAULT: u64 = 10_000_000;

/// Most assertions of a scenario.
pub const ASSERTIONS_MAX: usize = 500;

/// What is wrong with a scenario, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioFault {
    /// JSON pointer into the scenario.
    pub pointer: String,
    /// What.
    pub kind: ScenarioFaultKind,
}

/// The ways in which a scenario cannot be run.
#[derive(Clone, Debug, PartialEq)]
pub enum ScenarioFaultKind {
    /// An assertion that is none, or that asks for what the design does not have.
    Assertion {
        /// Its text.
        text: String,
        /// What is wrong with it.
        fault: Fault,
    },
    /// More assertions than are read.
    TooManyAssertions(usize),
    /// A run that is longer than [`DURATION_MAX`].
    TooLong(Millis),
    /// An input after the end of the run, which would never happen.
    InputBehindEnd {
        /// When it should happen.
        at: Millis,
        /// When the run ends.
        duration: Millis,
    },
    /// Traffic, or a change of it, that cannot be.
    Traffic(TrafficFault),
    /// Nothing is left to measure.
    MeasureFromBehindEnd {
        /// When measuring should begin.
        at: Millis,
        /// When the run ends.
        duration: Millis,
    },
}

/// A scenario that can be run: its assertions are read and their names are known.
#[derive(Clone, Debug)]
pub struct Prepared {
    design: Arc<Design>,
    inputs: Vec<StampedInput>,
    traffic: Vec<TrafficSource>,
    /// How long it runs.
    pub duration: Millis,
    measure_from: Millis,
    /// Its own seed.
    pub seed: u64,
    /// What has to hold.
    pub assertions: Vec<Assertion>,
    /// What is measured besides.
    measures: Vec<Expression>,
}

/// An input that had no effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its place in the scenario's list.
    pub input: usize,
    /// When.
    pub at: Instant,
    /// What was asked, in a few words.
    pub label: String,
    /// Why it had no effect.
    pub reason: String,
}

/// What became of a scenario.
#[derive(Clone, Debug)]
pub struct ScenarioRun {
    /// The seed.
    pub seed: u64,
    /// The world at the end.
    pub world: World,
    /// Every event.
    pub log: Vec<Event>,
    /// How many turns it took.
    pub turns: u64,
    /// The moment at which the budget was exhausted; nothing is judged then.
    pub exhausted: Option<Instant>,
    /// What became of each assertion, in their order.
    pub outcomes: Vec<Outcome>,
    /// What was measured besides, in the order in which it was asked for.
    pub measured: Vec<Measured>,
    /// Inputs that had no effect.
    pub refused: Vec<Refused>,
}

impl ScenarioRun {
    /// Whether everything that should hold does and every input had its effect.
    #[must_use]
    pub fn passed(&self) -> bool {
        let all_hold = self.outcomes.iter().all(|outcome| outcome.passed);
        self.exhausted.is_none() && self.refused.is_empty() && all_hold
    }
}

impl Prepared {
    /// Reads a scenario's assertions and holds them against the design; `duration` overrides the
    /// scenario's own.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the file's fields.
    pub fn new(
        design: Arc<Design>,
        scenario: &Scenario,
        duration: Option<Millis>,
    ) -> Result<Self, Vec<ScenarioFault>> {
        let mut faults = time_faults(scenario, duration);
        let edited = edited(&design, &scenario.inputs);
        let end = end(scenario, duration);
        faults.extend(traffic_faults(scenario, &design, edited.as_ref(), end));
        let duration = duration.or(scenario.duration).unwrap_or(DURATION_DEFAULT);
        let names = names(&design, edited.as_ref());
        let mut assertions = Vec::new();
        if scenario.assert.len() > ASSERTIONS_MAX {
            let kind = ScenarioFaultKind::TooManyAssertions(scenario.assert.len());
            let pointer = "/assert".to_owned();
            faults.push(ScenarioFault { pointer, kind });
        }
        for (at, text) in scenario.assert.iter().enumerate().take(ASSERTIONS_MAX) {
            let read = Assertion::parse(text).and_then(|assertion| {
                let end = Instant::ZERO + duration;
                assertion.check(&names, end).map(|()| assertion)
            });
            match read {
                Ok(assertion) => assertions.push(assertion),
                Err(fault) => {
                    let (pointer, text) = (format!("/assert/{at}"), text.clone());
                    let kind = ScenarioFaultKind::Assertion { text, fault };
                    faults.push(ScenarioFault { pointer, kind });
                }
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            design,
            inputs: scenario.inputs.clone(),
            traffic: scenario.traffic.clone(),
            duration,
            measure_from: scenario.measure_from.unwrap_or(Millis::ZERO),
            seed: scenario.seed.unwrap_or(SEED_DEFAULT),
            assertions,
            measures: Vec::new(),
        })
    }

    /// The same with something more to be measured.
    #[must_use]
    pub fn measuring(mut self, measures: &[Expression]) -> Self {
        self.measures = measures.to_vec();
        self
    }

    fn selectors(&self) -> BTreeSet<Selector> {
        let of_assertions = self.assertions.iter().flat_map(Assertion::selectors);
        let of_measures = self.measures.iter().flat_map(Expression::selectors);
        of_assertions.chain(of_measures).cloned().collect()
    }
}

fn time_faults(scenario: &Scenario, duration: Option<Millis>) -> Vec<ScenarioFault> {
    let mut faults = Vec::new();
    let mut tell = |pointer: String, kind| faults.push(ScenarioFault { pointer, kind });
    let stated = scenario.duration.unwrap_or(DURATION_DEFAULT);
    let longest = duration.unwrap_or(stated);
    if longest > DURATION_MAX {
        tell("/duration".to_owned(), ScenarioFaultKind::TooLong(longest));
    }
    let end = end(scenario, duration);
    for (at, input) in scenario.inputs.iter().enumerate() {
        if input.at > end {
            let (pointer, at) = (format!("/inputs/{at}/at"), input.at);
            let duration = end;
            tell(pointer, ScenarioFaultKind::InputBehindEnd { at, duration });
        }
    }
    if let Some(at) = scenario.measure_from.filter(|at| *at >= longest) {
        let duration = longest;
        let kind = ScenarioFaultKind::MeasureFromBehindEnd { at, duration };
        tell("/measureFrom".to_owned(), kind);
    }
    faults
}

/// What should happen later never would. Of a run that somebody cut short or lengthened, the
/// larger length counts.
fn end(scenario: &Scenario, duration: Option<Millis>) -> Millis {
    let stated = scenario.duration.unwrap_or(DURATION_DEFAULT);
    duration.map_or(stated, |given| given.max(stated))
}

/// What is wrong with the sources and with the inputs that change them.
fn traffic_faults(
    scenario: &Scenario,
    design: &Design,
    edited: Option<&Design>,
    end: Millis,
) -> Vec<ScenarioFault> {
    let designs = [Some(design), edited];
    let mut checks = Checks::new(designs.into_iter().flatten(), end);
    checks.sources("/traffic", &scenario.traffic);
    for (at, stamped) in scenario.inputs.iter().enumerate() {
        if let Input::SetTraffic { source } = &stamped.input {
            checks.change(&format!("/inputs/{at}"), source, stamped.at);
        }
    }
    let faults = checks.faults().into_iter();
    let fault = |(pointer, fault)| ScenarioFault {
        pointer,
        kind: ScenarioFaultKind::Traffic(fault),
    };
    faults.map(fault).collect()
}

/// What the edits among the inputs make of the design.
fn edited(design: &Design, inputs: &[StampedInput]) -> Option<Design> {
    let mut edited: Option<Design> = None;
    for stamped in inputs {
        if let Input::Edit { change } = &stamped.input {
            let before = edited.as_ref().unwrap_or(design);
            edited = change.apply(before).ok().or(edited);
        }
    }
    edited
}

/// The names of the design and of what its edits make of it.
fn names(design: &Design, edited: Option<&Design>) -> Names {
    let mut names = Names::default();
    names.add(&compile(design, None).model);
    if let Some(edited) = edited {
        names.add(&compile(edited, None).model);
    }
    names
}

/// Runs a scenario with `seed`, for at most `turns` turns of the control plane, and judges it.
#[must_use]
pub fn run_scenario(prepared: &Prepared, seed: u64, turns: u64) -> ScenarioRun {
    let recording = Recording {
        design: Arc::clone(&prepared.design),
        seed,
        inputs: prepared.inputs.clone(),
        traffic: prepared.traffic.clone(),
    };
    let end = Instant::ZERO + prepared.duration;
    let mut world = World::new(&recording);
    let mut recorder = Recorder::new(&prepared.selectors(), &world);
    let (mut log, mut taken, mut exhausted) = (Vec::new(), 0, None);
    while let Some(at) = world.next_at().filter(|at| *at <= end) {
        if taken >= turns {
            exhausted = Some(at);
            break;
        }
        taken += 1;
        let told = log.len();
        world.step(&mut log);
        // The end itself is recorded too.
        let behind = end + Millis(1);
        let until = world.next_at().map_or(behind, |next| next.min(behind));
        recorder.see(&world, &log[told..], until);
    }
    if exhausted.is_none() {
        world.run(end, &mut log);
    }
    let refused = refused(prepared, &log);
    let mut run = ScenarioRun {
        seed,
        world,
        log,
        turns: taken,
        exhausted,
        outcomes: Vec::new(),
        measured: Vec::new(),
        refused,
    };
    if run.exhausted.is_none() {
        judge(prepared, recorder, end, &mut run);
    }
    run
}

fn judge(prepared: &Prepared, recorder: Recorder, end: Instant, run: &mut ScenarioRun) {
    let records = recorder.finish();
    let from = Instant::ZERO + prepared.measure_from;
    let window = Window { from, to: end };
    let assertions = prepared.assertions.iter();
    run.outcomes = assertions
        .map(|it| evaluate(it, &records, window))
        .collect();
    let measures = prepared.measures.iter();
    run.measured = measures.map(|it| measure(it, &records, window)).collect();
}

/// Inputs that had no effect: the events about inputs come in the order in which inputs happen.
fn refused(prepared: &Prepared, log: &[Event]) -> Vec<Refused> {
    let mut order: Vec<usize> = (0..prepared.inputs.len()).collect();
    crate::sort::sort_by_key(&mut order, |at| prepared.inputs[*at].at);
    let told = log.iter().filter_map(|event| match &event.kind {
        EventKind::InputApplied { .. } => Some((event.at, None)),
        EventKind::InputRefused { label, reason } => Some((event.at, Some((label, reason)))),
        EventKind::InstanceStatusChanged { .. }
        | EventKind::TaskStatusChanged { .. }
        | EventKind::AgentConnectivityChanged { .. }
        | EventKind::TargetHealthChanged { .. }
        | EventKind::DeploymentChanged { .. }
        | EventKind::DeploymentStageChanged { .. }
        | EventKind::HookAwaitsAction { .. }
        | EventKind::AlarmStateChanged { .. }
        | EventKind::DesiredCountUpdated { .. }
        | EventKind::RunTaskFailed { .. }
        | EventKind::TaskProtectionChanged { .. }
        | EventKind::RequestsFail { .. }
        | EventKind::RequestsFailed { .. }
        | EventKind::DiscoveryRecordChanged { .. }
        | EventKind::ServiceEvent { .. } => None,
    });
    let refused = order.into_iter().zip(told).filter_map(|(input, told)| {
        let (at, (label, reason)) = (told.0, told.1?);
        Some(Refused {
            input,
            at,
            label: label.clone(),
            reason: reason.clone(),
        })
    });
    refused.collect()
}
