//! Seeing what runs: one list call per engine tells everything about our containers.

use crate::execute::ours;
use crate::host::Host;
use crate::labels::Labels;
use crate::plan::is_name_of;
use bollard::errors::Error;
use bollard::models::{
    ContainerSummary, ContainerSummaryStateEnum, PortSummary, PortSummaryTypeEnum,
};
use stowplan_core::control::{ContainerHealth, NetworkBinding};
use stowplan_core::taskdef::{NetworkMode, Protocol, TaskDefinition};

/// A container of ours as an engine lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) labels: Labels,
    pub(crate) id: String,
    /// Docker's name of it.
    pub(crate) name: String,
    pub(crate) image: String,
    pub(crate) life: Life,
    pub(crate) health: ContainerHealth,
    pub(crate) ports: Vec<Published>,
}

/// Whether a container runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// Created, never started.
    Created,
    /// Running.
    Running,
    /// Ended with this exit code.
    Ended(i32),
}

/// A port of a container and where the host publishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Published {
    pub(crate) container_port: u16,
    pub(crate) protocol: Protocol,
    pub(crate) host_port: u16,
}

/// Exit code of a container that was killed (SIGKILL), which is what removing one by force does.
pub(crate) const KILLED: i32 = 137;

/// Every container of ours on `host`, by task and place.
pub(crate) async fn seen(host: &Host) -> Result<Vec<Seen>, Error> {
    let listed = host.docker.list_containers(Some(ours())).await?;
    let mut seen: Vec<Seen> = listed.into_iter().filter_map(read).collect();
    seen.sort_by_key(|seen| (seen.labels.task, seen.labels.container, seen.id.clone()));
    Ok(seen)
}

/// A container made from an image of one of ours (`docker commit`) carries our labels too, so it
/// must also have the name that we give.
fn read(summary: ContainerSummary) -> Option<Seen> {
    let labels = Labels::read(&summary.labels?.into_iter().collect())?;
    let names = summary.names.unwrap_or_default();
    let mut names = names.iter().filter_map(|name| name.strip_prefix('/'));
    let name = names.find(|name| is_name_of(name, labels.task, labels.container))?;
    let status = summary.status.unwrap_or_default();
    Some(Seen {
        labels,
        id: summary.id?,
        name: name.to_owned(),
        image: summary.image.unwrap_or_default(),
        life: life(summary.state, &status),
        health: health(&status),
        ports: ports(&summary.ports.unwrap_or_default()),
    })
}

fn life(state: Option<ContainerSummaryStateEnum>, status: &str) -> Life {
    use ContainerSummaryStateEnum as State;
    match state {
        Some(State::CREATED) => Life::Created,
        Some(State::EXITED | State::DEAD | State::REMOVING) => Life::Ended(exit_code(status)),
        None
        | Some(
            State::EMPTY | State::RUNNING | State::PAUSED | State::RESTARTING | State::STOPPING,
        ) => Life::Running,
    }
}

/// `Exited (137) 3 seconds ago`: the list has the code nowhere else.
fn exit_code(status: &str) -> i32 {
    let inner = status
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(')'));
    inner
        .and_then(|(code, _)| code.parse().ok())
        .unwrap_or(KILLED)
}

/// `Up 3 seconds (healthy)`. Starting checks are UNKNOWN (task-definition.md 4.5).
fn health(status: &str) -> ContainerHealth {
    if status.ends_with("(healthy)") {
        ContainerHealth::Healthy
    } else if status.ends_with("(unhealthy)") {
        ContainerHealth::Unhealthy
    } else {
        ContainerHealth::Unknown
    }
}

/// Docker publishes on IPv4 and IPv6 alike and may pick different free ports; IPv4 is taken.
fn ports(listed: &[PortSummary]) -> Vec<Published> {
    let is_ipv4 = |port: &&PortSummary| port.ip.as_deref().is_none_or(|ip| !ip.contains(':'));
    let read = |port: &PortSummary| {
        let protocol = match port.typ {
            Some(PortSummaryTypeEnum::UDP) => Protocol::Udp,
            None | Some(PortSummaryTypeEnum::TCP | PortSummaryTypeEnum::EMPTY) => Protocol::Tcp,
            Some(PortSummaryTypeEnum::SCTP) => return None,
        };
        Some(Published {
            container_port: port.private_port,
            protocol,
            host_port: port.public_port?,
        })
    };
    let mut ports: Vec<Published> = listed.iter().filter(is_ipv4).filter_map(read).collect();
    ports.sort_unstable();
    ports
}

