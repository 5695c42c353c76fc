//! Placement explained: the sentence first, then what would help, then a row for each host.

use super::placement::{constraint_words, port_words, strategies_words, strategy_words};
use super::remedy::remedy_words;
use crate::control::{Candidate, Explanation, PortHolder, Verdict};
use crate::model::{Model, SpreadField, Strategy};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// An explanation in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Where the task goes, or how many hosts lack what.
    pub sentence: String,
    /// What would make it fit, the smallest change first.
    pub remedies: Vec<String>,
    /// What the columns of the matrix are: rules that somebody fails, then strategies.
    pub columns: Vec<String>,
    /// The matrix: a row for each host.
    pub rows: Vec<AnswerRow>,
}

/// One host of the matrix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerRow {
    /// Its name.
    pub host: String,
    /// Its zone.
    pub zone: String,
    /// What is free on it.
    pub free: String,
    /// `chosen`, `fits` or `no`.
    pub verdict: &'static str,
    /// A cell for each column; empty where a score was not asked for.
    pub cells: Vec<String>,
}

/// The explanation of what happens next.
#[must_use]
pub fn answer(model: &Model, explanation: &Explanation) -> Answer {
    Answer {
        sentence: explanation_sentence(model, explanation),
        ..past_answer(model, explanation)
    }
}

/// The explanation of a placement that has happened.
#[must_use]
pub fn past_answer(model: &Model, explanation: &Explanation) -> Answer {
    let columns = Column::of(model, explanation);
    let remedies = explanation.remedies(model);
    let remedies = remedies.iter();
    let row = |candidate: &Candidate| {
        let host = model.instance(candidate.instance);
        let cells = columns.iter().map(|column| column.cell(candidate));
        AnswerRow {
            host: host.name.clone(),
            zone: model.zones[host.zone.at()].clone(),
            free: format!("{}, {}", candidate.free.cpu, candidate.free.memory),
            verdict: verdict_word(explanation, candidate),
            cells: cells.collect(),
        }
    };
    Answer {
        sentence: told_sentence(model, explanation, Told::Past),
        remedies: remedies
            .map(|remedy| remedy_words(model, explanation, remedy))
            .collect(),
        rows: explanation.candidates.iter().map(row).collect(),
        columns: columns
            .iter()
            .map(|column| column.title(model, explanation))
            .collect(),
    }
}

fn verdict_word(explanation: &Explanation, candidate: &Candidate) -> &'static str {
    if explanation.chosen == Some(candidate.instance) {
        "chosen"
    } else if candidate.failed.is_empty() {
        "fits"
    } else {
        "no"
    }
}

/// Which task of a service is spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The first, before anything runs.
    First,
    /// One that is to be placed next.
    Next,
    /// One that was placed.
    Past,
    /// One more than the service wants.
    Further,
}

/// One sentence: where the next task goes, or how many hosts lack what.
#[must_use]
pub fn explanation_sentence(model: &Model, explanation: &Explanation) -> String {
    told_sentence(model, explanation, Told::Next)
}

/// The sentence about the task that is spoken of.
#[must_use]
pub fn told_sentence(model: &Model, explanation: &Explanation, told: Told) -> String {
    let revision = model.definition(explanation.task_definition).name();
    let all = explanation.candidates.len();
    if let Some(chosen) = explanation.chosen {
        let host = &model.instance(chosen).name;
        let (fit, why) = (explanation.fitting(), choice_words(model, explanation));
        return match told {
            Told::First => {
                format!("the first {revision} goes to {host}: {fit} of {all} hosts fit; {why}")
            }
            Told::Next => {
                format!("the next {revision} goes to {host}: {fit} of {all} hosts fit; {why}")
            }
            Told::Past => format!("{revision} went to {host}: {fit} of {all} hosts fitted; {why}"),
            Told::Further => {
                format!("one more {revision} would go to {host}: {fit} of {all} hosts fit; {why}")
            }
        };
    }
    let waits = match told {
        Told::First | Told::Next => format!("{revision} waits"),
        Told::Past => format!("{revision} waited"),
        Told::Further => format!("one more {revision} would wait"),
    };
    if all == 0 {
        return format!("{waits}: the cluster has no hosts");
    }
    format!("{waits}: 0 of {all} hosts: {}", lacks(model, explanation))
}

