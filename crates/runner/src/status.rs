//! `stowplan ps`: the containers of ours on each engine, and no others.

use crate::execute::worded;
use crate::failure::Failure;
use crate::host::{Host, connect_all};
use crate::observe::{Life, Seen, seen};
use serde::{Serialize, Serializer};
use stowplan_core::control::ContainerHealth;
use stowplan_core::taskdef::{Protocol, revision_name};

/// Where to look.
#[derive(Clone, Debug)]
pub struct StatusOptions {
    /// Addresses of the engines.
    pub hosts: Vec<String>,
}

/// One container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerRow {
    /// Its task's id.
    pub task: String,
    /// Its task definition.
    pub task_definition: String,
    /// ECS's word for where it is: PENDING, RUNNING or STOPPED.
    pub status: &'static str,
    /// Health by its own check: HEALTHY, UNHEALTHY or UNKNOWN.
    pub health: &'static str,
    /// Exit code, once it ended.
    pub exit_code: Option<i32>,
    /// Name in the task definition.
    pub container: String,
    /// Docker's id of it.
    pub container_id: String,
    /// Image.
    pub image: String,
    /// Published ports.
    pub ports: Vec<PortRow>,
    /// When it started, in RFC 3339; absent if it never did.
    pub started_at: Option<String>,
    /// The engine's name.
    pub host: String,
}

/// One published port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PortRow {
    /// Port inside the container.
    pub container_port: u16,
    /// Port on the host.
    pub host_port: u16,
    /// Protocol.
    #[serde(serialize_with = "in_aws_words")]
    pub protocol: Protocol,
    /// Where it answers, for TCP.
    pub url: Option<String>,
}

fn in_aws_words<S: Serializer>(protocol: &Protocol, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(protocol.name())
}

/// Lists our containers by host, task and place.
///
/// # Errors
/// An engine that does not answer.
pub async fn status(options: &StatusOptions) -> Result<Vec<ContainerRow>, Failure> {
    let mut rows = Vec::new();
    for host in connect_all(&options.hosts).await? {
        for seen in list(&host).await? {
            let started_at = started_at(&host, &seen).await;
            rows.push(row(&host, seen, started_at));
        }
    }
    Ok(rows)
}

/// Our containers on `host`.
pub(crate) async fn list(host: &Host) -> Result<Vec<Seen>, Failure> {
    let listed = seen(host).await;
    listed.map_err(|error| {
        Failure::Internal(anyhow::Error::msg(worded(
            "CannotListContainersError",
            &error,
        )))
    })
}

/// The list does not have it. A container that has gone meanwhile has none.
async fn started_at(host: &Host, seen: &Seen) -> Option<String> {
    let inspected = host.docker.inspect_container(&seen.id, None).await.ok()?;
    let started_at = inspected.state?.started_at?;
    // Docker writes the year 1 for "never".
    Some(started_at).filter(|at| !at.starts_with("0001-"))
}

fn row(host: &Host, seen: Seen, started_at: Option<String>) -> ContainerRow {
    let (status, exit_code) = match seen.life {
        Life::Created => ("PENDING", None),
        Life::Running => ("RUNNING", None),
        Life::Ended(code) => ("STOPPED", Some(code)),
    };
    let health = match seen.health {
        ContainerHealth::Unknown => "UNKNOWN",
        ContainerHealth::Healthy => "HEALTHY",
        ContainerHealth::Unhealthy => "UNHEALTHY",
    };
    let port = |published: &crate::observe::Published| PortRow {
        container_port: published.container_port,
        host_port: published.host_port,
        protocol: published.protocol,
        url: (published.protocol == Protocol::Tcp)
            .then(|| format!("http://{}:{}", host.reached_at(), published.host_port)),
    };
    ContainerRow {
        task: seen.labels.task.to_string(),
        task_definition: revision_name(&seen.labels.family, seen.labels.revision),
        status,
        health,
        exit_code,
        container: seen.labels.container_name,
        container_id: seen.id,
        image: seen.image,
        ports: seen.ports.iter().map(port).collect(),
        started_at,
        host: host.name.clone(),
    }
}