/// The bindings of a task in the order of its definition.
pub(crate) fn bindings(definition: &TaskDefinition, containers: &[Seen]) -> Vec<NetworkBinding> {
    let mut bindings = Vec::new();
    for (at, container) in definition.container_definitions.iter().enumerate() {
        let seen = containers.iter().find(|seen| seen.labels.container == at);
        let mut published: Vec<Published> = seen.map(|seen| seen.ports.clone()).unwrap_or_default();
        for mapping in container.ports() {
            let Some(container_port) = mapping.container_port else {
                continue;
            };
            let protocol = mapping.protocol.unwrap_or_default();
            let same =
                |it: &Published| (it.container_port, it.protocol) == (container_port, protocol);
            let host_port = match definition.network_mode() {
                NetworkMode::Host => Some(container_port),
                NetworkMode::None => None,
                // Taken out, so that a port that is published twice yields both host ports.
                NetworkMode::Bridge | NetworkMode::Awsvpc => published
                    .iter()
                    .position(same)
                    .map(|found| published.remove(found).host_port),
            };
            bindings.extend(host_port.map(|host_port| NetworkBinding {
                container_name: container.name.clone(),
                container_port,
                host_port,
                protocol,
            }));
        }
    }
    bindings
}

#[cfg(test)]
mod tests {
    use super::*;
    use stowplan_core::id::{DeploymentId, TaskId};

    #[test]
    fn the_status_text_tells_exit_code_and_health() {
        let exited = Some(ContainerSummaryStateEnum::EXITED);
        assert_eq!(life(exited, "Exited (3) 2 minutes ago"), Life::Ended(3));
        assert_eq!(life(exited, "Dead"), Life::Ended(KILLED));
        let running = Some(ContainerSummaryStateEnum::RUNNING);
        assert_eq!(life(running, "Up 3 seconds"), Life::Running);
        assert_eq!(health("Up 3 seconds (healthy)"), ContainerHealth::Healthy);
        assert_eq!(
            health("Up 3 seconds (unhealthy)"),
            ContainerHealth::Unhealthy
        );
        assert_eq!(
            health("Up 3 seconds (health: starting)"),
            ContainerHealth::Unknown
        );
    }

    #[test]
    fn a_container_of_ours_has_our_labels_and_our_name() {
        let labels = Labels {
            task: TaskId(0x4f3c_0000_0000_0000_0000_0000_0000_0001),
            service: "web".into(),
            deployment: DeploymentId(1),
            family: "web".into(),
            revision: 2,
            container: 1,
            container_name: "app".into(),
            definition: "{}".into(),
        };
        let named = |name: &str| {
            read(ContainerSummary {
                id: Some("1".into()),
                names: Some(vec![name.into()]),
                labels: Some(labels.write().into_iter().collect()),
                ..ContainerSummary::default()
            })
            .map(|seen| seen.name)
        };
        let ours = "ecs-web-2-app-4f3c0000000000000001";
        assert_eq!(named(&format!("/{ours}")).as_deref(), Some(ours));
        // Made by `docker commit` and `docker run`, or of another place.
        assert_eq!(named("/eager_hopper"), None);
        assert_eq!(named("/ecs-web-2-app-4f3c0000000000000000"), None);
        assert_eq!(named("/copy-of-4f3c0000000000000001"), None);
    }

    #[test]
    fn the_ipv4_port_is_taken() {
        let port = |ip: &str, public| PortSummary {
            ip: Some(ip.into()),
            private_port: 8080,
            public_port: Some(public),
            typ: Some(PortSummaryTypeEnum::TCP),
        };
        let expected = Published {
            container_port: 8080,
            protocol: Protocol::Tcp,
            host_port: 49153,
        };
        assert_eq!(
            ports(&[port("::", 49154), port("0.0.0.0", 49153)]),
            [expected]
        );
    }
}
