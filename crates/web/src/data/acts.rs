//! What an operator can do to a part while a run plays: one table of labels, conditions and
//! inputs, in the order of the buttons. Whether ECS then lets it happen is the core's to say.

use crate::data::form::Action;
use crate::data::traffic;
use crate::session::{Intent, Shown};
use stowplan_core::control::{InstanceStatus, RolloutState, TaskStatus};
use stowplan_core::design::Part;
use stowplan_core::id::{ServiceIx, TaskId, ZoneIx};
use stowplan_core::model::Model;
use stowplan_core::scene::Subject;
use stowplan_core::sim::{BadRevision, Check, Input, Share, StopType, Whom, World, ZoneHosts};

/// The kinds of parts that something is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Host,
    Task,
    Service,
    Zone,
}

/// What is so of a part now, as far as an act depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    Active,
    Draining,
    Connected,
    Disconnected,
    On,
    Stopped,
    Running,
    Checked,
    MadeUnhealthy,
    Protected,
    Unprotected,
    Deploying,
    AwaitingHook,
    AsFast,
    MadeSlow,
    Sound,
    Degraded,
    Up,
    Failed,
}

/// A line of the table.
struct Act {
    of: Of,
    label: &'static str,
    /// All of this has to be so.
    when: &'static [Is],
    is_harmful: bool,
    /// The input, by the name of the part.
    input: fn(String) -> Input,
}

const fn mild(of: Of, label: &'static str, when: &'static [Is], input: fn(String) -> Input) -> Act {
    Act {
        of,
        label,
        when,
        is_harmful: false,
        input,
    }
}

const fn harm(of: Of, label: &'static str, when: &'static [Is], input: fn(String) -> Input) -> Act {
    Act {
        is_harmful: true,
        ..mild(of, label, when, input)
    }
}

/// Health checks wait five seconds for an answer unless they are told otherwise.
const LATE_MS: u32 = 6000;

/// Longer than most things wait for a service to start.
const SLOW_SECONDS: u32 = 120;

