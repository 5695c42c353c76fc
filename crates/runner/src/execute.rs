//! Executing one operation: one Docker call, no opinion.

use crate::host::{Host, causes};
use crate::observe::{Seen, seen};
use crate::plan::{Condition, Operation};
use bollard::errors::Error;
use bollard::models::HealthStatusEnum;
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, CreateImageOptionsBuilder, ListContainersOptionsBuilder,
    RemoveContainerOptionsBuilder, StopContainerOptionsBuilder,
};
use futures_util::StreamExt;
use std::fmt;
use std::time::Duration;
use stowplan_core::id::TaskId;

/// A pull may take this long (ECS's agent: 2 h, task-definition.md 4.5).
const PULL_S: u64 = 2 * 3600;

/// A container that others wait for may take this long to end: there is no limit in ECS, where
/// `startTimeout` is not given; a day ends a forgotten run.
const AWAIT_S: u64 = 24 * 3600;

/// How often a container's health is asked for while others wait for it.
const HEALTH_POLL: Duration = Duration::from_secs(1);

/// What came of an operation.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It was done, or there was nothing to do.
    Done,
    /// The image or container is not there.
    Missing,
    /// The containers that were listed.
    Listed(Vec<Seen>),
}

/// Why an operation was not done, under the name that ECS's agent gives such an error.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Docker would not, or what was waited for did not happen.
    Answered(String),
    /// The engine did not answer.
    Silent(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(why) | Self::Silent(why) => f.write_str(why),
        }
    }
}

/// Executes `operation` on `host`.
///
/// # Errors
/// What Docker answered, or that it did not.
pub(crate) async fn execute(host: &Host, operation: &Operation) -> Result<Outcome, Refusal> {
    match operation {
        Operation::InspectImage { image } => inspect_image(host, image).await,
        Operation::PullImage { image } => pull(host, image).await,
        Operation::CreateContainer { name, body } => {
            let options = CreateContainerOptionsBuilder::new().name(name).build();
            let created = host
                .docker
                .create_container(Some(options), (**body).clone())
                .await;
            done("CannotCreateContainerError", created.map(|_| ()))
        }
        Operation::StartContainer { name } => done(
            "CannotStartContainerError",
            host.docker.start_container(name, None).await,
        ),
        Operation::AwaitContainer { name, condition } => wait(host, name, *condition).await,
        Operation::ListContainers { task } => list(host, *task).await,
        Operation::StopContainer { name, timeout_s } => stop(host, name, *timeout_s).await,
        Operation::RemoveContainer { name } => {
            let options = RemoveContainerOptionsBuilder::new()
                .force(true)
                .v(true)
                .build();
            let removed = host.docker.remove_container(name, Some(options)).await;
            unless_gone("CannotRemoveContainerError", removed)
        }
    }
}

async fn inspect_image(host: &Host, image: &str) -> Result<Outcome, Refusal> {
    match host.docker.inspect_image(image).await {
        Ok(_) => Ok(Outcome::Done),
        Err(error) if status(&error) == Some(404) => Ok(Outcome::Missing),
        Err(error) => Err(refusal("CannotInspectImageError", &error)),
    }
}

async fn pull(host: &Host, image: &str) -> Result<Outcome, Refusal> {
    let options = CreateImageOptionsBuilder::new()
        .from_image(&with_tag(image))
        .build();
    let docker = host.patient(PULL_S);
    let mut progress = docker.create_image(Some(options), None, None);
    while let Some(step) = progress.next().await {
        step.map_err(|error| refusal("CannotPullContainerError", &error))?;
    }
    Ok(Outcome::Done)
}

/// Without tag or digest Docker would pull every tag.
fn with_tag(image: &str) -> String {
    let last = image.rsplit('/').next().unwrap_or(image);
    if last.contains([':', '@']) {
        image.to_owned()
    } else {
        format!("{image}:latest")
    }
}

async fn wait(host: &Host, name: &str, condition: Condition) -> Result<Outcome, Refusal> {
    let code = match condition {
        Condition::Healthy => return healthy(host, name).await,
        Condition::Complete | Condition::Success => ended(host, name).await?,
    };
    if condition == Condition::Success && code != 0 {
        return Err(Refusal::Answered(format!(
            "TaskDependencyError: container {name} ended with exit code {code}"
        )));
    }
    Ok(Outcome::Done)
}

