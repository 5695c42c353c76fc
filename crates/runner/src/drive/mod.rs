//! The loop: what was seen goes into `control::turn`, what is ordered goes to the agents.

mod end;
mod orphans;
mod tell;

use crate::agent::{Agent, Assignment, Report, Reports, clean_up};
use crate::fleet::Fleet;
use crate::found::Found;
use crate::host::Host;
use crate::observe::Seen;
use crate::plan;
use crate::report::Notice;
use crate::signals::Signals;
use crate::watch;
use orphans::Orphans;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant as Clock};
use stowplan_core::control::{Action, ControlState, Fact, Observation, Placement, Turn, turn};
use stowplan_core::id::{InstanceIx, ServiceIx, TaskDefinitionIx, TaskId};
use stowplan_core::model::Model;
use stowplan_core::time::Instant;
use tell::Told;
use tokio::sync::mpsc;

/// Engines are asked this often besides their events, as ECS's agent does (task-definition.md
/// 4.5).
const POLL: Duration = Duration::from_secs(5);

/// The service of a run is the only one of its design.
pub(crate) const SERVICE: ServiceIx = ServiceIx(0);

/// A run in progress.
pub(crate) struct Drive<'a> {
    pub(crate) hosts: &'a [Host],
    pub(crate) fleet: Fleet<'a>,
    pub(crate) model: Model,
    state: ControlState,
    placement: Placement,
    began: Clock,
    /// How far the run's time is ahead of the time since it began.
    head_start: Duration,
    agents: BTreeMap<TaskId, Agent>,
    observations: Vec<Observation>,
    reports: Reports,
    received: mpsc::UnboundedReceiver<Report>,
    notify: &'a mut dyn FnMut(Notice),
    stage: Stage,
    told: Told,
    orphans: Orphans,
}

/// A task that a former runner started, with what is seen of it now.
pub(crate) struct Adopted {
    pub(crate) assignment: Assignment,
    pub(crate) observations: Vec<Observation>,
    pub(crate) containers: Vec<Seen>,
}

/// How a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The service is kept at its count.
    Keeping,
    /// Everything stops, each container in its own time.
    Stopping,
    /// Everything is killed.
    Killing,
    /// What is left is left.
    Leaving,
}

/// How clearing away went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cleared {
    Done,
    Interrupted,
}

impl<'a> Drive<'a> {
    /// A run that has not begun; hosts register in their order.
    pub(crate) fn new(
        fleet: Fleet<'a>,
        model: Model,
        seed: u64,
        notify: &'a mut dyn FnMut(Notice),
    ) -> Self {
        let (reports, received) = mpsc::unbounded_channel();
        let hosts = fleet.hosts;
        let instances = (0..hosts.len()).map(InstanceIx::from_at);
        Self {
            hosts,
            fleet,
            model,
            state: ControlState::new(seed),
            placement: Placement::default(),
            began: Clock::now(),
            head_start: Duration::ZERO,
            agents: BTreeMap::new(),
            observations: instances
                .map(|instance| Observation::InstanceRegistered { instance })
                .collect(),
            reports,
            received,
            notify,
            stage: Stage::Keeping,
            told: Told::default(),
            orphans: Orphans::default(),
        }
    }

    /// Takes tasks over that a former runner started. They ran before this run began, so they are
    /// folded at its very start and its time then skips the seconds after which a task counts as
    /// healthy: else a rolling update would take them for tasks that never came up.
    pub(crate) fn adopt(&mut self, tasks: &[Adopted]) {
        if tasks.is_empty() {
            return;
        }
        (self.notify)(Notice::Adopted { tasks: tasks.len() });
        let mut ending = Vec::new();
        for Adopted {
            assignment,
            observations,
            containers,
        } in tasks
        {
            let mut agent = Agent::adopt(assignment, self.began);
            let noticed = agent.notice(assignment.task, Clock::now(), containers);
            self.observations
                .extend(observations.iter().cloned().chain(noticed.observations));
            self.agents.insert(assignment.task, agent);
            if noticed.essential_exit {
                ending.push(assignment.task);
            }
        }
        let mut log = Vec::new();
        for observation in std::mem::take(&mut self.observations) {
            self.state.apply(
                &self.model,
                Instant::ZERO,
                &Fact::Observed(observation),
                &mut log,
            );
        }
        self.tell(Instant::ZERO, &Turn::default(), &log);
        for task in ending {
            self.stop(task);
        }
        self.head_start = Duration::from_millis(self.model.settings.healthy_without_checks.0);
    }

