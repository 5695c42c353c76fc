//! The ECS agent's part for one task: start its containers, notice what becomes of them, take the
//! others along when an essential one ends, clean up.
//!
//! What to notice is pure ([`Agent::notice`]); the two jobs below talk to Docker and report.

use crate::execute::{Outcome, execute};
use crate::host::Host;
use crate::observe::{KILLED, Life, Seen, bindings};
use crate::plan::{self, NewTask, Operation, StopRequest};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant as Clock};
use stowplan_core::control::{ContainerHealth, NetworkBinding, Observation};
use stowplan_core::id::{DeploymentId, InstanceIx, TaskId};
use stowplan_core::taskdef::TaskDefinition;
use tokio::sync::{mpsc, watch};

/// What a job tells the loop.
#[derive(Debug)]
pub(crate) enum Report {
    /// Something was seen on the way.
    Observed(Vec<Observation>),
    /// Every container of the task runs.
    Started {
        task: TaskId,
        bindings: Vec<NetworkBinding>,
    },
    /// The task's start did not come to its end; its containers are being stopped.
    Abandoned { task: TaskId },
    /// The task has no container any more; these are the last things seen of it.
    Ended {
        task: TaskId,
        last: Vec<Observation>,
    },
    /// An operation is about to be executed.
    Executing { host: String, operation: Operation },
    /// A container was removed.
    Removed { host: String, container: String },
    /// Something went wrong that the run lives with.
    Trouble(String),
    /// What runs on a host, as asked at `asked`.
    Listed {
        host: usize,
        asked: Clock,
        seen: Result<Vec<Seen>, String>,
    },
    /// Something happened to a container on a host.
    Stirred { host: usize },
}

/// Where reports go.
pub(crate) type Reports = mpsc::UnboundedSender<Report>;

/// A stop is tried this often before it is given up (task-definition.md 4.5).
const STOP_TRIES: u64 = 5;

/// One task on its host.
#[derive(Debug)]
pub(crate) struct Agent {
    pub(crate) instance: InstanceIx,
    pub(crate) definition: Arc<TaskDefinition>,
    /// Names of its containers, by place.
    pub(crate) names: Vec<String>,
    phase: Phase,
    /// Containers whose end was reported.
    exited: BTreeMap<usize, i32>,
    health: ContainerHealth,
}

#[derive(Debug)]
enum Phase {
    /// A job starts the containers; `true` calls it off.
    Starting(watch::Sender<bool>),
    /// Everything runs; what was listed before `since` is out of date.
    Running { since: Clock },
    /// A job stops the containers.
    Stopping,
}

/// A task as the agent is told of it.
#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    pub(crate) task: TaskId,
    pub(crate) service: String,
    pub(crate) deployment: DeploymentId,
    pub(crate) instance: InstanceIx,
    pub(crate) revision: u32,
    pub(crate) definition: Arc<TaskDefinition>,
}

impl Assignment {
    fn as_new(&self) -> NewTask<'_> {
        NewTask {
            task: self.task,
            service: &self.service,
            deployment: self.deployment,
            revision: self.revision,
            definition: &self.definition,
        }
    }

    fn names(&self) -> Vec<String> {
        let task = self.as_new();
        let containers = 0..self.definition.container_definitions.len();
        containers
            .map(|at| plan::container_name(&task, at))
            .collect()
    }

    fn agent(&self, phase: Phase) -> Agent {
        Agent {
            instance: self.instance,
            definition: Arc::clone(&self.definition),
            names: self.names(),
            phase,
            exited: BTreeMap::new(),
            health: ContainerHealth::Unknown,
        }
    }
}

/// What came of looking at a task's containers.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Noticed {
    pub(crate) observations: Vec<Observation>,
    /// An essential container has ended: the agent stops the others.
    pub(crate) essential_exit: bool,
}

impl Agent {
    /// A new task: a job begins to start it.
    pub(crate) fn start(assignment: Assignment, host: Host, reports: Reports) -> Self {
        let (cancel, cancelled) = watch::channel(false);
        let agent = assignment.agent(Phase::Starting(cancel));
        let names = agent.names.clone();
        tokio::spawn(async move {
            StartJob {
                assignment,
                names,
                host,
                reports,
                cancelled,
            }
            .run()
            .await;
        });
        agent
    }

    /// A task that a former runner started.
    pub(crate) fn adopt(assignment: &Assignment, now: Clock) -> Self {
        assignment.agent(Phase::Running { since: now })
    }

