//! Diagnostics in words: lower case, no full stop, the thing in backticks, then what to do.

use crate::model::{Diagnostic, Problem, TASKS_PER_SERVICE_MAX};
use crate::severity::Severity;
use alloc::format;
use alloc::string::{String, ToString};

/// What is wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What is wrong.
    pub message: String,
    /// What to do, where there is something.
    pub hint: Option<String>,
}

/// `error`, `warning` or `info`.
#[must_use]
pub const fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// The finding in words.
#[must_use]
pub fn diagnostic_words(diagnostic: &Diagnostic) -> Words {
    if let Problem::TaskDefinition(finding) = &diagnostic.problem {
        return super::finding_words(finding);
    }
    let (message, hint) = words(&diagnostic.problem);
    Words {
        message,
        hint: (!hint.is_empty()).then(|| hint.to_string()),
    }
}

fn words(problem: &Problem) -> (String, &'static str) {
    match problem {
        // Worded above, by its rule.
        Problem::TaskDefinition(_) => (String::new(), ""),
        Problem::DuplicateName { name } => (
            format!("`{name}` is used twice"),
            "give one of them another name",
        ),
        Problem::UnknownReference { kind, reference } if reference.is_empty() => {
            (format!("no {kind} is named"), "choose one")
        }
        Problem::UnknownReference { kind, reference } => (
            format!("there is no {kind} called `{reference}`"),
            "choose one that exists, or add it",
        ),
        Problem::UnknownInstanceType { name } => (
            format!("the instance type `{name}` is not in the catalogue"),
            "choose another type, or state registeredCpu and registeredMemory",
        ),
        Problem::UnknownContainerPort { container, port } => (
            format!("the task definition has no container `{container}` with containerPort {port}"),
            "name a container and a port of its portMappings",
        ),
        Problem::DuplicatePriority { priority } => (
            format!("priority {priority} is used twice in this listener"),
            "drag the rule to another place, or give it a free priority",
        ),
        Problem::PriorityOutOfRange { priority } => {
            (format!("{priority} is not a priority"), "use 1 to 50000")
        }
        Problem::DeploymentDeadlock { lower, upper } => (
            format!(
                "a deployment can neither stop nor start a task: at least {lower} must stay, at most {upper} may run"
            ),
            "lower minimumHealthyPercent or raise maximumPercent",
        ),
        Problem::NotSimulated { what } => (format!("{what} is kept, but not simulated yet"), ""),
        Problem::TooManyTasks { desired } => (
            format!(
                "{desired} tasks are more than the {TASKS_PER_SERVICE_MAX} that a service may have"
            ),
            "lower desiredCount, or split the service",
        ),
        Problem::UnknownStrategy { text } => (
            format!("`{text}` is not a placement strategy"),
            "use spread, binpack or random with a field that ECS knows",
        ),
    }
}
