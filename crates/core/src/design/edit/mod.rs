//! Edits: what a gesture or a form does to the document. Each is applied whole or refused whole.
//!
//! An edit is data, so that a running simulation can take it as an input at a moment (a deploy is
//! an edit of `taskDefinition`) and a recording can hold it.

mod add;
mod change;
mod remove;
mod set;

use super::{Design, Part};
use crate::source::{read_tagged, tagged};
use crate::taskdef::{TaskDefinition, revision_name};
use add::{
    add_container_instance, add_load_balancer, add_rule, add_service, add_target_group, add_zone,
};
use alloc::string::String;
use change::{add_revision, deploy, move_rule, rename, renamed};
use remove::remove;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::{Map, Value};
use set::set;

/// A change of the document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    remote = "Self",
    deny_unknown_fields,
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Edit {
    /// Sets the field at a JSON pointer; without a value the field is removed.
    Set {
        /// JSON pointer into the document.
        pointer: String,
        /// New value; absent removes the field.
        #[serde(default)]
        value: Option<Value>,
    },
    /// Adds a zone with a subnet of its own, named after the region's next free letter.
    AddZone,
    /// Adds a host to a zone.
    AddContainerInstance {
        /// Zone it stands in.
        availability_zone: String,
        /// Its type.
        instance_type: String,
    },
    /// Adds a service with a task definition of its own, ready to run.
    AddService {
        /// Cluster it belongs to.
        cluster: String,
    },
    /// Adds an application load balancer over all subnets, with a listener on port 80.
    AddLoadBalancer,
    /// Adds a target group, wired to `service` where one is named.
    AddTargetGroup {
        /// Service whose first container port registers with it.
        service: Option<String>,
    },
    /// Adds a rule behind the last of a listener.
    AddRule {
        /// Listener, `load-balancer:port`.
        listener: String,
        /// Target group it forwards to.
        target_group: String,
    },
    /// Moves a rule to another place in its listener's order; the priorities in use stay the
    /// same numbers, dealt out in the new order (SetRulePriorities).
    MoveRule {
        /// Listener, `load-balancer:port`.
        listener: String,
        /// The rule's present priority.
        priority: u32,
        /// Its new place among the listener's rules, from 0.
        to: usize,
    },
    /// Registers a new revision of a family: a copy of its newest with one change.
    AddRevision {
        /// Family.
        family: String,
    },
    /// Adds a read task definition as the next revision of its family.
    AddTaskDefinition {
        /// The definition.
        definition: alloc::boxed::Box<TaskDefinition>,
    },
    /// Points a service at a revision: this is what starts a deployment.
    Deploy {
        /// Service.
        service: String,
        /// `family:revision`.
        task_definition: String,
    },
    /// Gives a part another name and mends every reference to it.
    Rename {
        /// The part under its present name.
        part: Part,
        /// The new name.
        name: String,
    },
    /// Puts another document in this one's place: undo and redo, as a running simulation sees it.
    Replace {
        /// The whole document.
        design: alloc::boxed::Box<Design>,
    },
    /// Removes a part with the rules and wires that only it gave a meaning.
    Remove {
        /// The part.
        part: Part,
    },
}

impl Serialize for Edit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let derived = Self::serialize(self, serde_json::value::Serializer);
        tagged(derived.map_err(ser::Error::custom)?, "edit").serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Edit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let shape = |name: &str, members: Map<String, Value>| match name {
            "addZone" | "addLoadBalancer" if members.is_empty() => Value::Null,
            _ => Value::Object(members),
        };
        let members = Map::deserialize(deserializer)?;
        let read = read_tagged(members, "edit", shape, |it| Self::deserialize(it));
        read.map_err(|error| de::Error::custom(error.carried()))
    }
}