    /// All containers run from `now` on; `false` if the task was called off meanwhile.
    pub(crate) fn started(&mut self, now: Clock) -> bool {
        let called_off = match &self.phase {
            Phase::Starting(cancel) => *cancel.borrow(),
            Phase::Running { .. } | Phase::Stopping => true,
        };
        self.phase = Phase::Running { since: now };
        !called_off
    }

    /// The start job stops the containers now: their ends are its doing, not to be noticed.
    pub(crate) fn abandoned(&mut self) {
        self.phase = Phase::Stopping;
    }

    /// Compares what is listed with what is known.
    pub(crate) fn notice(&mut self, task: TaskId, asked: Clock, seen: &[Seen]) -> Noticed {
        let of_task = |at: usize| {
            seen.iter()
                .find(|it| it.labels.task == task && it.labels.container == at)
        };
        match self.phase {
            // What is not listed yet is still to come, and nothing waits for the task's health.
            Phase::Starting(_) => self.notice_exits(task, |at| exit_code(of_task(at)?.life)),
            Phase::Running { since } if asked > since => {
                // What is gone was removed by force, which kills it first.
                let lives = |at| of_task(at).map_or(Life::Ended(KILLED), |seen| seen.life);
                let mut noticed = self.notice_exits(task, |at| match lives(at) {
                    Life::Created => Some(KILLED),
                    life @ (Life::Running | Life::Ended(_)) => exit_code(life),
                });
                self.notice_health(task, &mut noticed, |at| of_task(at).map(|seen| seen.health));
                noticed
            }
            Phase::Running { .. } | Phase::Stopping => Noticed::default(),
        }
    }

    fn notice_exits(&mut self, task: TaskId, exit_code: impl Fn(usize) -> Option<i32>) -> Noticed {
        let mut noticed = Noticed::default();
        for (container, definition) in self.definition.container_definitions.iter().enumerate() {
            let Some(exit_code) = exit_code(container) else {
                continue;
            };
            if self.exited.insert(container, exit_code).is_none() {
                noticed.essential_exit |= definition.is_essential();
                noticed.observations.push(Observation::ContainerExited {
                    task,
                    container,
                    exit_code,
                    // The list of containers does not tell it; only an inspection would.
                    out_of_memory: false,
                });
            }
        }
        noticed
    }

    fn notice_health(
        &mut self,
        task: TaskId,
        noticed: &mut Noticed,
        seen: impl Fn(usize) -> Option<ContainerHealth>,
    ) {
        let health = self.health_of(seen);
        if health != self.health {
            self.health = health;
            let changed = Observation::ContainerHealthChanged { task, health };
            noticed.observations.push(changed);
        }
    }

    /// Health over the essential containers that have a check: UNHEALTHY wins, then UNKNOWN
    /// (task-definition.md 4.5).
    fn health_of(&self, seen: impl Fn(usize) -> Option<ContainerHealth>) -> ContainerHealth {
        let containers = self.definition.container_definitions.iter().enumerate();
        let checked = containers.filter(|(_, it)| it.is_essential() && it.health_check.is_some());
        let all: Vec<ContainerHealth> = checked
            .map(|(at, _)| seen(at).unwrap_or(ContainerHealth::Unknown))
            .collect();
        if all.contains(&ContainerHealth::Unhealthy) {
            ContainerHealth::Unhealthy
        } else if all.is_empty() || all.contains(&ContainerHealth::Unknown) {
            ContainerHealth::Unknown
        } else {
            ContainerHealth::Healthy
        }
    }

    /// Stops the containers, or calls their start off; once is enough.
    pub(crate) fn stop(&mut self, task: TaskId, host: Host, reports: Reports) {
        match &self.phase {
            Phase::Starting(cancel) => {
                // The job lives as long as this phase, unless its last report is on its way.
                let _ = cancel.send(true);
            }
            Phase::Running { .. } => {
                let operations = self.stop_plan();
                self.phase = Phase::Stopping;
                tokio::spawn(async move { stop_job(task, &host, &operations, &reports).await });
            }
            Phase::Stopping => {}
        }
    }

    fn stop_plan(&self) -> Vec<Operation> {
        let containers = self.names.iter().cloned().enumerate().collect();
        plan::stop(&StopRequest {
            definition: &self.definition,
            containers,
        })
    }
}

/// The exit code of a container that has ended.
const fn exit_code(life: Life) -> Option<i32> {
    match life {
        Life::Ended(code) => Some(code),
        Life::Created | Life::Running => None,
    }
}