/// Every act. Of each part, what breaks something comes last.
const ACTS: &[Act] = &[
    mild(Of::Host, "Drain", &[Is::Active], |instance| {
        Input::DrainInstance { instance }
    }),
    mild(Of::Host, "Activate", &[Is::Draining], |instance| {
        Input::ActivateInstance { instance }
    }),
    mild(
        Of::Host,
        "Reconnect agent",
        &[Is::On, Is::Disconnected],
        |instance| Input::ReconnectAgent { instance },
    ),
    mild(Of::Host, "Start instance", &[Is::Stopped], |instance| {
        Input::StartInstance { instance }
    }),
    harm(
        Of::Host,
        "Disconnect agent",
        &[Is::On, Is::Connected],
        |instance| Input::DisconnectAgent { instance },
    ),
    harm(Of::Host, "Stop instance", &[Is::On], |instance| {
        Input::StopInstance { instance }
    }),
    harm(Of::Host, "Spot interruption", &[Is::On], |instance| {
        Input::InterruptSpotInstance { instance }
    }),
    harm(Of::Host, "Deregister (force)", &[], |instance| {
        Input::DeregisterInstance {
            instance,
            force: true,
        }
    }),
    harm(Of::Host, "Terminate instance", &[], |instance| {
        Input::TerminateInstance { instance }
    }),
    mild(
        Of::Task,
        "Protect from scale-in",
        &[Is::Running, Is::Unprotected],
        |task| protection(task, true),
    ),
    mild(Of::Task, "Unprotect", &[Is::Protected], |task| {
        protection(task, false)
    }),
    mild(
        Of::Task,
        "Restore health check",
        &[Is::MadeUnhealthy],
        |task| Input::RestoreHealthCheck {
            of: of_task(task),
            container: None,
            check: Check::Both,
        },
    ),
    harm(
        Of::Task,
        "Fail health check",
        &[Is::Running, Is::Checked],
        |task| Input::FailHealthCheck {
            of: of_task(task),
            container: None,
            check: Check::Both,
        },
    ),
    harm(Of::Task, "Exit 1", &[Is::Running], |task| {
        Input::CrashTask { task, exit_code: 1 }
    }),
    harm(Of::Task, "Out of memory", &[Is::Running], |task| {
        Input::KillOutOfMemory {
            task,
            container: None,
        }
    }),
    harm(Of::Task, "Stop task", &[], |task| Input::StopTask {
        task,
        reason: None,
    }),
    mild(Of::Service, "Force new deployment", &[], |service| {
        Input::UpdateService {
            service,
            cluster: None,
            force_new_deployment: true,
            members: std::collections::BTreeMap::new(),
        }
    }),
    mild(Of::Service, "Continue", &[Is::AwaitingHook], |service| {
        Input::ContinueServiceDeployment { service }
    }),
    mild(
        Of::Service,
        "Roll back deployment",
        &[Is::Deploying],
        |service| Input::StopServiceDeployment {
            service,
            stop_type: StopType::Rollback,
        },
    ),
    mild(Of::Service, "Start as before", &[Is::MadeSlow], |service| {
        Input::SlowStart {
            service,
            seconds: None,
        }
    }),
    mild(Of::Service, "Restore", &[Is::Degraded], |service| {
        Input::RestoreContainer {
            of: of_service(service),
            container: None,
        }
    }),
    harm(
        Of::Service,
        "Slow start (120 s)",
        &[Is::AsFast],
        |service| Input::SlowStart {
            service,
            seconds: Some(SLOW_SECONDS),
        },
    ),
    harm(Of::Service, "Degrade (6 s late)", &[Is::Sound], |service| {
        Input::DegradeContainer {
            of: of_service(service),
            container: None,
            latency_ms: LATE_MS,
            error_rate: Share::default(),
        }
    }),
    harm(Of::Service, "Bad revision: exit", &[], |service| {
        bad(service, BadRevision::Exit)
    }),
    harm(Of::Service, "Bad revision: image", &[], |service| {
        bad(service, BadRevision::Image)
    }),
    harm(Of::Service, "Bad revision: healthCheck", &[], |service| {
        bad(service, BadRevision::HealthCheck)
    }),
    harm(Of::Service, "Bad revision: slowStart", &[], |service| {
        bad(service, BadRevision::SlowStart)
    }),
    mild(Of::Zone, "Recover zone", &[Is::Failed], |zone| {
        Input::RecoverAvailabilityZone { zone }
    }),
    harm(Of::Zone, "Fail zone", &[Is::Up], |zone| {
        Input::FailAvailabilityZone {
            zone,
            hosts: ZoneHosts::Stopped,
        }
    }),
];

fn of_task(task: String) -> Whom {
    Whom {
        task: Some(task),
        service: None,
    }
}

fn of_service(service: String) -> Whom {
    Whom {
        task: None,
        service: Some(service),
    }
}

fn protection(task: String, protection_enabled: bool) -> Input {
    Input::UpdateTaskProtection {
        task,
        protection_enabled,
        expires_in_minutes: None,
    }
}

fn bad(service: String, failure: BadRevision) -> Input {
    Input::DeployBadRevision { service, failure }
}

/// What can be done to `subject` at the present moment of the run, in the table's order; nothing
/// where no run is shown.
#[must_use]
pub fn acts(shown: &Shown<'_>, subject: Option<&Subject>) -> Vec<Action> {
    let traffic = traffic::acts(shown, subject);
    let found = shown
        .world
        .zip(subject)
        .and_then(|(world, subject)| condition(world, subject));
    let Some((of, name, is)) = found else {
        return traffic;
    };
    let offered = |act: &&Act| act.of == of && act.when.iter().all(|wanted| is.contains(wanted));
    let action = |act: &Act| Action {
        label: act.label.into(),
        intent: Intent::Act(Box::new((act.input)(name.clone()))),
        is_harmful: act.is_harmful,
    };
    ACTS.iter().filter(offered).map(action).collect()
}

