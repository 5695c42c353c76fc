//! Diagnostics in words: lower case, no full stop, the thing in backticks, then what to do.

use super::balancing::balancing_words;
use super::faults::routing_words;
use super::order::order_words;
use super::query::query_error_words;
use super::workloads::workload_words;
use crate::model::{
    CONSTRAINTS_MAX, DeploymentObstacle, Diagnostic, Problem, RebalancingObstacle, STRATEGIES_MAX,
    TASKS_PER_SERVICE_MAX,
};
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
        hint: (!hint.is_empty()).then_some(hint),
    }
}

fn words(problem: &Problem) -> (String, String) {
    if let Problem::BadExpression { text, error } = problem {
        let words = query_error_words(error);
        // Counted as people count: the first character is 1.
        let at = text[..error.at].chars().count() + 1;
        let message = format!("{}, at character {at} of the expression", words.message);
        return (message, words.hint.unwrap_or_default());
    }
    if let Problem::Order(fault) = problem {
        return order_words(fault);
    }
    if let Problem::Workload(fault) = problem {
        return workload_words(fault);
    }
    let (message, hint) = plain_words(problem);
    (message, hint.to_string())
}

fn plain_words(problem: &Problem) -> (String, &'static str) {
    match problem {
        // Worded above, by its rule, or by the fault in it.
        Problem::TaskDefinition(_)
        | Problem::BadExpression { .. }
        | Problem::Order(_)
        | Problem::Workload(_) => (String::new(), ""),
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
            "use spread over instanceId or attribute:NAME, binpack over cpu or memory, or random",
        ),
        Problem::OutOfRange {
            written,
            least,
            most,
        } => (
            format!("{written} is not between {least} and {most}"),
            "AWS takes no other value; the nearest one is simulated",
        ),
        Problem::SecondPrimary { name } => (
            format!("the task set `{name}` is PRIMARY beside another one"),
            "make it ACTIVE: a service has one PRIMARY task set",
        ),
        Problem::DeploymentImpossible { obstacle } => deployment_words(*obstacle),
        Problem::Routing(fault) => routing_words(fault),
        Problem::ClassicImpossible { .. }
        | Problem::MoreTasksThanHosts { .. }
        | Problem::AttributeConflict { .. }
        | Problem::CheckTimeoutTooLong { .. }
        | Problem::BadMatcher { .. }
        | Problem::DiscoveryImpossible { .. } => balancing_words(problem),
        Problem::StrategyWithoutField { .. }
        | Problem::TooManyStrategies { .. }
        | Problem::TooManyConstraints { .. }
        | Problem::UnknownConstraint { .. }
        | Problem::ConstraintWithoutExpression
        | Problem::DistinctWithExpression
        | Problem::RebalancingImpossible { .. }
        | Problem::DaemonMaximumPercent { .. }
        | Problem::DaemonWithStrategy
        | Problem::UnknownWord { .. }
        | Problem::BadMoment { .. }
        | Problem::BadAttribute { .. }
        | Problem::WrongShape { .. }
        | Problem::UnknownField { .. } => placement_words(problem),
    }
}

fn deployment_words(obstacle: DeploymentObstacle) -> (String, &'static str) {
    let (message, hint) = match obstacle {
        DeploymentObstacle::DaemonController => (
            "a DAEMON service is deployed by ECS alone",
            "leave out deploymentController, or make the service a REPLICA",
        ),
        DeploymentObstacle::BreakerNotRolling => (
            "the circuit breaker acts on ROLLING deployments alone",
            "use alarms, which act on all of them",
        ),
        DeploymentObstacle::NoAlternateTargetGroup => (
            "there is no second target group to shift traffic to",
            "state alternateTargetGroupArn in advancedConfiguration",
        ),
        DeploymentObstacle::NoDeploymentGroup => (
            "no CodeDeploy deployment group names this service",
            "add one to `deploymentGroups`, with the service among its ecsServices",
        ),
        DeploymentObstacle::HookStage => (
            "there is no such stage, or it takes no hook of this kind",
            "SCALE_UP, BAKE_TIME and CLEAN_UP take none, the two shifts of traffic no PAUSE",
        ),
    };
    (message.to_string(), hint)
}

