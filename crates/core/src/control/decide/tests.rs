//! AWS's own worked examples of a rolling update (reference ecs.md 3.4), order by order.

use crate::control::{Action, ControlState, Fact, Observation, Placement, turn};
use crate::design::{Design, sample};
use crate::model::{Model, compile};
use crate::time::{Instant, Millis};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// One host with room for eight tasks, and a service of six without load balancer.
fn example(minimum: u32, revision: u32) -> Design {
    let mut design = sample();
    design.container_instances.truncate(1);
    design.container_instances[0].registered_memory = Some(8 * 384);
    design.services.truncate(1);
    let again = design.task_definitions[0].clone();
    design.task_definitions.push(again);
    let service = &mut design.services[0];
    service.load_balancers.clear();
    service.desired_count = Some(6);
    service.task_definition = format!("primes:{revision}");
    let bounds = service.deployment_configuration.get_or_insert_default();
    bounds.minimum_healthy_percent = Some(minimum);
    bounds.maximum_percent = Some(200);
    design
}

/// Plays turns by hand: every task that is started runs after one second, every stopped one is
/// gone after one. Returns the starts and stops of each turn.
fn play(model: &Model, state: &mut ControlState, from: Instant, until: Instant) -> String {
    let (mut now, mut story, mut log) = (from, String::new(), Vec::new());
    let mut placement = Placement::default();
    let mut seen = Vec::from([Observation::DesignChanged]);
    while now < until {
        let turn = turn(
            model,
            state,
            &mut placement,
            now,
            core::mem::take(&mut seen),
            &mut log,
        );
        let (mut started, mut stopped) = (0, 0);
        for action in turn.actions {
            match action {
                Action::StartTask { task, .. } => {
                    started += 1;
                    seen.push(Observation::ContainersStarted {
                        task,
                        bindings: Vec::new(),
                    });
                }
                Action::StopTask { .. } => stopped += 1,
                Action::StopContainers { task } => {
                    seen.push(Observation::ContainersStopped { task });
                    seen.push(Observation::NetworkDetached { task });
                }
                Action::StartDeployment { .. }
                | Action::CompleteDeployment { .. }
                | Action::FailDeployment { .. }
                | Action::EnterStage { .. }
                | Action::InvokeHooks { .. }
                | Action::PassHooks { .. }
                | Action::AdoptWish { .. }
                | Action::ScaleDeployment { .. }
                | Action::RefuseRunTask { .. }
                | Action::RegisterTarget { .. }
                | Action::DeregisterTarget { .. }
                | Action::RegisterRecord { .. }
                | Action::UpdateRecordHealth { .. }
                | Action::DeregisterRecord { .. }
                | Action::LeaveRecord { .. }
                | Action::SetDesiredCount { .. }
                | Action::SetRebalancing { .. }
                | Action::PutServiceEvent { .. } => {}
            }
        }
        let parts = [(stopped, "stop"), (started, "start")];
        for (count, verb) in parts.into_iter().filter(|(count, _)| *count > 0) {
            story += &format!("{verb} {count}, ");
        }
        let next = if seen.is_empty() {
            turn.wake_at
        } else {
            Some(now + Millis::seconds(1))
        };
        now = next.unwrap_or(until);
    }
    story
}

fn rollout(minimum: u32) -> String {
    let before = compile(&example(minimum, 1), None).model;
    let mut state = ControlState::new(1);
    let host = before.instance_named("i-0a").unwrap();
    let seen = Observation::InstanceRegistered { instance: host };
    state.apply(
        &before,
        Instant::ZERO,
        &Fact::Observed(seen),
        &mut Vec::new(),
    );
    let minutes = |minutes| Instant::ZERO + Millis::minutes(minutes);
    assert_eq!(
        play(&before, &mut state, Instant::ZERO, minutes(10)),
        "start 6, "
    );
    let after = compile(&example(minimum, 2), Some(&before)).model;
    play(&after, &mut state, minutes(10), minutes(30))
}

#[test]
fn with_100_percent_and_room_for_eight_two_at_a_time() {
    assert_eq!(
        rollout(100),
        "start 2, stop 2, start 2, stop 2, start 2, stop 2, "
    );
}

#[test]
fn with_50_percent_three_stop_and_five_start() {
    assert_eq!(rollout(50), "stop 3, start 5, stop 3, start 1, ");
}

#[test]
fn deciding_twice_decides_alike() {
    let model = compile(&sample(), None).model;
    let mut state = ControlState::new(3);
    state.apply(&model, Instant::ZERO, &Fact::Ticked, &mut Vec::new());
    let decision = super::decide(&model, &state, Instant::ZERO);
    assert!(!decision.actions.is_empty());
    assert_eq!(decision, super::decide(&model, &state, Instant::ZERO));
}
