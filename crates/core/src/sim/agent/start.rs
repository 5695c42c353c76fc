//! Starting the containers of a task in their order, and what happens when one ends by itself
//! (ecs.md 1.4 to 1.6 and 1.8).

use super::container::{Life, NEVER_STARTED, Wait, condition, wait};
use super::{AgentTask, PullFailure, Stage};
use crate::control::{ContainerHealth, Observation};
use crate::id::TaskId;
use crate::sim::world::{Due, World};
use crate::taskdef::{Condition, ContainerDefinition, Edge, EdgeKind, edges};
use crate::time::{Instant, Millis};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What ECS says of a task whose containers waited in vain for one another.
const FAILED_TO_START: &str = "Task failed to start";

/// What can be done about a container now.
enum Step {
    Pull,
    Start,
    GiveUp,
}

/// A container that ended, and how.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct Exit {
    pub(in crate::sim) container: usize,
    pub(in crate::sim) exit_code: i32,
    pub(in crate::sim) out_of_memory: bool,
}

impl World {
    pub(in crate::sim) fn pull_started(&mut self, task: TaskId, seen: &mut Vec<Observation>) {
        let Some(agent) = self.agent_at(task, Stage::Waiting) else {
            return;
        };
        agent.stage = Stage::Starting;
        let instance = agent.instance;
        let agent = &self.agents[&task];
        let containers = 0..agent.containers.len();
        let mut errors = containers.filter_map(|at| self.start_error(agent, at));
        let resource = errors.find(|error| error.starts_with("ResourceInitializationError"));
        if let Some(reason) = resource.map(String::from) {
            self.fail(task, reason);
            return;
        }
        self.report(instance, Observation::PullStarted { task }, seen);
        self.advance(task, seen);
    }

    pub(in crate::sim) fn pulled(
        &mut self,
        task: TaskId,
        container: usize,
        seen: &mut Vec<Observation>,
    ) {
        let Some(agent) = self.agent_at(task, Stage::Starting) else {
            return;
        };
        if agent.containers[container].life == Life::Pulling {
            agent.containers[container].life = Life::Pulled;
            self.advance(task, seen);
        }
    }

    pub(in crate::sim) fn pull_failed(
        &mut self,
        (task, container): (TaskId, usize),
        why: PullFailure,
        until: Instant,
        seen: &mut Vec<Observation>,
    ) {
        let now = self.now;
        let Some(agent) = self.agent_at(task, Stage::Starting) else {
            return;
        };
        if agent.containers[container].life != Life::Pulling {
            return;
        }
        if now < until {
            self.try_pull(task, container, until);
        } else {
            let document = Arc::clone(&self.agents[&task].document);
            let image = &document.container_definitions[container].image;
            self.cannot_start(task, container, why.reason(image), seen);
        }
    }

    /// A container does not get as far as running. Only an essential one takes the task along;
    /// of another one nobody hears but those who wait for it (ecs.md 1.4 and 1.5).
    fn cannot_start(
        &mut self,
        task: TaskId,
        container: usize,
        reason: String,
        seen: &mut Vec<Observation>,
    ) {
        let Some(agent) = self.agent(task) else {
            return;
        };
        agent.containers[container].life = Life::Ended {
            exit_code: None,
            ran: false,
        };
        if agent.document.container_definitions[container].is_essential() {
            self.fail(task, reason);
        } else {
            self.advance(task, seen);
        }
    }

    /// Does whatever the order of the containers allows now, and tells when all of them run.
    pub(in crate::sim) fn advance(&mut self, task: TaskId, seen: &mut Vec<Observation>) {
        let Some(agent) = self.agents.get(&task) else {
            return;
        };
        let document = Arc::clone(&agent.document);
        let containers = &document.container_definitions;
        let edges = edges(containers);
        let scene = Scene {
            containers,
            edges: &edges,
            upfront: self.agent_config(agent.instance).pull_upfront,
            now: self.now,
            created: self.creation(),
        };
        loop {
            let agent = self.agents.get(&task);
            let agent = agent.filter(|agent| agent.stage == Stage::Starting);
            let Some((container, step)) = agent.and_then(|agent| scene.next_step(agent)) else {
                break;
            };
            match step {
                Step::Pull => self.pull(task, container),
                Step::Start => self.start_container(task, container, &edges),
                Step::GiveUp => self.give_up(task, container, containers[container].is_essential()),
            }
        }
        self.settle(task, seen);
    }