async fn stop_job(task: TaskId, host: &Host, operations: &[Operation], reports: &Reports) {
    clean_up(host, operations, reports).await;
    let last = vec![
        Observation::ContainersStopped { task },
        Observation::NetworkDetached { task },
    ];
    report(reports, Report::Ended { task, last });
}

/// Executes stops and removals; one that fails again and again is told and left behind.
pub(crate) async fn clean_up(host: &Host, operations: &[Operation], reports: &Reports) {
    for operation in operations {
        announce(host, operation, reports);
        for attempt in 1..=STOP_TRIES {
            match execute(host, operation).await {
                Ok(outcome) => {
                    removed(host, operation, &outcome, reports);
                    break;
                }
                Err(_) if attempt < STOP_TRIES => {
                    tokio::time::sleep(Duration::from_secs(attempt)).await
                }
                Err(why) => report(
                    reports,
                    Report::Trouble(format!("`{operation}` on `{}`: {why}", host.name)),
                ),
            }
        }
    }
}

/// Tells of a container that was there and is not any more.
fn removed(host: &Host, operation: &Operation, outcome: &Outcome, reports: &Reports) {
    if let (Operation::RemoveContainer { name }, Outcome::Done) = (operation, outcome) {
        let (host, container) = (host.name.clone(), name.clone());
        report(reports, Report::Removed { host, container });
    }
}

fn announce(host: &Host, operation: &Operation, reports: &Reports) {
    let (host, operation) = (host.name.clone(), operation.clone());
    report(reports, Report::Executing { host, operation });
}

/// The loop may have ended; then nobody wants to know.
fn report(reports: &Reports, what: Report) {
    let _ = reports.send(what);
}

/// Why a start did not come to its end.
enum Abandoned {
    CalledOff,
    Failed(String),
}

struct StartJob {
    assignment: Assignment,
    names: Vec<String>,
    host: Host,
    reports: Reports,
    cancelled: watch::Receiver<bool>,
}

impl StartJob {
    async fn run(mut self) {
        let task = self.assignment.task;
        let abandoned = match self.start().await {
            Ok(bindings) => return report(&self.reports, Report::Started { task, bindings }),
            Err(abandoned) => abandoned,
        };
        report(&self.reports, Report::Abandoned { task });
        let containers = self.names.iter().cloned().enumerate().collect();
        let request = StopRequest {
            definition: &self.assignment.definition,
            containers,
        };
        clean_up(&self.host, &plan::stop(&request), &self.reports).await;
        let last = match abandoned {
            // Called off because an essential container ended, which is why a wait for it failed.
            Abandoned::Failed(reason) if !*self.cancelled.borrow() => {
                vec![Observation::StartFailed { task, reason }]
            }
            Abandoned::Failed(_) | Abandoned::CalledOff => {
                vec![
                    Observation::ContainersStopped { task },
                    Observation::NetworkDetached { task },
                ]
            }
        };
        report(&self.reports, Report::Ended { task, last });
    }

    async fn start(&mut self) -> Result<Vec<NetworkBinding>, Abandoned> {
        let task = self.assignment.task;
        self.observed(Observation::PullStarted { task });
        for operation in plan::images(&self.assignment.definition) {
            let missing = matches!(self.execute(&operation).await?, Outcome::Missing);
            if let (true, Operation::InspectImage { image }) = (missing, operation) {
                self.execute(&Operation::PullImage { image }).await?;
            }
        }
        self.observed(Observation::PullStopped { task });
        let mut listed = Vec::new();
        for operation in plan::start(&self.assignment.as_new()) {
            if let Outcome::Listed(seen) = self.execute(&operation).await? {
                listed = seen;
            }
        }
        Ok(bindings(&self.assignment.definition, &listed))
    }

    fn observed(&self, observation: Observation) {
        report(&self.reports, Report::Observed(vec![observation]));
    }

