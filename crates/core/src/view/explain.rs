//! Placement explained: the sentence first, then a row for each host.

use crate::control::{Candidate, Explanation, Verdict};
use crate::model::Model;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// One sentence: where the next task goes, or how many hosts lack what.
#[must_use]
pub fn explanation_sentence(model: &Model, explanation: &Explanation) -> String {
    let revision = model.definition(explanation.task_definition).name();
    let all = explanation.candidates.len();
    let fitting = explanation
        .candidates
        .iter()
        .filter(|host| host.failed.is_empty())
        .count();
    if let Some(chosen) = explanation.chosen {
        let host = &model.instance(chosen).name;
        return format!("the next {revision} goes to {host}: {fitting} of {all} hosts fit");
    }
    if all == 0 {
        return format!("{revision} waits: the cluster has no hosts");
    }
    let mut counts: BTreeMap<(u8, &str), usize> = BTreeMap::new();
    for verdict in explanation
        .candidates
        .iter()
        .filter_map(|host| host.failed.first())
    {
        *counts.entry(lack(verdict)).or_default() += 1;
    }
    let parts: Vec<String> = counts
        .into_iter()
        .map(|((_, what), count)| format!("{count} {what}"))
        .collect();
    format!(
        "{revision} waits: 0 of {all} hosts fit, {}",
        parts.join(", ")
    )
}

/// The order and words of a lack, counted over hosts.
const fn lack(verdict: &Verdict) -> (u8, &'static str) {
    match verdict {
        Verdict::PortInUse { .. } => (0, "have its port in use"),
        Verdict::InsufficientMemory { .. } => (1, "are short of memory"),
        Verdict::InsufficientCpu { .. } => (2, "are short of CPU"),
        Verdict::NotDistinct => (3, "already run a task of the service"),
        Verdict::NotActive => (4, "are not registered"),
    }
}

/// A row for each host: its name and its verdict.
#[must_use]
pub fn explanation_rows(model: &Model, explanation: &Explanation) -> Vec<(String, String)> {
    let row = |host: &Candidate| {
        let name = model.instance(host.instance).name.clone();
        let verdict = if host.failed.is_empty() {
            fits(explanation, host)
        } else {
            let lacks: Vec<String> = host.failed.iter().map(verdict_text).collect();
            lacks.join(", ")
        };
        (name, verdict)
    };
    explanation.candidates.iter().map(row).collect()
}

fn fits(explanation: &Explanation, host: &Candidate) -> String {
    let scores: Vec<String> = host.scores.iter().map(u64::to_string).collect();
    let word = if explanation.chosen == Some(host.instance) {
        "chosen"
    } else {
        "fits"
    };
    format!("{word}, score {}", scores.join(" · "))
}

fn verdict_text(verdict: &Verdict) -> String {
    match verdict {
        Verdict::NotActive => "not registered".to_string(),
        Verdict::InsufficientCpu { short } => format!("{short} CPU units short"),
        Verdict::InsufficientMemory { short } => format!("{short} MiB short"),
        Verdict::PortInUse { port } => format!("port {} in use", port.port),
        Verdict::NotDistinct => "already runs a task of the service".to_string(),
    }
}