    /// How long creating takes of a container's start: half of it. Our choice.
    fn creation(&self) -> Millis {
        Millis(self.model.settings.container_start.0 / 2)
    }

    fn start_container(&mut self, task: TaskId, container: usize, edges: &[Edge]) {
        let now = self.now;
        if let Some(agent) = self.agent(task) {
            agent.containers[container].life = Life::Starting { since: now };
        }
        let gives_volumes = |edge: &Edge| edge.to == container && edge.kind == EdgeKind::Volumes;
        if edges.iter().any(gives_volumes) {
            self.due_in(self.creation(), Due::Advance(task));
        }
        let length = self.model.settings.container_start;
        self.due_in(length, Due::ContainerStarted(task, container));
    }

    /// What a container waited for will never happen: it counts as stopped (ecs.md 1.5).
    fn give_up(&mut self, task: TaskId, container: usize, essential: bool) {
        if let Some(agent) = self.agent(task) {
            agent.containers[container].life = Life::Ended {
                exit_code: Some(NEVER_STARTED),
                ran: false,
            };
        }
        if essential {
            self.fail(task, FAILED_TO_START.into());
        }
    }

    /// Tells that all images are there, and that every container runs or has done its work.
    fn settle(&mut self, task: TaskId, seen: &mut Vec<Observation>) {
        let Some(agent) = self.agents.get(&task) else {
            return;
        };
        if agent.stage != Stage::Starting {
            return;
        }
        let all_pulled = !agent.containers.iter().any(|it| it.lacks_image());
        let all_run = !agent.containers.iter().any(|it| it.is_on_its_way());
        let (instance, pulled) = (agent.instance, agent.pulled);
        if all_pulled && !pulled {
            self.report(instance, Observation::PullStopped { task }, seen);
        }
        let bindings = all_run.then(|| self.bindings(task, instance, &self.agents[&task].document));
        if all_pulled && let Some(agent) = self.agent(task) {
            agent.pulled = true;
            if all_run {
                agent.stage = Stage::Running;
            }
        }
        if let Some(bindings) = bindings {
            let started = Observation::ContainersStarted { task, bindings };
            self.report(instance, started, seen);
            self.report_health(task, seen);
        }
    }

    pub(in crate::sim) fn container_started(
        &mut self,
        task: TaskId,
        container: usize,
        seen: &mut Vec<Observation>,
    ) {
        let Some(agent) = self.agent_at(task, Stage::Starting) else {
            return;
        };
        if !matches!(agent.containers[container].life, Life::Starting { .. }) {
            return;
        }
        let error = self.start_error(&self.agents[&task], container);
        if let Some(reason) = error.map(String::from) {
            self.cannot_start(task, container, reason, seen);
            return;
        }
        self.run_container(task, container);
        self.advance(task, seen);
    }

    /// A container runs from now on.
    fn run_container(&mut self, task: TaskId, container: usize) {
        let now = self.now;
        let Some(agent) = self.agents.get(&task) else {
            return;
        };
        let (startup, own_end) = (
            self.startup(agent, container),
            self.own_end(agent, container),
        );
        let document = Arc::clone(&agent.document);
        let definition = &document.container_definitions[container];
        let Some(agent) = self.agent(task) else {
            return;
        };
        let known = &mut agent.containers[container];
        known.starts += 1;
        known.health = ContainerHealth::Unknown;
        known.failures = 0;
        known.life = Life::Running {
            since: now,
            answers_at: now + startup,
        };
        let starts = known.starts;
        if let Some((after, exit_code)) = own_end {
            let exits = Due::ContainerExits {
                task,
                container,
                exit_code,
                starts,
            };
            self.due_in(after, exits);
        }
        if let Some(seconds) = definition.start_timeout.filter(|seconds| *seconds > 0) {
            let length = Millis::seconds(u64::from(seconds));
            self.due_in(length, Due::StartTimedOut(task, container));
        }
        self.plan_check(task, container);
    }

    /// A container took too long: those that still wait for it give up (ecs.md 1.6).
    pub(in crate::sim) fn start_timed_out(
        &mut self,
        task: TaskId,
        container: usize,
        seen: &mut Vec<Observation>,
    ) {
        let Some(agent) = self.agent_at(task, Stage::Starting) else {
            return;
        };
        let before: Vec<_> = agent.containers.iter().map(|it| it.life).collect();
        let document = Arc::clone(&self.agents[&task].document);
        let containers = &document.container_definitions;
        for edge in edges(containers).iter().filter(|it| it.to == container) {
            let waits = matches!(before[edge.from], Life::Waiting | Life::Pulled);
            let known = &self.agents[&task].containers[container];
            let asked = condition(containers, edge);
            let open = wait(known, asked, self.now, self.creation()) == Wait::Open;
            let has_limit = asked.is_some_and(|it| it != Condition::Start);
            if waits && open && has_limit {
                self.give_up(task, edge.from, containers[edge.from].is_essential());
            }
        }
        self.advance(task, seen);
    }

