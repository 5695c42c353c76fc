//! Finding what an input names: tasks, services, hosts, zones, containers; and saying what was
//! probably meant where it is not there.

use super::host::Power;
use super::world::World;
use crate::control::{InstanceStatus, Task, TaskStatus};
use crate::id::{InstanceIx, ServiceIx, TaskId, ZoneIx};
use crate::model::{Scheduling, Service};
use crate::near::nearest;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

/// Which of a service's running tasks.
enum Which {
    Nth(usize),
    All,
}

/// A sentence with the name that was probably meant.
pub(super) fn hinted<'a>(
    sentence: String,
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> String {
    match nearest(name, known) {
        Some(near) => format!("{sentence}; did you mean `{near}`?"),
        None => sentence,
    }
}

impl World {
    /// The tasks that a selector names ([`super::Input`]), at least one.
    pub(super) fn select_tasks(&self, selector: &str) -> Result<Vec<TaskId>, String> {
        if selector.len() == 32
            && let Ok(task) = selector.parse::<TaskId>()
        {
            let known = self.agents.contains_key(&task);
            let found = known.then(|| vec![task]);
            return found.ok_or_else(|| format!("no task `{selector}` runs"));
        }
        let (name, which) = which(selector)?;
        let (name, zone) = match name.split_once('@') {
            Some((name, zone)) => (name, Some(self.zone_named(zone)?)),
            None => (name, None),
        };
        let tasks = self.running_tasks(name, zone)?;
        let found = match which {
            Which::All => tasks.clone(),
            Which::Nth(at) => tasks.get(at).map(|task| vec![*task]).unwrap_or_default(),
        };
        if !found.is_empty() {
            return Ok(found);
        }
        let zone = zone.map(|at| format!(" in {}", self.model.zones[at.at()]));
        let zone = zone.unwrap_or_default();
        Err(match tasks.len() {
            0 => format!("no task of `{name}` runs{zone}"),
            count => format!("only {count} tasks of `{name}` run{zone}"),
        })
    }

    /// The running tasks of a service, or of a group of RunTask, oldest first.
    fn running_tasks(&self, name: &str, zone: Option<ZoneIx>) -> Result<Vec<TaskId>, String> {
        let services = self.model.services.iter().enumerate();
        let is_group = |it: &Service| it.scheduling == Scheduling::RunTask && it.group == name;
        let named = services.filter(|(_, it)| it.name == name || is_group(it));
        let named: Vec<ServiceIx> = named.map(|(at, _)| ServiceIx::from_at(at)).collect();
        if named.is_empty() {
            return Err(self.no_service(name));
        }
        let is_meant = |task: &Task| {
            let place = self.model.instance(task.instance).zone;
            task.is_wanted()
                && task.last_status == TaskStatus::Running
                && zone.is_none_or(|zone| zone == place)
        };
        let tasks = named.into_iter().flat_map(|at| self.control.tasks_of(at));
        let tasks = tasks.filter(|(_, task)| is_meant(task));
        let mut tasks: Vec<_> = tasks.map(|(id, task)| (task.created_at, id)).collect();
        crate::sort::sort(&mut tasks);
        Ok(tasks.into_iter().map(|(_, id)| id).collect())
    }

    fn no_service(&self, name: &str) -> String {
        let services = self.model.services.iter();
        let known = services.flat_map(|it| [it.name.as_str(), it.group.as_str()]);
        hinted(format!("no service is called `{name}`"), name, known)
    }

    /// The service called `name`, one that the document has.
    pub(super) fn find_service(&self, name: &str) -> Result<ServiceIx, String> {
        let mut services = self.model.present_services();
        let found = services.find(|(_, service)| service.name == name);
        found.map(|(at, _)| at).ok_or_else(|| self.no_service(name))
    }

    pub(super) fn zone_named(&self, name: &str) -> Result<ZoneIx, String> {
        let found = self.model.zones.iter().position(|zone| zone == name);
        let known = self.model.zones.iter().map(String::as_str);
        found
            .map(ZoneIx::from_at)
            .ok_or_else(|| hinted(format!("no zone is called `{name}`"), name, known))
    }

    /// Whether a host is registered.
    pub(super) fn is_there(&self, instance: InstanceIx) -> bool {
        let known = self.control.instances.get(&instance);
        known.is_some_and(|known| known.status != InstanceStatus::Inactive)
    }

    /// The registered host called `name`.
    pub(super) fn find_instance(&self, name: &str) -> Result<InstanceIx, String> {
        let found = self.model.instance_named(name);
        found.filter(|at| self.is_there(*at)).ok_or_else(|| {
            let there = self.model.present_instances();
            let there = there.filter(|(at, _)| self.is_there(*at));
            let known = there.map(|(_, host)| host.name.as_str());
            hinted(format!("no host `{name}` is registered"), name, known)
        })
    }

    /// The registered host called `name`, if its EC2 instance runs.
    pub(super) fn find_powered(&self, name: &str) -> Result<InstanceIx, String> {
        let instance = self.find_instance(name)?;
        match self.power(instance) {
            Power::On => Ok(instance),
            Power::Off => Err(format!("host `{name}` is stopped")),
            Power::Gone => Err(format!("host `{name}` is terminated")),
        }
    }

    /// A container of a task by its name; the first essential one without a name.
    pub(super) fn find_container(&self, task: TaskId, name: Option<&str>) -> Result<usize, String> {
        let Some(name) = name else {
            return Ok(self.main_container(task));
        };
        let Some(agent) = self.agents.get(&task) else {
            return Err(format!("no task `{task}` runs"));
        };
        let document = Arc::clone(&agent.document);
        let containers = &document.container_definitions;
        let found = containers.iter().position(|it| it.name == name);
        let known = containers.iter().map(|it| it.name.as_str());
        found.ok_or_else(|| {
            let sentence = format!("{} has no container `{name}`", document.family);
            hinted(sentence, name, known)
        })
    }
}

fn which(selector: &str) -> Result<(&str, Which), String> {
    let Some((name, which)) = selector.rsplit_once('/') else {
        return Ok((selector, Which::Nth(0)));
    };
    if which == "*" {
        return Ok((name, Which::All));
    }
    let number = which.parse::<usize>().ok().and_then(|it| it.checked_sub(1));
    let number = number.ok_or_else(|| {
        format!("`{selector}` names no task: behind the service stands a number from 1, or `*`")
    })?;
    Ok((name, Which::Nth(number)))
}