/// How far a service is, before what is said of its next task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// All of so many run or are on their way.
    AllPlaced(u32),
    /// Nothing runs yet; so many of so many would find room, `None` where that was not asked.
    BeforeRun(Option<(u32, u32)>),
}

/// A sentence about the next task with how far the service is before it.
#[must_use]
pub fn progress_sentence(progress: Progress, sentence: &str) -> String {
    match progress {
        Progress::AllPlaced(desired) => format!("all {desired} are placed; {sentence}"),
        Progress::BeforeRun(None) => format!("before the run: {sentence}"),
        Progress::BeforeRun(Some((placed, desired))) if placed == desired => {
            format!("before the run: all {desired} find room; {sentence}")
        }
        Progress::BeforeRun(Some((placed, desired))) => {
            format!("before the run: {placed} of {desired} find room; {sentence}")
        }
    }
}

/// What decided, and what it saw in the chosen host.
fn choice_words(model: &Model, explanation: &Explanation) -> String {
    let strategies = &model.service(explanation.service).strategies;
    let (rule, seen) = (
        strategies_words(strategies),
        score_words(model, explanation),
    );
    format!("{rule} ({seen})")
}

/// What the strategies saw in the chosen host, in their order; empty where none was chosen.
#[must_use]
pub fn score_words(model: &Model, explanation: &Explanation) -> String {
    let fitting = || {
        explanation
            .candidates
            .iter()
            .filter(|it| it.failed.is_empty())
    };
    let Some(choice) = fitting().find(|it| Some(it.instance) == explanation.chosen) else {
        return String::new();
    };
    let strategies = &model.service(explanation.service).strategies;
    let host = model.instance(choice.instance);
    let scored = strategies.iter().zip(&choice.scores);
    let words: Vec<String> = scored
        .map(|(strategy, score)| match strategy {
            Strategy::Spread(SpreadField::Instance) => {
                format!("{} on it", tasks(*score))
            }
            Strategy::Spread(SpreadField::Attribute(name)) => {
                let value = host.attributes.get(name.as_ref()).cloned().flatten();
                let value = value.unwrap_or_else(|| format!("no {name}"));
                format!("{} in {value}", tasks(*score))
            }
            Strategy::BinpackCpu => format!("{score} CPU units free"),
            Strategy::BinpackMemory => format!("{score} MiB free"),
            Strategy::Random => "drawn".to_string(),
        })
        .collect();
    let equal = fitting().filter(|it| it.scores == choice.scores).count();
    let tie = match equal {
        0 | 1 => String::new(),
        _ => format!(", the first of {equal} that are equal"),
    };
    format!("{}{tie}", words.join(", "))
}

fn tasks(count: u64) -> String {
    match count {
        0 => "no task".to_string(),
        1 => "1 task".to_string(),
        _ => format!("{count} tasks"),
    }
}

/// How many hosts lack what: each host counted by the first filter that it fails.
fn lacks(model: &Model, explanation: &Explanation) -> String {
    let mut counts: BTreeMap<Lack, (usize, u32, u32)> = BTreeMap::new();
    for candidate in &explanation.candidates {
        if let Some(verdict) = candidate.failed.first() {
            let (lack, short) = lack(model, explanation, verdict);
            let known = counts.entry(lack).or_insert((0, short, short));
            *known = (known.0 + 1, known.1.min(short), known.2.max(short));
        }
    }
    let mut parts: Vec<(usize, String)> = counts
        .iter()
        .map(|(lack, (count, least, most))| (*count, lack.words(*count, *least, *most)))
        .collect();
    crate::sort::sort_by(&mut parts, |a, b| b.0.cmp(&a.0));
    let parts: Vec<String> = parts.into_iter().map(|(_, words)| words).collect();
    parts.join(", ")
}

