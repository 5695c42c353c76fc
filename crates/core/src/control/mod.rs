//! What AWS's servers decide: placement, deployments, targets, replacement.
//!
//! [`ControlState::apply`] folds facts, [`decide`] is pure, [`turn`] joins them; the simulated
//! world and the Docker runner both drive exactly this. No containers, hosts or health checks are
//! played here: that is [`crate::sim`] or Docker.

mod apply;
mod decide;
mod event;
mod fact;
mod health;
mod placement;
mod requests;
mod state;
mod turn;

pub use decide::{Decision, decide};
pub use event::{Event, EventKind, RecordChange, ServiceMessage};
pub use fact::{
    Action, DeploymentStop, Fact, HostLoss, NetworkBinding, Observation, SeenTask, StartCause,
    StopCause,
};
pub use health::{TaskHealth, task_health};
pub use placement::{
    Candidate, Change, Explanation, Placement, PortHolder, Remedy, Trial, Verdict, ask_hosts,
    explain, matching,
};
pub use requests::RequestFailure;
pub use state::{
    AlarmState, ContainerHealth, ControlState, Deployment, DeploymentFailure, InstanceState,
    InstanceStatus, Record, RolloutState, ServiceState, Shift, StopCode, Stopped, StoppedCause,
    Target, TargetHealth, TargetReason, Task, TaskStatus, Wish,
};
pub use turn::{Turn, turn};
