//! Sentences about load balancers and service discovery: what is wrong in a document, and how
//! targets are named.

use crate::control::{RecordChange, TargetHealth, TargetReason};
use crate::id::TargetGroupIx;
use crate::model::{
    AttributeObstacle, ClassicObstacle, DiscoveryObstacle, Model, Problem, REGISTERED_TASKS_MAX,
};
use alloc::format;
use alloc::string::{String, ToString};

/// The target group in brackets, or the Classic Load Balancer whose implicit one it is.
#[must_use]
pub fn target_group_words(model: &Model, group: TargetGroupIx) -> String {
    let group = model.target_group(group);
    let kind = if group.is_classic {
        "elb"
    } else {
        "target-group"
    };
    format!("({kind} {})", group.name)
}

/// What is registered there: targets, or instances with a Classic Load Balancer.
#[must_use]
pub fn targets_word(model: &Model, group: TargetGroupIx) -> &'static str {
    if model.target_group(group).is_classic {
        "instances"
    } else {
        "targets"
    }
}

/// Health as the load balancer has it: what it never asks is `unused` there, while ECS holds it
/// for unhealthy.
#[must_use]
pub const fn target_health_word(
    health: TargetHealth,
    reason: Option<TargetReason>,
) -> &'static str {
    match reason {
        Some(TargetReason::NotInUse) => TargetHealth::Unused.name(),
        Some(
            TargetReason::Timeout
            | TargetReason::FailedHealthChecks
            | TargetReason::ResponseCodeMismatch(_),
        )
        | None => health.name(),
    }
}

/// Why a target is unhealthy, in the load balancer's words.
#[must_use]
pub fn target_reason_words(reason: TargetReason, is_classic: bool) -> String {
    match reason {
        TargetReason::NotInUse if is_classic => {
            "Instance is in an Availability Zone that is not enabled for the load balancer"
                .to_string()
        }
        TargetReason::NotInUse => {
            "Target is in an Availability Zone that is not enabled for the load balancer"
                .to_string()
        }
        TargetReason::Timeout
        | TargetReason::FailedHealthChecks
        | TargetReason::ResponseCodeMismatch(_)
            if is_classic =>
        {
            "Instance has failed at least the UnhealthyThreshold number of health checks \
             consecutively."
                .to_string()
        }
        TargetReason::Timeout => "Request timed out".to_string(),
        TargetReason::FailedHealthChecks => "Health checks failed".to_string(),
        TargetReason::ResponseCodeMismatch(code) => {
            format!("Health checks failed with these codes: [{code}]")
        }
    }
}

/// What became of a record.
#[must_use]
pub const fn record_word(change: RecordChange) -> &'static str {
    match change {
        RecordChange::Registered => "registered",
        RecordChange::Healthy => "healthy",
        RecordChange::Unhealthy => "unhealthy",
        RecordChange::Deregistered => "deregistered",
        RecordChange::LeftBehind => "left behind",
    }
}

pub(super) fn balancing_words(problem: &Problem) -> (String, &'static str) {
    match problem {
        Problem::ClassicImpossible { obstacle } => classic_words(*obstacle),
        Problem::AttributeConflict { obstacle } => attribute_words(*obstacle),
        Problem::DiscoveryImpossible { obstacle } => discovery_words(*obstacle),
        Problem::MoreTasksThanHosts { desired, hosts } => (
            format!(
                "{desired} tasks are more than the {hosts} hosts, each of which takes one behind a Classic Load Balancer"
            ),
            "add hosts, lower desiredCount, or use a target group",
        ),
        Problem::CheckTimeoutTooLong { timeout, interval } => (
            format!("a check may take {timeout} s, and the next one follows after {interval} s"),
            "make the timeout shorter than the interval",
        ),
        Problem::BadMatcher {
            written,
            least,
            most,
        } => (
            format!("`{written}` is no list or range of codes from {least} to {most}"),
            "write them as 200, 200,202 or 200-299",
        ),
        Problem::Routing(_)
        | Problem::Order(_)
        | Problem::Workload(_)
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
        | Problem::StrategyWithoutField { .. }
        | Problem::TooManyStrategies { .. }
        | Problem::TooManyConstraints { .. }
        | Problem::UnknownConstraint { .. }
        | Problem::ConstraintWithoutExpression
        | Problem::DistinctWithExpression
        | Problem::BadExpression { .. }
        | Problem::RebalancingImpossible { .. }
        | Problem::DaemonMaximumPercent { .. }
        | Problem::DaemonWithStrategy
        | Problem::UnknownWord { .. }
        | Problem::BadMoment { .. }
        | Problem::BadAttribute { .. }
        | Problem::UnknownField { .. }
        | Problem::WrongShape { .. }
        | Problem::OutOfRange { .. }
        | Problem::DeploymentImpossible { .. }
        | Problem::SecondPrimary { .. } => (String::new(), ""),
    }
}

