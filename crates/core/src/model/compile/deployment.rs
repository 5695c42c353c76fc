//! How a service deploys: `deploymentController` and `deploymentConfiguration`, CodeDeploy's
//! deployment groups, task sets, and the alarms of the document.

use super::{Compiler, place};
use crate::design::{self, last_segment};
use crate::id::{AlarmIx, TargetGroupIx, TaskDefinitionIx};
use crate::model::{
    ALL_TRAFFIC, Alarm, CircuitBreaker, Controller, Deploying, DeploymentAlarms,
    DeploymentObstacle, Permille, Problem, Rollout, Scheduling, ServiceTarget, THRESHOLD_PERCENT,
    TaskSet, Threshold,
};
use crate::time::Millis;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

/// Words for `deploymentController.type`.
const CONTROLLERS: &[&str] = &["ECS", "CODE_DEPLOY", "EXTERNAL"];

/// Words for `deploymentConfiguration.strategy`.
const STRATEGIES: &[&str] = &["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"];

/// Words for `thresholdConfiguration.type`.
const THRESHOLDS: &[&str] = &["BOUNDED_PERCENT", "UNBOUNDED_PERCENT", "COUNT"];

/// A Network Load Balancer adds so much to each shift of traffic (ecs.md 3.10).
const NETWORK_SHIFT_DELAY: Millis = Millis::minutes(10);

/// Members of a service that start a deployment when they change, apart from its revision and its
/// load balancers (ecs.md 3.1).
const DEPLOYED_MEMBERS: &[&str] = &[
    "launchType",
    "networkConfiguration",
    "platformVersion",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
];

/// A value of the document and where it stands.
#[derive(Clone)]
pub(super) struct Place<'a> {
    pub(super) value: Option<&'a Value>,
    pub(super) pointer: String,
}

impl<'a> Place<'a> {
    pub(super) fn new(value: Option<&'a Value>, pointer: String) -> Self {
        let value = value.filter(|value| !value.is_null());
        Self { value, pointer }
    }

    pub(super) fn member(&self, name: &str) -> Self {
        let value = self.value.and_then(|value| value.get(name));
        Self::new(value, format!("{}/{name}", self.pointer))
    }

    /// The item at a place of a list.
    pub(super) fn item(&self, at: usize) -> Self {
        let value = self.value.and_then(|value| value.get(at));
        Self::new(value, format!("{}/{at}", self.pointer))
    }

    /// All items of a list.
    pub(super) fn items(&self) -> Vec<Self> {
        let count = self.value.and_then(Value::as_array).map_or(0, Vec::len);
        (0..count).map(|at| self.item(at)).collect()
    }
}