/// A lack that hosts share: words for one host, words for several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lack {
    Said(String, String),
    Short(&'static str),
}

impl Lack {
    fn words(&self, count: usize, least: u32, most: u32) -> String {
        let one = count == 1;
        match self {
            Self::Said(singular, _) if one => format!("{count} {singular}"),
            Self::Said(_, plural) => format!("{count} {plural}"),
            Self::Short(unit) => {
                let verb = if one { "is" } else { "are" };
                let unit = if most == 1 {
                    unit.trim_end_matches('s')
                } else {
                    unit
                };
                let range = if least == most {
                    least.to_string()
                } else {
                    format!("{least} to {most}")
                };
                format!("{count} {verb} {range} {unit} short")
            }
        }
    }
}

fn lack(model: &Model, explanation: &Explanation, verdict: &Verdict) -> (Lack, u32) {
    let said = |singular: &str, plural: &str| (Lack::Said(singular.into(), plural.into()), 0);
    let attribute = |name: &str| {
        let (one, many) = (
            format!("lacks attribute {name}"),
            format!("lack attribute {name}"),
        );
        (Lack::Said(one, many), 0)
    };
    match verdict {
        Verdict::NotActive => said("is not registered", "are not registered"),
        Verdict::Draining => said("is DRAINING", "are DRAINING"),
        Verdict::AgentDisconnected => said(
            "has lost its agent's connection",
            "have lost their agent's connection",
        ),
        Verdict::InsufficientCpu { short } => (Lack::Short("CPU units"), *short),
        Verdict::InsufficientMemory { short } => (Lack::Short("MiB"), *short),
        Verdict::InsufficientGpus { short } => (Lack::Short("GPUs"), *short),
        Verdict::InsufficientInterfaces { .. } => said(
            "has no network interface left",
            "have no network interface left",
        ),
        Verdict::KeptForDaemon { .. } => said(
            "keeps what is free for a daemon task",
            "keep what is free for daemon tasks",
        ),
        Verdict::TooManyPorts => said(
            "would have more than 100 host ports reserved",
            "would have more than 100 host ports reserved",
        ),
        Verdict::PortInUse { port, .. } => {
            let port = port_words(port);
            let one = format!("has {port} in use");
            (Lack::Said(one, format!("have {port} in use")), 0)
        }
        Verdict::MissingAttribute { attribute: at } => {
            let definition = model.definition(explanation.task_definition);
            attribute(definition.required_attributes.get(*at).map_or("", |it| it))
        }
        Verdict::WrongArchitecture => said(
            "has another processor architecture",
            "have another processor architecture",
        ),
        Verdict::WrongOsFamily => said(
            "has another operating system",
            "have another operating system",
        ),
        Verdict::OutsideSubnets => said(
            "stands in a zone without subnet of the service",
            "stand in zones without subnet of the service",
        ),
        Verdict::NotDistinct { .. } => said(
            "already has a task of the service",
            "already have a task of the service",
        ),
        Verdict::HasDaemonTask => said("has its task", "have their task"),
        Verdict::NotMember {
            lacks: Some(name), ..
        } => attribute(name),
        Verdict::NotMember { constraint, .. } => {
            let words = constraint_words(model, explanation, *constraint);
            let one = format!("does not match {words}");
            (Lack::Said(one, format!("do not match {words}")), 0)
        }
    }
}

/// A column of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Presence,
    Cpu,
    Memory,
    Gpus,
    Interfaces,
    Ports,
    Capabilities,
    Platform,
    Subnets,
    Daemon,
    Constraints,
    Strategy(usize),
}

impl Column {
    /// CPU and memory always, other rules where a host fails them, then the strategies where a
    /// host fits.
    fn of(model: &Model, explanation: &Explanation) -> Vec<Self> {
        let mut columns = Vec::from([Self::Cpu, Self::Memory]);
        let verdicts = explanation.candidates.iter().flat_map(|it| &it.failed);
        columns.extend(verdicts.map(Self::of_verdict));
        if explanation.fitting() > 0 {
            let strategies = model.service(explanation.service).strategies.len();
            columns.extend((0..strategies).map(Self::Strategy));
        }
        crate::sort::sort(&mut columns);
        columns.dedup();
        columns
    }