fn classic_words(obstacle: ClassicObstacle) -> (String, &'static str) {
    let (message, hint) = match obstacle {
        ClassicObstacle::NetworkMode => (
            "a Classic Load Balancer knows instances alone: tasks of this networkMode cannot stand behind it",
            "use a target group of type ip, or networkMode bridge or host",
        ),
        ClassicObstacle::Fargate => (
            "tasks on Fargate cannot stand behind a Classic Load Balancer",
            "use a target group of type ip",
        ),
        ClassicObstacle::HostPort => (
            "the container's port needs a fixed hostPort that is an InstancePort of the Classic Load Balancer",
            "state hostPort in the port mapping, or use a target group, which takes any port",
        ),
        ClassicObstacle::Several => (
            "a service stands behind one Classic Load Balancer at most",
            "take the others out, or use target groups",
        ),
        ClassicObstacle::BesideTargetGroups => (
            "a service stands behind a Classic Load Balancer or target groups, not both",
            "take one of the two out",
        ),
        ClassicObstacle::Deployment => (
            "behind a Classic Load Balancer a service is deployed by ECS and ROLLING",
            "take deploymentController and strategy out, or use target groups",
        ),
        ClassicObstacle::NoListener => (
            "the Classic Load Balancer has no listener",
            "add one to its Listeners, with an InstancePort",
        ),
    };
    (message.to_string(), hint)
}

fn attribute_words(obstacle: AttributeObstacle) -> (String, &'static str) {
    let (message, hint) = match obstacle {
        AttributeObstacle::SlowStartWithLeastOutstanding => (
            "slow start does not go with least_outstanding_requests",
            "use round_robin, or take slow start out",
        ),
        AttributeObstacle::SlowStartOfNetwork => (
            "a target group of a Network Load Balancer has no slow start",
            "take it out; it is not simulated",
        ),
        AttributeObstacle::AlgorithmOfNetwork => (
            "a Network Load Balancer chooses by a hash of the connection, and takes no algorithm",
            "take it out; it is not simulated",
        ),
        AttributeObstacle::MitigationWithoutWeights => (
            "anomaly mitigation needs the algorithm weighted_random",
            "set load_balancing.algorithm.type to weighted_random",
        ),
        AttributeObstacle::StickyWithinZones => (
            "stickiness does not go with cross-zone load balancing switched off",
            "switch one of the two",
        ),
        AttributeObstacle::StickinessType => (
            "this type of stickiness is one of the other kind of load balancer",
            "use source_ip behind a Network Load Balancer, lb_cookie or app_cookie else",
        ),
        AttributeObstacle::ReservedCookie => (
            "a cookie of that name is the load balancer's own",
            "choose a name that does not begin with AWSALB",
        ),
    };
    (message.to_string(), hint)
}

fn discovery_words(obstacle: DiscoveryObstacle) -> (String, &'static str) {
    let (message, hint) = match obstacle {
        DiscoveryObstacle::Several => (
            "a service has one service registry at most".to_string(),
            "take the others out",
        ),
        DiscoveryObstacle::NoNetwork => (
            "tasks of networkMode none cannot be registered".to_string(),
            "use awsvpc, bridge or host",
        ),
        DiscoveryObstacle::NotSrv => (
            "tasks of networkMode bridge and host are registered in SRV records alone".to_string(),
            "give the Cloud Map service records of type SRV, or use awsvpc",
        ),
        DiscoveryObstacle::NoPort => (
            "the records need a port".to_string(),
            "state containerName and containerPort; with awsvpc and SRV, port will do",
        ),
        DiscoveryObstacle::PortTwice => (
            "a container's port and a port are stated".to_string(),
            "state containerName and containerPort, or port",
        ),
        DiscoveryObstacle::TooManyTasks => (
            format!("no more than {REGISTERED_TASKS_MAX} tasks of a service can be registered"),
            "lower desiredCount, or split the service",
        ),
        DiscoveryObstacle::Classic => (
            "service discovery does not go with a Classic Load Balancer".to_string(),
            "use a target group, or take serviceRegistries out",
        ),
    };
    (message, hint)
}