/// What kind of part it is, its name in inputs, and how it is now; `None` where it is not there.
fn condition(world: &World, subject: &Subject) -> Option<(Of, String, Vec<Is>)> {
    match subject {
        Subject::Task(task) => Some((Of::Task, task.to_string(), task_is(world, *task)?)),
        Subject::Part(Part::ContainerInstance(name)) => {
            Some((Of::Host, name.clone(), host_is(world, name)?))
        }
        Subject::Part(Part::Service(name)) => {
            let service = world.model().service_named(name)?;
            Some((Of::Service, name.clone(), service_is(world, service)))
        }
        Subject::Part(Part::Zone(name)) => {
            let at = world.model().zones.iter().position(|zone| zone == name)?;
            let is_failed = world.is_zone_failed(ZoneIx::from_at(at));
            let is = either(is_failed, Is::Failed, Is::Up);
            Some((Of::Zone, name.clone(), vec![is]))
        }
        Subject::Part(
            Part::Cluster(_)
            | Part::TaskDefinition(_)
            | Part::LoadBalancer(_)
            | Part::Listener(_)
            | Part::Rule(..)
            | Part::TargetGroup(_),
        ) => None,
    }
}

const fn either(is: bool, yes: Is, no: Is) -> Is {
    if is { yes } else { no }
}

fn host_is(world: &World, name: &str) -> Option<Vec<Is>> {
    let at = world.model().instance_named(name)?;
    let state = world.control().instances.get(&at)?;
    let status = match state.status {
        InstanceStatus::Active => Is::Active,
        InstanceStatus::Draining => Is::Draining,
        InstanceStatus::Inactive => return None,
    };
    let stopped = world.stopped_hosts().contains(&at);
    Some(vec![
        status,
        either(stopped, Is::Stopped, Is::On),
        either(state.connected, Is::Connected, Is::Disconnected),
    ])
}

fn task_is(world: &World, id: TaskId) -> Option<Vec<Is>> {
    let task = world.control().tasks.get(&id)?;
    if !task.is_wanted() || task.last_status == TaskStatus::Stopped {
        return None;
    }
    let is_protected = task.protected_until.is_some();
    let mut is = vec![either(is_protected, Is::Protected, Is::Unprotected)];
    let made_unhealthy = world.is_made_unhealthy(id);
    is.extend((task.last_status == TaskStatus::Running).then_some(Is::Running));
    is.extend(made_unhealthy.then_some(Is::MadeUnhealthy));
    let is_checked = is_checked(world.model(), task.service, id, world);
    is.extend((is_checked && !made_unhealthy).then_some(Is::Checked));
    Some(is)
}

/// Whether anybody checks a task's health.
fn is_checked(model: &Model, service: ServiceIx, task: TaskId, world: &World) -> bool {
    let definition = world.control().tasks[&task].task_definition;
    let document = &model.definition(definition).document;
    let mut containers = document.container_definitions.iter();
    containers.any(|it| it.health_check.is_some()) || !model.service(service).targets.is_empty()
}

