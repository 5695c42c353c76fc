//! The end of a run: each signal is more urgent than the one before, and the run says what it
//! leaves.

use super::{Drive, SERVICE, Stage};
use crate::agent::{Reports, clean_up};
use crate::host::{Host, on};
use crate::observe::seen;
use crate::plan;
use crate::report::Notice;
use crate::signals::Signals;
use std::time::Duration;
use stowplan_core::control::Observation;

/// Docker may list a container that it is removing: asked this often whether it is gone.
const LOOKS: u32 = 5;

/// Between two looks.
const LOOK: Duration = Duration::from_secs(1);

impl Drive<'_> {
    /// The first signal asks the control plane for no tasks, the next kills what is left, and the
    /// third leaves it.
    pub(super) fn end(&mut self) {
        self.stage = match self.stage {
            Stage::Keeping => {
                self.ask_for_none();
                Stage::Stopping
            }
            Stage::Stopping => {
                self.kill_all();
                Stage::Killing
            }
            Stage::Killing | Stage::Leaving => Stage::Leaving,
        };
    }

    fn ask_for_none(&mut self) {
        (self.notify)(Notice::Ending {
            tasks: self.agents.len(),
        });
        self.fleet.desired_count = 0;
        self.model = self.fleet.compile(Some(&self.model)).model;
        self.observations.push(Observation::DesignChanged);
    }

    fn kill_all(&self) {
        for host in self.hosts {
            let (host, reports) = (host.clone(), self.reports.clone());
            let service = self.service_name();
            tokio::spawn(async move {
                // An engine that is away is asked again at the end.
                if let Ok(names) = names(&host, &service).await {
                    clean_up(&host, &plan::discard(names.iter()), &reports).await;
                }
            });
        }
    }

    /// Removes what is left of the service once all agents have ended: containers of starts that
    /// Docker finished behind our back, and of engines that were away. Names what may be left even
    /// then.
    pub(super) async fn sweep(&mut self, signals: &mut Signals) -> Vec<String> {
        let service = self.service_name();
        let left = tokio::select! {
            left = sweep(self.hosts, &service, &self.reports) => left,
            () = signals.next() => self.hosts.iter().map(|host| all(&service, host)).collect(),
        };
        self.receive_waiting();
        if left.is_empty() {
            (self.notify)(Notice::Ended);
        }
        left
    }

    /// The containers of all tasks that have not ended.
    pub(super) fn remaining(&self) -> Vec<String> {
        let containers = self.agents.values().flat_map(|agent| {
            let host = &self.hosts[agent.instance.at()];
            agent.names.iter().map(|name| on(name, host))
        });
        containers.collect()
    }

    fn service_name(&self) -> String {
        self.model.service(SERVICE).name.clone()
    }
}

async fn sweep(hosts: &[Host], service: &str, reports: &Reports) -> Vec<String> {
    let mut left = Vec::new();
    for host in hosts {
        match sweep_host(host, service, reports).await {
            Ok(names) => left.extend(names.iter().map(|name| on(name, host))),
            Err(_) => left.push(format!("{}, which does not answer", all(service, host))),
        }
    }
    left
}

/// Removes every container of `service` on `host` by force and looks whether it is gone.
async fn sweep_host(
    host: &Host,
    service: &str,
    reports: &Reports,
) -> Result<Vec<String>, bollard::errors::Error> {
    let mut left = names(host, service).await?;
    if left.is_empty() {
        return Ok(left);
    }
    clean_up(host, &plan::discard(left.iter()), reports).await;
    for _ in 0..LOOKS {
        left = names(host, service).await?;
        if left.is_empty() {
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(left)
}

async fn names(host: &Host, service: &str) -> Result<Vec<String>, bollard::errors::Error> {
    let seen = seen(host).await?.into_iter();
    let ours = seen.filter(|it| it.labels.service == service);
    Ok(ours.map(|it| it.name).collect())
}

fn all(service: &str, host: &Host) -> String {
    format!("containers of `{service}` on `{}`", host.name)
}
