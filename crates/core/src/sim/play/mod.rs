//! Playing inputs: each takes effect whole, or is refused with the reason.

mod discovery;
mod faults;
mod hosts;
mod services;
mod tasks;
mod traffic;

use super::input::{AlarmStateValue, Input, StopType};
use super::select::hinted;
use super::world::World;
use crate::control::{AlarmState, DeploymentStop, InstanceStatus, Observation, RolloutState};
use crate::design::Edit;
use crate::id::{AlarmIx, DeploymentId, ServiceIx};
use crate::model::{Controller, HookKind, Stage};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use faults::Image;
use services::{Call, Update};
use tasks::KILLED;

impl World {
    /// One arm for each input, and nothing decided here.
    pub(super) fn play(
        &mut self,
        input: &Input,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        match input {
            Input::Edit { change } => self.change(change, seen),
            Input::UpdateService {
                service,
                cluster,
                force_new_deployment,
                members,
            } => {
                let update = Update {
                    service,
                    cluster: cluster.as_deref(),
                    force: *force_new_deployment,
                    members,
                };
                self.update_service(&update, seen)
            }
            Input::RegisterTaskDefinition {
                task_definition: Some(whole),
                ..
            } => self.register_definition(whole, seen),
            Input::RegisterTaskDefinition {
                task_definition: None,
                family,
                set,
            } => self.register_copy(family.as_deref(), set, seen),
            Input::DeployBadRevision { service, failure } => {
                self.deploy_bad(service, *failure, seen)
            }
            Input::RunTask {
                task_definition,
                count,
                group,
                cluster,
                placement_strategy,
                placement_constraints,
                started_by: _,
            } => {
                let call = Call {
                    task_definition,
                    count: *count,
                    group: group.as_deref(),
                    cluster: cluster.as_deref(),
                    strategy: placement_strategy,
                    constraints: placement_constraints,
                };
                self.run_task(&call, seen)
            }
            Input::StopTask { task, reason } => self.stop_tasks(task, reason.as_deref(), seen),
            Input::CrashTask { task, exit_code } => {
                self.exit_container(task, None, (*exit_code, false), seen)
            }
            Input::ExitContainer {
                task,
                container,
                exit_code,
            } => self.exit_container(task, container.as_deref(), (*exit_code, false), seen),
            Input::KillOutOfMemory { task, container } => {
                self.exit_container(task, container.as_deref(), (KILLED, true), seen)
            }
            Input::UpdateTaskProtection {
                task,
                protection_enabled,
                expires_in_minutes,
            } => {
                let minutes = protection_enabled.then(|| expires_in_minutes.unwrap_or(120));
                self.protect(task, minutes, seen)
            }
            Input::FailHealthCheck {
                of,
                container,
                check,
            } => self.break_checks(of, container.as_deref(), *check, true),
            Input::RestoreHealthCheck {
                of,
                container,
                check,
            } => self.break_checks(of, container.as_deref(), *check, false),
            Input::SlowStart { service, seconds } => self.slow_start(service, *seconds),
            Input::FailImage { image, service } => self.fail_image(Image { image, service }),
            Input::RestoreImage { image, service } => self.restore_image(Image { image, service }),
            Input::FailRegistry { registry } => self.fail_registry(registry.as_deref()),
            Input::RecoverRegistry { registry } => self.recover_registry(registry.as_deref()),
            Input::DegradeContainer {
                of,
                container,
                latency_ms,
                error_rate,
            } => self.degrade(of, container.as_deref(), Some((*latency_ms, *error_rate))),
            Input::RestoreContainer { of, container } => {
                self.degrade(of, container.as_deref(), None)
            }
            Input::TerminateInstance { instance } => self.terminate(instance, seen),
            Input::StopInstance { instance } => self.stop_host(instance, seen),
            Input::StartInstance { instance } => self.start_host(instance),
            Input::DeregisterInstance { instance, force } => {
                self.deregister(instance, *force, seen)
            }
            Input::DrainInstance { instance } => {
                self.request_status(instance, InstanceStatus::Draining, seen)
            }
            Input::ActivateInstance { instance } => {
                self.request_status(instance, InstanceStatus::Active, seen)
            }
            Input::DisconnectAgent { instance } => self.connect_agent(instance, false, seen),
            Input::ReconnectAgent { instance } => self.connect_agent(instance, true, seen),
            Input::FailAvailabilityZone { zone, hosts } => self.zone_fails(zone, *hosts, seen),
            Input::RecoverAvailabilityZone { zone } => self.zone_recovers(zone, seen),
            Input::InterruptSpotInstance { instance } => self.interrupt(instance, seen),
            Input::StopServiceDeployment { service, stop_type } => {
                self.stop_deployment(service, *stop_type, seen)
            }
            Input::ContinueServiceDeployment { service } => self.continue_deployment(service, seen),
            Input::FailLifecycleHook { service } => self.fail_hook(service, seen),
            Input::SetAlarmState { alarm, state_value } => {
                self.set_alarm(alarm, *state_value, seen)
            }
            Input::SetTraffic { source } => self.set_traffic(source),
            Input::StopTraffic { name } => self.stop_traffic(name),
            Input::DeregisterRecords { registry } => self.deregister_records(registry, seen),
        }
    }

