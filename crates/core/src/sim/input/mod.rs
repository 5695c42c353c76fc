//! What an operator does at a moment of simulated time, in ECS's words.
//!
//! A `task` is named by its id of 32 hexadecimal digits, or by its service:
//! `SERVICE` is the oldest of its running tasks, `SERVICE/3` the third oldest, `SERVICE/*` all of
//! them; with `@ZONE` behind the service's name only those in that zone count
//! (`web@us-east-1a/*`). Tasks of RunTask are named by their group, `family:FAMILY`.

mod label;
mod written;

use super::faults::BadRevision;
use super::outage::ZoneHosts;
use super::traffic::{Profile, TrafficChange};
use crate::design::{Edit, PlacementConstraint, PlacementStrategy};
use crate::taskdef::TaskDefinition;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// An operator's act.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    remote = "Self",
    deny_unknown_fields,
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Input {
    /// Edits the design; a changed `taskDefinition` starts a deployment.
    Edit {
        /// The edit.
        change: Edit,
    },
    /// Calls UpdateService: every member beside these is put into the service as the document
    /// has it, null takes one away.
    UpdateService {
        /// Service.
        service: String,
        /// Cluster, where two services have one name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cluster: Option<String>,
        /// Replaces every task even where nothing changes.
        #[serde(default, skip_serializing_if = "is_false")]
        force_new_deployment: bool,
        /// `taskDefinition`, `desiredCount` and whatever else the service has.
        members: BTreeMap<String, Value>,
    },
    /// Calls RegisterTaskDefinition: with a whole definition, or with a copy of the newest
    /// revision of a family in which some members are set.
    RegisterTaskDefinition {
        /// The definition.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        task_definition: Option<Box<TaskDefinition>>,
        /// Family whose newest revision is copied.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        family: Option<String>,
        /// Members of the copy by JSON pointer, `/containerDefinitions/0/image`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        set: BTreeMap<String, Value>,
    },
    /// Registers a copy of the revision that a service runs, which then misbehaves, and deploys it.
    DeployBadRevision {
        /// Service.
        service: String,
        /// How it misbehaves.
        failure: BadRevision,
    },
    /// Calls RunTask.
    RunTask {
        /// `family:revision`, or a family, which means its newest revision.
        task_definition: String,
        /// How many tasks, 1 to 10; absent means 1.
        #[serde(default = "one")]
        count: u32,
        /// Task group; absent means `family:FAMILY`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<String>,
        /// Cluster; absent means the first of the document.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cluster: Option<String>,
        /// Strategies; absent means at random.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        placement_strategy: Vec<PlacementStrategy>,
        /// Constraints.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        placement_constraints: Vec<PlacementConstraint>,
        /// A tag of the caller's; it changes nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        started_by: Option<String>,
    },
    /// Calls StopTask.
    StopTask {
        /// Task.
        task: String,
        /// The caller's text; absent means ECS's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Makes the first essential container of a task exit.
    CrashTask {
        /// Task.
        task: String,
        /// Its exit code.
        exit_code: i32,
    },
    /// Makes a container of a task exit.
    ExitContainer {
        /// Task.
        task: String,
        /// Container; absent means the first essential one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        container: Option<String>,
        /// Its exit code; absent means 0.
        #[serde(default)]
        exit_code: i32,
    },
    /// Lets the kernel kill a container for want of memory: exit code 137, OutOfMemoryError.
    KillOutOfMemory {
        /// Task.
        task: String,
        /// Container; absent means the first essential one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        container: Option<String>,
    },
    /// Makes health checks fail until they are restored.
    FailHealthCheck {
        /// Whose.
        of: Whom,
        /// Whose own check fails; absent means every container's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        container: Option<String>,
        /// Which checks.
        #[serde(default)]
        check: Check,
    },
    /// Lets health checks pass again that were made to fail.
    RestoreHealthCheck {
        /// Whose.
        of: Whom,
        /// Whose own check is restored; absent means every container's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        container: Option<String>,
        /// Which checks.
        #[serde(default)]
        check: Check,
    },
    /// Lets containers of a service that start from now on take so long until they answer.
    SlowStart {
        /// Service.
        service: String,
        /// How long; absent means again as the workload has it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u32>,
    },
    /// Takes an image out of its registry.
    FailImage {
        /// Image reference as task definitions have it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        image: Option<String>,
        /// In its place: a service, whose first essential container's image is meant.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<String>,
    },
    /// Puts an image back into its registry.
    RestoreImage {
        /// Image reference.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        image: Option<String>,
        /// In its place: a service.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<String>,
    },
    /// Terminates an EC2 instance.
    TerminateInstance {
        /// `ec2InstanceId`.
        instance: String,
    },
    /// Stops an EC2 instance: it stays registered, without its agent.
    StopInstance {
        /// `ec2InstanceId`.
        instance: String,
    },
    /// Starts a stopped EC2 instance.
    StartInstance {
        /// `ec2InstanceId`.
        instance: String,
    },
    /// Calls DeregisterContainerInstance.
    DeregisterInstance {
        /// `ec2InstanceId`.
        instance: String,
        /// Whether also with tasks, which then run on without ECS.
        #[serde(default)]
        force: bool,
    },
    /// Calls UpdateContainerInstancesState with DRAINING.
    DrainInstance {
        /// `ec2InstanceId`.
        instance: String,
    },
    /// Calls UpdateContainerInstancesState with ACTIVE.
    ActivateInstance {
        /// `ec2InstanceId`.
        instance: String,
    },
    /// Cuts a host's agent off from ECS; what it has goes on.
    DisconnectAgent {
        /// `ec2InstanceId`.
        instance: String,
    },
    /// Lets an agent find ECS again.
    ReconnectAgent {
        /// `ec2InstanceId`.
        instance: String,
    },
    /// An availability zone fails, with every host in it.
    FailAvailabilityZone {
        /// Zone.
        zone: String,
        /// What becomes of its hosts.
        #[serde(default)]
        hosts: ZoneHosts,
    },
    /// An availability zone is there again.
    RecoverAvailabilityZone {
        /// Zone.
        zone: String,
    },
    /// EC2 takes a Spot instance back: two minutes after its notice it is terminated.
    InterruptSpotInstance {
        /// `ec2InstanceId`.
        instance: String,
    },
    /// A registry answers no more.
    FailRegistry {
        /// Host name, `docker.io` for Docker Hub; absent means every registry.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        registry: Option<String>,
    },
    /// A registry answers again.
    RecoverRegistry {
        /// Host name; absent means every registry.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        registry: Option<String>,
    },
    /// Makes containers answer late or now and then with an error.
    DegradeContainer {
        /// Whose.
        of: Whom,
        /// Container; absent means every one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        container: Option<String>,
        /// Time until an answer, in milliseconds.
        #[serde(default)]
        latency_ms: u32,
        /// Share of answers that are errors, 0 to 1.
        #[serde(default)]
        error_rate: Share,
    },
    /// Lets containers answer as they used to.
    RestoreContainer {
        /// Whose.
        of: Whom,
        /// Container; absent means every one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        container: Option<String>,
    },
    /// Calls UpdateTaskProtection.
    UpdateTaskProtection {
        /// Task.
        task: String,
        /// Whether scale-in leaves it alone.
        protection_enabled: bool,
        /// For how many minutes, 1 to 2880; absent means 120.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_in_minutes: Option<u32>,
    },
    /// Calls StopServiceDeployment on the deployment under way.
    StopServiceDeployment {
        /// Service.
        service: String,
        /// How it ends.
        stop_type: StopType,
    },
    /// Lets a deployment go on that waits for a lifecycle hook or for somebody.
    ContinueServiceDeployment {
        /// Service.
        service: String,
    },
    /// Lets a lifecycle hook of a deployment answer that it failed: the one that is waited for,
    /// else the next one that is asked.
    FailLifecycleHook {
        /// Service.
        service: String,
    },
    /// Calls SetAlarmState: until alarms have metrics, this is how they change.
    SetAlarmState {
        /// Name of the alarm.
        alarm: String,
        /// Its new state.
        state_value: AlarmStateValue,
    },
    /// Changes who asks what, or lets somebody begin to: the members of
    /// [`TrafficChange`] stand beside `do`.
    SetTraffic {
        /// What is changed.
        source: Box<TrafficChange>,
    },
    /// Ends a source of traffic.
    StopTraffic {
        /// Its name.
        name: String,
    },
    /// Calls DeregisterInstance of Cloud Map for the records that a deleted service left behind.
    DeregisterRecords {
        /// Cloud Map service: its name, or that with its namespace.
        registry: String,
    },
}

impl Input {
    /// The rate that it sets.
    pub(in crate::sim) fn profile_mut(&mut self) -> Option<&mut Profile> {
        let Self::SetTraffic { source } = self else {
            return None;
        };
        source.requests_per_second.as_mut()
    }
}

/// Tasks that are there, or all of a service, those to come included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whom {
    /// Task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// Service, in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

/// Which health checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Check {
    /// The container's own and the load balancers'.
    #[default]
    Both,
    /// The container's own.
    Container,
    /// The load balancers'.
    Target,
}

/// How StopServiceDeployment ends a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum StopType {
    /// Goes back to what ran before.
    Rollback,
    /// Leaves everything as it stands.
    Abort,
}

/// State of a CloudWatch alarm, in CloudWatch's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmStateValue {
    /// Within bounds.
    Ok,
    /// Out of bounds.
    Alarm,
    /// Too little is known.
    InsufficientData,
}

/// A share in millionths; written as a number from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Millionths, at most a million.
    pub ppm: u32,
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.ppm) / 1e6)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let share = f64::deserialize(deserializer)?;
        if !(0.0..=1.0).contains(&share) {
            return Err(serde::de::Error::custom("a share is a number from 0 to 1"));
        }
        // One multiplication and one addition of IEEE 754: the same on every target.
        let ppm = (share * 1e6 + 0.5) as u32;
        Ok(Self { ppm })
    }
}

const fn one() -> u32 {
    1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(value: &bool) -> bool {
    !*value
}