    /// Removes what former starts left that never came to their end.
    pub(crate) async fn clear_away(&mut self, found: &Found, signals: &mut Signals) -> Cleared {
        let cleared = tokio::select! {
            () = found.discard_incomplete(self.hosts, &self.reports) => Cleared::Done,
            () = signals.next() => Cleared::Interrupted,
        };
        self.receive_waiting();
        cleared
    }

    /// Runs until a signal comes and everything has stopped; names what may be left.
    pub(crate) async fn run(&mut self, signals: &mut Signals) -> Vec<String> {
        for (at, host) in self.hosts.iter().enumerate() {
            tokio::spawn(watch::events(at, host.clone(), self.reports.clone()));
            tokio::spawn(watch::list(at, host.clone(), self.reports.clone()));
        }
        let mut poll = tokio::time::interval(POLL);
        loop {
            let wake_at = self.turn();
            match self.stage {
                Stage::Keeping => {}
                Stage::Stopping | Stage::Killing if self.agents.is_empty() => {
                    return self.sweep(signals).await;
                }
                Stage::Stopping | Stage::Killing => {}
                Stage::Leaving => return self.remaining(),
            }
            tokio::select! {
                Some(report) = self.received.recv() => self.receive_all(report),
                () = sleep_until(wake_at) => {}
                _ = poll.tick() => self.ask_all(),
                () = signals.next() => self.end(),
            }
        }
    }

    fn now(&self) -> Instant {
        let passed = self.began.elapsed() + self.head_start;
        Instant(u64::try_from(passed.as_millis()).unwrap_or(u64::MAX))
    }

    /// One turn of the control plane; says when the next is due.
    fn turn(&mut self) -> Option<Clock> {
        let now = self.now();
        let mut log = Vec::new();
        let observations = std::mem::take(&mut self.observations);
        let turn = turn(
            &self.model,
            &mut self.state,
            &mut self.placement,
            now,
            observations,
            &mut log,
        );
        self.tell(now, &turn, &log);
        for action in &turn.actions {
            self.carry_out(action);
        }
        self.tell_tasks();
        let since_began = |at: Instant| Duration::from_millis(at.0).saturating_sub(self.head_start);
        turn.wake_at.map(|at| self.began + since_began(at))
    }