    /// Executes one operation. Only those that merely wait are cut short when the task is called
    /// off: Docker would finish any other behind our back.
    async fn execute(&mut self, operation: &Operation) -> Result<Outcome, Abandoned> {
        if *self.cancelled.borrow() {
            return Err(Abandoned::CalledOff);
        }
        announce(&self.host, operation, &self.reports);
        let waits = matches!(
            operation,
            Operation::PullImage { .. } | Operation::AwaitContainer { .. }
        );
        let executed = execute(&self.host, operation);
        let outcome = if waits {
            tokio::select! {
                outcome = executed => outcome,
                _ = self.cancelled.wait_for(|cancelled| *cancelled) => return Err(Abandoned::CalledOff),
            }
        } else {
            executed.await
        };
        outcome.map_err(|why| Abandoned::Failed(why.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::Labels;

    const TASK: TaskId = TaskId(1);

    fn assignment() -> Assignment {
        let definition: TaskDefinition = stowplan_core::source::read(
            r#"{"family":"a","containerDefinitions":[
                {"name":"app","image":"i","healthCheck":{"command":["CMD","true"]}},
                {"name":"init","image":"i","essential":false}]}"#,
        )
        .unwrap();
        Assignment {
            task: TASK,
            service: "a".into(),
            deployment: DeploymentId(1),
            instance: InstanceIx(0),
            revision: 1,
            definition: Arc::new(definition),
        }
    }

    fn agent(since: Clock) -> Agent {
        Agent::adopt(&assignment(), since)
    }

    fn seen(container: usize, life: Life, health: ContainerHealth) -> Seen {
        let labels = Labels {
            task: TASK,
            service: "a".into(),
            deployment: DeploymentId(1),
            family: "a".into(),
            revision: 1,
            container,
            container_name: String::new(),
            definition: String::new(),
        };
        Seen {
            labels,
            id: String::new(),
            name: String::new(),
            image: String::new(),
            life,
            health,
            ports: Vec::new(),
        }
    }

    #[test]
    fn an_end_is_noticed_once_and_only_an_essential_one_ends_the_task() {
        let since = Clock::now();
        let later = since + Duration::from_secs(1);
        let mut agent = agent(since);
        let unknown = ContainerHealth::Unknown;
        let init_done = [
            seen(0, Life::Running, unknown),
            seen(1, Life::Ended(0), unknown),
        ];
        let exit = |container, exit_code| Observation::ContainerExited {
            task: TASK,
            container,
            exit_code,
            out_of_memory: false,
        };
        let noticed = agent.notice(TASK, later, &init_done);
        assert_eq!(
            noticed,
            Noticed {
                observations: vec![exit(1, 0)],
                essential_exit: false
            }
        );
        assert_eq!(agent.notice(TASK, later, &init_done), Noticed::default());
        let noticed = agent.notice(TASK, later, &init_done[1..]);
        assert_eq!(
            noticed,
            Noticed {
                observations: vec![exit(0, KILLED)],
                essential_exit: true
            }
        );
    }

    #[test]
    fn an_essential_end_is_noticed_while_another_container_is_awaited() {
        let (cancel, cancelled) = watch::channel(false);
        let mut agent = assignment().agent(Phase::Starting(cancel));
        let unknown = ContainerHealth::Unknown;
        let now = Clock::now();
        let up = [
            seen(0, Life::Running, unknown),
            seen(1, Life::Created, unknown),
        ];
        assert_eq!(agent.notice(TASK, now, &up), Noticed::default());
        assert_eq!(agent.notice(TASK, now, &[]), Noticed::default());
        let noticed = agent.notice(TASK, now, &[seen(0, Life::Ended(3), unknown)]);
        let exited = Observation::ContainerExited {
            task: TASK,
            container: 0,
            exit_code: 3,
            out_of_memory: false,
        };
        assert_eq!(
            noticed,
            Noticed {
                observations: vec![exited],
                essential_exit: true
            }
        );
        assert!(!*cancelled.borrow(), "the loop calls it off");

        let (cancel, _) = watch::channel(false);
        let mut failed = assignment().agent(Phase::Starting(cancel));
        failed.abandoned();
        let stopped_by_us = [seen(0, Life::Ended(KILLED), unknown)];
        assert_eq!(failed.notice(TASK, now, &stopped_by_us), Noticed::default());
    }

    #[test]
    fn what_was_listed_before_the_start_says_nothing() {
        let since = Clock::now();
        assert_eq!(agent(since).notice(TASK, since, &[]), Noticed::default());
    }

    #[test]
    fn health_is_that_of_checked_essential_containers() {
        let since = Clock::now();
        let later = since + Duration::from_secs(1);
        let mut agent = agent(since);
        let running = |health| {
            [
                seen(0, Life::Running, health),
                seen(1, Life::Running, ContainerHealth::Unknown),
            ]
        };
        let health = ContainerHealth::Healthy;
        let noticed = agent.notice(TASK, later, &running(health));
        assert_eq!(
            noticed.observations,
            [Observation::ContainerHealthChanged { task: TASK, health }]
        );
        assert_eq!(
            agent.notice(TASK, later, &running(health)),
            Noticed::default()
        );
    }
}
