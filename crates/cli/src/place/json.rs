//! Placement for programs. The shape is part of the contract: members are added, never renamed or
//! taken away; the command's help lists them.

use super::{Case, Waiting};
use crate::exit::Stop;
use crate::terminal::{Look, Terminal};
use anyhow::Context;
use serde::Serialize;
use stowplan_core::control::{
    Candidate, Explanation, PortHolder, Remedy, ServiceMessage, Trial, Verdict,
};
use stowplan_core::model::ConstraintOrigin;
use stowplan_core::taskdef::Protocol;
use stowplan_core::view;

pub(super) fn print(
    case: &Case<'_>,
    trial: &mut Trial<'_>,
    terminal: &mut Terminal,
) -> Result<(), Stop> {
    let service = case.model.service(case.service);
    let head = Head {
        service: &service.name,
        cluster: &service.cluster,
        task_definition: case.model.definition(service.task_definition).name(),
        seed: case.seed,
        template: case.template.map(|template| template.name()),
        before: case.before(),
    };
    // Each task is written when it is placed: all of them with all their candidates would fill the
    // memory where services and clusters are large.
    let head = written(&head)?;
    let members = head.strip_suffix('}').unwrap_or(&head);
    terminal.line(Look::Plain, &format!("{members},\n\"tasks\":["));
    let mut failure = None;
    let mut comma = "";
    let waiting = case.place(trial, |number, explanation| {
        match case.task(number, explanation).map(|task| written(&task)) {
            Some(Ok(task)) => terminal.line(Look::Plain, &format!("{comma}{task}")),
            Some(Err(stop)) => failure = Some(stop),
            None => return,
        }
        comma = ",";
    });
    if let Some(stop) = failure {
        return Err(stop);
    }
    let waiting = written(&waiting.map(|waiting| case.waiting(&waiting)))?;
    terminal.line(Look::Plain, &format!("],\n\"waiting\":{waiting}}}"));
    Ok(())
}

fn written(value: &impl Serialize) -> Result<String, Stop> {
    Ok(serde_json::to_string(value).context("cannot write JSON")?)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    service: &'a str,
    cluster: &'a str,
    task_definition: String,
    seed: u64,
    template: Option<&'static str>,
    before: Vec<BeforeEntry<'a>>,
}

#[derive(Serialize)]
struct BeforeEntry<'a> {
    service: &'a str,
    tasks: u32,
    /// Null for a DAEMON.
    desired: Option<u32>,
}

#[derive(Serialize)]
struct TaskEntry<'a> {
    number: u32,
    host: &'a str,
    zone: &'a str,
    fitting: usize,
    sentence: String,
    scores: Vec<Score>,
    candidates: Vec<CandidateEntry<'a>>,
}

#[derive(Serialize)]
struct WaitingEntry<'a> {
    count: u32,
    sentence: String,
    event: String,
    remedies: Vec<RemedyEntry<'a>>,
    candidates: Vec<CandidateEntry<'a>>,
}

#[derive(Serialize)]
struct RemedyEntry<'a> {
    words: String,
    /// Null where it is a new host.
    host: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CandidateEntry<'a> {
    host: &'a str,
    zone: &'a str,
    free_cpu: u32,
    free_memory: u32,
    fits: bool,
    failed: Vec<FailedEntry<'a>>,
    scores: Vec<Score>,
}

#[derive(Serialize)]
struct Score {
    strategy: String,
    score: u64,
}

#[derive(Serialize)]
struct FailedEntry<'a> {
    #[serde(flatten)]
    rule: Failed<'a>,
    words: String,
}

/// A rule that a host fails, with what the rule is about.
#[derive(Serialize)]
#[serde(tag = "rule", rename_all = "camelCase")]
enum Failed<'a> {
    NotActive,
    Draining,
    AgentDisconnected,
    InsufficientCpu {
        short: u32,
    },
    InsufficientMemory {
        short: u32,
    },
    InsufficientGpus {
        short: u32,
    },
    InsufficientInterfaces {
        short: u32,
    },
    KeptForDaemon {
        cpu: u32,
        memory: u32,
    },
    TooManyPorts,
    PortInUse {
        port: u16,
        protocol: &'static str,
        holder: &'static str,
    },
    MissingAttribute {
        attribute: &'a str,
    },
    WrongArchitecture,
    WrongOsFamily,
    OutsideSubnets,
    NotDistinct,
    HasDaemonTask,
    NotMember {
        expression: &'a str,
        origin: &'static str,
        lacks: Option<&'a str>,
    },
}