    /// A container ends as its workload has it, unless it was started again meanwhile.
    pub(in crate::sim) fn container_ends(
        &mut self,
        task: TaskId,
        exit: Exit,
        starts: u32,
        seen: &mut Vec<Observation>,
    ) {
        let agent = self.agents.get(&task);
        let known = agent.and_then(|agent| agent.containers.get(exit.container));
        if known.is_some_and(|it| it.starts == starts) {
            self.container_exits(task, exit, seen);
        }
    }

    /// A container ends by itself. Its restart policy may start it again, of which nobody hears;
    /// else an essential one takes the task with it.
    pub(in crate::sim) fn container_exits(
        &mut self,
        task: TaskId,
        exit: Exit,
        seen: &mut Vec<Observation>,
    ) {
        let now = self.now;
        let Some(agent) = self.agents.get(&task) else {
            return;
        };
        let document = Arc::clone(&agent.document);
        let definition = &document.container_definitions[exit.container];
        let known = &agent.containers[exit.container];
        if !known.runs() {
            return;
        }
        let (stopping, instance) = (agent.stage == Stage::Stopping, agent.instance);
        if !stopping && known.restarts(definition, exit.exit_code, now) {
            if let Some(agent) = self.agent(task) {
                agent.containers[exit.container].restarted_at = Some(now);
            }
            self.run_container(task, exit.container);
            self.touch_traffic(task);
            self.report_health(task, seen);
            self.recheck(task);
            return;
        }
        if let Some(agent) = self.agent(task) {
            let known = &mut agent.containers[exit.container];
            known.life = Life::Ended {
                exit_code: Some(exit.exit_code),
                ran: true,
            };
            known.check_at = None;
            known.reported = true;
        }
        let exited = Observation::ContainerExited {
            task,
            container: exit.container,
            exit_code: exit.exit_code,
            out_of_memory: exit.out_of_memory,
        };
        self.report(instance, exited, seen);
        if stopping {
            self.shut_down(task);
        } else if definition.is_essential() {
            self.begin_stop(task);
        } else {
            self.recheck(task);
            self.advance(task, seen);
        }
    }
}

/// What the order of a task's containers is judged by.
struct Scene<'a> {
    containers: &'a [ContainerDefinition],
    edges: &'a [Edge],
    /// Whether images are pulled before their containers' turn.
    upfront: bool,
    now: Instant,
    created: Millis,
}

impl Scene<'_> {
    fn next_step(&self, agent: &AgentTask) -> Option<(usize, Step)> {
        let containers = agent.containers.iter().enumerate();
        let mut steps = containers.filter_map(|(at, container)| {
            let step = match (container.life, self.turn_of(agent, at)) {
                (Life::Waiting | Life::Pulled, Wait::Vain) => Step::GiveUp,
                (Life::Waiting, Wait::Over) => Step::Pull,
                (Life::Waiting, Wait::Open) if self.upfront => Step::Pull,
                (Life::Pulled, Wait::Over) => Step::Start,
                (Life::Waiting | Life::Pulled, Wait::Open)
                | (
                    Life::Pulling
                    | Life::Starting { .. }
                    | Life::Running { .. }
                    | Life::Stopping { .. }
                    | Life::Ended { .. },
                    _,
                ) => return None,
            };
            Some((at, step))
        });
        steps.next()
    }

    /// Whether everything that a container waits for has happened.
    fn turn_of(&self, agent: &AgentTask, container: usize) -> Wait {
        let mut waits = self.edges.iter().filter(|edge| edge.from == container);
        let judge = |edge: &Edge| {
            let asked = condition(self.containers, edge);
            wait(&agent.containers[edge.to], asked, self.now, self.created)
        };
        waits
            .try_fold(Wait::Over, |so_far, edge| match judge(edge) {
                Wait::Vain => Err(Wait::Vain),
                Wait::Open => Ok(Wait::Open),
                Wait::Over => Ok(so_far),
            })
            .unwrap_or_else(|vain| vain)
    }
}