    fn change(&mut self, change: &Edit, seen: &mut Vec<Observation>) -> Result<(), String> {
        let design = change.apply(&self.design);
        let design = design.map_err(|error| format!("{error}"))?;
        let deployed = match change {
            Edit::Deploy { service, .. } => self.model.service_named(service),
            Edit::Set { .. }
            | Edit::AddZone
            | Edit::AddContainerInstance { .. }
            | Edit::AddService { .. }
            | Edit::AddLoadBalancer
            | Edit::AddTargetGroup { .. }
            | Edit::AddRule { .. }
            | Edit::MoveRule { .. }
            | Edit::AddRevision { .. }
            | Edit::AddTaskDefinition { .. }
            | Edit::Rename { .. }
            | Edit::Replace { .. }
            | Edit::Remove { .. } => None,
        };
        let before = deployed.map(|service| self.model.service(service).task_definition);
        self.edit(design, seen);
        if let Some((service, before)) = deployed.zip(before)
            && self.is_asked_again(service, before)
        {
            seen.push(Observation::DeploymentForced { service });
        }
        Ok(())
    }

    fn stop_deployment(
        &self,
        service: &str,
        stop_type: StopType,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let name = service;
        let service = self.find_service(name)?;
        if self.model.service(service).deploying.controller == Controller::External {
            return Err(format!(
                "`{name}` has task sets, which are not ECS's to stop"
            ));
        }
        let known = self.control.services.get(&service);
        let primary = known.and_then(|known| known.primary());
        if primary.is_none_or(|it| it.rollout_state != RolloutState::InProgress) {
            return Err(format!("no deployment of `{name}` is under way"));
        }
        let stop = match stop_type {
            StopType::Rollback => DeploymentStop::Rollback,
            StopType::Abort => DeploymentStop::Abort,
        };
        seen.push(Observation::DeploymentStopRequested { service, stop });
        Ok(())
    }

    /// Whether the hooks of the present stage of a deployment are waited for.
    #[must_use]
    pub fn waits_for_hooks(&self, service: ServiceIx) -> bool {
        let known = self.control.services.get(&service);
        let shift = known.and_then(|known| known.primary()?.shift);
        let hooks = &self.model.service(service).deploying.hooks;
        shift.is_some_and(|shift| {
            let mut here = hooks.iter();
            !shift.hooks_passed && here.any(|hook| hook.stages.contains(&shift.stage))
        })
    }

    fn continue_deployment(
        &self,
        service: &str,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let found = self.find_service(service)?;
        if !self.waits_for_hooks(found) {
            return Err(format!(
                "no deployment of `{service}` waits for a lifecycle hook"
            ));
        }
        seen.push(Observation::HookAnswered {
            service: found,
            succeeded: true,
        });
        Ok(())
    }

    fn fail_hook(&mut self, service: &str, seen: &mut Vec<Observation>) -> Result<(), String> {
        let found = self.find_service(service)?;
        let hooks = &self.model.service(found).deploying.hooks;
        let asks = hooks.iter().any(|hook| hook.kind == HookKind::Lambda);
        let waits = self.waits_for_hooks(found);
        if !waits && !asks {
            return Err(format!(
                "no lifecycle hook of `{service}` is or will be asked"
            ));
        }
        if waits {
            seen.push(Observation::HookAnswered {
                service: found,
                succeeded: false,
            });
        } else {
            self.failing_hooks.insert(found);
        }
        Ok(())
    }

    /// A Lambda function behind a hook returns.
    pub(super) fn hook_returns(
        &mut self,
        service: ServiceIx,
        asked: (DeploymentId, Stage),
        seen: &mut Vec<Observation>,
    ) {
        let known = self.control.services.get(&service);
        let primary = known.and_then(|known| known.primary());
        let now = primary.and_then(|it| Some((it.id, it.shift?.stage)));
        if now == Some(asked) && self.waits_for_hooks(service) {
            let succeeded = !self.failing_hooks.remove(&service);
            seen.push(Observation::HookAnswered { service, succeeded });
        }
    }

    fn set_alarm(
        &self,
        name: &str,
        state: AlarmStateValue,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let alarms = self.model.alarms.iter();
        let found = alarms.clone().position(|it| it.name == name && it.present);
        let alarm = found.ok_or_else(|| {
            let known = alarms.filter(|it| it.present).map(|it| it.name.as_str());
            hinted(format!("no alarm is called `{name}`"), name, known)
        })?;
        let state = match state {
            AlarmStateValue::Ok => AlarmState::Ok,
            AlarmStateValue::Alarm => AlarmState::Alarm,
            AlarmStateValue::InsufficientData => AlarmState::InsufficientData,
        };
        let alarm = AlarmIx::from_at(alarm);
        seen.push(Observation::AlarmStateChanged { alarm, state });
        Ok(())
    }
}