impl<'a> Case<'a> {
    fn before(&self) -> Vec<BeforeEntry<'a>> {
        let entry = |before: &super::Before| {
            let service = self.model.service(before.service);
            BeforeEntry {
                service: &service.name,
                tasks: before.tasks,
                desired: before.desired(self.model),
            }
        };
        self.before.iter().map(entry).collect()
    }

    fn task(&self, number: u32, explanation: &Explanation) -> Option<TaskEntry<'a>> {
        let chosen = explanation.chosen?;
        let host = self.model.instance(chosen);
        let candidates = explanation.candidates.iter();
        let choice = candidates.clone().find(|it| it.instance == chosen)?;
        Some(TaskEntry {
            number,
            host: &host.name,
            zone: &self.model.zones[host.zone.at()],
            fitting: explanation.fitting(),
            sentence: view::explanation_sentence(self.model, explanation),
            scores: self.scores(choice),
            candidates: self.candidates(explanation),
        })
    }

    fn waiting(&self, waiting: &Waiting) -> WaitingEntry<'a> {
        let explanation = &waiting.explanation;
        let closest = explanation.closest();
        let message = ServiceMessage::UnableToPlace { closest };
        let remedy = |remedy: &Remedy| RemedyEntry {
            words: view::remedy_words(self.model, explanation, remedy),
            host: remedy
                .instance
                .map(|host| self.model.instance(host).name.as_str()),
        };
        WaitingEntry {
            count: waiting.count,
            sentence: view::explanation_sentence(self.model, explanation),
            event: view::service_message(self.model, self.service, &message),
            remedies: explanation
                .remedies(self.model)
                .iter()
                .map(remedy)
                .collect(),
            candidates: self.candidates(explanation),
        }
    }

    fn candidates(&self, explanation: &Explanation) -> Vec<CandidateEntry<'a>> {
        let entry = |candidate: &Candidate| {
            let host = self.model.instance(candidate.instance);
            let failed = candidate.failed.iter().map(|verdict| FailedEntry {
                rule: self.failed(explanation, verdict),
                words: view::verdict_words(verdict),
            });
            CandidateEntry {
                host: &host.name,
                zone: &self.model.zones[host.zone.at()],
                free_cpu: candidate.free.cpu.0,
                free_memory: candidate.free.memory.0,
                fits: candidate.failed.is_empty(),
                failed: failed.collect(),
                scores: self.scores(candidate),
            }
        };
        explanation.candidates.iter().map(entry).collect()
    }

    fn scores(&self, candidate: &Candidate) -> Vec<Score> {
        let strategies = &self.model.service(self.service).strategies;
        let scored = strategies.iter().zip(&candidate.scores);
        let scores = scored.map(|(strategy, score)| Score {
            strategy: view::strategy_words(strategy),
            score: *score,
        });
        scores.collect()
    }

    fn failed(&self, explanation: &Explanation, verdict: &Verdict) -> Failed<'a> {
        match verdict {
            Verdict::NotActive => Failed::NotActive,
            Verdict::Draining => Failed::Draining,
            Verdict::AgentDisconnected => Failed::AgentDisconnected,
            Verdict::InsufficientCpu { short } => Failed::InsufficientCpu { short: *short },
            Verdict::InsufficientMemory { short } => Failed::InsufficientMemory { short: *short },
            Verdict::InsufficientGpus { short } => Failed::InsufficientGpus { short: *short },
            Verdict::InsufficientInterfaces { short } => {
                Failed::InsufficientInterfaces { short: *short }
            }
            Verdict::KeptForDaemon { cpu, memory } => Failed::KeptForDaemon {
                cpu: *cpu,
                memory: *memory,
            },
            Verdict::TooManyPorts => Failed::TooManyPorts,
            Verdict::PortInUse { port, holder } => Failed::PortInUse {
                port: port.port,
                protocol: match port.protocol {
                    Protocol::Tcp => "tcp",
                    Protocol::Udp => "udp",
                },
                holder: match holder {
                    PortHolder::Host => "host",
                    PortHolder::Task => "task",
                    PortHolder::Daemon => "daemon",
                },
            },
            Verdict::MissingAttribute { attribute } => Failed::MissingAttribute {
                attribute: {
                    let definition = self.model.definition(explanation.task_definition);
                    definition
                        .required_attributes
                        .get(*attribute)
                        .map_or("", |it| it)
                },
            },
            Verdict::WrongArchitecture => Failed::WrongArchitecture,
            Verdict::WrongOsFamily => Failed::WrongOsFamily,
            Verdict::OutsideSubnets => Failed::OutsideSubnets,
            Verdict::NotDistinct { .. } => Failed::NotDistinct,
            Verdict::HasDaemonTask => Failed::HasDaemonTask,
            Verdict::NotMember { constraint, lacks } => {
                self.not_member(explanation, *constraint, lacks.as_deref())
            }
        }
    }

    fn not_member(
        &self,
        explanation: &Explanation,
        constraint: ConstraintOrigin,
        lacks: Option<&str>,
    ) -> Failed<'a> {
        let definition = explanation.task_definition;
        let query = self.model.expression(self.service, definition, constraint);
        // The name stands in the expression, which lives longer than the verdict.
        let lacks = lacks.and_then(|name| query?.attributes().find(|known| *known == name));
        Failed::NotMember {
            expression: query.map_or("", |query| query.text()),
            origin: match constraint {
                ConstraintOrigin::Service(_) => "service",
                ConstraintOrigin::TaskDefinition(_) => "taskDefinition",
            },
            lacks,
        }
    }
}
