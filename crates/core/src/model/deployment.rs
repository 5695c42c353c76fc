//! How a service is deployed: its controller, its strategy, and what makes a deployment fail
//! (ecs.md 3.4, 3.7, 3.8 and 3.10).

use crate::id::AlarmIx;
use crate::time::Millis;
use alloc::string::String;
use alloc::vec::Vec;

/// A share of production traffic in thousandths.
pub type Permille = u32;

/// All of the traffic.
pub const ALL_TRAFFIC: Permille = 1000;

/// Who runs a service's deployments (`deploymentController.type`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Controller {
    /// ECS itself.
    #[default]
    Ecs,
    /// AWS CodeDeploy: blue/green over two target groups.
    CodeDeploy,
    /// The owner, by task sets.
    External,
}

/// How a deployment goes about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rollout {
    /// Old tasks are replaced within minimumHealthyPercent and maximumPercent.
    #[default]
    Rolling,
    /// The new revision is scaled up beside the old one, then traffic is shifted to it.
    Shifting {
        /// What the first step shifts.
        first: Permille,
        /// What each further step shifts.
        next: Permille,
        /// How long each step but the last is watched.
        step_bake: Millis,
    },
}

/// How a service is deployed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deploying {
    /// Who runs deployments.
    pub controller: Controller,
    /// How they go about it.
    pub rollout: Rollout,
    /// How long a finished deployment is watched before it is COMPLETED; `None` as AWS chooses.
    pub bake: Option<Millis>,
    /// Fails a deployment whose tasks do not come up.
    pub breaker: Option<CircuitBreaker>,
    /// Fails a deployment while an alarm is in ALARM.
    pub alarms: Option<DeploymentAlarms>,
    /// What is asked on the way.
    pub hooks: Vec<Hook>,
    /// Whether a stage or a hook that fails goes back to the old revision: CodeDeploy asks.
    pub rolls_back: bool,
    /// Listeners and rules, as the document names them, that send test traffic to the new revision.
    pub test_routes: Vec<String>,
    /// What each shift of traffic takes by itself: 10 minutes with a Network Load Balancer.
    pub shift_delay: Millis,
    /// How long the new revision may take to be steady; AWS's limit of a stage otherwise.
    pub scale_up_limit: Option<Millis>,
    /// What of the service, apart from revision and load balancers, starts a deployment when it
    /// changes, as a digest (ecs.md 3.1).
    pub digest: u64,
    /// Task sets, in the order of the document, where the controller is EXTERNAL.
    pub task_sets: Vec<TaskSet>,
}

/// The circuit breaker of rolling deployments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitBreaker {
    /// Whether the last completed deployment is gone back to.
    pub rollback: bool,
    /// How many failures it takes.
    pub threshold: Threshold,
    /// Whether a task that becomes healthy sets the count back to zero.
    pub reset_on_healthy_task: bool,
}

/// How many failures it takes (`thresholdConfiguration`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// A percentage of the desired count, at least 3 and at most 200.
    BoundedPercent(u32),
    /// A percentage of the desired count.
    UnboundedPercent(u32),
    /// A number.
    Count(u32),
}

/// Least and most failures of a bounded percentage (ecs.md 3.7).
const BOUNDS: (u32, u32) = (3, 200);

/// The percentage where none is given (ecs.md 3.7).
pub const THRESHOLD_PERCENT: u32 = 50;

impl Threshold {
    /// How many failures trip the breaker of a service with this desired count; at least one.
    /// Percentages round up: documented for the bounded ones, a guess for the others.
    #[must_use]
    pub fn failures(self, desired: u32) -> u32 {
        match self {
            Self::BoundedPercent(percent) => {
                crate::units::percent_ceil(desired, percent).clamp(BOUNDS.0, BOUNDS.1)
            }
            Self::UnboundedPercent(percent) => crate::units::percent_ceil(desired, percent).max(1),
            Self::Count(count) => count.max(1),
        }
    }
}

/// Alarms that fail a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeploymentAlarms {
    /// The alarms.
    pub alarms: Vec<AlarmIx>,
    /// Whether the last completed deployment is gone back to.
    pub rollback: bool,
}

/// A stage of a deployment that shifts traffic, in order (ecs.md 3.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Revisions that an interrupted deployment left are removed.
    ReconcileService,
    /// Before new tasks start.
    PreScaleUp,
    /// The new revision is scaled to the whole desired count.
    ScaleUp,
    /// After they are healthy.
    PostScaleUp,
    /// The test listener is pointed at the new revision.
    TestTrafficShift,
    /// After test traffic has moved.
    PostTestTrafficShift,
    /// Before a step of production traffic.
    PreProductionTrafficShift,
    /// A step of production traffic.
    ProductionTrafficShift,
    /// After all production traffic has moved.
    PostProductionTrafficShift,
    /// Both revisions stand while the new one is watched.
    BakeTime,
    /// The old revision is removed.
    CleanUp,
}

