//! What an operator does at a moment of simulated time, in ECS's words.

use crate::design::Edit;
use alloc::format;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// An operator's act.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Input {
    /// Edits the design; a changed `taskDefinition` starts a deployment.
    Edit {
        /// The edit.
        change: Edit,
    },
    /// Calls StopTask.
    StopTask {
        /// Task id, 32 hexadecimal digits.
        task: String,
    },
    /// Makes the first essential container of a task exit.
    CrashTask {
        /// Task id, 32 hexadecimal digits.
        task: String,
        /// Its exit code.
        exit_code: i32,
    },
    /// Terminates an EC2 instance.
    TerminateInstance {
        /// `ec2InstanceId`.
        instance: String,
    },
}

impl Input {
    /// A few words for a marker on the timeline and a line of the log.
    #[must_use]
    pub fn label(&self) -> String {
        let short = |task: &str| String::from(task.get(..8).unwrap_or(task));
        match self {
            Self::Edit { change } => edit_label(change),
            Self::StopTask { task } => format!("stop task {}", short(task)),
            Self::CrashTask { task, exit_code } => {
                format!("task {} exits {exit_code}", short(task))
            }
            Self::TerminateInstance { instance } => format!("terminate {instance}"),
        }
    }
}

fn edit_label(edit: &Edit) -> String {
    match edit {
        Edit::Set { pointer, .. } => {
            // A whole item of a list is called by its list: its number says nothing.
            let mut names = pointer.rsplit('/');
            let is_name = |name: &&str| !name.bytes().all(|byte| byte.is_ascii_digit());
            format!("edit {}", names.find(is_name).unwrap_or(pointer))
        }
        Edit::Deploy {
            task_definition, ..
        } => format!("deploy {task_definition}"),
        Edit::AddZone => "add zone".into(),
        Edit::AddContainerInstance {
            availability_zone, ..
        } => {
            format!("add host in {availability_zone}")
        }
        Edit::AddService { .. } => "add service".into(),
        Edit::AddLoadBalancer => "add load balancer".into(),
        Edit::AddTargetGroup { .. } => "add target group".into(),
        Edit::AddRule { listener, .. } => format!("add rule to {listener}"),
        Edit::MoveRule { priority, .. } => format!("move rule {priority}"),
        Edit::AddRevision { family } => format!("new revision of {family}"),
        Edit::AddTaskDefinition { definition } => format!("add {}", definition.family),
        Edit::Rename { part, name } => format!("rename {} to {name}", part.name()),
        Edit::Remove { part } => format!("remove {}", part.name()),
        Edit::Replace { .. } => "undo or redo".into(),
    }
}
