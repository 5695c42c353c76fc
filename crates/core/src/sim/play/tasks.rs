//! Inputs about tasks and their containers.

use crate::control::Observation;
use crate::model::Scheduling;
use crate::sim::agent::Exit;
use crate::sim::world::World;
use crate::time::Millis;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What Docker reports of a container that the kernel killed.
pub(super) const KILLED: i32 = 137;

/// Longest protection of a task in minutes (API:UpdateTaskProtection).
const PROTECTION_MINUTES_MAX: u32 = 2880;

impl World {
    pub(super) fn stop_tasks(
        &self,
        selector: &str,
        reason: Option<&str>,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        for task in self.select_tasks(selector)? {
            let reason = String::from(reason.unwrap_or_default());
            seen.push(Observation::StopRequested { task, reason });
        }
        Ok(())
    }

    /// A container ends with a code, killed for want of memory or not.
    pub(super) fn exit_container(
        &mut self,
        selector: &str,
        container: Option<&str>,
        (exit_code, out_of_memory): (i32, bool),
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let mut exits = Vec::new();
        for task in self.select_tasks(selector)? {
            let container = self.find_container(task, container)?;
            if !self.container_runs(task, container) {
                return Err(format!("no container of task `{task}` runs"));
            }
            exits.push((task, container));
        }
        for (task, container) in exits {
            let exit = Exit {
                container,
                exit_code,
                out_of_memory,
            };
            self.container_exits(task, exit, seen);
        }
        Ok(())
    }

    /// The kernel kills a container that takes more memory than it may.
    pub(in crate::sim) fn runs_out_of_memory(
        &mut self,
        task: crate::id::TaskId,
        container: usize,
        seen: &mut Vec<Observation>,
    ) {
        let exit = Exit {
            container,
            exit_code: KILLED,
            out_of_memory: true,
        };
        self.container_exits(task, exit, seen);
    }

    /// Protects tasks for so many minutes, or ends their protection. Only a service's tasks can
    /// be protected (API:UpdateTaskProtection).
    pub(super) fn protect(
        &self,
        selector: &str,
        minutes: Option<u32>,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        if let Some(minutes) = minutes
            && !(1..=PROTECTION_MINUTES_MAX).contains(&minutes)
        {
            return Err(format!(
                "expiresInMinutes is {minutes}; it has to be between 1 and {PROTECTION_MINUTES_MAX}"
            ));
        }
        let tasks = self.select_tasks(selector)?;
        let is_alone = |task: &&crate::id::TaskId| {
            let agent = self.agents.get(task);
            agent.is_some_and(|agent| {
                let service = self.model.service(agent.service);
                service.scheduling == Scheduling::RunTask
            })
        };
        if let Some(task) = tasks.iter().find(is_alone) {
            return Err(format!("task `{task}` is of no service"));
        }
        let until = minutes.map(|minutes| self.now + Millis::minutes(u64::from(minutes)));
        for task in tasks {
            seen.push(Observation::TaskProtectionUpdated { task, until });
        }
        Ok(())
    }
}