    /// Hands an order to the agent of its task. The others are the control plane's own business:
    /// they change what it knows and nothing on a host.
    fn carry_out(&mut self, action: &Action) {
        match action {
            Action::StartTask {
                task,
                deployment,
                task_definition,
                instance,
                ..
            } => {
                let assignment = self.assignment(*task, *task_definition, *instance, *deployment);
                let host = self.hosts[instance.at()].clone();
                let agent = Agent::start(assignment, host, self.reports.clone());
                self.agents.insert(*task, agent);
            }
            Action::StopContainers { task } => self.stop(*task),
            Action::StartDeployment { .. }
            | Action::CompleteDeployment { .. }
            | Action::FailDeployment { .. }
            | Action::EnterStage { .. }
            | Action::InvokeHooks { .. }
            | Action::PassHooks { .. }
            | Action::AdoptWish { .. }
            | Action::ScaleDeployment { .. }
            | Action::RefuseRunTask { .. }
            | Action::StopTask { .. }
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

    fn assignment(
        &self,
        task: TaskId,
        task_definition: TaskDefinitionIx,
        instance: InstanceIx,
        deployment: stowplan_core::id::DeploymentId,
    ) -> Assignment {
        let definition = self.model.definition(task_definition);
        Assignment {
            task,
            service: self.model.service(SERVICE).name.clone(),
            deployment,
            instance,
            revision: definition.revision,
            definition: Arc::clone(&definition.document),
        }
    }

    fn stop(&mut self, task: TaskId) {
        if let Some(agent) = self.agents.get_mut(&task) {
            let host = self.hosts[agent.instance.at()].clone();
            agent.stop(task, host, self.reports.clone());
        }
    }

    /// Takes every report that is there, so that what happened together is decided together.
    fn receive_all(&mut self, first: Report) {
        self.receive(first);
        self.receive_waiting();
    }

    fn receive_waiting(&mut self) {
        while let Ok(report) = self.received.try_recv() {
            self.receive(report);
        }
    }

    fn receive(&mut self, report: Report) {
        match report {
            Report::Observed(observations) => self.observations.extend(observations),
            Report::Started { task, bindings } => self.started(task, bindings),
            Report::Abandoned { task } => {
                if let Some(agent) = self.agents.get_mut(&task) {
                    agent.abandoned();
                }
            }
            Report::Ended { task, last } => {
                self.observations.extend(last);
                self.agents.remove(&task);
            }
            Report::Executing { host, operation } => {
                (self.notify)(Notice::Operation {
                    host,
                    text: operation.to_string(),
                });
            }
            Report::Removed { host, container } => {
                (self.notify)(Notice::Removed { host, container });
            }
            Report::Trouble(text) => (self.notify)(Notice::Warning(text)),
            Report::Listed { host, asked, seen } => self.listed(host, asked, seen),
            Report::Stirred { host } => self.ask(host),
        }
    }

    fn started(&mut self, task: TaskId, bindings: Vec<stowplan_core::control::NetworkBinding>) {
        let Some(agent) = self.agents.get_mut(&task) else {
            return;
        };
        if agent.started(Clock::now()) {
            self.observations
                .push(Observation::ContainersStarted { task, bindings });
        } else {
            // It was called off just as it had started.
            self.stop(task);
        }
    }

    fn ask_all(&mut self) {
        for host in 0..self.hosts.len() {
            self.ask(host);
        }
    }

    fn ask(&self, host: usize) {
        tokio::spawn(watch::list(
            host,
            self.hosts[host].clone(),
            self.reports.clone(),
        ));
    }

    fn listed(&mut self, host: usize, asked: Clock, seen: Result<Vec<Seen>, String>) {
        let seen = match seen {
            Ok(seen) => seen,
            Err(why) => return self.unreachable(host, &why),
        };
        self.told.unreachable.retain(|known| *known != host);
        let instance = InstanceIx::from_at(host);
        let mut ending = Vec::new();
        let agents = self
            .agents
            .iter_mut()
            .filter(|(_, agent)| agent.instance == instance);
        for (task, agent) in agents {
            let noticed = agent.notice(*task, asked, &seen);
            self.observations.extend(noticed.observations);
            if noticed.essential_exit {
                ending.push(*task);
            }
        }
        for task in ending {
            self.stop(task);
        }
        self.discard_orphans(host, &seen);
    }

    /// Removes containers that no task of ours owns: their removal was given up while the engine
    /// did not answer.
    fn discard_orphans(&mut self, host: usize, seen: &[Seen]) {
        let service = &self.model.service(SERVICE).name;
        let unowned = seen.iter().filter(|it| {
            it.labels.service == *service && !self.agents.contains_key(&it.labels.task)
        });
        let unowned = unowned.map(|it| it.name.clone()).collect();
        let names = self.orphans.confirmed(host, unowned);
        if names.is_empty() {
            return;
        }
        let (host, reports) = (self.hosts[host].clone(), self.reports.clone());
        tokio::spawn(async move {
            clean_up(&host, &plan::discard(names.iter()), &reports).await;
        });
    }

    /// An engine that does not answer keeps its tasks, as ECS keeps those of an agent that is not
    /// connected: they may well run on.
    fn unreachable(&mut self, host: usize, why: &str) {
        if !self.told.unreachable.contains(&host) {
            self.told.unreachable.push(host);
            let name = &self.hosts[host].name;
            (self.notify)(Notice::Warning(format!(
                "`{name}` does not answer, its tasks are taken to run on: {why}"
            )));
        }
    }
}

async fn sleep_until(wake_at: Option<Clock>) {
    match wake_at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
