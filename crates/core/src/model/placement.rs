//! Placement as a service asks for it: strategies, constraints, scheduling (ecs.md 2.8 and 2.10).

use super::capabilities::AVAILABILITY_ZONE;
use crate::query::Query;
use alloc::borrow::Cow;

/// Most constraints of a task, the task definition's and the service's together (ecs.md 2.8).
pub const CONSTRAINTS_MAX: usize = 10;

/// Most strategies of a service (ecs.md 2.10).
pub const STRATEGIES_MAX: usize = 5;

/// A placement strategy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Fewest tasks of the service per value of the field.
    Spread(SpreadField),
    /// Least CPU remaining.
    BinpackCpu,
    /// Least memory remaining.
    BinpackMemory,
    /// A seeded draw.
    Random,
}

/// What tasks are spread over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpreadField {
    /// Hosts.
    Instance,
    /// Values of an attribute; hosts without it count as one value more, by our choice (ecs.md
    /// 2.10 leaves it open).
    Attribute(Cow<'static, str>),
}

/// What a service without strategies does: zones evenly, then the host with the fewest tasks of
/// the service.
pub const DEFAULT_STRATEGIES: &[Strategy] = &[
    Strategy::Spread(SpreadField::Attribute(Cow::Borrowed(AVAILABILITY_ZONE))),
    Strategy::Spread(SpreadField::Instance),
];

/// What a RunTask call without strategies does.
pub const RUN_TASK_STRATEGIES: &[Strategy] = &[Strategy::Random];

/// A placement constraint of a service.
#[derive(Clone, Debug, PartialEq)]
pub enum Constraint {
    /// At most one task of the service on each host, by desired status.
    DistinctInstance,
    /// The host matches an expression.
    MemberOf(Query),
}

/// Who asks for a constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConstraintOrigin {
    /// The service, by the place in its list.
    Service(usize),
    /// The task definition, by the place in its list.
    TaskDefinition(usize),
}

/// How many tasks a service keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheduling {
    /// As many as desired.
    #[default]
    Replica,
    /// One on each host that fits its constraints (ecs.md 2.12).
    Daemon,
    /// None: tasks are started by RunTask calls alone and never replaced.
    RunTask,
}
