//! One Docker engine, which plays one container instance.

use crate::failure::{Complaint, Failure};
use bollard::{API_DEFAULT_VERSION, Docker};
use std::time::Duration;
use stowplan_core::design::fresh_name;

/// How long an engine may take to answer a call that does not wait for a container.
const ANSWER_S: u64 = 60;

/// An engine that answered.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    /// Address as given.
    pub(crate) address: String,
    /// The engine's name for itself, made unique: the id of the container instance.
    pub(crate) name: String,
    /// What tells this engine from every other.
    pub(crate) engine_id: String,
    /// What it registers: 1024 CPU units for each processor.
    pub(crate) cpu: u32,
    /// What it registers in MiB.
    pub(crate) memory_mib: u32,
    pub(crate) docker: Docker,
}

impl Host {
    /// The name under which the host's published ports are reached from here.
    pub(crate) fn reached_at(&self) -> &str {
        let Some(rest) = self
            .address
            .strip_prefix("tcp://")
            .or(self.address.strip_prefix("http://"))
        else {
            return "127.0.0.1";
        };
        rest.rsplit_once(':').map_or(rest, |(name, _)| name)
    }

    /// A client whose calls may take `seconds` longer than usual.
    pub(crate) fn patient(&self, seconds: u64) -> Docker {
        self.docker
            .clone()
            .with_timeout(Duration::from_secs(ANSWER_S.saturating_add(seconds)))
    }
}

/// A container and where it is, for a sentence.
pub(crate) fn on(container: &str, host: &Host) -> String {
    format!("`{container}` on `{}`", host.name)
}

/// Connects to every address.
pub(crate) async fn connect_all(addresses: &[String]) -> Result<Vec<Host>, Failure> {
    let mut hosts: Vec<Host> = Vec::new();
    for address in addresses {
        let mut host = connect(address).await?;
        if let Some(known) = hosts.iter().find(|known| known.engine_id == host.engine_id) {
            let message = format!("`{}` and `{address}` are the same engine", known.address);
            return Err(Failure::Unusable(Complaint::new(
                message,
                "name each engine once",
            )));
        }
        let taken = |name: &str| hosts.iter().any(|known| known.name == name);
        host.name = fresh_name(&host.name, taken);
        hosts.push(host);
    }
    Ok(hosts)
}

async fn connect(address: &str) -> Result<Host, Failure> {
    let refused = |why: String| {
        let message = format!("no Docker engine answers at `{address}`: {why}");
        let hint =
            "start Docker, or name another engine with `--host unix:///…` or `--host tcp://…:2375`";
        Failure::Unusable(Complaint::new(message, hint))
    };
    let docker = open(address).map_err(|error| refused(error.to_string()))?;
    // It sends no version today; if a later one does, ours must be one that the engine knows.
    let docker = docker
        .negotiate_version()
        .await
        .map_err(|error| refused(causes(&error)))?;
    let info = docker
        .info()
        .await
        .map_err(|error| refused(causes(&error)))?;
    if info.os_type.as_deref().is_some_and(|os| os != "linux") {
        return Err(refused("it runs Windows containers".to_owned()));
    }
    let count = |value: Option<i64>| u64::try_from(value.unwrap_or(0)).unwrap_or(0);
    let small = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    Ok(Host {
        address: address.to_owned(),
        name: info.name.unwrap_or_else(|| "docker".to_owned()),
        // Engines of one machine may share their id (before Docker 24 it is the machine's), but
        // never their data.
        engine_id: format!(
            "{} {}",
            info.id.unwrap_or_else(|| address.to_owned()),
            info.docker_root_dir.unwrap_or_default()
        ),
        cpu: small(count(info.ncpu) * 1024),
        memory_mib: small(count(info.mem_total) / (1024 * 1024)),
        docker,
    })
}

fn open(address: &str) -> Result<Docker, bollard::errors::Error> {
    if address.starts_with("unix://") {
        return Docker::connect_with_unix(address, ANSWER_S, API_DEFAULT_VERSION);
    }
    if address.starts_with("tcp://") || address.starts_with("http://") {
        return Docker::connect_with_http(address, ANSWER_S, API_DEFAULT_VERSION);
    }
    Err(bollard::errors::Error::UnsupportedURISchemeError {
        uri: address.to_owned(),
    })
}

/// An error with the errors that caused it: a client's own message rarely names the system's.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}
