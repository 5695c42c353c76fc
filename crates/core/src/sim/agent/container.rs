//! The life of one container of a task, and what others of the task wait for (ecs.md 1.4 to 1.7).
//!
//! Pure: what is due and what is reported is decided by its neighbours.

use crate::control::ContainerHealth;
use crate::sim::faults::Degradation;
use crate::taskdef::{Condition, ContainerDefinition, Edge, EdgeKind};
use crate::time::{Instant, Millis};

/// One container as its agent knows it.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::sim) struct Container {
    pub(super) life: Life,
    /// How often it was started. What is due belongs to one start and is void in another.
    pub(super) starts: u32,
    /// When a restart policy last started it again.
    pub(super) restarted_at: Option<Instant>,
    /// By its own health check.
    pub(super) health: ContainerHealth,
    /// Failed checks in a row.
    pub(super) failures: u32,
    /// When its next check is due; `None` while checks can change nothing.
    pub(super) check_at: Option<Instant>,
    /// Whether its exit code was reported.
    pub(super) reported: bool,
    /// Whether an operator makes its own checks fail.
    pub(in crate::sim) fails_checks: bool,
    /// How an operator made it worse.
    pub(in crate::sim) degraded: Option<Degradation>,
}

/// How far a container is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// Waits for others, or for its task's turn.
    Waiting,
    /// Its image is pulled.
    Pulling,
    /// Its image is there.
    Pulled,
    /// It is created and started.
    Starting { since: Instant },
    /// It runs, and answers from a moment on.
    Running { since: Instant, answers_at: Instant },
    /// It was sent its stop signal; it will end with this code.
    Stopping { exit_code: i32 },
    /// It ended, or never will begin.
    Ended { exit_code: Option<i32>, ran: bool },
}

/// The exit code that the agent gives a container whose dependency came to nothing: what Docker
/// reports after SIGTERM (ecs.md 1.5).
pub(super) const NEVER_STARTED: i32 = 143;

/// What Docker reports after SIGKILL.
pub(super) const KILLED: i32 = 137;

/// What has become of a reason to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// It has happened.
    Over,
    /// It may still happen.
    Open,
    /// It will never happen.
    Vain,
}

impl Default for Container {
    fn default() -> Self {
        Self {
            life: Life::Waiting,
            starts: 0,
            restarted_at: None,
            health: ContainerHealth::Unknown,
            failures: 0,
            check_at: None,
            reported: false,
            fails_checks: false,
            degraded: None,
        }
    }
}

impl Container {
    pub(super) fn has_ended(&self) -> bool {
        matches!(self.life, Life::Ended { .. })
    }

    pub(super) fn runs(&self) -> bool {
        matches!(self.life, Life::Running { .. })
    }

    /// Since when it answers or will; `None` unless it runs.
    pub(in crate::sim) fn answers_at(&self) -> Option<Instant> {
        match self.life {
            Life::Running { answers_at, .. } => Some(answers_at),
            Life::Waiting
            | Life::Pulling
            | Life::Pulled
            | Life::Starting { .. }
            | Life::Stopping { .. }
            | Life::Ended { .. } => None,
        }
    }

    /// Whether it was sent its stop signal and still runs.
    pub(in crate::sim) fn is_stopping(&self) -> bool {
        matches!(self.life, Life::Stopping { .. })
    }

    /// Whether its image is still to be pulled.
    pub(super) fn lacks_image(&self) -> bool {
        match self.life {
            Life::Waiting | Life::Pulling => true,
            Life::Pulled
            | Life::Starting { .. }
            | Life::Running { .. }
            | Life::Stopping { .. }
            | Life::Ended { .. } => false,
        }
    }

    /// Whether it neither runs nor has ended: the task is then not RUNNING yet (ecs.md 1.4).
    pub(super) fn is_on_its_way(&self) -> bool {
        match self.life {
            Life::Waiting | Life::Pulling | Life::Pulled | Life::Starting { .. } => true,
            Life::Running { .. } | Life::Stopping { .. } | Life::Ended { .. } => false,
        }
    }

    /// Whether the policy starts it again after `exit_code`. A container that dies sooner than
    /// its period does not come back: the reverse of a back-off (ecs.md 1.8).
    pub(super) fn restarts(
        &self,
        definition: &ContainerDefinition,
        exit_code: i32,
        now: Instant,
    ) -> bool {
        let Life::Running { since, .. } = self.life else {
            return false;
        };
        let Some(policy) = &definition.restart_policy else {
            return false;
        };
        let mut ignored = policy.ignored_exit_codes.iter().flatten();
        let period = policy.restart_attempt_period.unwrap_or(300);
        let last = self.restarted_at.unwrap_or(since);
        policy.enabled == Some(true)
            && !ignored.any(|code| *code == exit_code)
            && now.since(last) >= Millis::seconds(u64::from(period))
    }
}

/// The condition of an edge, `None` for CREATE, which only `volumesFrom` asks for.
pub(super) fn condition(containers: &[ContainerDefinition], edge: &Edge) -> Option<Condition> {
    match edge.kind {
        EdgeKind::Dependency => {
            let dependencies = containers[edge.from].depends_on.as_deref();
            let dependency = dependencies.and_then(|all| all.get(edge.at));
            Some(
                dependency
                    .and_then(|it| it.condition)
                    .unwrap_or(Condition::Start),
            )
        }
        EdgeKind::Link => Some(Condition::Start),
        EdgeKind::Volumes => None,
    }
}

/// What has become of waiting for `condition` at `now`; `created` is how long creating takes.
pub(super) fn wait(
    on: &Container,
    condition: Option<Condition>,
    now: Instant,
    created: Millis,
) -> Wait {
    let over = |is: bool| if is { Wait::Over } else { Wait::Open };
    match (on.life, condition) {
        (Life::Ended { ran: false, .. }, _) => Wait::Vain,
        (Life::Ended { .. }, None | Some(Condition::Start | Condition::Complete)) => Wait::Over,
        (Life::Ended { exit_code, .. }, Some(Condition::Success)) => {
            if exit_code == Some(0) {
                Wait::Over
            } else {
                Wait::Vain
            }
        }
        (Life::Ended { .. }, Some(Condition::Healthy)) => Wait::Vain,
        (Life::Running { .. } | Life::Stopping { .. }, None | Some(Condition::Start)) => Wait::Over,
        (Life::Running { .. }, Some(Condition::Healthy)) => {
            over(on.health == ContainerHealth::Healthy)
        }
        (Life::Running { .. }, Some(Condition::Complete | Condition::Success))
        | (
            Life::Stopping { .. },
            Some(Condition::Complete | Condition::Success | Condition::Healthy),
        )
        | (Life::Waiting | Life::Pulling | Life::Pulled, _)
        | (Life::Starting { .. }, Some(_)) => Wait::Open,
        (Life::Starting { since }, None) => over(now >= since + created),
    }
}