/// What is wrong about where tasks may go.
fn placement_words(problem: &Problem) -> (String, &'static str) {
    match problem {
        Problem::StrategyWithoutField { kind } => (
            format!("the strategy `{kind}` has no field"),
            if kind == "spread" {
                "say over what: `instanceId` or `attribute:ecs.availability-zone`"
            } else {
                "say what to pack by: `memory` or `cpu`"
            },
        ),
        Problem::TooManyStrategies { count } => (
            format!("{count} strategies are more than the {STRATEGIES_MAX} that ECS takes"),
            "leave out the last ones; they decide least",
        ),
        Problem::TooManyConstraints { count } => (
            format!(
                "{count} constraints are more than the {CONSTRAINTS_MAX} that ECS takes, those of the task definition among them"
            ),
            "join expressions with `and`",
        ),
        Problem::UnknownConstraint { kind } => (
            format!("`{kind}` is not a placement constraint"),
            "use distinctInstance, or memberOf with an expression",
        ),
        Problem::ConstraintWithoutExpression => (
            "a memberOf constraint needs an expression".to_string(),
            "say which hosts, such as `attribute:ecs.instance-type =~ m5.*`",
        ),
        Problem::DistinctWithExpression => (
            "distinctInstance takes no expression".to_string(),
            "take the expression out, or make it a memberOf constraint",
        ),
        Problem::RebalancingImpossible { obstacle } => rebalancing_words(*obstacle),
        Problem::DaemonMaximumPercent { percent } => (
            format!("a DAEMON service cannot have a maximumPercent of {percent}"),
            "make it 100, or leave it out",
        ),
        Problem::DaemonWithStrategy => (
            "a DAEMON service takes no placement strategy: it has a task on each host".to_string(),
            "take placementStrategy out; constraints say which hosts",
        ),
        Problem::UnknownWord { word, known } => {
            let (first, others) = known.split_first().unwrap_or((&"", &[]));
            let others: String = others.iter().map(|it| format!(" or `{it}`")).collect();
            (
                format!("`{word}` is not one of `{first}`{others}"),
                "write one of them",
            )
        }
        Problem::BadMoment { text } => (
            format!("`{text}` is not a moment"),
            "write it as 2026-06-18T22:28:28Z, or as seconds since 1970",
        ),
        Problem::BadAttribute { text } => (
            format!("`{text}` is not an attribute that ECS takes"),
            "use 1 to 128 letters, digits and - _ . / \\ in the name; the value may have @ : and spaces inside",
        ),
        Problem::UnknownField { name } => (
            format!("AWS knows no field `{name}` here"),
            "correct its name, or take it out",
        ),
        Problem::WrongShape { expected } => (
            format!("this is kept, but not understood: {expected} belongs here"),
            "write it as the AWS CLI prints it",
        ),
        Problem::OutOfRange { .. }
        | Problem::Routing(_)
        | Problem::Order(_)
        | Problem::Workload(_)
        | Problem::DeploymentImpossible { .. }
        | Problem::ClassicImpossible { .. }
        | Problem::MoreTasksThanHosts { .. }
        | Problem::AttributeConflict { .. }
        | Problem::CheckTimeoutTooLong { .. }
        | Problem::BadMatcher { .. }
        | Problem::DiscoveryImpossible { .. }
        | Problem::SecondPrimary { .. }
        | Problem::DuplicateName { .. }
        | Problem::UnknownReference { .. }
        | Problem::UnknownInstanceType { .. }
        | Problem::TaskDefinition(_)
        | Problem::UnknownContainerPort { .. }
        | Problem::DuplicatePriority { .. }
        | Problem::PriorityOutOfRange { .. }
        | Problem::DeploymentDeadlock { .. }
        | Problem::NotSimulated { .. }
        | Problem::TooManyTasks { .. }
        | Problem::UnknownStrategy { .. }
        | Problem::BadExpression { .. } => (String::new(), ""),
    }
}

fn rebalancing_words(obstacle: RebalancingObstacle) -> (String, &'static str) {
    let (why, hint) = match obstacle {
        RebalancingObstacle::Daemon => (
            "a DAEMON service has a task on each host",
            "take availabilityZoneRebalancing out",
        ),
        RebalancingObstacle::MaximumPercent => (
            "maximumPercent 100 leaves no room to start one before another stops",
            "raise maximumPercent above 100",
        ),
        RebalancingObstacle::FirstStrategy => (
            "the first strategy does not spread over zones",
            "make `spread` over `attribute:ecs.availability-zone` the first strategy",
        ),
        RebalancingObstacle::Classic => (
            "a Classic Load Balancer does not go with it",
            "use a target group, or take availabilityZoneRebalancing out",
        ),
        RebalancingObstacle::ZoneConstraint => (
            "a constraint asks for the zone",
            "take the constraint out, or availabilityZoneRebalancing",
        ),
    };
    (format!("zones are not rebalanced: {why}"), hint)
}
