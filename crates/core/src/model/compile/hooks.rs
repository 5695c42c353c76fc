//! Lifecycle hooks of a service's deployments, and CodeDeploy's deployment groups.

use super::Compiler;
use super::deployment::Place;
use crate::design::{self, last_segment};
use crate::model::{
    ALL_TRAFFIC, Deploying, DeploymentAlarms, DeploymentObstacle, Hook, HookKind, Permille,
    Problem, Rollout, ServiceTarget, Stage,
};
use crate::time::Millis;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

/// CodeDeploy waits so long for the new task set to be steady (ecs.md 3.10).
const CODE_DEPLOY_SCALE_UP_LIMIT: Millis = Millis::minutes(60);

/// CodeDeploy keeps the original task set so long after rerouting where nothing is said: the
/// console's hour (ecs.md 3.10).
const CODE_DEPLOY_TERMINATION_WAIT: u64 = 60;

impl Compiler<'_> {
    pub(super) fn hooks(&mut self, written: &Place<'_>) -> Vec<Hook> {
        let items = written.items().into_iter();
        items.filter_map(|hook| self.hook(&hook)).collect()
    }

    fn hook(&mut self, hook: &Place<'_>) -> Option<Hook> {
        let kind = match self.one_of(&hook.member("targetType"), &["AWS_LAMBDA", "PAUSE"]) {
            "PAUSE" => HookKind::Pause,
            _ => HookKind::Lambda,
        };
        let mut stages = Vec::new();
        for place in hook.member("lifecycleStages").items() {
            let name = self.text(&place)?;
            match Stage::named(name).filter(|stage| stage.takes(kind)) {
                Some(stage) => stages.push(stage),
                None => {
                    let obstacle = DeploymentObstacle::HookStage;
                    self.find(place.pointer, Problem::DeploymentImpossible { obstacle });
                }
            }
        }
        let timeout = hook.member("timeoutConfiguration");
        let minutes = self.number(&timeout.member("timeoutInMinutes"), 1440, (1, 20_160));
        let action = self.one_of(&timeout.member("action"), &["ROLLBACK", "CONTINUE"]);
        Some(Hook {
            kind,
            stages,
            timeout: Millis::minutes(minutes),
            continues_on_timeout: action == "CONTINUE",
        })
    }

    /// A service with a CODE_DEPLOY controller, by the deployment group that names it
    /// (`deploymentGroups`, as CreateDeploymentGroup takes them).
    pub(super) fn code_deploying(
        &mut self,
        service: &design::Service,
        targets: &mut [ServiceTarget],
        pointer: &str,
    ) -> Option<Deploying> {
        let groups = Place::new(
            self.design.extra.get("deploymentGroups"),
            "/deploymentGroups".into(),
        );
        let group = groups.items().into_iter().find(|group| {
            let services = group.member("ecsServices");
            let names = services.value.and_then(Value::as_array);
            let mut names = names.into_iter().flatten();
            names.any(|it| {
                let name = it.get("serviceName").and_then(Value::as_str);
                name.map(last_segment) == Some(service.service_name.as_str())
            })
        });
        let Some(group) = group else {
            let obstacle = DeploymentObstacle::NoDeploymentGroup;
            let pointer = alloc::format!("{pointer}/deploymentController");
            self.find(pointer, Problem::DeploymentImpossible { obstacle });
            return None;
        };
        let test_routes = self.target_group_pair(&group, targets)?;
        let config = group.member("deploymentConfigName");
        let name = self
            .text(&config)
            .unwrap_or("CodeDeployDefault.ECSAllAtOnce");
        let Some(rollout) = code_deploy_rollout(last_segment(name)) else {
            let (kind, reference) = ("deployment configuration", name.to_string());
            self.find(
                config.pointer,
                Problem::UnknownReference { kind, reference },
            );
            return None;
        };
        let blue = group.member("blueGreenDeploymentConfiguration");
        let wait = blue.member("terminateBlueInstancesOnDeploymentSuccess");
        let wait = wait.member("terminationWaitTimeInMinutes");
        let wait = self.number(&wait, CODE_DEPLOY_TERMINATION_WAIT, (0, 2_880));
        Some(Deploying {
            rollout,
            bake: Some(Millis::minutes(wait)),
            alarms: self.code_deploy_alarms(&group),
            rolls_back: self.flag(
                &group.member("autoRollbackConfiguration").member("enabled"),
                false,
            ),
            test_routes,
            scale_up_limit: Some(CODE_DEPLOY_SCALE_UP_LIMIT),
            ..Deploying::default()
        })
    }

    fn target_group_pair(
        &mut self,
        group: &Place<'_>,
        targets: &mut [ServiceTarget],
    ) -> Option<Vec<String>> {
        let pairs = group
            .member("loadBalancerInfo")
            .member("targetGroupPairInfoList");
        let pair = pairs.item(0);
        for at in 0..2 {
            let place = pair.member("targetGroups").item(at);
            let name = self.text(&place.member("name")).unwrap_or_default();
            let found = self.target_group(name, &place.pointer, "name")?;
            for target in targets.iter_mut().take(1) {
                if target.target_group != found {
                    target.alternate = Some(found);
                }
            }
        }
        let route = pair.member("testTrafficRoute").member("listenerArns");
        let named = route.items().into_iter();
        let named = named.filter_map(|it| it.value.and_then(Value::as_str));
        Some(named.map(ToString::to_string).collect())
    }

    fn code_deploy_alarms(&mut self, group: &Place<'_>) -> Option<DeploymentAlarms> {
        let written = group.member("alarmConfiguration");
        if !self.flag(&written.member("enabled"), false) {
            return None;
        }
        let mut alarms = Vec::new();
        for alarm in written.member("alarms").items() {
            alarms.extend(self.alarm_named(&alarm.member("name")));
        }
        let rollback = group.member("autoRollbackConfiguration").member("enabled");
        let rollback = self.flag(&rollback, false);
        Some(DeploymentAlarms { alarms, rollback })
    }
}

