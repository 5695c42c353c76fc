//! Blue/green, linear and canary deployments, by ECS itself or by CodeDeploy: the new revision is
//! scaled up beside the old one, then traffic moves, stage by stage (ecs.md 3.10).
//!
//! A stage is looked at in each tick and left in the first one in which nothing keeps it.

use super::Decider;
use crate::control::fact::Action;
use crate::control::state::{Deployment, DeploymentFailure, ServiceState, Shift};
use crate::id::ServiceIx;
use crate::model::{ALL_TRAFFIC, Deploying, Hook, HookKind, Permille, Rollout, Stage};
use crate::time::Millis;

/// A stage may last so long (ecs.md 3.10).
const STAGE_LIMIT: Millis = Millis::minutes(24 * 60);

/// What a stage has to say.
enum Progress {
    /// It goes on.
    Stay,
    /// It is over.
    Pass,
    /// It makes the deployment fail.
    Fail(DeploymentFailure),
}

impl<'a> Decider<'a> {
    pub(super) fn shifting(
        &mut self,
        service: ServiceIx,
        known: &'a ServiceState,
        green: &'a Deployment,
        (shift, desired): (Shift, u32),
    ) {
        let blue = known.stable().map(|it| it.id);
        let mut is_scaled_up = false;
        let mut is_reconciled = true;
        for deployment in &known.deployments {
            let is_green = deployment.id == green.id;
            let keeps = if is_green {
                shift.stage >= Stage::ScaleUp
            } else {
                Some(deployment.id) == blue
            };
            let count = if keeps { desired } else { 0 };
            let settled = self.keep(service, known, deployment, count);
            is_scaled_up |= is_green && settled;
            is_reconciled &= settled || keeps || is_green;
        }
        self.wake_next_tick();
        let is_ready = match shift.stage {
            Stage::ReconcileService => is_reconciled,
            Stage::ScaleUp => is_scaled_up,
            Stage::TestTrafficShift | Stage::ProductionTrafficShift => {
                self.now >= shift.since + self.shift_time(service, green, shift.stage)
            }
            Stage::BakeTime => self.now >= shift.since + self.bake(service),
            Stage::PreScaleUp
            | Stage::PostScaleUp
            | Stage::PostTestTrafficShift
            | Stage::PreProductionTrafficShift
            | Stage::PostProductionTrafficShift
            | Stage::CleanUp => true,
        };
        match self.progress(service, known, green, shift, is_ready) {
            Progress::Stay => {}
            Progress::Fail(failure) => {
                let rollback = self.model.service(service).deploying.rolls_back;
                self.give_up(service, known, green.id, failure, rollback);
            }
            Progress::Pass => self.enter_next(service, green, shift),
        }
    }

    /// How long a shift of traffic lasts: what the load balancer takes, and the bake time of a
    /// step that is not the last one.
    fn shift_time(&self, service: ServiceIx, green: &Deployment, stage: Stage) -> Millis {
        let deploying = &self.model.service(service).deploying;
        let bake = match deploying.rollout {
            Rollout::Shifting { step_bake, .. }
                if stage == Stage::ProductionTrafficShift && green.production < ALL_TRAFFIC =>
            {
                step_bake
            }
            Rollout::Shifting { .. } | Rollout::Rolling => Millis::ZERO,
        };
        deploying.shift_delay + bake
    }

    fn progress(
        &mut self,
        service: ServiceIx,
        known: &ServiceState,
        green: &Deployment,
        shift: Shift,
        is_ready: bool,
    ) -> Progress {
        let deploying = &self.model.service(service).deploying;
        let stage = shift.stage;
        // Hooks and bake times have limits of their own, which come on top.
        let limit = if stage == Stage::ScaleUp {
            deploying.scale_up_limit.unwrap_or(STAGE_LIMIT)
        } else {
            STAGE_LIMIT + longest(&deploying.hooks) + self.bake(service)
        };
        if !shift.hooks_passed {
            let passed = self.hooks_pass(service, known, green, shift);
            match passed {
                Progress::Pass => {}
                Progress::Stay | Progress::Fail(_) => return passed,
            }
        }
        if is_ready {
            Progress::Pass
        } else if self.now >= shift.since + limit {
            Progress::Fail(DeploymentFailure::StageTimeout(stage))
        } else {
            Progress::Stay
        }
    }