    const fn of_verdict(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::NotActive | Verdict::Draining | Verdict::AgentDisconnected => Self::Presence,
            Verdict::InsufficientCpu { .. } => Self::Cpu,
            Verdict::InsufficientMemory { .. } => Self::Memory,
            Verdict::InsufficientGpus { .. } => Self::Gpus,
            Verdict::InsufficientInterfaces { .. } => Self::Interfaces,
            Verdict::PortInUse { .. } | Verdict::TooManyPorts => Self::Ports,
            Verdict::MissingAttribute { .. } => Self::Capabilities,
            Verdict::WrongArchitecture | Verdict::WrongOsFamily => Self::Platform,
            Verdict::OutsideSubnets => Self::Subnets,
            Verdict::HasDaemonTask | Verdict::KeptForDaemon { .. } => Self::Daemon,
            Verdict::NotDistinct { .. } | Verdict::NotMember { .. } => Self::Constraints,
        }
    }

    fn title(self, model: &Model, explanation: &Explanation) -> String {
        let title = match self {
            Self::Presence => "status",
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Gpus => "gpu",
            Self::Interfaces => "interfaces",
            Self::Ports => "ports",
            Self::Capabilities => "capabilities",
            Self::Platform => "platform",
            Self::Subnets => "subnets",
            Self::Daemon => "daemon",
            Self::Constraints => "constraints",
            Self::Strategy(at) => {
                return strategy_words(&model.service(explanation.service).strategies[at]);
            }
        };
        title.to_string()
    }

    fn cell(self, candidate: &Candidate) -> String {
        if let Self::Strategy(at) = self {
            let score = candidate.scores.get(at);
            return score.map_or_else(String::new, u64::to_string);
        }
        let failed = candidate.failed.iter();
        let mine = failed.filter(|verdict| Self::of_verdict(verdict) == self);
        let words: Vec<String> = mine.map(verdict_words).collect();
        if words.is_empty() {
            "✓".to_string()
        } else {
            words.join(", ")
        }
    }
}

/// What a host lacks, as briefly as a cell of the matrix has it.
#[must_use]
pub fn verdict_words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::NotActive => "not registered".to_string(),
        Verdict::Draining => "DRAINING".to_string(),
        Verdict::AgentDisconnected => "agent disconnected".to_string(),
        Verdict::InsufficientCpu { short }
        | Verdict::InsufficientGpus { short }
        | Verdict::InsufficientInterfaces { short } => format!("{short} short"),
        Verdict::InsufficientMemory { short } => format!("{short} MiB short"),
        Verdict::KeptForDaemon { cpu, memory } => {
            let parts = [(*cpu, "CPU units"), (*memory, "MiB")];
            let parts = parts.iter().filter(|(short, _)| *short > 0);
            let parts: Vec<String> = parts
                .map(|(short, unit)| format!("{short} {unit}"))
                .collect();
            format!("keeps {} of it", parts.join(" and "))
        }
        Verdict::TooManyPorts => "more than 100 reserved".to_string(),
        Verdict::PortInUse { port, holder } => {
            let holder = match holder {
                PortHolder::Host => "by the agent or the system",
                PortHolder::Task => "by a task",
                PortHolder::Daemon => "kept for a daemon",
            };
            format!("{} in use {holder}", port_words(port))
        }
        Verdict::MissingAttribute { .. } => "missing".to_string(),
        Verdict::WrongArchitecture => "architecture".to_string(),
        Verdict::WrongOsFamily => "operating system".to_string(),
        Verdict::OutsideSubnets => "no subnet here".to_string(),
        Verdict::NotDistinct { .. } => "distinctInstance: has one".to_string(),
        Verdict::HasDaemonTask => "has its task".to_string(),
        Verdict::NotMember {
            lacks: Some(name), ..
        } => format!("lacks {name}"),
        Verdict::NotMember { .. } => "does not match".to_string(),
    }
}