impl Stage {
    /// All of them, in order.
    pub const ALL: &[Self] = &[
        Self::ReconcileService,
        Self::PreScaleUp,
        Self::ScaleUp,
        Self::PostScaleUp,
        Self::TestTrafficShift,
        Self::PostTestTrafficShift,
        Self::PreProductionTrafficShift,
        Self::ProductionTrafficShift,
        Self::PostProductionTrafficShift,
        Self::BakeTime,
        Self::CleanUp,
    ];

    /// ECS's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReconcileService => "RECONCILE_SERVICE",
            Self::PreScaleUp => "PRE_SCALE_UP",
            Self::ScaleUp => "SCALE_UP",
            Self::PostScaleUp => "POST_SCALE_UP",
            Self::TestTrafficShift => "TEST_TRAFFIC_SHIFT",
            Self::PostTestTrafficShift => "POST_TEST_TRAFFIC_SHIFT",
            Self::PreProductionTrafficShift => "PRE_PRODUCTION_TRAFFIC_SHIFT",
            Self::ProductionTrafficShift => "PRODUCTION_TRAFFIC_SHIFT",
            Self::PostProductionTrafficShift => "POST_PRODUCTION_TRAFFIC_SHIFT",
            Self::BakeTime => "BAKE_TIME",
            Self::CleanUp => "CLEAN_UP",
        }
    }

    /// The stage that ECS calls `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|stage| stage.name() == name)
    }

    /// Whether a hook of this kind can stand here.
    #[must_use]
    pub const fn takes(self, kind: HookKind) -> bool {
        match self {
            Self::ScaleUp | Self::BakeTime | Self::CleanUp => false,
            Self::TestTrafficShift | Self::ProductionTrafficShift => match kind {
                HookKind::Lambda => true,
                HookKind::Pause => false,
            },
            Self::ReconcileService
            | Self::PreScaleUp
            | Self::PostScaleUp
            | Self::PostTestTrafficShift
            | Self::PreProductionTrafficShift
            | Self::PostProductionTrafficShift => true,
        }
    }
}

/// What a hook does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookKind {
    /// Asks a Lambda function.
    Lambda,
    /// Waits until somebody lets the deployment go on.
    Pause,
}

/// A lifecycle hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// What it does.
    pub kind: HookKind,
    /// Where it stands.
    pub stages: Vec<Stage>,
    /// How long it may take.
    pub timeout: Millis,
    /// Whether the deployment goes on when that is over; it rolls back otherwise.
    pub continues_on_timeout: bool,
}

/// A task set of a service with an EXTERNAL controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskSet {
    /// Its id in the document.
    pub id: String,
    /// Revision.
    pub task_definition: crate::id::TaskDefinitionIx,
    /// Target groups that its tasks register with.
    pub targets: Vec<super::ServiceTarget>,
    /// Share of the desired count in thousandths of a percent, 0 to 100,000.
    pub scale_millipercent: u32,
    /// Whether it is the PRIMARY one.
    pub is_primary: bool,
}

impl TaskSet {
    /// `computedDesiredCount`: rounded up (ecs.md 3.10).
    #[must_use]
    pub fn computed_desired_count(&self, desired: u32) -> u32 {
        let product = u64::from(desired) * u64::from(self.scale_millipercent);
        u32::try_from(product.div_ceil(100_000)).unwrap_or(u32::MAX)
    }
}

/// A CloudWatch alarm, as far as deployments ask for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Name.
    pub name: String,
    /// How long it looks back: its period times its evaluation periods.
    pub window: Millis,
    /// Whether the design still has it.
    pub present: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_those_of_the_guide() {
        let bounded = Threshold::BoundedPercent(THRESHOLD_PERCENT);
        let counts = [1, 25, 400, 800].map(|desired| bounded.failures(desired));
        assert_eq!(counts, [3, 13, 200, 200]);
        assert_eq!(Threshold::UnboundedPercent(50).failures(1), 1);
        assert_eq!(Threshold::Count(7).failures(800), 7);
    }

    #[test]
    fn a_task_set_rounds_up() {
        let set = |scale_millipercent| TaskSet {
            id: "a".into(),
            task_definition: crate::id::TaskDefinitionIx(0),
            targets: Vec::new(),
            scale_millipercent,
            is_primary: false,
        };
        assert_eq!(set(50_000).computed_desired_count(3), 2);
        assert_eq!(set(100_000).computed_desired_count(3), 3);
        assert_eq!(set(0).computed_desired_count(3), 0);
    }
}