    /// Whether the hooks of the stage let the deployment pass. Where one of them pauses, the
    /// operator's word counts for all.
    fn hooks_pass(
        &mut self,
        service: ServiceIx,
        known: &ServiceState,
        green: &Deployment,
        shift: Shift,
    ) -> Progress {
        let hooks = &self.model.service(service).deploying.hooks;
        let here = || {
            hooks
                .iter()
                .filter(|hook| hook.stages.contains(&shift.stage))
        };
        let over = |hook: &&Hook| self.now >= shift.since + hook.timeout;
        let failure = match known.hook_answer {
            _ if here().next().is_none() => return Progress::Pass,
            Some(true) => None,
            Some(false) => Some(DeploymentFailure::Hook(shift.stage)),
            None if here().any(|hook| over(&hook) && !hook.continues_on_timeout) => {
                Some(DeploymentFailure::HookTimeout(shift.stage))
            }
            None if here().all(|hook| over(&hook)) => None,
            None => {
                let pauses = here().any(|hook| hook.kind == HookKind::Pause);
                if !pauses && !shift.hooks_asked {
                    self.order(Action::InvokeHooks {
                        service,
                        deployment: green.id,
                        stage: shift.stage,
                    });
                }
                return Progress::Stay;
            }
        };
        if let Some(failure) = failure {
            return Progress::Fail(failure);
        }
        self.order(Action::PassHooks {
            service,
            deployment: green.id,
        });
        Progress::Pass
    }

    fn enter_next(&mut self, service: ServiceIx, green: &Deployment, shift: Shift) {
        let deploying = &self.model.service(service).deploying;
        let has_traffic = !green.targets.is_empty();
        let stage = next_stage(deploying, shift.stage, green.production, has_traffic);
        let production = match stage {
            Stage::ProductionTrafficShift => next_share(deploying.rollout, green.production),
            // A service without load balancer is replaced without any traffic to shift.
            Stage::CleanUp => ALL_TRAFFIC,
            Stage::ReconcileService
            | Stage::PreScaleUp
            | Stage::ScaleUp
            | Stage::PostScaleUp
            | Stage::TestTrafficShift
            | Stage::PostTestTrafficShift
            | Stage::PreProductionTrafficShift
            | Stage::PostProductionTrafficShift
            | Stage::BakeTime => green.production,
        };
        self.order(Action::EnterStage {
            service,
            deployment: green.id,
            stage,
            production,
            test: shift.test || stage == Stage::TestTrafficShift,
        });
    }
}

fn longest(hooks: &[Hook]) -> Millis {
    let timeouts = hooks.iter().map(|hook| hook.timeout);
    timeouts.max().unwrap_or(Millis::ZERO)
}

/// The stage behind `stage`. Each further step of production traffic repeats the one before it.
fn next_stage(deploying: &Deploying, stage: Stage, production: Permille, traffic: bool) -> Stage {
    match stage {
        Stage::ReconcileService => Stage::PreScaleUp,
        Stage::PreScaleUp => Stage::ScaleUp,
        Stage::ScaleUp => Stage::PostScaleUp,
        Stage::PostScaleUp if !traffic => Stage::BakeTime,
        Stage::PostScaleUp if !deploying.test_routes.is_empty() => Stage::TestTrafficShift,
        Stage::PostScaleUp | Stage::PostTestTrafficShift => Stage::PreProductionTrafficShift,
        Stage::TestTrafficShift => Stage::PostTestTrafficShift,
        Stage::PreProductionTrafficShift => Stage::ProductionTrafficShift,
        Stage::ProductionTrafficShift if production < ALL_TRAFFIC => {
            Stage::PreProductionTrafficShift
        }
        Stage::ProductionTrafficShift => Stage::PostProductionTrafficShift,
        Stage::PostProductionTrafficShift => Stage::BakeTime,
        Stage::BakeTime | Stage::CleanUp => Stage::CleanUp,
    }
}

/// The new revision's share after the next step.
fn next_share(rollout: Rollout, production: Permille) -> Permille {
    match rollout {
        Rollout::Rolling => ALL_TRAFFIC,
        Rollout::Shifting { first, .. } if production == 0 => first.min(ALL_TRAFFIC),
        Rollout::Shifting { next, .. } => production.saturating_add(next).min(ALL_TRAFFIC),
    }
}