fn service_is(world: &World, service: ServiceIx) -> Vec<Is> {
    let known = world.control().services.get(&service);
    let primary = known.and_then(|known| known.primary());
    let deploying = primary.is_some_and(|it| it.rollout_state == RolloutState::InProgress);
    let mut is = vec![
        either(world.is_made_slow(service), Is::MadeSlow, Is::AsFast),
        either(world.is_degraded(service), Is::Degraded, Is::Sound),
    ];
    is.extend(deploying.then_some(Is::Deploying));
    is.extend(world.waits_for_hooks(service).then_some(Is::AwaitingHook));
    is
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;
    use stowplan_core::control::EventKind;
    use stowplan_core::design::sample;
    use stowplan_core::time::Instant;

    fn playing() -> Session {
        let mut session = Session::new(sample());
        session.dispatch(Intent::Seek(Instant(120_000)));
        session
    }

    fn offered(session: &Session, subject: &Subject) -> Vec<Action> {
        acts(&session.shown(), Some(subject))
    }

    fn labels(session: &Session, subject: &Subject) -> String {
        let offered = offered(session, subject).into_iter();
        offered.map(|it| it.label).collect::<Vec<_>>().join(", ")
    }

    /// Does it by its label, and fails if the simulator refuses it.
    fn act(session: &mut Session, subject: &Subject, label: &str) {
        let found = offered(session, subject).into_iter();
        let mut found = found.filter(|it| it.label == label);
        session.dispatch(found.next().expect(label).intent);
        assert_eq!(refusal(session), None, "{label}");
    }

    fn refusal(session: &Session) -> Option<String> {
        let events = session.run().unwrap().timeline().events();
        let mut events = events.iter().rev();
        events.find_map(|event| {
            let EventKind::InputRefused { reason, .. } = &event.kind else {
                return None;
            };
            Some(reason.clone())
        })
    }

    fn subjects(session: &Session) -> [Subject; 4] {
        let tasks = &session.shown().control.unwrap().tasks;
        [
            Subject::Part(Part::ContainerInstance("i-0a".into())),
            Subject::Task(*tasks.keys().next().unwrap()),
            Subject::Part(Part::Service("primes".into())),
            Subject::Part(Part::Zone("us-east-1a".into())),
        ]
    }

    #[test]
    fn each_part_offers_what_makes_sense_now() {
        let session = playing();
        let [host, task, service, zone] = subjects(&session);
        assert_eq!(
            labels(&session, &host),
            "Drain, Disconnect agent, Stop instance, Spot interruption, Deregister (force), \
             Terminate instance"
        );
        assert_eq!(
            labels(&session, &task),
            "Protect from scale-in, Fail health check, Exit 1, Out of memory, Stop task"
        );
        assert_eq!(
            labels(&session, &service),
            "Force new deployment, Slow start (120 s), Degrade (6 s late), Bad revision: exit, \
             Bad revision: image, Bad revision: healthCheck, Bad revision: slowStart"
        );
        assert_eq!(labels(&session, &zone), "Fail zone");
        let rule = Subject::Part(Part::TargetGroup("primes-tg".into()));
        assert_eq!(labels(&session, &rule), "");
    }

    #[test]
    fn nothing_is_offered_on_the_document() {
        let mut session = playing();
        let subjects = subjects(&session);
        session.dispatch(Intent::SetMode(crate::session::Mode::Design));
        for subject in subjects {
            assert_eq!(labels(&session, &subject), "");
        }
    }

    #[test]
    fn everything_that_is_offered_has_its_effect() {
        for (at, subject) in subjects(&playing()).iter().enumerate() {
            for action in offered(&playing(), subject) {
                let mut session = playing();
                let subject = &subjects(&session)[at];
                act(&mut session, subject, &action.label);
            }
        }
    }

    #[test]
    fn what_was_done_can_be_undone() {
        for (at, there, back) in [
            (0, "Drain", "Activate"),
            (0, "Disconnect agent", "Reconnect agent"),
            (0, "Stop instance", "Start instance"),
            (1, "Protect from scale-in", "Unprotect"),
            (1, "Fail health check", "Restore health check"),
            (2, "Slow start (120 s)", "Start as before"),
            (2, "Degrade (6 s late)", "Restore"),
            (2, "Bad revision: exit", "Roll back deployment"),
            (3, "Fail zone", "Recover zone"),
        ] {
            let mut session = playing();
            let subject = &subjects(&session)[at];
            act(&mut session, subject, there);
            let now = labels(&session, subject);
            assert!(
                !now.split(", ").any(|label| label == there) || at == 2,
                "{now}"
            );
            act(&mut session, subject, back);
        }
    }

    #[test]
    fn what_breaks_something_comes_last() {
        for of in [Of::Host, Of::Task, Of::Service, Of::Zone] {
            let of_it = ACTS.iter().filter(|act| act.of == of);
            let harms: Vec<bool> = of_it.map(|act| act.is_harmful).collect();
            assert!(harms.is_sorted(), "{of:?}");
        }
    }
}