/// Why an edit was refused; the document is then untouched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The part is not in the document.
    #[error("there is no {kind} called `{name}`")]
    NotFound {
        /// Its kind, in AWS's words.
        kind: &'static str,
        /// The name asked for.
        name: String,
    },
    /// The value does not have the type of the field.
    #[error("`{pointer}`: {message}")]
    WrongType {
        /// JSON pointer of the field.
        pointer: String,
        /// What is wrong.
        message: String,
    },
    /// The name is in use.
    #[error("`{0}` is already in use")]
    NameTaken(String),
    /// Nothing can be added there.
    #[error("{0}")]
    Impossible(String),
}

impl Edit {
    /// The document after this edit.
    ///
    /// # Errors
    /// The part is not there, the name is taken, or the value has the wrong type.
    pub fn apply(&self, design: &Design) -> Result<Design, EditError> {
        let mut next = design.clone();
        match self {
            Self::Set { pointer, value } => return set(design, pointer, value.clone()),
            Self::AddZone => add_zone(&mut next)?,
            Self::AddContainerInstance {
                availability_zone,
                instance_type,
            } => {
                add_container_instance(&mut next, availability_zone, instance_type);
            }
            Self::AddService { cluster } => add_service(&mut next, cluster)?,
            Self::AddLoadBalancer => add_load_balancer(&mut next),
            Self::AddTargetGroup { service } => add_target_group(&mut next, service.as_deref())?,
            Self::AddRule {
                listener,
                target_group,
            } => {
                add_rule(&mut next, listener, target_group)?;
            }
            Self::MoveRule {
                listener,
                priority,
                to,
            } => {
                move_rule(&mut next, listener, *priority, *to)?;
            }
            Self::AddRevision { family } => add_revision(&mut next, family)?,
            Self::AddTaskDefinition { definition } => {
                let definition = TaskDefinition {
                    revision: None,
                    ..(**definition).clone()
                };
                next.task_definitions.push(definition);
            }
            Self::Deploy {
                service,
                task_definition,
            } => {
                deploy(&mut next, service, task_definition)?;
            }
            Self::Rename { part, name } => rename(&mut next, part, name)?,
            Self::Replace { design } => next = (**design).clone(),
            Self::Remove { part } => remove(&mut next, part)?,
        }
        Ok(next)
    }

    /// The part that the edit made, found by comparing the documents before and after.
    #[must_use]
    pub fn made(&self, after: &Design) -> Option<Part> {
        match self {
            Self::AddZone => {
                let added = after.network.subnets.last()?;
                Some(Part::Zone(added.availability_zone.clone()))
            }
            Self::AddContainerInstance { .. } => {
                let id = after.container_instances.last()?.ec2_instance_id.clone();
                Some(Part::ContainerInstance(id))
            }
            Self::AddService { .. } => {
                Some(Part::Service(after.services.last()?.service_name.clone()))
            }
            Self::AddLoadBalancer => Some(Part::LoadBalancer(
                after.load_balancers.last()?.name.clone(),
            )),
            Self::AddTargetGroup { .. } => {
                Some(Part::TargetGroup(after.target_groups.last()?.name.clone()))
            }
            Self::AddRule { listener, .. } => {
                Some(Part::Rule(listener.clone(), after.rules.last()?.priority))
            }
            Self::MoveRule { listener, to, .. } => {
                let at = *after.rules_of(listener).get(*to)?;
                Some(Part::Rule(listener.clone(), after.rules[at].priority))
            }
            Self::AddRevision { family } => newest(after, family),
            Self::AddTaskDefinition { definition } => newest(after, &definition.family),
            Self::Rename { part, name } => Some(renamed(part, name)),
            Self::Set { .. } | Self::Deploy { .. } | Self::Replace { .. } | Self::Remove { .. } => {
                None
            }
        }
    }
}

fn newest(design: &Design, family: &str) -> Option<Part> {
    let (number, ..) = design.revisions(family).last()?;
    Some(Part::TaskDefinition(revision_name(family, number)))
}

fn not_found(part: &Part) -> EditError {
    EditError::NotFound {
        kind: part.kind(),
        name: part.name(),
    }
}

#[cfg(test)]
mod tests;