impl Compiler<'_> {
    /// A text where one stands; a value of another type is told of.
    pub(super) fn text<'a>(&mut self, place: &Place<'a>) -> Option<&'a str> {
        let value = place.value?;
        if value.as_str().is_none() {
            let expected = "a text";
            self.find(place.pointer.clone(), Problem::WrongShape { expected });
        }
        value.as_str()
    }

    pub(super) fn flag(&mut self, place: &Place<'_>, default: bool) -> bool {
        let Some(value) = place.value else {
            return default;
        };
        if !value.is_boolean() {
            let expected = "true or false";
            self.find(place.pointer.clone(), Problem::WrongShape { expected });
        }
        value.as_bool().unwrap_or(default)
    }

    /// One of the words, the first where none stands.
    pub(super) fn one_of(
        &mut self,
        place: &Place<'_>,
        known: &'static [&'static str],
    ) -> &'static str {
        let Some(word) = self.text(place) else {
            return known[0];
        };
        let found = known.iter().copied().find(|it| *it == word);
        if found.is_none() {
            let word = word.to_string();
            self.find(place.pointer.clone(), Problem::UnknownWord { word, known });
        }
        found.unwrap_or(known[0])
    }

    /// A number in thousandths; one out of range is told of and the nearest taken.
    pub(super) fn thousandths(
        &mut self,
        place: &Place<'_>,
        default: u64,
        range: (u64, u64),
    ) -> u64 {
        let Some(value) = place.value else {
            return default;
        };
        let Some(number) = value.as_f64().filter(|number| number.is_finite()) else {
            let expected = "a number";
            self.find(place.pointer.clone(), Problem::WrongShape { expected });
            return default;
        };
        // Decimals of a document, rounded once to whole thousandths; nothing is added up in floats.
        let scaled = (number.clamp(0.0, 1e12) * 1000.0 + 0.5) as u64;
        if number < 0.0 || !(range.0..=range.1).contains(&scaled) {
            let written = value.to_string();
            let (least, most) = (range.0 / 1000, range.1 / 1000);
            let problem = Problem::OutOfRange {
                written,
                least,
                most,
            };
            self.find(place.pointer.clone(), problem);
        }
        scaled.clamp(range.0, range.1)
    }

    pub(super) fn number(&mut self, place: &Place<'_>, default: u64, range: (u64, u64)) -> u64 {
        self.thousandths(place, default * 1000, (range.0 * 1000, range.1 * 1000)) / 1000
    }

    fn minutes(&mut self, place: &Place<'_>, default: u64, most: u64) -> Millis {
        Millis::minutes(self.number(place, default, (0, most)))
    }

    /// Alarms by name; those of the document keep their index.
    pub(super) fn alarms(&mut self) {
        let written = Place::new(self.design.extra.get("alarms"), "/alarms".into());
        let mut names = BTreeSet::new();
        for alarm in written.items() {
            let name_place = alarm.member("AlarmName");
            let Some(name) = self.text(&name_place).map(ToString::to_string) else {
                continue;
            };
            if !names.insert(name.clone()) {
                self.find(name_place.pointer, Problem::DuplicateName { name });
                continue;
            }
            let period = self.number(&alarm.member("Period"), 60, (10, 604_800));
            let periods = self.number(&alarm.member("EvaluationPeriods"), 1, (1, 10_080));
            let window = Millis::seconds(period.saturating_mul(periods));
            let compiled = Alarm {
                name: name.clone(),
                window,
                present: true,
            };
            place(
                &mut self.model.alarms,
                &mut self.names.alarms,
                name,
                compiled,
            );
        }
    }

    /// How a service deploys; `None` where it cannot.
    pub(super) fn deploying(
        &mut self,
        service: &design::Service,
        scheduling: Scheduling,
        targets: &mut [ServiceTarget],
        pointer: &str,
    ) -> Option<Deploying> {
        let controller = service.extra.get("deploymentController");
        let controller = Place::new(controller, format!("{pointer}/deploymentController"));
        let kind = controller.member("type");
        let controller = match self.one_of(&kind, CONTROLLERS) {
            "CODE_DEPLOY" => Controller::CodeDeploy,
            "EXTERNAL" => Controller::External,
            _ => Controller::Ecs,
        };
        if controller != Controller::Ecs && scheduling == Scheduling::Daemon {
            let obstacle = DeploymentObstacle::DaemonController;
            self.find(kind.pointer, Problem::DeploymentImpossible { obstacle });
            return None;
        }
        let digest = digest(service);
        let deploying = match controller {
            Controller::Ecs => self.ecs_deploying(service, targets, pointer)?,
            Controller::CodeDeploy => self.code_deploying(service, targets, pointer)?,
            Controller::External => self.external(service),
        };
        Some(Deploying {
            controller,
            digest,
            rolls_back: controller == Controller::Ecs || deploying.rolls_back,
            ..deploying
        })
    }

    fn ecs_deploying(
        &mut self,
        service: &design::Service,
        targets: &mut [ServiceTarget],
        pointer: &str,
    ) -> Option<Deploying> {
        let stated = service.deployment_configuration.as_ref();
        let pointer_of = format!("{pointer}/deploymentConfiguration");
        let extra = stated.map(|stated| &stated.extra);
        let member = |name: &str| {
            Place::new(
                extra.and_then(|extra| extra.get(name)),
                format!("{pointer_of}/{name}"),
            )
        };
        let (rollout, is_shifting) = self.rollout(&member);
        let test_routes = self.alternate_targets(service, targets, is_shifting, pointer)?;
        let breaker = self.breaker(&member("deploymentCircuitBreaker"));
        if breaker.is_some() && is_shifting {
            let obstacle = DeploymentObstacle::BreakerNotRolling;
            let pointer = member("deploymentCircuitBreaker").pointer;
            self.find(pointer, Problem::DeploymentImpossible { obstacle });
        }
        let bake = member("bakeTimeInMinutes");
        let bake = bake.value.map(|_| self.minutes(&bake, 0, 1440));
        Some(Deploying {
            rollout,
            bake,
            breaker: breaker.filter(|_| !is_shifting),
            alarms: self.deployment_alarms(&member("alarms")),
            hooks: self.hooks(&member("lifecycleHooks")),
            test_routes,
            shift_delay: self.shift_delay(targets),
            ..Deploying::default()
        })
    }

    /// The strategy with its steps, and whether it shifts traffic at all.
    fn rollout<'b>(&mut self, member: &dyn Fn(&str) -> Place<'b>) -> (Rollout, bool) {
        let shifting = |first, next, step_bake| {
            let rollout = Rollout::Shifting {
                first,
                next,
                step_bake,
            };
            (rollout, true)
        };
        match self.one_of(&member("strategy"), STRATEGIES) {
            "BLUE_GREEN" => shifting(ALL_TRAFFIC, ALL_TRAFFIC, Millis::ZERO),
            "LINEAR" => {
                let linear = member("linearConfiguration");
                let step = self.percent(&linear.member("stepPercent"), 10_000, 3_000);
                let bake = self.minutes(&linear.member("stepBakeTimeInMinutes"), 6, 1440);
                shifting(step, step, bake)
            }
            "CANARY" => {
                let canary = member("canaryConfiguration");
                let first = self.percent(&canary.member("canaryPercent"), 5_000, 100);
                let bake = self.minutes(&canary.member("canaryBakeTimeInMinutes"), 10, 1440);
                shifting(first, ALL_TRAFFIC, bake)
            }
            _ => (Rollout::Rolling, false),
        }
    }

    /// Thousandths of a percent in the document, a share in thousandths.
    fn percent(&mut self, place: &Place<'_>, default: u64, least: u64) -> Permille {
        let millipercent = self.thousandths(place, default, (least, 100_000));
        u32::try_from(millipercent / 100)
            .unwrap_or(ALL_TRAFFIC)
            .max(1)
    }

    fn breaker(&mut self, written: &Place<'_>) -> Option<CircuitBreaker> {
        if !self.flag(&written.member("enable"), false) {
            return None;
        }
        let threshold = written.member("thresholdConfiguration");
        let value = threshold.member("value");
        let default = u64::from(THRESHOLD_PERCENT);
        let threshold = match self.one_of(&threshold.member("type"), THRESHOLDS) {
            "COUNT" => Threshold::Count(self.count(&value, default, u64::from(u32::MAX))),
            "UNBOUNDED_PERCENT" => Threshold::UnboundedPercent(self.count(&value, default, 100)),
            _ => Threshold::BoundedPercent(self.count(&value, default, 100)),
        };
        Some(CircuitBreaker {
            rollback: self.flag(&written.member("rollback"), false),
            threshold,
            reset_on_healthy_task: self.flag(&written.member("resetOnHealthyTask"), true),
        })
    }

    fn count(&mut self, place: &Place<'_>, default: u64, most: u64) -> u32 {
        u32::try_from(self.number(place, default, (1, most))).unwrap_or(u32::MAX)
    }

    fn deployment_alarms(&mut self, written: &Place<'_>) -> Option<DeploymentAlarms> {
        if !self.flag(&written.member("enable"), false) {
            return None;
        }
        let mut alarms = Vec::new();
        for name in written.member("alarmNames").items() {
            alarms.extend(self.alarm_named(&name));
        }
        let rollback = self.flag(&written.member("rollback"), false);
        Some(DeploymentAlarms { alarms, rollback })
    }

    pub(super) fn alarm_named(&mut self, written: &Place<'_>) -> Option<AlarmIx> {
        let name = self.text(written)?;
        let found = self.names.alarms.get(name).copied();
        let found = found.filter(|at| self.model.alarms[*at].present);
        if found.is_none() {
            let reference = name.to_string();
            let problem = Problem::UnknownReference {
                kind: "alarm",
                reference,
            };
            self.find(written.pointer.clone(), problem);
        }
        found.map(AlarmIx::from_at)
    }

    /// The second target group of each pair, which shifting traffic needs. They belong to the load
    /// balancers, whatever the strategy: a change of strategy alone starts no deployment. Returns
    /// the rules that take test traffic.
    fn alternate_targets(
        &mut self,
        service: &design::Service,
        targets: &mut [ServiceTarget],
        is_needed: bool,
        pointer: &str,
    ) -> Option<Vec<String>> {
        let mut test_routes = Vec::new();
        for (at, wire) in service.load_balancers.iter().enumerate() {
            let pointer = format!("{pointer}/loadBalancers/{at}");
            let advanced = wire.extra.get("advancedConfiguration");
            let advanced = Place::new(advanced, format!("{pointer}/advancedConfiguration"));
            let alternate = advanced.member("alternateTargetGroupArn");
            let Some(name) = self.text(&alternate) else {
                if !is_needed {
                    continue;
                }
                let obstacle = DeploymentObstacle::NoAlternateTargetGroup;
                self.find(advanced.pointer, Problem::DeploymentImpossible { obstacle });
                return None;
            };
            let group = self.target_group(name, &advanced.pointer, "alternateTargetGroupArn")?;
            let test = self.text(&advanced.member("testListenerRule"));
            test_routes.extend(test.map(ToString::to_string));
            if let Some(target) = targets.get_mut(at) {
                target.alternate = Some(group);
            }
        }
        Some(test_routes)
    }

    fn shift_delay(&self, targets: &[ServiceTarget]) -> Millis {
        let is_network = |group: TargetGroupIx| {
            let group = self.model.target_group(group);
            !group.is_classic && !group.protocol.is_http()
        };
        if targets.iter().any(|target| is_network(target.target_group)) {
            NETWORK_SHIFT_DELAY
        } else {
            Millis::ZERO
        }
    }

    /// The task sets of a service with an EXTERNAL controller, which it may have without one of
    /// its own revision.
    fn external(&mut self, service: &design::Service) -> Deploying {
        let written = Place::new(self.design.extra.get("taskSets"), "/taskSets".into());
        let mut task_sets = Vec::new();
        for set in written.items() {
            let owner = self.text(&set.member("service"));
            if owner.map(last_segment) == Some(service.service_name.as_str()) {
                task_sets.extend(self.task_set(&set));
            }
        }
        self.only_one_primary(&mut task_sets);
        Deploying {
            task_sets,
            ..Deploying::default()
        }
    }

    /// Of several PRIMARY task sets the first is it.
    fn only_one_primary(&mut self, sets: &mut [TaskSet]) {
        let primary = sets.iter_mut().filter(|set| set.is_primary);
        let others: Vec<String> = primary
            .skip(1)
            .map(|set| {
                set.is_primary = false;
                set.id.clone()
            })
            .collect();
        for name in others {
            let problem = Problem::SecondPrimary { name };
            self.find("/taskSets".into(), problem);
        }
    }

    /// The revision of a service's first task set.
    pub(super) fn first_of_task_sets(&self, service: &design::Service) -> Option<String> {
        let sets = self.design.extra.get("taskSets")?.as_array()?;
        let name = |set: &Value, member: &str| set.get(member)?.as_str().map(ToString::to_string);
        let is_its = |set: &&Value| {
            let owner = name(set, "service");
            owner.as_deref().map(last_segment) == Some(service.service_name.as_str())
        };
        name(sets.iter().find(is_its)?, "taskDefinition")
    }

    fn task_set(&mut self, set: &Place<'_>) -> Option<TaskSet> {
        let id = [set.member("id"), set.member("externalId")]
            .iter()
            .find_map(|place| self.text(place))
            .map_or_else(|| set.pointer.clone(), ToString::to_string);
        let definition = set.member("taskDefinition");
        let reference = self.text(&definition).unwrap_or_default();
        let task_definition = self.definition_named(reference, definition.pointer)?;
        let mut targets = Vec::new();
        for wire in set.member("loadBalancers").items() {
            let group = self.text(&wire.member("targetGroupArn"))?;
            let target_group = self.target_group(group, &wire.pointer, "targetGroupArn")?;
            let container_name = self.text(&wire.member("containerName"))?.to_string();
            let port = self.number(&wire.member("containerPort"), 0, (0, 65_535));
            targets.push(ServiceTarget {
                target_group,
                alternate: None,
                container_name,
                container_port: u16::try_from(port).unwrap_or(0),
            });
        }
        let registries = set.member("serviceRegistries");
        if registries.value.is_some() {
            let what = "serviceRegistries of a task set".to_string();
            self.find(registries.pointer, Problem::NotSimulated { what });
        }
        let scale = set.member("scale").member("value");
        let scale = self.thousandths(&scale, 0, (0, 100_000));
        let is_primary = self.text(&set.member("status")) == Some("PRIMARY");
        Some(TaskSet {
            id,
            task_definition,
            targets,
            scale_millipercent: u32::try_from(scale).unwrap_or(0),
            is_primary,
        })
    }

    /// The revision that a reference leads to; one that leads nowhere is told of.
    pub(super) fn definition_named(
        &mut self,
        reference: &str,
        pointer: String,
    ) -> Option<TaskDefinitionIx> {
        let name = last_segment(reference);
        let newest = self.design.revisions(name).last();
        let wanted = newest.map_or_else(
            || name.to_string(),
            |(number, ..)| crate::taskdef::revision_name(name, number),
        );
        // Revisions that the document dropped or broke stay in the model for tasks that still run.
        let sound = self.sound.contains(&wanted);
        let found = self.names.definitions.get(&wanted).copied();
        let found = found.filter(|_| sound).map(TaskDefinitionIx::from_at);
        if found.is_none() {
            let (kind, reference) = ("task definition", reference.to_string());
            self.find(pointer, Problem::UnknownReference { kind, reference });
        }
        found
    }
}

/// What of a service starts a deployment when it changes, as one number.
fn digest(service: &design::Service) -> u64 {
    let members = DEPLOYED_MEMBERS.iter();
    let stated = members.filter_map(|name| {
        let value = service.extra.get(*name).filter(|value| !value.is_null())?;
        Some(format!("{name}={value}\n"))
    });
    crate::draw::digest(stated.collect::<String>().as_bytes())
}