/// The predefined configurations: their names say step and interval.
fn code_deploy_rollout(name: &str) -> Option<Rollout> {
    let rest = name.strip_prefix("CodeDeployDefault.").unwrap_or(name);
    if rest == "ECSAllAtOnce" {
        return Some(Rollout::Shifting {
            first: ALL_TRAFFIC,
            next: ALL_TRAFFIC,
            step_bake: Millis::ZERO,
        });
    }
    let (is_linear, rest) = match rest.strip_prefix("ECSLinear") {
        Some(rest) => (true, rest),
        None => (false, rest.strip_prefix("ECSCanary")?),
    };
    let rest = rest.strip_suffix("Minutes")?;
    let (percent, minutes) = rest.split_once(if is_linear { "PercentEvery" } else { "Percent" })?;
    let percent: Permille = percent.parse().ok().filter(|it| (1..=100).contains(it))?;
    let first = percent * 10;
    Some(Rollout::Shifting {
        first,
        next: if is_linear { first } else { ALL_TRAFFIC },
        step_bake: Millis::minutes(minutes.parse().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_of_code_deploy_are_read_from_their_names() {
        let linear = code_deploy_rollout("CodeDeployDefault.ECSLinear10PercentEvery3Minutes");
        let canary = code_deploy_rollout("CodeDeployDefault.ECSCanary10Percent15Minutes");
        let shifting = |first, next, minutes| {
            Some(Rollout::Shifting {
                first,
                next,
                step_bake: Millis::minutes(minutes),
            })
        };
        assert_eq!(linear, shifting(100, 100, 3));
        assert_eq!(canary, shifting(100, ALL_TRAFFIC, 15));
        assert_eq!(code_deploy_rollout("ECSSomething"), None);
    }
}
