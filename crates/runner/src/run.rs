//! `stowplan run`: take over what runs, then drive. The document was checked when it was read.

use crate::document::Document;
use crate::drive::{Cleared, Drive, SERVICE};
use crate::failure::Failure;
use crate::fleet::{Fleet, number};
use crate::found::Found;
use crate::honoured::not_honoured;
use crate::host::{Host, connect_all};
use crate::report::Notice;
use crate::signals::Signals;
use crate::{images, lock};

/// What to run, how often and where.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The task definition.
    pub document: Document,
    /// How many tasks to keep.
    pub count: u32,
    /// Addresses of the engines.
    pub hosts: Vec<String>,
    /// Fresh entropy: task and deployment ids are drawn from it.
    pub seed: u64,
}

/// Runs the task definition until Ctrl-C, SIGTERM or SIGHUP; nothing of it is left then.
///
/// # Errors
/// An engine that does not answer, an image that cannot be had, or a run
/// of the same family on one of the engines: nothing was created then. At the end, containers
/// that were not seen to go: they are named.
pub async fn run(options: &RunOptions, notify: &mut dyn FnMut(Notice)) -> Result<(), Failure> {
    let document = &options.document;
    let hosts = connect_all(&options.hosts).await?;
    let _locks = hosts
        .iter()
        .map(|host| lock::take(host, &document.definition.family))
        .collect::<Result<Vec<_>, _>>()?;
    introduce(document, &hosts, notify);
    images::ensure(document, &hosts, notify).await?;

    let mut signals = Signals::take()?;
    let found = Found::look(&hosts, &document.definition.family).await?;
    let mut revisions = found.revisions();
    let newest = number(&document.definition, &revisions);
    revisions.insert(newest, document.definition.clone());
    let fleet = Fleet {
        hosts: &hosts,
        revisions,
        desired_count: options.count,
    };
    let model = fleet.compile(None).model;
    if model.services.get(SERVICE.at()).is_none() {
        return Err(Failure::Internal(anyhow::anyhow!(
            "the checked definition did not compile"
        )));
    }
    let adopted = found.adopted(&model);
    let mut drive = Drive::new(fleet, model, options.seed, notify);
    if drive.clear_away(&found, &mut signals).await == Cleared::Interrupted {
        return gone(&found.names(&hosts));
    }
    drive.adopt(&adopted);
    gone(&drive.run(&mut signals).await)
}

/// Fails if anything is left.
fn gone(left: &[String]) -> Result<(), Failure> {
    if left.is_empty() {
        return Ok(());
    }
    let left = left.join(", ");
    Err(Failure::Internal(anyhow::anyhow!(
        "may still run: {left}; `stowplan down` removes it"
    )))
}

fn introduce(document: &Document, hosts: &[Host], notify: &mut dyn FnMut(Notice)) {
    for field in not_honoured(&document.definition) {
        let instead = field.instead.map(|instead| format!(" ({instead})"));
        let message = format!("not honoured{}", instead.unwrap_or_default());
        let complaint = document.complaint(&field.pointer, &message, None);
        notify(Notice::NotHonoured(complaint));
    }
    for host in hosts {
        notify(Notice::Host {
            name: host.name.clone(),
            address: host.address.clone(),
            cpu: host.cpu,
            memory_mib: host.memory_mib,
        });
    }
}