/// The exit code of a container once it has ended.
async fn ended(host: &Host, name: &str) -> Result<i64, Refusal> {
    match host
        .patient(AWAIT_S)
        .wait_container(name, None)
        .next()
        .await
    {
        Some(Ok(answer)) => Ok(answer.status_code),
        // The client calls every code but 0 an error; to us it is data.
        Some(Err(Error::DockerContainerWaitError { code, .. })) => Ok(code),
        Some(Err(error)) => Err(refusal("TaskDependencyError", &error)),
        None => Err(Refusal::Answered(format!(
            "TaskDependencyError: container {name} cannot be waited for"
        ))),
    }
}

/// Docker has no call that waits for health, so its state is asked for again and again. Failing
/// checks do not end the wait (task-definition.md 4.5), the container's end does.
async fn healthy(host: &Host, name: &str) -> Result<Outcome, Refusal> {
    loop {
        let answer = host.docker.inspect_container(name, None).await;
        let state = answer
            .map_err(|error| refusal("TaskDependencyError", &error))?
            .state;
        let state = state.unwrap_or_default();
        if state.health.and_then(|health| health.status) == Some(HealthStatusEnum::HEALTHY) {
            return Ok(Outcome::Done);
        }
        if state.running != Some(true) {
            return Err(Refusal::Answered(format!(
                "TaskDependencyError: container {name} ended before it was healthy"
            )));
        }
        tokio::time::sleep(HEALTH_POLL).await;
    }
}

async fn list(host: &Host, task: TaskId) -> Result<Outcome, Refusal> {
    let all = seen(host)
        .await
        .map_err(|error| refusal("CannotListContainersError", &error))?;
    Ok(Outcome::Listed(
        all.into_iter()
            .filter(|seen| seen.labels.task == task)
            .collect(),
    ))
}

async fn stop(host: &Host, name: &str, timeout_s: u32) -> Result<Outcome, Refusal> {
    let seconds = i32::try_from(timeout_s).unwrap_or(i32::MAX);
    let options = StopContainerOptionsBuilder::new().t(seconds).build();
    let docker = host.patient(u64::from(timeout_s));
    unless_gone(
        "CannotStopContainerError",
        docker.stop_container(name, Some(options)).await,
    )
}

/// A container that is gone already is as it should be; so is one that somebody is removing at
/// this moment (409).
fn unless_gone(category: &str, result: Result<(), Error>) -> Result<Outcome, Refusal> {
    match result {
        Err(error) if matches!(status(&error), Some(404 | 409)) => Ok(Outcome::Missing),
        other => done(category, other),
    }
}

fn done(category: &str, result: Result<(), Error>) -> Result<Outcome, Refusal> {
    match result {
        Ok(()) => Ok(Outcome::Done),
        // Started or stopped already: as it should be.
        Err(error) if status(&error) == Some(304) => Ok(Outcome::Done),
        Err(error) => Err(refusal(category, &error)),
    }
}

fn status(error: &Error) -> Option<u16> {
    if let Error::DockerResponseServerError { status_code, .. } = error {
        return Some(*status_code);
    }
    None
}

fn refusal(category: &str, error: &Error) -> Refusal {
    let why = worded(category, error);
    let answered = matches!(
        error,
        Error::DockerResponseServerError { .. }
            | Error::DockerStreamError { .. }
            | Error::DockerContainerWaitError { .. }
    );
    if answered {
        Refusal::Answered(why)
    } else {
        Refusal::Silent(why)
    }
}

/// Docker's own message without the client's frame around it.
pub(crate) fn worded(category: &str, error: &Error) -> String {
    if let Error::DockerResponseServerError { message, .. } = error {
        return format!("{category}: {message}");
    }
    if let Error::DockerStreamError { error } = error {
        return format!("{category}: {error}");
    }
    format!("{category}: {}", causes(error))
}

/// Options that list every container of ours, running or not.
pub(crate) fn ours() -> bollard::query_parameters::ListContainersOptions {
    let filters = [("label".to_owned(), vec![crate::labels::MANAGED.to_owned()])];
    ListContainersOptionsBuilder::new()
        .all(true)
        .filters(&filters.into_iter().collect())
        .build()
}

#[cfg(test)]
mod tests {
    use super::with_tag;

    #[test]
    fn an_image_without_tag_means_latest() {
        assert_eq!(with_tag("web"), "web:latest");
        assert_eq!(with_tag("host:5000/web"), "host:5000/web:latest");
        assert_eq!(with_tag("host:5000/web:1"), "host:5000/web:1");
        assert_eq!(with_tag("web@sha256:00"), "web@sha256:00");
    }
}
